"""Counters without gaps: the row stays locked until the transaction that took the number ends."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.store.db import Base


class Counter(Base):
    """The last number taken in one series, e.g. ``certificate:2569``."""

    __tablename__ = "counters"
    __table_args__ = (CheckConstraint("value >= 0", name="value"),)

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int]


_NEXT = text(
    "INSERT INTO counters (name, value) VALUES (:name, 1)"
    " ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value"
)


def next_value(session: Session, name: str) -> int:
    """Take the next number of the series *name*, from 1 on.

    The row stays locked until the transaction ends, and a rollback gives the number back: so there
    are neither gaps nor doubles.
    """
    return int(session.execute(_NEXT, {"name": name}).scalar_one())
