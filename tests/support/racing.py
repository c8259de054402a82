"""Many people press the same button at once: exactly one certificate each time, and a named answer for all.

``race`` starts *calls* threads that approve one application at the same moment, half of them the approver
himself clicking again and again, half a second approver.  Every call must end with the certificate's
number or with a conflict that says so; anything else counts as stray.  The control takes the row lock
out (PostgreSQL) or begins plainly (SQLite): strays must appear, or the race proves nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import event, select

from mit.errors import ConflictError
from mit.issuance.approve import approve
from mit.issuance.move import Standing
from mit.issuance.wish import Opinion
from mit.roles.actor import Actor, Role
from mit.store import applications
from mit.store.applications import Application
from mit.store.db import OpenSession, db
from tests.support.desk import Desk
from tests.support.parallel import at_once
from tests.support.people import invite
from tests.support.world import assert_numbers_without_gaps, rows


@dataclass
class Races:
    """What came of the races: answers counted by kind, and everything that must not be."""

    answers: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    strays: int = 0

    def to_document(self) -> dict[str, object]:
        """Return the figures for a result."""
        return {"answers": dict(self.answers), "strays": self.strays, "faults": self.faults}


def run_races(desk: Desk, *, applications_count: int, calls: int) -> Races:
    """Race for so many applications with so many calls each, then look at the tables."""
    second = invite("Ratree Another", Role.APPROVER, None, now=desk.now)
    races = Races()
    for at in range(1, applications_count + 1):
        race(desk, desk.recommended(at=at), (desk.cast.anan, second), calls=calls, into=races)
    numbers = [row["number"] for row in rows("SELECT number FROM certificates")]
    if len(numbers) != applications_count or len(set(numbers)) != applications_count:
        races.faults.append(f"{applications_count} applications, {len(numbers)} certificates")
    try:
        assert_numbers_without_gaps()
    except AssertionError as error:
        races.faults.append(str(error)[:300])
    return races


def race(desk: Desk, standing: Standing, approvers: tuple[Actor, Actor], *, calls: int, into: Races) -> None:
    """Let *calls* threads approve one application at once."""
    opinions = [desk.opinion(person, standing) for person in approvers]
    now = desk.tick()

    def act(person: Actor, opinion: Opinion) -> Callable[[], str]:
        def go() -> str:
            done = approve(
                person, standing.application_id, opinion=opinion, now=now, authority=desk.authority
            )
            return done.certificate_number

        return go

    acts = [act(approvers[n % 2], opinions[n % 2]) for n in range(calls)]
    ended = at_once(desk.app, acts)
    told = {answer for answer in ended if isinstance(answer, str)}
    if len(told) != 1:
        into.faults.append(f"told {sorted(told)} for one application")
    for answer in ended:
        kind = "number" if isinstance(answer, str) else type(answer).__name__
        into.answers[kind] += 1
        if not isinstance(answer, str | ConflictError):
            into.strays += 1


@contextmanager
def lock_taken_out() -> Iterator[None]:
    """Let transactions begin without the lock that makes approvals wait for one another."""
    keep = applications.lock_application

    def look_only(session: OpenSession, application_id: UUID) -> Application:
        found: Application | None = session.scalar(
            select(Application).where(Application.id == application_id)
        )
        assert found is not None
        return found

    listener = _begin_plainly if db.engine.dialect.name == "sqlite" else None
    if listener:
        event.listen(db.engine, "before_cursor_execute", listener, retval=True)
    applications.lock_application = look_only  # type: ignore[assignment]
    try:
        yield
    finally:
        applications.lock_application = keep
        if listener:
            event.remove(db.engine, "before_cursor_execute", listener)


def _begin_plainly(
    _c: object, _k: object, statement: str, parameters: object, *_: object
) -> tuple[str, object]:
    return ("BEGIN" if statement == "BEGIN IMMEDIATE" else statement), parameters
