"""Detectors of the synchondrosis: our localiser, a method like others, and YOLO, which trains itself."""
