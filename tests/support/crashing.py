"""Processes that die in the middle of issuing, and what another process finds afterwards.

One process loads everything and forks a child for each attempt.  A *doomed* child takes an
application from its draft to the printed certificate, and is killed by SIGKILL: at a named failpoint,
or after a while by its parent.  A *repairing* child does what any process does after a restart:
finish what stands in the tables and do the jobs.  A *judging* child then reads the raw tables.  What
was told to a person (a number after ``approve``) is written to a file and synced before going on, so
that the judge knows what must not be lost.

Run as a program it does one campaign and prints its figures as JSON::

    python -m tests.support.crashing --database-url URL --folder DIR --times 1 [--random 0] [--control]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask

from mit import worker
from mit.app import create_app
from mit.config import Settings
from mit.criteria.rulebook import load_rulebook
from mit.document.line_breaking import words
from mit.issuance import prepare
from mit.issuance.apply import submit
from mit.issuance.approve import approve
from mit.issuance.review import recommend
from mit.issuance.wish import Seen
from mit.roles.actor import Actor, Role
from mit.store import certificates
from mit.store.db import OpenSession, dispose_engines
from tests.support.desk import Desk, cheap_authority, open_desk
from tests.support.people import Cast
from tests.support.world import assert_whole_world, rows

ROOT = Path(__file__).parent.parent.parent
BEGIN = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
#: A worker's lease is over after this; every repair begins so much later.
AFTER_THE_LEASE = timedelta(minutes=20)
_LONGEST_RANDOM_LIFE_SECONDS = 0.5


def failpoints() -> list[str]:
    """Return every named place between two durable steps of issuing, as the source names them."""
    found = {
        name
        for path in (ROOT / "mit").rglob("*.py")
        for name in re.findall(r'\breach\("([a-z_.]+)"\)', path.read_text(encoding="utf-8"))
    }
    return sorted(found)


@dataclass
class Campaign:
    """One database and everything that is done to it.

    Attributes:
        settings: of every child.
        cast: who acts; made once, handed to every child.
        told: the file of what persons were told, a JSON line each.
        now: the instant of the next child.
        ended: how children ended, counted.
        faults: what the judge found, in words; empty is good.
    """

    settings: Settings
    told: Path
    cast: Cast | None = None
    now: datetime = BEGIN
    ended: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    applications: int = 0

    def set_up(self) -> None:
        """Register the cast and make the keys, in a child, and remember the cast."""
        path = self.told.with_suffix(".cast")
        self._child(lambda app: write_cast(open_desk(app, self.now).cast, path))
        self.cast = read_cast(path)

    def kill_at(self, name: str) -> None:
        """Let a child die at the failpoint *name*, and another one repair."""
        self.applications += 1
        ended = self._child(self._whole_way(self.applications), failpoint=name)
        self.ended[f"{name}: {ended}"] += 1
        if ended != "killed":
            self.faults.append(f"{name} was not reached")
        self.repair()

    def kill_after(self, seconds: float) -> None:
        """Let a child die by its parent's hand after *seconds*, and another one repair."""
        self.applications += 1
        ended = self._child(self._whole_way(self.applications), life_seconds=seconds)
        self.ended[f"at random: {ended}"] += 1
        self.repair()

    def repair(self) -> None:
        """Finish everything, as the processes after a restart do."""
        self.now += AFTER_THE_LEASE
        ended = self._child(self._finish)
        if ended != "done":
            self.faults.append(f"the repair ended: {ended}")

    def judge(self) -> None:
        """Let a process of its own read the raw tables and compare them with what was told."""
        report = self.told.with_suffix(".report")
        report.write_text("the judge did not finish", encoding="utf-8")

        def look(_app: Flask) -> None:
            report.write_text("\n".join(find_faults(self)), encoding="utf-8")

        self._child(look)
        self.faults += [line for line in report.read_text(encoding="utf-8").splitlines() if line]

    def _whole_way(self, at: int) -> Callable[[Flask], None]:
        def go(app: Flask) -> None:
            desk = self._desk(app)
            desk.draft(at=at)
            self._finish_with(desk)

        return go

    def _finish(self, app: Flask) -> None:
        self._finish_with(self._desk(app))

    def _finish_with(self, desk: Desk) -> None:
        for row in rows("SELECT id, state, version FROM applications ORDER BY number"):
            push_on(desk, UUID(str(row["id"])), row["state"], row["version"], told=self.told)
        while worker.run_once(desk.app, now=desk.tick()):
            pass

    def _desk(self, app: Flask) -> Desk:
        assert self.cast is not None
        authority = cheap_authority(worker.authority_of(app))
        app.extensions["mit.authority"] = authority
        return Desk(app, self.cast, authority, self.now)

    def _child(
        self, work: Callable[[Flask], None], *, failpoint: str = "", life_seconds: float | None = None
    ) -> str:
        """Fork a child for *work*; say how it ended: ``done``, ``killed``, or ``failed``."""
        self.now += timedelta(seconds=30)
        pid = os.fork()
        if pid == 0:
            _live(self.settings, work, failpoint)
        if life_seconds is not None:
            _kill_after(pid, life_seconds)
        _, status = os.waitpid(pid, 0)
        if os.WIFSIGNALED(status):
            return "killed" if os.WTERMSIG(status) == signal.SIGKILL else f"signal {os.WTERMSIG(status)}"
        return "done" if os.WEXITSTATUS(status) == 0 else "failed"


