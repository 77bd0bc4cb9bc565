"""The trainer: the same weights whatever interrupts it, and plain words where it cannot go on."""

import json
import math
from dataclasses import replace
from itertools import pairwise

import pytest
from learning.made_slabs import slab_study
from SOSStagingTrainingLib.learning.events import EVENTS_FILE, EventLog, read_events
from SOSStagingTrainingLib.learning.keeping import DiskFullError
from SOSStagingTrainingLib.learning.settings import (
    AugmentSettings,
    MethodSettings,
    NetworkSettings,
    RecipeError,
    TrainSettings,
    ViewSettings,
)
from SOSStagingTrainingLib.learning.slabs import Slabs, cut_slabs

torch = pytest.importorskip("torch")
resource = pytest.importorskip("resource", reason="file sizes are limited through a POSIX call")

from learning.tiny_method import Tiny  # noqa: E402
from SOSStagingTrainingLib.learning.checkpoint import CHECKPOINT_FILE, CheckpointError, plain_tensors  # noqa: E402
from SOSStagingTrainingLib.learning.devices import Numbers, training_device  # noqa: E402
from SOSStagingTrainingLib.learning.fit import NAN_FILE, Fitting, Stopped, TrainingError  # noqa: E402
from SOSStagingTrainingLib.learning.methods import Context  # noqa: E402
from SOSStagingTrainingLib.learning.optimise import rate_at  # noqa: E402
from SOSStagingTrainingLib.learning.paired_views import PairedViews  # noqa: E402
from SOSStagingTrainingLib.learning.task import Task  # noqa: E402

CPU = torch.device("cpu")
QUICK = TrainSettings(epochs=3, batch=8, rate=3e-3, warmup=1, save_minutes=0.0)


@pytest.fixture(scope="module")
def slabs(tmp_path_factory):
    study = slab_study(tmp_path_factory.mktemp("fit") / "study", 20)
    dataset = study.freeze("all", min_per_stage=1)
    cut_slabs(study, dataset, study.folder / "slabs")
    return Slabs(dataset, study.folder / "slabs")


def task(slabs, folder, train=QUICK, method=None, drop=0.1):
    folder.mkdir(exist_ok=True)
    view = ViewSettings(size=64, field="slab")
    settings = MethodSettings("tiny", "tiny", NetworkSettings(drop=drop), view, AugmentSettings(), train)
    names = list(slabs.cases)
    views = PairedViews(slabs, view, settings.augment)
    return Task(method or Tiny(), settings, views, Context(), tuple(names[:15]), tuple(names[15:]), 5, 3, folder)


def fitted(made, stop=lambda: False, device=CPU):
    log = EventLog(made.folder / EVENTS_FILE)
    return Fitting(made, device, log, stop).run()


def same(a, b):
    return all(torch.equal(x, y) for x, y in zip(plain_tensors(a).values(), plain_tensors(b).values(), strict=True))


def after(steps):
    """A stop that is asked for after so many steps."""
    asked = iter(range(10_000))
    return lambda: next(asked) >= steps


@pytest.mark.parametrize(
    "train", [QUICK, replace(QUICK, ema=0.9, optimiser="sgd", micro_batch=3), replace(QUICK, patience=2)]
)
def test_a_training_stopped_anywhere_ends_with_the_same_bits(slabs, tmp_path, train):
    whole = fitted(task(slabs, tmp_path / "whole", train))
    made = task(slabs, tmp_path / "cut", train)
    for steps in (1, 2):
        with pytest.raises(Stopped):
            fitted(made, after(steps))
    assert same(fitted(made), whole)
    told = read_events(made.folder / EVENTS_FILE)
    assert [e["step"] for e in told if e["event"] == "step"] == list(range(1, 7))
    assert [e["step"] for e in told if e["event"] == "resumed"] == [1, 3]
    assert sum(e["event"] == "validation" for e in told) == 3 and told[-1]["event"] == "end"


def test_it_learns_and_tells_how_it_does(slabs, tmp_path):
    made = task(slabs, tmp_path / "run", replace(QUICK, epochs=40, save_minutes=5))
    fitted(made)
    told = read_events(made.folder / EVENTS_FILE)
    begin, steps = told[0], [e for e in told if e["event"] == "step"]
    assert begin["training"] == 15 and begin["steps"] == 80 and begin["parameters"] > 1000
    assert set(steps[-1]["terms"]) == {"classification", "noted"}
    assert steps[-1]["loss"] == pytest.approx(steps[-1]["terms"]["classification"])
    assert steps[-1]["loss"] < 0.85 * steps[0]["loss"]
    assert steps[-1]["images_per_second"] > 0 and steps[-1]["memory_mb"] > 0 and steps[-1]["eta_s"] == 0
    metrics = [e["metrics"] for e in told if e["event"] == "validation"]
    assert set(metrics[0]) == {"nll", "accuracy", "mae"} and all(math.isfinite(v) for v in metrics[-1].values())


