"""The bundled model on simulated slabs it never saw: stage, place, refusals by the network. Simulated heads only.

    python Testing/Benchmarks/bench_student.py [--heads 500] [--first 2000000] [--workers 2]

Slabs are cut with a simulated plane error, not from volumes; the quality gate takes no part. bench_volumes.py runs the
whole path. Prints the table kept in docs/results/student-simulated-500.json.
"""

from __future__ import annotations

import argparse
import json

from bundled import bundled_predictor
from SOSStagingTrainingLib.evaluation.simulated import judge_slabs, summary
from SOSStagingTrainingLib.learning.publish import TEST_SEEDS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--heads", type=int, default=500)
    parser.add_argument("--first", type=int, default=TEST_SEEDS)
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    predictor = bundled_predictor()
    judged = list(judge_slabs(predictor, range(args.first, args.first + args.heads), args.workers))
    calibration = predictor.card["calibration"]
    table = summary(judged, calibration)
    print(json.dumps(table, indent=1))
    for case in judged:
        if case.presence < calibration["presence_threshold"]:
            print(f"refused: seed {case.seed}, stage {case.stage}, presence {case.presence:.3f}")


if __name__ == "__main__":
    main()