def _live(settings: Settings, work: Callable[[Flask], None], failpoint: str) -> None:
    """Do *work* in this child and leave; nothing of the parent's is cleaned up on the way."""
    status = 1
    try:
        app = create_app(_with_failpoint(settings, failpoint))
        with app.app_context():
            work(app)
            dispose_engines()
        status = 0
    finally:
        sys.stderr.flush()
        os._exit(status)


def _with_failpoint(settings: Settings, failpoint: str) -> Settings:
    given = {name: getattr(settings, name) for name in settings.__dataclass_fields__}
    return Settings(**{**given, "failpoint": failpoint})


def _kill_after(pid: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return
        signal.sigtimedwait([], 0.001)
    os.kill(pid, signal.SIGKILL)


def push_on(desk: Desk, application_id: UUID, state: str, version: int, *, told: Path) -> None:
    """Take one application from where it stands to the approver's yes."""
    cast, authority = desk.cast, desk.authority
    if state == "draft":
        standing = submit(
            cast.somchai, application_id, seen=Seen(version), now=desk.tick(), authority=authority
        )
        state = standing.state
    if state == "submitted":
        standing = recommend(
            cast.malee, application_id, opinion=_opinion(desk, cast.malee, application_id), now=desk.tick()
        )
        state = standing.state
    if state == "recommended":
        opinion = _opinion(desk, cast.anan, application_id)
        standing = approve(cast.anan, application_id, opinion=opinion, now=desk.tick(), authority=authority)
        tell(told, {"application": str(application_id), "number": standing.certificate_number})


def _opinion(desk: Desk, actor: Actor, application_id: UUID) -> Any:
    return desk.opinion(actor, _Standing(application_id))  # type: ignore[arg-type]


@dataclass(frozen=True)
class _Standing:
    application_id: UUID


def tell(path: Path, line: dict[str, str]) -> None:
    """Append one line and sync it: from here the person knows."""
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line) + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def find_faults(campaign: Campaign) -> list[str]:
    """Return everything lost, doubled, reused or missing, in words."""
    faults = []
    try:
        assert_whole_world(campaign.now + AFTER_THE_LEASE, campaign.settings.var_dir)
    except AssertionError as error:
        faults.append(f"the world does not add up: {str(error)[:300]}")
    issued = {str(UUID(str(row["application_id"]))): row for row in rows("SELECT * FROM certificates")}
    for line in campaign.told.read_text(encoding="utf-8").splitlines() if campaign.told.exists() else []:
        said = json.loads(line)
        found = issued.get(said["application"])
        if found is None or found["number"] != said["number"]:
            faults.append(f"lost: {said['number']} was told and is {found and found['number']}")
    unfinished = [row["number"] for row in issued.values() if row["pdf_sha256"] is None]
    if unfinished:
        faults.append(f"not finished: {unfinished}")
    waiting = rows("SELECT kind, key, last_error FROM jobs WHERE state <> 'done'")
    if waiting:
        faults.append(f"jobs left: {waiting}")
    return faults


