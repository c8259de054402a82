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


@pytest.mark.parametrize(
    ("satang", "text", "shown"),
    [
        (0, "0.00", "0.00"),
        (5, "0.05", "0.05"),
        (-5, "-0.05", "-0.05"),
        (-100, "-1.00", "-1.00"),
        (99_999, "999.99", "999.99"),
        (100_000, "1000.00", "1,000.00"),
        (-123_456_789, "-1234567.89", "-1,234,567.89"),
    ],
)
def test_machines_read_it_without_and_people_with_commas(satang: int, text: str, shown: str) -> None:
    assert (Money(satang).to_text(), Money(satang).to_shown()) == (text, shown)


@pytest.mark.parametrize("text", ["-", "--1", "-.5", "- 1", "-01", "+1", "-1.", "-1e2", "-1\n"])
def test_a_minus_alone_makes_no_amount(text: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_baht(text, signed=True)
    assert refused.value.code == "amount_malformed"


@pytest.mark.parametrize("text", ["-0", "-0.00", "0", "0.0"])
def test_zero_has_no_sign(text: str) -> None:
    assert parse_baht(text, signed=True) == Money(0)
    assert parse_baht(text, signed=True).to_text() == "0.00"


def test_a_long_text_is_told_back_short() -> None:
    with pytest.raises(InputError) as refused:
        parse_baht("1" * 500)
    assert refused.value.params == {"text": "1" * 40}


@given(st.lists(st.integers(min_value=-(10**14), max_value=10**14)))
def test_amounts_are_sorted_by_their_worth(amounts: list[int]) -> None:
    assert [money.satang for money in sorted(map(Money, amounts))] == sorted(amounts)
