"""Training: views keep points on the picture, losses mean what they say, a run resumes, a model comes out and
stages."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")


from SOSStagingLib.model.sosmodel import read_model, write_model  # noqa: E402
from SOSStagingLib.model.student import LOOK_SIZE, Student, peak_position  # noqa: E402
from SOSStagingTrainingLib.__main__ import main as training  # noqa: E402
from SOSStagingTrainingLib.learning.closer_look import (  # noqa: E402
    CLOSER_WEIGHTS,
    closer_losses,
    closer_points,
    closer_student,
)
from SOSStagingTrainingLib.learning.losses import (  # noqa: E402
    attention_losses,
    heat_loss,
    kept_losses,
    ordinal_loss,
    roi_mask,
)
from SOSStagingTrainingLib.learning.publish import base_card, weights_bytes  # noqa: E402
from SOSStagingTrainingLib.learning.shards import REAL  # noqa: E402
from SOSStagingTrainingLib.learning.trainer import KEEPING_WEIGHTS, Examples, Recipe, losses, train  # noqa: E402
from SOSStagingTrainingLib.learning.views import View, _sampled, random_view  # noqa: E402

TINY = "convnext_atto"


def test_a_view_moves_the_picture_and_its_points_together() -> None:
    image = torch.zeros(8, 1, 176, 176)
    points = torch.full((8, 2, 2), float("nan"))
    for n in range(8):
        x, y = 70 + 4 * n, 100 - 3 * n
        image[n, 0, y - 2 : y + 3, x - 2 : x + 3] = 5.0
        points[n, 0] = torch.tensor([float(x), float(y)])
    generator = torch.Generator().manual_seed(2)
    view = random_view(image, points, generator, shift=10, noise=0.0, blur=0.2, cut=0.0, slices=1)
    for n in range(8):
        if view.spoiled[n]:
            continue
        x, y = (int(v) for v in view.points[n, 0].round())
        # A display window may show other bright things as bright, but nothing brighter.
        assert view.image[n, 0, y - 4 : y + 5, x - 4 : x + 5].max() >= view.image[n].max() - 1e-3
    assert torch.isnan(view.points[:, 1]).all()


def test_thick_slices_hide_what_is_thin_and_move_nothing() -> None:
    rows, columns = torch.meshgrid(torch.arange(176.0), torch.arange(176.0), indexing="ij")
    ramp = (rows - columns).expand(400, 1, 176, 176)
    line = (rows == 80).float().expand(400, 1, 176, 176)
    generator = torch.Generator().manual_seed(4)
    ramps, sliced = _sampled(ramp, generator, 18, 0.0)
    lines, _ = _sampled(line, generator.manual_seed(4), 18, 0.0)
    assert torch.equal(ramps[~sliced], ramp[~sliced])
    assert 0.25 < sliced.float().mean() < 0.41
    # A ramp is what linear interpolation restores, wherever the slices lie: nothing is displaced.
    assert (ramps - ramp)[:, :, 40:-40, 40:-40].abs().max() < 1.5
    assert torch.equal(lines[~sliced], line[~sliced])
    assert lines[sliced].amax((1, 2, 3)).median() < 0.4
    assert lines.max() <= 1 and lines.min() >= 0


def test_the_noise_of_thick_slices_is_drawn_out_across_them() -> None:
    views, sliced = _sampled(torch.zeros(200, 3, 176, 176), torch.Generator().manual_seed(5), 18, 0.2)
    assert not views[~sliced].any()
    grain = views[sliced]
    # A grain ends where the next slice begins, many rows on; along the slices it is a few pixels long.
    down = (grain[..., 4:, :] * grain[..., :-4, :]).mean((1, 2, 3)) / grain.square().mean((1, 2, 3))
    across = (grain[..., 4:] * grain[..., :-4]).mean((1, 2, 3)) / grain.square().mean((1, 2, 3))
    assert down.median() > 0.3 > across.median()
    assert 0.02 < grain.std() < 0.12


def test_some_views_are_single_pictures_grain_and_all() -> None:
    image, points = torch.rand(200, 3, 144, 144), torch.full((200, 3, 2), 72.0)
    generator = torch.Generator().manual_seed(6)
    view = random_view(image, points, generator, shift=5, noise=0.2, blur=0.5, cut=0.0, slices=18).image
    alike = (view == view[:, :1]).flatten(1).all(1)
    assert 0.15 < alike.float().mean() < 0.4


def test_a_cut_through_the_synchondrosis_is_told() -> None:
    image, points = torch.ones(200, 1, 144, 144), torch.full((200, 1, 2), 72.0)
    cut = random_view(image, points, torch.Generator().manual_seed(1), shift=5, noise=0.0, blur=0.3, cut=1.0, slices=1)
    whole = random_view(
        image, points, torch.Generator().manual_seed(1), shift=5, noise=0.0, blur=0.3, cut=0.0, slices=1
    )
    assert cut.spoiled.float().mean() > whole.spoiled.float().mean() + 0.05


def test_fields_end_aslant_and_in_stairs_as_tilted_stacks_do() -> None:
    image, points = torch.ones(300, 1, 144, 144), torch.full((300, 1, 2), 72.0)
    options = {"shift": 0.0, "noise": 0.0, "blur": 0.1, "slices": 1.0}
    generator = torch.Generator().manual_seed(2)
    cut = random_view(image, points, generator, cut=1.0, **options).image[:, 0]
    # Row by row, where the field begins in the middle columns of views that show all of these.
    inside = cut > (cut.amax((1, 2), keepdim=True) + cut.amin((1, 2), keepdim=True)) / 2
    first = inside.int().argmax(1)[:, 44:84]
    seen = (first > 8).all(1) & inside[:, :, 44:84].any(1).all(1)
    steps = first[seen].diff(dim=1).abs()
    level, aslant = (steps.sum(1) == 0).float().mean(), (steps.sum(1) >= 3).float().mean()
    stairs = ((steps.amax(1) >= 2) & ((steps == 0).float().mean(1) > 0.8)).float().mean()
    assert seen.sum() > 40 and level > 0.2 and aslant > 0.3 and stairs > 0.1


def test_without_faults_what_is_flat_stays_flat_and_whole() -> None:
    image, points = torch.full((40, 1, 144, 144), 0.4), torch.full((40, 1, 2), 72.0)
    image[..., 60:85, 60:85] = 1.0
    options = {"shift": 5.0, "noise": 0.2, "blur": 0.9, "slices": 4.0}

    def seen(cut: float, faults: bool) -> View:
        generator = torch.Generator().manual_seed(1)
        return random_view(image, points, generator, cut=cut, faults=faults, **options)

    assert not seen(1.0, False).spoiled.all() and seen(1.0, False).spoiled.sum() < seen(1.0, True).spoiled.sum()
    flat = []
    for view in (seen(1.0, False).image.flatten(1), seen(0.0, True).image.flatten(1)):
        ends = torch.stack([view.amin(1), view.amax(1)], 1)
        flat.append(((view[:, None] - ends[..., None]).abs().amin(1) < 1e-3).float().mean(1).median())
    assert flat[0] > 0.9 > 0.1 > flat[1]


def test_heat_loss_is_lowest_at_the_point_and_peak_position_finds_it() -> None:
    points = torch.tensor([[[41.0, 77.0]]])
    usable = torch.tensor([True])
    cells = (torch.arange(32) + 0.5) * 4 - 0.5
    far = (cells.view(1, 1, 32, 1) - 77) ** 2 + (cells.view(1, 1, 1, 32) - 41) ** 2
    right = -far / 30
    assert heat_loss(right, points, usable) < heat_loss(right.flip(3), points, usable) - 1
    assert heat_loss(right, points, torch.tensor([False])) == 0
    found, mass = peak_position(right, 4.0)
    assert (found[0, 0] - points[0, 0]).abs().max() < 0.6
    assert mass[0, 0] > 0.9


def test_ordinal_loss_prefers_a_neighbour_to_a_distant_stage() -> None:
    usable, stage = torch.tensor([True]), torch.tensor([3])
    losses = [
        float(ordinal_loss(8.0 * torch.nn.functional.one_hot(torch.tensor([s]), 5), stage, usable)) for s in range(5)
    ]
    assert losses[2] < losses[1] < losses[0]
    assert losses[2] < losses[3] < losses[4]


def test_roi_mask_covers_the_plate_only() -> None:
    points = torch.tensor([[[64.0, 64.0], [50.0, 64.0], [78.0, 64.0]]])
    mask = roi_mask(points, 16, 17.0)
    assert mask[0, 8, 8] == 1
    assert mask[0, 0, 0] == 0
    assert 0.05 < mask.mean() < 0.4


def test_attention_loss_reaches_the_first_convolution() -> None:
    torch.manual_seed(0)
    student = Student(TINY)
    fine = student.fine(torch.randn(2, 3, LOOK_SIZE, LOOK_SIZE))
    points = torch.tensor([[[64.0, 64.0], [54.0, 60.0], [74.0, 68.0]]] * 2)
    terms = attention_losses(student, fine, points, torch.tensor([2, 4]), torch.tensor([True, True]))
    first = next(p for p in student.backbone.parameters() if p.ndim == 4)
    (gradient,) = torch.autograd.grad(terms["attention"], first)
    assert gradient.abs().max() > 0


def write_tiny_shards(folder: Path, count: int = 2) -> None:
    rng = np.random.default_rng(0)
    folder.mkdir(parents=True)
    for n in range(count):
        np.savez(
            folder / f"shard-1-{n:05d}.npz",
            coarse=rng.random((6, 144, 144)).astype(np.float16),
            fine=rng.random((6, 3, 176, 176)).astype(np.float16),
            kind=np.zeros(6, np.int8),
            stage=rng.integers(1, 6, 6).astype(np.int8),
            fraction=rng.random(6).astype(np.float32),
            coarse_present=np.ones(6, bool),
            fine_present=np.ones(6, bool),
            landmarks=rng.uniform(50, 90, (6, 7, 2)).astype(np.float32),
            fine_points=rng.uniform(70, 100, (6, 3, 2)).astype(np.float32),
        )


def test_a_run_cut_short_resumes_to_the_same_weights(tmp_path: Path) -> None:
    write_tiny_shards(tmp_path / "examples")

    def run(folder: str, *stops: int) -> Student:
        for stop in stops:
            recipe = Recipe(backbone=TINY, steps=4, batch=2, warmup=2, save_every=2)
            examples = Examples(tmp_path / "examples")
            if stop < 4:
                # Cut off after the checkpoint of step ``stop``, as a killed process is.
                with pytest.raises(KeyboardInterrupt):
                    train(recipe, examples, tmp_path / folder, log=lambda e, stop=stop: _stop_at(e, stop))
            else:
                student = train(recipe, examples, tmp_path / folder)
        return student

    whole, resumed = run("whole", 4), run("resumed", 2, 4)
    for a, b in zip(whole.state_dict().values(), resumed.state_dict().values(), strict=True):
        torch.testing.assert_close(a, b)
    events = [json.loads(line) for line in (tmp_path / "resumed" / "events.jsonl").read_text().splitlines()]
    assert [e["step"] for e in events if "validation" in e] == [2, 4]


def _stop_at(event: dict, step: int) -> None:
    if event["step"] == step and "validation" in event:
        raise KeyboardInterrupt


def test_a_run_starts_from_a_whole_student_or_from_a_backbone_but_not_from_pieces(tmp_path: Path) -> None:
    write_tiny_shards(tmp_path / "examples")
    torch.manual_seed(5)
    begun = Student(TINY).state_dict()
    recipe, examples = Recipe(backbone=TINY, steps=0), Examples(tmp_path / "examples")
    whole = train(recipe, examples, tmp_path / "whole", begun).state_dict()
    assert all(torch.equal(whole[name], value) for name, value in begun.items())
    backbone = {name: value for name, value in begun.items() if name.startswith("backbone.")}
    half = train(recipe, examples, tmp_path / "half", backbone).state_dict()
    assert all(torch.equal(half[name], value) for name, value in backbone.items())
    del begun["head.classifier.weight"]
    with pytest.raises(RuntimeError, match=r"head\.classifier\.weight"):
        train(recipe, examples, tmp_path / "pieces", begun)


def test_a_run_that_keeps_stages_asks_no_label_and_begins_as_the_student_it_starts_from(tmp_path: Path) -> None:
    write_tiny_shards(tmp_path / "examples")
    backbone = "tf_efficientnet_lite0"  # Its batch statistics must stay as well.
    torch.manual_seed(5)
    kept = Student(backbone).eval()
    picture = torch.rand(3, 3, LOOK_SIZE, LOOK_SIZE)
    with torch.no_grad():
        assert all(abs(term.item()) < 1e-6 for term in kept_losses(kept.fine(picture), kept, picture).values())

    def trained(name: str, stages: list[int]) -> dict[str, torch.Tensor]:
        for path in (tmp_path / "examples").iterdir():
            with np.load(path) as data:
                rows = {key: data[key] for key in data.files}
            rows["stage"] = np.resize(np.array(stages, np.int8), len(rows["stage"]))
            np.savez(path, **rows)
        recipe = Recipe(backbone=backbone, steps=2, batch=4, warmup=1, keep_stages=True, weights=dict(KEEPING_WEIGHTS))
        return train(recipe, Examples(tmp_path / "examples"), tmp_path / name, kept.state_dict()).state_dict()

    one, other = trained("one", [1, 2]), trained("other", [3, 4])
    for name, value in one.items():
        assert torch.equal(value, other[name])
        if "running_" in name:
            assert torch.equal(value, kept.state_dict()[name])
    assert not torch.equal(one["coarse_heat.weight"], kept.state_dict()["coarse_heat.weight"])


def test_only_closed_plates_of_real_surroundings_teach_the_place_beside_kept_stages(tmp_path: Path) -> None:
    write_tiny_shards(tmp_path / "examples")
    for path in sorted((tmp_path / "examples").iterdir()):
        path.rename(path.with_name(path.name.replace("shard-1-", f"shard-1{REAL}")))
    examples = Examples(tmp_path / "examples")
    examples.refresh()
    batch, student = examples.batch(np.random.default_rng(1), 8), Student(TINY)
    assert batch["real"].all()

    def places(stage: int, kept: Student | None) -> list[bool]:
        shown = batch | {"stage": torch.full_like(batch["stage"], stage)}
        terms = losses(student, shown, torch.Generator().manual_seed(3), kept=kept)
        return [float(terms[name]) > 0 for name in ("coarse_heat", "fine_heat")]

    assert places(4, student) == [False, False]
    assert places(5, student) == places(4, None) == [True, True]


def test_a_student_taught_to_look_closer_finds_the_place_as_before_and_learns_stages_from_labels_and_its_own(
    tmp_path: Path,
) -> None:
    write_tiny_shards(tmp_path / "examples")
    backbone = "tf_efficientnet_lite0"  # Its batch statistics must stay as well.
    torch.manual_seed(5)
    begun = Student(backbone).eval()
    recipe = Recipe(backbone=backbone, steps=2, batch=4, warmup=1, closer=True, weights=dict(CLOSER_WEIGHTS))
    found = train(recipe, Examples(tmp_path / "examples"), tmp_path / "run", begun.state_dict())
    assert found.closer
    picture = torch.rand(2, 3, LOOK_SIZE, LOOK_SIZE)
    with torch.no_grad():
        for look in (Student.where, lambda student, shown: student.coarse(shown[:, :1])):
            before, after = look(begun, picture), look(found, picture)
            assert all(torch.equal(before[name], after[name]) for name in before)
    own = found.detail.backbone
    assert any(not torch.equal(own.get_parameter(name), value) for name, value in begun.backbone.named_parameters())


def test_what_looks_closer_is_held_to_the_labels_and_to_the_stages_of_the_start() -> None:
    torch.manual_seed(5)
    begun = Student(TINY).eval()
    student = closer_student(begun.state_dict(), TINY).eval()
    picture, points = torch.rand(4, 3, LOOK_SIZE, LOOK_SIZE), torch.full((4, 3, 2), 60.0)
    labels = {"stage": torch.tensor([1, 2, 3, 5]), "fraction": torch.tensor([0.0, 0.2, 0.5, 1.0])}
    here = torch.tensor([True, True, True, False])
    terms = closer_losses(student, picture, points, labels, here, begun)
    assert terms.keys() == CLOSER_WEIGHTS.keys()
    with torch.no_grad():
        mine, other = student.fine(picture), begun.fine(picture)
    share = other["logits"].softmax(1)
    apart = (share * (share.log() - mine["logits"].log_softmax(1))).sum(1)
    assert float(terms["kept"]) == pytest.approx(float(apart[here].mean()), rel=1e-4)
    assert float(terms["stage"]) == pytest.approx(float(ordinal_loss(mine["logits"], labels["stage"], here)), rel=1e-4)
    wrong = (mine["fraction"] - labels["fraction"]).abs()
    assert float(terms["fraction"]) == pytest.approx(float(wrong[here].mean()), rel=1e-4)


def test_what_is_shown_larger_has_the_points_where_the_plate_is() -> None:
    middle, corner = [63.5, 63.5], [31.5, 95.5]
    points = closer_points(torch.tensor([[middle, corner]]))
    assert torch.allclose(points, torch.tensor([[[63.5, 63.5], [-0.5, 127.5]]]))


def test_only_all_weights_of_a_student_of_that_backbone_are_taught_to_look_closer() -> None:
    begun = Student(TINY).state_dict()
    closer_student(begun, TINY)
    del begun["fine_heat.weight"]
    with pytest.raises(RuntimeError, match=r"fine_heat\.weight"):
        closer_student(begun, TINY)


def test_real_shards_are_kept_apart_and_used_for_training_only(tmp_path: Path) -> None:
    write_tiny_shards(tmp_path / "examples")
    (tmp_path / "examples" / "shard-1-00001.npz").rename(tmp_path / "examples" / "shard-1-real-00000.npz")
    with np.load(tmp_path / "examples" / "shard-1-00000.npz") as data:
        held = torch.as_tensor(data["coarse"])
    examples = Examples(tmp_path / "examples")
    assert examples.refresh() == 2
    assert torch.equal(examples.validation()["coarse"], held)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--imagenet", "--start", "x.sosmodel"], "two places to start from"),
        (["--examples", "1"], "at least 2"),
        (["--keep-stages"], "say which with --start"),
        (["--closer"], "say which with --start"),
        (["--closer", "--keep-stages", "--start", "x.sosmodel"], "first --keep-stages"),
        (["--examples", "2", "--start", "missing.sosmodel"], "missing.sosmodel"),
    ],
)
def test_options_that_do_not_fit_are_refused_at_once(
    options: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert training(["pretrain", "--out", str(tmp_path / "run"), *options]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "run" / "examples").exists()


def test_a_student_of_another_make_is_not_gone_on_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    student, path = Student(TINY, weighted=True), tmp_path / "other.sosmodel"
    write_model(path, weights_bytes(student), base_card(student, TINY, "other", "0", {}))
    assert training(["pretrain", "--out", str(tmp_path / "run"), "--examples", "2", "--start", str(path)]) == 2
    assert "another weighted" in capsys.readouterr().err
    assert not (tmp_path / "run" / "examples").exists()


def test_a_student_taught_to_look_closer_is_a_model_that_says_what_its_start_has_seen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begun, path, run = Student(TINY), tmp_path / "begun.sosmodel", tmp_path / "run"
    write_model(path, weights_bytes(begun), base_card(begun, TINY, "begun", "0", {"surroundings": ["head.nrrd"]}))
    write_tiny_shards(run / "examples")
    few = ["--examples", "2", "--steps", "1", "--batch", "2", "--calibration-heads", "4", "--test-heads", "2"]
    command = ["pretrain", "--out", str(run), *few, "--closer"]
    assert training([*command, "--start", str(path)]) == 0
    made = run / "student.sosmodel"
    card = read_model(made)[0]
    assert card["architecture"]["closer"] and card["architecture"]["weighted"]
    assert card["training"]["surroundings"] == ["head.nrrd"] and "head.nrrd" in card["intended_use"]
    # It is gone on from no more than any other that is made otherwise.
    capsys.readouterr()
    assert training([*command[:-1], "--out", str(tmp_path / "next"), "--start", str(made)]) == 2
    assert "without --closer" in capsys.readouterr().err


def test_a_run_goes_on_only_as_it_was_begun(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "run"
    write_tiny_shards(run / "examples")
    heads = ["--calibration-heads", "4", "--test-heads", "2"]
    command = ["pretrain", "--out", str(run), "--backbone", TINY, "--examples", "2", "--batch", "2", *heads]
    assert training([*command, "--steps", "1"]) == 0
    card = read_model(run / "student.sosmodel")[0]
    assert (card["training"]["steps"], card["training"]["without"]) == (1, [])
    capsys.readouterr()
    assert training([*command, "--steps", "2", "--rate", "0.1", "--without", "faults"]) == 2
    assert "begun with another --without and another --rate" in capsys.readouterr().err
    assert training([*command, "--steps", "2"]) == 0
    assert read_model(run / "student.sosmodel")[0]["training"]["steps"] == 2
    start = ["--start", str(run / "student.sosmodel"), "--keep-stages"]
    assert training([*command, *start]) == 2
    assert "another --start and another --keep-stages" in capsys.readouterr().err
    (run / "options.json").write_text("[")
    assert training(command) == 2
    assert "options.json cannot be read" in capsys.readouterr().err
