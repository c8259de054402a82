"""Counters without gaps: the row stays locked until the transaction that took the number ends."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from mit.store.db import Base


class Counter(Base):
    """The last number taken in one series, e.g. ``certificate:2569``."""

    __tablename__ = "counters"
    __table_args__ = (CheckConstraint("value >= 0", name="value"),)

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int]
