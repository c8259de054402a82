"""Let a hundred people approve the same application at once, fifty times, on both databases.

There must be exactly fifty certificates, numbered without a gap, and every call must end with the number
or with a conflict that says so.  The control takes the lock out: strays must appear.

    python bench/campaign_races.py [--applications 50] [--calls 100]
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.harness import ROOT, write_result
from mit.app import create_app
from mit.config import Settings
from mit.store.db import dispose_engines
from tests.support.databases import KINDS, Databases
from tests.support.desk import open_desk
from tests.support.racing import Races, lock_taken_out, run_races

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def race_on(databases: Databases, kind: str, *, applications: int, calls: int, control: bool) -> Races:
    """Run the races on a clean database of *kind*."""
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
        try:
            if not control:
                return run_races(desk, applications_count=applications, calls=calls)
            with lock_taken_out():
                return run_races(desk, applications_count=2, calls=calls)
        finally:
            dispose_engines()


def main() -> None:
    """Run the races and their control on both databases and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applications", type=int, default=50)
    parser.add_argument("--calls", type=int, default=100)
    options = parser.parse_args()
    size = {"applications": options.applications, "calls": options.calls}
    databases = Databases()
    try:
        found = {kind: race_on(databases, kind, **size, control=False) for kind in KINDS}
        control = {kind: race_on(databases, kind, **size, control=True) for kind in KINDS}
    finally:
        databases.close()
    passed = not any(races.faults or races.strays for races in found.values())
    noticed = all(races.faults or races.strays for races in control.values())
    document = {
        "passed": passed and noticed,
        **size,
        "databases": {kind: races.to_document() for kind, races in found.items()},
        "control": {kind: races.to_document() for kind, races in control.items()},
    }
    path = write_result("campaign_races", document, seed=0)
    for kind, races in found.items():
        print(f"{kind}: {dict(races.answers)}, strays {races.strays}, faults {races.faults or 'none'}")
    print(f"control found out: {noticed}; written to {path.relative_to(ROOT)}")
    sys.exit(not document["passed"])


if __name__ == "__main__":
    main()
