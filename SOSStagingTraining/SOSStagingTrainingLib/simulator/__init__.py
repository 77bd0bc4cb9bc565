"""Simulated heads with a known stage of the spheno-occipital synchondrosis: anatomy, synchondrosis, scanner, cohort.

Everything here is a drawing from published lengths and angles, not a patient. The head frame is RAS-like millimetres
with the centre of the sella at the origin: x towards the patient's right, y anterior, z superior, Frankfort plane
horizontal.
"""

VERSION = "4"
"""Goes up when the same seed gives another head, other greys or another truth; written into every truth file."""
NAME = "SOSStaging simulator"
