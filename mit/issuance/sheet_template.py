"""The cost sheet as a workbook: an empty one to fill in, and one filled with what somebody has already.

Its words are those that ``criteria.headings`` reads, each in Thai and English, so that what is written here
is read back as it was.  Cells offer their words from a list; a worked example and what explains it stand
on sheets of their own, which the reader passes over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from mit.criteria import headings
from mit.document.workbook import WrittenSheet, write_workbook
from mit.document.workbook_styles import Style
from mit.errors import InputError
from mit.i18n import LANGUAGES, say
from mit.issuance.sheet_choices import LISTS, choices_of_fields, choices_of_lines, lists_sheet
from mit.issuance.sheet_example import EXAMPLE, EXAMPLE_FORMULAS, EXAMPLE_OPEN
from mit.values.thai_date import parse_iso_day

#: Members above the table and its columns, in the order in which they are filled in.
FIELDS = (
    "product.name_th",
    "product.name_en",
    "product.hs_code",
    "product.unit",
    "product.brand",
    "product.models",
    "product.capacity_per_year",
    "product.volume_per_year",
    "product.ranges",
    "price_ex_works",
    "vat_included",
    "profit",
    "process",
)
COLUMNS = (
    "kind",
    "name",
    "origin",
    "quantity",
    "unit",
    "unit_price",
    "waste_percent",
    "currency",
    "rate",
    "rate_on",
    "amount",
    "hs_code",
    "country",
    "supplier",
    "supplier_tax_number",
    "supplier_certificate",
    "evidence",
)
FIRST_FIELD_ROW = 3
#: Lines for which the template offers its lists and checks.
MOST_LINES = 10_000
#: Rows that are drawn as a table to begin with.
_DRAWN_ROWS = 60
_WIDTHS = {
    "kind": 20, "name": 38, "origin": 22, "supplier": 30, "evidence": 30,
    "supplier_tax_number": 20, "supplier_certificate": 22, "amount": 16,
}  # fmt: skip
_TEXTS = frozenset({"hs_code", "supplier_tax_number", "supplier_certificate"})
_MONEY = frozenset({"price_ex_works", "profit"})
_FIGURES = frozenset({"amount", "quantity", "unit_price", "waste_percent", "rate"}) | _MONEY
#: A decimal text that a workbook holds as a number without changing it.
_HELD = re.compile(r"(?!-0(\.0*)?$)-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,8})?", re.ASCII)
_MOST_DIGITS = 15
_FIRST_DAY, _LAST_DAY, _DAY_ZERO = date(1900, 3, 1), date(2199, 12, 31), date(1899, 12, 30)

_BLUE, _PALE, _YELLOW, _LINE = "1D3557", "E8EEF5", "FFF9E0", "B8C2CC"
_TITLE = Style(size=14, is_bold=True, colour=_BLUE)
_LEAD = Style(colour="44505C")
_LABEL = Style(is_bold=True, fill=_PALE, border=_LINE, wraps=True)
_HEADING = Style(is_bold=True, colour="FFFFFF", fill=_BLUE, border=_LINE, wraps=True)
_NEEDED = Style(fill=_YELLOW, border=_LINE)
_INPUT = Style(border=_LINE)
_WRAPPED = Style(wraps=True)
_ALWAYS = frozenset(
    {"product.name_th", "product.name_en", "product.hs_code", "product.unit", "price_ex_works"}
)


@cache
def write_template() -> bytes:
    """Return the workbook to fill in: the sheet, a worked example, how to, and the lists."""
    example = _sheet(headings.EXAMPLE_SHEETS[0], EXAMPLE, say_in_both("workbook.example_lead"))
    _vary_amounts(example)
    empty = _sheet(headings.MAIN_SHEET, {"product": {}, "lines": []}, say_in_both("workbook.lead"))
    return write_workbook([empty, example, _how_to(), lists_sheet(_HEADING)])


def write_sheet(document: Mapping[str, Any]) -> bytes:
    """Return the workbook filled with a cost sheet of the contract's shape, right or wrong."""
    filled = _sheet(headings.MAIN_SHEET, document, say_in_both("workbook.lead"))
    return write_workbook([filled, _how_to(), lists_sheet(_HEADING)])


def say_in_both(key: str) -> str:
    """Return a sentence in Thai and then in English, on one line."""
    return " / ".join(say(key, language) for language in LANGUAGES)


def label_of(words: Sequence[str]) -> str:
    """Return the Thai word and its English twin as one heading that is read as either."""
    english = next((word for word in words if word.isascii() and word[:1].isupper()), "")
    return f"{words[0]} / {english}" if english else words[0]


def _sheet(name: str, document: Mapping[str, Any], lead: str) -> WrittenSheet:
    fields = [(path, values) for path in FIELDS for values in _values_of(document, path)]
    heading_row = FIRST_FIELD_ROW + len(fields) + 1
    lines = document.get("lines") or []
    sheet = WrittenSheet(
        name,
        widths=[(at, at, _WIDTHS.get(name, 14), _column_style(name)) for at, name in enumerate(COLUMNS, 1)],
        frozen=(2, heading_row),
        choices=(
            *choices_of_fields([path for path, _ in fields], FIRST_FIELD_ROW),
            *choices_of_lines(COLUMNS, heading_row + 1, heading_row + max(MOST_LINES, len(lines))),
        ),
        heights={1: 22, heading_row: 42},
    )
    sheet.put(1, 1, say_in_both("workbook.title"), _TITLE)
    sheet.put(2, 1, lead, _LEAD)
    for row, (path, values) in enumerate(fields, FIRST_FIELD_ROW):
        _put_field(sheet, row, path, values)
    for column, member in enumerate(COLUMNS, 1):
        sheet.put(heading_row, column, _heading(member), _HEADING)
    for at in range(max(_DRAWN_ROWS, len(lines))):
        line = lines[at] if at < len(lines) else {}
        _put_line(sheet, heading_row + 1 + at, line, is_drawn=at < _DRAWN_ROWS)
    return sheet


