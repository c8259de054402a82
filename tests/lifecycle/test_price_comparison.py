"""When a price is far from another: exactly at the bound it is not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.lifecycle.price_comparison import PriceComparison, price_comparison_on, twice_the_median
from mit.values.money import Money

RULE = PriceComparison(
    date(2021, 1, 1), None, last_percent=30, others_times=3, least_others=5, is_verified=False
)


@pytest.mark.parametrize(
    ("price", "last", "said"),
    [(130, 100, ""), (131, 100, "above"), (70, 100, ""), (69, 100, "below"), (100, 100, ""), (1, 0, "above")],
)
def test_a_price_is_far_from_last_time_beyond_the_percent(price: int, last: int, said: str) -> None:
    assert RULE.against_last(Money(price), Money(last)) == said


@pytest.mark.parametrize(
    ("price", "others", "said"),
    [
        (300, [100], ""),
        (301, [100], "above"),
        (34, [100], ""),
        (33, [100], "below"),
        (450, [100, 200], ""),  # the median is 150
        (451, [100, 200], "above"),
        (50, [100, 200], ""),
        (49, [100, 200], "below"),
        (300, [100, 1, 10**9], ""),  # one that is far off moves no median
    ],
)
def test_a_price_is_far_from_others_beyond_so_many_times_their_median(
    price: int, others: list[int], said: str
) -> None:
    assert RULE.against_others(Money(price), [Money(one) for one in others]) == said


@given(st.lists(st.integers(1, 10**14), min_size=1, max_size=30))
def test_half_of_all_prices_lie_on_each_side_of_the_median(prices: list[int]) -> None:
    twice = twice_the_median([Money(price) for price in prices])
    assert sum(2 * price < twice for price in prices) * 2 <= len(prices)
    assert sum(2 * price > twice for price in prices) * 2 <= len(prices)


def test_the_setting_is_dated_and_unverified() -> None:
    rule = price_comparison_on(date(2026, 1, 1))
    assert rule is not None
    assert not rule.is_verified
    assert rule.least_others >= 5
    assert price_comparison_on(date(2020, 12, 31)) is None
