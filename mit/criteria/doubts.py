"""What a reviewer should look at twice; a doubt never changes a figure."""

from __future__ import annotations

from dataclasses import dataclass, field

from mit.criteria.cost_line import CostLine, scaled_number
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
    rate = "1" if line.currency in _BAHT else line.rate
    if not (line.quantity and line.unit_price and rate):
        return None
    satang, unit = 100, 1
    for text in (line.quantity, line.unit_price, rate):
        scaled, scale = scaled_number(text)
        satang, unit = satang * scaled, unit * scale
    waste, scale = scaled_number(line.waste_percent or "0")
    with_waste, its_unit = satang * (100 * scale + waste), unit * 100 * scale
    if _is_about(line.amount, satang, unit) or _is_about(line.amount, with_waste, its_unit):
        return None
    computed = Money(with_waste // its_unit).to_shown()
    params: dict[str, str | int] = {"declared": line.amount.to_shown(), "computed": computed}
    return Doubt("amount_mismatch", f"{line.where}.amount", params)


def _is_about(amount: Money, satang: int, unit: int) -> bool:
    """Say whether ``satang ÷ unit`` is less than one satang away; reckoned in whole numbers."""
    return abs(satang - amount.satang * unit) < unit


def _is_tax_number(line: CostLine) -> bool:
    try:
        parse_tax_number(line.supplier_tax_number)
    except InputError:
        return False
    return True
