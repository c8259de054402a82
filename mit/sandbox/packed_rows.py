"""How the rows of a sheet cross the pipe: by their forms, so that what is alike is written and read once.

A form says what the cells of a row are: whether the row is hidden, the columns from 1, and of each cell a
sign: ``n`` number, ``p`` number shown as percent, ``s`` text, ``b`` truth value, ``e`` error; the capital
letter where a formula stands behind the value, ``F`` for a formula without one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

#: Parts the values of one column; no XML may hold this character, so no value does.
SEPARATOR = "\uffff"
#: A row: its number, whether it is hidden, and of its cells the columns, the signs, the values.
PackedRow = tuple[int, bool, list[int], str, list[str]]
#: Rows alike: hidden, columns, signs, and of each column the values of all these rows in one text.
PackedForm = tuple[bool, list[int], str, list[str]]


def pack_rows(rows: Iterable[PackedRow]) -> dict[str, object]:
    """Return ``{"spans", "order", "forms"}`` of rows from top to bottom; see ``pack_forms``."""
    numbers: list[int] = []
    order: list[int] = []
    known: dict[tuple[bool, tuple[int, ...], str], int] = {}
    alike: list[list[list[str]]] = []
    for number, is_hidden, columns, signs, values in rows:
        at = known.setdefault((is_hidden, tuple(columns), signs), len(known))
        if at == len(alike):
            alike.append([])
        alike[at].append(values)
        numbers.append(number)
        order.append(at)
    return pack_forms(
        numbers,
        order,
        [
            (
                is_hidden,
                list(columns),
                signs,
                [SEPARATOR.join(column) for column in zip(*several, strict=True)],
            )
            for (is_hidden, columns, signs), several in zip(known, alike, strict=True)
        ],
    )


def pack_forms(
    numbers: Sequence[int], order: Sequence[int], forms: Sequence[PackedForm]
) -> dict[str, object]:
    """Return ``{"spans", "order", "forms"}``.

    They are the first and the last number of rows that follow each other, the form of each row by its index,
    and the forms.
    """
    return {"spans": _spans(numbers), "order": order, "forms": forms}


def _spans(numbers: Sequence[int]) -> list[tuple[int, int]]:
    if not numbers:
        return []
    if numbers[-1] - numbers[0] == len(numbers) - 1:  # nearly all sheets: no row is left out
        return [(numbers[0], numbers[-1])]
    breaks = [(left, right) for left, right in pairwise(numbers) if right != left + 1]
    firsts = [numbers[0], *(right for _, right in breaks)]
    return list(zip(firsts, [*(left for left, _ in breaks), numbers[-1]], strict=True))
