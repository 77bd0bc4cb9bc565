"""The published and measured ranges that simulated heads are held against, and what parameter of the simulator reaches
them.

A range is the envelope of the studies' means and two standard deviations, unless its basis says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Group = Literal["adults", "children", "young", "all", "open", "adults, 20-30 years"]
WIDEST = 1.5
"""The 5th to 95th percentile may be this many times as wide as the range."""


@dataclass(frozen=True)
class Figure:
    """One figure: ``low`` to ``high`` in ``unit``, for heads of ``group``.

    ``rule``: ``covers`` (median inside; the 5th to 95th percentile covers the range and is at most WIDEST times as
    wide), ``below`` (percentile ``at`` lies below ``high``, and not below ``high`` / WIDEST) or ``share`` (a share of
    heads, %, inside ``low`` to ``high``).
    """

    key: str
    name: str
    group: Group
    low: float
    high: float
    unit: str
    source: str
    reached_by: str
    rule: Literal["covers", "below", "share"] = "covers"
    at: float = 95.0

    @property
    def expected(self) -> str:
        """The range as text."""
        return f"below {self.high:g}" if self.rule == "below" else f"{self.low:g} to {self.high:g}"

    def met(self, values: npt.NDArray[np.float64]) -> bool:
        """Whether the cohort's values are as the rule asks."""
        low, middle, high = np.percentile(values, [5, 50, 95])
        if self.rule == "share":
            return bool(self.low <= 100 * values.mean() <= self.high)
        if self.rule == "below":
            return bool(self.high / WIDEST <= np.percentile(values, self.at) <= self.high)
        inside = self.low <= middle <= self.high
        return bool(inside and low <= self.low and high >= self.high and high - low <= WIDEST * (self.high - self.low))


