"""The missing application: slicer.app, slicer.modules, input and output, the main window."""
