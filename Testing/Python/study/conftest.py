from scene.conftest import bench, make_bench, slicer

__all__ = ["bench", "make_bench", "slicer"]
