"""The Python modules of Slicer that are not in the MRML wheel, written anew to their listed signatures."""
