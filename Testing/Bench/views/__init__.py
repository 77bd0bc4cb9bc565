"""Slice, 3D, table and plot views, and the layouts that arrange them."""
