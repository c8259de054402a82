"""What a reviewer should look at twice; a doubt never changes a figure."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field

from mit.criteria.cost_line import CostLine, scaled_number
from mit.criteria.cost_sheet import CostSheet
from mit.criteria.figures import Figures, Part
from mit.criteria.headings import PROCESS_WORDS, find, table_of
from mit.criteria.product import Product
from mit.criteria.rule_set import RuleSet
from mit.criteria.tariff_shift import ShiftedLine
from mit.errors import InputError
from mit.i18n import say_both
from mit.values.identifiers import parse_tax_number
from mit.values.money import Money

_BAHT = frozenset({"", "THB"})
#: How the country of a Thai supplier is written, in small letters.
_THAILAND = frozenset({"th", "tha", "thailand", "kingdom of thailand", "ไทย", "ประเทศไทย"})
_STEPS = table_of(PROCESS_WORDS)


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


def find_doubts(
    rule_set: RuleSet, sheet: CostSheet, figures: Figures, shifted: tuple[ShiftedLine, ...]
) -> tuple[Doubt, ...]:
    """Return every doubt about the sums and the lines, in the order of the sheet."""
    doubts = [*_price_doubts(rule_set, sheet, figures), *_sheet_doubts(rule_set, sheet, figures, shifted)]
    numbers = {one.line.supplier_tax_number for one in figures.lines if one.line.origin == "domestic"}
    doubtful = {number for number in numbers if number and not _is_tax_number(number)}
    for line, part, _ in figures.lines:
        _note_line_doubts(line, part, doubtful, doubts)
    return tuple(doubts)


def _price_doubts(rule_set: RuleSet, sheet: CostSheet, figures: Figures) -> Iterator[Doubt]:
    if figures.unexplained.satang:
        amount = figures.unexplained.to_shown()
        yield Doubt("unexplained_cost", "price_ex_works", {"amount": amount})
    if sheet.vat_included:
        params: dict[str, str | int] = {"vat": figures.vat.to_shown(), "net": figures.net_price.to_shown()}
        yield Doubt("vat_included", "price_ex_works", params)
    elif figures.unexplained.satang and _is_vat_left_in(rule_set, figures):
        yield Doubt("vat_left_in", "price_ex_works", {"amount": figures.unexplained.to_shown()})


def _is_vat_left_in(rule_set: RuleSet, figures: Figures) -> bool:
    """Say whether what is unexplained is VAT on what is declared, to less than one satang."""
    declared, rate = (figures.net_price - figures.unexplained).satang, rule_set.vat_rate_percent
    unit = 100 * rate.denominator
    return abs(figures.unexplained.satang * unit - declared * rate.numerator) < unit


def _sheet_doubts(
    rule_set: RuleSet, sheet: CostSheet, figures: Figures, shifted: tuple[ShiftedLine, ...]
) -> Iterator[Doubt]:
    steps = {find(step, _STEPS) or step for step in sheet.process}
    if steps and steps <= rule_set.minimal_codes:
        yield Doubt("minimal_operation", "process")
    yield from _volume_doubts(sheet.product)
    if not any(counted.line.kind == "material" for counted in figures.lines):
        yield Doubt("no_material", "lines")
    stayed = [one.line for one in shifted if one.shift == "stayed" and one.line.origin == "imported"]
    if stayed:
        params: dict[str, str | int] = {"count": len(stayed)}
        yield Doubt("imported_heading_same", f"{stayed[0].where}.hs_code", params)


def _volume_doubts(product: Product) -> Iterator[Doubt]:
    """Ask where more is to be made in a year than the maker can make; both in the product's unit."""
    if not (product.capacity_per_year and product.volume_per_year):
        return
    capacity, volume = scaled_number(product.capacity_per_year), scaled_number(product.volume_per_year)
    if volume[0] * capacity[1] > capacity[0] * volume[1]:
        params: dict[str, str | int] = {
            "capacity": product.capacity_per_year,
            "volume": product.volume_per_year,
            "unit": product.unit,
        }
        yield Doubt("volume_beyond_capacity", "product.volume_per_year", params)


def _note_line_doubts(line: CostLine, part: Part, doubtful: Container[str], doubts: list[Doubt]) -> None:
    """Add the doubts about one line; most lines give none."""
    if part == "foreign_material" and not line.amount.satang:
        doubts.append(Doubt("foreign_material_free", f"{line.where}.amount"))
    if line.currency not in _BAHT and not (line.rate and line.rate_on):
        doubts.append(Doubt("rate_missing", f"{line.where}.rate", {"currency": line.currency}))
    if line.quantity and line.unit_price and (mismatch := _mismatch(line)):
        doubts.append(mismatch)
    if line.origin == "domestic" and (line.country or line.supplier_tax_number in doubtful):
        doubts.extend(_supplier_doubts(line, doubtful))


def _supplier_doubts(line: CostLine, doubtful: Container[str]) -> Iterator[Doubt]:
    """Ask about a supplier of a material declared domestic: a country or a number that is not Thai."""
    if line.country and line.country.casefold() not in _THAILAND:
        yield Doubt("supplier_country_foreign", f"{line.where}.country", {"country": line.country})
    if line.supplier_tax_number in doubtful:
        foreign = any(sign.isalpha() for sign in line.supplier_tax_number)
        code = "supplier_number_foreign" if foreign else "supplier_number_doubtful"
        yield Doubt(code, f"{line.where}.supplier_tax_number")


def _mismatch(line: CostLine) -> Doubt | None:
    """Return a doubt where quantity × unit price (× rate, with or without waste) is another amount."""
    factors = [line.quantity, line.unit_price]
    if line.currency not in _BAHT:
        factors.append(line.rate)
    if not all(factors):
        return None
    satang, unit = 100, 1
    for scaled, scale in map(scaled_number, factors):
        satang, unit = satang * scaled, unit * scale
    if _is_about(line.amount, satang, unit):
        return None
    waste, scale = scaled_number(line.waste_percent or "0")
    with_waste, its_unit = satang * (100 * scale + waste), unit * 100 * scale
    if _is_about(line.amount, with_waste, its_unit):
        return None
    computed = Money(with_waste // its_unit).to_shown()
    params: dict[str, str | int] = {"declared": line.amount.to_shown(), "computed": computed}
    return Doubt("amount_mismatch", f"{line.where}.amount", params)


def _is_about(amount: Money, satang: int, unit: int) -> bool:
    """Say whether ``satang ÷ unit`` is less than one satang away; reckoned in whole numbers."""
    return abs(satang - amount.satang * unit) < unit


def _is_tax_number(text: str) -> bool:
    try:
        parse_tax_number(text)
    except InputError:
        return False
    return True
