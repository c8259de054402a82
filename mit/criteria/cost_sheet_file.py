"""A cost sheet in a workbook: labelled fields above, one table of lines below (docs/cost-sheet.md).

The cells become the JSON of contract section 5, which then passes the same checks as a JSON file.
Every member's cell is remembered, so that a fault is named by the address of the cell.  Nothing is
dropped in silence: formulas, hidden rows, rounding and ignored sheets are reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mit.criteria import cell_values, headings
from mit.criteria.grid import Cell, Grid, Row, Sheet, column_letters
from mit.criteria.product import YEARLY
from mit.errors import Fault, UnreadableFileError
from mit.i18n import say_both

_FIELDS = headings.table_of(headings.FIELDS)
_COLUMNS = headings.table_of(headings.COLUMNS)
_TOTALS = headings.table_of({"total": headings.TOTAL_WORDS})
_NOTES = headings.table_of({"note": headings.NOTE_WORDS})
_TABLE_NEEDS = frozenset({"kind", "name", "amount"})
_YEARLY = frozenset(f"product.{name}" for name in YEARLY)
_LISTS = frozenset({"product.models", "process"})
_CURRENCY_WORDS = frozenset(map(headings.plain, ("บาท", "baht", "THB", "฿")))
_NUMBERS = frozenset({"quantity", "unit_price", "waste_percent", "rate"})
_RANGE_CELLS = ("property", "unit", "from", "to", "from_included", "to_included")


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the file that a reader should know though it is no fault.

    The sentence is ``criteria.notice_<code>``.
    """

    code: str
    where: str
    params: dict[str, str | int] = field(default_factory=dict)

    def to_document(self) -> dict[str, object]:
        """Return ``{"code", "where", "detail": {"th", "en"}}``."""
        detail = say_both(f"criteria.notice_{self.code}", **self.params)
        return {"code": self.code, "where": self.where, "detail": detail}


@dataclass(frozen=True, slots=True)
class SheetFile:
    """What a workbook says: the document, the cell of each member, and what was noticed."""

    document: dict[str, object]
    places: Mapping[str, str]
    notices: tuple[Notice, ...]


def read_grid(grid: Grid) -> SheetFile:
    """Return the cost sheet that *grid* holds, unchecked, with the cell of every member.

    Raises:
        UnreadableFileError: ``workbook`` with every fault and its cell: ``workbook_no_table``,
            ``workbook_two_tables``, ``label_unknown``, ``label_twice``, ``label_value``,
            ``heading_unknown``, ``heading_twice``, ``cell_error``, ``cell_formula_without_value``.
    """
    found = [(sheet, at) for sheet in grid.sheets if (at := _table_at(sheet)) is not None]
    if not found:
        raise UnreadableFileError("workbook_no_table")
    if len(found) > 1:
        names = ", ".join(sheet.name for sheet, _ in found)
        raise UnreadableFileError("workbook_two_tables", names=names[:100])
    sheet, at = found[0]
    reader = _SheetReader(sheet, counts_from_1904=grid.counts_from_1904)
    reader.notice_other_sheets(grid)
    for row in sheet.rows[:at]:
        reader.read_field(row)
    reader.read_table(sheet.rows[at], sheet.rows[at + 1 :])
    if reader.faults:
        raise UnreadableFileError("workbook", faults=reader.faults)
    return SheetFile(reader.document, reader.places, tuple(reader.notices))


def _table_at(sheet: Sheet) -> int | None:
    """Return the index of the row that holds the table's headings."""
    for index, row in enumerate(sheet.rows):
        meanings = {headings.find(cell.value, _COLUMNS) for cell in row.cells if cell.type == "s"}
        if meanings >= _TABLE_NEEDS:
            return index
    return None


