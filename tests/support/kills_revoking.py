"""Kill the service while it suspends, revokes, issues anew and publishes; judge the raw tables afterwards.

The foreman of ``kills`` with other work: each worker asks for changes, confirms them and does the jobs,
until it is killed.  What was answered is written to a file first; the judge asks the tables for it.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import signal
import subprocess
import sys
import zlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import cbor2
from flask import Flask

from mit import worker
from mit.app import create_app
from mit.config import Settings
from mit.errors import ConflictError
from mit.failpoints import arm
from mit.issuance import incident
from mit.issuance.apply import create_draft
from mit.issuance.certificate_case import Why
from mit.issuance.incident import Wanted, ask_incident, confirm_incident, dry_run
from mit.issuance.revoke import ask_change, confirm_change
from mit.issuance.suspend import suspend
from mit.lifecycle.certificate_states import CertificateAction
from mit.roles.actor import Actor
from mit.store import accounts
from mit.store.certificate_history import last_seq
from mit.store.certificate_search import Common
from mit.store.db import viewing
from tests.support.desk import cheap_authority, draft
from tests.support.kills import (
    BETWEEN,
    LATER,
    PATIENCE_SECONDS,
    ROOT,
    Outcome,
    Round,
    bring_through,
    every_failpoint,
    foreman_process,
    warm_up,
)
from tests.support.raw_judge import audit_breaks, gaps, open_database, unfinished
from tests.support.world import rows

NOTE = "campaign"
#: So many active certificates are there before anything is done to them.
FEWEST = 4
_ACTIVE = "SELECT number FROM certificates WHERE state = 'active' AND status = 'active' ORDER BY number"
_TWO_STAND_BEHIND = (
    "SELECT t.certificate_number FROM status_request_certificates t JOIN status_requests r"
    " ON r.seq = t.request_seq WHERE r.confirmed_by_id <> r.asked_by_id AND t.outcome = 'done'"
)
_UNDER_WAY = "confirmed_at IS NOT NULL AND finished_at IS NULL"
_OPEN = "confirmed_at IS NULL AND dropped_at IS NULL"


def later_failpoints() -> list[str]:
    """Return every failpoint on the ways after the issue."""
    return [name for name in every_failpoint() if name.partition(".")[0] in LATER]


def run_campaign(
    settings: Settings, people: Sequence[Actor], rounds: Sequence[Round], *, folder: Path
) -> Outcome:
    """Let a foreman process work through *rounds* and then finish everything; return the outcome."""
    return foreman_process("tests.support.kills_revoking", settings, people, rounds, folder=folder)


def judge(settings: Settings, folder: Path) -> dict[str, list[Any]]:
    """Let another process judge the raw tables; every list must be empty."""
    command = [sys.executable, "-m", "tests.support.kills_revoking", settings.effective_database_url]
    told = str(folder / "acknowledged")
    done = subprocess.run([*command, told], capture_output=True, text=True, check=True, cwd=ROOT)
    found: dict[str, list[Any]] = json.loads(done.stdout)
    return found


def look(url: str, acknowledged: str) -> dict[str, list[Any]]:
    """Return everything in the raw tables that does not add up."""
    ask = open_database(url)
    text = Path(acknowledged).read_text(encoding="utf-8")
    answered = [line.split() for line in text.splitlines() if line]
    status = dict(ask("SELECT number, status FROM certificates"))
    events = ask("SELECT certificate_number, event, status FROM certificate_events ORDER BY seq")
    last = {number: said for number, _, said in events}
    ended = ("revoked", "superseded", "withdrawn")
    behind = {row[0] for row in ask(_TWO_STAND_BEHIND)}
    ends = [number for number, event, _ in events if event in {"revoked", "superseded", "withdrawn"}]
    links = dict(ask("SELECT number, supersedes FROM certificates WHERE supersedes IS NOT NULL"))
    back = dict(ask("SELECT number, superseded_by FROM certificates WHERE superseded_by IS NOT NULL"))
    return {
        "lost": [[number, said] for number, said in answered if status.get(number) not in {said, *ended}],
        "out_of_step": [number for number, said in last.items() if status[number] != said],
        "ended_twice": sorted({number for number in ends if ends.count(number) > 1}),
        "alone": [number for number, event, _ in events if event == "revoked" and number not in behind],
        "links": [new for new, old in links.items() if back.get(old) not in {new, None}],
        "half_linked": [old for old, new in back.items() if links.get(new) != old],
        "stale_lists": stale_lists(ask),
        "open_ends": ask(
            "SELECT seq FROM status_requests WHERE confirmed_at IS NOT NULL AND finished_at IS NULL"
        ),
        "gaps": gaps(ask),
        "audit": audit_breaks(ask),
        "unfinished": [row for row in unfinished(ask) if row[0] != "mail"],
    }


def stale_lists(ask: Any) -> list[Any]:
    """Return every slot whose published bit is not what the certificate's status says."""
    found = []
    for name, body in ask("SELECT name, body FROM published"):
        kind, _, list_number = name.removeprefix("status/").partition("/")
        if kind in {"history", "offline"}:  # they hold no bits of their own
            continue
        if kind == "token":
            found += _stale_pairs(ask, name, int(list_number), bytes(body))
            continue
        bits = _bits(bytes(body))
        stopping = {"suspension": {"suspended"}}.get(kind, {"revoked", "superseded", "withdrawn"})
        query = f"SELECT slot_index, status FROM certificates WHERE list_number = {int(list_number)}"
        for slot, status in ask(query):
            if bool(bits[slot // 8] >> (7 - slot % 8) & 1) != (status in stopping):
                found.append([name, slot, status])
    return found


def _stale_pairs(ask: Any, name: str, list_number: int, token: bytes) -> list[Any]:
    """Return every slot whose two bits in a token list are not what the certificate's status says."""
    claims = cbor2.loads(cbor2.loads(token).value[2])
    pairs = zlib.decompress(claims[65533]["lst"])
    meant = {"suspended": 2, "revoked": 1, "superseded": 1, "withdrawn": 1}
    query = f"SELECT slot_index, status FROM certificates WHERE list_number = {list_number}"
    return [
        [name, slot, status]
        for slot, status in ask(query)
        if pairs[slot // 4] >> 2 * (slot % 4) & 3 != meant.get(status, 0)
    ]


def _bits(token: bytes) -> bytes:
    payload = token.split(b".")[1]
    document = json.loads(base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))
    encoded = document["credentialSubject"]["encodedList"][1:]
    return gzip.decompress(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))


def foreman(plan: dict[str, Any]) -> Outcome:
    """Fork one worker for each round, then two that are let through."""
    given = plan["settings"]
    settings = Settings(**{**given, "var_dir": Path(given["var_dir"]), "keys_dir": Path(given["keys_dir"])})
    app = create_app(settings)
    app.extensions["mit.authority"] = cheap_authority(worker.authority_of(app))
    incident.PORTION, incident.REISSUED_AT_ONCE = 3, 2  # type: ignore[misc]
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
            name = one.failpoint or "random"
            kills[name] = kills.get(name, 0) + 1
        elif status != 0:
            raise SystemExit(f"a worker failed in round {at} {one}")
    return Outcome(kills, len(rounds), hung)


def _one_round(app: Flask, one: Round, at: int, plan: dict[str, Any]) -> int | None:
    while signal.sigtimedwait({signal.SIGCHLD}, 0) is not None:
        pass
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
    file = os.open(plan["acknowledged"], os.O_WRONLY | os.O_APPEND)
    with app.app_context():
        with viewing() as session:
            people = [accounts.actor_of(session, UUID(user_id)) for user_id in plan["people"]]
        authority = worker.authority_of(app)
        worker.run_once(app, now=now)
        for seq in rows(f"SELECT seq FROM status_requests WHERE {_OPEN} AND selection = ''"):
            _confirm(people[2], int(seq["seq"]), file, now=now, authority=authority)
        for seq in rows(f"SELECT seq FROM status_requests WHERE {_OPEN} AND selection <> ''"):
            confirm_incident(people[2], int(seq["seq"]), now=now)
        if at < len(plan["rounds"]):
            _change_something(app, people, Round(*plan["rounds"][at]), at, file, now=now)
        worker.run_once(app, now=now)


def _change_something(
    app: Flask, people: Sequence[Actor], one: Round, at: int, file: int, *, now: datetime
) -> None:
    """Do what leads past the armed failpoint: an incident, or a suspension and a revocation."""
    authority = worker.authority_of(app)
    active = _topped_up(app, people, at, now=now)
    is_incident = "incident" in one.failpoint or (not one.failpoint and at % 2 == 0)
    if is_incident:
        _incident(people, at, now=now)
        return
    _suspend(people[2], active[-1], file, now=now, authority=authority)
    number, why = active[0], Why("wrong_information", NOTE)
    action = CertificateAction.REVOKE
    seq = ask_change(people[1], number, action, why=why, seen_seq=_seen(number), now=now)
    _confirm(people[2], seq, file, now=now, authority=authority)


def _topped_up(app: Flask, people: Sequence[Actor], at: int, *, now: datetime) -> list[str]:
    """Return the active certificates, new ones issued until there are enough."""
    for more in range(FEWEST):
        active = [row["number"] for row in rows(_ACTIVE)]
        if len(active) >= FEWEST:
            return active
        begun = create_draft(people[0], draft(at=at * 100 + more + 1), now=now)
        bring_through(app, begun.application_id, "draft", people, now=now)
        worker.run_once(app, now=now)
    return [row["number"] for row in rows(_ACTIVE)]


def _incident(people: Sequence[Actor], at: int, *, now: datetime) -> None:
    wanted = Common(kid=1)
    total = dry_run(people[1], wanted).total
    if total == 0:
        return
    action = "reissue" if at % 3 else "revoke"
    why = Why("key_compromised", NOTE)
    seq = ask_incident(people[1], Wanted(action, wanted, why), seen_total=total, now=now)
    confirm_incident(people[2], seq, now=now)


def _suspend(actor: Actor, number: str, file: int, *, now: datetime, authority: Any) -> None:
    why = Why("under_investigation", NOTE)
    suspend(actor, number, why=why, seen_seq=_seen(number), now=now, authority=authority)
    _acknowledge(file, number, "suspended")


def _confirm(actor: Actor, seq: int, file: int, *, now: datetime, authority: Any) -> None:
    (row,) = rows(f"SELECT certificate_number FROM status_requests WHERE seq = {seq}")
    try:
        confirm_change(actor, seq, now=now, authority=authority)
    except ConflictError:  # an incident or a killed worker got there first
        return
    _acknowledge(file, row["certificate_number"], "revoked")


def _acknowledge(file: int, number: str, status: str) -> None:
    os.write(file, f"{number} {status}\n".encode())
    os.fsync(file)


def _seen(number: str) -> int:
    with viewing() as session:
        return last_seq(session, number)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(look(*sys.argv[1:3])))
    else:
        result = foreman(json.load(sys.stdin))
        print(json.dumps({"kills": result.kills, "rounds": result.rounds, "hung": result.hung}))