def write_cast(cast: Cast, path: Path) -> None:
    """Keep who acts, for the children that come."""
    names = ("somchai", "malee", "anan", "napha", "krit")
    actors = {name: _actor_document(getattr(cast, name)) for name in names}
    ids = {
        name: str(getattr(cast, name)) for name in ("siam_cable_id", "krungthep_wire_id", "tambon_office_id")
    }
    path.write_text(json.dumps({"actors": actors, "ids": ids}), encoding="utf-8")


def read_cast(path: Path) -> Cast:
    """Return who acts."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    actors = {name: _actor(document) for name, document in kept["actors"].items()}
    return Cast(**actors, **{name: UUID(text) for name, text in kept["ids"].items()})


def _actor_document(actor: Actor) -> dict[str, Any]:
    organisation = str(actor.organisation_id) if actor.organisation_id else None
    return {"user": str(actor.user_id), "roles": sorted(map(str, actor.roles)), "organisation": organisation}


def _actor(document: dict[str, Any]) -> Actor:
    organisation = UUID(document["organisation"]) if document["organisation"] else None
    roles = frozenset(Role(role) for role in document["roles"])
    return Actor(UUID(document["user"]), roles, organisation)


def number_in_a_transaction_of_its_own() -> None:
    """Break the order of the durable steps on purpose: commit right after the number was taken."""
    take = certificates.next_running

    def take_and_commit(session: OpenSession, year: int) -> int:
        running = take(session, year)
        session.commit()
        return running

    prepare.certificates.next_running = take_and_commit  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is done: kills at each of *names*, kills at random times, and the seed of these."""

    names: tuple[str, ...]
    times: int
    at_random: int
    seed: int


def run(settings: Settings, folder: Path, plan: Plan) -> dict[str, object]:
    """Do a campaign and return its figures: kills, how they ended, faults."""
    campaign = Campaign(settings, folder / "told.jsonl")
    campaign.set_up()
    times = plan.times
    for name in plan.names:
        for _ in range(times):
            campaign.kill_at(name)
        if times > 1:
            campaign.judge()
    chance = random.Random(plan.seed)
    for _ in range(plan.at_random):
        campaign.kill_after(chance.uniform(0, _LONGEST_RANDOM_LIFE_SECONDS))
    campaign.judge()
    return {
        "failpoints": len(plan.names),
        "kills": sum(count for how, count in campaign.ended.items() if how.endswith(": killed")),
        "ended": dict(sorted(campaign.ended.items())),
        "applications": campaign.applications,
        "faults": campaign.faults,
    }


def main() -> None:
    """Run one campaign in this process and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--folder", required=True, type=Path)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--random", type=int, default=0, dest="at_random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=failpoints())
    parser.add_argument("--control", action="store_true")
    options = parser.parse_args()
    load_rulebook()
    words("โหลดพจนานุกรมก่อนแยกโพรเซส")  # the dictionary is loaded once, before the first fork
    if options.control:
        number_in_a_transaction_of_its_own()
    settings = Settings(
        env="test",
        database_url=options.database_url,
        var_dir=options.folder / "var",
        keys_dir=options.folder / "keys",
        secret_key="a secret that only the tests know, long enough",
        key_passphrase="a passphrase that only the tests know",
    )
    plan = Plan(tuple(options.only), options.times, options.at_random, options.seed)
    figures = run(settings, options.folder, plan)
    print(json.dumps(figures, ensure_ascii=False))


if __name__ == "__main__":
    main()
