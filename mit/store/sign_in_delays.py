"""How often signing in failed lately: by account, by address, by who owes a code."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String, delete, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.store.db import Base, UtcInstant, insert_or_ignore


class SignInDelay(Base):
    """Failures in a row under one key; ``waits_until`` is when the next attempt is looked at."""

    __tablename__ = "sign_in_delays"
    __table_args__ = (CheckConstraint("failures >= 0", name="failures"),)

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    failures: Mapped[int] = mapped_column()
    failed_at: Mapped[datetime] = mapped_column(UtcInstant)
    waits_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    told_at: Mapped[datetime | None] = mapped_column(UtcInstant)


def lock_delay(session: Session, key: str, *, now: datetime) -> SignInDelay:
    """Return what is counted under *key*, locked; a fresh row where nothing was."""
    insert_or_ignore(session, SignInDelay, {"key": key, "failures": 0, "failed_at": now})
    found = select(SignInDelay).where(SignInDelay.key == key)
    return session.scalars(found.with_for_update().execution_options(populate_existing=True)).one()


def forget_delay(session: Session, key: str) -> None:
    """Forget what was counted under *key*."""
    session.execute(delete(SignInDelay).where(SignInDelay.key == key))


def forget_old(session: Session, before: datetime, *, most: int) -> int:
    """Forget failures before an instant that let nobody wait any more, at most so many; return how many."""
    is_over = or_(SignInDelay.waits_until.is_(None), SignInDelay.waits_until < before)
    old = select(SignInDelay.key).where(SignInDelay.failed_at < before, is_over).limit(most)
    gone = delete(SignInDelay).where(SignInDelay.key.in_(old)).returning(SignInDelay.key)
    return len(session.execute(gone).all())
