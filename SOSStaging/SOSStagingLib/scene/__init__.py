"""A StagingResult becomes MRML nodes: overlay volume, result table, probability chart. slicer and vtk, no qt, no torch."""
