"""What a reviewer should look at twice; a doubt never changes a figure."""

from __future__ import annotations

from collections.abc import Iterator

from mit.criteria.cost_line import scaled_number
from mit.criteria.cost_sheet import CostSheet
from mit.criteria.figures import Figures
from mit.criteria.headings import PROCESS_WORDS, find, table_of
from mit.criteria.line_doubts import Doubt, find_line_doubts
from mit.criteria.product import Product
from mit.criteria.rule_set import RuleSet
from mit.criteria.tariff_shift import ShiftedLines

_STEPS = table_of(PROCESS_WORDS)


def find_doubts(
    rule_set: RuleSet, sheet: CostSheet, figures: Figures, shifted: ShiftedLines
) -> tuple[Doubt, ...]:
    """Return every doubt about the sums and the lines, in the order of the sheet."""
    doubts = [*_price_doubts(rule_set, sheet, figures), *_sheet_doubts(rule_set, sheet, shifted)]
    return (*doubts, *find_line_doubts(sheet.lines, figures.are_foreign))


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


def _sheet_doubts(rule_set: RuleSet, sheet: CostSheet, shifted: ShiftedLines) -> Iterator[Doubt]:
    steps = {find(step, _STEPS) or step for step in sheet.process}
    if steps and steps <= rule_set.minimal_codes:
        yield Doubt("minimal_operation", "process")
    yield from _volume_doubts(sheet.product)
    if "material" not in sheet.lines.column("kind"):
        yield Doubt("no_material", "lines")
    origins = tuple(sheet.lines.column("origin"))
    stayed = [at for at in shifted.of("stayed") if origins[at] == "imported"]
    if stayed:
        params: dict[str, str | int] = {"count": len(stayed)}
        yield Doubt("imported_heading_same", f"lines[{sheet.lines.positions[stayed[0]]}].hs_code", params)


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
