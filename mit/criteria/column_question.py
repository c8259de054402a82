"""Which column is what?  Asked where a workbook's own words are not known, with a guess where one is near."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from mit.criteria import headings
from mit.criteria.cost_sheet_file import field_of, is_example
from mit.criteria.cost_table import find_table, member_of
from mit.criteria.grid import Cell, Grid, Row, Sheet, column_letters
from mit.criteria.headings import Chosen

#: Rows from the top of a sheet among which the row of headings is looked for and offered.
_FIRST_ROWS = 60
_SAMPLES = 3
_LONGEST_SHOWN = 60
#: How near two words have to be for a guess, of 1,000; how near one is that is part of another, and its
#: fewest letters.
_SAME, _PART_OF, _NEAR = 1_000, 900, 720
_FEWEST_LETTERS = 3
_MOST_LETTERS = 60


@dataclass(frozen=True, slots=True)
class AskedColumn:
    """A column: its letters, its heading, the first values below, and the member that it may be.

    ``guess`` is empty where nothing is near, and ``-`` where the column is known not to be read.
    """

    column: int
    letters: str
    heading: str
    samples: tuple[str, ...]
    guess: str


@dataclass(frozen=True, slots=True)
class AskedField:
    """A label above the table that is not known: its cell, the value beside it, what it may be."""

    row: int
    address: str
    label: str
    sample: str
    guess: str


@dataclass(frozen=True, slots=True)
class ColumnQuestion:
    """What is asked about one row of headings of one sheet (both from 1, as people count).

    ``rows`` are the rows that may be the one: sheet, row, and what stands in it.
    """

    sheet: int
    sheet_name: str
    row: int
    rows: tuple[tuple[int, int, str], ...]
    columns: tuple[AskedColumn, ...]
    fields: tuple[AskedField, ...]


def ask_columns(grid: Grid, chosen: Chosen, *, sheet: int = 0, row: int = 0) -> ColumnQuestion | None:
    """Return the question about the headings in *row* of *sheet*, or in the likeliest; None without any."""
    rows = list(_candidates(grid))
    if not rows:
        return None
    asked = next((found for found in rows if found[:2] == (sheet, row)), None) or _likeliest(
        grid, rows, chosen
    )
    at, number, _ = asked
    of = grid.sheets[at - 1]
    index = next(index for index, one in enumerate(of.rows) if one.number == number)
    shown = tuple((one, its_row, _preview(cells)) for one, its_row, cells in rows)
    columns = _columns(of.rows[index], of.rows[index + 1 :], chosen)
    return ColumnQuestion(at, of.name, number, shown, columns, tuple(_fields(of, of.rows[:index], chosen)))


def _candidates(grid: Grid) -> Iterable[tuple[int, int, tuple[Cell, ...]]]:
    for at, sheet in enumerate(grid.sheets, 1):
        if sheet.name in headings.SIDE_SHEETS or (is_example(sheet) and len(grid.sheets) > 1):
            continue
        for row in sheet.rows[:_FIRST_ROWS]:
            words = tuple(cell for cell in row.cells if cell.type == "s" and cell.value.strip())
            if len(words) > 1:
                yield at, row.number, words


def _likeliest(
    grid: Grid, rows: Sequence[tuple[int, int, tuple[Cell, ...]]], chosen: Chosen
) -> tuple[int, int, tuple[Cell, ...]]:
    """Return the row that holds most words we know or almost know; the widest of those that hold as many."""
    for at, sheet in enumerate(grid.sheets, 1):
        found = find_table(sheet, chosen)
        for one in rows if found is not None else ():
            if one[:2] == (at, sheet.rows[found or 0].number):
                return one

    def weight(one: tuple[int, int, tuple[Cell, ...]]) -> tuple[int, int]:
        near = [member_of(cell, chosen) is not None or bool(_guesses(cell.value)) for cell in one[2]]
        return sum(near), len(near)

    return max(rows, key=weight)


def _preview(cells: Iterable[Cell]) -> str:
    return " | ".join(cell.value.strip() for cell in cells)[:_LONGEST_SHOWN]


def _columns(heading: Row, rows: Sequence[Row], chosen: Chosen) -> tuple[AskedColumn, ...]:
    cells = [cell for cell in heading.cells if cell.value.strip()]
    known = {cell.column: member for cell in cells if (member := member_of(cell, chosen)) is not None}
    guesses = {column: member or "-" for column, member in known.items()}
    offers = [
        (score, cell.column, member)
        for cell in cells
        if cell.column not in known
        for member, score in _guesses(cell.value).items()
    ]
    for _, column, member in sorted(offers, key=lambda offer: (-offer[0], offer[1])):
        if column not in guesses and member not in guesses.values():
            guesses[column] = member
    samples = _samples(rows, [cell.column for cell in cells])
    return tuple(
        AskedColumn(
            cell.column,
            column_letters(cell.column),
            cell.value.strip()[:_LONGEST_SHOWN],
            tuple(samples[cell.column]),
            guesses.get(cell.column, ""),
        )
        for cell in cells
    )


def _samples(rows: Sequence[Row], columns: Iterable[int]) -> dict[int, list[str]]:
    samples: dict[int, list[str]] = {column: [] for column in columns}
    for row in rows[:_FIRST_ROWS]:
        for cell in row.cells:
            found = samples.get(cell.column)
            if found is not None and len(found) < _SAMPLES and cell.value.strip():
                found.append(cell.value.strip()[:_LONGEST_SHOWN])
    return samples


def _fields(sheet: Sheet, rows: Sequence[Row], chosen: Chosen) -> Iterable[AskedField]:
    for row in rows:
        label, *values = row.cells
        shown = next((cell.value.strip() for cell in values if cell.value.strip()), "")
        if not shown or field_of(label, chosen) is not None or not label.value.strip():
            continue
        near = _nearest(label.value, headings.FIELDS)
        yield AskedField(
            row.number,
            sheet.address(label.column, row.number),
            label.value.strip()[:_LONGEST_SHOWN],
            shown[:_LONGEST_SHOWN],
            max(near, key=lambda member: near[member]) if near else "",
        )


def _guesses(text: str) -> dict[str, int]:
    words = {
        member: (*headings.COLUMNS[member], *headings.NEAR_COLUMNS.get(member, ()))
        for member in headings.COLUMNS
        if member
    }
    return _nearest(text, words)


def _nearest(text: str, words: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return the members whose words are near *text*, each with how near."""
    plain = headings.plain(text)[:_MOST_LETTERS]
    found = {
        member: max(_nearness(plain, headings.plain(word)) for word in several)
        for member, several in words.items()
    }
    return {member: score for member, score in found.items() if score >= _NEAR}


def _nearness(one: str, other: str) -> int:
    if one == other:
        return _SAME
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) >= _FEWEST_LETTERS and shorter in longer:
        return _PART_OF + 50 * len(shorter) // len(longer)
    return int(_PART_OF * SequenceMatcher(None, one, other, autojunk=False).ratio())