class _SheetReader:
    """Collects the document, the places, the faults and the notices of one sheet."""

    def __init__(self, sheet: Sheet, *, counts_from_1904: bool) -> None:
        self._sheet = sheet
        self._counts_from_1904 = counts_from_1904
        self._product: dict[str, object] = {}
        self._lines: list[dict[str, object]] = []
        self._noticed_columns: set[int] = set()
        self.document: dict[str, object] = {"product": self._product, "lines": self._lines}
        self.places: dict[str, str] = {}
        self.faults: list[Fault] = []
        self.notices: list[Notice] = []

    def notice_other_sheets(self, grid: Grid) -> None:
        """Report the sheets that are not read, and whether the one that is read is hidden."""
        for other in grid.sheets:
            if other is not self._sheet and other.rows:
                self._notice("sheet_ignored", other.name)
        if self._sheet.is_hidden:
            self._notice("sheet_hidden", self._sheet.name)

    def read_field(self, row: Row) -> None:
        """Read one row above the table: a label, then its value or values."""
        label, *values = row.cells
        path = headings.find(label.value, _FIELDS) if label.type == "s" else None
        values = [cell for cell in values if cell.type != "s" or cell.value.strip()]
        if not values:
            return
        if path is None:
            self._fault("label_unknown", label.column, row, text=label.value[:40])
            return
        self._notice_hidden(row)
        usable = [cell for cell in values if self._is_usable(cell, row)]
        if len(usable) == len(values):
            self._take_field(path, row, usable)

    def read_table(self, heading: Row, rows: tuple[Row, ...]) -> None:
        """Read the table: its headings say which column is which member."""
        columns = self._columns(heading, rows)
        for row in rows:
            cells = [cell for cell in row.cells if cell.value.strip() or cell.has_formula]
            if self._is_left_out(row, cells, columns):
                continue
            used = [cell for cell in cells if columns.get(cell.column)]
            if used:
                self._notice_hidden(row)
                self._read_line(row, used, columns)

    def _take_field(self, path: str, row: Row, cells: list[Cell]) -> None:
        holder, _, name = path.rpartition(".")
        target = self._product if holder else self.document
        self._mark(path, cells[0].column, row)
        if path in _LISTS:
            self._extend(target, name, path, row, cells)
        elif path == "product.ranges":
            self._take_range(row, cells)
        elif name in target:
            self._fault("label_twice", row.cells[0].column, row, text=row.cells[0].value[:40])
        elif len(cells) > 1 and not self._is_unit_of_money(path, cells[1:]):
            self._fault("label_value", cells[1].column, row, text=cells[1].value[:40])
        else:
            target[name] = self._field_value(path, cells[0], row)

    def _field_value(self, path: str, cell: Cell, row: Row) -> object:
        if path in {"price_ex_works", "profit"}:
            return self._number(cell, row, decimals=cell_values.MONEY_DECIMALS)
        if path in _YEARLY:
            return self._number(cell, row, decimals=cell_values.NUMBER_DECIMALS)
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
                self._fault("label_value", cell.column, row, text=cell.value[:40])
                continue
            name = _RANGE_CELLS[cell.column - first]
            self._mark(f"{place}.{name}", cell.column, row)
            span[name] = self._range_value(name, cell, row)
        ranges.append(span)

    def _range_value(self, name: str, cell: Cell, row: Row) -> object:
        if name in {"from", "to"}:
            return self._number(cell, row, decimals=cell_values.NUMBER_DECIMALS)
        return cell_values.flag_of(cell) if name.endswith("_included") else cell_values.text_of(cell)

    def _columns(self, heading: Row, rows: tuple[Row, ...]) -> dict[int, str]:
        columns: dict[int, str] = {}
        for cell in heading.cells:
            meaning = headings.find(cell.value, _COLUMNS) if cell.type == "s" else None
            if meaning is None:
                self._fault("heading_unknown", cell.column, heading, text=cell.value[:40])
            elif meaning and meaning in columns.values():
                self._fault("heading_twice", cell.column, heading, text=cell.value[:40])
            else:
                columns[cell.column] = meaning
        headed = {cell.column for cell in heading.cells}
        for row in rows:
            for cell in row.cells:
                if cell.column not in headed and cell.value.strip():
                    self._fault("heading_missing", cell.column, row, text=cell.value[:40])
        return columns

    def _is_left_out(self, row: Row, cells: list[Cell], columns: Mapping[int, str]) -> bool:
        """Say whether the row is a total or a note; report it if so."""
        kinds = [cell for cell in cells if columns.get(cell.column) == "kind"]
        words = [cell for cell in cells if cell.type == "s"]
        if not words or (kinds and kinds[0] is not words[0]):
            return False
        first = words[0].value
        if headings.find(first, _TOTALS):
            self._notice("row_total", self._sheet.address(words[0].column, row.number))
            return True
        if len(cells) == 1 and headings.find(first.partition(":")[0], _NOTES):
            self._notice("row_note", self._sheet.address(words[0].column, row.number))
            return True
        return False

    def _read_line(self, row: Row, cells: list[Cell], columns: Mapping[int, str]) -> None:
        line: dict[str, object] = {}
        place = f"lines[{len(self._lines) + 1}]"
        self._mark(place, min(columns), row)
        for column, member in columns.items():
            if member:
                self._mark(f"{place}.{member}", column, row)
        for cell in cells:
            if self._is_usable(cell, row):
                line[columns[cell.column]] = self._line_value(columns[cell.column], cell, row)
        self._lines.append(line)

    def _line_value(self, member: str, cell: Cell, row: Row) -> object:
        if member == "amount":
            return self._number(cell, row, decimals=cell_values.MONEY_DECIMALS)
        if member in _NUMBERS:
            is_percent = member == "waste_percent"
            return self._number(cell, row, decimals=cell_values.NUMBER_DECIMALS, is_percent=is_percent)
        if member == "rate_on":
            return cell_values.day_of(cell, counts_from_1904=self._counts_from_1904)
        if member == "evidence":
            return cell_values.list_of(cell)
        if member in {"kind", "origin"}:
            table = cell_values.KINDS if member == "kind" else cell_values.ORIGINS
            return cell_values.word_of(cell, table)
        return cell_values.text_of(cell)

    def _number(self, cell: Cell, row: Row, *, decimals: int, is_percent: bool = False) -> str:
        text, is_rounded = cell_values.number_of(cell, decimals=decimals, is_percent=is_percent)
        if is_rounded:
            address = self._sheet.address(cell.column, row.number)
            self._notice("cell_rounded", address, found=cell.value, used=text)
        return text

    def _is_usable(self, cell: Cell, row: Row) -> bool:
        """Report a formula; refuse one without a stored value, and an error value."""
        address = self._sheet.address(cell.column, row.number)
        if cell.type == "e":
            self.faults.append(Fault("cell_error", address, {"text": cell.value[:40]}))
            return False
        if cell.has_formula and not cell.type:
            self.faults.append(Fault("cell_formula_without_value", address))
            return False
        if cell.has_formula:
            self._notice("cell_formula", address, value=cell.value[:40])
        if cell.column not in self._noticed_columns and self._sheet.is_column_hidden(cell.column):
            self._noticed_columns.add(cell.column)
            self._notice("column_hidden", f"{self._sheet.name}!{column_letters(cell.column)}")
        return True

    def _is_unit_of_money(self, path: str, cells: list[Cell]) -> bool:
        is_money = path in {"price_ex_works", "profit"}
        return is_money and all(headings.plain(cell.value) in _CURRENCY_WORDS for cell in cells)

    def _notice_hidden(self, row: Row) -> None:
        if row.is_hidden:
            self._notice("row_hidden", f"{self._sheet.name}!{row.number}")

    def _notice(self, code: str, where: str, **params: str | int) -> None:
        self.notices.append(Notice(code, where, params))

    def _fault(self, code: str, column: int, row: Row, **params: str | int) -> None:
        self.faults.append(Fault(code, self._sheet.address(column, row.number), params))

    def _mark(self, path: str, column: int, row: Row) -> None:
        self.places.setdefault(path, self._sheet.address(column, row.number))
