"""Detectors of the synchondrosis on midsagittal pictures, behind one interface."""
