"""A bounded memory for what follows from things that cannot change, and for nothing else.

What is remembered: that a key of ours signed these very bytes and what they say; and which answer
follows from one state of the register's row on one day.  The row itself – status, dates, the key's
state – is read in every request, so a revocation counts in the very next answer.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(slots=True)
class _Kept(Generic[V]):
    value: V
    weight: int
    was_asked_for: bool = False


class Memory(Generic[K, V]):
    """Remembers good answers up to a budget in bytes, roughly weighed; the oldest make room.

    One that was asked for again since it became the oldest gets a second chance, so that a stream of
    rare questions does not push out what many ask.  What was refused is never brought here, so
    forgeries cannot push out what is genuine.  Safe among threads.
    """

    def __init__(self, budget_bytes: int) -> None:
        self._budget = budget_bytes
        self._weight = 0
        self._kept: OrderedDict[K, _Kept[V]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """Return how many answers are kept."""
        return len(self._kept)

    def get(self, key: K) -> V | None:
        """Return the answer kept under *key*, or None."""
        found = self._kept.get(key)
        if found is None:
            return None
        found.was_asked_for = True
        return found.value

    def keep(self, key: K, value: V, *, weight_bytes: int = 1) -> V:
        """Keep *value* under *key*, forgetting the oldest where there is no room, and return it."""
        with self._lock:
            if weight_bytes > self._budget:
                return value
            before = self._kept.pop(key, None)
            if before is not None:
                self._weight -= before.weight
            while self._weight + weight_bytes > self._budget:
                self._forget_one()
            self._kept[key] = _Kept(value, weight_bytes)
            self._weight += weight_bytes
        return value

    def _forget_one(self) -> None:
        """Forget the oldest that nobody asked for since its turn came last."""
        while True:
            key, oldest = self._kept.popitem(last=False)
            if not oldest.was_asked_for:
                self._weight -= oldest.weight
                return
            oldest.was_asked_for = False
            self._kept[key] = oldest

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._weight = 0
