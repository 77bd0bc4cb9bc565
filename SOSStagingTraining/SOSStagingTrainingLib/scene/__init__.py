"""A study's cases and a run's curves as MRML nodes. slicer, vtk; no qt, no torch."""
