"""Kill the service again and again while it works, and let it go on each time.

A *foreman* (a process of its own, without threads) forks one worker after the other.  Each works
through the backlog as the real ones would — submit, recommend, approve, do the jobs — until it is
killed by SIGKILL at an armed failpoint or at a random instant.  The next one finds what is left.
The judge is ``raw_judge``, yet another process.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import configure_mappers

from mit import worker
from mit.app import create_app
from mit.config import Settings
from mit.credential.lint import rehearse
from mit.document.certificate_pdf import CertificatePaper, draw_certificate
from mit.document.pades import seal
from mit.document.seal_chain import make_test_chain
from mit.failpoints import arm
from mit.issuance.apply import submit
from mit.issuance.approve import approve
from mit.issuance.look import look_at
from mit.issuance.review import recommend
from mit.issuance.wish import Opinion, Seen, keep_all
from mit.roles.actor import Actor
from mit.store import accounts
from mit.store.db import viewing
from tests.support import specimens
from tests.support.desk import cheap_authority
from tests.support.world import rows

ROOT = Path(__file__).parents[2]
_BACKLOG = (
    "SELECT id, state FROM applications WHERE state IN ('draft', 'submitted', 'recommended') ORDER BY number"
)
#: What stands on the ways after the issue; ``kills_revoking`` kills there.
LATER = frozenset(
    {
        "ask_change",
        "confirm_change",
        "change_state",
        "suspend",
        "incident",
        "confirm_incident",
        "publish",
        "retention",
    }
)
#: What has kills of its own: ``kills_letters`` and the tests of batches.
ELSEWHERE = frozenset({"dealer_letter", "batch"})
#: Between two workers, so that the lease of a killed one is over.
BETWEEN = timedelta(minutes=10)
#: A worker that hangs longer than this is a failure of its own.
PATIENCE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Round:
    """One worker's fate: killed at the n-th passing of a failpoint, after some time, or not at all."""

    failpoint: str = ""
    after_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one campaign: kills by failpoint (``random`` for those by the clock)."""

    kills: dict[str, int]
    rounds: int
    hung: int


def failpoints() -> list[str]:
    """Return every failpoint on the way from an application to its certificate."""
    return [name for name in every_failpoint() if name.partition(".")[0] not in LATER | ELSEWHERE]


def every_failpoint() -> list[str]:
    """Return every failpoint in our code."""
    found: set[str] = set()
    for path in (ROOT / "mit").rglob("*.py"):
        found |= set(re.findall(r'\breach\("([a-z_.]+)"\)', path.read_text(encoding="utf-8")))
    return sorted(found)


def every_failpoint_once() -> list[Round]:
    """Return one round for each failpoint."""
    return [Round(failpoint=name) for name in failpoints()]


def run_campaign(
    settings: Settings, people: Sequence[Actor], rounds: Iterable[Round], *, folder: Path, portion: int = 1
) -> Outcome:
    """Let a foreman process work through *rounds* and then finish everything; return the outcome.

    Each worker takes up *portion* new applications beside what the ones before it left.
    """
    return foreman_process("tests.support.kills", settings, people, rounds, folder=folder, portion=portion)


def foreman_process(
    module: str,
    settings: Settings,
    people: Sequence[Actor],
    rounds: Iterable[Round],
    *,
    folder: Path,
    portion: int = 1,
) -> Outcome:
    """Run *module* as a foreman process over the plan, and return what it says."""
    plan = {
        "settings": {
            "env": "test",
            "database_url": settings.database_url,
            "var_dir": str(settings.var_dir),
            "keys_dir": str(settings.keys_dir),
            "key_passphrase": settings.key_passphrase,
        },
        "people": [str(actor.user_id) for actor in people],
        "rounds": [[one.failpoint, one.after_seconds] for one in rounds],
        "portion": portion,
        "acknowledged": str(folder / "acknowledged"),
    }
    (folder / "acknowledged").touch()
    done = subprocess.run(
        [sys.executable, "-m", module],
        input=json.dumps(plan),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return Outcome(**json.loads(done.stdout.splitlines()[-1]))


def judge(settings: Settings, folder: Path) -> dict[str, list[Any]]:
    """Let another process judge the raw tables; every list must be empty."""
    command = [sys.executable, "-m", "tests.support.raw_judge", settings.effective_database_url]
    done = subprocess.run(
        [*command, str(folder / "acknowledged"), str(settings.var_dir)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    found: dict[str, list[Any]] = json.loads(done.stdout)
    return found


def foreman(plan: dict[str, Any]) -> Outcome:
    """Fork one worker for each round, then one that is let through."""
    given = plan["settings"]
    settings = Settings(**{**given, "var_dir": Path(given["var_dir"]), "keys_dir": Path(given["keys_dir"])})
    app = create_app(settings)  # no connection is open yet, so each fork begins with its own
    app.extensions["mit.authority"] = cheap_authority(worker.authority_of(app))
    warm_up()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    kills: dict[str, int] = {}
    hung = 0
    rounds = [Round(*one) for one in plan["rounds"]] + [Round()] * 2
    for at, one in enumerate(rounds):
        status = _one_round(app, one, at, plan)
        if status is None:
            hung += 1
        elif os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            name = one.failpoint.partition(":")[0] or "random"
            kills[name] = kills.get(name, 0) + 1
        elif status != 0:
            raise SystemExit(f"a worker failed in round {at} {one}")
    return Outcome(kills, len(rounds), hung)


def warm_up() -> None:
    """Load fonts, dictionaries, mappings and the like once, before the forks."""
    configure_mappers()
    claims = specimens.claims(1, sample=True)
    made = rehearse(claims, public_url=specimens.PUBLIC_URL)
    drawn = draw_certificate(CertificatePaper(claims, made.qr_url, "mit.example", made.token.encode("ascii")))
    now = datetime(2026, 11, 25, tzinfo=UTC)
    seal(drawn, material=make_test_chain(now, common_name="MiT TEST"), at=now)


def _one_round(app: Flask, one: Round, at: int, plan: dict[str, Any]) -> int | None:
    while signal.sigtimedwait({signal.SIGCHLD}, 0) is not None:
        pass  # the death of a worker that was killed in time is old news
    child = os.fork()
    if child == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        try:
            arm(one.failpoint)
            _work(app, at, plan)
        except BaseException as error:  # noqa: BLE001 - the foreman must hear of it, whatever it is
            print(f"round {at}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    patience = one.after_seconds or PATIENCE_SECONDS
    if signal.sigtimedwait({signal.SIGCHLD}, patience) is None:
        os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        return status if one.after_seconds else None
    return os.waitpid(child, 0)[1]


def _work(app: Flask, at: int, plan: dict[str, Any]) -> None:
    now = datetime.fromisoformat("2026-11-25T08:00:00+00:00") + BETWEEN * at
    acknowledged = os.open(plan["acknowledged"], os.O_WRONLY | os.O_APPEND)
    with app.app_context():
        with viewing() as session:
            people = [accounts.actor_of(session, UUID(user_id)) for user_id in plan["people"]]
        backlog = [(UUID(str(row["id"])), row["state"]) for row in rows(_BACKLOG)]
        worker.run_once(app, now=now)
        for application_id, state in backlog[
            : len(backlog) if at >= len(plan["rounds"]) else plan["portion"]
        ]:
            certificate = bring_through(app, application_id, state, people, now=now)
            os.write(acknowledged, certificate)
            os.fsync(acknowledged)
            worker.run_once(app, now=now)


def bring_through(
    app: Flask, application_id: UUID, state: str, people: Sequence[Actor], *, now: datetime
) -> bytes:
    """Bring one application from its state to the approval; return the line that acknowledges it."""
    maker, reviewer, approver = people
    authority = worker.authority_of(app)
    if state == "draft":
        seen = Seen(look_at(maker, application_id).seen.version)
        submit(maker, application_id, seen=seen, now=now, authority=authority)
    if state in {"draft", "submitted"}:
        view = look_at(reviewer, application_id)
        recommend(reviewer, application_id, opinion=Opinion(view.seen, keep_all(1)), now=now)
    view = look_at(approver, application_id)
    opinion = Opinion(view.seen, keep_all(1))
    done = approve(approver, application_id, opinion=opinion, now=now, authority=authority)
    return f"{done.number} {done.certificate_number}\n".encode()


if __name__ == "__main__":
    result = foreman(json.load(sys.stdin))
    print(json.dumps({"kills": result.kills, "rounds": result.rounds, "hung": result.hung}))