def _values_of(document: Mapping[str, Any], path: str) -> list[list[str]]:
    """Return the rows of values of a field: most have one, a range has one for each."""
    holder = document.get("product") or {} if path.startswith("product.") else document
    value = holder.get(path.rpartition(".")[2])
    if path == "product.ranges":
        return [_range_values(span) for span in value or [{}]]
    if path == "vat_included":
        return [[_flag(value)]]
    if path == "process":
        return [[_word(step, headings.PROCESS_WORDS) for step in value or [""]]]
    if isinstance(value, list):
        return [list(value)]
    return [["" if value is None else str(value)]]


def _range_values(span: Mapping[str, Any]) -> list[str]:
    ends = [str(span.get(name) or "") for name in ("property", "unit", "from", "to")]
    flags = [_flag(span.get(name)) if span else "" for name in ("from_included", "to_included")]
    return [*ends, *flags]


def _flag(value: object) -> str:
    if isinstance(value, bool):
        return _word("true" if value else "false", headings.FLAG_WORDS)
    return "" if value is None else str(value)


def _word(code: str, words: Mapping[str, Sequence[str]]) -> str:
    """Return the words of a code as a list offers them; any other word as it is."""
    return LISTS.get(code, code) if code in words else code


def _put_field(sheet: WrittenSheet, row: int, path: str, values: Sequence[str]) -> None:
    sheet.put(row, 1, _label(path), _LABEL)
    style = _NEEDED if path in _ALWAYS else _INPUT
    if path == "product.hs_code":
        style = Style(fill=style.fill, border=style.border, format="text")
    cells = {"product.models": 5, "process": 5, "product.ranges": 6}.get(path, 1)
    for at in range(max(cells, len(values))):
        value = values[at] if at < len(values) else ""
        is_number = path in _MONEY or (path == "product.ranges" and at in {2, 3})
        _put_value(sheet, row, 2 + at, value, style, is_number=is_number)
    if path in _MONEY:
        sheet.put(row, 3, "บาท", _LEAD)


def _label(path: str) -> str:
    """Return the label of a field; a range says in brackets what its cells are."""
    label = label_of(headings.FIELDS[path])
    return f"{label} ({say_in_both('workbook.range_cells')})" if path == "product.ranges" else label


def _heading(member: str) -> str:
    label = label_of(headings.COLUMNS[member])
    return f"{label} (บาท baht)" if member == "amount" else label


def _put_line(sheet: WrittenSheet, row: int, line: Mapping[str, Any], *, is_drawn: bool) -> None:
    for column, member in enumerate(COLUMNS, 1):
        value = line.get(member)
        if not value and not is_drawn:
            continue
        _put_value(sheet, row, column, _line_value(member, value), _cell_style(member), member=member)


def _line_value(member: str, value: object) -> str:
    if isinstance(value, list):
        return "; ".join(map(str, value))
    text = "" if value is None else str(value)
    if member == "kind":
        return _word(text, headings.KIND_WORDS)
    return _word(text, headings.ORIGIN_WORDS) if member == "origin" else text


def _put_value(
    sheet: WrittenSheet,
    row: int,
    column: int,
    value: str,
    style: Style,
    *,
    member: str = "",
    is_number: bool = False,
) -> None:
    """Write a value; what is a figure or a day as such, where a workbook holds it unchanged."""
    if value and (is_number or member in _FIGURES) and is_held(value):
        sheet.put(row, column, value, style, "n")
    elif value and member == "rate_on" and (serial := serial_of(value)):
        sheet.put(row, column, serial, style, "n")
    else:
        sheet.put(row, column, value, style)


def is_held(text: str) -> bool:
    """Say whether a workbook holds this decimal text as a number without changing it."""
    return bool(_HELD.fullmatch(text)) and sum(map(str.isdigit, text)) <= _MOST_DIGITS


def serial_of(text: str) -> str:
    """Return a day as a workbook counts it; empty where it is none that it can count."""
    try:
        day = parse_iso_day(text)
    except InputError:
        return ""
    return str((day - _DAY_ZERO).days) if _FIRST_DAY <= day <= _LAST_DAY else ""


def _cell_style(member: str) -> Style:
    return Style(border=_LINE, format=_format(member))


def _column_style(member: str) -> Style:
    return Style(format=_format(member))


def _format(member: str) -> str:
    return "text" if member in _TEXTS else ("day" if member == "rate_on" else "")


def _vary_amounts(example: WrittenSheet) -> None:
    """Let amounts of the example be given in every way: typed, by a formula, and left open."""
    heading = _heading("kind")
    first = next(row for row, cells in example.rows.items() if cells[1].value == heading) + 1
    column = COLUMNS.index("amount") + 1
    for at, formula in EXAMPLE_FORMULAS.items():
        example.put_formula(first + at, column, formula.format(row=first + at))
    for at in EXAMPLE_OPEN:
        example.put(first + at, column, "", _cell_style("amount"))


def _how_to() -> WrittenSheet:
    sheet = WrittenSheet(headings.SIDE_SHEETS[0], widths=[(1, 1, 70, _WRAPPED), (2, 2, 70, _WRAPPED)])
    sheet.put(1, 1, say("workbook.how_title", "th"), _TITLE)
    sheet.put(1, 2, say("workbook.how_title", "en"), _TITLE)
    for row in range(1, 13):
        for column, language in enumerate(LANGUAGES, 1):
            sheet.put(row + 2, column, say(f"workbook.how_{row}", language), _WRAPPED)
    return sheet
