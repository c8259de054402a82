"""A worksheet in the plain spelling that nearly every program writes, read by patterns instead of events.

Events cost a call of Python for the ends of each element, a pattern costs none.  The parser goes over every
byte first, so what is read here is well-formed and declares nothing; and every byte of the rows is accounted
for: a part that spells one cell in another way is left to ``sheet_xml``, whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from xml.parsers import expat

from mit.sandbox.sheet_xml import (
    CELL_LIMIT,
    COLUMN_LIMIT,
    ROW_LIMIT,
    SHORT,
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
_REFERENCE = re.compile(r'(<c r="[A-Z]{1,3})[1-9][0-9]{0,6}(")')
#: Everything between two tags; what stands around it, and for the row's number where a row is compared.
_VALUE = re.compile(r">([^<]+)<")
_VALUE_MARK, _ROW_MARK = "\0", "\1"
#: Most forms of a row that are remembered.
_MOST_FORMS = 100
_STRING = re.compile(r'(<si><t(?: xml:space="preserve")?>([^<]*)</t></si>)')
_STRINGS = re.compile(r"\s*<sst [^<>]*>(.*)</sst>\s*", re.DOTALL)
_TAG = re.compile(r"</?(?:[^\s<>/:]*:)?([^\s<>/:]+)")
_COLUMN = re.compile(r"<col ([^<>]*)/>")
_SPAN = {name: re.compile(rf'\b{name}="([1-9][0-9]{{0,5}})"') for name in ("min", "max")}
_CHARACTER = re.compile(r"&(?:#([0-9]{1,7})|#x([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_LINE_END = re.compile(r"\r\n?")
_SPACES = " \t\n"
_NO_FORMULA = frozenset({"", "<f/>", "<f></f>"})
_NUMBERS, _NEITHER = frozenset({"", "n"}), frozenset({"b", "e"})
#: What makes a text of a value as it is written.
_Lookup = Callable[[str], str]
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
    cells = _Cells(strings, percent_styles)
    rows = [(row, is_hidden, *cells.take(row, inner)) for row, is_hidden, inner in _rows(body)]
    budget.spend([value for row in rows for value in row[4]])
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


class _Form(NamedTuple):
    """How the cells of a row are written: the next row is often written the same but for its values.

    ``pattern`` is all that stands between the values, with a mark for the row's number; ``places`` say where
    the value of each cell is written, ``texts`` which are texts, ``turns`` what the others are turned by.
    """

    pattern: str
    columns: list[int]
    signs: str
    places: list[int]
    texts: list[int]
    turns: list[tuple[int, _Lookup]]


class _Cells:
    """Takes the cells of one row after the other; what repeats itself is looked up."""

    def __init__(self, strings: list[str], percent_styles: set[int]) -> None:
        self._strings = strings
        self._signs = {str(style): "p" for style in percent_styles}
        self._columns, self._numbers = _Columns(), _Numbers()
        self._forms: dict[int, _Form] = {}

    def take(self, row: int, body: str) -> tuple[list[int], str, list[str]]:
        """Return columns, types and values of the cells in *body* that hold anything."""
        written, number = _VALUE.split(body), str(row)
        between = _VALUE_MARK.join(written[::2])
        size = len(between) - between.count("<c ") * len(number)  # the same for rows of one form
        form = self._forms.get(size)
        if form is None or form.pattern.replace(_ROW_MARK, number) != between:
            form = self._form(number, body, between)
            if len(self._forms) >= _MOST_FORMS:
                self._forms.clear()
            self._forms[size] = form
        values = [written[place] for place in form.places]
        for at, turn in form.turns:
            values[at] = turn(values[at])
        if "&" in body:
            for at in form.texts:
                values[at] = _unescaped(values[at])
        return form.columns, form.signs, values

    def _form(self, number: str, body: str, between: str) -> _Form:
        """Return how a row is written; its values are not looked at."""
        form = _Form(_REFERENCE.sub(rf"\1{_ROW_MARK}\2", between), [], "", [], [], [])
        length, last, place, signs = 0, 0, -1, ""
        for whole, letters, row, style, kind, formula, value, text in _CELL.findall(body):
            column = self._columns[letters]
            length += len(whole)
            if row != number or column <= last:
                raise NotPlainError
            last = column
            place += 2 * (formula not in _NO_FORMULA) + 2 * bool(value or text)
            sign = self._sign(kind, style, value or text, formula)
            if sign == "F" and kind not in _NUMBERS and not whole.endswith("</f></c>"):
                sign = _empty_result(kind)
            if sign:
                turn = self._turn(kind, value, text)
                (form.turns.append((len(signs), turn)) if turn else form.texts.append(len(signs)))
                form.columns.append(column)
                form.places.append(place)
                signs += sign
        if length != len(body):
            raise NotPlainError
        return form._replace(signs=signs)

    def _sign(self, kind: str, style: str, written: str, formula: str) -> str:
        """Return the type of a cell; empty where it holds nothing."""
        if not written:
            return "F" if formula else ""
        sign = kind if kind in _NEITHER else "s"
        if kind in _NUMBERS:
            sign = self._signs.get(style, "n")
        return sign.upper() if formula else sign

    def _turn(self, kind: str, value: str, text: str) -> _Lookup | None:
        """Return what the value of a cell is turned by; None for a text as it is written."""
        misplaced = value if kind == "inlineStr" else text
        if misplaced or (kind == "s" and not value):
            raise NotPlainError
        if kind == "s":
            return self._shared
        if not value and not text:
            return _nothing
        if kind in _NUMBERS:
            return self._numbers.__getitem__
        return _stripped if kind in _NEITHER else None

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


class _Numbers(dict[str, str]):
    """A stored number → its shortest text."""

    def __missing__(self, text: str) -> str:
        if SHORT.fullmatch(text):  # nearly all are
            self[text] = text
            return text
        if "&" in text or not text.strip():
            raise NotPlainError
        self[text] = found = shortest_number(text)
        return found


def _nothing(_: str) -> str:
    """Return the value of a formula that was never reckoned."""
    return ""


def _empty_result(kind: str) -> str:
    """Return the type of a formula that came to an empty text, as many do where nothing is to be shown."""
    if kind != "str":
        raise NotPlainError
    return "S"


def _stripped(text: str) -> str:
    return _unescaped(text).strip()


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
