"""Lines from rows alike, column by column: what nearly all rows of a large sheet are.

Only what needs no word is read here: no error, no formula without a value, no hidden row, nothing rounded, no
total.  A row of which one of these may be true is left to be read cell by cell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mit.criteria.cell_values import are_short
from mit.criteria.grid import Cell, RowsAlike
from mit.criteria.line_readers import AS_WRITTEN, DECIMALS, Reader

#: A line of a cost sheet, as far as its row says it; None for a row that is to be read cell by cell.
Line = dict[str, object] | None


class LinesAlike:
    """Reads rows alike of one table.

    ``columns`` are the member of each column, empty for one that is not read; ``readers`` what reads them;
    ``is_total`` says whether a word names a row of totals.
    """

    def __init__(
        self, columns: Mapping[int, str], readers: Mapping[str, Reader], is_total: Callable[[str], bool]
    ) -> None:
        self._columns, self._readers, self._is_total = columns, readers, is_total

    def read(self, rows: RowsAlike) -> Sequence[Line]:
        """Return what each row says, in their order."""
        members = self._members(rows)
        if members is None:
            return [None] * len(rows.values[0])
        unread: set[int] = set()
        columns = [self._column(member, rows, at, unread) for at, member in enumerate(members)]
        named = [at for at, member in enumerate(members) if member]
        names = [members[at] for at in named]
        said = zip(*(columns[at] for at in named), strict=True)
        lines: list[Line] = [dict(zip(names, values, strict=True)) for values in said]
        for at in unread:
            lines[at] = None
        return lines

    def formulas(self, rows: RowsAlike) -> list[int]:
        """Return the indexes of the cells whose value is read and is what a formula came to."""
        cells = enumerate(zip(rows.form.columns, rows.form.formulas, strict=True))
        return [at for at, (column, has_formula) in cells if has_formula and self._columns.get(column)]

    def _members(self, rows: RowsAlike) -> list[str] | None:
        """Return the member of each cell; None where a word may be needed about each of the rows."""
        is_hidden, columns, types, _ = rows.form
        members = [self._columns[column] for column in columns if column in self._columns]
        is_plain = len(members) == len(columns) > 1 and "kind" in members
        return members if is_plain and not (is_hidden or "e" in types or "" in types) else None

    def _column(self, member: str, rows: RowsAlike, at: int, unread: set[int]) -> Sequence[object]:
        """Return what the cells of a column say; add to *unread* the rows of which one says too little."""
        _, columns, types, formulas = rows.form
        kind, values = types[at], rows.values[at]
        if kind == "n" and member in DECIMALS and are_short(rows.texts[at], DECIMALS[member]):
            return values
        found: Sequence[object]
        if not member or (kind == "s" and member in AS_WRITTEN):
            found = (
                values
                if all(map(str.strip, values))
                else [value if value.strip() else None for value in values]
            )
        elif member == "evidence":  # each line has a list of its own
            found = [self._said(member, Cell(columns[at], kind, value, formulas[at])) for value in values]
        else:
            known = {
                value: self._said(member, Cell(columns[at], kind, value, formulas[at]))
                for value in set(values)
            }
            found = list(map(known.__getitem__, values))
        if None in found:
            unread.update(place for place, one in enumerate(found) if one is None)
        return found

    def _said(self, member: str, cell: Cell) -> object:
        """Return what a cell says; None for one that is blank, is rounded, or names a row of totals."""
        if not cell.value.strip() or (member == "kind" and self._is_total(cell.value)):
            return None
        found, is_rounded = self._readers[member](cell)
        return None if is_rounded else found
