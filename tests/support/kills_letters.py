"""Kill the worker while it signs a dealer's letter: a process of its own that signs what waits, or dies.

``python -m tests.support.kills_letters`` reads its settings and the failpoint to die at from standard
input; another one without a failpoint goes on with what is left.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from uuid import UUID

from flask import Flask

from mit import worker
from mit.app import create_app
from mit.company_register.port import NullCompanyRegister
from mit.config import Settings
from mit.failpoints import arm
from mit.issuance.appoint import appoint
from mit.roles.actor import Actor
from mit.store import accounts
from mit.store.db import viewing
from tests.support.dealers import TYPED
from tests.support.desk import cheap_authority
from tests.support.kills import ROOT

#: Every place of the worker's way past which a letter may be left behind.
PLACES = (
    "worker.after_take",
    "dealer_letter.after_checks",
    "dealer_letter.before_keep",
    "dealer_letter.after_keep",
    "worker.before_done",
    "worker.after_done",
)


def work(
    settings: Settings,
    now: datetime,
    failpoint: str = "",
    *,
    maker: Actor | None = None,
    certificate: str = "",
) -> int:
    """Let another process do the jobs that are due; return how it ended (−9: killed).

    With a *maker* and a certificate it issues a letter first.
    """
    plan = {
        "settings": {
            "env": "test",
            "database_url": settings.database_url,
            "var_dir": str(settings.var_dir),
            "keys_dir": str(settings.keys_dir),
            "key_passphrase": settings.key_passphrase,
        },
        "now": now.isoformat(),
        "failpoint": failpoint,
        "maker": str(maker.user_id) if maker else "",
        "certificate": certificate,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.kills_letters"],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode in {0, -9}, done.stderr
    return done.returncode


def _main() -> None:
    plan = json.load(sys.stdin)
    given = plan["settings"]
    settings = Settings(**{**given, "var_dir": Path(given["var_dir"]), "keys_dir": Path(given["keys_dir"])})
    app = create_app(settings)
    app.extensions["mit.authority"] = cheap_authority(worker.authority_of(app))
    now = datetime.fromisoformat(plan["now"])
    arm(plan["failpoint"])
    if plan["maker"]:
        with app.app_context():
            _issue(app, UUID(plan["maker"]), plan["certificate"], now)
    worker.run_once(app, now=now)


def _issue(app: Flask, maker_id: UUID, certificate: str, now: datetime) -> None:
    with viewing() as session:
        maker = accounts.actor_of(session, maker_id)
    authority = worker.authority_of(app)
    appoint(maker, certificate, TYPED, register=NullCompanyRegister(), now=now, authority=authority)


if __name__ == "__main__":
    _main()
