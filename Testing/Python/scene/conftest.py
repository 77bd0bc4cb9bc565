"""A MRML scene with application logic and offscreen slice views, as Slicer has them, without Qt."""

import subprocess
import sys

import numpy as np
import pytest

_GL_CHECK = (
    "import vtk; w = vtk.vtkRenderWindow(); w.SetOffScreenRendering(1); w.SetSize(8, 8); "
    "w.AddRenderer(vtk.vtkRenderer()); w.Render(); raise SystemExit(0 if w.SupportsOpenGL() else 1)"
)


@pytest.fixture(scope="session")
def slicer():
    return pytest.importorskip("slicer", reason="slicer-core (the MRML library as a wheel) is not installed")


@pytest.fixture(scope="session")
def offscreen(slicer):
    """Skip where VTK cannot draw; asked in a child process, for a missing driver can end the process."""
    done = subprocess.run([sys.executable, "-c", _GL_CHECK], check=False, capture_output=True)
    if done.returncode != 0:
        pytest.skip("VTK cannot render offscreen here (no EGL or Mesa)")


class Bench:
    """One scene, its application logic, the module logics that register node classes, and slice views."""

    # Displayable managers ask the application logic for these by name.
    LOGICS = (
        ("Colors", "vtkMRMLColorLogic"),
        ("Volumes", "vtkSlicerVolumesLogic"),
        ("Markups", "vtkSlicerMarkupsLogic"),
        ("Tables", "vtkSlicerTablesLogic"),
        ("Plots", "vtkSlicerPlotsLogic"),
        ("Transforms", "vtkSlicerTransformLogic"),
        ("SubjectHierarchy", "vtkSlicerSubjectHierarchyModuleLogic"),
    )

    def __init__(self, slicer, folder):
        import vtk

        self.slicer, self.vtk = slicer, vtk
        self.scene = slicer.vtkMRMLScene()
        self.application = slicer.vtkSlicerApplicationLogic()
        self.application.SetTemporaryPath(str(folder))
        self._logics = {name: getattr(slicer, class_name)() for name, class_name in self.LOGICS}
        self.application.SetMRMLScene(self.scene)
        self.application.SetSliceLogics(vtk.vtkCollection())
        for name, logic in self._logics.items():
            logic.SetMRMLApplicationLogic(self.application)
            logic.SetMRMLScene(self.scene)
            self.application.SetModuleLogic(name, logic)
        self._logics["Colors"].AddDefaultColorNodes()
        slicer.vtkMRMLSliceNode.AddDefaultSliceOrientationPresets(self.scene, True)
        # Reading an .mrb unpacks it into the cache directory of the scene's data manager.
        self._cache, self._data = slicer.vtkCacheManager(), slicer.vtkDataIOManager()
        cache = folder / "cache"
        cache.mkdir(parents=True)
        self._cache.SetRemoteCacheDirectory(str(cache))
        self.scene.SetCacheManager(self._cache)
        self._data.SetCacheManager(self._cache)
        self.scene.SetDataIOManager(self._data)

    def count(self, class_name="vtkMRMLNode"):
        return self.scene.GetNumberOfNodesByClass(class_name)

    def add_volume(self, array, geometry, name="head"):
        volume = self.scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", name)
        self.slicer.util.updateVolumeFromArray(volume, array)
        matrix = self.vtk.vtkMatrix4x4()
        matrix.DeepCopy(geometry.ijk_to_ras.ravel().tolist())
        volume.SetIJKToRASMatrix(matrix)
        volume.CreateDefaultDisplayNodes()
        display = volume.GetDisplayNode()
        display.SetAutoWindowLevel(False)
        display.SetWindowLevelMinMax(-500, 1300)
        return volume

    def slice_view(self, name, orientation):
        return SliceView(self, name, orientation)


class SliceView:
    """Red, Yellow or Green without its widget: slice logic, displayable managers, and a window in memory."""

    SIZE = 400

    def __init__(self, bench, name, orientation):
        slicer, vtk = bench.slicer, bench.vtk
        self.vtk = vtk
        self.window = vtk.vtkRenderWindow()
        self.window.SetOffScreenRendering(1)
        self.window.SetSize(self.SIZE, self.SIZE)
        renderer = vtk.vtkRenderer()
        renderer.GetActiveCamera().ParallelProjectionOn()
        self.window.AddRenderer(renderer)
        interactor = vtk.vtkRenderWindowInteractor()
        interactor.SetRenderWindow(self.window)
        interactor.EnableRenderOff()
        factory = slicer.vtkMRMLSliceViewDisplayableManagerFactory.GetInstance()
        factory.SetMRMLApplicationLogic(bench.application)
        if not factory.IsDisplayableManagerRegistered("vtkMRMLMarkupsDisplayableManager"):
            factory.RegisterDisplayableManager("vtkMRMLMarkupsDisplayableManager")
        self._managers = slicer.vtkMRMLDisplayableManagerGroup()
        self._managers.Initialize(factory, renderer)
        self.logic = slicer.vtkMRMLSliceLogic()
        self.logic.SetMRMLApplicationLogic(bench.application)
        bench.application.GetSliceLogics().AddItem(self.logic)
        self.logic.SetMRMLScene(bench.scene)
        self.node = self.logic.AddSliceNode(name)
        self.node.SetOrientation(orientation)
        self._managers.SetMRMLDisplayableNode(self.node)
        self.composite = self.logic.GetSliceCompositeNode()
        self._mapper = vtk.vtkImageMapper()
        self._mapper.SetColorWindow(255)
        self._mapper.SetColorLevel(127.5)
        actor = vtk.vtkActor2D()
        actor.SetMapper(self._mapper)
        actor.GetProperty().SetDisplayLocationToBackground()
        renderer.AddViewProp(actor)
        self._keep = (renderer, interactor, actor)

    def fit(self):
        self.logic.ResizeSliceNode(self.SIZE, self.SIZE)
        self.logic.FitSliceToBackground()

    def render(self):
        """Return the picture, uint8 [rows, columns, 3], first row at the bottom as VTK has it."""
        from vtk.util.numpy_support import vtk_to_numpy

        self._mapper.SetInputConnection(self.logic.GetImageDataConnection())
        self.window.Render()
        grab = self.vtk.vtkWindowToImageFilter()
        grab.SetInput(self.window)
        grab.ReadFrontBufferOff()
        grab.Update()
        pixels = vtk_to_numpy(grab.GetOutput().GetPointData().GetScalars())
        return pixels.reshape(self.SIZE, self.SIZE, -1)[..., :3].copy()

    def heat(self):
        """Return which pixels are coloured, bool [rows, columns]."""
        return np.ptp(self.render().astype(int), axis=-1) > 25

    def to_ras(self, columns, rows):
        """Map view pixels to RAS mm, [n, 3]."""
        matrix = self.node.GetXYToRAS()
        values = np.array([[matrix.GetElement(r, c) for c in range(4)] for r in range(3)])
        return np.stack([columns, rows, np.zeros_like(columns), np.ones_like(columns)], axis=-1) @ values.T

    @property
    def normal(self):
        matrix = self.node.GetSliceToRAS()
        return np.array([matrix.GetElement(r, 2) for r in range(3)])


@pytest.fixture
def make_bench(slicer, tmp_path):
    made = []

    def make():
        made.append(Bench(slicer, tmp_path / f"scene{len(made)}"))
        return made[-1]

    return make


@pytest.fixture
def bench(make_bench):
    return make_bench()
