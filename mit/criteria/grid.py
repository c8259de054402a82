"""The cells of a workbook as the sandbox hands them over, believed only after every shape is checked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise
from typing import Literal, NamedTuple, cast, overload

from mit.errors import UnreadableFileError

CellType = Literal["n", "%", "s", "b", "e", ""]
#: Parts the values of one column in the sandbox's answer (``packed_rows.SEPARATOR``); no XML may hold it.
SEPARATOR = "\uffff"
#: How the sandbox writes a type (``packed_rows``) → the type, and whether there is a formula.
_VALUES: dict[str, CellType] = {"n": "n", "p": "%", "s": "s", "b": "b", "e": "e"}
_TYPES: dict[str, tuple[CellType, bool]] = {
    **{sign: (kind, False) for sign, kind in _VALUES.items()},
    **{sign.upper(): (kind, True) for sign, kind in _VALUES.items()},
    "F": ("", True),
}
_NUMBER_TYPES = frozenset({"n", "%"})
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
_LAST_COLUMN = 16_384
_LAST_ROW = 1_048_576
#: Stored numbers as the sandbox writes them, a separator behind each; a double has at most 22 digits here
#: before its point.
_NUMBERS = re.compile(rf"(?:-?[0-9]{{1,22}}(?:\.[0-9]{{1,400}})?{SEPARATOR})*+", re.ASCII)


class Cell(NamedTuple):
    """One cell and what it holds.

    ``n`` is a number, ``%`` a number shown as percent, ``s`` text, ``b`` a truth value, ``e`` an
    error; the type is empty where a formula has no stored value.
    """

    column: int
    type: CellType
    value: str
    has_formula: bool


#: ``Cell._make`` without a call of Python for each of a hundred thousand cells.
_new_cell = cast("Callable[[tuple[int, CellType, str, bool]], Cell]", partial(tuple.__new__, Cell))


@dataclass(frozen=True, slots=True)
class Row:
    """One row with its cells from left to right."""

    number: int
    is_hidden: bool
    cells: tuple[Cell, ...]


class Form(NamedTuple):
    """What the cells of rows alike are, from left to right, whatever they say."""

    is_hidden: bool
    columns: tuple[int, ...]
    types: tuple[CellType, ...]
    formulas: tuple[bool, ...]


class RowsAlike:
    """Rows of one form; ``texts`` hold for each cell what it says in all of them, parted by ``SEPARATOR``."""

    def __init__(self, form: Form, texts: Sequence[str]) -> None:
        self.form, self.texts = form, texts

    @cached_property
    def values(self) -> tuple[list[str], ...]:
        """The same, for each cell a list of what it says."""
        return tuple(text.split(SEPARATOR) for text in self.texts)

    def row(self, number: int, at: int) -> Row:
        """Return the row that is number *at* of them, from 0."""
        is_hidden, columns, types, formulas = self.form
        values = [column[at] for column in self.values]
        return Row(
            number, is_hidden, tuple(map(_new_cell, zip(columns, types, values, formulas, strict=True)))
        )


class PackedRows(Sequence[Row]):
    """The rows of a sheet as the sandbox hands them over; cells are made where one row is asked for.

    The row at an index has the number ``numbers[index]`` and is of the rows alike ``kinds[order[index]]``.
    """

    def __init__(self, numbers: Sequence[int], order: Sequence[int], kinds: Sequence[RowsAlike]) -> None:
        self.numbers, self.order, self.kinds = numbers, order, kinds

    @cached_property
    def _places(self) -> list[int]:
        """The place of each row among those of its form."""
        taken = [0] * len(self.kinds)
        places = []
        for kind in self.order:
            places.append(taken[kind])
            taken[kind] += 1
        return places

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.order)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | Sequence[Row]:
        """Return a row, or those of a slice."""
        if isinstance(at, slice):
            return [self[index] for index in range(len(self))[at]]
        return self.kinds[self.order[at]].row(self.numbers[at], self._places[at])


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet with its rows from top to bottom; ``hidden_columns`` are spans of columns."""

    name: str
    is_hidden: bool
    hidden_columns: tuple[tuple[int, int], ...]
    rows: Sequence[Row]

    def address(self, column: int, row: int) -> str:
        """Return the address a person finds, e.g. ``Sheet1!C7``."""
        return f"{self.name}!{column_letters(column)}{row}"

    def is_column_hidden(self, column: int) -> bool:
        """Say whether the column is hidden."""
        return any(first <= column <= last for first, last in self.hidden_columns)


