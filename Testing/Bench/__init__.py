"""A test bench: real Qt and the real MRML scene, with the parts of the Slicer application that are missing."""
