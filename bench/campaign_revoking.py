"""Kill processes while they suspend, revoke, issue anew and publish, on both databases; judge the raw tables.

At every failpoint on these ways and at random times; the next process finds what is left and goes on.  In
the end a judge reads the raw tables for anything lost, out of step, ended twice, done by one person alone,
linked one way, and for every published bit that is not what the register says.  The control damages one
status: the judge must see it, or the campaign proves nothing.

    python bench/campaign_revoking.py [--times 10] [--random 20] [--seed 1] [--only sqlite|postgresql]
"""

from __future__ import annotations

import argparse
import random
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.harness import ROOT, write_result
from mit.app import create_app
from mit.config import Settings
from mit.store.db import dispose_engines
from tests.support.databases import KINDS, Databases
from tests.support.desk import open_desk
from tests.support.forgery import forge
from tests.support.kills import Round
from tests.support.kills_revoking import judge, later_failpoints, run_campaign

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
DAMAGE = "UPDATE certificates SET status = 'active' WHERE running = 1"


def plan(times: int, at_random: int, seed: int) -> list[Round]:
    """Return each failpoint so many times and so many kills at random instants, shuffled."""
    chance = random.Random(seed)
    rounds = [Round(failpoint=name) for name in later_failpoints() for _ in range(times)]
    rounds += [Round(after_seconds=chance.uniform(0.02, 0.6)) for _ in range(at_random)]
    chance.shuffle(rounds)
    return rounds


def crash(databases: Databases, kind: str, *, times: int, at_random: int, seed: int) -> dict[str, object]:
    """Do the campaign on a clean database of *kind* and return its figures."""
    folder = databases.workplace()
    settings = Settings(
        env="test",
        database_url=databases.clean(kind),
        var_dir=folder / "var",
        keys_dir=folder / "keys",
        secret_key="a secret that only the tests know, long enough",
        key_passphrase="a passphrase that only the tests know",
    )
    rounds = plan(times, at_random, seed)
    app = create_app(settings)
    with app.app_context():
        desk = open_desk(app, NOW)
        dispose_engines()
        people = (desk.cast.somchai, desk.cast.malee, desk.cast.anan)
        outcome = run_campaign(settings, people, rounds, folder=folder)
        found = judge(settings, folder)
        forge(DAMAGE)
        control = judge(settings, folder)
        dispose_engines()
    return {
        **asdict(outcome),
        "killed": sum(outcome.kills.values()),
        "faults": {question: len(answers) for question, answers in found.items()},
        "control_found": [question for question, answers in control.items() if answers],
    }


def main() -> None:
    """Run the campaign on both databases and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--random", type=int, default=20, dest="at_random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=KINDS)
    options = parser.parse_args()
    size = {"times": options.times, "at_random": options.at_random, "seed": options.seed}
    databases = Databases()
    try:
        kinds = (options.only,) if options.only else KINDS
        found = {kind: crash(databases, kind, **size) for kind in kinds}
    finally:
        databases.close()
    whole = [not any(figures["faults"].values()) and not figures["hung"] for figures in found.values()]  # type: ignore[attr-defined]
    noticed = all(figures["control_found"] for figures in found.values())
    document = {"passed": all(whole) and noticed, **size, "databases": found}
    name = f"campaign_revoking_{options.only}" if options.only else "campaign_revoking"
    path = write_result(name, document, seed=options.seed)
    for kind, figures in found.items():
        print(f"{kind}: {figures['killed']} kills, faults {figures['faults']}, hung {figures['hung']}")
    print(f"control found out: {noticed}; written to {path.relative_to(ROOT)}")
    sys.exit(not document["passed"])


if __name__ == "__main__":
    main()
