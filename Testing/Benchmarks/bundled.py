"""The bundled model, loaded once for a benchmark."""

from __future__ import annotations

from SOSStagingLib.model.library import default_model
from SOSStagingLib.model.predictor import Predictor


def bundled_predictor() -> Predictor:
    """Load the bundled model on the CPU; ends the program in plain words where none is bundled."""
    model = default_model()
    if model is None:
        raise SystemExit("No model is bundled.")
    return Predictor.load(model, "cpu")
