"""What a cost sheet adds up to under a rule set: net price, profit, and each line in its part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, repeat
from typing import Literal, NamedTuple

from mit.criteria.chain import SupplierCertificate
from mit.criteria.cost_line import CostLine
from mit.criteria.cost_lines import CostLines
from mit.criteria.cost_sheet import CostSheet
from mit.criteria.rule_set import RuleSet
from mit.errors import InputError
from mit.values.lookup import Lookup
from mit.values.money import Money

Part = Literal["domestic_material", "foreign_material", "labour", "overhead", "other"]
PARTS: tuple[Part, ...] = ("domestic_material", "foreign_material", "labour", "overhead", "other")
#: Why a material stands in its part: as declared; no proof of origin; declared domestic, but the rule set
#: asks for a supplier's certificate that proves it; imported from a country that counts as domestic;
#: unproven by the sheet, but proven by a supplier's certificate.
Why = Literal["declared", "unproven", "no_certificate", "roll_up", "certified"]


class Group(NamedTuple):
    """Lines that are counted alike."""

    part: Part
    why: Why


#: Every group there is; a line's group is its index here.
GROUPS: tuple[Group, ...] = (
    Group("domestic_material", "declared"),
    Group("domestic_material", "roll_up"),
    Group("domestic_material", "certified"),
    Group("foreign_material", "declared"),
    Group("foreign_material", "unproven"),
    Group("foreign_material", "no_certificate"),
    Group("labour", "declared"),
    Group("overhead", "declared"),
    Group("other", "declared"),
)
_INDEX = {group: index for index, group in enumerate(GROUPS)}
#: The group of what is no material.
_OF_KIND: Mapping[str, Group] = {group.part: group for group in GROUPS if "material" not in group.part}
#: By the index of a group, from 0 to 255 as ``bytes.translate`` asks: whether its lines count as foreign.
_IS_FOREIGN = bytes(group.part == "foreign_material" for group in GROUPS).ljust(256, b"\0")


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
        sheet_lines: the lines as declared.
        groups: for each line the index of its group in ``GROUPS``.
        sums: what the lines of each group come to, in satang, in the order of ``GROUPS``.
        totals: what the lines of each part come to.
        profit: declared, or the rest of the net price; may be negative.
        is_profit_derived: whether the profit is the rest.
        unexplained: net price less lines less declared profit; counts for nobody.
    """

    net_price: Money
    vat: Money
    sheet_lines: CostLines
    groups: bytes
    sums: tuple[int, ...]
    totals: Mapping[Part, Money]
    profit: Money
    is_profit_derived: bool
    unexplained: Money

    @property
    def materials(self) -> Money:
        """Return all materials, domestic and foreign."""
        return self.totals["domestic_material"] + self.totals["foreign_material"]

    @property
    def lines(self) -> tuple[CountedLine, ...]:
        """Return each line with its part and why."""
        return tuple(self._counted(range(len(self.groups))))

    @property
    def are_foreign(self) -> bytes:
        """Return for each line 1 where it counts as foreign, else 0."""
        return self.groups.translate(_IS_FOREIGN)

    @property
    def foreign_lines(self) -> tuple[CountedLine, ...]:
        """Return the materials that count as foreign."""
        return tuple(self._counted(compress(range(len(self.groups)), self.are_foreign)))

    def _counted(self, indexes: Iterable[int]) -> Iterator[CountedLine]:
        for index in indexes:
            yield CountedLine(self.sheet_lines[index], *GROUPS[self.groups[index]])


def reckon(rule_set: RuleSet, sheet: CostSheet, chain: Sequence[SupplierCertificate] = ()) -> Figures:
    """Return what *sheet* adds up to under *rule_set*, with what is known of suppliers' certificates.

    Source: contract section 5 (VAT, profit, unexplained cost); unproven is foreign by [atiga-rvc].

    Raises:
        InputError: ``declared_exceeds_price`` when lines and declared profit exceed the net price,
            ``price_net_zero`` when nothing is left of the price without VAT.
    """
    net = net_price(rule_set, sheet)
    groups = _groups(rule_set, sheet.lines, chain)
    sums = _sums(sheet.lines.satang, groups)
    rest = net - Money(sum(sums))
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
        sheet_lines=sheet.lines,
        groups=groups,
        sums=sums,
        totals=_totals(sums),
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


#: All of a line that says where it is counted: kind, origin, country, the certificate that is named, and
#: whether, where a register was asked, it proves the line.
_Ground = tuple[str, str, str, str, bool | None]


def _groups(rule_set: RuleSet, lines: CostLines, chain: Sequence[SupplierCertificate]) -> bytes:
    """Return the group of each line; the thousands of lines of a sheet have few different grounds."""
    known = {one.line: one.proves for one in chain}
    grounds = zip(
        *map(lines.column, ("kind", "origin", "country", "supplier_certificate")),
        map(known.get, lines.positions) if known else repeat(None, len(lines)),
        strict=True,
    )
    judged = Lookup[_Ground, int](lambda ground: _INDEX[_judge(rule_set, ground)])
    return bytes(map(judged.__getitem__, grounds))


def _judge(rule_set: RuleSet, ground: _Ground) -> Group:
    """Count a line by its own origin; a certificate that is known proves what the rule set lets it prove.

    Where nobody asked a register, a certificate that is merely named is taken for what it says.
    """
    kind, origin, country, certificate, proves = ground
    if kind != "material":
        return _OF_KIND[kind]
    if origin == "domestic":
        is_proven = bool(certificate) if proves is None else proves
        if rule_set.domestic_needs_certificate and not is_proven:
            return Group("foreign_material", "no_certificate")
        return Group("domestic_material", "declared")
    if origin == "imported":
        if country.upper() in rule_set.roll_up_countries:
            return Group("domestic_material", "roll_up")
        return Group("foreign_material", "declared")
    if rule_set.counts_certified_inputs and proves:
        return Group("domestic_material", "certified")
    return Group("foreign_material", "unproven")


def _sums(satang: Iterable[int], groups: bytes) -> tuple[int, ...]:
    """Return what the lines of each group come to, in satang."""
    sums = [0] * len(GROUPS)
    for group, amount in zip(groups, satang, strict=True):
        sums[group] += amount
    return tuple(sums)


def _totals(sums: Sequence[int]) -> dict[Part, Money]:
    """Return what the lines of each part come to."""
    satang = dict.fromkeys(PARTS, 0)
    for group, amount in zip(GROUPS, sums, strict=True):
        satang[group.part] += amount
    return {part: Money(total) for part, total in satang.items()}
