"""What a workbook's XML parts say, read as a stream: nothing is built that is not asked for."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import BinaryIO, NoReturn
from xml.parsers import expat

from mit.errors import UnreadableFileError
from mit.sandbox.packed_rows import SEPARATOR, PackedRow

#: Most cells with a value, and most characters in all of them, in one workbook.
CELL_LIMIT = 400_000
TEXT_LIMIT = 16_000_000
#: Excel's own limits.
CELL_TEXT_LIMIT = 32_767
COLUMN_LIMIT = 16_384
ROW_LIMIT = 1_048_576
STYLE_LIMIT = 70_000

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
#: A double in XML Schema; Python alone would also read ``1_000`` and the digits of other scripts.
_DOUBLE = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([Ee][+-]?[0-9]+)?\s*", re.ASCII)
_PERCENT_FORMATS = frozenset({9, 10})
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')

#: A plain decimal of so few digits that no other double is nearer: it is its own shortest text.
_SHORT = re.compile(r"(?!-0$)-?(0|[1-9][0-9]{0,8})(\.[0-9]{0,5}[1-9])?", re.ASCII)


def parse(stream: BinaryIO, part: Part) -> None:
    """Feed *stream* to *part*, each element by its local name; a part that declares anything is refused.

    Without a declaration of its type a part has no entities and refers to nothing outside.

    Raises:
        UnreadableFileError: ``file_hostile_xml``.
        expat.ExpatError: the part is broken.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attrs: part.begin(name.rpartition(":")[2], attrs)
    parser.EndElementHandler = lambda name: part.end(name.rpartition(":")[2])
    parser.CharacterDataHandler = part.characters
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    parser.ParseFile(stream)


def _refuse(*declared: object) -> NoReturn:
    del declared
    raise UnreadableFileError("file_hostile_xml")


class Budget:
    """Counts down what all parts of one workbook may hold together: ``left`` is cells, then characters."""

    def __init__(self) -> None:
        self.left = (CELL_LIMIT, TEXT_LIMIT)

    def spend(self, texts: Sequence[str]) -> None:
        """Take one cell for each of *texts* off the budget.

        Raises:
            UnreadableFileError: ``file_too_many_cells``.
        """
        lengths = [len(text) for text in texts]
        self._spend(len(lengths), sum(lengths), max(lengths, default=0))

    def spend_joined(self, text: str, cells: int) -> None:
        """Take so many cells off the budget, whose texts are parted by the separator.

        Raises:
            UnreadableFileError: ``file_too_many_cells``.
        """
        length = len(text) - (cells - 1)
        longest = length if length <= CELL_TEXT_LIMIT else max(map(len, text.split(SEPARATOR)))
        self._spend(cells, length, longest)

    def _spend(self, cells: int, characters: int, longest: int) -> None:
        self.left = left = self.left[0] - cells, self.left[1] - characters
        if min(left) < 0 or longest > CELL_TEXT_LIMIT:
            raise UnreadableFileError("file_too_many_cells", limit=CELL_LIMIT)


class Part:
    """A part read by the local names of its elements."""

    def begin(self, name: str, attrs: Mapping[str, str]) -> None:
        """Take the beginning of an element."""

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def characters(self, content: str) -> None:
        """Take a piece of text."""


class Sheets(Part):
    """``xl/workbook.xml``: the sheets in order as (name, relation, hidden), and the date system."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []
        self.counts_from_1904 = False

    def begin(self, name: str, attrs: Mapping[str, str]) -> None:
        """Note a sheet or the date system."""
        if name == "sheet":
            relation = next((attrs[a] for a in attrs if a.rpartition(":")[2] == "id"), "")
            hidden = attrs.get("state", "visible") != "visible"
            self.sheets.append((attrs.get("name", ""), relation, hidden))
        elif name == "workbookPr":
            self.counts_from_1904 = attrs.get("date1904", "0") in {"1", "true"}


class Relations(Part):
    """``xl/_rels/workbook.xml.rels``: relation → target, for parts inside the file."""

    def __init__(self) -> None:
        self.targets: dict[str, str] = {}
        self.kinds: dict[str, str] = {}

    def begin(self, name: str, attrs: Mapping[str, str]) -> None:
        """Note a relation that stays inside the file."""
        if name == "Relationship" and attrs.get("TargetMode", "Internal") == "Internal":
            self.targets[attrs.get("Id", "")] = attrs.get("Target", "")
            self.kinds[attrs.get("Id", "")] = attrs.get("Type", "").rpartition("/")[2]


class Strings(Part):
    """``xl/sharedStrings.xml``: the shared texts by index, without phonetic guides."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._pieces: list[str] = []
        self._is_text = self._is_guide = False

    def begin(self, name: str, attrs: Mapping[str, str]) -> None:
        """Start an entry, its text or a guide."""
        del attrs
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._is_guide = True
        elif name == "t":
            self._is_text = not self._is_guide

    def end(self, name: str) -> None:
        """End an entry, its text or a guide."""
        if name == "t":
            self._is_text = False
        elif name == "rPh":
            self._is_guide = False
        elif name == "si":
            if len(self.texts) >= CELL_LIMIT:
                raise UnreadableFileError("file_too_many_cells", limit=CELL_LIMIT)
            self.texts.append("".join(self._pieces))

    def characters(self, content: str) -> None:
        """Take a piece of text."""
        if self._is_text:
            self._pieces.append(content)


