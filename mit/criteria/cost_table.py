"""The table of lines in a workbook: which column is which member, and what each row says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mit.criteria import headings
from mit.criteria.grid import Cell, PackedRows, Row, Sheet, column_letters
from mit.criteria.headings import Chosen
from mit.criteria.line_readers import AS_WRITTEN, Reader, reader_of
from mit.criteria.lines_alike import LinesAlike
from mit.criteria.reckoned_amount import reckon_amount
from mit.criteria.sheet_report import Places, Report

_COLUMNS = headings.table_of(headings.COLUMNS)
_TOTALS = headings.table_of({"total": headings.TOTAL_WORDS})
_NOTES = headings.table_of({"note": headings.NOTE_WORDS})
#: A row of headings has the first two, and one of the others: the amount, or what it is reckoned from.
_NEEDED = frozenset({"kind", "name"})
_AMOUNTS = (frozenset({"amount"}), frozenset({"quantity", "unit_price"}))
#: Every type of a cell (``grid.CellType``).
_KINDS_OF_CELL = ("n", "%", "s", "b", "e", "")


def has_enough(members: Iterable[str | None]) -> bool:
    """Say whether columns of these members are enough for a table of lines."""
    found = frozenset(members)
    return found >= _NEEDED and any(found >= amounts for amounts in _AMOUNTS)


def member_of(heading: Cell, chosen: Chosen) -> str | None:
    """Return the member that a heading names; empty for a column that is not read, None where unknown."""
    if heading.type != "s":
        return None
    by_hand = chosen.columns.get(headings.plain(heading.value))
    return headings.find(heading.value, _COLUMNS) if by_hand is None else by_hand


def find_table(sheet: Sheet, chosen: Chosen) -> int | None:
    """Return the index of the row that holds the table's headings."""
    for index, row in enumerate(sheet.rows):
        if len(row.cells) > len(_NEEDED) and has_enough(member_of(cell, chosen) for cell in row.cells):
            return index
    return None


