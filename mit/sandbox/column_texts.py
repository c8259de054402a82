"""What the cells of rows alike say, column by column: what is the same for all is done once for all."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mit.sandbox.packed_rows import SEPARATOR
from mit.sandbox.plain_text import NotPlainError, join_texts
from mit.sandbox.row_forms import Cell
from mit.sandbox.sheet_xml import Budget, shortest_number

#: Decimals of so few digits that no other double is nearer, a separator behind each: nearly all numbers are.
_DECIMALS = re.compile(
    rf"(?:(?!-0(?:\.0+)?{SEPARATOR})-?(?:0|[1-9][0-9]{{0,8}})(?:\.[0-9]{{1,6}})?{SEPARATOR})*+", re.ASCII
)
#: An index of so many digits is none.
_LONG = 8


class ColumnTexts:
    """Reads the values of rows alike; all of them count against one budget."""

    def __init__(self, strings: list[str], budget: Budget) -> None:
        self._shared, self._numbers, self._budget = _Shared(strings), _Numbers(), budget

    def read(self, cells: Sequence[Cell], values: Sequence[Sequence[bytes]], rows: int) -> list[str]:
        """Return one text for each cell: what it says in all rows, parted by the separator.

        *values* are, for each value that stands in such a row, what is written there in all of them.

        Raises:
            NotPlainError: a value is not allowed, or is none of its type.
            UnreadableFileError: ``file_too_many_cells``; ``file_not_workbook`` for a number that is none.
        """
        written = [join_texts(column) for column in values]
        texts = [
            self._turned(cell.turn, written[cell.place]) if cell.turn != "nothing" else SEPARATOR * (rows - 1)
            for cell in cells
        ]
        for text in texts:
            self._budget.spend_joined(text, rows)
        return texts

    def _turned(self, turn: str, text: str) -> str:
        if turn == "text":
            return text
        if turn == "number" and _DECIMALS.fullmatch(text + SEPARATOR):
            return SEPARATOR.join(map(_shortest, text.split(SEPARATOR)))
        several = text.split(SEPARATOR)
        if turn == "number":
            return SEPARATOR.join(map(self._numbers.__getitem__, several))
        return SEPARATOR.join(map(str.strip if turn == "trimmed" else self._shared.__getitem__, several))


def _shortest(decimal: str) -> str:
    return decimal.rstrip("0").rstrip(".") if "." in decimal else decimal


class _Shared(dict[str, str]):
    """The index of a shared text → the text."""

    def __init__(self, strings: list[str]) -> None:
        super().__init__()
        self._strings = strings

    def __missing__(self, index: str) -> str:
        if not (
            index.isascii() and index.isdigit() and len(index) < _LONG and int(index) < len(self._strings)
        ):
            raise NotPlainError
        self[index] = found = self._strings[int(index)]
        return found


class _Numbers(dict[str, str]):
    """A stored number → its shortest text."""

    def __missing__(self, text: str) -> str:
        if not text.strip():
            raise NotPlainError
        self[text] = found = shortest_number(text)
        return found
