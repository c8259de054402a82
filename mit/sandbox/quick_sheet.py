"""A worksheet in the plain spelling that nearly every program writes, read by patterns instead of events.

Events cost a call of Python for the ends of each element, a pattern costs none.  The parser goes over every
byte first, so what is read here is well-formed and declares nothing; and every byte of the rows is accounted
for: a part that spells one cell in another way is left to ``sheet_xml``, whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat

from mit.sandbox.sheet_xml import (
    CELL_LIMIT,
    COLUMN_LIMIT,
    ROW_LIMIT,
    Budget,
    PackedRow,
    column_number,
    shortest_number,
)

_HEAD = re.compile(
    rb"""<\?xml version=["']1\.0["']( encoding=["'](?:utf-8|UTF-8)["'])?( standalone="[a-z]+")?\s*\?>"""
)
_ROW = re.compile(r'\s*<row r="([1-9][0-9]{0,6})"((?: [a-zA-Z0-9:]+="[^"<]*")*)(/?)>')
_HIDDEN = re.compile(r' hidden="(?:1|true)"')
#: The whole cell; its column, row, style and type; its formula, value and text, each where there is one.
_CELL = re.compile(
    r'(<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="([0-9]{1,9})")?(?: t="(n|s|str|b|e|inlineStr)")?'
    r"(?:/>|>(<f>[^<]*</f>|<f/>)?"
    r'(?:<v>([^<]*)</v>|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>|<v/>)?</c>))'
)
_STRING = re.compile(r'(<si><t(?: xml:space="preserve")?>([^<]*)</t></si>)')
_STRINGS = re.compile(r"\s*<sst [^<>]*>(.*)</sst>\s*", re.DOTALL)
_TAG = re.compile(r"</?(?:[^\s<>/:]*:)?([^\s<>/:]+)")
_COLUMN = re.compile(r"<col ([^<>]*)/>")
_SPAN = {name: re.compile(rf'\b{name}="([1-9][0-9]{{0,5}})"') for name in ("min", "max")}
_CHARACTER = re.compile(r"&(?:#([0-9]{1,7})|#x([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_LINE_END = re.compile(r"\r\n?")
_SPACES = " \t\n"
_NUMBERS, _NEITHER = frozenset({"", "n"}), frozenset({"b", "e"})
#: An index of so many digits is none.
_LONG = 8


class NotPlainError(Exception):
    """Something that the patterns do not name: the part is to be read by the parser."""


def read_strings(part: bytes) -> list[str]:
    """Return the shared texts of a part in which each is one plain text.

    Raises:
        NotPlainError: one is not.
    """
    whole = _STRINGS.fullmatch(_plain_text(part))
    found = _STRING.findall(whole[1]) if whole else []
    if not whole or len(found) > CELL_LIMIT or sum(len(entry) for entry, _ in found) != len(whole[1]):
        raise NotPlainError
    return [_unescaped(text) for _, text in found]


def read_rows(
    part: bytes, strings: list[str], percent_styles: set[int], budget: Budget
) -> tuple[list[PackedRow], list[tuple[int, int]]]:
    """Return the rows and the hidden columns of a worksheet, as ``sheet_xml.Rows`` would.

    Raises:
        NotPlainError: something is spelled otherwise, or wrong: the parser finds the same and names it.
        UnreadableFileError: ``file_too_many_cells``.
    """
    head, begins, rest = _plain_text(part).partition("<sheetData>")
    body, ends, behind = rest.partition("</sheetData>")
    around = (*_tags(head), *_tags(behind))
    if not begins or not ends or {"c", "row", "v", "t", "f", "rPh", "sheetData"}.intersection(around):
        raise NotPlainError
    cells = _Cells(strings, percent_styles, budget)
    rows = [(row, is_hidden, *cells.take(row, inner)) for row, is_hidden, inner in _rows(body)]
    return [row for row in rows if row[2]], [
        _span(attributes) for attributes in _COLUMN.findall(head + behind) if _hides(attributes)
    ]


def _plain_text(part: bytes) -> str:
    """Return a part that is well-formed UTF-8 and declares nothing, its line ends made one."""
    part = part.removeprefix(b"\xef\xbb\xbf")
    if b"<!" in part or part.count(b"<?") != bool(_HEAD.match(part)):
        raise NotPlainError
    checker = expat.ParserCreate("utf-8")
    try:
        checker.Parse(part, True)  # noqa: FBT003 - so it is spelled there
    except expat.ExpatError as error:
        raise NotPlainError from error
    text = part.decode("utf-8")
    return _LINE_END.sub("\n", text) if "\r" in text else text


def _tags(text: str) -> list[str]:
    return _TAG.findall(text)


def _rows(body: str) -> Iterator[tuple[int, bool, str]]:
    """Yield number, hidden and the XML of the cells of each row; rows without anything too."""
    last = 0
    for piece in body.split("</row>"):
        at, is_open = 0, False
        while not is_open and (match := _ROW.match(piece, at)):
            number, attributes, closed = match.groups()
            at, is_open = match.end(), not closed
            if not last < int(number) <= ROW_LIMIT:
                raise NotPlainError
            last = int(number)
            if is_open:
                yield last, _hides(attributes), piece[at:]
        if not is_open and piece[at:].strip(_SPACES):
            raise NotPlainError


class _Cells:
    """Takes the cells of one row after the other; what repeats itself is looked up."""

    def __init__(self, strings: list[str], percent_styles: set[int], budget: Budget) -> None:
        self._strings, self._budget = strings, budget
        self._signs = {str(style): "p" for style in percent_styles}
        self._columns, self._texts, self._numbers = _Columns(), _Texts(), _Numbers()

    def take(self, row: int, body: str) -> tuple[list[int], str, list[str]]:
        """Return columns, types and values of the cells in *body* that hold anything."""
        found = _CELL.findall(body)
        columns, signs, values, length, number, last = [], "", [], 0, str(row), 0
        column_of = self._columns
        for whole, letters, at, style, kind, formula, value, text in found:
            column = column_of[letters]
            length += len(whole)
            if at != number or column <= last:
                raise NotPlainError
            last = column
            sign = self._sign(kind, style, value, text, formula)
            if sign == "F" and kind not in _NUMBERS and not whole.endswith("</f></c>"):
                sign = _empty_result(kind)
            if sign:
                columns.append(column)
                signs += sign
                values.append(self._value(kind, value, text))
        if length != len(body):
            raise NotPlainError
        self._budget.spend(values)
        return columns, signs, values

    def _sign(self, kind: str, style: str, value: str, text: str, formula: str) -> str:
        """Return the type of a cell; empty where it holds nothing."""
        if not value and not text:
            return "F" if formula else ""
        sign = kind if kind in _NEITHER else "s"
        if kind in _NUMBERS:
            sign = self._signs.get(style, "n")
        return sign.upper() if formula else sign

    def _value(self, kind: str, value: str, text: str) -> str:
        if kind == "s":
            return self._shared(value)
        if not value:
            if text and kind != "inlineStr":
                raise NotPlainError
            return self._texts[text]
        if kind in _NUMBERS:
            return self._numbers[value]
        if kind == "inlineStr":
            raise NotPlainError
        return self._texts[value] if kind == "str" else self._texts[value].strip()

    def _shared(self, index: str) -> str:
        if index.isascii() and index.isdigit() and len(index) < _LONG and int(index) < len(self._strings):
            return self._strings[int(index)]
        raise NotPlainError


class _Columns(dict[str, int]):
    """Letters of a column → its number."""

    def __missing__(self, letters: str) -> int:
        column = column_number(letters)
        if column > COLUMN_LIMIT:
            raise NotPlainError
        self[letters] = column
        return column


class _Texts(dict[str, str]):
    """A text as it is written in XML → the text."""

    def __missing__(self, text: str) -> str:
        self[text] = found = _unescaped(text)
        return found


class _Numbers(dict[str, str]):
    """A stored number → its shortest text."""

    def __missing__(self, text: str) -> str:
        if "&" in text or not text.strip():
            raise NotPlainError
        self[text] = found = shortest_number(text)
        return found


def _empty_result(kind: str) -> str:
    """Return the type of a formula that came to an empty text, as many do where nothing is to be shown."""
    if kind != "str":
        raise NotPlainError
    return "S"


def _unescaped(text: str) -> str:
    return _CHARACTER.sub(_character, text) if "&" in text else text


def _character(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    return _NAMED[name] if name else chr(int(decimal) if decimal else int(hexadecimal, 16))


def _hides(attributes: str) -> bool:
    return "hidden" in attributes and bool(_HIDDEN.search(" " + attributes))


def _span(attributes: str) -> tuple[int, int]:
    first, last = (pattern.search(attributes) for pattern in _SPAN.values())
    if not first or not last or not int(first[1]) <= int(last[1]) <= COLUMN_LIMIT:
        raise NotPlainError
    return int(first[1]), int(last[1])
