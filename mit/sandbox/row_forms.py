"""How the rows of a worksheet are written: most are spelled as an earlier one but for number and values.

The spelling of a row is all that stands between its values.  It is looked at once: the parser goes over it,
and its cells have to cover every byte of it.  One that has come several times becomes a pattern of a whole
row, which the following rows of that spelling need nothing but to match.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from mit.sandbox.plain_text import NotPlainError, has_controls, require_well_formed
from mit.sandbox.sheet_xml import COLUMN_LIMIT, column_number

_NUMBER = rb'<row r="([1-9][0-9]{0,6})"'
_SPACES = rb"[ \t\n]*"
_ROW = re.compile(_SPACES + _NUMBER + rb'((?: [a-zA-Z0-9:]+="[^"<&]*")*)(/?)>')
_END = b"</row>"
_HIDDEN = re.compile(rb' hidden="(?:1|true)"')
#: The whole cell; its column, style and type; its formula, value and text, each where there is one.
_CELL = re.compile(
    rb'(<c r="([A-Z]{1,3})\x01"(?: s="(0|[1-9][0-9]{0,8})")?(?: t="(n|s|str|b|e|inlineStr)")?'
    rb"(?:/>|>(<f>\x00?</f>|<f/>)?"
    rb'(?:<v>(\x00?)</v>|<is><t(?: xml:space="preserve")?>(\x00?)</t></is>|<v/>)?</c>))'
)
_REFERENCE = re.compile(rb'(?<=<c r=")([A-Z]{1,3})([1-9][0-9]{0,6})(?=")')
#: Everything between two tags; what stands for it in a spelling, and for the number of the row.
_VALUE = re.compile(rb">([^<]+)<")
_VALUE_MARK, _ROW_MARK = b"\0", b"\1"
#: A spelling becomes a pattern when it came so often, unless it is too long, or there are too many.
OFTEN, _LONGEST, _MOST_PATTERNS = 8, 20_000, 64
#: Most patterns that are tried on a row, and most spellings that are remembered.
_MOST_TRIED, _MOST_SPELLINGS = 8, 1_000
_NUMBERS, _NEITHER = frozenset({b"", b"n"}), frozenset({b"b", b"e"})


class Cell(NamedTuple):
    """A cell that holds something.

    ``place`` is the index of its value among the values of the row; ``turn`` how it is turned into what the
    cell says: ``text``, ``number``, ``shared``, ``trimmed``, or ``nothing`` where it has no value.
    """

    column: int
    sign: str
    place: int
    turn: str


class Layout(NamedTuple):
    """What rows of one or several spellings are: hidden, so many values, these cells."""

    is_hidden: bool
    values: int
    cells: tuple[Cell, ...]


class _Spelling:
    """One way to write a row, and the rows of its layout: number and values of each."""

    def __init__(self, layout: int, rows: list[tuple[bytes, ...]]) -> None:
        self.layout, self.rows = layout, rows
        self.taken_apart = self.matched = 0
        self.pattern: re.Pattern[bytes] | None = None


class RowForms:
    """Takes the rows of one part after the other.

    ``numbers`` and ``order`` are the number of each row and the index of its layout; ``layouts`` are they,
    each with its index, and the number and the values of its rows.
    """

    def __init__(self, percent_styles: set[int]) -> None:
        self._signs = {b"%d" % style: "p" for style in percent_styles}
        self._spellings: dict[tuple[bytes, bytes, bytes], _Spelling] = {}
        self._tried: list[tuple[re.Pattern[bytes], _Spelling]] = []
        self._patterns = 0
        self.numbers: list[bytes] = []
        self.order: list[int] = []
        self.layouts: dict[Layout, tuple[int, list[tuple[bytes, ...]]]] = {}

    def take_all(self, part: bytes, at: int, end: int) -> None:
        """Take the rows between two places.

        Raises:
            NotPlainError: there is something else, or a row is spelled otherwise.
        """
        tried = self._tried
        while at < end:
            for rank, (pattern, known) in enumerate(tried):
                if match := pattern.match(part, at, end):
                    spelling, row, at = known, match.groups(), match.end()
                    known.matched += 1
                    if rank and known.matched > tried[rank - 1][1].matched:
                        tried[rank - 1 : rank + 1] = tried[rank], tried[rank - 1]
                    break
            else:
                spelling, row, at = self._take_apart(part, at, end)
            spelling.rows.append(row)
            self.numbers.append(row[0])
            self.order.append(spelling.layout)

    def _take_apart(self, part: bytes, at: int, end: int) -> tuple[_Spelling, tuple[bytes, ...], int]:
        """Return spelling, number with values, and end of a row that no pattern matches."""
        start = _ROW.match(part, at, end)
        if start is None:
            raise NotPlainError
        number, attributes, closed = start.groups()
        at, close = start.end(), b"/>"
        inner = b""
        if not closed:
            stop = part.find(_END, at, end)
            if stop < 0:
                raise NotPlainError
            inner, at, close = part[at:stop], stop + len(_END), b">"
        if has_controls(inner) or has_controls(attributes):
            raise NotPlainError
        written = _VALUE.split(inner)
        between = (b">" + _VALUE_MARK + b"<").join(written[::2])
        if any(found != number for _, found in _REFERENCE.findall(between)):
            raise NotPlainError
        key = attributes, close, _REFERENCE.sub(rb"\1" + _ROW_MARK, between)
        spelling = self._spellings.get(key) or self._learn(key)
        spelling.taken_apart += 1
        if spelling.taken_apart % OFTEN == 0:
            self._try(key, spelling)
        return spelling, (number, *written[1::2]), at

    def _learn(self, key: tuple[bytes, bytes, bytes]) -> _Spelling:
        attributes, close, between = key
        plain = between.replace(_VALUE_MARK, b"0").replace(_ROW_MARK, b"1")
        require_well_formed((b'<row r="1"', attributes, close, plain, _END if close == b">" else b""))
        cells, values = self._cells(between)
        layout = Layout(bool(_HIDDEN.search(attributes)), values, cells)
        if len(self._spellings) >= _MOST_SPELLINGS:
            self._spellings.clear()
        spelling = _Spelling(*self.layouts.setdefault(layout, (len(self.layouts), [])))
        self._spellings[key] = spelling
        return spelling

    def _try(self, key: tuple[bytes, bytes, bytes], spelling: _Spelling) -> None:
        """Let a spelling be tried on the rows that follow, after the others."""
        if spelling.pattern is None:
            attributes, close, between = key
            if len(between) > _LONGEST or self._patterns >= _MOST_PATTERNS or close != b">":
                return
            self._patterns += 1
            spelling.pattern = _pattern_of(attributes, between)
        del self._tried[_MOST_TRIED - 1 :]
        self._tried.append((spelling.pattern, spelling))

    def _cells(self, between: bytes) -> tuple[tuple[Cell, ...], int]:
        """Return the cells of a spelling that hold anything, and how many values stand in it."""
        cells: list[Cell] = []
        length, last, place = 0, 0, 0
        for whole, letters, style, kind, formula, value, text in _CELL.findall(between):
            column = column_number(letters.decode())
            length += len(whole)
            if not last < column <= COLUMN_LIMIT:
                raise NotPlainError
            last = column
            place += _VALUE_MARK in formula
            has_value = bool(value or text)
            sign = self._sign(kind, style, has_value=has_value, has_formula=bool(formula))
            if sign == "F" and kind not in _NUMBERS and (b"<v" in whole or b"<t" in whole):
                sign = _empty_result(kind)
            if sign:
                turn = _turn(kind, is_value=bool(value), is_text=bool(text))
                cells.append(Cell(column, sign, place, turn))
            place += has_value
        if length != len(between):
            raise NotPlainError
        return tuple(cells), place

    def _sign(self, kind: bytes, style: bytes, *, has_value: bool, has_formula: bool) -> str:
        """Return the sign of a cell; empty where it holds nothing."""
        if not has_value:
            return "F" if has_formula else ""
        sign = kind.decode() if kind in _NEITHER else "s"
        if kind in _NUMBERS:
            sign = self._signs.get(style or b"0", "n")
        return sign.upper() if has_formula else sign


def _pattern_of(attributes: bytes, between: bytes) -> re.Pattern[bytes]:
    pieces = (rb"\1".join(map(re.escape, piece.split(_ROW_MARK))) for piece in between.split(_VALUE_MARK))
    return re.compile(_SPACES + _NUMBER + re.escape(attributes) + b">" + b"([^<]+)".join(pieces) + _END)


def _turn(kind: bytes, *, is_value: bool, is_text: bool) -> str:
    """Return what the value of a cell is turned by."""
    misplaced = is_value if kind == b"inlineStr" else is_text
    if misplaced or (kind == b"s" and not is_value):
        raise NotPlainError
    if kind == b"s":
        return "shared"
    if not is_value and not is_text:
        return "nothing"
    if kind in _NUMBERS:
        return "number"
    return "trimmed" if kind in _NEITHER else "text"


def _empty_result(kind: bytes) -> str:
    """Return the sign of a formula that came to an empty text, as many do where nothing is to be shown."""
    if kind != b"str":
        raise NotPlainError
    return "S"
