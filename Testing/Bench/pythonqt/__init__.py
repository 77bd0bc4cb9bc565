"""PythonQt's rules on PySide6: the modules `qt` and `ctk` as scripts see them inside Slicer."""
