"""Walk the workflow at random against a model of the contract, and look for every seeded bug.

There must be no violation in the walks over the code as it is, and each of the seeded bugs, taken into
force one at a time, must be found: the walks are the control of each other.

    python bench/campaign_workflow.py [--walks 2000] [--steps 50] [--seed 1]
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.harness import ROOT, write_result
from tests.support.databases import Databases
from tests.support.seeded_bugs import SEEDED_BUGS, walk
from tests.support.workflow_world import World

NOW = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)
#: No bug may hide longer than this.
MOST_WALKS_FOR_A_BUG = 1_000


def figures(world: World, *, walks: int, steps: int, bug: str, seed: int) -> dict[str, object]:
    """Walk once and return how far it went and what it found."""
    walks_before, acts_before, begin = world.walks, world.acts, time.process_time()
    found = walk(world, walks=walks, steps=steps, bug=bug, seed=seed)
    return {
        "walks": world.walks - walks_before,
        "acts": world.acts - acts_before,
        "cpu_seconds": round(time.process_time() - begin, 1),
        "found": None if found is None else f"{type(found).__name__}: {str(found)[:120]}",
    }


def main() -> None:
    """Run the walks and the seeded bugs and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--walks", type=int, default=2_000)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    databases = Databases()
    try:
        world = World(databases.workplace(), NOW)
        steps, seed = options.steps, options.seed
        clean = figures(world, walks=options.walks, steps=steps, bug="", seed=seed)
        bugs = {
            bug: figures(world, walks=MOST_WALKS_FOR_A_BUG, steps=steps, bug=bug, seed=seed)
            for bug in SEEDED_BUGS
        }
    finally:
        databases.close()
    missed = [bug for bug, found in bugs.items() if found["found"] is None]
    passed = clean["found"] is None and not missed
    document = {"passed": passed, "clean": clean, "seeded_bugs": bugs, "missed": missed}
    path = write_result("campaign_workflow", document, seed=seed)
    print(f"{clean['acts']} acts in {clean['walks']} walks, found: {clean['found'] or 'nothing'}")
    print(f"{len(bugs) - len(missed)} of {len(bugs)} seeded bugs found; written to {path.relative_to(ROOT)}")
    sys.exit(not passed)


if __name__ == "__main__":
    main()
