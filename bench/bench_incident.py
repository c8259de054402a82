"""10,000 certificates revoked by one act of two persons: seconds until all of it is said, on both databases.

The register is made in bulk (``bench_world``); everything measured is the product's own: the dry run,
the request, the confirmation, each portion by the worker's loop, and the lists signed afterwards.

    python bench/bench_incident.py [--certificates 10000] [--only sqlite|postgresql]
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from bench_world import KID, BenchWorld, bench_key, fill
from harness import ROOT, write_result
from sqlalchemy import text

from mit import worker
from mit.app import create_app
from mit.config import Settings
from mit.issuance.certificate_case import Why
from mit.issuance.incident import Wanted, ask_incident, confirm_incident, dry_run
from mit.issuance.rotate_keys import activate_key, plan_key
from mit.roles.actor import Role
from mit.store.certificate_search import Common
from mit.store.db import db, dispose_engines
from tests.support.databases import KINDS, Databases
from tests.support.desk import cheap_authority
from tests.support.people import invite
from tests.support.world import rows

SEED = 2569
LIMIT_SECONDS = 300.0
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
LEFT = "SELECT count(*) AS n FROM certificates WHERE status NOT IN ('revoked', 'superseded', 'withdrawn')"


def revoke_all(databases: Databases, kind: str, certificates: int) -> dict[str, Any]:
    """Make the register, revoke all of it, and return the seconds of each step."""
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
        world = BenchWorld(certificates, SEED, settings.public_url, bench_key(SEED), NOW)
        with db.engine.begin() as connection:
            fill([connection], world)
            connection.execute(text("INSERT INTO counters (name, value) VALUES ('signing_key', 1)"))
            if kind == "postgresql":
                connection.execute(text("SELECT setval('status_requests_seq_seq', 1000)"))
        authority = cheap_authority(worker.authority_of(app))
        app.extensions["mit.authority"] = authority
        kid = plan_key(None, authority=authority, now=NOW, demo=True)
        activate_key(None, kid, now=NOW, waive_lead_time="bench")
        figures = _measured(app, NOW.replace(day=27))
        dispose_engines()
    return figures | {"certificates": certificates}


def _measured(app: Any, now: datetime) -> dict[str, Any]:
    malee = invite("Malee Srisuk", Role.REVIEWER, now=now)
    anan = invite("Anan Wongthai", Role.APPROVER, now=now)
    common, why = Common(kid=KID), Why("key_compromised", "bench")
    times = [time.perf_counter()]
    total = dry_run(malee, common).total
    times.append(time.perf_counter())
    seq = ask_incident(malee, Wanted("revoke", common, why), seen_total=total, now=now)
    times.append(time.perf_counter())
    cpu = time.process_time()
    confirm_incident(anan, seq, now=now)
    worker.run_once(app, now=now)
    times.append(time.perf_counter())
    waiting = rows("SELECT kind, key, last_error FROM jobs WHERE state <> 'done'")
    steps = [later - earlier for earlier, later in itertools.pairwise(times)]
    return {
        "revoked": total,
        "left": rows(LEFT)[0]["n"],
        "jobs_left": waiting,
        "dry_run_seconds": round(steps[0], 2),
        "ask_seconds": round(steps[1], 2),
        "confirmed_to_published_seconds": round(steps[2], 2),
        "confirmed_to_published_cpu_seconds": round(time.process_time() - cpu, 2),
    }


def main() -> None:
    """Measure on both databases and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--certificates", type=int, default=10_000)
    parser.add_argument("--only", choices=KINDS)
    options = parser.parse_args()
    databases = Databases()
    try:
        kinds = (options.only,) if options.only else KINDS
        found = {kind: revoke_all(databases, kind, options.certificates) for kind in kinds}
    finally:
        databases.close()
    passed = all(
        not figures["left"]
        and not figures["jobs_left"]
        and figures["confirmed_to_published_seconds"] <= LIMIT_SECONDS
        for figures in found.values()
    )
    document = {"passed": passed, "limit_seconds": LIMIT_SECONDS, "databases": found}
    path = write_result("incident", document, seed=SEED)
    print(found)
    print(f"written to {path.relative_to(ROOT)}")
    sys.exit(not passed)


if __name__ == "__main__":
    main()
