"""Training of the student."""
