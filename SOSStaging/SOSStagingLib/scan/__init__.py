"""A scan becomes a midsagittal slab: reading, geometry, quality gate, plane, slab. No torch, no slicer, no qt."""