@dataclass(frozen=True, slots=True)
class Grid:
    """A whole workbook; dates count from 1904 in some that come from old Macs."""

    counts_from_1904: bool
    sheets: tuple[Sheet, ...]


def column_letters(column: int) -> str:
    """Return the letters of a column counted from 1: 1 ``A``, 27 ``AA``."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def find_address(sheet: Sheet, address: str) -> tuple[int, int] | None:
    """Return column and row of an address in *sheet*; None for anything else."""
    name, _, place = address.rpartition("!")
    match = _PLACE.fullmatch(place)
    if match is None or name != sheet.name:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column, int(match[2])


def parse_grid(document: object) -> Grid:
    """Return the grid in the sandbox's answer.

    Raises:
        UnreadableFileError: ``file_not_readable`` where its shape is not the promised one.
    """
    try:
        return _grid(document)
    except (TypeError, ValueError, KeyError) as error:
        raise UnreadableFileError("file_not_readable") from error


def _grid(document: object) -> Grid:
    if not isinstance(document, dict):
        raise TypeError("grid")
    sheets = tuple(_sheet(entry) for entry in _list(document["sheets"]))
    return Grid(document["date_1904"] is True, sheets)


def _sheet(document: object) -> Sheet:
    if not isinstance(document, dict):
        raise TypeError("sheet")
    return Sheet(
        name=_text(document["name"]),
        is_hidden=document["hidden"] is True,
        hidden_columns=tuple(_span(entry, _LAST_COLUMN) for entry in _list(document["hidden_columns"])),
        rows=_rows(document),
    )


def _span(entry: object, most: int) -> tuple[int, int]:
    first, last = _list(entry)
    return _whole(first, most), _whole(last, most)


def _rows(document: dict[str, object]) -> PackedRows:
    order = cast("list[int]", _list(document["order"]))
    if not {int}.issuperset(map(type, order)):
        raise TypeError("order")
    counts = Counter(order)
    kinds = [_alike(entry, counts[at]) for at, entry in enumerate(_list(document["forms"]))]
    if len(counts) != len(kinds):
        raise ValueError("order")
    return PackedRows(_numbers(document["spans"], len(order)), order, kinds)


def _numbers(document: object, count: int) -> list[int]:
    """Return the numbers of so many rows."""
    spans = [_span(entry, _LAST_ROW) for entry in _list(document)]
    before = [0, *(last for _, last in spans)]
    if any(not last < first <= end for last, (first, end) in zip(before, spans, strict=False)):
        raise ValueError("numbers")
    if sum(last - first + 1 for first, last in spans) != count:
        raise ValueError("numbers")
    return [number for first, last in spans for number in range(first, last + 1)]


def _alike(entry: object, count: int) -> RowsAlike:
    """Return so many rows of one form."""
    is_hidden, columns, signs, texts = _list(entry)
    form = _form(is_hidden is True, _list(columns), _text(signs))
    values = [_text(text) for text in _list(texts)]
    if any(text.count(SEPARATOR) != count - 1 for text in values):
        raise ValueError("values")
    for kind, text in zip(form.types, values, strict=True):
        if kind in _NUMBER_TYPES and not _NUMBERS.fullmatch(text + SEPARATOR):
            raise ValueError("number")
    return RowsAlike(form, values)


def _form(is_hidden: bool, columns: list[object], signs: str) -> Form:  # noqa: FBT001 - a value of the file
    places = tuple(_whole(column, _LAST_COLUMN) for column in columns)
    if not len(places) == len(signs) > 0 or any(left >= right for left, right in pairwise(places)):
        raise ValueError("columns")
    types, formulas = zip(*map(_TYPES.__getitem__, signs), strict=True)
    return Form(is_hidden, places, types, formulas)


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("list")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    value.encode("utf-8")  # half a surrogate could not be shown: a ValueError
    return value


def _whole(value: object, last: int) -> int:
    if not isinstance(value, int) or not 1 <= value <= last:
        raise ValueError("number")
    return value
