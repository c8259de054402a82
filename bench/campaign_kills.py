"""Kill processes in the middle of issuing, on both databases, and judge the raw tables afterwards.

At every named failpoint and at random times; the next process finds what is left and goes on, and in the
end a judge of its own reads the raw tables for anything lost, doubled, reused or missing.  The control
damages the judged tables in one place: the judge must see it, or the campaign proves nothing.

    python bench/campaign_kills.py [--times 13] [--random 80] [--seed 1] [--only sqlite|postgresql]
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
from tests.support.kills import Round, failpoints, judge, run_campaign

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
DAMAGE = "UPDATE counters SET value = value + 1 WHERE name = 'certificate:2569'"


def plan(times: int, at_random: int, seed: int) -> list[Round]:
    """Return each failpoint so many times and so many kills at random instants, shuffled."""
    chance = random.Random(seed)
    rounds = [Round(failpoint=name) for name in failpoints() for _ in range(times)]
    rounds += [Round(after_seconds=chance.uniform(0.02, 0.4)) for _ in range(at_random)]
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
        for at in range(len(rounds)):
            desk.draft(at=at + 1)
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
        "fewest_at_a_failpoint": min(outcome.kills.get(name, 0) for name in failpoints()),
        "applications": len(rounds),
        "faults": {question: len(answers) for question, answers in found.items()},
        "control_found": [question for question, answers in control.items() if answers],
    }


def main() -> None:
    """Run the campaign on both databases and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=13)
    parser.add_argument("--random", type=int, default=80, dest="at_random")
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
    name = f"campaign_kills_{options.only}" if options.only else "campaign_kills"
    path = write_result(name, document, seed=options.seed)
    for kind, figures in found.items():
        print(f"{kind}: {figures['killed']} kills, faults {figures['faults']}, hung {figures['hung']}")
    print(f"control found out: {noticed}; written to {path.relative_to(ROOT)}")
    sys.exit(not document["passed"])


if __name__ == "__main__":
    main()
