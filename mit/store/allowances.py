"""How much of something that costs was asked for lately, under one key."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.store.db import Base, UtcInstant, insert_or_ignore


class Allowance(Base):
    """What was spent under one key since ``began_at``."""

    __tablename__ = "allowances"
    __table_args__ = (CheckConstraint("spent >= 0", name="spent"),)

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    spent: Mapped[int] = mapped_column()
    began_at: Mapped[datetime] = mapped_column(UtcInstant)


def lock_allowance(session: Session, key: str, *, within: timedelta, now: datetime) -> Allowance:
    """Return what was spent under *key*, locked; nothing once the span *within* is over."""
    insert_or_ignore(session, Allowance, {"key": key, "spent": 0, "began_at": now})
    found = select(Allowance).where(Allowance.key == key)
    row = session.scalars(found.with_for_update().execution_options(populate_existing=True)).one()
    if now - row.began_at >= within:
        row.spent, row.began_at = 0, now
    return row


def forget_old(session: Session, before: datetime, *, most: int) -> int:
    """Forget allowances that began before an instant, at most so many; return how many."""
    old = select(Allowance.key).where(Allowance.began_at < before).limit(most)
    gone = delete(Allowance).where(Allowance.key.in_(old)).returning(Allowance.key)
    return len(session.execute(gone).all())
