"""A copy of the workbook that was sent, its wrong cells coloured and each with a note that says what to do.

Written from the cells that were read, never from the file: what was a formula is its value, and a text that
begins like one stays a text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from mit.criteria import headings
from mit.criteria.grid import Cell, Sheet, find_address
from mit.document.workbook import WrittenSheet, write_workbook
from mit.document.workbook_styles import Style
from mit.errors import Fault
from mit.i18n import Language, say
from mit.issuance.wrong_cells import WrongCells

#: Most notes in a sheet: programs become slow with more; the colours and the list name every cell.
MOST_NOTES = 1_000
_RED, _DARK_RED, _YELLOW, _BLUE = "FFC9C9", "9B1C1C", "FFF3BF", "1D3557"
_HEADING = Style(is_bold=True, colour="FFFFFF", fill=_BLUE, wraps=True)
_WRAPPED = Style(wraps=True)
#: Notices about one cell: its figure is not quite what stands there.
_ABOUT_FIGURES = frozenset({"cell_rounded", "amount_reckoned", "amount_rounded"})
_FORMULA_STARTS = ("=", "+", "-", "@")
_WIDTH = 18.0

Place = tuple[int, int]


def write_marked_copy(found: WrongCells, language: Language) -> bytes:
    """Return the copy, the list of what is to be corrected first, its sentences in *language*."""
    wrong = {place: _sentences(faults, language) for place, faults in found.by_cell().items()}
    noted = {
        place: say(f"criteria.notice_{notice.code}", language, **notice.params)
        for notice in found.notices
        if notice.code in _ABOUT_FIGURES
        and (place := find_address(found.sheet, notice.where)) is not None
        and place not in wrong
    }
    copies = [
        _copy(sheet, wrong, noted) if sheet is found.sheet else _copy(sheet, {}, {})
        for sheet in found.grid.sheets
        if sheet.name not in headings.MARKED_SHEETS
    ]
    return write_workbook([_list(found, language), *copies])


def _sentences(faults: Sequence[Fault], language: Language) -> str:
    return "\n".join(say(f"errors.{fault.code}", language, **fault.params) for fault in faults)


def _list(found: WrongCells, language: Language) -> WrittenSheet:
    """Return the sheet that lists every wrong cell: its address, what stands there, what is wrong."""
    sheet = WrittenSheet(
        headings.MARKED_SHEETS[0],
        widths=[(1, 1, 32, Style()), (2, 2, 30, Style()), (3, 3, 90, _WRAPPED)],
        frozen=(0, 1),
    )
    for column, name in enumerate(("cell", "found", "wrong"), 1):
        sheet.put(1, column, say(f"workbook.marked_{name}", language), _HEADING)
    values = {(cell.column, row.number): cell.value for row in found.sheet.rows for cell in row.cells}
    for row, fault in enumerate(found.faults, 2):
        place = find_address(found.sheet, fault.where)
        sheet.put(row, 1, fault.where, _quoted(fault.where, Style()))
        value = values.get(place, "") if place else ""
        sheet.put(row, 2, value, _quoted(value, Style(wraps=True)))
        sheet.put(row, 3, _sentences((fault,), language), _WRAPPED)
    return sheet


def _copy(sheet: Sheet, wrong: Mapping[Place, str], noted: Mapping[Place, str]) -> WrittenSheet:
    copy = WrittenSheet(
        sheet.name,
        widths=[(1, max(_columns(sheet, wrong)), _WIDTH, Style())],
        notes=dict(list({**wrong, **noted}.items())[:MOST_NOTES]),
        hidden_rows=frozenset(row.number for row in sheet.rows if row.is_hidden),
    )
    for row in sheet.rows:
        for cell in row.cells:
            style = _style((cell.column, row.number), wrong, noted, cell)
            _put(copy, row.number, cell, style)
    for column, row_number in {**wrong, **noted}:
        if column not in copy.rows.get(row_number, {}):
            copy.put(row_number, column, "", _style((column, row_number), wrong, noted, None))
    return copy


def _columns(sheet: Sheet, wrong: Iterable[Place]) -> list[int]:
    return [1, *(row.cells[-1].column for row in sheet.rows), *(column for column, _ in wrong)]


def _style(place: Place, wrong: Mapping[Place, str], noted: Mapping[Place, str], cell: Cell | None) -> Style:
    number_format = "percent" if cell is not None and cell.type == "%" else ""
    if place in wrong:
        return Style(is_bold=True, colour=_DARK_RED, fill=_RED, border=_DARK_RED, format=number_format)
    return Style(fill=_YELLOW if place in noted else "", format=number_format)


def _quoted(text: str, style: Style) -> Style:
    """Return the style of a text that must not become a formula when somebody edits its cell."""
    if not text.startswith(_FORMULA_STARTS):
        return style
    return replace(style, format="text", is_quoted=True)


def _put(copy: WrittenSheet, row: int, cell: Cell, style: Style) -> None:
    if cell.type == "s":
        copy.put(row, cell.column, cell.value, _quoted(cell.value, style))
    elif cell.type:
        copy.put(row, cell.column, cell.value, style, "n" if cell.type == "%" else cell.type)
    else:
        copy.put(row, cell.column, "", style)


def name_of_copy(number: str, product: int) -> str:
    """Return the name of the file: plain letters and digits."""
    return f"{number}-{product}-marked.xlsx"
