"""Search in the audit log, the newest first, page by page of event numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, false, func, select
from sqlalchemy.orm import Session

from mit.store.accounts import User
from mit.store.audit import AuditEvent


@dataclass(frozen=True, slots=True)
class Asked:
    """What is searched for; what is empty or None counts for nothing.

    Attributes:
        subject: the beginning of the subject, e.g. ``application:A-2569`` or ``user:``.
        event: the name of the event, or its beginning.
        actor_id: who did it.
        begins_at: not before this instant.
        ends_at: before this instant.
    """

    subject: str = ""
    event: str = ""
    actor_id: UUID | None = None
    begins_at: datetime | None = None
    ends_at: datetime | None = None


def newest(session: Session, asked: Asked, *, before: int | None, size: int) -> Sequence[AuditEvent]:
    """Return at most *size* events whose number is below *before*, the newest first."""
    found = _found(asked)
    if before is not None:
        found = found.where(AuditEvent.seq < before)
    return session.scalars(found.order_by(AuditEvent.seq.desc()).limit(size)).all()


def count(session: Session, asked: Asked) -> int:
    """Return how many events are found."""
    return session.scalar(select(func.count()).select_from(_found(asked).subquery())) or 0


def every(session: Session, asked: Asked) -> Iterator[AuditEvent]:
    """Return every event that is found, the first first."""
    yield from session.scalars(_found(asked).order_by(AuditEvent.seq).execution_options(yield_per=1000))


def names_of(session: Session, people: set[UUID]) -> dict[UUID, str]:
    """Return the names of people by identity."""
    found = session.execute(select(User.id, User.name).where(User.id.in_(people)))
    return {row.id: row.name for row in found}


def _found(asked: Asked) -> Select[tuple[AuditEvent]]:
    found = select(AuditEvent)
    if "\0" in asked.subject + asked.event:  # PostgreSQL does not take the question
        return found.where(false())
    if asked.subject:
        found = found.where(AuditEvent.subject.startswith(asked.subject, autoescape=True))
    if asked.event:
        found = found.where(AuditEvent.event.startswith(asked.event, autoescape=True))
    if asked.actor_id is not None:
        found = found.where(AuditEvent.actor_id == asked.actor_id)
    if asked.begins_at is not None:
        found = found.where(AuditEvent.at >= asked.begins_at)
    if asked.ends_at is not None:
        found = found.where(AuditEvent.at < asked.ends_at)
    return found
