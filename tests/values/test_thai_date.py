"""Days are Gregorian inside, Buddhist era for people only."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.errors import InputError
from mit.values.thai_date import (
    bangkok_day,
    bangkok_text,
    first_instant,
    format_day,
    format_instant,
    last_second,
    last_valid_day,
    parse_day,
    parse_iso_day,
    utc_text,
    year_be,
)

DAYS = st.dates(min_value=date(1941, 1, 1), max_value=date(2199, 12, 31))
THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")

READ = [
    ("2026-11-25", date(2026, 11, 25)),
    ("2569-11-25", date(2026, 11, 25)),
    ("25/11/2569", date(2026, 11, 25)),
    ("25-11-2026", date(2026, 11, 25)),
    ("๒๕/๑๑/๒๕๖๙", date(2026, 11, 25)),
    ("25 พ.ย. 2569", date(2026, 11, 25)),
    ("25 พฤศจิกายน พ.ศ. 2569", date(2026, 11, 25)),
    ("25 November 2026", date(2026, 11, 25)),
    ("29/2/2567", date(2024, 2, 29)),
    ("29 ก.พ. 2571", date(2028, 2, 29)),
]
REFUSED = [
    "",
    "25/11/69",
    "31/2/2569",
    "29/2/2568",
    "2026-13-01",
    "yesterday",
    "25 Foo 2569",
    "1/1/2483",
    "\ud800",
]


@pytest.mark.parametrize(("text", "day"), READ)
def test_a_person_may_write_a_day_in_many_ways(text: str, day: date) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_a_day_is_refused(text: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_day(text, where="on")
    assert refused.value.code in {"day_malformed", "day_year"}
    assert refused.value.where == "on"


def test_machines_send_iso_days_only() -> None:
    assert parse_iso_day("2026-11-25") == date(2026, 11, 25)
    for text in ("25/11/2569", "2026-11-25T00:00", "2026-1-5", "๒๐๒๖-๑๑-๒๕"):
        with pytest.raises(InputError):
            parse_iso_day(text)


@given(DAYS)
def test_every_day_comes_back_from_what_people_read(day: date) -> None:
    for language in ("th", "en"):
        for width in ("wide", "abbreviated"):
            assert parse_day(format_day(day, language, width=width)) == day


@given(DAYS)
def test_every_day_comes_back_from_buddhist_digits(day: date) -> None:
    assert parse_day(f"{day.day}/{day.month}/{year_be(day)}".translate(THAI)) == day


@given(DAYS)
def test_a_bangkok_day_runs_from_its_first_instant_to_its_last_second(day: date) -> None:
    first, last = first_instant(day), last_second(day)
    assert bangkok_day(first) == bangkok_day(last) == day
    assert bangkok_day(first - timedelta(seconds=1)) == day - timedelta(days=1)
    assert bangkok_day(last + timedelta(seconds=1)) == day + timedelta(days=1)


def test_midnight_in_bangkok_is_seventeen_hundred_utc_the_day_before() -> None:
    assert first_instant(date(2026, 11, 25)) == datetime(2026, 11, 24, 17, tzinfo=UTC)
    assert bangkok_text(datetime(2026, 11, 24, 17, tzinfo=UTC)) == "2026-11-25T00:00:00+07:00"
    assert utc_text(datetime(2026, 11, 24, 17, tzinfo=UTC)) == "2026-11-24T17:00:00Z"


@pytest.mark.parametrize(
    ("issued", "last"),
    [
        (date(2026, 11, 25), date(2027, 11, 24)),
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2027, 3, 1), date(2028, 2, 29)),
        (date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_the_last_valid_day_is_the_eve_of_the_anniversary(issued: date, last: date) -> None:
    assert last_valid_day(issued) == last


@given(DAYS)
def test_a_certificate_lasts_a_year_and_never_longer(day: date) -> None:
    assert timedelta(days=364) <= last_valid_day(day) - day <= timedelta(days=365)


def test_days_and_instants_are_shown_in_the_era_of_the_reader() -> None:
    assert format_day(date(2026, 11, 25), "th") == "25 พ.ย. 2569"
    assert format_day(date(2026, 11, 25), "th", width="wide") == "25 พฤศจิกายน พ.ศ. 2569"
    assert format_day(date(2026, 11, 25), "en") == "25 Nov 2026"
    assert format_instant(datetime(2026, 11, 25, 7, 5, tzinfo=UTC), "th") == "25 พ.ย. 2569 14:05 น."
    assert format_instant(datetime(2026, 11, 25, 7, 5, tzinfo=UTC), "en") == "25 Nov 2026 14:05"
    assert format_day(date(2026, 11, 5), "en", width="wide") == "5 November 2026"


def test_an_instant_is_shown_on_its_day_in_bangkok() -> None:
    late = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)
    assert format_instant(late, "th") == "1 ม.ค. 2570 00:00 น."
    assert format_instant(late - timedelta(seconds=1), "th") == "31 ธ.ค. 2569 23:59 น."
    assert format_instant(late.astimezone(timezone(timedelta(hours=-5))), "en") == "1 Jan 2027 00:00"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1/1/2400", "day_year"),
        ("1/1/2483", "day_year"),
        ("31/12/2483", "day_year"),
        ("2483-12-31", "day_year"),
        ("1 ม.ค. 2450", "day_year"),
        ("0000-01-01", "day_malformed"),
        ("32/1/2569", "day_malformed"),
        ("0/1/2569", "day_malformed"),
        ("1/0/2569", "day_malformed"),
        ("1/13/2569", "day_malformed"),
        ("29 ก.พ. 2569", "day_malformed"),
        ("1/1/25690", "day_malformed"),
        ("1/1/256", "day_malformed"),
        ("25 . 2569", "day_malformed"),
        ("25 ม 2569", "day_malformed"),
        ("2026-11-25 x", "day_malformed"),
        ("2026/11/25", "day_malformed"),
        ("25.11.69", "day_malformed"),
    ],
)
def test_a_refused_day_says_whether_it_is_the_year(text: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_day(text, where="issued_on")
    assert (refused.value.code, refused.value.where) == (code, "issued_on")
    assert refused.value.params == {"text": text}


def test_the_eras_meet_where_no_year_is_in_doubt() -> None:
    assert parse_day("31/12/2399") == date(2399, 12, 31)
    assert parse_day("1/1/2484") == date(1941, 1, 1)
    assert parse_day("2484-01-01") == date(1941, 1, 1)
    assert parse_iso_day("2484-01-01") == date(2484, 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "25 พ.ย. 2569",
        "25 พ.ย 2569",
        "25พ.ย.2569",
        "25 พฤศจิกายน 2569",
        "25 พฤศจิกายน พ.ศ.2569",
        "25 พฤศจิกายน พศ 2569",
        "25 พฤศจิกายน ค.ศ. 2026",
        "25 NOV 2026",
        "25 nov. 2026",
        "25.11.2569",
        "25/11-2026",
        "\t25/11/2569 \n",
    ],
)
def test_the_spelling_of_a_month_does_not_matter(text: str) -> None:
    assert parse_day(text) == date(2026, 11, 25)


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2026-00-10", "2026-11-25\n", " 2026-11-25", "0000-01-01", ""]
)
def test_a_machine_that_sends_no_day_is_told_the_field(text: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_iso_day(text, where="on")
    assert (refused.value.code, refused.value.where) == ("day_malformed", "on")


@given(DAYS)
def test_every_day_comes_back_from_its_iso_text(day: date) -> None:
    assert parse_iso_day(day.isoformat()) == parse_day(day.isoformat()) == day


@given(DAYS, st.integers(1, 10))
def test_the_day_after_the_last_valid_day_is_the_anniversary(day: date, years: int) -> None:
    last = last_valid_day(day, years)
    anniversary = last + timedelta(days=1)
    assert anniversary.year == day.year + years
    leap_day = (day.month, day.day) == (2, 29)
    if not leap_day:
        assert (anniversary.month, anniversary.day) == (day.month, day.day)
    else:
        assert (last.month, last.day) == (2, 28)


@given(st.datetimes(datetime(1941, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001
def test_both_texts_of_an_instant_name_the_same_second(at: datetime) -> None:
    second = at.replace(microsecond=0)
    assert datetime.fromisoformat(bangkok_text(at)) == second
    assert datetime.fromisoformat(utc_text(at)) == second
    assert bangkok_text(at).endswith("+07:00")
    assert utc_text(at).endswith("Z")
    assert bangkok_text(at)[:10] == bangkok_day(at).isoformat()


@given(st.text(max_size=40))
def test_no_text_makes_anything_but_a_day_or_a_refusal(text: str) -> None:
    try:
        day = parse_day(text, where="on")
    except InputError as error:
        assert error.code in {"day_malformed", "day_year"}
    else:
        assert isinstance(day, date)
