"""What a cost sheet adds up to under a rule set: net price, profit, and each line in its part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from mit.criteria.chain import SupplierCertificate
from mit.criteria.cost_line import CostLine, Kind, Origin
from mit.criteria.cost_sheet import CostSheet
from mit.criteria.rule_set import RuleSet
from mit.errors import InputError
from mit.values.money import Money

Part = Literal["domestic_material", "foreign_material", "labour", "overhead", "other"]
PARTS: tuple[Part, ...] = ("domestic_material", "foreign_material", "labour", "overhead", "other")
#: Why a material stands in its part: as declared; no proof of origin; declared domestic, but the rule set
#: asks for a supplier's certificate that proves it; imported from a country that counts as domestic;
#: unproven by the sheet, but proven by a supplier's certificate.
Why = Literal["declared", "unproven", "no_certificate", "roll_up", "certified"]


class CountedLine(NamedTuple):
    """A line, the part it was counted in, and why."""

    line: CostLine
    part: Part
    why: Why


@dataclass(frozen=True, slots=True)
class Figures:
    """The sums of a cost sheet, all in baht without VAT.

    Attributes:
        net_price: the price without VAT, cut to whole satang.
        vat: what was taken off the declared price.
        totals: sum of the lines of each part.
        profit: declared, or the rest of the net price; may be negative.
        is_profit_derived: whether the profit is the rest.
        unexplained: net price less lines less declared profit; counts for nobody.
    """

    net_price: Money
    vat: Money
    lines: tuple[CountedLine, ...]
    totals: Mapping[Part, Money]
    profit: Money
    is_profit_derived: bool
    unexplained: Money

    @property
    def materials(self) -> Money:
        """Return all materials, domestic and foreign."""
        return self.totals["domestic_material"] + self.totals["foreign_material"]

    @property
    def foreign_lines(self) -> tuple[CountedLine, ...]:
        """Return the materials that count as foreign."""
        return tuple(counted for counted in self.lines if counted.part == "foreign_material")


def reckon(rule_set: RuleSet, sheet: CostSheet, chain: Sequence[SupplierCertificate] = ()) -> Figures:
    """Return what *sheet* adds up to under *rule_set*, with what is known of suppliers' certificates.

    Source: contract section 5 (VAT, profit, unexplained cost); unproven is foreign by [atiga-rvc].

    Raises:
        InputError: ``declared_exceeds_price`` when lines and declared profit exceed the net price,
            ``price_net_zero`` when nothing is left of the price without VAT.
    """
    net = net_price(rule_set, sheet)
    known = {one.line: one for one in chain}
    counted = _counted(rule_set, sheet.lines, known)
    totals = _totals(counted)
    rest = net - Money(sum(total.satang for total in totals.values()))
    profit = rest if sheet.profit is None else sheet.profit
    unexplained = rest - profit
    if unexplained.satang < 0:
        raise InputError(
            "declared_exceeds_price",
            where="profit",
            declared=(net - unexplained).to_shown(),
            price=net.to_shown(),
        )
    return Figures(
        net_price=net,
        vat=sheet.price_ex_works - net,
        lines=counted,
        totals=totals,
        profit=profit,
        is_profit_derived=sheet.profit is None,
        unexplained=unexplained,
    )


def net_price(rule_set: RuleSet, sheet: CostSheet) -> Money:
    """Return the price without VAT: ``price × 100 ÷ (100 + rate)``, cut to whole satang.

    Raises:
        InputError: ``price_net_zero``.
    """
    if not sheet.vat_included:
        return sheet.price_ex_works
    rate = rule_set.vat_rate_percent
    net = sheet.price_ex_works.satang * 100 * rate.denominator // (100 * rate.denominator + rate.numerator)
    if net == 0:
        raise InputError("price_net_zero", where="price_ex_works")
    return Money(net)


#: All of a line that says where it is counted: kind, origin, country, and whether a certificate is named
#: and, where a register was asked, proves it.
_Ground = tuple[Kind, Origin | None, str, bool, bool | None]


def _counted(
    rule_set: RuleSet, lines: Sequence[CostLine], known: Mapping[int, SupplierCertificate]
) -> tuple[CountedLine, ...]:
    """Count each line; the thousands of lines of a sheet have few different grounds."""
    judged: dict[_Ground, tuple[Part, Why]] = {}
    counted = []
    for line in lines:
        named = known.get(line.position) if known else None
        proves = None if named is None else named.proves
        ground = (line.kind, line.origin, line.country, bool(line.supplier_certificate), proves)
        if (judgement := judged.get(ground)) is None:
            judgement = judged[ground] = _judge(rule_set, ground)
        counted.append(CountedLine(line, *judgement))
    return tuple(counted)


def _judge(rule_set: RuleSet, ground: _Ground) -> tuple[Part, Why]:
    """Count a line by its own origin; a certificate that is known proves what the rule set lets it prove.

    Where nobody asked a register, a certificate that is merely named is taken for what it says.
    """
    kind, origin, country, is_certificate_named, proves = ground
    if kind != "material":
        return kind, "declared"
    if origin == "domestic":
        is_proven = is_certificate_named if proves is None else proves
        if rule_set.domestic_needs_certificate and not is_proven:
            return "foreign_material", "no_certificate"
        return "domestic_material", "declared"
    if origin == "imported":
        if country.upper() in rule_set.roll_up_countries:
            return "domestic_material", "roll_up"
        return "foreign_material", "declared"
    if rule_set.counts_certified_inputs and proves:
        return "domestic_material", "certified"
    return "foreign_material", "unproven"


def _totals(counted: Sequence[CountedLine]) -> dict[Part, Money]:
    satang = dict.fromkeys(PARTS, 0)
    for line, part, _ in counted:
        satang[part] += line.amount.satang
    return {part: Money(total) for part, total in satang.items()}
