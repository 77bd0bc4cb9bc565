"""A test bench: real Qt and the real MRML scene, with the parts of the Slicer application that are missing."""

import os

# PythonQt's enum values are integers; PySide6 reads this once, when it is first imported.
os.environ.setdefault("PYSIDE6_OPTION_PYTHON_ENUM", "0x03")
