"""What a cell in the column of a member says, whatever row it stands in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from mit.criteria import cell_values
from mit.criteria.cost_line import TEXT_MEMBERS
from mit.criteria.grid import Cell

#: Decimals kept of the members that are numbers.
DECIMALS: Mapping[str, int] = {
    "amount": cell_values.MONEY_DECIMALS,
    **dict.fromkeys(("quantity", "unit_price", "waste_percent", "rate"), cell_values.NUMBER_DECIMALS),
}
#: A text in one of these columns is the member as it stands.
AS_WRITTEN = frozenset({"name", "hs_code", *TEXT_MEMBERS})

#: What a cell says as the text of a member, or as several; and whether it had to be rounded.
Reader = Callable[[Cell], tuple[object, bool]]


def reader_of(member: str, *, counts_from_1904: bool) -> Reader:
    """Return what reads the cells in the column of a member."""
    if member in DECIMALS:
        is_percent = member == "waste_percent"
        return partial(cell_values.number_of, decimals=DECIMALS[member], is_percent=is_percent)
    others: Mapping[str, Callable[[Cell], object]] = {
        "rate_on": partial(cell_values.day_of, counts_from_1904=counts_from_1904),
        "evidence": cell_values.list_of,
        "kind": partial(cell_values.word_of, table=cell_values.KINDS),
        "origin": partial(cell_values.word_of, table=cell_values.ORIGINS),
        "currency": partial(cell_values.word_of, table=cell_values.CURRENCIES),
    }
    return partial(_unrounded, others.get(member, cell_values.text_of))


def _unrounded(read: Callable[[Cell], object], cell: Cell) -> tuple[object, bool]:
    return read(cell), False
