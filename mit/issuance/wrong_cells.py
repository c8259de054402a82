"""What is wrong in a workbook that was sent, cell by cell, with the cells around: to be shown or marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mit.criteria.cost_sheet_file import SheetFile, look_through
from mit.criteria.grid import Grid, Row, Sheet, column_letters, find_address
from mit.criteria.rule_set import RuleSet
from mit.criteria.sheet_report import Notice, cell_of
from mit.errors import Fault
from mit.issuance import draft_sections, typed, weigh
from mit.issuance.file_remarks import NoticeKind, kinds_of
from mit.issuance.sheet_choices import LISTS
from mit.issuance.sheet_upload import kept_grid
from mit.roles.actor import Actor

#: Wrong rows that are shown with their neighbours; the copy marks all.
MOST_ROWS = 40
_LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class ShownCell:
    """One cell of the excerpt; ``faults`` is empty where nothing is wrong with it."""

    letters: str
    text: str
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row of the excerpt; ``is_after_gap``: rows between it and the one above are not shown."""

    number: int
    cells: tuple[ShownCell, ...]
    is_heading: bool = False
    is_after_gap: bool = False


@dataclass(frozen=True, slots=True)
class WrongCells:
    """A workbook and what is wrong in it.

    Attributes:
        faults: each at its cell, row by row, or at its member where the workbook has no cell for it.
        is_taken: whether the figures stand in the form all the same.
        notices: what was counted though a reader may not have seen it.
    """

    grid: Grid
    sheet: Sheet
    faults: tuple[Fault, ...]
    notices: tuple[Notice, ...]
    is_taken: bool
    heading_row: int

    @property
    def kinds(self) -> Sequence[NoticeKind]:
        """Return the notices by their kind."""
        return kinds_of(self.notices)

    def by_cell(self) -> dict[tuple[int, int], tuple[Fault, ...]]:
        """Return what is wrong by (column, row) of the sheet."""
        found: dict[tuple[int, int], tuple[Fault, ...]] = {}
        for fault in self.faults:
            if (place := find_address(self.sheet, fault.where)) is not None:
                found[place] = (*found.get(place, ()), fault)
        return found

    def excerpt(self) -> tuple[ShownRow, ...]:
        """Return the heading, the wrong rows, and the rows beside them."""
        wrong = self.by_cell()
        rows = {row.number: row for row in self.sheet.rows}
        faulty = sorted({row for _, row in wrong})[:MOST_ROWS]
        near = {self.heading_row, *(at + step for at in faulty for step in (-1, 0, 1))}
        shown = sorted(at for at in near if at in rows or at in faulty)
        columns = range(
            1, 1 + max((cell.column for at in shown if at in rows for cell in rows[at].cells), default=1)
        )
        columns = range(1, max(columns.stop, *(1 + column for column, row in wrong if row in near), 2))
        before = [0, *shown]
        return tuple(
            replace(
                _shown(at, rows.get(at), columns, wrong),
                is_heading=at == self.heading_row,
                is_after_gap=at > last + 1 and last > 0,
            )
            for last, at in zip(before, shown, strict=False)
        )

    def left(self) -> int:
        """Return how many wrong rows are not in the excerpt."""
        shown = {row.number for row in self.excerpt()}
        return len({row for _, row in self.by_cell()} - shown)


def look_at_cells(actor: Actor, number: str, product: int, *, rule_set: RuleSet) -> WrongCells:
    """Return what is wrong in the workbook that was sent last for a product.

    Raises:
        NotFoundError: ``sheet_file_not_found`` and as ``draft_sections.read``.
        UnreadableFileError: as ``look_through``.
    """
    grid, chosen = kept_grid(actor, number, product)
    found = look_through(grid, chosen)
    sheet = next(one for one in grid.sheets if one.name == found.sheet)
    written = draft_sections.read(actor, number, sheets=())
    described = written.product(product).described.content
    faults = found.faults or _faults_of(found, described, rule_set)
    return WrongCells(
        grid=grid,
        sheet=sheet,
        faults=tuple(sorted(faults, key=lambda fault: _order(sheet, fault))),
        notices=found.notices,
        is_taken=not found.faults,
        heading_row=found.heading_row,
    )


def _faults_of(found: SheetFile, described: typed.Typed, rule_set: RuleSet) -> Sequence[Fault]:
    """Return what is wrong with the content of the sheet, and of the product where it came from here."""
    content = typed.typed_sheet(found.document)
    faults = list(weigh.weigh_sheet(rule_set, described, content).faults)
    product = found.document.get("product")
    if isinstance(product, Mapping) and typed.typed_product(product) == described:
        named = (replace(one, where=f"product.{one.where}") for one in weigh.weigh_product(described).faults)
        faults += [one for one in named if "!" in cell_of(one.where, found.places)]
    return [_at_cell(fault, found.places) for fault in faults]


def _at_cell(fault: Fault, places: Mapping[str, str]) -> Fault:
    """Return a fault at its cell, in the words of a workbook: those that its lists offer."""
    where = cell_of(fault.where, places)
    if fault.code == "member_missing" and "!" in where:
        return Fault("cell_amount_empty" if fault.where.endswith(".amount") else "cell_empty", where)
    choices = str(fault.params.get("choices", "")).split(", ")
    if all(choice in LISTS for choice in choices):
        return replace(
            fault,
            where=where,
            params=fault.params | {"choices": ", ".join(LISTS[choice] for choice in choices)},
        )
    return replace(fault, where=where)


def _order(sheet: Sheet, fault: Fault) -> tuple[int, int]:
    column, row = find_address(sheet, fault.where) or (0, 0)
    return row, column


def _shown(
    at: int, row: Row | None, columns: Iterable[int], wrong: Mapping[tuple[int, int], tuple[Fault, ...]]
) -> ShownRow:
    values = {cell.column: cell.value[:_LONGEST_SHOWN] for cell in row.cells} if row else {}
    cells = (
        ShownCell(column_letters(column), values.get(column, ""), wrong.get((column, at), ()))
        for column in columns
    )
    return ShownRow(at, tuple(cells))
