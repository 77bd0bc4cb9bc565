"""``sos study``: scans, labels and boxes of raters become a frozen dataset with folds. Nothing imports torch."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from SOSStagingLib.cli import EXIT_DONE, EXIT_NOT_ALL, EXIT_WRONG_USE, take_lists

if TYPE_CHECKING:
    from .study.agreement import Agreement
    from .study.types import StudyFinding

DESCRIPTION = """\
Keep a study: scans, several raters' stages and boxes, and what is trained from them.

  sos study create DIR                     an empty study; sos simulate writes one, too
  sos study add DIR SCAN...                add scans or pictures
  sos study patient DIR CASE... --patient WHO   say whose scans these are
  sos study exclude DIR CASE... --why W    put cases out of use; --back takes them in again
  sos study import DIR FOLDER              take over what Slicer saved: scans, .mrk.json beside them, a CSV of stages
  sos study label DIR CASE --rater R ...   append one rater's stage, box, note or withdrawal
  sos study agreement DIR                  weighted kappa and confusion between raters
  sos study check DIR                      name everything that is wrong
  sos study freeze DIR NAME                fix the agreed labels under one hash
  sos study folds DIR NAME                 folds by patient, stratified by stage
  sos study export DIR NAME OUT            slices and boxes for YOLO or COCO

