"""Plain words for numbers: what a clinician reads instead of a bare figure, and the standing warnings."""

from __future__ import annotations

from collections.abc import Sequence

from ..staging.result import StagingResult

_RESEARCH = ("Research only", "Not a medical device. Not for diagnosis or treatment decisions.")
_AGE = (
    "No age decisions",
    "Not for legal or forensic age assessment. A fused synchondrosis proves no age: complete fusion has been reported "
    "in children.",
)
_EXPOSURE = ("No reason to expose", "Read it from a scan already taken. Never take a CBCT for this reading.")
_NOT_COVERED = (
    "Not covered",
    "Syndromes, skull-base disease or surgery, hormone disorders, and rapid maxillary expansion just before the scan, "
    "which can widen the synchondrosis.",
)


def percent(probability: float) -> str:
    """Return a probability as whole percent, never rounding to certainty or impossibility."""
    if probability < 0.005:
        return "<1 %"
    if probability > 0.995:
        return ">99 %"
    return f"{probability * 100:.0f} %"


def listed(items: Sequence[object]) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    texts = [str(item) for item in items]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


def stages(result: StagingResult) -> str:
    """Return what the answer may be: "4", "4 or 5", "3 to 5"; empty where no stage is ruled out."""
    plausible = result.plausible_stages or (() if result.stage is None else (result.stage,))
    if len(plausible) == len(result.stage_names):
        return ""
    if len(plausible) < 3:
        return " or ".join(str(stage) for stage in plausible)
    return f"{plausible[0]} to {plausible[-1]}"


def angle(degrees: float, positive: str, negative: str) -> str:
    """Return an angle with the side instead of the sign: "10.1° to the left"."""
    size = f"{abs(degrees):.1f}°"
    return size if float(f"{abs(degrees):.1f}") == 0 else f"{size} {positive if degrees > 0 else negative}"


def millimetres(values: Sequence[float] | None, digits: int = 1) -> str:
    """Return a RAS position or direction as "R 1.0, A 2.0, S 3.0"; the letter follows the sign."""
    if values is None:
        return "not given"
    letters = (("R", "L"), ("A", "P"), ("S", "I"))
    return ", ".join(
        f"{pair[0] if value >= 0 else pair[1]} {abs(float(value)):.{digits}f}"
        for pair, value in zip(letters, values, strict=True)
    )


def plausible(result: StagingResult) -> str:
    """Say which stages are plausible at the result's coverage."""
    simulated = result.model is not None and result.model.trained_on == "simulated"
    percentage = f"{result.plausible_coverage * 100:.0f}"
    coverage = f"{percentage} % coverage on simulated heads" if simulated else f"{percentage} % coverage"
    if not result.plausible_stages:
        return f"No set of plausible stages at {percentage} % coverage was given."
    if len(result.plausible_stages) == len(result.stage_names):
        # A coverage would sound like knowledge where the scan rules nothing out.
        return "This scan rules no stage out: all of them are plausible."
    stages = listed(result.plausible_stages)
    if len(result.plausible_stages) == 1:
        return f"At {coverage} only stage {stages} is plausible."
    return f"At {coverage} stages {stages} are plausible."


def certainty(result: StagingResult) -> list[str]:
    """Say how sure the answer is and why, one sentence each."""
    if result.probabilities is None or result.stage is None:
        return []
    sentences = [plausible(result)]
    second = result.runner_up_stage
    if second is not None and result.probabilities[second - 1] >= 0.05:
        sentences.append(f"The next most probable is stage {second} ({percent(result.probabilities[second - 1])}).")
    if result.expected_stage is not None:
        sentences.append(f"The probability-weighted mean stage is {result.expected_stage:.1f}.")
    sentences.extend(f"Less sure because of the scan: {warning.text}" for warning in result.quality.warnings)
    sentences.extend(_evidence(result))
    return sentences


def _evidence(result: StagingResult) -> list[str]:
    if result.gradcam is None or not result.scale_known:
        return []
    share = percent(result.gradcam.share_within_20mm)
    if result.gradcam.share_within_20mm < 0.5:
        return [
            f"Caution: only {share} of the evidence (Grad-CAM) lies within 20 mm of the synchondrosis. "
            "The answer may rest on something else in the picture."
        ]
    return [f"{share} of the evidence (Grad-CAM) lies within 20 mm of the synchondrosis."]


def training_statement(result: StagingResult) -> str:
    """Say what the model was trained on."""
    trained_on = "" if result.model is None else result.model.trained_on.strip()
    if trained_on.lower().startswith("simulated"):
        return (
            "Trained on simulated heads, for demonstration. No accuracy on patients is known; accuracy measured on "
            "simulated heads must not be compared with published accuracy."
        )
    if trained_on.lower().startswith("real"):
        return (
            "Trained on real scans. It may do worse on another population, scanner or protocol than on the one it was "
            "trained and measured on; see the model card."
        )
    if trained_on:
        return f"Trained on: {trained_on}. See the model card for what its accuracy was measured on."
    return "What the model was trained on is not known. Do not rely on its answer."


def warnings(result: StagingResult, has_scar_stage: bool) -> list[tuple[str, str]]:
    """Return the standing warnings as (catchword, text)."""
    if not result.assessable:
        return [_RESEARCH, _AGE, _EXPOSURE, _NOT_COVERED]
    rows = [
        _RESEARCH,
        _AGE,
        _EXPOSURE,
        ("Training data", training_statement(result)),
        (
            "Neighbouring stages",
            "Experts disagree on them too: published agreement between raters ranges from kappa 0.53 to 0.81.",
        ),
    ]
    if has_scar_stage:
        rows.append(
            (
                "Scar",
                "A fusion scar can persist into adult life. With or without scar is not a step in growth or age.",
            )
        )
    rows += [
        (
            "Look-alikes",
            "Fossa navicularis magna, canalis basilaris medianus, vascular channels, a large sphenoid sinus, and, off "
            "the midline, the petro-occipital fissure can look like an open or fused synchondrosis. Check the plane.",
        ),
        _NOT_COVERED,
        (
            "Image",
            "Grey values of cone-beam CT are not Hounsfield units. A gap of 1 to 2 mm can vanish with voxels above "
            "0.4 mm, motion or noise, and an open synchondrosis then looks fused.",
        ),
        (
            "Heat map",
            "It shows which region moved the answer towards the given stage. It is no proof that the answer is right.",
        ),
    ]
    return rows
