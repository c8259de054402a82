"""What the register says of the past: a certificate's dated history; and which status lists there are."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select

from mit.errors import MitError
from mit.store.certificate_history import CertificateEvent
from mit.store.db import reading
from mit.store.health import UNREACHABLE
from mit.store.quick_read import QuickRead
from mit.store.status_slots import StatusSlot


class HistoryRow(NamedTuple):
    """One entry of a certificate's dated status history, in the order of recording."""

    event: str
    status: str
    effective_on: date
    reason: str
    recorded_at: datetime


_events = CertificateEvent.__table__.c
_HISTORY = QuickRead(
    select(*(_events[name] for name in HistoryRow._fields))
    .where(_events.certificate_number == bindparam("key"))
    .order_by(_events.seq)
)


def status_history(number: str) -> list[HistoryRow]:
    """Return the dated status history of one certificate number, in the order of recording.

    Raises:
        MitError: ``register_unreachable``.
    """
    try:
        return [HistoryRow._make(row) for row in _HISTORY.rows(number)]
    except UNREACHABLE as error:
        raise MitError("register_unreachable") from error


def list_numbers() -> list[int]:
    """Return the number of every status list that has an allotted place, sorted."""
    numbers = select(StatusSlot.list_number).distinct().order_by(StatusSlot.list_number)
    with reading() as connection:
        return list(connection.scalars(numbers))
