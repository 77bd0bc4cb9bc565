"""How old simulated heads are at each stage."""

MEAN_AGE = (9.0, 11.0, 14.0, 18.0, 24.0)
AGE_SPREAD = 3.0
"""Mean age in years at each stage and its standard deviation: our guess, loosely after the domain table."""
