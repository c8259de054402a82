"""Ask the API everything that its own description allows, and much that it forbids.

Over a register with a certificate in each state, on its day and after it expired.  No answer may be an
error of ours, each must have a status, a content type and a shape that the description names, what is
valid must be taken and what is not refused, and every operation must have answered with success.  The
controls: an application that fails on one input, and one that says more than it describes, are found.

    python bench/campaign_api.py [--cases 20000] [--seed 1] [--minutes 60]
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from contextlib import redirect_stderr
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.harness import ROOT, write_result
from tests.support.api_cases import Tried, try_api
from tests.support.databases import Databases
from tests.web.api_register import known_of, sabotaged
from tests.web.office import Office, open_office

#: After the last day of every certificate.
AFTERWARDS = datetime(2027, 12, 1, 3, 0, tzinfo=UTC)
#: No bug may hide longer than this.
MOST_CASES_FOR_A_BUG = 400
#: After so many, the other day and another seed take their turn.
CASES_OF_A_ROUND = 2_000


def tried_on_both_days(office: Office, *, cases: int, seed: int, minutes: float) -> Tried:
    """Try the cases in rounds, today and after everything expired in turns, while there is time."""
    tried, known, today = Tried(), known_of(office), office.clock.now()
    ends = time.monotonic() + minutes * 60
    turn = 0
    while tried.cases < cases and time.monotonic() < ends:
        office.clock.set((today, AFTERWARDS)[turn % 2])
        try_api(office.app, known, cases=min(CASES_OF_A_ROUND, cases), seed=seed + turn, tried=tried)
        turn += 1
    office.clock.set(today)
    return tried


def controls(office: Office, *, seed: int) -> dict[str, Any]:
    """Return for each seeded bug how many cases were tried and what was found."""
    found: dict[str, Any] = {}
    for bug in ("raises", "says_more"):
        with sabotaged(office.app, bug):
            tried = try_api(office.app, known_of(office), cases=MOST_CASES_FOR_A_BUG, seed=seed)
        found[bug] = {"cases": tried.cases, "errors": tried.errors, "complaints": sorted(tried.complaints)}
    return found


def main() -> None:
    """Run the cases and the controls and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    databases = Databases()
    with (
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        redirect_stderr(nowhere),
    ):  # a line per request
        try:
            office = open_office(databases.empty("sqlite"), databases.workplace())
            bugs = controls(office, seed=options.seed)
            begin = time.process_time()
            tried = tried_on_both_days(
                office, cases=options.cases, seed=options.seed, minutes=options.minutes
            )
            spent = round(time.process_time() - begin, 1)
        finally:
            databases.close()
    missed = [bug for bug, found in bugs.items() if not found["complaints"]]
    all_reached = len(tried.reached) == len(tried.statuses)
    passed = not tried.complaints and tried.errors == 0 and all_reached and not missed
    document = {
        "passed": passed,
        "cases": tried.cases,
        "cpu_seconds": spent,
        "errors": tried.errors,
        "operations": len(tried.statuses),
        "operations_that_succeeded": len(tried.reached),
        "statuses": {
            name: {str(k): n for k, n in sorted(seen.items())} for name, seen in tried.statuses.items()
        },
        "complaints": tried.complaints,
        "seeded_bugs": bugs,
        "missed": missed,
    }
    path = write_result("campaign_api", document, seed=options.seed)
    print(f"{tried.cases} cases, {tried.errors} errors, {len(tried.complaints)} kinds of complaint")
    print(
        f"{len(tried.reached)} of {len(tried.statuses)} operations succeeded; missed: {missed or 'nothing'}"
    )
    print(f"written to {path.relative_to(ROOT)}")
    sys.exit(not passed)


if __name__ == "__main__":
    main()
