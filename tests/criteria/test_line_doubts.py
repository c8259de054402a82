"""Doubts about lines, looked for column by column: what each line by itself gives, in order."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria.cost_line import CostLine
from mit.criteria.cost_lines import CostLines
from mit.criteria.line_doubts import find_line_doubts
from mit.values.money import Money

THAI_NUMBER, WRONG_NUMBER, FOREIGN_NUMBER = "0105536112014", "0105536112015", "DE811569869"
BAHT = ("", "THB")
THAI = ("", "TH", "ไทย", "Thailand")


def one_by_one(lines: list[CostLine], are_foreign: bytes) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield what is doubtful, each line by itself and in fractions: the rule, not the way it is reckoned."""
    for line, is_foreign in zip(lines, are_foreign, strict=True):
        if is_foreign and line.amount == Money(0):
            yield "foreign_material_free", f"{line.where}.amount", {}
        if line.currency not in BAHT and not (line.rate and line.rate_on):
            yield "rate_missing", f"{line.where}.rate", {"currency": line.currency}
        factors = [line.quantity, line.unit_price, *([line.rate] if line.currency not in BAHT else [])]
        if all(factors):
            satang = Decimal(100)
            for factor in factors:
                satang *= Decimal(factor)
            with_waste = satang * (1 + Decimal(line.waste_percent or "0") / 100)
            if all(abs(reckoned - line.amount.satang) >= 1 for reckoned in (satang, with_waste)):
                shown = {"declared": line.amount.to_shown(), "computed": Money(int(with_waste)).to_shown()}
                yield "amount_mismatch", f"{line.where}.amount", shown
        if line.origin == "domestic":
            if line.country not in THAI:
                yield "supplier_country_foreign", f"{line.where}.country", {"country": line.country}
            codes = {WRONG_NUMBER: "supplier_number_doubtful", FOREIGN_NUMBER: "supplier_number_foreign"}
            if code := codes.get(line.supplier_tax_number):
                yield code, f"{line.where}.supplier_tax_number", {}


NUMBERS = st.sampled_from(["", "0", "1", "2", "3.5", "0.25", "1.005", "0.0001"])
LINES = st.builds(
    CostLine,
    position=st.integers(1, 99),
    kind=st.just("material"),
    name=st.just("x"),
    amount=st.sampled_from([0, 1, 2, 50, 99, 100, 101, 200, 250, 350, 700, 1_225]).map(Money),
    origin=st.sampled_from(["domestic", "imported", None]),
    country=st.sampled_from([*THAI, "CN", "de"]),
    quantity=NUMBERS,
    unit_price=NUMBERS,
    rate=NUMBERS,
    rate_on=st.sampled_from(["", "2026-11-25"]),
    waste_percent=st.sampled_from(["", "0", "10", "2.5"]),
    currency=st.sampled_from([*BAHT, "USD"]),
    supplier_tax_number=st.sampled_from(["", THAI_NUMBER, WRONG_NUMBER, FOREIGN_NUMBER]),
)


@settings(deadline=None, max_examples=400)
@given(st.lists(LINES, max_size=5), st.binary(min_size=5, max_size=5))
def test_all_together_they_are_what_each_line_gives(lines: list[CostLine], signs: bytes) -> None:
    are_foreign = bytes(sign % 2 for sign in signs[: len(lines)])
    found = find_line_doubts(CostLines.of(lines), are_foreign)
    assert [(one.code, one.where, one.params) for one in found] == list(one_by_one(lines, are_foreign))


def line(**said: Any) -> CostLine:
    return CostLine(
        **{"position": 1, "kind": "material", "name": "x", "amount": Money(100), "origin": None} | said
    )


def codes(*lines: CostLine, are_foreign: bytes | None = None) -> list[str]:
    found = find_line_doubts(CostLines.of(lines), are_foreign or bytes(len(lines)))
    return [doubt.code for doubt in found]


@pytest.mark.parametrize(
    ("quantity", "unit_price", "satang", "is_doubted"),
    [
        ("1", "1", 100, False),
        ("1", "1", 101, True),
        ("3", "0.335", 100, False),  # 100.5: less than a satang away on either side
        ("3", "0.335", 101, False),
        ("3", "0.335", 99, True),
        ("3", "0.335", 102, True),
        ("0.001", "0.001", 0, False),
        ("0.001", "0.001", 1, False),
        ("0.001", "0.001", 2, True),
        ("1", "0.02", 1, True),
        ("1", "0.02", 3, True),
        ("10", "0.1", 100, False),
        ("10", "0.1", 99, True),
        ("12345678901.25", "999999999999", 100, True),
        # What only a wrong unit would take for right.
        ("1", "1", 1, True),
        ("1", "1", 81, True),
        ("1", "1", 121, True),
        ("1.5", "1", 15_000, True),
        ("1", "0.02", 20_000, True),
        ("1.005", "1", 111, True),
        ("1.005", "1", 112, True),
    ],
)
@pytest.mark.parametrize("beside", [(), (line(quantity="1.12345678", unit_price="1", amount=Money(112)),)])
def test_less_than_a_satang_is_no_doubt_whatever_decimals_stand_beside(
    quantity: str, unit_price: str, satang: int, is_doubted: bool, beside: tuple[CostLine, ...]
) -> None:
    one = line(quantity=quantity, unit_price=unit_price, amount=Money(satang))
    assert codes(one, *beside) == ["amount_mismatch"] * is_doubted


@pytest.mark.parametrize(
    ("rate", "satang", "is_doubted"), [("35", 3_500, False), ("35", 100, True), ("", 100, False)]
)
def test_a_foreign_price_is_reckoned_by_its_rate(rate: str, satang: int, is_doubted: bool) -> None:
    said = line(
        quantity="1", unit_price="1", currency="USD", rate=rate, rate_on="2026-11-25", amount=Money(satang)
    )
    assert codes(said) == ["rate_missing"] * (not rate) + ["amount_mismatch"] * is_doubted


def test_a_rate_beside_a_price_in_baht_counts_for_nothing() -> None:
    doubled = line(quantity="1", unit_price="1", rate="2", amount=Money(200))
    assert codes(doubled, line(currency="USD", rate="35", rate_on="2026-11-25")) == ["amount_mismatch"]


@pytest.mark.parametrize("missing", ["quantity", "unit_price"])
def test_what_is_not_explained_is_not_doubted(missing: str) -> None:
    explained = {"quantity": "2", "unit_price": "7", missing: ""}
    assert codes(line(**explained), line(quantity="1", unit_price="1")) == []
    assert codes(line(**explained)) == []