S_BA = "45.8±3.3 and 42.6±3.0 (pubmed 32055295), 44.6±1.8 (gjms 1075), 46.5±4.5 and 46.0±5.7 (MDJ 2024)"
S_N = "68.7±4.1, 65.6±4.7; 68.4±1.6; 66.4±4.9 (same studies)"
YOUNG = "the adults' range in the proportion of the means"
SINUS = "500 CBCT (jkaoms 48(4)), 95 % interval of the share"
MEMORY = "textbook memory, no source read"
PICTURES = "ten pictures of real scans"
FIGURES: tuple[Figure, ...] = (
    Figure("s_ba", "S-Ba", "adults", 34.6, 57.4, "mm", S_BA, "`_skull_base`"),
    Figure("s_ba", "S-Ba", "children", 30.0, 49.8, "mm", f"38-40 at 8 years ({MEMORY}); {YOUNG}", "`child`, 15 %"),
    Figure("s_n", "S-N", "adults", 56.2, 76.9, "mm", S_N, "`s_n`"),
    Figure("s_n", "S-N", "children", 54.3, 74.3, "mm", f"64-66 at 8 years ({MEMORY}); {YOUNG}", "`child`, 4 %"),
    Figure("n_ba", "N-Ba", "adults", 90.1, 116.1, "mm", "103.7±5.6, 98.6±3.2; 103.1±6.5 (same)", "S-N, S-Ba, angles"),
    Figure(
        "n_s_ba",
        "N-S-Ba",
        "adults",
        118.7,
        145.6,
        "°",
        "128.7±5.0, 130.6±4.8; 127.1±2.2; 132.6±6.5 (same)",
        "`_angles`",
    ),
    Figure("n_s_ba", "N-S-Ba", "young", 122.2, 146.6, "°", "134.4±6.1 up to 18 years (MDJ 2024)", "`_angles`, `child`"),
    Figure("sn_fh", "SN-FH", "adults", 0.7, 14.9, "°", "7.7±3.5, 9.1±2.9; 7.4±1.4 (same)", "`_angles`"),
    Figure("sba_fh", "SBa-FH", "adults", 52.3, 61.7, "°", "56.1±1.9, 57.3±2.2, 56.8±1.5 (gjms 1075)", "`_angles`"),
    Figure(
        "clivus_length",
        "clivus, basion to dorsum tip",
        "adults",
        34.7,
        52.6,
        "mm",
        "means 45.7 and 41.6 (130 CBCT, Caspian 2021), SD 3.45 (35 skulls, s-0042-1743855)",
        "S-Ba, `_sella`",
    ),
    Figure(
        "clivus_width",
        "clivus width",
        "adults",
        21.7,
        26.5,
        "mm",
        "24.1±1.2 (30 skulls, jrmds 59272); the same from 3 years on (77 skulls, litmetric 16130827)",
        "`clivus_half`",
    ),
    Figure("thickness", "bone at the synchondrosis", "all", 12, 16, "mm", PICTURES, "`plate_height`"),
    Figure("sos_place", "SOS between basion and dorsum tip", "all", 0.50, 0.65, "", PICTURES, "`plate_fraction`"),
    Figure(
        "sos_width",
        "SOS width, open",
        "open",
        0.81,
        2.65,
        "mm",
        "1.73±0.46 (8 children, Leonardi 2010)",
        "`Synchondrosis.width`",
    ),
    Figure("sos_fh", "SOS to FH", "all", 20, 50, "°", "project's derivation (34, 20-50)", "`plate_tilt`, S-Ba"),
    Figure(
        "sos_upright", "SOS from upright on S-Ba", "all", -15, 15, "°", "project's derivation (±10-15)", "`plate_tilt`"
    ),
    Figure("basion_thickness", "bone 1 mm above basion", "all", 2, 4, "mm", MEMORY, "`_skull_base` (`tip`)"),
    Figure(
        "sella_length",
        "sella, tuberculum to dorsum tip",
        "adults",
        7.7,
        14.3,
        "mm",
        "11.01±1.67 (35 skulls, s-0042-1743855); 9-11 from memory",
        "`_sella`",
    ),
    Figure(
        "sella_depth",
        "sella, tuberculum to floor",
        "adults",
        4.5,
        9.6,
        "mm",
        "7.07±1.27 (same); 7-9 from memory",
        "`_sella`",
    ),
    Figure("dorsum_thickness", "dorsum, 2 mm below its tip", "adults", 2, 5, "mm", MEMORY, "`_sella` (`thick`)"),
    Figure(
        "foramen",
        "foramen magnum, basion to opisthion",
        "adults",
        25.0,
        43.9,
        "mm",
        "33.6±4.3, 30.0±2.0 (120 CT, njms 50908); 37.4±3.3, 35.8±2.9 (50 CT, ijbm 10(3))",
        "`_cavity_contour`",
    ),
    Figure(
        "basion_dens",
        "basion to dens",
        "adults",
        0,
        8.5,
        "mm",
        "95 % below 8.5 (Rojas 2007)",
        "`_vertebrae`",
        "below",
    ),
    Figure(
        "basion_dens",
        "basion to dens",
        "children",
        0,
        10.5,
        "mm",
        "97.5 % below 10.5 (AJR 2009)",
        "`_vertebrae`",
        "below",
        97.5,
    ),
    Figure("atlanto_dental", "atlanto-dental", "adults", 0.56, 2.04, "mm", "1.3±0.37 (Rojas 2007)", "`atlanto_dental`"),
    Figure(
        "atlanto_dental", "atlanto-dental", "children", 0, 2.6, "mm", "below 2.6 (same)", "`atlanto_dental`", "below"
    ),
    Figure("dens_depth", "dens, front to back", "adults", 10, 12, "mm", MEMORY, "`_vertebrae`"),
    Figure("arch_height", "anterior arch of the atlas, height", "adults", 8, 10, "mm", MEMORY, "`arch_half`"),
    Figure("palate_length", "hard palate, length", "adults", 45, 55, "mm", MEMORY, "`_palate`"),
    Figure("palate_thickness", "hard palate, thickness", "adults", 3, 8, "mm", MEMORY, "`_palate`"),
    Figure("palate_tilt", "hard palate to FH", "adults", -5, 5, "°", MEMORY, "`_palate`"),
    Figure("airway_depth", "nasopharyngeal airway at the palate", "adults", 10, 20, "mm", MEMORY, "`_airway_contours`"),
    Figure("pad", "adenoid pad on the clivus", "children", 5, 15, "mm", MEMORY, "`prevertebral`, airway"),
    Figure(
        "asymmetry",
        "midface from its mirror image, RMS",
        "all",
        0.45,
        1.29,
        "mm",
        "0.87±0.21 (100 CBCT, sindex 9921450008331)",
        "`waves.asymmetric`",
    ),
    Figure("sinus_conchal", "sinus conchal", "adults", 1.7, 4.7, "%", f"3.2; {SINUS}", "`_sinus`", "share"),
    Figure("sinus_presellar", "sinus pre-sellar", "adults", 4.1, 8.3, "%", f"6.2; {SINUS}", "`_sinus`", "share"),
    Figure("sinus_sellar", "sinus sellar", "adults", 48.0, 56.8, "%", f"52.4; {SINUS}", "`_sinus`", "share"),
    Figure("sinus_postsellar", "sinus post-sellar", "adults", 33.9, 42.5, "%", f"38.2; {SINUS}", "`_sinus`", "share"),
    Figure(
        "sinus_clival",
        "air in the basiocciput",
        "adults",
        0.0,
        4.9,
        "%",
        "2.3 of 130 CBCT (Caspian 2021), 95 % interval",
        "`_sinus`",
        "share",
    ),
    Figure(
        "sinus_volume",
        "sinus volume",
        "adults, 20-30 years",
        7.2,
        9.2,
        "cm³",
        "8.2±0.5, third decade (Yonetsu 2000)",
        "`_sinus`",
    ),
    Figure("bone_above", "bone above brain, 90th percentile", "all", 0.6, 1.2, "", PICTURES, "`cortex`, `marrow`"),
    Figure("noise", "pixel noise", "all", 0.05, 0.19, "", f"{PICTURES}, median 0.06", "`Scanner.noise`"),
    Figure("cnr", "bone-to-brain contrast-to-noise", "all", 6, 16, "", f"{PICTURES}, median 12.6", "both"),
    Figure("share", "clivus and sphenoid body of the picture's width", "all", 12, 27, "%", PICTURES, "field, `pane`"),
    Figure("cortex", "cortex of the clivus", "all", 0.25, 0.8, "mm", f"1-2 px on {PICTURES}", "`sizes.cortex`"),
    Figure("blur", "blur, FWHM", "all", 0.4, 0.9, "mm", "project's guess", "`Scanner.blur_fwhm`"),
    Figure("cupping", "cupping", "all", -0.2, 0.2, "", "project's guess", "`Scanner.cupping`"),
    Figure("gain", "gain", "all", 0.6, 1.4, "", "project's guess", "`Scanner.gain`"),
    Figure("offset", "offset", "all", -300, 300, "", "project's guess", "`Scanner.offset`"),
)
