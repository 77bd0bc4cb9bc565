"""The quality gate: is this a head scan on which the synchondrosis can be judged? Each answer with value and limit.

Classical checks only; a learned gate follows in the student. No limit is a Hounsfield value, because the grey values
of cone-beam CT are not. The limits come from anatomy and physics, as stated beside each, not from fitting.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .geometry import FloatArray
from .head import HeadMeasures, measure_head, mirror_scores
from .overview import make_overview
from .picture_quality import check_picture
from .types import Finding, QualityReport, Scan

# Modalities that are not a stack of X-ray slices; secondary captures and untagged files are judged by their content.
OTHER_MODALITIES = frozenset(
    {"MR", "US", "PT", "NM", "SEG", "RTDOSE", "RTSTRUCT", "XA", "RF", "MG", "OCT", "OPT", "SM"}
)
MIN_VOXELS = 12  # a 100 mm skull base at the coarsest allowed spacing
COARSE_MM = 1.0  # open gap: 1.7 mm, seldom below 0.8 mm
MAX_SPACING_MM = 8.0
MIN_SPACING_MM = 0.03  # half of the finest dental CBCT voxel
ANISOTROPY = 1.1
MIN_FIELD_MM = (40.0, 60.0, 50.0)  # right, anterior, superior: sella to basion (44 mm) with a margin, both sides of it
DENTAL_FIELD_MM = 90.0  # cylinders up to 8 x 8 cm are made for teeth and jaws
MIN_CORRELATION = 0.3  # anything larger than two blocks gives more than a half, independent noise none
INVERTED_TAIL = -0.1  # bone lies above the bulk of the greys; nothing lies far below air
MAX_TEXTURE = 0.22  # brain and muscle differ by a few per cent in X-ray attenuation, by tens of per cent in MR
# The densest bone attenuates twice as much as soft tissue: 2.3 to 2.6 times in the real heads at hand, down to 1.7 in
# simulated ones. A scan cut off at 300 HU, far below what tells bone from cartilage, has 1.26.
MIN_BONE_CONTRAST = 1.3
HEAD_AREA_CM2 = 450.0  # an ellipse of 21 x 27 cm, beyond the largest heads
MIN_SKULL_WIDTH_MM = 110.0  # cheekbones and skull base of a child of six; jaw and spine are narrower
SKULL_SIZE_MM = (220.0, 260.0)  # left-right, front-back, beyond the largest skulls
MIN_SIZE_MM = 120.0  # smallest plausible skull length or breadth
MIN_AIR_CM3 = 2.0  # nose, throat, sinuses and ears hold at least ten times this
HALF_WIDTH_MM = 100.0  # a whole head is at least 130 mm wide
PLASTIC_SPREAD = 0.15  # real bone runs from spongy to cortical, a factor of two to four
MIN_SOFT_CM3 = 100.0  # a lump of soft tissue larger than a fist
NOISY = 0.2  # of the step from air to soft tissue; the noisiest CBCT in use reaches 0.19
MIRROR_MARGIN = 0.05


def check_scan(scan: Scan) -> QualityReport:
    """Judge a scan; the report starts with the findings of reading."""
    findings = [*scan.findings, *_modality(scan)]
    if scan.kind == "picture":
        findings += check_picture(scan)
    else:
        findings += _check_volume(scan)
    return QualityReport(tuple(findings))


def _refuse(code: str, text: str, value: float | str | None = None, limit: float | str | None = None) -> Finding:
    shown = round(value, 3) if isinstance(value, float) else value
    return Finding(code, "refuse", text, shown, limit)


def _modality(scan: Scan) -> Iterator[Finding]:
    if scan.modality in OTHER_MODALITIES:
        text = f"The scan is marked as {scan.modality}, not as CT or CBCT."
        yield _refuse("modality", text, scan.modality, "CT")


def _check_volume(scan: Scan) -> list[Finding]:
    if min(scan.array.shape) < MIN_VOXELS:
        size = " x ".join(str(n) for n in scan.array.shape[::-1])
        return [_refuse("too_small", f"The volume has only {size} voxels.", size, MIN_VOXELS)]
    findings = list(_spacing(scan))
    if any(f.severity == "refuse" for f in findings):
        return findings
    view = make_overview(scan)
    found = measure_head(view)
    if found is None:
        text = "The volume is empty: all its voxels have the same grey value."
        return [*findings, _refuse("constant", text)]
    measures, levels, masks = found
    for rules in (_is_image, _field_of_view, _is_head, _shows_skull_base):
        findings += rules(measures, view.fill is not None)
        if any(f.severity == "refuse" for f in findings):
            return findings
    findings += _is_label_map(scan)
    findings += _unit_spacing(scan, measures)
    findings += _noise(scan, measures)
    findings += _truncation(measures)
    if any(f.code == "orientation_missing" for f in scan.findings):
        findings += _orientation(mirror_scores(view, masks, levels))
    return findings


def _spacing(scan: Scan) -> Iterator[Finding]:
    spacing = scan.geometry.spacing
    low, high = float(spacing.min()), float(spacing.max())
    if high > MAX_SPACING_MM:
        text = f"The voxels are {high:.3g} mm long: nothing as small as the synchondrosis can be seen."
        yield _refuse("spacing_too_coarse", text, high, MAX_SPACING_MM)
    elif low < MIN_SPACING_MM:
        text = f"The voxels are said to be {low:.2g} mm small: no head scanner does that, the spacing is wrong."
        yield _refuse("spacing_too_fine", text, low, MIN_SPACING_MM)
    elif any(f.code == "slices_coarse" for f in scan.findings):
        return  # the grid is our own then, laid through slices that are farther apart; that has been said
    elif high > COARSE_MM + 1e-6:
        text = f"The voxels are up to {high:.2g} mm long: too coarse to see a narrow gap."
        yield Finding("spacing_coarse", "warning", text, round(high, 3), COARSE_MM)
    if high / low > ANISOTROPY:
        sizes = " x ".join(f"{v:.2f}" for v in spacing)
        yield Finding(
            "anisotropic", "info", f"The voxels are not cubes ({sizes} mm).", round(high / low, 3), ANISOTROPY
        )


def _is_image(m: HeadMeasures, _: bool) -> Iterator[Finding]:
    if m.correlation < MIN_CORRELATION:
        text = "The volume holds noise without any structure."
        yield _refuse("no_structure", text, m.correlation, MIN_CORRELATION)
    elif m.tail < INVERTED_TAIL and m.border_dark < 0.5:
        text = "The contrast looks inverted: air must be dark and bone bright."
        yield _refuse("inverted", text, m.tail, INVERTED_TAIL)


def _field_of_view(m: HeadMeasures, filled: bool) -> Iterator[Finding]:
    if any(seen < least for seen, least in zip(m.seen_mm, MIN_FIELD_MM, strict=True)):
        text = f"The field of view ({_size(m)} mm) is too small to hold the skull base around the synchondrosis."
        yield _refuse("field_of_view", text, _size(m), "40 x 60 x 50")
    elif filled and max(m.seen_mm) < DENTAL_FIELD_MM:
        text = f"The field of view ({_size(m)} mm) is that of a scan of teeth and jaws; the skull base lies outside it."
        yield _refuse("field_of_view", text, _size(m), DENTAL_FIELD_MM)


def _size(m: HeadMeasures) -> str:
    return " x ".join(f"{v:.0f}" for v in m.seen_mm)


def _is_head(m: HeadMeasures, _: bool) -> Iterator[Finding]:
    if m.area_cm2 > HEAD_AREA_CM2:
        text = f"The body's cross-section is {m.area_cm2:.0f} square centimetres: too large for a head."
        yield _refuse("not_a_head", text, m.area_cm2, HEAD_AREA_CM2)
    elif m.soft_cm3 < MIN_SOFT_CM3 and m.bone_spread < PLASTIC_SPREAD:
        text = "The bone has one single grey value and no soft tissue around it: this looks like a plastic model."
        yield _refuse("phantom", text, m.bone_spread, PLASTIC_SPREAD)
    elif m.texture is not None and m.texture > MAX_TEXTURE:
        text = "Soft tissues differ too much in grey for an X-ray scan: this looks like MR, or is no scan."
        yield _refuse("not_ct", text, m.texture, MAX_TEXTURE)
    elif m.bone_contrast is not None and m.bone_contrast < MIN_BONE_CONTRAST:
        text = "Hardly anything is brighter than soft tissue: there is no bone to judge."
        yield _refuse("no_bone", text, m.bone_contrast, MIN_BONE_CONTRAST)
    elif m.bone_size_mm[0] > SKULL_SIZE_MM[0] or m.bone_size_mm[1] > SKULL_SIZE_MM[1]:
        text = "The bones measure {:.0f} x {:.0f} mm: too large for a skull, so the spacing is wrong.".format(
            *m.bone_size_mm
        )
        yield _refuse("head_size", text, max(m.bone_size_mm), max(SKULL_SIZE_MM))


def _shows_skull_base(m: HeadMeasures, _: bool) -> Iterator[Finding]:
    whole = m.cut_any < 0.4
    one_side = max(m.cut_left, m.cut_right) > 0.7 and min(m.cut_left, m.cut_right) < 0.3
    if one_side and m.body_width_mm < HALF_WIDTH_MM:
        text = f"Only one half of the head is shown ({m.body_width_mm:.0f} mm wide): the midline cannot be found."
        yield _refuse("half_head", text, m.body_width_mm, HALF_WIDTH_MM)
    elif whole and m.bone_width_mm < MIN_SKULL_WIDTH_MM:
        text = f"The bones are only {m.bone_width_mm:.0f} mm wide: no skull base is in view, or the spacing is wrong."
        yield _refuse("no_skull_base", text, m.bone_width_mm, MIN_SKULL_WIDTH_MM)
    elif whole and m.air_cm3 < MIN_AIR_CM3:
        text = "There is no air inside the head (nose, throat, sinuses, ears): only the vault is shown."
        yield _refuse("vault_only", text, m.air_cm3, MIN_AIR_CM3)


def _is_label_map(scan: Scan) -> Iterator[Finding]:
    sample = scan.array[tuple(slice(None, None, max(1, n // 64)) for n in scan.array.shape)]
    levels = len(np.unique(sample))
    if levels <= 8:
        text = f"The volume has only {levels} different values: it is a segmentation, not a scan."
        yield _refuse("label_map", text, levels, 8)


def _unit_spacing(scan: Scan, m: HeadMeasures) -> Iterator[Finding]:
    if not np.allclose(scan.geometry.spacing, 1.0, atol=1e-6):
        return
    size = max(m.bone_size_mm)
    if size < MIN_SIZE_MM and m.cut_any < 0.4:
        text = f"The spacing is exactly 1 mm and the skull would be {size:.0f} mm long: the spacing is not real."
        yield _refuse("unit_spacing", text, size, MIN_SIZE_MM)
    elif size < MIN_SIZE_MM:
        text = "The spacing is exactly 1 mm, which may mean unknown, and the view is too small to check it by the head."
        yield Finding("unit_spacing", "warning", text, round(size, 1), MIN_SIZE_MM)
    else:
        text = f"The spacing is exactly 1 mm; the skull then measures {size:.0f} mm, which is plausible."
        yield Finding("unit_spacing", "info", text, round(size, 1), MIN_SIZE_MM)


def _noise(scan: Scan, m: HeadMeasures) -> Iterator[Finding]:
    """Noise (standard deviation) in the middle of the volume, from second differences: smooth tissue cancels."""
    middle = tuple(slice(max(0, n // 2 - 32), n // 2 + 32) for n in scan.array.shape)
    block = scan.array[middle].astype(np.float32)
    # Two voxels apart, because the noise of CBCT is correlated over one or two.
    bend = np.abs(block[..., 4:] - 2 * block[..., 2:-2] + block[..., :-4])
    sigma = float(1.4826 * np.median(bend) / np.sqrt(6) / m.contrast) if bend.size and m.contrast > 0 else 0.0
    if sigma > NOISY:
        text = f"The scan is very noisy ({100 * sigma:.0f} % of the step from air to soft tissue)."
        yield Finding("noise", "warning", text, round(sigma, 3), NOISY)
    else:
        yield Finding(
            "noise",
            "info",
            f"Noise is {100 * sigma:.1f} % of the step from air to soft tissue.",
            round(sigma, 3),
            NOISY,
        )


def _truncation(m: HeadMeasures) -> Iterator[Finding]:
    if m.cut_any >= 0.4:
        text = f"The head is cut by the edge of the field of view in {100 * m.cut_any:.0f} % of the slices."
        yield Finding("truncated", "info", text, round(m.cut_any, 2))


def _orientation(scores: FloatArray) -> Iterator[Finding]:
    """A head is most like its mirror image from left to right; if it is not, the guessed axes are wrong."""
    if scores[0] < max(scores[1], scores[2]) + MIRROR_MARGIN:
        text = "The file does not say how the patient lies, and the head is not symmetrical from left to right as read."
        yield _refuse("orientation_unknown", text, float(scores[0]), round(float(max(scores[1:])), 3))
