"""How many look-ups there were: by day, door and answer, and nothing about what was asked or by whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import CheckConstraint, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.store.db import Base, insert_or_ignore


class LookUps(Base):
    """The look-ups of one Bangkok day by one door with one answer."""

    __tablename__ = "look_ups"
    __table_args__ = (CheckConstraint("times >= 0", name="times"),)

    asked_on: Mapped[date] = mapped_column(primary_key=True)
    door: Mapped[str] = mapped_column(String(16), primary_key=True)
    answer: Mapped[str] = mapped_column(String(16), primary_key=True)
    times: Mapped[int] = mapped_column()


class LookUpCount(NamedTuple):
    """How often one door gave one answer on one day."""

    asked_on: date
    door: str
    answer: str
    times: int


def add_look_ups(session: Session, counts: Sequence[LookUpCount]) -> None:
    """Add *counts* to what other processes have added; always in one order, so that none waits in a ring."""
    for asked_on, door, answer, times in sorted(counts):
        values = {"asked_on": asked_on, "door": door, "answer": answer, "times": 0}
        insert_or_ignore(session, LookUps, values)
        same = (LookUps.asked_on == asked_on) & (LookUps.door == door) & (LookUps.answer == answer)
        session.execute(update(LookUps).where(same).values(times=LookUps.times + times))


def look_ups_since(session: Session, day: date) -> Sequence[LookUpCount]:
    """Return what was counted on *day* and later, the newest day first."""
    found = select(LookUps).where(LookUps.asked_on >= day)
    order = (LookUps.asked_on.desc(), LookUps.door, LookUps.answer)
    rows = session.scalars(found.order_by(*order))
    return [LookUpCount(row.asked_on, row.door, row.answer, row.times) for row in rows]
