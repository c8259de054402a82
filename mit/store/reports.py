"""What anyone reported: it stays as it was written; only how to reach the person is forgotten in time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.errors import NotFoundError
from mit.lifecycle.suspicions import LONGEST_CONTACT, LONGEST_NUMBER, ReportState, Suspicion
from mit.store.accounts import User, one_of
from mit.store.db import SERIAL, Base, UtcInstant
from mit.values.thai_date import bangkok_day, year_be


class Report(Base):
    """One report: what is wrong, about which number (as it was typed; perhaps no certificate's), in words.

    ``contact`` is an e-mail address or a telephone number, kept only with consent and forgotten some time
    after the report was closed.  ``note`` says what came of it; only staff reads it.
    """

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint(one_of("suspicion", tuple(map(str, Suspicion))), name="suspicion"),
        CheckConstraint("language IN ('th', 'en')", name="language"),
        CheckConstraint("words <> ''", name="words"),
        CheckConstraint("contact = '' OR consented", name="consent"),
        CheckConstraint("(looked_by_id IS NULL) = (looked_at IS NULL)", name="looked"),
        CheckConstraint("(closed_by_id IS NULL) = (closed_at IS NULL)", name="closed"),
        CheckConstraint("(closed_at IS NULL) = (note = '')", name="note"),
        Index("ix_reports_closed_at", "closed_at"),
    )

    seq: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    suspicion: Mapped[str] = mapped_column(String(20))
    shown_number: Mapped[str] = mapped_column(String(LONGEST_NUMBER))
    words: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(String(LONGEST_CONTACT), default="")
    consented: Mapped[bool]
    language: Mapped[str] = mapped_column(String(2))
    reported_at: Mapped[datetime] = mapped_column(UtcInstant)
    looked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    looked_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    closed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id))
    closed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    note: Mapped[str] = mapped_column(Text, default="")

    @property
    def receipt(self) -> str:
        """Return the number that whoever reported was given, e.g. ``R-2569-000012``."""
        return f"R-{year_be(bangkok_day(self.reported_at))}-{self.seq:06d}"

    @property
    def state(self) -> ReportState:
        """Return how far it is dealt with."""
        if self.closed_at is not None:
            return ReportState.CLOSED
        return ReportState.NEW if self.looked_at is None else ReportState.LOOKED_AT


def get_report(session: Session, seq: int) -> Report:
    """Return one report.

    Raises:
        NotFoundError: ``report_not_found``.
    """
    found = session.get(Report, seq) if 0 < seq < 2**63 else None
    if found is None:
        raise NotFoundError("report_not_found")
    return found


def lock_report(session: Session, seq: int) -> Report:
    """Return one report as it is now, locked until the transaction ends.

    Raises:
        NotFoundError: ``report_not_found``.
    """
    get_report(session, seq)
    return session.get_one(Report, seq, with_for_update=True, populate_existing=True)


def list_reports(session: Session, *, closed: bool, skip: int, limit: int) -> list[Report]:
    """Return reports that are open, the oldest first, or closed ones, the newest first."""
    order = Report.seq.desc() if closed else Report.seq
    found = select(Report).where(_is(closed=closed)).order_by(order)
    return list(session.scalars(found.offset(skip).limit(limit)))


def count_reports(session: Session, *, closed: bool) -> int:
    """Return how many reports are open, or closed."""
    found = select(func.count()).select_from(Report).where(_is(closed=closed))
    return session.scalars(found).one()


def forget_contacts(session: Session, before: datetime, *, most: int) -> int:
    """Forget how to reach who reported what was closed before an instant, at most so many; say how many."""
    due = select(Report.seq).where(Report.closed_at < before, Report.contact != "").limit(most)
    gone = update(Report).where(Report.seq.in_(due)).values(contact="").returning(Report.seq)
    return len(session.execute(gone).all())


def _is(*, closed: bool) -> ColumnElement[bool]:
    return Report.closed_at.is_not(None) if closed else Report.closed_at.is_(None)
