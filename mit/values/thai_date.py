"""Bangkok calendar days, and the Buddhist era in and out.

Stored and computed are UTC instants and Gregorian days.  The Buddhist era (พ.ศ. = C.E. + 543) is
for people only; the year is converted *before* a date is made, because 29 February 2567 B.E.
exists and ``date(2567, 2, 29)`` does not.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache

from babel.dates import get_month_names

from mit.errors import InputError

BANGKOK = timezone(timedelta(hours=7), "Asia/Bangkok")
BE_OFFSET_YEARS = 543
#: A typed year from here on is Buddhist era.
FIRST_BE_YEAR_TYPED = 2400
#: Before 2484 B.E. the Thai year began in April, so the offset of 543 does not hold.
FIRST_CONVERTIBLE_BE_YEAR = 2484

_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_ARABIC_TO_THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})", re.ASCII)
_DAY_NAMED = re.compile(r"([0-9]{1,2})\s*([^\d\s]+?)\s*(พ\.?ศ\.?|ค\.?ศ\.?)?\s*([0-9]{4})")


def bangkok_day(at: datetime) -> date:
    """Return the calendar day in Bangkok of a UTC instant."""
    return at.astimezone(BANGKOK).date()


def first_instant(day: date) -> datetime:
    """Return 00:00:00 in Bangkok of *day*, as an instant in UTC."""
    return datetime.combine(day, time(), BANGKOK).astimezone(UTC)


def last_second(day: date) -> datetime:
    """Return 23:59:59 in Bangkok of *day*, as an instant in UTC."""
    return first_instant(day + timedelta(days=1)) - timedelta(seconds=1)


def bangkok_text(at: datetime) -> str:
    """Return an instant as ISO 8601 with +07:00 and whole seconds."""
    return at.astimezone(BANGKOK).isoformat(timespec="seconds")


def utc_text(at: datetime) -> str:
    """Return an instant as ISO 8601 in UTC with ``Z`` and whole seconds."""
    return f"{at.astimezone(UTC).isoformat()[:19]}Z"


def year_be(day: date) -> int:
    """Return the Buddhist-era year of *day*."""
    return day.year + BE_OFFSET_YEARS


def last_valid_day(issued_on: date, years: int = 1) -> date:
    """Return the eve of the anniversary: the last day, included; from 29 February it is the 28th.

    Source: contract section 2, Validity; one year by [mit-renew].
    """
    if (issued_on.month, issued_on.day) == (2, 29):
        return date(issued_on.year + years, 2, 28)
    return issued_on.replace(year=issued_on.year + years) - timedelta(days=1)


def parse_iso_day(text: str, *, where: str = "") -> date:
    """Return the day written as ``YYYY-MM-DD`` in the common era; what machines send.

    Raises:
        InputError: ``day_malformed``.
    """
    match = _ISO.fullmatch(text)
    if not match:
        raise InputError("day_malformed", where=where, text=text[:40])
    return _make_day(*map(int, match.groups()), text=text, where=where)


def parse_day(text: str, *, where: str = "") -> date:
    """Return the day a person typed: ISO, d/m/y or a Thai month name; B.E. or C.E.; Thai digits.

    A year from 2400 on is Buddhist era, unless the era is written before it.

    Raises:
        InputError: ``day_malformed``, or ``day_year`` for a year of other than four digits or a
            Buddhist year before 2484.
    """
    plain, era = text.strip().translate(_THAI_DIGITS), ""
    if match := _ISO.fullmatch(plain):
        year, month, day = map(int, match.groups())
    elif match := _DAY_FIRST.fullmatch(plain):
        day, month, year = map(int, match.groups())
    elif match := _DAY_NAMED.fullmatch(plain):
        day, month = int(match[1]), _month_number(match[2], text, where)
        era, year = (match[3] or "")[:1], int(match[4])
    else:
        raise InputError("day_malformed", where=where, text=text[:40])
    if era != "ค":
        year = _common_year(year, text, where, is_be=era == "พ")
    return _make_day(year, month, day, text=text, where=where)


def format_day(day: date, language: str, *, width: str = "abbreviated") -> str:
    """Return a day as people read it: ``25 พ.ย. 2569``, or ``25 Nov 2026`` in English.

    ``width="wide"`` gives the formal form: ``25 พฤศจิกายน พ.ศ. 2569``, ``25 November 2026``.
    """
    month = _month_names(language, width)[day.month]
    if language != "th":
        return f"{day.day} {month} {day.year}"
    era = "พ.ศ. " if width == "wide" else ""
    return f"{day.day} {month} {era}{year_be(day)}"


def month_names(language: str, width: str = "abbreviated") -> list[str]:
    """Return the names of the twelve months, ``ม.ค.`` or, ``width="wide"``, ``มกราคม`` first."""
    return [name for _, name in sorted(_month_names(language, width).items())]


@cache
def _month_names(language: str, width: str) -> dict[int, str]:
    return dict(get_month_names(width, locale=language))  # type: ignore[arg-type]


def thai_digits(text: str) -> str:
    """Return *text* with ๐–๙ for 0–9."""
    return text.translate(_ARABIC_TO_THAI)


def format_instant(at: datetime, language: str) -> str:
    """Return an instant as Bangkok day and time: ``25 พ.ย. 2569 14:05 น.``."""
    local = at.astimezone(BANGKOK)
    clock = f"{local:%H:%M}"
    return f"{format_day(local.date(), language)} {clock}" + (" น." if language == "th" else "")


def _common_year(year: int, text: str, where: str, *, is_be: bool) -> int:
    if year < FIRST_BE_YEAR_TYPED and not is_be:
        return year
    if year < FIRST_CONVERTIBLE_BE_YEAR:
        raise InputError("day_year", where=where, text=text[:40])
    return year - BE_OFFSET_YEARS


def _month_number(name: str, text: str, where: str) -> int:
    wanted = name.casefold().rstrip(".")
    for language in ("th", "en"):
        for width in ("wide", "abbreviated"):
            months = get_month_names(width, locale=language)
            for number, month in months.items():
                if month.casefold().rstrip(".") == wanted:
                    return int(number)
    raise InputError("day_malformed", where=where, text=text[:40])


def _make_day(year: int, month: int, day: int, *, text: str, where: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise InputError("day_malformed", where=where, text=text[:40]) from error
