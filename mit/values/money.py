"""Money: whole satang inside, baht as text outside; no float, ever."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mit.errors import InputError

SATANG_PER_BAHT = 100
_AMOUNT = re.compile(r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?$", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of baht, held as whole satang; may be negative."""

    satang: int

    def __add__(self, other: Money) -> Money:
        """Return the exact sum."""
        return Money(self.satang + other.satang)

    def __sub__(self, other: Money) -> Money:
        """Return the exact difference."""
        return Money(self.satang - other.satang)

    def to_text(self) -> str:
        """Return baht with two decimals and no grouping, as machines read it: ``-1234.50``."""
        sign = "-" if self.satang < 0 else ""
        baht, satang = divmod(abs(self.satang), SATANG_PER_BAHT)
        return f"{sign}{baht}.{satang:02d}"

    def to_shown(self) -> str:
        """Return baht with two decimals grouped by thousands, as people read it: ``1,234.50``."""
        sign = "-" if self.satang < 0 else ""
        baht, satang = divmod(abs(self.satang), SATANG_PER_BAHT)
        return f"{sign}{baht:,}.{satang:02d}"


def parse_baht(text: object, *, where: str = "", signed: bool = False) -> Money:
    """Return the amount written as baht with at most two decimals, e.g. ``"12500.00"``; see ``parse_satang``.

    Raises:
        InputError: as ``parse_satang``.
    """
    return Money(parse_satang(text, where=where, signed=signed))


def parse_satang(text: object, *, where: str = "", signed: bool = False) -> int:
    """Return in whole satang the amount written as baht with at most two decimals.

    Only a string is taken (a JSON number may have lost its satang on the way); ``signed`` lets
    it begin with ``-``.  At most twelve digits before the point (contract section 5).

    Raises:
        InputError: ``amount_not_text``, ``amount_negative``, ``amount_decimals`` or
            ``amount_malformed``.
    """
    if not isinstance(text, str):
        raise InputError("amount_not_text", where=where)
    body, negative = (text[1:], True) if text.startswith("-") else (text, False)
    if not _AMOUNT.match(body) or text.endswith("\n"):
        raise InputError(_why_malformed(body), where=where, text=text[:40])
    if negative and not signed:
        raise InputError("amount_negative", where=where, text=text[:40])
    whole, _, decimals = body.partition(".")
    satang = int(whole) * SATANG_PER_BAHT + int((decimals + "00")[:2])
    return -satang if negative else satang


def _why_malformed(body: str) -> str:
    third_decimal = re.fullmatch(r"[0-9]{1,12}\.[0-9]{3,}", body, re.ASCII)
    return "amount_decimals" if third_decimal else "amount_malformed"
