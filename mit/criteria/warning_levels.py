"""From which share on somebody who passes is warned that it is close: a dated setting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from mit.values import in_force


@dataclass(frozen=True, slots=True)
class WarningLevels:
    """The levels of one span of days.

    Attributes:
        percents: whole percent, the highest first; a share at or under one of them is warned of.
        threshold: the share for which they are meant; where another one is asked for, they say nothing.
        is_verified: whether a published source states them.
    """

    in_force_from: date
    in_force_until: date | None
    percents: tuple[int, ...]
    is_verified: bool
    threshold: Fraction = Fraction(40, 100)

    def level_of(self, share: Fraction, threshold: Fraction) -> int | None:
        """Return the lowest level that *share* does not exceed; None where it exceeds them all."""
        if threshold != self.threshold:
            return None
        return min((percent for percent in self.percents if share <= Fraction(percent, 100)), default=None)


#: No published level was found; these are ours, for the threshold of 40 %.
WARNING_LEVELS = (WarningLevels(date(2020, 1, 1), None, (43, 41, 40), is_verified=False),)


def warning_levels_on(day: date) -> WarningLevels | None:
    """Return the levels in force on a Bangkok day; None where there are none."""
    return in_force.pick(WARNING_LEVELS, day)
