"""What the network needs beyond what Slicer ships: named by purpose, checked in a child process, installed by pip."""
