"""Which parts of the simulator does reading real heads need? The same short training with each part left out in turn.

    python Testing/Benchmarks/bench_ablation.py --out RUN [--steps 450] [--poses 10] [--implants 5] [--variants all,...]

Every variant starts from the same ImageNet weights, sees as many windows of the same seeds for as many steps, and is
asked by bench_transfer.py about real heads it has not seen. The models are trained for a fraction of what the bundled
one was: the figures say what a part brings, not how good the tool is. Everything is kept in RUN; the same command goes
on where it stopped. The real heads lie in ../shared/data.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from transfer_cases import DEMO_HEAD

VARIANTS: dict[str, list[str]] = {
    "all": [],
    "faults": ["--without", "faults"],
    "lookalikes": ["--without", "lookalikes"],
    "deformation": ["--without", "deformation"],
    "surroundings": ["--surroundings", str(DEMO_HEAD), "--real-examples", "3"],
}
"""All of the simulator; without each part; and with the surroundings of a real head for a quarter of the windows."""
SHARDS, SEED = 12, 31


def run(*words: object) -> None:
    subprocess.run([str(word) for word in words], check=True)


def variant(name: str, args: argparse.Namespace) -> dict[str, Any]:
    """Train one variant and ask it about the real heads; kept answers are not asked for again."""
    folder = args.out / name
    model = folder / "student.sosmodel"
    if not model.exists():
        options = ["--backbone", "tf_efficientnet_lite0", "--imagenet", "--steps", args.steps, "--seed", SEED]
        # With a real head's windows there are fewer of simulated heads: as many are seen in all.
        shards = SHARDS - 3 if name == "surroundings" else SHARDS
        heads = ["--calibration-heads", args.simulated, "--test-heads", args.simulated]
        sos = Path(sys.executable).with_name("sos")
        run(sos, "pretrain", "--out", folder, "--examples", shards, *options, *heads, *VARIANTS[name])
    asked = ["--heads", "headsq,ge", "--implant-heads", "headsq", "--poses", args.poses, "--implants", args.implants]
    bench = Path(__file__).with_name("bench_transfer.py")
    run(sys.executable, bench, "--out", folder / "transfer", "--model", model, *asked)
    found: dict[str, Any] = json.loads((folder / "transfer" / "transfer.json").read_text())
    return {"variant": name, "options": [Path(word).name for word in VARIANTS[name]], **found}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder for runs, answers and ablation.json")
    parser.add_argument("--steps", type=int, default=450, help="training steps of each variant")
    parser.add_argument("--simulated", type=int, default=100, help="simulated heads to calibrate and to test on, each")
    parser.add_argument("--poses", type=int, default=10, help="poses and pictures of each real head")
    parser.add_argument("--implants", type=int, default=5, help="drawn plates of each stage")
    parser.add_argument("--variants", default=",".join(VARIANTS))
    args = parser.parse_args()
    done = []
    for name in args.variants.split(","):
        done.append(variant(name, args))
        (args.out / "ablation.json").write_text(json.dumps(done, indent=1) + "\n")
        for row in done[-1]["rows"]:
            print(name, row["what"], row["head"], row["stage"], row["told"], row["off_mm_median"], row["within_8_mm"])


if __name__ == "__main__":
    main()
