"""The outbox: work to be done after the commit, written in the same transaction, at least once.

A worker takes a job for a while (its lease); one that was killed meanwhile loses it when the lease
ends, and another does it again.  Jobs are therefore written so that twice is harmless.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    case,
    delete,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.credential import canonical_json
from mit.lifecycle.mails import MAIL_JOB
from mit.store.accounts import one_of
from mit.store.db import SERIAL, Base, UtcInstant, insert_or_ignore

STATES = ("waiting", "done", "dead")
LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 12
#: Kinds that are tried longer than others: a mail server may be away for a day.
MORE_ATTEMPTS: Mapping[str, int] = {MAIL_JOB: 36}
#: Kinds that wait until nothing else is due: no certificate waits for a mail server, a long look or a batch.
LAST_IN_LINE = (MAIL_JOB, "self_check", "forget", "batch")
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(hours=1)
#: Keys that one statement names.
_KEYS_AT_ONCE = 500
_WAITING = text("state = 'waiting'")


class JobRow(Base):
    """One piece of work; ``(kind, key)`` is unique, so asking twice is harmless."""

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("kind", "key"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("(state = 'waiting') = (finished_at IS NULL)", name="finished"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_jobs_waiting", "due_at", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(200))
    payload: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UtcInstant)
    leased_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    last_error: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime] = mapped_column(UtcInstant)
    finished_at: Mapped[datetime | None] = mapped_column(UtcInstant)


@dataclass(frozen=True, slots=True)
class Job:
    """A job that this worker holds: ``attempts`` counts this one too."""

    id: int
    kind: str
    key: str
    payload: dict[str, Any]
    attempts: int


@dataclass(frozen=True, slots=True)
class DeadJob:
    """A job that was given up."""

    id: int
    kind: str
    key: str
    attempts: int
    last_error: str


def enqueue(session: Session, kind: str, *, key: str, payload: dict[str, Any], now: datetime) -> bool:
    """Ask for a job, due at once; say whether it is new (the same kind and key is asked only once)."""
    values = {
        "kind": kind,
        "key": key,
        "payload": canonical_json.write(payload).decode(),
        "due_at": now,
        "asked_at": now,
    }
    return insert_or_ignore(session, JobRow, values | {"state": "waiting", "attempts": 0, "last_error": ""})


def take(session: Session, now: datetime) -> Job | None:
    """Take the job that is due longest, for the length of a lease; None where none is due.

    A job taken too often is given up here, so that one which kills its worker ends as well.
    Commit before the work begins.
    """
    while (row := _next_due(session, now)) is not None:
        if row.attempts >= attempts_allowed(row.kind):
            row.state, row.finished_at, row.leased_until = "dead", now, None
            row.last_error = row.last_error or "the worker ended before the job did, every time"
            session.flush()
            continue
        row.attempts += 1
        row.leased_until = now + LEASE
        session.flush()
        return Job(row.id, row.kind, row.key, json.loads(row.payload), row.attempts)
    return None


def done(session: Session, job: Job, *, now: datetime) -> None:
    """Say that the work is done, whoever holds the lease by now."""
    session.execute(
        update(JobRow)
        .where(JobRow.id == job.id, JobRow.state == "waiting")
        .values(state="done", finished_at=now, leased_until=None, last_error="")
    )


def failed(session: Session, job: Job, *, error: str, now: datetime) -> bool:
    """Give the job back with what went wrong, due again after a growing delay.

    Say whether it was given up for good, after ``attempts_allowed``.  Where another worker took the
    job meanwhile, nothing is changed.
    """
    is_dead = job.attempts >= attempts_allowed(job.kind)
    outcome: dict[str, Any] = (
        {"state": "dead", "finished_at": now} if is_dead else {"due_at": now + delay_after(job.attempts)}
    )
    held = (JobRow.id == job.id, JobRow.state == "waiting", JobRow.attempts == job.attempts)
    given_back = update(JobRow).where(*held).values(leased_until=None, last_error=error[:2000], **outcome)
    return bool(session.execute(given_back.returning(JobRow.id)).all()) and is_dead


def attempts_allowed(kind: str) -> int:
    """Return how often a job of this kind is tried before it is given up."""
    return MORE_ATTEMPTS.get(kind, MAX_ATTEMPTS)


def forget_payload(session: Session, kind: str, key: str) -> None:
    """Let nothing stay readable of what a job was told: it held a secret and is not needed any more."""
    session.execute(update(JobRow).where(JobRow.kind == kind, JobRow.key == key).values(payload="{}"))


def forget_jobs(session: Session, kind: str, keys: Sequence[str]) -> None:
    """Forget the jobs of a kind with these keys that wait no more."""
    for begin in range(0, len(keys), _KEYS_AT_ONCE):
        some = keys[begin : begin + _KEYS_AT_ONCE]
        ended = (JobRow.kind == kind, JobRow.key.in_(some), JobRow.state != "waiting")
        session.execute(delete(JobRow).where(*ended))


def forget_done(session: Session, before: datetime, *, kinds: Sequence[str], most: int) -> int:
    """Forget jobs of some kinds that were done before an instant, at most so many; return how many."""
    done_jobs = (JobRow.kind.in_(kinds), JobRow.state == "done", JobRow.finished_at < before)
    old = select(JobRow.id).where(*done_jobs).limit(most)
    return len(session.execute(delete(JobRow).where(JobRow.id.in_(old)).returning(JobRow.id)).all())


def delay_after(attempts: int) -> timedelta:
    """Return how long a job rests after its n-th failure: 5 s, doubled each time, at most an hour."""
    return min(FIRST_DELAY * (1 << min(attempts - 1, 20)), LONGEST_DELAY)


def revive(session: Session, job_id: int, *, now: datetime) -> bool:
    """Let a dead job be tried again from the start; say whether there was such a one."""
    dead = (JobRow.id == job_id, JobRow.state == "dead")
    fresh = {"state": "waiting", "attempts": 0, "due_at": now, "finished_at": None}
    return bool(session.execute(update(JobRow).where(*dead).values(**fresh).returning(JobRow.id)).all())


def pending_count(session: Session) -> int:
    """Return how many jobs wait or are being done."""
    return session.scalar(select(func.count()).select_from(JobRow).where(JobRow.state == "waiting")) or 0


def oldest_waiting_since(session: Session) -> datetime | None:
    """Return when the oldest job that is not done yet was asked for; None where none waits.

    A mail that was tried waits for somebody else's server and says nothing about our worker.
    """
    is_ours = or_(JobRow.kind != MAIL_JOB, JobRow.attempts == 0)
    waiting = select(JobRow.asked_at).where(JobRow.state == "waiting", is_ours)
    oldest = waiting.order_by(JobRow.asked_at).limit(1)
    return session.scalar(oldest)


def dead_jobs(session: Session) -> list[DeadJob]:
    """Return the jobs that were given up, the first first."""
    rows = session.scalars(select(JobRow).where(JobRow.state == "dead").order_by(JobRow.id))
    return [DeadJob(row.id, row.kind, row.key, row.attempts, row.last_error) for row in rows]


def is_any_dead(session: Session, kind: str, *, prefix: str) -> bool:
    """Say whether a job of a kind whose key begins with *prefix* was given up."""
    dead = (JobRow.kind == kind, JobRow.state == "dead", JobRow.key.startswith(prefix, autoescape=True))
    return session.scalar(select(JobRow.id).where(*dead).limit(1)) is not None


def _next_due(session: Session, now: datetime) -> JobRow | None:
    due = (
        select(JobRow)
        .where(
            JobRow.state == "waiting",
            JobRow.due_at <= now,
            or_(JobRow.leased_until.is_(None), JobRow.leased_until <= now),
        )
        .order_by(case((JobRow.kind.in_(LAST_IN_LINE), 1), else_=0), JobRow.due_at, JobRow.id)
        .limit(1)
    )
    return session.scalar(due.with_for_update(skip_locked=True).execution_options(populate_existing=True))
