"""The student: network, Grad-CAM, stage scheme, calibration, model file."""
