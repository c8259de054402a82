"""When a declared price is far from another: a dated setting.  It raises a question and decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mit.values import in_force
from mit.values.money import Money


@dataclass(frozen=True, slots=True)
class PriceComparison:
    """What is far in one span of days.

    Attributes:
        last_percent: a price is far from last time's where it differs by more percent of that.
        others_times: it is far from others' where it is more than so many times their median, or
            less than that part of it.
        least_others: organisations that must have declared a price before any is compared, so that
            what one of them declares cannot be told from the answer.
        is_verified: whether a published source states it.
    """

    in_force_from: date
    in_force_until: date | None
    last_percent: int
    others_times: int
    least_others: int
    is_verified: bool

    def against_last(self, price: Money, last: Money) -> str:
        """Return ``above`` or ``below`` where *price* is far from *last*; else an empty text."""
        apart = (price - last).satang * 100
        far = last.satang * self.last_percent
        return "above" if apart > far else "below" if -apart > far else ""

    def against_others(self, price: Money, others: Sequence[Money]) -> str:
        """Return ``above`` or ``below`` where *price* is far from others' median; else an empty text."""
        twice = twice_the_median(others)
        if price.satang * 2 > twice * self.others_times:
            return "above"
        return "below" if price.satang * 2 * self.others_times < twice else ""


#: No published rule was found; the values are a beginning.
PRICE_COMPARISONS = (
    PriceComparison(
        date(2021, 1, 1), None, last_percent=30, others_times=3, least_others=5, is_verified=False
    ),
)


def price_comparison_on(day: date) -> PriceComparison | None:
    """Return the comparison in force on a Bangkok day; None where there is none."""
    return in_force.pick(PRICE_COMPARISONS, day)


def twice_the_median(prices: Sequence[Money]) -> int:
    """Return twice the median in satang, a whole number also between two prices."""
    ordered = sorted(price.satang for price in prices)
    return ordered[len(ordered) // 2] + ordered[(len(ordered) - 1) // 2]
