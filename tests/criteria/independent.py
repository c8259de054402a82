"""A second opinion: contract sections 4 and 5 over plain fractions, sharing no code with ``mit``.

It takes the JSON of a cost sheet and plain settings, and returns what the answer must be.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

ASEAN = {"BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TL", "VN"}
MINIMAL = {"cutting", "packing", "labelling", "preserving", "mixing", "simple_assembly"}


F = Fraction
FORTY, SEVEN = F(40), F(7)


@dataclass(frozen=True)
class Rules:
    threshold: F = FORTY
    on: tuple[str, ...] = ("direct", "build_down", "tariff_shift")
    direct_counts: tuple[str, ...] = ("domestic_material", "labour", "overhead", "other", "profit")
    over_materials: bool = False
    digits: int = 4
    de_minimis: F | None = None
    asean: bool = False
    needs_certificate: bool = False
    blocks: bool = True
    vat: F = SEVEN


Answer = dict[str, Any]


def judge(rules: Rules, sheet: dict[str, Any]) -> Answer | str:
    """Return the answer, or the code of the refusal."""
    price = F(sheet["price_ex_works"])
    if sheet.get("vat_included"):
        price = F(math.floor(price * 100 * 100 / (100 + rules.vat)), 100)
        if price == 0:
            return "price_net_zero"
    lines = sheet["lines"]
    total = sum((F(line["amount"]) for line in lines), F(0))
    if "profit" in sheet:
        profit = F(sheet["profit"])
        if total + profit > price:
            return "declared_exceeds_price"
    else:
        profit = price - total
    foreign = [line for line in lines if line["kind"] == "material" and _is_foreign(rules, line)]
    local = [line for line in lines if line["kind"] == "material" and not _is_foreign(rules, line)]
    parts = {
        "domestic_material": _sum(local),
        "profit": profit,
        **{k: _sum([x for x in lines if x["kind"] == k]) for k in ("labour", "overhead", "other")},
    }
    numerator = sum((parts[name] for name in rules.direct_counts), F(0))
    base = _sum(foreign) + _sum(local) if rules.over_materials else price
    heading = _digits(sheet["product"]["hs_code"])[: rules.digits]
    stayed = _sum([x for x in foreign if "hs_code" in x and _digits(x["hs_code"])[: rules.digits] == heading])
    unknown = _sum([x for x in foreign if "hs_code" not in x])
    results = {
        "direct": (numerator, base, None if base <= 0 else 100 * numerator / base >= rules.threshold),
        "build_down": (
            price - _sum(foreign),
            price,
            100 * (price - _sum(foreign)) / price >= rules.threshold,
        ),
        "tariff_shift": (stayed, price, _tariff(rules, stayed, unknown, price)),
    }
    process = sheet.get("process", [])
    blocked = rules.blocks and bool(process) and all(step in MINIMAL for step in process)
    formulas = {
        name: {
            "meets": meets if name in rules.on else None,
            "numerator_satang": int(top * 100),
            "denominator_satang": int(bottom * 100),
            "shown_percent": _shown(top, bottom),
            "blocked_by": ["minimal_operation"] if blocked else [],
        }
        for name, (top, bottom, meets) in results.items()
    }
    met = [name for name in rules.on if formulas[name]["meets"] is True]
    undecided = [name for name in rules.on if formulas[name]["meets"] is None]
    overall = False if blocked else True if met else None if undecided else False
    return {"meets": overall, "formulas": formulas}


def for_product(general: dict[str, Any], own: dict[str, dict[str, Any]], hs_code: str) -> dict[str, Any]:
    """Return the settings for a product: the general ones, covered by those of ever longer prefixes."""
    found, code = dict(general), _digits(hs_code)
    for length in (2, 4, 6):
        found.update(own.get(code[:length], {}))
    return found


def _is_foreign(rules: Rules, line: dict[str, Any]) -> bool:
    if line["origin"] == "domestic":
        return rules.needs_certificate and "supplier_certificate" not in line
    if line["origin"] == "imported" and rules.asean:
        return line.get("country") not in ASEAN
    return True


def _tariff(rules: Rules, stayed: F, unknown: F, price: F) -> bool | None:
    def tolerated(value: F) -> bool:
        return value == 0 or (rules.de_minimis is not None and 100 * value / price <= rules.de_minimis)

    if not tolerated(stayed):
        return False
    return True if tolerated(stayed + unknown) else None


def _sum(lines: list[dict[str, Any]]) -> F:
    return sum((F(line["amount"]) for line in lines), F(0))


def _digits(code: str) -> str:
    return code.replace(".", "")


def _shown(top: F, bottom: F) -> str:
    if bottom <= 0:
        return "0.00"
    hundredths = math.trunc(10_000 * top / bottom)
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{abs(hundredths) // 100}.{abs(hundredths) % 100:02d}"
