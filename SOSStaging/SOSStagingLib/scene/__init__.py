"""A StagingResult becomes MRML nodes: overlay volume, run table, probability chart. slicer, vtk; no qt, no torch."""
