"""The dated status history of every certificate: append-only; its last row is the present status."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.errors import ConflictError
from mit.lifecycle.certificate_states import FINAL_STATES
from mit.store.accounts import User, one_of
from mit.store.certificates import STATUSES, Certificate, lock_certificate
from mit.store.db import SERIAL, Base, UtcInstant, add
from mit.values.thai_date import bangkok_day

EVENTS = ("issued", "suspended", "reinstated", "revoked", "superseded", "withdrawn")


class CertificateEvent(Base):
    """What happened to a certificate, the status since then, and from which Bangkok day."""

    __tablename__ = "certificate_events"
    __table_args__ = (
        Index("ix_certificate_events_number", "certificate_number", "seq"),
        CheckConstraint(one_of("event", EVENTS), name="event"),
        CheckConstraint(one_of("status", STATUSES), name="status"),
    )

    seq: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    certificate_number: Mapped[str] = mapped_column(ForeignKey(Certificate.number))
    event: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    effective_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    profile_version: Mapped[str] = mapped_column(String(60))
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


@dataclass(frozen=True, slots=True)
class StatusChange:
    """What is to be recorded: the event, the status from ``effective_on`` (Bangkok day) on, and why.

    ``successor`` is the number that supersedes, for the status ``superseded`` only.
    """

    event: str
    status: str
    effective_on: date
    reason: str = ""
    note: str = ""
    successor: str | None = None


def record_status(
    session: Session, number: str, change: StatusChange, *, actor_id: UUID | None, now: datetime
) -> CertificateEvent:
    """Append one change to the history and keep the certificate's present status in step with it.

    Changes are recorded in the order of their days: a day before the last recorded one, or after
    today in Bangkok, is refused.  What ends a certificate may reach back to its issue day.

    Raises:
        NotFoundError: ``not_found``.
        ConflictError: ``status_day`` with the day.
    """
    certificate = lock_certificate(session, number)
    is_end = change.status in FINAL_STATES
    first = certificate.issued_on if is_end else certificate.status_since_on
    if not first <= change.effective_on <= bangkok_day(now):
        raise ConflictError("status_day", day=change.effective_on.isoformat())
    certificate.status = change.status
    certificate.status_since_on = change.effective_on
    certificate.superseded_by = change.successor
    session.flush()
    event = CertificateEvent(
        certificate_number=number,
        event=change.event,
        status=change.status,
        effective_on=change.effective_on,
        reason=change.reason,
        note=change.note,
        actor_id=actor_id,
        profile_version=certificate.profile_version,
        recorded_at=now,
    )
    add(session, event)
    return event


def history_of(session: Session, number: str) -> list[CertificateEvent]:
    """Return the whole history of one certificate, in the order of recording."""
    own = select(CertificateEvent).where(CertificateEvent.certificate_number == number)
    return list(session.scalars(own.order_by(CertificateEvent.seq)))


def last_entry(session: Session, number: str) -> CertificateEvent | None:
    """Return the last entry of a certificate's history; None while there is none."""
    own = select(CertificateEvent).where(CertificateEvent.certificate_number == number)
    return session.scalar(own.order_by(CertificateEvent.seq.desc()).limit(1))


def last_seq(session: Session, number: str) -> int:
    """Return the place of the last entry of a certificate's history; 0 while there is none."""
    last = last_entry(session, number)
    return last.seq if last else 0


def last_seqs(session: Session, numbers: Collection[str]) -> dict[str, int]:
    """Return the place of the last entry of each history, by number; those without one are left out."""
    own = (
        select(CertificateEvent.certificate_number, func.max(CertificateEvent.seq))
        .where(CertificateEvent.certificate_number.in_(numbers))
        .group_by(CertificateEvent.certificate_number)
    )
    return {row[0]: row[1] for row in session.execute(own)}
