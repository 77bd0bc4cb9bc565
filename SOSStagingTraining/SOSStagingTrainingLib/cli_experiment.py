"""``sos experiment``: the questions arXiv 2505.21561 leaves open, each as one command."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from SOSStagingLib.cli_stage import device

from .cli import positive
from .cli_train import (
    EXIT_DONE,
    EXIT_NOT_ALL,
    EXIT_WRONG_USE,
    add_study_options,
    add_where_options,
    carried_out,
    prepared,
    wanted_of,
    where_of,
)

if TYPE_CHECKING:
    from .compute.run_folder import RunFolder

DESCRIPTION = """\
table, attention-off, temperature and automatic-crops train the variants of a recipe that answer the question and
write the comparison into RUN/comparison; like sos train they resume, and take its options. gallery draws Grad-CAM of
right and wrong cases side by side; confidence sets the detector's confidence beside the attention loss, both for a
finished job of a run. Exit status as sos train."""


def register_experiment(subparsers: Any) -> None:
    """Add ``sos experiment``."""
    from .learning.experiments import EXPERIMENTS

    parser = subparsers.add_parser(
        "experiment",
        help="train and compare variants of a method; look at what a network looks at",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(metavar="EXPERIMENT", required=True)
    for name, experiment in EXPERIMENTS.items():
        one = actions.add_parser(name, help=experiment.question, description=experiment.question)
        one.add_argument("--recipe", default="paper", help="what the variants are laid over (default paper)")
        add_study_options(one)
        add_where_options(one)
        one.set_defaults(run=_told, act=_trained, experiment=name)
    _looking(actions, "gallery", "Grad-CAM of right and wrong cases side by side, as PNG", _gallery)
    _looking(actions, "confidence", "detector confidence beside the attention loss, as SVG and JSON", _confidence)


def _looking(actions: Any, name: str, text: str, act: Any) -> None:
    one = actions.add_parser(name, help=text, description=text)
    one.add_argument("run_folder", type=Path, metavar="RUN", help="a run in which the job is finished")
    one.add_argument("--method", default="student_paper", help="default student_paper")
    one.add_argument("--fold", type=positive, default=1)
    one.add_argument("--seed", type=int, default=1)
    one.add_argument("--out", type=Path, metavar="DIR", help="where it goes (default RUN)")
    one.add_argument("--rows", type=positive, default=6, help="cases on each side of a gallery (default 6)")
    one.add_argument("--device", type=device, default="auto", help="auto (default), cpu, cuda:N or mps")
    one.set_defaults(run=_told, act=act)


def _told(args: argparse.Namespace) -> int:
    from SOSStagingLib.scan.types import PlainError

    from .evaluation.predictions import PredictionsError

    try:
        return int(args.act(args))
    except (PlainError, PredictionsError) as error:
        print(f"sos experiment: {error}", file=sys.stderr)
        return EXIT_WRONG_USE
    except OSError as error:
        print(f"sos experiment: {error.filename or 'writing failed'}: {error.strerror or error}.", file=sys.stderr)
        return EXIT_NOT_ALL


def _trained(args: argparse.Namespace) -> int:
    from .compute.run_folder import RunError
    from .learning.experiments import recipe_for
    from .learning.recipe import load_recipe

    if not args.study:
        raise RunError("which_study", "Say --study.")
    recipe = recipe_for(args.experiment, load_recipe(args.recipe, args.set))
    args.out = args.out or args.study / "runs" / f"{args.experiment}-{Path(args.recipe).stem}"
    run = prepared(wanted_of(args, recipe))
    status = carried_out(run, where_of(args), args.detach)
    if status == EXIT_DONE and not args.detach:
        _compare(run)
    return status


def _compare(run: RunFolder) -> None:
    from .evaluation.comparison import Roles, compare
    from .evaluation.files import read_folder
    from .evaluation.table import markdown, write_table
    from .learning.experiments import EXPERIMENTS

    comparison = compare(read_folder(run.predictions), Roles(**EXPERIMENTS[run.recipe.experiment].roles))
    write_table(run.folder / "comparison", comparison)
    print(markdown(comparison), end="")


def _gallery(args: argparse.Namespace) -> int:
    from SOSStagingLib.report.files import write_atomic

    from .learning.looks import gallery, looks

    run, task, network, cases = _finished(args)
    found = looks(task, network, cases, run.recipe.evaluate.batch)
    kind = "simulated heads" if task.views.slabs.dataset.simulated else "real scans"
    title = f"Grad-CAM of {args.method}, fold {args.fold}, seed {args.seed}: held-out {kind}"
    path = _target(args, "gallery.png")
    write_atomic(path, gallery(found, args.rows, title).save)
    print(path)
    return EXIT_DONE


def _confidence(args: argparse.Namespace) -> int:
    from SOSStagingLib.report.files import plain, write_text

    from .learning.looks import association, confidences, scatter_svg

    _, task, network, cases = _finished(args)
    pairs = confidences(task, network, cases)
    found = association(pairs)
    write_text(_target(args, "confidence.json"), json.dumps(plain(found), indent=1) + "\n")
    title = f"{args.method}, fold {args.fold}: {len(pairs)} held-out cases, Spearman {found['spearman']:.2f}"
    path = _target(args, "confidence.svg")
    write_text(path, scatter_svg(pairs, title))
    low, high = found["spearman_95"]
    print(f"Spearman {found['spearman']:.3f} (95 % {low:.3f} to {high:.3f}), n = {found['n']}: {path}")
    return EXIT_DONE


def _target(args: argparse.Namespace, ending: str) -> Path:
    folder: Path = args.out or args.run_folder
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{args.method}.fold{args.fold}.seed{args.seed}.{ending}"


def _finished(args: argparse.Namespace) -> tuple[RunFolder, Any, Any, tuple[str, ...]]:
    """The run, the task and the network of a finished job, and the cases it was tested on."""
    from .compute.run_folder import RunError, RunFolder
    from .compute.worker import assignment_of
    from .learning.devices import training_device
    from .learning.methods import Method, method
    from .learning.work import finished_network, make_task

    run = RunFolder.open(args.run_folder)
    key = f"{args.method}.fold{args.fold}.seed{args.seed}"
    assignment = assignment_of(run, key)
    known = method(assignment.settings.base)
    if run.state(key) != "done" or not isinstance(known, Method):
        raise RunError("not_done", f"The job {key} is not finished.", "Train it first: sos train --out RUN.")
    own = training_device(args.device)
    network = finished_network(assignment, assignment.job, own)
    return run, make_task(assignment, known, own), network, assignment.parts.held_out
