"""Money is whole satang inside and text outside."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.errors import InputError
from mit.values.money import Money, parse_baht

REFUSED = [
    ("12500.000", "amount_decimals"),
    ("-1.00", "amount_negative"),
    ("01.00", "amount_malformed"),
    ("1,000.00", "amount_malformed"),
    ("", "amount_malformed"),
    (".5", "amount_malformed"),
    ("1.", "amount_malformed"),
    ("1e3", "amount_malformed"),
    ("๑๐", "amount_malformed"),
    ("10\n", "amount_malformed"),
    ("1234567890123", "amount_malformed"),
    (12500, "amount_not_text"),
    (12500.0, "amount_not_text"),
    (None, "amount_not_text"),
    (True, "amount_not_text"),
]


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_what_is_not_an_amount_is_refused_with_its_reason(text: object, code: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_baht(text, where="lines[1].amount")
    assert refused.value.code == code
    assert refused.value.where == "lines[1].amount"


@pytest.mark.parametrize(
    ("text", "satang"),
    [("0", 0), ("0.5", 50), ("12500.00", 1_250_000), ("999999999999.99", 99_999_999_999_999)],
)
def test_baht_become_whole_satang(text: str, satang: int) -> None:
    assert parse_baht(text) == Money(satang)


def test_only_a_signed_amount_may_begin_with_a_minus() -> None:
    assert parse_baht("-50.25", signed=True) == Money(-5025)


@given(st.integers(min_value=-(10**14) + 1, max_value=10**14 - 1))
def test_every_amount_comes_back_from_its_text(satang: int) -> None:
    money = Money(satang)
    assert parse_baht(money.to_text(), signed=True) == money
    assert Decimal(money.to_text()) * 100 == satang
    assert money.to_shown().replace(",", "") == money.to_text()


@given(st.text(max_size=30))
def test_no_text_makes_anything_but_an_amount_or_a_refusal(text: str) -> None:
    try:
        money = parse_baht(text, signed=True)
    except InputError:
        return
    assert Decimal(text) * 100 == money.satang


@given(st.integers(), st.integers())
def test_sums_and_differences_are_exact(left: int, right: int) -> None:
    assert (Money(left) + Money(right)).satang == left + right
    assert (Money(left) - Money(right)).satang == left - right
