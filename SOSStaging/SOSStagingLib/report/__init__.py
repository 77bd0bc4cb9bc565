"""A StagingResult becomes files: JSON, CSV, HTML, PNG, NRRD. No torch, no slicer, no qt."""
