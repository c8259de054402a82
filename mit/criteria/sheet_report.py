"""What reading a workbook notices: faults and notices, each with its cell; and the cell of each member."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mit.criteria import cell_values
from mit.criteria.grid import Cell, Row, Sheet, column_letters
from mit.errors import Fault
from mit.i18n import say_both

_LINE = re.compile(r"lines\[([1-9][0-9]{0,6})\](?:\.([a-z_]+))?", re.ASCII)

_LAST_MEMBER = re.compile(r"(\.[^.\[]+|\[\d+\])$")


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


class Places(Mapping[str, str]):
    """Path in the cost sheet → address of its cell; those of the lines are made when they are asked for.

    ``columns`` are the letters of each member's column, ``rows`` the row of each line.
    """

    def __init__(self, sheet: str = "") -> None:
        self.sheet = sheet
        self.fields: dict[str, str] = {}
        self.columns: dict[str, str] = {}
        self.rows: list[int] = []
        self.first_column = "A"

    def __getitem__(self, path: str) -> str:
        """Return the address of the cell.

        Raises:
            KeyError: the workbook has no cell for it.
        """
        if (found := self.fields.get(path)) is not None:
            return found
        match = _LINE.fullmatch(path)
        if match is None or int(match[1]) > len(self.rows):
            raise KeyError(path)
        letters = self.columns[match[2]] if match[2] else self.first_column
        return f"{self.sheet}!{letters}{self.rows[int(match[1]) - 1]}"

    def __iter__(self) -> Iterator[str]:
        """Yield every path."""
        yield from self.fields
        for at in range(1, len(self.rows) + 1):
            yield f"lines[{at}]"
            yield from (f"lines[{at}].{member}" for member in self.columns)

    def __len__(self) -> int:
        """Return how many paths there are."""
        return len(self.fields) + len(self.rows) * (1 + len(self.columns))


def cell_of(where: str, places: Mapping[str, str]) -> str:
    """Return the cell of the member *where*, or of what holds it; *where* itself where none is known."""
    path = where
    while path and path not in places:
        shorter = _LAST_MEMBER.sub("", path)
        if shorter == path:
            return where
        path = shorter
    return places.get(path, where)


class Report:
    """Collects the faults and the notices of one sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.faults: list[Fault] = []
        self.notices: list[Notice] = []
        self._noticed_columns: set[int] = set()

    def fault(self, code: str, column: int, row: Row, **params: str | int) -> None:
        """Note what is wrong with a cell."""
        self.faults.append(Fault(code, self.sheet.address(column, row.number), params))

    def notice(self, code: str, where: str, **params: str | int) -> None:
        """Note what a reader should know."""
        self.notices.append(Notice(code, where, params))

    def notice_hidden(self, row: Row) -> None:
        """Note that a row that counts is hidden."""
        if row.is_hidden:
            self.notice("row_hidden", f"{self.sheet.name}!{row.number}")

    def is_usable(self, cell: Cell, row: Row) -> bool:
        """Report a formula; refuse one without a stored value, and an error value."""
        if self.sheet.hidden_columns:
            self._notice_column(cell.column)
        if not cell.has_formula and cell.type != "e":
            return True
        if cell.type == "e":
            self.fault("cell_error", cell.column, row, text=cell.value[:40])
            return False
        if not cell.type:
            self.fault("cell_formula_without_value", cell.column, row)
            return False
        self.notice_formula(cell.column, row.number, cell.value)
        return True

    def notice_formula(self, column: int, row: int, value: str) -> None:
        """Note that the value of a cell is what its formula came to."""
        self.notice("cell_formula", self.sheet.address(column, row), value=value[:40])

    def number(self, cell: Cell, row: Row, *, decimals: int) -> str:
        """Return the number in a cell as text; report it where it had to be rounded."""
        text, is_rounded = cell_values.number_of(cell, decimals=decimals)
        if is_rounded:
            self.notice_rounded(cell, row, text)
        return text

    def notice_rounded(self, cell: Cell, row: Row, used: str) -> None:
        """Note that another number is used than the one in a cell."""
        address = self.sheet.address(cell.column, row.number)
        self.notice("cell_rounded", address, found=cell.value[:40], used=used)

    def _notice_column(self, column: int) -> None:
        if column not in self._noticed_columns and self.sheet.is_column_hidden(column):
            self._noticed_columns.add(column)
            self.notice("column_hidden", f"{self.sheet.name}!{column_letters(column)}")
