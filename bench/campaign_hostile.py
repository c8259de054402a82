"""Type every hostile string into every field of every page, parameter, member, header and part of an address.

Nothing may answer with an error of ours, nothing may break out of the page, cell, header or letter that
it stands in, and what was refused has to stand in its field again.  The controls: pages that print what
was typed as it is, fail, forget or lead away are seen.

    python bench/campaign_hostile.py [--seed 1] [--minutes 60]
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.harness import ROOT, write_result
from tests.support.databases import Databases
from tests.support.hostile.attack import Tally, attack, everything
from tests.support.hostile.fields import Found, find_fields
from tests.support.hostile.spoiling import SPOILS, sees
from tests.support.hostile.values import HOSTILE
from tests.support.hostile.world import HostileWorld, open_world


def attacked(world: HostileWorld, found: Found, *, seed: int, minutes: float) -> Tally:
    """Send every string into every field, in an order drawn with *seed*, while there is time."""
    tally, ends = Tally(), time.monotonic() + minutes * 60
    for field, value in everything(found, seed=seed):
        if time.monotonic() > ends:
            break
        attack(world, tally, field, value)
    return tally


def fields_of(found: Found) -> dict[str, Any]:
    """Return how many fields there are of each way."""
    ways = Counter(places[0].way for places in found.values())
    typed = [key for key, places in found.items() if any(place.is_typed for place in places)]
    return {
        "all": len(found),
        "forms_parameters_members": len(typed),
        "beside_the_language": len([key for key in typed if key[1] != "lang"]),
        "by_way": dict(sorted(ways.items())),
    }


def main() -> None:
    """Run the attacks and the controls and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    databases = Databases()
    with (
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        redirect_stderr(nowhere),
    ):  # a line per request
        try:
            world = open_world(databases.empty("sqlite"), databases.workplace())
            with world.app.app_context():
                found = find_fields(world)
                begin = time.process_time()
                tally = attacked(world, found, seed=options.seed, minutes=options.minutes)
                spent = round(time.process_time() - begin, 1)
                seen = {name: sees(world, found, name) for name in SPOILS}
            world.close()
        finally:
            databases.close()
    document = {
        "passed": not tally.wrong and all(seen.values()),
        "fields": fields_of(found),
        "strings": len(HOSTILE),
        "attacks": tally.attacks,
        "attacks_of_the_whole": len(found) * len(HOSTILE),
        "cpu_seconds": spent,
        "statuses": {str(status): n for status, n in sorted(tally.statuses.items())},
        "wrong": tally.wrong,
        "seeded_bugs_seen": seen,
    }
    path = write_result("campaign_hostile", document, seed=options.seed)
    print(f"{len(found)} fields, {len(HOSTILE)} strings, {tally.attacks} attacks, {len(tally.wrong)} wrong")
    print(f"seeded bugs seen: {seen}; written to {path.relative_to(ROOT)}")
    sys.exit(not document["passed"])


if __name__ == "__main__":
    main()
