"""Share: an exact fraction of a value; cut, never rounded, when it is shown as percent."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Share:
    """``numerator ÷ denominator``, kept as given (both usually satang); denominator above zero."""

    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        """Refuse a denominator that is not above zero: such a share has no meaning."""
        if self.denominator <= 0:
            raise ValueError("the denominator of a share is above zero")

    def meets(self, threshold: Fraction) -> bool:
        """Say whether the share is equal to or above *threshold*, compared exactly."""
        return self.numerator * threshold.denominator >= threshold.numerator * self.denominator

    def within(self, limit: Fraction) -> bool:
        """Say whether the share is equal to or below *limit*, compared exactly."""
        return self.numerator * limit.denominator <= limit.numerator * self.denominator

    def shown_percent(self) -> str:
        """Return percent with two decimals, cut toward zero, no minus on zero: ``39.99``."""
        hundredths = abs(self.numerator) * 10_000 // self.denominator
        sign = "-" if self.numerator < 0 and hundredths else ""
        return f"{sign}{hundredths // 100}.{hundredths % 100:02d}"


def percent_text(fraction: Fraction) -> str:
    """Return a threshold as percent without needless zeros: ``40``, ``12.5``."""
    shown = Share(fraction.numerator, fraction.denominator).shown_percent()
    return shown.rstrip("0").rstrip(".")
