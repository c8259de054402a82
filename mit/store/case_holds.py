"""Who has taken which case from the queue: advisory, it orders the work and decides nothing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.store.accounts import User
from mit.store.applications import Application
from mit.store.db import Base, UtcInstant, new_id

_LIVE = text("released_at IS NULL")


class CaseHold(Base):
    """A span in which one person worked on a case; at most one is open, and the past stays."""

    __tablename__ = "case_holds"
    __table_args__ = (
        Index(
            "ix_case_holds_live", "application_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE
        ),
        CheckConstraint("released_at IS NULL OR released_at >= taken_at", name="span"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    application_id: Mapped[UUID] = mapped_column(ForeignKey(Application.id), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey(User.id), index=True)
    taken_at: Mapped[datetime] = mapped_column(UtcInstant)
    released_at: Mapped[datetime | None] = mapped_column(UtcInstant)


def live_hold(session: Session, application_id: UUID) -> CaseHold | None:
    """Return who has the case now; None where nobody has."""
    live = select(CaseHold).where(CaseHold.application_id == application_id, CaseHold.released_at.is_(None))
    return session.scalar(live)


def release_hold(session: Session, application_id: UUID, *, now: datetime) -> bool:
    """End the open hold of a case; say whether there was one."""
    live = (CaseHold.application_id == application_id, CaseHold.released_at.is_(None))
    ended = update(CaseHold).where(*live).values(released_at=now).returning(CaseHold.id)
    return bool(session.execute(ended).all())
