"""A worksheet in the plain spelling that nearly every program writes, read by patterns instead of events.

Events cost a call of Python for the ends of each element, a pattern costs none.  What is read here is
well-formed and declares nothing, for three reasons.  The parser goes over all that stands around the rows, as
if there were none, and over each spelling of a row with signs in the place of its number and its values
(``row_forms``).  Every byte of the rows belongs to a row of such a spelling.  And each value is such text as
XML allows between two tags (``plain_text``).  A part that spells one cell in another way is left to
``sheet_xml``, whole.
"""

from __future__ import annotations

import operator
import re

from mit.sandbox.column_texts import ColumnTexts
from mit.sandbox.packed_rows import SEPARATOR, PackedForm, pack_forms
from mit.sandbox.plain_text import NotPlainError, join_texts, require_well_formed
from mit.sandbox.row_forms import RowForms
from mit.sandbox.sheet_xml import CELL_LIMIT, COLUMN_LIMIT, ROW_LIMIT, Budget

__all__ = ["NotPlainError", "read_rows", "read_strings"]

_BOM = b"\xef\xbb\xbf"
_HEAD = re.compile(
    rb"""<\?xml version=["']1\.0["']( encoding=["'](?:utf-8|UTF-8)["'])?( standalone="[a-z]+")?\s*\?>"""
)
_BEGIN, _END = b"<sheetData>", b"</sheetData>"
_STRING = re.compile(rb'(<si><t(?: xml:space="preserve")?>([^<]*)</t></si>)')
_STRINGS = re.compile(rb"(<sst [^<>]*>)(?:<si>|</sst>)")
_STRINGS_END = b"</sst>"
_TAG = re.compile(rb"</?(?:[^\s<>/:]*:)?([^\s<>/:]+)")
_COLUMN = re.compile(rb'<col((?: [a-zA-Z0-9:]+="[^"<&]*")*) ?/>')
_HIDDEN = re.compile(rb' hidden="(?:1|true)"')
_SPAN = {name: re.compile(rb' %b="([1-9][0-9]{0,5})"' % name) for name in (b"min", b"max")}
#: Elements that are read, and must therefore not stand outside the rows.
_READ = frozenset({b"c", b"row", b"v", b"t", b"f", b"rPh", b"sheetData"})
_LINE_END = re.compile(rb"\r\n?")
_SPACES = b" \t\n"


def read_strings(part: bytes) -> list[str]:
    """Return the shared texts of a part in which each is one plain text.

    Raises:
        NotPlainError: one is not.
    """
    part = _one_line_end(part)
    begin, end = _STRINGS.search(part), part.rfind(_STRINGS_END)
    if not begin or end < 0:
        raise NotPlainError
    around = part[: begin.end(1)] + part[end:]
    _require_plain(around)
    if [tag for tag in _TAG.findall(around) if tag != b"?xml"] != [b"sst"] * 2:
        raise NotPlainError
    found = _STRING.findall(part, begin.end(1), end)
    if len(found) > CELL_LIMIT or sum(len(entry) for entry, _ in found) != end - begin.end(1):
        raise NotPlainError
    return join_texts([text for _, text in found]).split(SEPARATOR) if found else []


def read_rows(
    part: bytes, strings: list[str], percent_styles: set[int], budget: Budget
) -> tuple[dict[str, object], list[tuple[int, int]]]:
    """Return the packed rows and the hidden columns of a worksheet, as ``sheet_xml.Rows`` has them.

    Raises:
        NotPlainError: something is spelled otherwise, or wrong: the parser finds the same and names it.
        UnreadableFileError: ``file_too_many_cells``, ``file_not_workbook``.
    """
    part = _one_line_end(part)
    begin = part.find(_BEGIN) + len(_BEGIN)
    end = part.find(_END, begin)
    if begin < len(_BEGIN) or end < 0:
        raise NotPlainError
    around = part[:begin] + part[end:]
    hidden_columns = _hidden_columns(around)
    while part[end - 1] in _SPACES:
        end -= 1
    forms = RowForms(percent_styles)
    forms.take_all(part, begin, end)
    return _packed(forms, ColumnTexts(strings, budget)), hidden_columns


def _one_line_end(part: bytes) -> bytes:
    """Return a part with its line ends made one, as a parser makes them."""
    part = part.removeprefix(_BOM)
    return _LINE_END.sub(b"\n", part) if b"\r" in part else part


def _require_plain(around: bytes) -> None:
    """Let the parser look at what stands around the rows; it may declare nothing."""
    if b"<!" in around or around.count(b"<?") != bool(_HEAD.match(around)):
        raise NotPlainError
    require_well_formed((around,))


def _hidden_columns(around: bytes) -> list[tuple[int, int]]:
    _require_plain(around)
    tags = _TAG.findall(around)
    columns = _COLUMN.findall(around)
    if tags.count(b"sheetData") != 2 or not _READ.isdisjoint(set(tags) - {b"sheetData"}):
        raise NotPlainError
    if tags.count(b"col") != len(columns):
        raise NotPlainError
    return [_span(attributes) for attributes in columns if _HIDDEN.search(attributes)]


def _span(attributes: bytes) -> tuple[int, int]:
    first, last = (pattern.search(attributes) for pattern in _SPAN.values())
    if not first or not last or not int(first[1]) <= int(last[1]) <= COLUMN_LIMIT:
        raise NotPlainError
    return int(first[1]), int(last[1])


def _packed(forms: RowForms, columns: ColumnTexts) -> dict[str, object]:
    """Return the rows that hold anything."""
    numbers = list(map(int, forms.numbers))
    if any(map(operator.ge, numbers, numbers[1:])) or (numbers and numbers[-1] > ROW_LIMIT):
        raise NotPlainError
    packed: list[PackedForm] = []
    places: list[int] = []
    for layout, (_, rows) in forms.layouts.items():
        _, *values = zip(*rows, strict=True)
        texts = columns.read(layout.cells, values, len(rows))
        places.append(len(packed) if texts else -1)
        if texts:
            signs = "".join(cell.sign for cell in layout.cells)
            packed.append((layout.is_hidden, [cell.column for cell in layout.cells], signs, texts))
    order = [places[index] for index in forms.order] if -1 in places else forms.order
    if -1 in places:
        numbers = [number for number, place in zip(numbers, order, strict=True) if place >= 0]
        order = [place for place in order if place >= 0]
    return pack_forms(numbers, order, packed)
