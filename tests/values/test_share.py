"""A share is compared exactly and shown cut, never rounded."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.values.share import Share, percent_text

FORTY = Fraction(40, 100)
NUMERATORS = st.integers(min_value=-(10**15), max_value=10**15)
DENOMINATORS = st.integers(min_value=1, max_value=10**15)


def test_exactly_forty_percent_passes() -> None:
    assert Share(40_000, 100_000).meets(FORTY)


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"), [(7_999_000, 20_000_000, "39.99"), (41_237, 103_100, "39.99")]
)
def test_just_below_forty_fails_and_never_shows_as_forty(
    numerator: int, denominator: int, shown: str
) -> None:
    share = Share(numerator, denominator)
    assert not share.meets(FORTY)
    assert share.shown_percent() == shown


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"),
    [
        (-1, 1_000_000, "0.00"),
        (-5, 100, "-5.00"),
        (-39_995, 100_000, "-39.99"),
        (1, 1, "100.00"),
        (0, 7, "0.00"),
    ],
)
def test_a_share_is_cut_toward_zero_and_zero_has_no_minus(
    numerator: int, denominator: int, shown: str
) -> None:
    assert Share(numerator, denominator).shown_percent() == shown


def test_a_share_of_nothing_has_no_meaning() -> None:
    with pytest.raises(ValueError, match="above zero"):
        Share(1, 0)


@given(NUMERATORS, DENOMINATORS)
def test_meeting_a_threshold_is_what_fractions_say(numerator: int, denominator: int) -> None:
    share = Share(numerator, denominator)
    assert share.meets(FORTY) == (Fraction(numerator, denominator) >= FORTY)
    assert share.within(FORTY) == (Fraction(numerator, denominator) <= FORTY)


@given(NUMERATORS, DENOMINATORS)
def test_the_shown_percent_is_what_decimal_arithmetic_cuts(numerator: int, denominator: int) -> None:
    with localcontext(prec=60):
        exact = Decimal(numerator) * 100 / Decimal(denominator)
        expected = exact.quantize(Decimal("0.01"), rounding=ROUND_DOWN)
    assert Decimal(Share(numerator, denominator).shown_percent()) == expected


@given(st.integers(min_value=0, max_value=10**9), st.integers(min_value=1, max_value=10**9))
def test_no_share_below_forty_ever_shows_forty_or_more(numerator: int, denominator: int) -> None:
    share = Share(numerator, denominator)
    assert share.meets(FORTY) == (Decimal(share.shown_percent()) >= 40)


@pytest.mark.parametrize(
    ("fraction", "text"), [(FORTY, "40"), (Fraction(1, 8), "12.5"), (Fraction(1), "100")]
)
def test_a_threshold_is_shown_without_needless_zeros(fraction: Fraction, text: str) -> None:
    assert percent_text(fraction) == text


@given(NUMERATORS, DENOMINATORS, st.fractions(min_value=0, max_value=2))
def test_a_share_meets_and_stays_within_exactly_where_it_equals(
    numerator: int, denominator: int, limit: Fraction
) -> None:
    share = Share(numerator, denominator)
    assert share.meets(limit) or share.within(limit)
    assert (share.meets(limit) and share.within(limit)) == (Fraction(numerator, denominator) == limit)


@given(st.fractions(min_value=0, max_value=2), st.integers(1, 10**6))
def test_a_share_that_equals_its_limit_is_on_both_sides_of_it(limit: Fraction, factor: int) -> None:
    share = Share(limit.numerator * factor, limit.denominator * factor)
    assert share.meets(limit)
    assert share.within(limit)


@pytest.mark.parametrize("denominator", [0, -1])
def test_a_denominator_is_above_zero(denominator: int) -> None:
    with pytest.raises(ValueError, match="the denominator of a share is above zero"):
        Share(1, denominator)
    assert Share(1, 1).shown_percent() == "100.00"


@given(st.integers(0, 10_000))
def test_every_threshold_with_two_decimals_is_shown_exactly(hundredths: int) -> None:
    text = percent_text(Fraction(hundredths, 10_000))
    assert Decimal(text) * 100 == hundredths
    assert text == "0" or not text.startswith("00")
    assert "." not in text or text[-1] not in "0."
