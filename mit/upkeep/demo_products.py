"""The made-up products of the demo world, and cost sheets that come out where they are wanted.

A recipe says what a trade's product is made of; an outcome says which share must come out.  The
foreign amount is computed first, exactly, and the rest of the price is home material, work and
profit, so that a sheet lands on 40 % to the satang, or one satang below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache
from math import ceil
from typing import Any

from mit.upkeep.demo_companies import DemoCompany, demo_document
from mit.values.money import SATANG_PER_BAHT, Money

_HOME_OF_REST = Fraction(55, 100)
_WORK_OF_REST = Fraction(33, 100)
_WORK = (("labour", "ค่าแรงทางตรง"), ("overhead", "ค่าโสหุ้ยการผลิต"), ("other", "ค่าใช้จ่ายอื่น"))
#: A declared loss, as a part of the net price.
_LOSS = Fraction(5, 100)


class Outcome(StrEnum):
    """What is to come out of a cost sheet."""

    COMFORTABLE = "comfortable"
    EXACT = "exact"
    SHIFT_ONLY = "shift_only"
    UNPROVEN_MEETS = "unproven_meets"
    LOSS_MEETS = "loss_meets"
    WITH_VAT = "with_vat"
    ALL_THAI = "all_thai"
    JUST_BELOW = "just_below"
    LOSS_FAILS = "loss_fails"
    UNPROVEN_FAILS = "unproven_fails"
    MINIMAL = "minimal"

    @property
    def meets(self) -> bool:
        """Say whether the cost sheet meets the criteria."""
        return self not in FAILING


FAILING = (Outcome.JUST_BELOW, Outcome.LOSS_FAILS, Outcome.UNPROVEN_FAILS, Outcome.MINIMAL)


@dataclass(frozen=True, slots=True)
class _Shape:
    """How an outcome is reached.

    Attributes:
        foreign: imported and unproven materials, as a part of the net price; cut down to satang
            where more would help the product, up where it must fail.
        unproven: the part of the foreign materials whose origin is not proven.
        is_near: whether a foreign part has the product's own heading, so that no tariff shift helps.
        loss: the loss that is declared, as a part of the net price; None: profit is the rest.
    """

    foreign: Fraction
    unproven: Fraction = Fraction(0)
    is_near: bool = False
    loss: Fraction | None = None


_SHAPES = {
    Outcome.COMFORTABLE: _Shape(Fraction(44, 100)),
    Outcome.EXACT: _Shape(Fraction(60, 100), is_near=True),
    Outcome.SHIFT_ONLY: _Shape(Fraction(70, 100)),
    Outcome.UNPROVEN_MEETS: _Shape(Fraction(52, 100), unproven=Fraction(1, 5), is_near=True),
    Outcome.LOSS_MEETS: _Shape(Fraction(57, 100), is_near=True, loss=_LOSS),
    Outcome.WITH_VAT: _Shape(Fraction(48, 100), is_near=True),
    Outcome.ALL_THAI: _Shape(Fraction(0)),
    Outcome.JUST_BELOW: _Shape(Fraction(60_005, 100_000), is_near=True),
    Outcome.LOSS_FAILS: _Shape(Fraction(61, 100), is_near=True, loss=_LOSS),
    Outcome.UNPROVEN_FAILS: _Shape(Fraction(67, 100), unproven=Fraction(15, 67), is_near=True),
    Outcome.MINIMAL: _Shape(Fraction(55, 100), is_near=True),
}


def demo_cost_sheet(company: DemoCompany, product_key: str, outcome: Outcome) -> dict[str, object]:
    """Return the contract's cost sheet document of a company's product that comes out as *outcome*."""
    product = product_catalogue()[product_key]
    net = product["price"] * SATANG_PER_BAHT
    shape = _SHAPES[outcome]
    sheet: dict[str, object] = {
        "product": _product(company, product),
        "price_ex_works": Money(net * 107 // 100 if outcome is Outcome.WITH_VAT else net).to_text(),
    }
    if outcome is Outcome.WITH_VAT:
        sheet["vat_included"] = True
    if shape.loss is not None:
        sheet["profit"] = Money(-int(net * shape.loss)).to_text()
    steps = demo_document("sentences")["steps"]
    sheet["process"] = ["cutting", "packing"] if outcome is Outcome.MINIMAL else list(steps)
    sheet["lines"] = _lines(product, net, shape)
    return sheet


@cache
def product_catalogue() -> dict[str, Any]:
    """Return what the made-up companies make, by key."""
    products: dict[str, Any] = demo_document("products")["products"]
    return products


@cache
def _recipes() -> dict[str, Any]:
    recipes: dict[str, Any] = demo_document("recipes")["recipes"]
    return recipes


def supplier_of(at: int) -> str:
    """Return the name of one of the made-up suppliers."""
    names: list[str] = demo_document("sentences")["suppliers"]
    return names[at % len(names)]


def _product(company: DemoCompany, product: dict[str, Any]) -> dict[str, object]:
    document: dict[str, object] = {
        "name_th": product["name_th"],
        "name_en": product["name_en"],
        "hs_code": product["hs_code"],
        "unit": product["unit"],
        "brand": company.brand,
    }
    if models := product.get("models"):
        document["models"] = [model.format(code=company.code) for model in models]
    if spans := product.get("ranges"):
        document["ranges"] = [_range(span) for span in spans]
    return document | _yearly(f"{company.code}{product['name_en']}")


def _yearly(key: str) -> dict[str, object]:
    """Return what a maker says of a year: most mean to make less than they can, some more."""
    drawn = sum(key.encode("utf-8"))
    capacity = 1000 * (1 + drawn % 60)
    share = 130 if drawn % 11 == 0 else 50 + 5 * (drawn % 9)
    return {"capacity_per_year": str(capacity), "volume_per_year": str(capacity * share // 100)}


def _range(span: list[Any]) -> dict[str, object]:
    names = ("property", "unit", "from", "to", "from_included", "to_included")
    return dict(zip(names, span, strict=True))


def _lines(product: dict[str, Any], net: int, shape: _Shape) -> list[dict[str, object]]:
    recipe = _recipes()[product["recipe"]]
    foreign = ceil(net * shape.foreign)  # upwards: what is to fail never lands on the edge
    if shape.loss is not None:
        rest = net - foreign + int(net * shape.loss)
        home = int(rest * _HOME_OF_REST)
        work = rest - home
    else:
        rest = net - foreign
        home, work = int(rest * _HOME_OF_REST), int(rest * _WORK_OF_REST)
    return [
        *_home_lines(recipe["home"], home),
        *_foreign_lines(recipe, foreign, shape, heading=product["hs_code"]),
        *_work_lines(recipe["work"], work),
    ]


def _home_lines(parts: list[list[Any]], total: int) -> list[dict[str, object]]:
    return [
        {
            "kind": "material",
            "name": name,
            "amount": Money(amount).to_text(),
            "origin": "domestic",
            "country": "TH",
            "hs_code": hs_code,
            "supplier": supplier_of(position),
            "evidence": [f"ใบกำกับภาษีซื้อ DEMO-{position:03d}"],
        }
        for position, ((name, hs_code, _), amount) in enumerate(
            zip(parts, split(total, [part[2] for part in parts]), strict=True), 1
        )
    ]


def _foreign_lines(
    recipe: dict[str, Any], total: int, shape: _Shape, *, heading: str
) -> list[dict[str, object]]:
    if not total:
        return []
    parts = list(recipe["abroad"])
    if shape.is_near:
        name, country = recipe["near"]
        parts.append([name, heading, sum(part[2] for part in parts), country])
    unproven = int(total * shape.unproven)
    amounts = split(total - unproven, [part[2] for part in parts])
    lines = [_imported(part, amount) for part, amount in zip(parts, amounts, strict=True)]
    if unproven:
        lines.append(_unproven(unproven, heading))
    return lines


def _imported(part: list[Any], amount: int) -> dict[str, object]:
    name, hs_code, _, country = part
    return {
        "kind": "material",
        "name": name,
        "amount": Money(amount).to_text(),
        "origin": "imported",
        "country": country,
        "hs_code": hs_code,
        "evidence": ["ใบขนสินค้าขาเข้า (ตัวอย่าง)"],
    }


def _unproven(amount: int, heading: str) -> dict[str, object]:
    return {
        "kind": "material",
        "name": "ชิ้นส่วนซื้อในประเทศ ยังไม่มีเอกสารแหล่งกำเนิด",
        "amount": Money(amount).to_text(),
        "origin": "unproven",
        "hs_code": heading,
    }


def _work_lines(weights: list[int], total: int) -> list[dict[str, object]]:
    return [
        {"kind": kind, "name": name, "amount": Money(amount).to_text()}
        for (kind, name), amount in zip(_WORK, split(total, weights), strict=True)
    ]


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Return *total* satang cut in proportion to *weights*; the last takes what cutting left over."""
    whole = sum(weights)
    amounts = [total * weight // whole for weight in weights]
    amounts[-1] += total - sum(amounts)
    return amounts
