"""The formula that looks at HS codes: every foreign material must change its tariff heading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Literal, NamedTuple, overload

from mit.criteria.cost_line import CostLine
from mit.criteria.cost_lines import CostLines
from mit.criteria.cost_sheet import Product
from mit.criteria.figures import Figures
from mit.criteria.formulas import FormulaResult, share_of
from mit.criteria.rule_set import RuleSet
from mit.values.lookup import Lookup
from mit.values.money import Money

Shift = Literal["shifted", "stayed", "open"]
SHIFTS: tuple[Shift, ...] = ("shifted", "stayed", "open")


class ShiftedLine(NamedTuple):
    """A foreign material and whether its heading changed; ``open`` where its HS code is missing."""

    line: CostLine
    shift: Shift


@dataclass(frozen=True, slots=True)
class ShiftedLines(Sequence[ShiftedLine]):
    """The foreign materials of a sheet.

    Attributes:
        lines: all lines of the sheet.
        indexes: where in it the foreign materials stand, from 0.
        shifts: of each of them the index in ``SHIFTS``.
        looked_at: each HS code among them, in the order of the lines → the index of its shift.
    """

    lines: CostLines
    indexes: tuple[int, ...]
    shifts: bytes
    looked_at: Mapping[str, int]

    def __len__(self) -> int:
        """Return how many foreign materials there are."""
        return len(self.indexes)

    @overload
    def __getitem__(self, index: int) -> ShiftedLine: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[ShiftedLine, ...]: ...
    def __getitem__(self, index: int | slice) -> ShiftedLine | tuple[ShiftedLine, ...]:
        """Return one of them or several, as of a tuple."""
        if isinstance(index, slice):
            return tuple(map(self.__getitem__, range(len(self))[index]))
        return ShiftedLine(self.lines[self.indexes[index]], SHIFTS[self.shifts[index]])

    def of(self, shift: Shift) -> Iterator[int]:
        """Yield where the lines of this kind stand in the sheet, from 0."""
        wanted = SHIFTS.index(shift)
        return compress(self.indexes, map(wanted.__eq__, self.shifts))

    def how_many(self, shift: Shift) -> int:
        """Return how many lines are of this kind."""
        return self.shifts.count(SHIFTS.index(shift))

    def hs_codes(self, shift: Shift) -> list[str]:
        """Return the different HS codes of the lines of this kind, those without one left out."""
        wanted = SHIFTS.index(shift)
        return [code for code, found in self.looked_at.items() if code and found == wanted]

    def value(self, shift: Shift) -> Money:
        """Return what the lines of this kind come to."""
        return Money(sum(map(self.lines.satang.__getitem__, self.of(shift))))


def compare(rule_set: RuleSet, product: Product, figures: Figures) -> ShiftedLines:
    """Return for each foreign material whether its first HS digits differ from the product's."""
    heading = product.hs_code[: rule_set.tariff_digits]
    lines, are_foreign = figures.sheet_lines, figures.are_foreign
    looked = Lookup[str, int](lambda hs_code: SHIFTS.index(_shift(hs_code, heading)))
    shifts = bytes(map(looked.__getitem__, compress(lines.column("hs_code"), are_foreign)))
    return ShiftedLines(lines, tuple(compress(range(len(lines)), are_foreign)), shifts, looked)


def tariff_shift(rule_set: RuleSet, figures: Figures, shifted: ShiftedLines) -> FormulaResult:
    """Measure the foreign value that did not shift against the net price.

    Met when nothing foreign stayed, or its share is within de minimis where that is on.  Lines
    without an HS code leave it open only where they could tip the answer.

    Source: contract section 4; [atiga-40] (change of heading), [atiga-dm] (de minimis).
    """
    stayed = shifted.value("stayed")
    at_most = stayed + shifted.value("open")
    is_on = "tariff_shift" in rule_set.formulas_on
    meets: bool | None = None
    if is_on and _is_tolerated(rule_set, at_most, figures.net_price):
        meets = True
    elif is_on and not _is_tolerated(rule_set, stayed, figures.net_price):
        meets = False
    return FormulaResult("tariff_shift", is_on, meets, stayed, figures.net_price)


def _is_tolerated(rule_set: RuleSet, value: Money, net_price: Money) -> bool:
    share = share_of(value, net_price)
    if value.satang == 0 or share is None or rule_set.de_minimis is None:
        return value.satang == 0
    return share.within(rule_set.de_minimis)


def _shift(hs_code: str, heading: str) -> Shift:
    if not hs_code:
        return "open"
    return "stayed" if hs_code.startswith(heading) else "shifted"
