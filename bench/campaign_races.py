"""Let a hundred people approve the same application at once, fifty times, on both databases.

There must be exactly fifty certificates, numbered without a gap, and every call must end with the number
or with a conflict that says so.  The control takes the lock out: strays must appear.

    python bench/campaign_races.py [--applications 50] [--calls 100]
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.harness import ROOT, write_result
from mit.app import create_app
from mit.config import Settings
from mit.roles.actor import Role
from mit.store.db import dispose_engines
from tests.support.databases import KINDS, Databases
from tests.support.desk import open_desk
from tests.support.people import invite
from tests.support.races import Race, approvers_of, plain_begin, race_to_approve, without_the_lock
from tests.support.world import assert_numbers_without_gaps

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def race_on(databases: Databases, kind: str, *, applications: int, calls: int) -> list[Race]:
    """Race for so many applications on a clean database of *kind*; return what came of each."""
    folder = databases.workplace()
    settings = Settings(
        env="test",
        database_url=databases.clean(kind),
        var_dir=folder / "var",
        keys_dir=folder / "keys",
        secret_key="a secret that only the tests know, long enough",
        key_passphrase="a passphrase that only the tests know",
    )
    app = create_app(settings)
    with app.app_context():
        desk = open_desk(app, NOW)
        suda = invite("Suda Rakthai", Role.APPROVER, now=desk.tick())
        waiting = [desk.recommended(at=at + 1) for at in range(applications)]
        done = [race_to_approve(desk, one, approvers_of(desk, suda, calls)) for one in waiting]
        assert_numbers_without_gaps()
        dispose_engines()
    return done


def lose_races(databases: Databases, kind: str, *, calls: int) -> list[Race]:
    """Race with the lock taken out: the unique keys of the database are the last line then."""
    with plain_begin(), without_the_lock():
        return race_on(databases, kind, applications=3, calls=calls)


def figures_of(done: list[Race], control: list[Race]) -> dict[str, int | dict[str, int]]:
    """Return certificates, answers and errors, and the errors of the control."""
    refused: Counter[str] = sum((race.refused for race in done), Counter())
    return {
        "certificates": sum(race.certificates for race in done),
        "answered": sum(race.answered for race in done),
        "refused": dict(refused),
        "errors": sum(sum(race.errors.values()) for race in done),
        "control_errors": sum(sum(race.errors.values()) for race in control),
    }


def main() -> None:
    """Run the races and their control on both databases and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applications", type=int, default=50)
    parser.add_argument("--calls", type=int, default=100)
    options = parser.parse_args()
    size = {"applications": options.applications, "calls": options.calls}
    databases = Databases()
    try:
        found = {
            kind: figures_of(
                race_on(databases, kind, **size), lose_races(databases, kind, calls=options.calls)
            )
            for kind in KINDS
        }
    finally:
        databases.close()
    passed = all(
        figures["certificates"] == options.applications and not figures["errors"]
        for figures in found.values()
    )
    noticed = all(figures["control_errors"] for figures in found.values())
    document = {"passed": passed and noticed, **size, "databases": found}
    path = write_result("campaign_races", document, seed=0)
    for kind, figures in found.items():
        print(f"{kind}: {figures}")
    print(f"control found out: {noticed}; written to {path.relative_to(ROOT)}")
    sys.exit(not document["passed"])


if __name__ == "__main__":
    main()
