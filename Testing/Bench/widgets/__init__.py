"""ctk and qMRML widgets, each with the members Slicer's has and no other."""