class TableReader:
    """Reads the rows of one table into lines."""

    def __init__(self, report: Report, places: Places, *, chosen: Chosen, counts_from_1904: bool) -> None:
        self._report, self._places, self._chosen = report, places, chosen
        self._counts_from_1904 = counts_from_1904
        self._columns: dict[int, str] = {}
        self._readers: dict[str, Reader] = {}
        self._known: dict[str, dict[str, dict[str, object]]] = {}
        self._totals: dict[str, bool] = {}
        self._kind_column = 0
        self._headed: set[int] = set()
        self._strange: set[int] = set()
        self.lines: list[dict[str, object]] = []

    def read(self, rows: Sequence[Row], at: int) -> None:
        """Read the table: the headings in the row at index *at* say which column is which member."""
        self._read_headings(rows[at])
        if isinstance(rows, PackedRows) and not self._report.sheet.hidden_columns:
            self._read_packed(rows, at + 1)
        else:
            for row in rows[at + 1 :]:
                self._read_row(row)

    def _read_packed(self, rows: PackedRows, first: int) -> None:
        """Read the rows from index *first* on, those alike together."""
        alike = LinesAlike(self._columns, self._readers, self._is_total)
        lines = [enumerate(alike.read(kind)) for kind in rows.kinds]
        formulas = [alike.formulas(kind) for kind in rows.kinds]
        for index, (number, kind) in enumerate(zip(rows.numbers, rows.order, strict=True)):
            place, line = next(lines[kind])
            if index < first:
                continue
            if line is None:
                self._read_row(rows.kinds[kind].row(number, place))
            else:
                for at in formulas[kind]:
                    value = rows.kinds[kind].values[at][place]
                    self._report.notice_formula(rows.kinds[kind].form.columns[at], number, value)
                self._add(line, number, is_whole=True)

    def _read_row(self, row: Row) -> None:
        cells = [cell for cell in row.cells if cell.value.strip() or _is_open(cell)]
        if not self._is_left_out(row, cells):
            self._read_line(row, cells)

    def _read_headings(self, heading: Row) -> None:
        for cell in heading.cells:
            member = member_of(cell, self._chosen)
            if member is None:
                self._report.fault("heading_unknown", cell.column, heading, text=cell.value[:40])
            elif member and member in self._columns.values():
                self._report.fault("heading_twice", cell.column, heading, text=cell.value[:40])
            else:
                self._columns[cell.column] = member
                if member:
                    self._readers[member] = reader_of(member, counts_from_1904=self._counts_from_1904)
                    self._known[member] = {kind: {} for kind in _KINDS_OF_CELL}
                if member == "kind":
                    self._kind_column = cell.column
        self._headed = {cell.column for cell in heading.cells}
        letters = {member: column_letters(column) for column, member in self._columns.items() if member}
        letters.setdefault("amount", letters.get("unit_price", "A"))
        self._places.columns = letters
        self._places.first_column = column_letters(min(self._headed))

    def _is_left_out(self, row: Row, cells: list[Cell]) -> bool:
        """Say whether the row is a total or a note; report it if so."""
        first = next((cell for cell in cells if cell.type == "s"), None)
        kind = self._kind_column
        if first is None or (first.column != kind and any(cell.column == kind for cell in cells)):
            return False
        code = "row_total" if self._is_total(first.value) else ""
        if len(cells) == 1 and headings.find(first.value.partition(":")[0], _NOTES):
            code = code or "row_note"
        if code:
            self._report.notice(code, self._report.sheet.address(first.column, row.number))
        return bool(code)

    def _is_total(self, word: str) -> bool:
        found = self._totals.get(word)
        if found is None:
            found = self._totals[word] = headings.find(word, _TOTALS) is not None
        return found

    def _read_line(self, row: Row, cells: list[Cell]) -> None:
        line: dict[str, object] = {}
        is_whole, columns, known = True, self._columns, self._known
        is_any_hidden, is_line = bool(self._report.sheet.hidden_columns), False
        for cell in cells:
            column, kind, value, has_formula = cell
            member = columns.get(column)
            if not member:
                self._note_strange(cell, row)
                continue
            is_line = True
            if (has_formula or kind == "e" or is_any_hidden) and not self._report.is_usable(cell, row):
                is_whole = False
            elif kind == "s" and member in AS_WRITTEN:
                line[member] = value
            else:
                text = known[member][kind].get(value)
                line[member] = self._read_cell(member, cell, row) if text is None else text
        if is_line:
            self._report.notice_hidden(row)
            self._add(line, row.number, is_whole=is_whole)

    def _add(self, line: dict[str, object], number: int, *, is_whole: bool) -> None:
        """Add the line of a row; one that says no amount gets the one that its figures come to."""
        self._places.rows.append(number)
        self.lines.append(line)
        if is_whole and "amount" not in line:
            self._reckon(line)

    def _read_cell(self, member: str, cell: Cell, row: Row) -> object:
        """Return what a cell says; the same words come again and again, unless something is to be noticed."""
        found, is_rounded = self._readers[member](cell)
        if is_rounded:
            self._report.notice_rounded(cell, row, str(found))
        elif isinstance(found, str):
            self._known[member][cell.type][cell.value] = found
        return found

    def _reckon(self, line: dict[str, object]) -> None:
        """Give a line without an amount the one that its other figures come to, and say so."""
        found = reckon_amount(line)
        if found is not None:
            line["amount"] = found.amount
            code = "amount_rounded" if found.is_rounded else "amount_reckoned"
            where = self._places[f"lines[{len(self.lines)}].amount"]
            self._report.notice(code, where, amount=found.amount, formula=found.formula)

    def _note_strange(self, cell: Cell, row: Row) -> None:
        """Note a value in a column without a heading, once for each column."""
        if cell.column not in self._headed and cell.column not in self._strange:
            self._strange.add(cell.column)
            self._report.fault("heading_missing", cell.column, row, text=cell.value[:40])


def _is_open(cell: Cell) -> bool:
    """Say whether an empty cell is a formula that was never reckoned; one that gives no text is not."""
    return cell.has_formula and cell.type != "s"
