"""Kill who issues and who signs a dealer's letter, at one place after the other, and let another go on.

A foreman (``python -m tests.support.kills_letters``, a process without threads or connections) forks two
workers for each place: one issues a letter, signs it and dies there; the next one, when the lease is
over, does what is left.  What stood signed in between is written down, so that it can be compared.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
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
from mit.store.jobs import LEASE
from tests.support.dealers import TYPED
from tests.support.desk import cheap_authority
from tests.support.kills import ROOT
from tests.support.world import rows

#: Every place on the way of a letter: before the maker's commit nothing stands; after it nothing is lost.
PLACES = (
    "dealer_letter.before_commit",
    "worker.after_take",
    "dealer_letter.after_checks",
    "dealer_letter.before_keep",
    "dealer_letter.after_keep",
    "worker.before_done",
)


@dataclass(frozen=True, slots=True)
class Letters:
    """How each pair of workers ended (−9: killed), and which token stood by number after the first."""

    ends: dict[str, tuple[int, int]]
    stood: dict[str, dict[str, str | None]]
    until: datetime


def kill_at_each_place(settings: Settings, maker: Actor, certificate: str, *, now: datetime) -> Letters:
    """Let a foreman go through ``PLACES`` and return what he saw."""
    plan = {
        "settings": {
            "env": "test",
            "database_url": settings.database_url,
            "var_dir": str(settings.var_dir),
            "keys_dir": str(settings.keys_dir),
            "key_passphrase": settings.key_passphrase,
        },
        "maker": str(maker.user_id),
        "certificate": certificate,
        "now": now.isoformat(),
    }
    command = [sys.executable, "-m", "tests.support.kills_letters"]
    done = subprocess.run(
        command, input=json.dumps(plan), capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    ends = {place: tuple(pair) for place, pair in told["ends"].items()}
    return Letters(ends, told["stood"], datetime.fromisoformat(told["until"]))


def _foreman(plan: dict[str, Any]) -> dict[str, Any]:
    given = plan["settings"]
    settings = Settings(**{**given, "var_dir": Path(given["var_dir"]), "keys_dir": Path(given["keys_dir"])})
    app = create_app(settings)
    app.extensions["mit.authority"] = cheap_authority(worker.authority_of(app))
    now = datetime.fromisoformat(plan["now"])
    ends, stood = {}, {}
    for place in PLACES:
        first, _ = _forked(app, plan, now, place)
        now += LEASE + timedelta(seconds=1)
        second, stood[place] = _forked(app, plan, now)
        ends[place] = (first, second)
    return {"ends": ends, "stood": stood, "until": now.isoformat()}


def _forked(app: Flask, plan: dict[str, Any], now: datetime, place: str = "") -> tuple[int, Any]:
    """Work in a child; return how it ended and what it found signed when it began."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        try:
            _work(app, plan, now, place, theirs)
        except BaseException as error:  # noqa: BLE001 - the foreman must hear of it, whatever it is
            print(f"{place}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as stream:
        seen = stream.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), json.loads(seen or b"{}")


def _work(app: Flask, plan: dict[str, Any], now: datetime, place: str, pipe: int) -> None:
    with app.app_context():
        found = {row["number"]: row["token"] for row in rows("SELECT number, token FROM dealer_letters")}
        os.write(pipe, json.dumps(found).encode())
        os.close(pipe)
        if place:
            with viewing() as session:
                maker = accounts.actor_of(session, UUID(plan["maker"]))
            typed = replace(TYPED, tender=place)
            arm(place)
            appoint(
                maker,
                plan["certificate"],
                typed,
                register=NullCompanyRegister(),
                now=now,
                authority=worker.authority_of(app),
            )
    worker.run_once(app, now=now)


if __name__ == "__main__":
    print(json.dumps(_foreman(json.load(sys.stdin))))
