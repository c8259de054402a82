"""The outbox: work to be done after the commit, written in the same transaction, at least once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mit.store.accounts import one_of
from mit.store.db import Base, UtcInstant

STATES = ("waiting", "done", "dead")
_WAITING = text("state = 'waiting'")


class JobRow(Base):
    """One piece of work; ``(kind, key)`` is unique, so asking twice is harmless."""

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("kind", "key"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("(state = 'waiting') = (finished_at IS NULL)", name="finished"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_jobs_waiting", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
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
