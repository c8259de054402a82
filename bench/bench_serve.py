"""The start of a process that serves the public part alone, beside one that serves everything.

Each start is a process of its own, in turns: CPU seconds until it has answered its first verdict, its
memory then (peak resident size), and how many modules it loaded.

    python bench/bench_serve.py [--rounds 7]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness import ROOT, print_summary, write_result

CHILD = """
import json, resource, sys
from mit.app import create_app
answer = create_app().test_client().get("/v/123")
assert answer.status_code == 200
used = resource.getrusage(resource.RUSAGE_SELF)
figures = {"cpu_seconds": used.ru_utime + used.ru_stime, "memory_mb": used.ru_maxrss / 1024}
print(json.dumps({**figures, "modules": len(sys.modules)}))
"""
SERVED = ("verify", "all")
LIMITS = [
    "The source is compiled already: one start of each comes before those that count.",
    "The first verdict is on digits that are damaged; the database is an empty SQLite file.",
    "The processor was shared with other work; hold on to the ratios of one run.",
]
AIMS = {"cpu_seconds": {"aim_of_all": 0.6}, "memory_mb": {"aim_of_all": 0.7}}

Figures = dict[str, float]


def start(served: str, folder: Path) -> Figures:
    """Start one process that serves *served* and return what its first answer took."""
    environ = {"MIT_ENV": "test", "MIT_SERVE": served, "MIT_VAR_DIR": str(folder), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-c", CHILD], env=environ, cwd=ROOT, capture_output=True, text=True, check=True
    )
    found: Figures = json.loads(done.stdout)
    return found


def middle(rounds: list[Figures]) -> Figures:
    """Return the median of each figure."""
    return {name: round(statistics.median(one[name] for one in rounds), 3) for name in rounds[0]}


def ratios(figures: Mapping[str, Figures]) -> dict[str, float]:
    """Return each figure of the public part alone over that of everything."""
    whole = figures["all"]
    return {name: round(value / whole[name], 3) for name, value in figures["verify"].items()}


def main() -> None:
    """Measure, print and write ``bench/results/serve.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mit-bench-") as name:
        for served in SERVED:
            start(served, Path(name))
        told: dict[str, list[Figures]] = {served: [] for served in SERVED}
        for _ in range(options.rounds):
            for served in SERVED:
                told[served].append(start(served, Path(name)))
    figures = {served: middle(rounds) for served, rounds in told.items()}
    document = {
        "rounds": options.rounds,
        "figures": figures,
        "ratios": ratios(figures),
        "aims": AIMS,
        "limits": LIMITS,
    }
    print_summary(document, write_result("serve", document, seed=0))


if __name__ == "__main__":
    main()
