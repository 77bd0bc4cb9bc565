"""Widgets of the SOSStaging page (qt)."""
