"""A bounded memory for what follows from things that cannot change, and for nothing else.

What is remembered: that a key of ours signed these very bytes and what they say; and which answer
follows from one state of the register's row on one day.  The row itself – status, dates, the key's
state – is read in every request, so a revocation counts in the very next answer.
"""

from __future__ import annotations

from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memory(Generic[K, V]):
    """Remembers good answers up to a budget in bytes, roughly weighed; the oldest make room.

    What was refused is never brought here, so forgeries cannot push out what is genuine.  Safe
    among threads.
    """

    def __init__(self, budget_bytes: int) -> None:
        self._budget = budget_bytes
        self._weight = 0
        self._kept: dict[K, tuple[V, int]] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        """Return how many answers are kept."""
        return len(self._kept)

    def get(self, key: K) -> V | None:
        """Return the answer kept under *key*, or None."""
        found = self._kept.get(key)
        return found[0] if found else None

    def keep(self, key: K, value: V, *, weight_bytes: int = 1) -> V:
        """Keep *value* under *key*, forgetting the oldest where there is no room, and return it."""
        with self._lock:
            if key in self._kept or weight_bytes > self._budget:
                return value
            while self._weight + weight_bytes > self._budget:
                _, weight = self._kept.pop(next(iter(self._kept)))
                self._weight -= weight
            self._kept[key] = (value, weight_bytes)
            self._weight += weight_bytes
        return value

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._weight = 0
