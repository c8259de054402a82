"""Which digits the Thai words on paper are written with: 0–9, or ๐–๙ where the issuer wants that.

Only our own Thai sentences and days change.  Numbers of certificates, companies and factories, HS
codes, models, ranges, telephone numbers, addresses, what is said in English, and the QR code stay as
they are: they are compared sign by sign, or were typed by somebody else.
"""

from __future__ import annotations

from datetime import date

from mit.credential.issuer import IssuerProfile
from mit.i18n import say
from mit.values.thai_date import format_day, thai_digits


def say_numbers(key: str, issuer: IssuerProfile, **numbers: str | int) -> dict[str, str]:
    """Return the sentence of *key* in both languages, *numbers* in the issuer's digits in the Thai one."""
    thai = {name: _written(str(number), issuer) for name, number in numbers.items()}
    return {"th": say(key, "th", **thai), "en": say(key, "en", **numbers)}


def say_day(day: date, issuer: IssuerProfile, *, width: str = "abbreviated") -> dict[str, str]:
    """Return *day* in both languages, in the issuer's digits in Thai."""
    return {
        "th": _written(format_day(day, "th", width=width), issuer),
        "en": format_day(day, "en", width=width),
    }


def _written(text: str, issuer: IssuerProfile) -> str:
    return thai_digits(text) if issuer.digits == "thai" else text
