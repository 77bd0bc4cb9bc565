"""A test bench: real Qt and the real MRML scene, with the parts of the Slicer application that are missing."""

import ctypes
import os
import sys

# PythonQt's enum values are integers; PySide6 reads this once, when it is first imported.
os.environ.setdefault("PYSIDE6_OPTION_PYTHON_ENUM", "0x03")

# PySide6 6.12.0 gives away a reference to None with each call that returns nothing, to True or False with some others
# (6.11.3 does not). From Python 3.12 on these cannot be used up; before, the process would end with "deallocating None"
# after some ten thousand calls.
if sys.version_info < (3, 12):
    for lasting in (None, True, False):
        ctypes.c_ssize_t.from_address(id(lasting)).value += 1 << 40
