"""Start the bench as a window (`make app`): `python -m Bench SOSStaging/SOSStaging.py`, with Testing on PYTHONPATH."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from Bench import application, problems


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="Bench", description="Open module pages beside live views, without Slicer.")
    parser.add_argument("modules", nargs="+", type=Path, help="module files; the first one is shown")
    parser.add_argument("--load", nargs="*", type=Path, default=[], help="volumes or scenes to open")
    parser.add_argument("--settings", type=Path, help="folder that keeps settings from run to run (default: none kept)")
    parser.add_argument("--font-scale", type=float, default=1.0)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--developer", action="store_true", help="show the Reload and Test buttons")
    parser.add_argument("--screenshot", type=Path, help="draw the window without a display into this PNG, and end")
    return parser.parse_args()


def main() -> int:
    """Run until the window is closed, or until the screenshot is written."""
    arguments = _arguments()
    missing = [str(path) for path in (*arguments.modules, *arguments.load) if not path.exists()]
    if missing:
        sys.exit(f"no such file: {', '.join(missing)}")
    bench = application.start(arguments.settings, person=arguments.screenshot is None)
    bench.look(arguments.font_scale, arguments.dark)
    if arguments.developer:
        bench.app.userSettings().setValue("Developer/DeveloperMode", True)
    for path in arguments.modules:
        bench.load_module(path)
    bench.started_up()
    bench.app.loadFiles([str(path) for path in arguments.load])
    bench.select_module(arguments.modules[0].stem)
    if arguments.screenshot is None:
        return bench.run()
    bench.screenshot(arguments.screenshot)
    bench.close()
    return 1 if problems.take() else 0


if __name__ == "__main__":
    sys.exit(main())