class Styles(Part):
    """``xl/styles.xml``: which cell styles show a number as percent."""

    def __init__(self) -> None:
        self._percent_formats = set(_PERCENT_FORMATS)
        self._is_in_cells = False
        self._styles = 0
        self.percent_styles: set[int] = set()

    def begin(self, name: str, attrs: Mapping[str, str]) -> None:
        """Note a number format or a cell style."""
        if name == "numFmt" and "%" in _QUOTED.sub("", attrs.get("formatCode", "")):
            self._percent_formats.add(_whole(attrs.get("numFmtId", "")))
        elif name == "cellXfs":
            self._is_in_cells = True
        elif name == "xf" and self._is_in_cells and self._styles < STYLE_LIMIT:
            if _whole(attrs.get("numFmtId", "0")) in self._percent_formats:
                self.percent_styles.add(self._styles)
            self._styles += 1

    def end(self, name: str) -> None:
        """End the cell styles."""
        if name == "cellXfs":
            self._is_in_cells = False


class Rows(Part):
    """One worksheet: its rows with their cells, hidden rows and hidden columns."""

    def __init__(self, strings: list[str], percent_styles: set[int], budget: Budget) -> None:
        self.rows: list[PackedRow] = []
        self.hidden_columns: list[tuple[int, int]] = []
        self._strings, self._percent_styles, self._budget = strings, percent_styles, budget
        self._row = self._column = 0
        self._is_in_row = self._is_hidden = False
        self._columns: list[int] = []
        self._types: list[str] = []
        self._values: list[str] = []
        self._type = self._style = ""
        self._has_formula = self._has_value = False
        self._takes_text = False
        self._pieces: list[str] = []

    def begin(self, name: str, attrs: Mapping[str, str]) -> None:
        """Start a row, a cell or a part of a cell."""
        if name == "c":
            self._begin_cell(attrs)
        elif name in {"v", "t"}:
            self._takes_text = self._has_value = True
        elif name == "f":
            self._has_formula = True
        elif name == "row":
            self._begin_row(attrs)
        elif name == "rPh":
            self._type = "guide" if self._type == "inlineStr" else self._type
        elif name == "col" and attrs.get("hidden", "0") in {"1", "true"}:
            self._hide(_whole(attrs.get("min", "")), _whole(attrs.get("max", "")))

    def end(self, name: str) -> None:
        """End a part of a cell, or the cell."""
        if name in {"v", "t"}:
            self._takes_text = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()

    def characters(self, content: str) -> None:
        """Take a piece of a cell's value."""
        if self._takes_text and self._type != "guide":
            self._pieces.append(content)

    def _begin_row(self, attrs: Mapping[str, str]) -> None:
        row = _whole(attrs.get("r", "")) if "r" in attrs else self._row + 1
        if self._is_in_row or not self._row < row <= ROW_LIMIT:
            raise UnreadableFileError("file_not_workbook")
        self._row, self._column, self._is_in_row = row, 0, True
        self._is_hidden = attrs.get("hidden", "0") in {"1", "true"}
        self._columns, self._types, self._values = [], [], []

    def _end_row(self) -> None:
        self._is_in_row = False
        if self._columns:
            types = "".join(self._types)
            self.rows.append((self._row, self._is_hidden, self._columns, types, self._values))

    def _begin_cell(self, attrs: Mapping[str, str]) -> None:
        self._column = self._place(attrs["r"]) if "r" in attrs else self._column + 1
        if not self._is_in_row or self._column > COLUMN_LIMIT:
            raise UnreadableFileError("file_not_workbook")
        self._type, self._style = attrs.get("t", "n"), attrs.get("s", "0")
        self._has_formula = self._has_value = False
        self._pieces = []

    def _place(self, reference: str) -> int:
        match = _REFERENCE.fullmatch(reference)
        column = column_number(match[1]) if match else 0
        if not match or int(match[2]) != self._row or column <= self._column:
            raise UnreadableFileError("file_not_workbook")
        return column

    def _end_cell(self) -> None:
        text = "".join(self._pieces)
        kind, value = self._typed(text) if self._has_value and (text or self._has_formula) else ("", "")
        if self._has_formula:
            kind = kind.upper() or "F"
        if kind:
            self._budget.spend((value,))
            self._columns.append(self._column)
            self._types.append(kind)
            self._values.append(value)

    def _typed(self, text: str) -> tuple[str, str]:
        if self._type == "s":
            index = _whole(text)
            if not 0 <= index < len(self._strings):
                raise UnreadableFileError("file_not_workbook")
            return "s", self._strings[index]
        if self._type in {"str", "inlineStr", "guide", "d"}:
            return "s", text
        if self._type in {"b", "e"}:
            return self._type, text.strip()
        if not text.strip():
            return "", ""
        is_percent = _whole(self._style) in self._percent_styles
        return ("p" if is_percent else "n"), shortest_number(text)

    def _hide(self, first: int, last: int) -> None:
        if 1 <= first <= last <= COLUMN_LIMIT and len(self.hidden_columns) < COLUMN_LIMIT:
            self.hidden_columns.append((first, last))


def column_number(letters: str) -> int:
    """Return the column of its letters, from 1: ``A`` 1, ``AA`` 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def shortest_number(text: str) -> str:
    """Return the shortest decimal text of the number that a workbook stores as a double.

    ``0.1`` is stored as 0.1000000000000000055…; what was meant, and what Excel shows, is ``0.1``.

    Raises:
        UnreadableFileError: ``file_not_workbook``.
    """
    if _SHORT.fullmatch(text):
        return text
    stored = float(text) if _DOUBLE.fullmatch(text) else math.nan
    if not abs(stored) < 1e22:
        raise UnreadableFileError("file_not_workbook")
    return f"{Decimal(repr(stored + 0.0)).normalize():f}"


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1
