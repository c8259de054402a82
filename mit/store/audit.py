"""The audit log: one hash-chained row for each act; the database refuses to change or drop any.

``hash`` is the SHA-256 over the canonical JSON of everything else in the row, the hash before it
included, so a row cannot be changed, dropped or slipped in without breaking all that follow.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.credential import canonical_json
from mit.store.accounts import User
from mit.store.db import Base, UtcInstant, add

#: The hash "before" the first event.
NO_HASH = "0" * 64
_PAGE = 1000


class AuditEvent(Base):
    """Who did what to what; ``payload`` is canonical JSON and holds no secret and no citizen number."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_subject_seq", "subject", "seq"),
        CheckConstraint("seq >= 1", name="seq"),
    )

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcInstant)
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    event: Mapped[str] = mapped_column(String(100), index=True)
    subject: Mapped[str] = mapped_column(String(200))
    payload: Mapped[str] = mapped_column(Text)
    payload_sha256: Mapped[str] = mapped_column(String(64))
    prev: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class AuditHead(Base):
    """The one row that every new event locks: how many there are, and the last hash."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True, slots=True)
class ChainBreak:
    """One place where the chain does not add up: the event's number, and what is wrong there."""

    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class Walk:
    """How far a walk through the chain came: the last event's number and hash, and every break."""

    seq: int
    last_hash: str
    breaks: list[ChainBreak]


def record(
    session: Session,
    event: str,
    *,
    subject: str,
    actor_id: UUID | None,
    now: datetime,
    payload: Mapping[str, object] | None = None,
) -> AuditEvent:
    """Write one event, e.g. ``record(session, AuditEvent.…, subject="application:<id>", …)``.

    It locks the head until the transaction ends: lock everything else before the first call.
    """
    head = session.get_one(AuditHead, 1, with_for_update=True, populate_existing=True)
    text = canonical_json.write(dict(payload or {})).decode()
    row = AuditEvent(
        seq=head.seq + 1,
        at=now.astimezone(UTC),
        actor_id=actor_id,
        event=str(event),
        subject=subject,
        payload=text,
        payload_sha256=hashlib.sha256(text.encode()).hexdigest(),
        prev=head.hash,
    )
    row.hash = event_hash(row)
    head.seq, head.hash = row.seq, row.hash
    add(session, row)
    return row


def event_hash(row: AuditEvent) -> str:
    """Return the hash (hex) that belongs to *row*, computed from its other columns."""
    document = {
        "seq": row.seq,
        "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": str(row.actor_id) if row.actor_id else None,
        "event": row.event,
        "subject": row.subject,
        "payload_sha256": row.payload_sha256,
        "prev": row.prev,
    }
    return hashlib.sha256(canonical_json.write(document)).hexdigest()


def events_about(session: Session, subject: str) -> list[AuditEvent]:
    """Return every event about one subject, the first first."""
    return list(
        session.scalars(select(AuditEvent).where(AuditEvent.subject == subject).order_by(AuditEvent.seq))
    )


def verify_chain(session: Session) -> list[ChainBreak]:
    """Re-compute the whole chain and return every break; an empty list when all adds up."""
    return walk_chain(session).breaks


def walk_chain(session: Session) -> Walk:
    """Re-compute the whole chain: how far it goes, and every break.

    What is wrong at an event is said by one word: ``missing`` (there is none of that number),
    ``prev`` (it does not follow the one before), ``payload`` or ``hash`` (it was changed),
    ``unreadable`` (it cannot even be read; the walk ends there), ``head`` (events at the end were
    taken away or added behind the back of the service).
    """
    breaks: list[ChainBreak] = []
    seq, prev = 0, NO_HASH
    events = _all_events(session)
    while True:
        try:
            row = next(events, None)
        except (ValueError, TypeError):  # a column holds what its type cannot be
            return Walk(seq, prev, [*breaks, ChainBreak(seq + 1, "unreadable")])
        if row is None:
            break
        if row.seq != seq + 1:
            breaks.append(ChainBreak(seq + 1, "missing"))
        if row.prev != prev:
            breaks.append(ChainBreak(row.seq, "prev"))
        if row.payload_sha256 != hashlib.sha256(row.payload.encode()).hexdigest():
            breaks.append(ChainBreak(row.seq, "payload"))
        if row.hash != event_hash(row):
            breaks.append(ChainBreak(row.seq, "hash"))
        seq, prev = row.seq, row.hash
    head = session.get(AuditHead, 1)
    if head is None or (head.seq, head.hash) != (seq, prev):
        breaks.append(ChainBreak(seq, "head"))
    return Walk(seq, prev, breaks)


def hash_at(session: Session, seq: int) -> str:
    """Return the hash of one event; empty where there is none."""
    return session.scalar(select(AuditEvent.hash).where(AuditEvent.seq == seq)) or ""


def _all_events(session: Session) -> Iterator[AuditEvent]:
    last = 0
    while True:
        page = session.scalars(
            select(AuditEvent).where(AuditEvent.seq > last).order_by(AuditEvent.seq).limit(_PAGE)
        ).all()
        yield from page
        if len(page) < _PAGE:
            return
        last = page[-1].seq
