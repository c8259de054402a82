"""Kill processes in the middle of issuing, on both databases, and judge the raw tables afterwards.

At every named failpoint, and at random times; after each kill another process finishes what stands in
the tables, and a judge of its own looks for anything lost, doubled, reused or missing.  The control
takes the number in a transaction of its own: the judge must find it out, or the campaign proves
nothing.

    python bench/campaign_kills.py [--times 10] [--random 100] [--seed 1]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.harness import ROOT, write_result
from tests.support.databases import KINDS, Databases


def crash(databases: Databases, kind: str, *options: str) -> dict[str, object]:
    """Do one campaign on a clean database of *kind* and return its figures."""
    command = [sys.executable, "-m", "tests.support.crashing", "--database-url", databases.clean(kind)]
    ended = subprocess.run(
        [*command, "--folder", str(databases.workplace()), *options],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        check=True,
    )
    figures: dict[str, object] = json.loads(ended.stdout.splitlines()[-1])
    return figures


def main() -> None:
    """Run the campaign and its control on both databases and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--random", type=int, default=100, dest="at_random")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    databases = Databases()
    try:
        size = [
            "--times",
            str(options.times),
            "--random",
            str(options.at_random),
            "--seed",
            str(options.seed),
        ]
        found = {kind: crash(databases, kind, *size) for kind in KINDS}
        control = {
            kind: crash(databases, kind, "--only", "prepare.after_number", "--control") for kind in KINDS
        }
    finally:
        databases.close()
    passed = not any(figures["faults"] for figures in found.values())
    noticed = all(figures["faults"] for figures in control.values())
    document = {"passed": passed and noticed, "databases": found, "control": control}
    path = write_result("campaign_kills", document, seed=options.seed)
    for kind, figures in found.items():
        print(f"{kind}: {figures['kills']} kills, faults: {figures['faults'] or 'none'}")
    print(f"control found out: {noticed}; written to {path.relative_to(ROOT)}")
    sys.exit(not document["passed"])


if __name__ == "__main__":
    main()
