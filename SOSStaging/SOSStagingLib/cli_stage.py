"""``sos stage``: scans in; a table, and one folder of results for each scan, out."""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from .cli import EXIT_DONE, EXIT_NOT_ALL, EXIT_WRONG_USE, take_lists

if TYPE_CHECKING:
    from .scan.types import Plane
    from .staging.cohort import CaseDone
    from .staging.protocol import Progress
    from .staging.result import StagingResult

BAR_WIDTH = 24
NAME_WIDTH = 32

DESCRIPTION = """\
Stage head scans. A scan is an NRRD, NIfTI or MetaImage file, a DICOM folder or zip, or one midsagittal picture (PNG,
JPEG, DICOM). A folder that holds DICOM files is one scan; of any other folder all scans in it are taken.

For every scan, also one that cannot be judged, DIR/<name>/result.json says stage and probabilities, or the reasons;
beside it report.html, overlay.png and the Grad-CAM volumes; in DIR, cohort.csv. Exit status: 0 all staged, 3 some
refused or failed, 2 wrong use. Research software, not a medical device."""


def register(subparsers: Any) -> None:
    """Add ``sos stage``."""
    parser = subparsers.add_parser(
        "stage",
        help="stage head scans",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    take_lists(parser)
    scans = "scan files or folders; @FILE: those in a text file, one in each line"
    parser.add_argument("scans", nargs="+", type=Path, metavar="SCAN", help=scans)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the results go")
    parser.add_argument("--model", type=Path, metavar="FILE", help="a .sosmodel file (default: the bundled one)")
    parser.add_argument(
        "--plane",
        type=plane,
        metavar="R,A,S,NR,NA,NS",
        help="the midsagittal plane: a point and the normal in RAS mm, instead of the automatic one (see plane in "
        "result.json for its form)",
    )
    parser.add_argument("--spacing", type=positive, metavar="MM", help="pixel size of a picture that does not hold it")
    parser.add_argument("--facing", choices=("left", "right", "auto"), default="auto", help="where a picture's nose is")
    parser.add_argument("--device", type=device, default="auto", help="auto (default), cpu, cuda:N or mps")
    parser.add_argument("--workers", type=count, default=2, metavar="N", help="scans read at the same time (default 2)")
    parser.add_argument("--no-resume", action="store_true", help="stage again what an earlier run has finished")
    parser.add_argument("--json", action="store_true", help="print the results as JSON lines instead of a table")
    parser.add_argument("--engine", help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def plane(text: str) -> Plane:
    """Parse ``--plane``."""
    import numpy as np

    from .scan.types import Plane

    try:
        numbers = [float(word) for word in text.split(",")]
        if len(numbers) != 6 or not np.isfinite(numbers).all():
            raise ValueError("six numbers are needed")
        return Plane(np.array(numbers[:3]), np.array(numbers[3:]), source="user")
    except ValueError as error:
        message = f"{text!r} is not a plane ({error}); give a point and the normal, R,A,S,NR,NA,NS"
        raise argparse.ArgumentTypeError(message) from None


def positive(text: str) -> float:
    """Parse a positive number of millimetres."""
    if re.fullmatch(r"\d+,\d+", text):
        raise argparse.ArgumentTypeError(f"{text!r} has a comma; write {text.replace(',', '.')}")
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number of millimetres")
    return value


def count(text: str) -> int:
    """Parse a number from 1 to 64."""
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 64")
    return int(text)


def device(text: str) -> str:
    """Check a device name."""
    if not re.fullmatch(r"auto|cpu|mps|cuda(:\d+)?", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a device; choose auto, cpu, cuda:N or mps")
    return text


def run(args: argparse.Namespace) -> int:
    """Stage the scans that were asked for."""
    from .model.library import default_model
    from .model.sosmodel import ModelFileError, verify
    from .staging.client import WorkerClient
    from .staging.cohort import stage_cohort
    from .staging.preparation import ScanOptions

    model = args.model or default_model()
    if model is None and not args.engine:
        return _wrong_use("No model file came with this installation. Give one with --model FILE.")
    try:
        if model is not None and not args.engine:
            verify(model)
        args.out.mkdir(parents=True, exist_ok=True)
    except ModelFileError as error:
        return _wrong_use(str(error))
    except OSError as error:
        return _wrong_use(f"The results cannot be written to {args.out}: {error.strerror or error}.")
    console = _Console(args.json)
    options = ScanOptions(args.plane, args.spacing, args.facing)
    with WorkerClient(model, args.device, engine=args.engine) as engine:
        try:
            results = stage_cohort(
                args.scans,
                args.out,
                engine,
                options=options,
                workers=args.workers,
                resume=not args.no_resume,
                progress=console.progress,
                on_case=console.case,
            )
        except BrokenPipeError:
            raise
        except OSError as error:
            console.clear()
            print(f"The results could not be written: {error.strerror or error}.", file=sys.stderr)
            return EXIT_NOT_ALL
    console.end(args.out, [result for _, result in results])
    return EXIT_DONE if all(result.assessable for _, result in results) else EXIT_NOT_ALL


def _wrong_use(text: str) -> int:
    print(f"sos stage: {text}", file=sys.stderr)
    return EXIT_WRONG_USE


class ProgressBar:
    """A progress bar on stderr; nothing where that is not a terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._shown = self._stream.isatty()

    def show(self, now: Progress) -> None:
        """Redraw the bar."""
        if self._shown:
            filled = BAR_WIDTH * now.i // max(now.n, 1)
            bar = "#" * filled + "-" * (BAR_WIDTH - filled)
            left = "" if now.eta is None else f", {time_left(now.eta)} left"
            self._stream.write(f"\r\x1b[K[{bar}] {now.i}/{now.n} {now.phase[:NAME_WIDTH]}{left}")
            self._stream.flush()

    def clear(self) -> None:
        """Take the bar off the screen."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def time_left(seconds: float) -> str:
    """Return a duration as a bar shows it: ``40 s``, ``12 min``, ``3 h 05 min``."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"


class _Console:
    """The table (or JSON lines) on stdout and the progress bar on stderr."""

    def __init__(self, as_json: bool) -> None:
        self._json = as_json
        self._bar = ProgressBar()
        self.progress = self._bar.show
        self.clear = self._bar.clear
        self._header_due = not as_json

    def case(self, done: CaseDone) -> None:
        """Print one finished case."""
        self.clear()
        if self._json:
            from .report.files import plain

            print(json.dumps(plain({"name": done.name, **done.result.to_json()}), ensure_ascii=True), flush=True)
            return
        if self._header_due:
            print(_row("name", "stage", "probabilities", "plausible", "SOS (RAS mm or pixel)", ""), flush=True)
            self._header_due = False
        from .scan.read import safe_case_name

        source = done.source if done.name != safe_case_name(done.source) else None
        print(table_row(done.name, done.result, done.resumed, done.kept, source), flush=True)

    def end(self, out: Path, results: list[StagingResult]) -> None:
        """Say how many were staged and where the reports are."""
        self.clear()
        if not self._json:
            staged = sum(result.assessable for result in results)
            print(f"\n{staged} of {len(results)} staged. Reports: {out}/<name>/report.html, table: {out}/cohort.csv")
            print("Research only: not for diagnosis, treatment or age decisions.")


def table_row(
    name: str, result: StagingResult, resumed: bool = False, kept: bool = False, source: Path | None = None
) -> str:
    """Return one line of the table; it says the scan's ``source`` where its name does not tell it."""
    from .report.words import percent

    place = f"({source}) " if source is not None else ""
    if not result.assessable:
        why = " ".join(reason.text for reason in result.reasons)
        stays = " (The result of an earlier run stays.)" if kept else ""
        return _row(name, "-", "", "", "", f"{place}not assessable: {why}{stays}")
    chances = " ".join(percent(p).replace(" ", "") for p in result.probabilities or ())
    low_high = f"{result.plausible_stages[0]}-{result.plausible_stages[-1]}"
    plausible = str(result.stage) if len(result.plausible_stages) == 1 else low_high
    notes = [warning.text for warning in result.quality.warnings]
    if resumed:
        notes.insert(0, "(from an earlier run)")
    return _row(name, str(result.stage), chances, plausible, _place(result), place + " ".join(notes))


def _place(result: StagingResult) -> str:
    sos = result.sos
    if sos is None:
        return ""
    place = sos.center_px if sos.center_ras_mm is None else sos.center_ras_mm
    return "" if place is None else ", ".join(f"{float(v):.1f}" for v in place)


def _row(name: str, stage: str, probabilities: str, plausible: str, sos: str, note: str) -> str:
    return f"{name:<{NAME_WIDTH}} {stage:<5} {probabilities:<20} {plausible:<9} {sos:<21} {note}".rstrip()