def test_gradients_added_up_over_small_batches_are_those_of_the_whole(slabs, tmp_path):
    once = fitted(task(slabs, tmp_path / "once", drop=0.0))
    parts = fitted(task(slabs, tmp_path / "parts", replace(QUICK, micro_batch=2), drop=0.0))
    for a, b in zip(plain_tensors(once).values(), plain_tensors(parts).values(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-4)


def test_too_little_memory_takes_fewer_cases_at_once_and_says_so(slabs, tmp_path):
    made = task(slabs, tmp_path / "run", method=Tiny(most=3), drop=0.0)
    small = fitted(made)
    told = [e for e in read_events(made.folder / EVENTS_FILE) if e["event"] == "micro_batch"]
    assert [e["size"] for e in told] == [4, 2] and "2 cases at once" in told[-1]["text"]
    whole = fitted(task(slabs, tmp_path / "whole", drop=0.0))
    for a, b in zip(plain_tensors(small).values(), plain_tensors(whole).values(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-4)
    with pytest.raises(TrainingError, match="memory of cpu does not suffice"):
        fitted(task(slabs, tmp_path / "none", method=Tiny(most=0)))


def test_a_loss_that_is_no_number_stops_with_its_batch_kept(slabs, tmp_path):
    made = task(slabs, tmp_path / "run", method=Tiny(breaks_at=4))
    with pytest.raises(TrainingError, match=r"broke off at step 4: classification is nan.*lower train\.rate"):
        fitted(made)
    kept = torch.load(made.folder / NAN_FILE, weights_only=True)
    assert kept["step"] == 3 and kept["image"].shape == (8, 1, 64, 64) and kept["case"] == made.cases_of(3)[0]
    # The checkpoint from before is whole: with the mistake mended the training goes on from there.
    assert same(fitted(task(slabs, made.folder)), fitted(task(slabs, tmp_path / "other")))


def test_weights_that_overflow_stop_it_too(slabs, tmp_path):
    with pytest.raises(TrainingError, match="broke off"):
        fitted(task(slabs, tmp_path / "run", replace(QUICK, rate=1e30, warmup=0, clip=0, optimiser="sgd")))


def test_a_full_disk_is_told_and_the_last_checkpoint_is_kept(slabs, tmp_path):
    made = task(slabs, tmp_path / "run")
    with pytest.raises(Stopped):
        fitted(made, after(2))
    before = (made.folder / CHECKPOINT_FILE).read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, hard))
    try:
        with pytest.raises(DiskFullError, match=r"The disk is full: checkpoint\.pt.*Make room"):
            fitted(made)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (made.folder / CHECKPOINT_FILE).read_bytes() == before
    assert not list(made.folder.glob("*.partial*"))
    assert same(fitted(made), fitted(task(slabs, tmp_path / "whole")))


def test_early_stop_keeps_the_best_weights(slabs, tmp_path):
    train = TrainSettings(epochs=30, batch=8, rate=0.3, warmup=0, optimiser="sgd", clip=0.5, patience=3)
    made = task(slabs, tmp_path / "run", train)
    network = fitted(made)
    told = [e for e in read_events(made.folder / EVENTS_FILE) if e["event"] == "validation"]
    scores = [e["metrics"]["nll"] for e in told]
    best = scores.index(min(scores))
    assert len(scores) == min(best + 1 + 3, 30)
    views = made.views.plain(made.validation, "none")
    nll = torch.nn.functional.cross_entropy(network(views.image), views.stage)
    assert float(nll) == pytest.approx(scores[best], abs=1e-5)


def test_a_damaged_checkpoint_is_named(slabs, tmp_path):
    made = task(slabs, tmp_path / "run")
    (made.folder / CHECKPOINT_FILE).write_bytes(b"PK but no checkpoint")
    with pytest.raises(CheckpointError, match=r"damaged.*Delete it"):
        fitted(made)


def test_a_torn_line_of_events_is_dropped_when_it_goes_on(slabs, tmp_path):
    made = task(slabs, tmp_path / "run")
    with pytest.raises(Stopped):
        fitted(made, after(2))
    with (made.folder / EVENTS_FILE).open("a") as handle:
        handle.write('{"event": "step", "step": 3}\n{"event": "st')
    fitted(made)
    lines = (made.folder / EVENTS_FILE).read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines if '"event": "step"' in line] == list(range(1, 7))


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_fewer_bits_learn_nearly_the_same(slabs, tmp_path, precision):
    full = fitted(task(slabs, tmp_path / "full", drop=0.0))
    made = task(slabs, tmp_path / "less", replace(QUICK, precision=precision), drop=0.0)
    with pytest.raises(Stopped):
        fitted(made, after(3))
    less = fitted(made)
    for a, b in zip(plain_tensors(full).values(), plain_tensors(less).values(), strict=True):
        torch.testing.assert_close(a, b, rtol=0.1, atol=0.02)


def test_precision_and_device_are_chosen(slabs):
    assert Numbers.choose("auto", CPU).name == "float32"
    assert Numbers.choose("bf16", CPU).name == "bfloat16" and not Numbers.choose("bf16", CPU).scaler().is_enabled()
    with pytest.raises(RecipeError, match="cannot train on cuda:77"):
        training_device("cuda:77")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_training_begun_on_one_device_goes_on_on_another(slabs, tmp_path):
    made = task(slabs, tmp_path / "run", drop=0.0)
    with pytest.raises(Stopped):
        fitted(made, after(3), torch.device("cuda:0"))
    moved = fitted(made)
    whole = fitted(task(slabs, tmp_path / "whole", drop=0.0))
    for a, b in zip(plain_tensors(moved).values(), plain_tensors(whole).values(), strict=True):
        torch.testing.assert_close(a, b, rtol=0.05, atol=0.01)


def test_the_rate_rises_falls_and_ends_low():
    train = TrainSettings(epochs=10, rate=1.0, warmup=2)
    rates = [rate_at(train, step, 100, 10) for step in range(100)]
    assert rates[0] == pytest.approx(0.05) and rates[19] == rates[20] == 1.0
    assert all(a >= b for a, b in pairwise(rates[20:])) and rates[-1] < 0.01
