"""What one person asked to be done to certificates, and what became of it: another confirms or drops it.

One row for each request, single or an incident's, and one for each certificate that it is about.  The
database lets no certificate be revoked, reinstated or withdrawn without such a row that two different
persons stand behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.errors import NotFoundError
from mit.store.accounts import User, one_of
from mit.store.certificates import Certificate
from mit.store.db import SERIAL, Base, UtcInstant, add

ACTIONS = ("reinstate", "revoke", "withdraw", "reissue")
OUTCOMES = ("done", "passed_over")
_OPEN = text("confirmed_at IS NULL AND dropped_at IS NULL")


class StatusRequest(Base):
    """What is asked for: the act, its public reason, and the words that only staff reads.

    ``certificate_number`` is set exactly where it is about one certificate; ``selection`` (canonical
    JSON) says how an incident's certificates were found.  ``effective_on`` is None where the day of
    the confirmation is meant.  ``finished_at`` is when the last certificate was dealt with.
    """

    __tablename__ = "status_requests"
    __table_args__ = (
        CheckConstraint(one_of("action", ACTIONS), name="action"),
        CheckConstraint("asked_by_id <> confirmed_by_id", name="two_persons"),
        CheckConstraint("(confirmed_by_id IS NULL) = (confirmed_at IS NULL)", name="confirmed"),
        CheckConstraint("(dropped_by_id IS NULL) = (dropped_at IS NULL)", name="dropped"),
        CheckConstraint("confirmed_at IS NULL OR dropped_at IS NULL", name="one_end"),
        CheckConstraint("finished_at IS NULL OR confirmed_at IS NOT NULL", name="finished"),
        CheckConstraint("certificates >= 1", name="certificates"),
        CheckConstraint("(certificate_number IS NULL) = (selection <> '')", name="selection"),
        Index(
            "ix_status_requests_open",
            "certificate_number",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    seq: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    action: Mapped[str] = mapped_column(String(20))
    certificate_number: Mapped[str | None] = mapped_column(ForeignKey(Certificate.number))
    selection: Mapped[str] = mapped_column(Text, default="")
    certificates: Mapped[int]
    reason: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(Text, default="")
    effective_on: Mapped[date | None]
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    asked_at: Mapped[datetime] = mapped_column(UtcInstant)
    confirmed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    dropped_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    dropped_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    finished_at: Mapped[datetime | None] = mapped_column(UtcInstant)

    @property
    def is_open(self) -> bool:
        """Say whether it still waits for a second person."""
        return self.confirmed_at is None and self.dropped_at is None


class RequestedCertificate(Base):
    """One certificate that a request is about; ``seen_seq`` is the last event that the asker saw."""

    __tablename__ = "status_request_certificates"
    __table_args__ = (
        CheckConstraint("(outcome IS NULL) = (done_at IS NULL)", name="done"),
        CheckConstraint(f"outcome IS NULL OR {one_of('outcome', OUTCOMES)}", name="outcome"),
    )

    request_seq: Mapped[int] = mapped_column(ForeignKey(StatusRequest.seq), primary_key=True)
    certificate_number: Mapped[str] = mapped_column(
        ForeignKey(Certificate.number), primary_key=True, index=True
    )
    seen_seq: Mapped[int] = mapped_column(BigInteger)
    outcome: Mapped[str | None] = mapped_column(String(20))
    done_at: Mapped[datetime | None] = mapped_column(UtcInstant)


@dataclass(frozen=True, slots=True)
class Touched:
    """One certificate of a request, with the last event that was seen."""

    number: str
    seen_seq: int


def write_request(session: Session, request: StatusRequest, certificates: Sequence[Touched]) -> None:
    """Write a request with every certificate that it is about."""
    request.certificates = len(certificates)
    add(session, request)
    rows = [
        {"request_seq": request.seq, "certificate_number": one.number, "seen_seq": one.seen_seq}
        for one in certificates
    ]
    session.execute(insert(RequestedCertificate), rows)


def get_request(session: Session, seq: int) -> StatusRequest:
    """Return one request.

    Raises:
        NotFoundError: ``status_request_not_found``.
    """
    found = session.get(StatusRequest, seq) if 0 < seq < 2**63 else None
    if found is None:
        raise NotFoundError("status_request_not_found")
    return found


def lock_request(session: Session, seq: int) -> StatusRequest:
    """Return one request as it is now, locked until the transaction ends.

    Raises:
        NotFoundError: ``status_request_not_found``.
    """
    get_request(session, seq)
    return session.get_one(StatusRequest, seq, with_for_update=True, populate_existing=True)


def open_request_about(session: Session, number: str) -> StatusRequest | None:
    """Return the request about this one certificate that waits for a second person; None without one."""
    mine = select(StatusRequest).where(StatusRequest.certificate_number == number, _OPEN)
    return session.scalar(mine)


def open_requests(session: Session) -> list[StatusRequest]:
    """Return every request that waits for a second person, the oldest first."""
    return list(session.scalars(select(StatusRequest).where(_OPEN).order_by(StatusRequest.seq)))


def latest_incidents(session: Session, *, limit: int) -> list[StatusRequest]:
    """Return the incidents, the newest first."""
    several = select(StatusRequest).where(StatusRequest.selection != "")
    return list(session.scalars(several.order_by(StatusRequest.seq.desc()).limit(limit)))


def touched_by(session: Session, seq: int) -> list[RequestedCertificate]:
    """Return every certificate of a request, by number."""
    own = select(RequestedCertificate).where(RequestedCertificate.request_seq == seq)
    return list(session.scalars(own.order_by(RequestedCertificate.certificate_number)))


def next_portion(session: Session, seq: int, size: int) -> list[RequestedCertificate]:
    """Return at most *size* certificates of a request that nothing was done about yet, by number."""
    left = select(RequestedCertificate).where(
        RequestedCertificate.request_seq == seq, RequestedCertificate.done_at.is_(None)
    )
    return list(session.scalars(left.order_by(RequestedCertificate.certificate_number).limit(size)))


def count_outcomes(session: Session, seq: int) -> dict[str, int]:
    """Return how many certificates of a request came to what; ``waiting`` for those not dealt with."""
    outcome = RequestedCertificate.outcome
    counted = select(outcome, func.count()).where(RequestedCertificate.request_seq == seq).group_by(outcome)
    return {what or "waiting": count for what, count in session.execute(counted)}


def settle(rows: Iterable[RequestedCertificate], outcome: str, *, now: datetime) -> None:
    """Write down what became of these certificates of a request."""
    for row in rows:
        row.outcome, row.done_at = outcome, now
