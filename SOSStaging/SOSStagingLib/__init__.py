"""Stages fusion of the spheno-occipital synchondrosis on head CT and cone-beam CT scans."""

__version__ = "0.1.0"
