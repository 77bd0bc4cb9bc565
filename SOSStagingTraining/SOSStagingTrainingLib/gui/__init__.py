"""The page of SOSStagingTraining, one file for each of its sections (qt)."""
