"""A cost sheet in a workbook: labelled fields above, one table of lines below (docs/cost-sheet.md).

The cells become the JSON of contract section 5, which then passes the same checks as a JSON file.
Every member's cell is remembered, so that a fault is named by the address of the cell.  Nothing is
dropped in silence: formulas, hidden rows, rounding, reckoned amounts and ignored sheets are reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mit.criteria import cell_values, headings
from mit.criteria.cost_table import TableReader, find_table
from mit.criteria.grid import Cell, Grid, Row, Sheet
from mit.criteria.headings import NOTHING_CHOSEN, Chosen
from mit.criteria.product import YEARLY
from mit.criteria.sheet_report import Notice, Places, Report
from mit.errors import Fault, UnreadableFileError

__all__ = ["Notice", "SheetFile", "look_through", "read_grid"]

_FIELDS = headings.table_of(headings.FIELDS)
_MONEY = frozenset({"price_ex_works", "profit"})
_YEARLY = frozenset(f"product.{name}" for name in YEARLY)
_LISTS = frozenset({"product.models", "process"})
_CURRENCY_WORDS = frozenset(map(headings.plain, ("บาท", "baht", "THB", "฿")))
_RANGE_CELLS = ("property", "unit", "from", "to", "from_included", "to_included")


@dataclass(frozen=True, slots=True)
class SheetFile:
    """What a workbook says: the document, the cell of each member, what was noticed, what is wrong.

    ``sheet`` is the name of the sheet that was read, ``heading_row`` the row of its table's headings.
    """

    document: dict[str, object]
    places: Mapping[str, str]
    notices: tuple[Notice, ...]
    faults: tuple[Fault, ...] = ()
    sheet: str = ""
    heading_row: int = 0


def read_grid(grid: Grid, chosen: Chosen = NOTHING_CHOSEN) -> SheetFile:
    """Return the cost sheet that *grid* holds, unchecked, with the cell of every member.

    Raises:
        UnreadableFileError: as ``look_through``, and ``workbook`` with every fault and its cell.
    """
    found = look_through(grid, chosen)
    if found.faults:
        raise UnreadableFileError("workbook", faults=found.faults)
    return found


def look_through(grid: Grid, chosen: Chosen = NOTHING_CHOSEN) -> SheetFile:
    """Return the same with what is wrong in its cells; *chosen* is what people said their words mean.

    Faults: ``label_unknown``, ``label_twice``, ``label_value``, ``heading_unknown``, ``heading_twice``,
    ``heading_missing``, ``cell_error``, ``cell_formula_without_value``.

    Raises:
        UnreadableFileError: ``workbook_no_table``, ``workbook_two_tables``.
    """
    sheet, at = _find_table(grid, chosen)
    report, places = Report(sheet), Places(sheet.name)
    _notice_other_sheets(report, grid)
    fields = _FieldReader(report, places, chosen)
    for row in sheet.rows[:at]:
        fields.read(row)
    table = TableReader(report, places, chosen=chosen, counts_from_1904=grid.counts_from_1904)
    table.read(sheet.rows, at)
    document = fields.document | {"lines": table.lines}
    notices, faults = tuple(report.notices), tuple(report.faults)
    return SheetFile(document, places, notices, faults, sheet.name, sheet.rows[at].number)


def _find_table(grid: Grid, chosen: Chosen) -> tuple[Sheet, int]:
    found = [(sheet, at) for sheet in grid.sheets if (at := find_table(sheet, chosen)) is not None]
    if len(found) > 1:
        found = [(sheet, at) for sheet, at in found if not is_example(sheet)] or found
    if not found:
        raise UnreadableFileError("workbook_no_table")
    if len(found) > 1:
        names = ", ".join(sheet.name for sheet, _ in found)
        raise UnreadableFileError("workbook_two_tables", names=names[:100])
    return found[0]


def is_example(sheet: Sheet) -> bool:
    """Say whether a sheet is the worked example of the template: it is passed over beside another."""
    return sheet.name in headings.EXAMPLE_SHEETS


def _notice_other_sheets(report: Report, grid: Grid) -> None:
    """Report the sheets that are not read, and whether the one that is read is hidden."""
    for other in grid.sheets:
        if other is report.sheet or not other.rows or other.name in headings.SIDE_SHEETS:
            continue
        report.notice("sheet_example" if is_example(other) else "sheet_ignored", other.name)
    if report.sheet.is_hidden:
        report.notice("sheet_hidden", report.sheet.name)


class _FieldReader:
    """Reads the labelled fields above the table."""

    def __init__(self, report: Report, places: Places, chosen: Chosen) -> None:
        self._report, self._places, self._chosen = report, places, chosen
        self._product: dict[str, object] = {}
        self.document: dict[str, object] = {"product": self._product}

    def read(self, row: Row) -> None:
        """Read one row above the table: a label, then its value or values."""
        label, *values = row.cells
        path = field_of(label, self._chosen)
        values = [cell for cell in values if cell.type != "s" or cell.value.strip()]
        if path in _MONEY and self._is_unit_of_money(values):
            values = []  # only what the money would be in
        if path and not values:
            self._mark(path, label.column + 1, row)
        if not values or path == "":
            return
        if path is None:
            self._report.fault("label_unknown", label.column, row, text=label.value[:40])
            return
        self._report.notice_hidden(row)
        usable = [cell for cell in values if self._report.is_usable(cell, row)]
        if len(usable) == len(values):
            self._take(path, row, usable)

    def _take(self, path: str, row: Row, cells: list[Cell]) -> None:
        holder, _, name = path.rpartition(".")
        target = self._product if holder else self.document
        self._mark(path, cells[0].column, row)
        if path in _LISTS:
            self._extend(target, name, path, row, cells)
        elif path == "product.ranges":
            self._take_range(row, cells)
        elif name in target:
            self._report.fault("label_twice", row.cells[0].column, row, text=row.cells[0].value[:40])
        elif len(cells) > 1 and not (path in _MONEY and self._is_unit_of_money(cells[1:])):
            self._report.fault("label_value", cells[1].column, row, text=cells[1].value[:40])
        else:
            target[name] = self._field_value(path, cells[0], row)

    def _field_value(self, path: str, cell: Cell, row: Row) -> object:
        if path in _MONEY:
            return self._report.number(cell, row, decimals=cell_values.MONEY_DECIMALS)
        if path in _YEARLY:
            return self._report.number(cell, row, decimals=cell_values.NUMBER_DECIMALS)
        if path == "vat_included":
            return cell_values.flag_of(cell)
        return cell_values.text_of(cell)

    def _extend(self, target: dict[str, object], name: str, path: str, row: Row, cells: list[Cell]) -> None:
        entries = target.setdefault(name, [])
        if not isinstance(entries, list):
            return
        for cell in cells:
            for text in cell_values.list_of(cell):
                entries.append(
                    headings.find(text, cell_values.PROCESSES) or text if path == "process" else text
                )
                self._mark(f"{path}[{len(entries)}]", cell.column, row)

    def _take_range(self, row: Row, cells: list[Cell]) -> None:
        """Read property, unit, from, to and whether the ends are included, by their columns."""
        ranges = self._product.setdefault("ranges", [])
        if not isinstance(ranges, list):
            return
        place, first = f"product.ranges[{len(ranges) + 1}]", row.cells[0].column + 1
        span: dict[str, object] = {}
        self._mark(place, first, row)
        for cell in cells:
            if cell.column - first >= len(_RANGE_CELLS):
                self._report.fault("label_value", cell.column, row, text=cell.value[:40])
                continue
            name = _RANGE_CELLS[cell.column - first]
            self._mark(f"{place}.{name}", cell.column, row)
            span[name] = self._range_value(name, cell, row)
        ranges.append(span)

    def _range_value(self, name: str, cell: Cell, row: Row) -> object:
        if name in {"from", "to"}:
            return self._report.number(cell, row, decimals=cell_values.NUMBER_DECIMALS)
        return cell_values.flag_of(cell) if name.endswith("_included") else cell_values.text_of(cell)

    def _is_unit_of_money(self, cells: list[Cell]) -> bool:
        return all(headings.plain(cell.value) in _CURRENCY_WORDS for cell in cells)

    def _mark(self, path: str, column: int, row: Row) -> None:
        self._places.fields.setdefault(path, self._report.sheet.address(column, row.number))


def field_of(label: Cell, chosen: Chosen) -> str | None:
    """Return the path that a label names; empty for one that is not read, None where it is unknown."""
    if label.type != "s":
        return None
    by_hand = chosen.fields.get(headings.plain(label.value))
    return headings.find(label.value, _FIELDS) if by_hand is None else by_hand
