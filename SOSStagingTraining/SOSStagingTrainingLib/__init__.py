"""Simulated study data and training of the student that SOSStaging runs."""

__version__ = "0.1.0"
