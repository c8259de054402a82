"""The engine agrees with an evaluator that shares no code with it, on thousands of sheets."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

from mit.criteria.assess import assess
from mit.criteria.cost_sheet import parse_cost_sheet
from mit.criteria.rule_set import parse_rule_set
from mit.errors import InputError
from tests.criteria.independent import MINIMAL, Answer, Rules, for_product, judge
from tests.support.sheets import overriding, product, rule_set

SHEETS = 3_200
PARTS = ("domestic_material", "labour", "overhead", "other", "profit")
HEADINGS = ("8504.40", "8504.90", "850490", "8544.20.11", "85044090000", "7409.11", "3920.10", "85")


def amount(rng: random.Random, top: int) -> str:
    satang = rng.choice([0, 1, rng.randrange(top + 1), rng.randrange(top + 1), top])
    return f"{satang // 100}.{satang % 100:02d}"


def random_line(rng: random.Random, top: int) -> dict[str, Any]:
    kind = rng.choice(["material"] * 4 + ["labour", "overhead", "other"])
    line: dict[str, Any] = {"kind": kind, "name": "x", "amount": amount(rng, top)}
    if kind == "material" or rng.random() < 0.2:
        line["origin"] = rng.choice(["domestic", "imported", "imported", "unproven"])
    if rng.random() < 0.8:
        line["hs_code"] = rng.choice(HEADINGS[:-1])
    if rng.random() < 0.3:
        line["country"] = rng.choice(["VN", "MY", "CN", "TH"])
    if rng.random() < 0.3:
        line["supplier_certificate"] = "MIT-1"
    return line


def random_sheet(rng: random.Random) -> dict[str, Any]:
    price = rng.choice([1, 7, 100, 1_000, 100_000, 10_310_000, rng.randrange(1, 10**9)])
    lines = [random_line(rng, max(1, price // rng.choice([1, 2, 3, 4]))) for _ in range(rng.randrange(7))]
    sheet: dict[str, Any] = {
        "product": product(hs_code=rng.choice(HEADINGS[:-1])),
        "price_ex_works": f"{price // 100}.{price % 100:02d}",
        "lines": lines,
    }
    if rng.random() < 0.3:
        sheet["vat_included"] = rng.random() < 0.8
    if rng.random() < 0.4:
        rest = price - sum(int(Fraction(line["amount"]) * 100) for line in lines)
        profit = rng.choice([rest, rest, rest - rng.randrange(100), rest + 1, 0])
        sheet["profit"] = f"{'-' if profit < 0 else ''}{abs(profit) // 100}.{abs(profit) % 100:02d}"
    if rng.random() < 0.3:
        sheet["process"] = [rng.choice([*sorted(MINIMAL), "winding"]) for _ in range(rng.randrange(3))]
    return sheet


def random_settings(rng: random.Random) -> dict[str, Any]:
    """Return changed settings of the rule set that ships."""
    switches = {name: rng.random() < 0.8 for name in ("direct", "build_down", "tariff_shift")}
    switches["direct"] = switches["direct"] or not any(switches.values())
    asean, certificate, lets_pass = (rng.random() < 0.3 for _ in range(3))
    return {
        "threshold_percent": rng.choice(["40", "40", "40", "12.5", "0", "100"]),
        **{f"{name}_on": on for name, on in switches.items()},
        "direct_counts": list(rng.choice([PARTS, PARTS, PARTS[:1], PARTS[1:]])),
        "direct_divided_by": "materials" if rng.random() < 0.2 else "net_price",
        "tariff_shift_digits": rng.choice([2, 4, 4, 6]),
        "de_minimis_on": rng.random() < 0.4,
        "de_minimis_percent": rng.choice(["10", "7.5"]),
        "asean_counts_as_domestic": asean,
        "domestic_needs_certificate": certificate,
        "minimal_operations_block": not lets_pass,
        "vat_percent": rng.choice(["7", "7", "10", "6.3"]),
    }


def random_overrides(rng: random.Random) -> dict[str, dict[str, Any]]:
    """Return settings of their own for some prefixes; none of them is left without a formula."""
    found = {}
    for prefix in rng.sample(
        ["74", "7409", "85", "8504", "850440", "8544", "39", "392010"], rng.randrange(5)
    ):
        wanted = random_settings(rng) | {"direct_on": True}
        del wanted["vat_percent"]
        found[prefix] = {name: wanted[name] for name in rng.sample(sorted(wanted), rng.randrange(1, 5))}
        if any(name.endswith("_on") for name in found[prefix]):
            found[prefix]["direct_on"] = True
    return found


def plain_rules(changed: dict[str, Any]) -> Rules:
    """Return the same rules for the evaluator."""
    return Rules(
        threshold=Fraction(changed["threshold_percent"]),
        on=tuple(name for name in ("direct", "build_down", "tariff_shift") if changed[f"{name}_on"]),
        direct_counts=tuple(changed["direct_counts"]),
        over_materials=changed["direct_divided_by"] == "materials",
        digits=changed["tariff_shift_digits"],
        de_minimis=Fraction(changed["de_minimis_percent"]) if changed["de_minimis_on"] else None,
        asean=changed["asean_counts_as_domestic"],
        needs_certificate=changed["domestic_needs_certificate"],
        blocks=changed["minimal_operations_block"],
        vat=Fraction(changed["vat_percent"]),
    )


def engine(settings: Any, sheet: dict[str, Any]) -> Answer | str:
    try:
        document = assess(settings, parse_cost_sheet(sheet)).to_document()
    except InputError as error:
        return error.code
    formulas = document["formulas"]
    assert isinstance(formulas, list)
    kept = ("meets", "numerator_satang", "denominator_satang", "shown_percent", "blocked_by")
    return {
        "meets": document["meets"],
        "formulas": {formula["id"]: {name: formula[name] for name in kept} for formula in formulas},
    }


def test_the_engine_and_the_independent_evaluator_agree_on_thousands_of_sheets() -> None:
    rng = random.Random(25_690_011)
    seen: dict[object, int] = {}
    rules, settings = Rules(), rule_set()
    for number in range(SHEETS):
        if number % 8 == 0:
            changed = random_settings(rng)
            rules, settings = plain_rules(changed), rule_set(**changed)
        sheet = random_sheet(rng)
        expected = judge(rules, sheet)
        found = engine(settings, sheet)
        assert found == expected, sheet
        kind = expected if isinstance(expected, str) else expected["meets"]
        seen[kind] = seen.get(kind, 0) + 1
    assert all(seen[kind] >= SHEETS // 100 for kind in (True, False, None, "declared_exceeds_price")), seen


def test_both_agree_on_what_a_rule_set_says_otherwise_for_some_prefixes() -> None:
    rng = random.Random(85_044)
    touched = 0
    for _ in range(200):
        general, own = random_settings(rng), random_overrides(rng)
        settings = parse_rule_set(overriding(own, **general))
        for _ in range(5):
            sheet = random_sheet(rng)
            effective = for_product(general, own, sheet["product"]["hs_code"])
            touched += effective != general
            assert engine(settings, sheet) == judge(plain_rules(effective), sheet), (own, sheet)
    assert touched > 250, touched


def test_the_main_rule_set_and_the_plain_rules_agree() -> None:
    rng = random.Random(7)
    settings = rule_set()
    for _ in range(300):
        sheet = random_sheet(rng)
        assert engine(settings, sheet) == judge(Rules(), sheet), sheet


def test_an_engine_that_rounds_would_be_found_out() -> None:
    """The control: a share that is rounded before it is compared disagrees on some sheet."""
    rng, settings, found = random.Random(11), rule_set(), 0
    for cents in range(1, 400):
        price = rng.randrange(10_000, 99_999)
        sheet = random_sheet(rng) | {
            "price_ex_works": f"{price}.00",
            "vat_included": False,
            "process": [],
            "lines": [
                {
                    "kind": "material",
                    "name": "x",
                    "amount": f"{price * 60 // 100}.{cents % 100:02d}",
                    "origin": "imported",
                }
            ],
        }
        sheet.pop("profit", None)
        answer = engine(settings, sheet)
        assert isinstance(answer, dict)
        share = answer["formulas"]["build_down"]
        exact = Fraction(share["numerator_satang"] * 100, share["denominator_satang"])
        found += (round(exact, 1) >= 40) is not share["meets"]
    assert found
