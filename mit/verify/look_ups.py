"""Look-ups are counted, not followed: day, door and answer in memory, added to a table once a minute.

A scan never writes to the database; what writes is a thread of the process, beside all requests
(``mit/web/counting.py``).  A process that is killed loses its last minute and nobody misses it.
Source: performance page, section 2.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from threading import Lock

from mit.store.db import transaction
from mit.store.look_ups import LookUpCount, add_look_ups
from mit.values.thai_date import bangkok_day

Key = tuple[date, str, str]


class Counted:
    """What one process has counted since it last wrote; safe among threads."""

    def __init__(self) -> None:
        self._times: Counter[Key] = Counter()
        self._lock = Lock()

    def count(self, door: str, answer: str, *, now: datetime, times: int = 1) -> None:
        """Count a look-up by *door*: ``scan, number, file, record, api, batch``."""
        with self._lock:
            self._times[bangkok_day(now), door, answer] += times

    def take(self) -> list[LookUpCount]:
        """Return what was counted and begin at nothing again."""
        with self._lock:
            taken, self._times = self._times, Counter()
        return [LookUpCount(*key, times) for key, times in taken.items()]

    def give_back(self, counts: list[LookUpCount]) -> None:
        """Count again what could not be written."""
        with self._lock:
            for asked_on, door, answer, times in counts:
                self._times[asked_on, door, answer] += times


#: What this process has counted.
COUNTED = Counted()


def write_counted(counted: Counted) -> None:
    """Add to the table what was counted; it says nothing about anyone and is no event of the audit log.

    Where the database takes nothing, all of it is kept for the next time and the failure goes on.
    """
    counts = counted.take()
    if not counts:
        return
    is_written = False
    try:
        with transaction() as session:
            add_look_ups(session, counts)
        is_written = True
    finally:
        if not is_written:
            counted.give_back(counts)
