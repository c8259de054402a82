"""What a reviewer should look at twice; a doubt never changes a figure."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from mit.criteria.cost_line import CostLine, number
from mit.criteria.figures import Figures
from mit.errors import InputError
from mit.i18n import say_both
from mit.values.identifiers import parse_tax_number
from mit.values.money import Money

_BAHT = frozenset({"", "THB"})


@dataclass(frozen=True, slots=True)
class Doubt:
    """One doubt: its code, the place in the cost sheet, and what fills its sentence.

    The sentence is ``criteria.doubt_<code>``.
    """

    code: str
    where: str
    params: dict[str, str | int] = field(default_factory=dict)

    def to_document(self) -> dict[str, object]:
        """Return ``{"code", "where", "detail": {"th", "en"}}``."""
        detail = say_both(f"criteria.doubt_{self.code}", **self.params)
        return {"code": self.code, "where": self.where, "detail": detail}


def find_doubts(figures: Figures) -> tuple[Doubt, ...]:
    """Return every doubt about the sums and the lines, in the order of the sheet."""
    doubts: list[Doubt] = []
    if figures.unexplained.satang:
        amount = figures.unexplained.to_shown()
        doubts.append(Doubt("unexplained_cost", "price_ex_works", {"amount": amount}))
    if not any(counted.line.kind == "material" for counted in figures.lines):
        doubts.append(Doubt("no_material", "lines"))
    for counted in figures.lines:
        if counted.part == "foreign_material" and not counted.line.amount.satang:
            doubts.append(Doubt("foreign_material_free", f"{counted.line.where}.amount"))
        doubts.extend(_line_doubts(counted.line))
    return tuple(doubts)


def _line_doubts(line: CostLine) -> list[Doubt]:
    doubts: list[Doubt] = []
    if line.currency not in _BAHT and not (line.rate and line.rate_on):
        doubts.append(Doubt("rate_missing", f"{line.where}.rate", {"currency": line.currency}))
    if mismatch := _mismatch(line):
        doubts.append(mismatch)
    if line.origin == "domestic" and line.supplier_tax_number and not _is_tax_number(line):
        doubts.append(Doubt("supplier_number_doubtful", f"{line.where}.supplier_tax_number"))
    return doubts


def _mismatch(line: CostLine) -> Doubt | None:
    """Return a doubt where quantity × unit price (× rate, with or without waste) is another amount."""
    quantity, price = number(line.quantity), number(line.unit_price)
    rate = number(line.rate) if line.currency not in _BAHT else Fraction(1)
    if quantity is None or price is None or rate is None:
        return None
    satang = quantity * price * rate * 100
    waste = number(line.waste_percent) or Fraction(0)
    with_waste = satang * (100 + waste) / 100
    if any(abs(computed - line.amount.satang) < 1 for computed in (satang, with_waste)):
        return None
    computed = Money(int(with_waste)).to_shown()
    params: dict[str, str | int] = {"declared": line.amount.to_shown(), "computed": computed}
    return Doubt("amount_mismatch", f"{line.where}.amount", params)


def _is_tax_number(line: CostLine) -> bool:
    try:
        parse_tax_number(line.supplier_tax_number)
    except InputError:
        return False
    return True
