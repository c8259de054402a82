"""The cells of a workbook as the sandbox hands them over, believed only after every shape is checked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise
from typing import Literal, NamedTuple, cast

from mit.errors import UnreadableFileError

CellType = Literal["n", "%", "s", "b", "e", ""]
#: How the sandbox writes a type (``sheet_xml.PackedRow``) → the type, and whether there is a formula.
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
#: A stored number as the sandbox writes it; a double has at most 22 digits here before its point.
_NUMBER = re.compile(r"-?[0-9]{1,22}(\.[0-9]{1,400})?", re.ASCII)


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


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet with its rows from top to bottom; ``hidden_columns`` are spans of columns."""

    name: str
    is_hidden: bool
    hidden_columns: tuple[tuple[int, int], ...]
    rows: tuple[Row, ...]

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
        hidden_columns=tuple(_span(entry) for entry in _list(document["hidden_columns"])),
        rows=tuple(_row(entry) for entry in _list(document["rows"])),
    )


def _span(entry: object) -> tuple[int, int]:
    first, last = _list(entry)
    return _whole(first, _LAST_COLUMN), _whole(last, _LAST_COLUMN)


def _row(entry: object) -> Row:
    number, is_hidden, columns, signs, values = _list(entry)
    form, texts = _form(tuple(_list(columns)), _text(signs)), cast("list[str]", _list(values))
    if len(texts) != len(form.columns):
        raise ValueError("row")
    _text("".join(texts))
    if not all(_NUMBER.fullmatch(texts[at]) for at in form.numbers):
        raise ValueError("number")
    cells = map(_new_cell, zip(form.columns, form.types, texts, form.formulas, strict=True))
    return Row(_whole(number, _LAST_ROW), is_hidden is True, tuple(cells))


class _Form(NamedTuple):
    """What the cells of a row are; ``numbers`` are the indexes of those that hold a number."""

    columns: tuple[int, ...]
    types: tuple[CellType, ...]
    formulas: tuple[bool, ...]
    numbers: tuple[int, ...]


#: A sheet has thousands of rows, and most are of one of few forms.
@lru_cache(maxsize=256)
def _form(columns: tuple[object, ...], signs: str) -> _Form:
    places = tuple(_whole(column, _LAST_COLUMN) for column in columns)
    if not len(places) == len(signs) > 0 or any(left >= right for left, right in pairwise(places)):
        raise ValueError("columns")
    types, formulas = zip(*map(_TYPES.__getitem__, signs), strict=True)
    numbers = tuple(at for at, kind in enumerate(types) if kind in _NUMBER_TYPES)
    return _Form(places, types, formulas, numbers)


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
