"""What a function answers, asked once for each question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Lookup(dict[K, V]):
    """A function's answers by question, for columns of thousands of values of which few differ.

    What the function raises is raised again each time; only answers are kept, for as long as the table is.
    """

    def __init__(self, answer: Callable[[K], V]) -> None:
        """Put each question that is new to *answer*."""
        super().__init__()
        self._answer = answer

    def __missing__(self, question: K) -> V:
        """Ask, and keep the answer."""
        self[question] = found = self._answer(question)
        return found


def turned(column: Sequence[K], turn: Callable[[K], V]) -> tuple[V, ...]:
    """Return what *turn* makes of each value, asked once for values that come again and again.

    Raises:
        TypeError: a value cannot be a key; and whatever *turn* raises.
    """
    different = set(column)
    if 2 * len(different) > len(column):  # a table would cost more than it saves
        return tuple(map(turn, column))
    table = {value: turn(value) for value in different}
    return tuple(map(table.__getitem__, column))