Exit status: 0 done, 3 something was found wrong or left out (named on stderr), 2 wrong use."""

Run = Callable[[argparse.Namespace], int]


def register_study(subparsers: Any) -> None:
    """Add ``sos study``."""
    parser = subparsers.add_parser(
        "study",
        help="keep cases, labels and boxes; agreement, frozen datasets, folds, exports",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    for register in (_create, _add, _patient, _exclude, _import, _label, _agreement, _check, _freeze, _folds, _export):
        register(actions)


def _action(actions: Any, name: str, text: str, run: Run) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    parser.add_argument("study", type=Path, metavar="DIR", help="the study's folder")
    parser.set_defaults(run=_explained(run))
    return parser


def _explained(run: Run) -> Run:
    """Turn what can go wrong into a line on stderr and an exit status."""

    @wraps(run)
    def explained(args: argparse.Namespace) -> int:
        from SOSStagingLib.scan.types import PlainError

        try:
            return run(args)
        except PlainError as error:
            print(f"sos study: {error}", file=sys.stderr)
        except BrokenPipeError:
            raise
        except OSError as error:
            print(f"sos study: {error.filename or 'writing failed'}: {error.strerror or error}.", file=sys.stderr)
        return EXIT_WRONG_USE

    return explained


def _create(actions: Any) -> None:
    def run(args: argparse.Namespace) -> int:
        from .study.study import Study

        study = Study.create(args.study, args.title, args.scheme)
        print(f"{study.title}: an empty study with the scheme {study.scheme.id} in {args.study}")
        return EXIT_DONE

    parser = _action(actions, "create", "make an empty study", run)
    parser.add_argument("--title", default="", help="what it is called (default: the folder's name)")
    parser.add_argument("--scheme", default="bassed-5", help="the stage scheme of all labels (default bassed-5)")


def _add(actions: Any) -> None:
    parser = _action(actions, "add", "add scans or pictures; they stay where they are", _run_add)
    take_lists(parser)
    scans = "scan files, DICOM folders, or folders; @FILE: those in a text file, one in each line"
    parser.add_argument("scans", type=Path, nargs="+", metavar="SCAN", help=scans)
    parser.add_argument(
        "--patient", help="whose scans these are (default: the DICOM patient ID, otherwise each its own)"
    )
    parser.add_argument("--group", help="patients of one group (siblings, say) stay together in folds")
    parser.add_argument("--spacing", type=float, metavar="MM", help="pixel size of a picture that does not hold it")
    parser.add_argument("--facing", choices=("left", "right", "auto"), default="auto", help="where a picture's nose is")


def _run_add(args: argparse.Namespace) -> int:
    from SOSStagingLib.scan.types import PlainError
    from SOSStagingLib.staging.inputs import find_cases

    from .study.study import Study

    study = Study.open(args.study)
    own = study.folder if all(path.resolve() != study.folder.resolve() for path in args.scans) else None
    failed = 0
    for found in find_cases(args.scans, own):
        try:
            case = study.add_case(
                found.path, patient=args.patient, group=args.group, spacing_mm=args.spacing, facing=args.facing
            )
        except PlainError as error:
            failed += 1
            print(f"{found.path.name}: not added. {error}", file=sys.stderr)
        else:
            print(f"{case.name}  {case.kind}  patient {case.patient}", flush=True)
    return EXIT_NOT_ALL if failed else EXIT_DONE


def _patient(actions: Any) -> None:
    def run(args: argparse.Namespace) -> int:
        from .study.study import Study

        study = Study.open(args.study)
        if args.all_own:
            names = [case.name for case in study.cases if case.patient_assumed]
            study.set_patients({name: name for name in names})
            print(f"{len(names)} cases are each a patient of their own")
        elif not args.cases or not (args.patient or args.group):
            print("sos study patient: say cases, and --patient or --group; or --all-own.", file=sys.stderr)
            return EXIT_WRONG_USE
        else:
            study.set_patients(dict.fromkeys(args.cases, args.patient), group=args.group)
            for case in map(study.case, args.cases):
                print(f"{case.name}  patient {case.patient}" + (f"  group {case.group}" if case.group else ""))
        return EXIT_DONE

    parser = _action(actions, "patient", "say whose scans cases are, so that folds keep them together", run)
    parser.add_argument("cases", nargs="*", metavar="CASE", help="cases of one patient")
    parser.add_argument("--patient", metavar="WHO", help="a pseudonym; it stands in the study and in predictions")
    parser.add_argument("--group", help="patients of one group (siblings, say) stay together in folds")
    parser.add_argument(
        "--all-own", action="store_true", help="every case of which it is not known is a patient of its own"
    )


def _exclude(actions: Any) -> None:
    def run(args: argparse.Namespace) -> int:
        from .study.study import Study

        study = Study.open(args.study)
        if args.back:
            study.include(args.cases)
        else:
            study.exclude(args.cases, args.why)
        print(f"{len(study.used)} of {len(study.cases)} cases are in use")
        return EXIT_DONE

    parser = _action(actions, "exclude", "put cases out of use; their scans, labels and boxes stay", run)
    parser.add_argument("cases", nargs="+", metavar="CASE", help="the cases' names")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--why", default="", metavar="TEXT", help="the reason; it stands in what is frozen")
    what.add_argument("--back", action="store_true", help="take excluded cases into use again")


def _import(actions: Any) -> None:
    def run(args: argparse.Namespace) -> int:
        from .study.study import Study

        with _Bar() as bar:
            done = Study.open(args.study).import_slicer_folder(
                args.folder, args.table, rater=args.rater, progress=bar.show
            )
        _print_findings(done.findings)
        print(f"{len(done.added)} cases, {done.labels} labels and the boxes of {done.boxes} cases were added")
        return EXIT_NOT_ALL if done.findings else EXIT_DONE

    parser = _action(actions, "import", "take over what Slicer saved in a folder; it can be run again", run)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="scans, with .mrk.json files named after them")
    parser.add_argument(
        "--table",
        type=Path,
        metavar="CSV",
        help="stages: columns case and stage, and if wanted rater, scheme, patient, group, note "
        "(default: the only CSV or TSV in FOLDER)",
    )
    parser.add_argument("--rater", default="imported", help="whose they are where the table does not say")


def _label(actions: Any) -> None:
    parser = _action(actions, "label", "append what one rater says about a case", _run_label)
    parser.add_argument("case", metavar="CASE", help="the case's name")
    parser.add_argument("--rater", required=True, help="who says so")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--stage", type=int, metavar="N", help="the stage, from 1")
    what.add_argument("--not-assessable", action="store_true", help="the stage cannot be judged")
    what.add_argument("--skip", action="store_true", help="pass the case over")
    what.add_argument("--withdraw", action="store_true", help="take back this rater's last entries about the case")
    parser.add_argument("--box", type=Path, metavar="FILE", help="boxes as Slicer Markups (.mrk.json)")
    parser.add_argument("--note", default="", help="a remark; alone, it is appended by itself")
    parser.add_argument("--reading", type=int, default=1, help="2 for a blind second reading (default 1)")


def _run_label(args: argparse.Namespace) -> int:
    from .study.markups import read_rois
    from .study.study import Study

    if wrong := _ignored(args):
        print(f"sos study label: {wrong}.", file=sys.stderr)
        return EXIT_WRONG_USE
    study = Study.open(args.study)
    boxes = read_rois(args.box) if args.box else []
    if args.withdraw:
        gone = study.withdraw(args.rater, case=args.case, reason=args.note)
        print(f"{args.case}: withdrawn by {args.rater}: {', '.join(entry.event for entry in gone)}")
    elif args.skip:
        study.skip(args.case, args.rater, args.note, reading=args.reading)
    elif args.stage is not None or args.not_assessable:
        study.append_label(args.case, args.rater, args.stage, reading=args.reading, rois=boxes, note=args.note)
    elif args.box:
        study.append_rois(args.case, args.rater, boxes, note=args.note)
    elif args.note:
        study.append_note(args.case, args.rater, args.note)
    else:
        text = "say --stage, --not-assessable, --skip, --withdraw, --box or --note"
        print(f"sos study label: {text}.", file=sys.stderr)
        return EXIT_WRONG_USE
    return EXIT_DONE


def _ignored(args: argparse.Namespace) -> str | None:
    """Say which option would be left out of what is written; None where none would."""
    if args.box and (args.skip or args.withdraw):
        return f"--box does not go with {'--skip' if args.skip else '--withdraw'}: give the box by itself"
    if args.withdraw and args.reading != 1:
        return "--reading does not go with --withdraw, which takes back the last entries of whichever reading"
    return None


def _agreement(actions: Any) -> None:
    def run(args: argparse.Namespace) -> int:
        from .study.study import Study

        study = Study.open(args.study)
        found = study.agreement(args.raters, seed=args.seed)
        if args.json:
            print(json.dumps([pair.to_json() for pair in found], indent=1))
            return EXIT_DONE if found else EXIT_NOT_ALL
        if not found:
            print("sos study: fewer than two raters labelled anything here.", file=sys.stderr)
            return EXIT_NOT_ALL
        print(f"Scheme {study.scheme.id}; {'simulated' if study.simulated else 'real'} scans")
        print("\n\n".join(agreement_text(pair) for pair in found))
        return EXIT_DONE

    parser = _action(actions, "agreement", "compare raters: weighted kappa and confusion", run)
    _rater_option(parser)
    parser.add_argument("--seed", type=int, default=1, help="of the resampled interval (default 1)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def agreement_text(pair: Agreement) -> str:
    """Return a comparison of two raters as lines."""
    head = f"{pair.first} and {pair.second}: n = {pair.n}"
    if not pair.n:
        return f"{head}, no case that both staged"
    interval = f" (95 % {pair.kappa_95[0]:.3f} to {pair.kappa_95[1]:.3f})" if pair.kappa_95 else ""
    lines = [
        f"{head}, exact {100 * (pair.exact or 0):.1f} %, within one stage {100 * (pair.within_one or 0):.1f} %",
        f"  kappa, quadratic weights {_number(pair.kappa)}{interval}; linear {_number(pair.kappa_linear)}; "
        f"unweighted {_number(pair.kappa_unweighted)}",
    ]
    if pair.judged_by_one:
        lines.append(f"  {pair.judged_by_one} more that only one of them could judge")
    stages = range(1, len(pair.confusion) + 1)
    lines.append(f"  {pair.first} down, {pair.second} across")
    lines.append("     " + "".join(f"{stage:>6}" for stage in stages))
    lines += [f"  {stage:>3}" + "".join(f"{n:>6}" for n in pair.confusion[stage - 1]) for stage in stages]
    return "\n".join(lines)


def _number(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.3f}"


def _check(actions: Any) -> None:
    def run(args: argparse.Namespace) -> int:
        from .study.study import Study

        study = Study.open(args.study)
        with _Bar() as bar:
            found = study.check(
                **{"read_scans": args.read_scans, "min_per_stage": args.min_per_stage},
                **{"raters": args.raters, "ties": args.ties, "progress": bar.show},
            )
        if args.json:
            print(json.dumps([finding.to_json() for finding in found], indent=1))
        else:
            _print_findings(found)
            wrong = sum(finding.severity == "refuse" for finding in found)
            print(
                f"{len(study.used)} cases, {len(study.raters)} raters; {wrong} things must be mended before training"
            )
        return EXIT_DONE if all(finding.severity == "info" for finding in found) else EXIT_NOT_ALL

    parser = _action(actions, "check", "name everything that is wrong with the study", run)
    _agreed_options(parser)
    parser.add_argument("--read-scans", action="store_true", help="read every scan again and compare its greys (slow)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")


def _freeze(actions: Any) -> None:
    def run(args: argparse.Namespace) -> int:
        from .study.study import Study

        study = Study.open(args.study)
        chosen = {"raters": args.raters, "ties": args.ties, "min_per_stage": args.min_per_stage}
        with _Bar() as bar:
            found = study.check(read_scans=True, progress=bar.show, **chosen)
        if any(finding.severity == "refuse" for finding in found):
            _print_findings(found)
            return EXIT_NOT_ALL
        dataset = study.freeze(args.name, read_scans=False, **chosen)
        for case, why in dataset.left_out.items():
            print(f"{case}: left out, {why}", file=sys.stderr)
        counts = ", ".join(f"{n} of stage {stage}" for stage, n in dataset.stage_counts.items())
        print(f"{dataset.name}: {len(dataset.cases)} {'simulated ' * dataset.simulated}cases ({counts})")
        print(f"labels of {', '.join(dataset.raters)}; manifest SHA-256 {dataset.manifest_sha256}")
        return EXIT_NOT_ALL if dataset.left_out else EXIT_DONE

    parser = _action(actions, "freeze", "check the study and fix the agreed labels under a hash", run)
    _name_argument(parser)
    _agreed_options(parser)


def _folds(actions: Any) -> None:
    def run(args: argparse.Namespace) -> int:
        from .study.study import Study

        study = Study.open(args.study)
        dataset = study.dataset(args.name)
        if args.check:
            found = study.check_folds(dataset, _read_folds(args.check))
        else:
            folds = study.folds(dataset, args.k, args.seed)
            found = study.check_folds(dataset, folds)
            for n in range(folds.k):
                held = [dataset.case(name).stage for name in folds.held_out(n)]
                counts = " ".join(f"{held.count(stage):>4}" for stage in range(1, dataset.stages + 1))
                print(f"fold {n + 1}: {len(held):>4} cases; by stage {counts}")
        _print_findings(found)
        return EXIT_NOT_ALL if found else EXIT_DONE

    parser = _action(actions, "folds", "split a frozen dataset by patient, stratified by stage", run)
    _name_argument(parser)
    _fold_options(parser)
    parser.add_argument("--check", type=Path, metavar="FILE", help="check a file of folds instead of making any")


def _read_folds(path: Path) -> Any:
    from .study.folds import Folds
    from .study.types import StudyError

    try:
        return Folds.from_json(json.loads(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise StudyError("folds_damaged", f"{path.name} is not a file of folds.") from error


def _export(actions: Any) -> None:
    def run(args: argparse.Namespace) -> int:
        from .study.study import Study

        study = Study.open(args.study)
        dataset = study.dataset(args.name)
        folds = study.folds(dataset, args.k, args.seed) if args.k else None
        export = study.export_yolo if args.format == "yolo" else study.export_coco
        with _Bar() as bar:
            done = export(dataset, args.out, folds=folds, classes=args.classes, progress=bar.show)
        for case, why in done.left_out.items():
            print(f"{case}: left out, {why}", file=sys.stderr)
        print(f"{len(done.written)} pictures with their boxes in {args.out}")
        return EXIT_NOT_ALL if done.left_out else EXIT_DONE

    parser = _action(actions, "export", "write midsagittal slices and boxes for YOLO or COCO", run)
    _name_argument(parser)
    parser.add_argument("out", type=Path, metavar="OUT", help="a new folder")
    parser.add_argument("--format", choices=("yolo", "coco"), default="yolo", help="default yolo")
    parser.add_argument("--classes", choices=("sos", "stage"), default="sos", help="one class, or one for each stage")
    _fold_options(parser, default=None)


def _name_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the frozen dataset")


def _rater_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--raters", type=_names, metavar="A,B", help="whose labels count (default: all but the truth)")


def _agreed_options(parser: argparse.ArgumentParser) -> None:
    _rater_option(parser)
    parser.add_argument(
        "--ties",
        choices=("leave out", "lower", "upper"),
        default="leave out",
        help="what becomes of a case whose raters are split evenly between stages (default: leave out)",
    )
    parser.add_argument(
        "--min-per-stage", type=int, default=5, metavar="N", help="patients every stage must have (default 5)"
    )


def _fold_options(parser: argparse.ArgumentParser, default: int | None = 5) -> None:
    text = "how many folds (default 5)" if default else "also write the lists of K folds"
    parser.add_argument("-k", type=int, default=default, metavar="K", help=text)
    parser.add_argument("--seed", type=int, default=1, help="of the folds (default 1)")


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _print_findings(findings: Sequence[StudyFinding]) -> None:
    for finding in findings:
        print(f"{finding.severity}  {finding.code}: {finding.text}", file=sys.stderr)


class _Bar:
    """The progress bar on stderr, taken away at the end."""

    def __init__(self) -> None:
        from SOSStagingLib.cli_stage import ProgressBar

        self._bar = ProgressBar()
        self.show = self._bar.show

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.clear()
