"""What a reviewer should look at twice in the lines of a cost sheet, looked for column by column.

Most lines give no doubt: what tells them apart is reckoned for all lines at once, and only the few that are
left are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress, repeat
from operator import itemgetter, mul, sub

from mit.criteria.cost_line import scaled_number
from mit.criteria.cost_lines import CostLines
from mit.errors import InputError
from mit.i18n import say_both
from mit.values.identifiers import parse_tax_number
from mit.values.money import Money

_BAHT = frozenset({"", "THB"})
#: How the country of a Thai supplier is written, in small letters.
_THAILAND = frozenset({"th", "tha", "thailand", "kingdom of thailand", "ไทย", "ประเทศไทย"})
_SATANG_DECIMALS = 2


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


_Found = Iterator[tuple[int, Doubt]]


def find_line_doubts(lines: CostLines, are_foreign: bytes) -> list[Doubt]:
    """Return every doubt about the lines in their order; *are_foreign* says which count as foreign."""
    found = [
        *_free(lines, are_foreign),
        *_without_rate(lines),
        *_mismatches(lines),
        *_foreign_suppliers(lines),
    ]
    return [doubt for _, doubt in sorted(found, key=itemgetter(0))]


def _free(lines: CostLines, are_foreign: bytes) -> _Found:
    """Ask about foreign materials that cost nothing."""
    if 0 in lines.satang:
        for at, (satang, is_foreign) in enumerate(zip(lines.satang, are_foreign, strict=True)):
            if is_foreign and not satang:
                yield at, _doubt("foreign_material_free", lines, at, "amount")


def _without_rate(lines: CostLines) -> _Found:
    """Ask about unit prices in a foreign currency without its rate and day."""
    if "currency" not in lines.texts:
        return
    explained = map(lines.column, ("currency", "rate", "rate_on"))
    for at, (currency, rate, rate_on) in enumerate(zip(*explained, strict=True)):
        if currency not in _BAHT and not (rate and rate_on):
            yield at, _doubt("rate_missing", lines, at, "rate", currency=currency)


def _mismatches(lines: CostLines) -> _Found:
    """Ask where quantity × unit price (× rate, with or without waste) is another amount."""
    if "quantity" not in lines.texts or "unit_price" not in lines.texts:
        return
    quantities, prices = lines.texts["quantity"], lines.texts["unit_price"]
    rates, wastes = _rates(lines), lines.texts.get("waste_percent")
    for at in compress(range(len(lines)), _suspected(lines, rates)):
        factors = (quantities[at], prices[at], *(rates[at : at + 1]))
        if not all(factors):
            continue
        computed = _otherwise(lines.satang[at], factors, wastes[at] if wastes else "")
        if computed is not None:
            params = {"declared": Money(lines.satang[at]).to_shown(), "computed": computed.to_shown()}
            yield at, _doubt("amount_mismatch", lines, at, "amount", **params)


def _rates(lines: CostLines) -> Sequence[str]:
    """Return what each unit price is multiplied by: 1 in baht, else the rate; empty where no line has a rate.

    A line in a foreign currency has an empty text where its rate is missing.
    """
    currencies, rates = lines.texts.get("currency"), lines.texts.get("rate")
    if currencies is None:
        return ()
    pairs = zip(currencies, rates or repeat("", len(lines)), strict=True)
    return ["1" if currency in _BAHT else rate for currency, rate in pairs]


def _suspected(lines: CostLines, rates: Sequence[str]) -> Iterable[object]:
    """Return for each line something true where its factors may come to a satang or more beside its amount.

    All numbers of a column are brought to as many decimals; what is missing is zero.
    """
    decimals, products = _whole_numbers(lines.texts["quantity"])
    for column in (lines.texts["unit_price"], rates):
        if column:
            more, factors = _whole_numbers(column)
            decimals, products = decimals + more, map(mul, products, factors)
    if decimals <= _SATANG_DECIMALS:
        finer = 10 ** (_SATANG_DECIMALS - decimals)
        return map(sub, map(finer.__mul__, products) if finer > 1 else products, lines.satang)
    unit = 10 ** (decimals - _SATANG_DECIMALS)
    differences = map(sub, products, map(unit.__mul__, lines.satang))
    return (not -unit < difference < unit for difference in differences)


def _whole_numbers(texts: Sequence[str]) -> tuple[int, Iterator[int]]:
    """Return the most decimals in a column of numbers, and each number as a whole one of that unit."""
    parted = {text: text.partition(".") for text in set(texts)}
    decimals = max(len(tail) for _, _, tail in parted.values())
    whole = {text: int(head + tail.ljust(decimals, "0") or "0") for text, (head, _, tail) in parted.items()}
    return decimals, map(whole.__getitem__, texts)


def _otherwise(amount: int, factors: Iterable[str], waste_percent: str) -> Money | None:
    """Return what a line comes to with its waste; None where its amount is that, or what it is without.

    *amount* is in satang.
    """
    satang, unit = 100, 1
    for scaled, scale in map(scaled_number, factors):
        satang, unit = satang * scaled, unit * scale
    if _is_about(amount, satang, unit):
        return None
    waste, scale = scaled_number(waste_percent or "0")
    with_waste, its_unit = satang * (100 * scale + waste), unit * 100 * scale
    return None if _is_about(amount, with_waste, its_unit) else Money(with_waste // its_unit)


def _is_about(amount: int, satang: int, unit: int) -> bool:
    """Say whether ``satang ÷ unit`` is less than one satang away; reckoned in whole numbers."""
    return abs(satang - amount * unit) < unit


def _foreign_suppliers(lines: CostLines) -> _Found:
    """Ask about suppliers of materials declared domestic: a country or a number that is not Thai."""
    countries, numbers = lines.texts.get("country", ()), lines.texts.get("supplier_tax_number", ())
    foreign = {country for country in set(countries) if country and country.casefold() not in _THAILAND}
    doubtful = {number for number in set(numbers) if number and not _is_tax_number(number)}
    if not foreign and not doubtful:
        return
    columns = map(lines.column, ("origin", "country", "supplier_tax_number"))
    for at, (origin, country, number) in enumerate(zip(*columns, strict=True)):
        if origin != "domestic":
            continue
        if country in foreign:
            yield at, _doubt("supplier_country_foreign", lines, at, "country", country=country)
        if number in doubtful:
            code = "supplier_number_foreign" if any(map(str.isalpha, number)) else "supplier_number_doubtful"
            yield at, _doubt(code, lines, at, "supplier_tax_number")


def _is_tax_number(text: str) -> bool:
    try:
        parse_tax_number(text)
    except InputError:
        return False
    return True


def _doubt(code: str, lines: CostLines, at: int, member: str, **params: str | int) -> Doubt:
    return Doubt(code, f"lines[{lines.positions[at]}].{member}", params)
