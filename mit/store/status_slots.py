"""Allotted places in the status lists: unique for ever, in no order that tells anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.errors import ConflictError
from mit.store.counters import next_value
from mit.store.db import Base, UtcInstant, insert_or_ignore

#: Places of one status list (the least that the standard allows).
SLOTS_PER_LIST = 131_072
#: So many are allotted before the next list begins: a free place is then found in a try or four.
ALLOTTED_PER_LIST = 100_000
_LISTS_PER_YEAR = 100
#: With three places of four taken, so many misses in a row have a chance of 10⁻³²: chance is broken.
_MOST_TRIES = 256


class StatusSlot(Base):
    """One allotted place in a status list; the list number is ``(year of expiry − 2000) × 100 + shard``."""

    __tablename__ = "status_slots"
    __table_args__ = (
        CheckConstraint("list_number > 0", name="list_number"),
        CheckConstraint(f"slot_index BETWEEN 0 AND {SLOTS_PER_LIST - 1}", name="slot_index"),
    )

    list_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    slot_index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    allotted_at: Mapped[datetime] = mapped_column(UtcInstant)


def allot_slot(
    session: Session, expires_on: date, *, choose: Callable[[int], int], now: datetime
) -> tuple[int, int]:
    """Allot a free place in a list of the year of expiry; return list number and index.

    ``choose(n)`` gives a number from 0 to n − 1, e.g. ``secrets.randbelow``.

    Raises:
        ConflictError: ``status_lists_full``: ten million certificates expire in that year;
            ``status_slot_not_found``: *choose* names taken places again and again.
    """
    taken = next_value(session, f"status_slot:{expires_on.year}") - 1
    shard = taken // ALLOTTED_PER_LIST
    if shard >= _LISTS_PER_YEAR:
        raise ConflictError("status_lists_full", year=expires_on.year)
    list_number = (expires_on.year - 2000) * _LISTS_PER_YEAR + shard
    for _ in range(_MOST_TRIES):
        index = choose(SLOTS_PER_LIST)
        values = {"list_number": list_number, "slot_index": index, "allotted_at": now}
        if insert_or_ignore(session, StatusSlot, values):
            return list_number, index
    raise ConflictError("status_slot_not_found", list_number=list_number)
