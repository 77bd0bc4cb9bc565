"""What is noted of a network's answers beside the stage."""

from dataclasses import fields
from types import SimpleNamespace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from SOSStagingTrainingLib.learning.answers import _dropped  # noqa: E402
from SOSStagingTrainingLib.learning.batch import Batch  # noqa: E402
from SOSStagingTrainingLib.learning.methods import Prediction  # noqa: E402

SIZE, SQUARE = 128, slice(51, 77)


def test_a_map_that_tells_nothing_is_no_better_than_chance_where_the_network_looks():
    """A network that reads a small square only, with a map of noise there: regions outside would cost it nothing."""
    rng = np.random.default_rng(0)
    image = torch.from_numpy(rng.normal(0, 1, (1, 1, SIZE, SIZE)).astype(np.float32))
    reach = torch.zeros(1, 1, SIZE, SIZE)
    reach[..., SQUARE, SQUARE] = 1
    cam = torch.from_numpy(rng.random((1, 1, SIZE, SIZE)).astype(np.float32)) * reach

    def predict(_network, batch, _context):
        detail = batch.image[..., SQUARE, SQUARE].square().mean() * 4
        return SimpleNamespace(logits=torch.stack([detail, torch.zeros(())])[None])

    values = dict.fromkeys((field.name for field in fields(Batch)), torch.zeros(1))
    values |= {"image": image, "mask": torch.zeros_like(image), "valid": torch.ones_like(image), "case": ["one"]}
    values |= {"spacing": torch.tensor([1.0]), "box": torch.tensor([[60.0, 60, 68, 68]])}
    task = SimpleNamespace(method=SimpleNamespace(predict=predict), context=None)
    found = _dropped(task, None, Batch(**values), Prediction(logits=torch.zeros(1, 2), cam=cam, cam_reach=reach))
    assert found["hot_drop"] > 0.01 and found["random_drop"] > found["hot_drop"] / 3
