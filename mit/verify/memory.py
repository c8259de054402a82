"""A bounded memory for answers about bytes that can never change, and for nothing else.

What is remembered is "this key signed these bytes, and they say this".  Status, dates and keys'
states are asked for in every request: a revocation counts in the very next answer.
"""

from __future__ import annotations

from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memory(Generic[K, V]):
    """Remembers the newest *size* good answers; what was refused is never brought here.

    Forged presentations therefore cannot push out genuine ones.  Safe among threads.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: dict[K, V] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        """Return how many answers are kept."""
        return len(self._kept)

    def get(self, key: K) -> V | None:
        """Return the answer kept under *key*, or None."""
        return self._kept.get(key)

    def keep(self, key: K, value: V) -> V:
        """Keep *value* under *key*, forgetting the oldest where there is no room, and return it."""
        with self._lock:
            while len(self._kept) >= self._size and key not in self._kept:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = value
        return value

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
