"""Days as people write them at the borders: the era named, the turn of a year, 29 February, midnight."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.errors import InputError
from mit.values import in_force
from mit.values.dated_text import read_dated_texts
from mit.values.thai_date import (
    BE_OFFSET_YEARS,
    FIRST_BE_YEAR_TYPED,
    FIRST_CONVERTIBLE_BE_YEAR,
    bangkok_day,
    format_day,
    format_instant,
    last_valid_day,
    parse_day,
    parse_iso_day,
    thai_digits,
    year_be,
)

NAMES = ("มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม",
         "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม")  # fmt: skip
SHORT = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")


@dataclass(frozen=True)
class Written:
    """A day as somebody writes it, and the day that is meant; None where nothing can be meant."""

    text: str
    day: date | None
    code: str = ""


ERAS = [
    Written("25 พฤศจิกายน พ.ศ. 2569", date(2026, 11, 25)),
    Written("25 พฤศจิกายน พ.ศ.2569", date(2026, 11, 25)),
    Written("25 พฤศจิกายน พศ 2569", date(2026, 11, 25)),
    Written("25พ.ย.พ.ศ.2569", date(2026, 11, 25)),
    Written("๒๕ พ.ย. พ.ศ. ๒๕๖๙", date(2026, 11, 25)),
    Written("25 พฤศจิกายน ค.ศ. 2026", date(2026, 11, 25)),
    Written("25 พฤศจิกายน คศ 2026", date(2026, 11, 25)),
    Written("25 November พ.ศ. 2569", date(2026, 11, 25)),
    # the era that is written counts, not the size of the year
    Written("25 พฤศจิกายน ค.ศ. 2569", date(2569, 11, 25)),
    Written("1 มกราคม ค.ศ. 2450", date(2450, 1, 1)),
    Written("25 พฤศจิกายน พ.ศ. 2026", None, "day_year"),
    Written("1 มกราคม พ.ศ. 2483", None, "day_year"),
    Written("1 มกราคม พ.ศ. 2484", date(1941, 1, 1)),
    # without one, a year from 2400 on is Buddhist
    Written("1 มกราคม 2484", date(1941, 1, 1)),
    Written("31/12/2483", None, "day_year"),
    Written("31/12/2400", None, "day_year"),
    Written("31/12/2399", date(2399, 12, 31)),
    Written("31 ธันวาคม 2026", date(2026, 12, 31)),
    # the year is converted before the day is made
    Written("29 กุมภาพันธ์ 2567", date(2024, 2, 29)),
    Written("29 กุมภาพันธ์ พ.ศ. 2567", date(2024, 2, 29)),
    Written("29 กุมภาพันธ์ ค.ศ. 2567", None, "day_malformed"),
    Written("29 กุมภาพันธ์ 2568", None, "day_malformed"),
    Written("29/02/2643", None, "day_malformed"),  # 2100 is no leap year
    Written("29.2.2543", date(2000, 2, 29)),  # 2000 was one
    Written("2567-02-29", date(2024, 2, 29)),
]
SPELLINGS = [
    Written(" 25/11/2569 ", date(2026, 11, 25)),
    Written("25.11.2569", date(2026, 11, 25)),
    Written("5-1-2569", date(2026, 1, 5)),
    Written("25 พ.ย 2569", date(2026, 11, 25)),
    Written("25 nov. 2026", date(2026, 11, 25)),
    Written("25 NOVEMBER 2026", date(2026, 11, 25)),
    Written("0/11/2569", None, "day_malformed"),
    Written("32/1/2569", None, "day_malformed"),
    Written("31/4/2569", None, "day_malformed"),
    Written("1/13/2569", None, "day_malformed"),
    Written("25/11/69", None, "day_malformed"),
    Written("25/11/02569", None, "day_malformed"),
    Written("125/11/2569", None, "day_malformed"),
    Written("25 พฤศจิ 2569", None, "day_malformed"),
    Written("25 พฤศจิกายน 69", None, "day_malformed"),
    Written("พฤศจิกายน 2569", None, "day_malformed"),
    Written("25 พฤศจิกายน รศ 2569", None, "day_malformed"),
    Written("2026/11/25", None, "day_malformed"),
    Written("2026-11-25T00:00", None, "day_malformed"),
    Written("0000-01-01", None, "day_malformed"),
    Written("٢٥ Nov 2026", None, "day_malformed"),
    Written("25 Nov ２０２６", None, "day_malformed"),
    Written("²5/11/2569", None, "day_malformed"),
]


@pytest.mark.parametrize("written", [*ERAS, *SPELLINGS], ids=lambda written: written.text)
def test_a_written_day_is_the_one_that_is_meant_or_is_refused(written: Written) -> None:
    if written.day is not None:
        assert parse_day(written.text) == written.day
        return
    with pytest.raises(InputError) as refused:
        parse_day(written.text, where="--on")
    assert (refused.value.code, refused.value.where) == (written.code, "--on")
    assert refused.value.params["text"] == written.text


@pytest.mark.parametrize("month", range(1, 13))
def test_every_thai_month_is_read_in_full_and_in_short(month: int) -> None:
    for name in (NAMES[month - 1], SHORT[month - 1], SHORT[month - 1].rstrip(".")):
        assert parse_day(f"1 {name} 2569") == date(2026, month, 1)
        assert parse_day(f"1 {name} พ.ศ. 2569") == date(2026, month, 1)
    assert format_day(date(2026, month, 9), "th") == f"9 {SHORT[month - 1]} 2569"
    assert format_day(date(2026, month, 9), "th", width="wide") == f"9 {NAMES[month - 1]} พ.ศ. 2569"


@pytest.mark.parametrize("read", [parse_day, parse_iso_day])
def test_a_refusal_says_back_forty_signs_at_most(read: object) -> None:
    for text in ("x" * 900, f"{'9' * 900}-01-01", f"31/02/2569{' ' * 900}x"):
        with pytest.raises(InputError) as refused:
            read(text)  # type: ignore[operator]
        assert len(str(refused.value.params["text"])) == 40


@given(st.integers(1, 9999), st.sampled_from(["", "พ.ศ. ", "ค.ศ. "]))
def test_a_year_is_converted_by_its_era_alone(year: int, era: str) -> None:
    is_be = era == "พ.ศ. " or (era == "" and year >= FIRST_BE_YEAR_TYPED)
    text = f"1 มกราคม {era}{year:04d}"
    if is_be and year < FIRST_CONVERTIBLE_BE_YEAR:
        with pytest.raises(InputError, match="day_year"):
            parse_day(text)
    else:
        assert parse_day(text) == date(year - BE_OFFSET_YEARS if is_be else year, 1, 1)


@given(st.datetimes(datetime(1941, 1, 1), datetime(2300, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_day_in_bangkok_is_that_of_seven_hours_later(at: datetime) -> None:
    assert bangkok_day(at) == (at + timedelta(hours=7)).date()
    assert bangkok_day(at.astimezone(timezone(timedelta(hours=-11)))) == bangkok_day(at)


@pytest.mark.parametrize(
    ("at", "day", "shown"),
    [
        ("2026-12-31T16:59:59", date(2026, 12, 31), "31 ธ.ค. 2569 23:59 น."),
        ("2026-12-31T17:00:00", date(2027, 1, 1), "1 ม.ค. 2570 00:00 น."),
        ("2028-02-28T17:00:00", date(2028, 2, 29), "29 ก.พ. 2571 00:00 น."),
        ("2028-02-29T16:59:59", date(2028, 2, 29), "29 ก.พ. 2571 23:59 น."),
        ("2028-02-29T17:00:00", date(2028, 3, 1), "1 มี.ค. 2571 00:00 น."),
    ],
)
def test_a_year_and_a_leap_day_turn_at_midnight_in_bangkok(at: str, day: date, shown: str) -> None:
    instant = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert bangkok_day(instant) == day
    assert format_instant(instant, "th") == shown
    assert year_be(bangkok_day(instant)) == int(shown.split(" ")[2])
    assert format_instant(instant, "en").endswith(shown[-9:-3])


@given(st.dates(date(1941, 1, 1), date(2300, 12, 31)), st.integers(1, 3))
def test_after_the_last_valid_day_the_next_one_begins_on_the_same_date(issued_on: date, years: int) -> None:
    following = last_valid_day(issued_on, years) + timedelta(days=1)
    assert following.year == issued_on.year + years
    if (issued_on.month, issued_on.day) == (2, 29):
        assert (following.month, following.day) == (3, 1)
    else:
        assert (following.month, following.day) == (issued_on.month, issued_on.day)


@given(st.text(max_size=30))
def test_thai_digits_change_digits_and_nothing_else(text: str) -> None:
    shown = thai_digits(text)
    assert len(shown) == len(text)
    for before, after in zip(text, shown, strict=True):
        assert after == ("๐๑๒๓๔๕๖๗๘๙"["0123456789".index(before)] if before in "0123456789" else before)


# --- words in force from one day to another


VERSIONS = [
    {"id": "a", "in_force_from": "2026-01-01", "in_force_until": "2026-06-30", "verified": False,
     "text": {"th": "ฉบับแรก", "en": "First"}},
    {"id": "b", "in_force_from": "2026-07-01", "in_force_until": None, "verified": True,
     "text": {"th": "ฉบับที่สอง", "en": "Second"}},
]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "id_"),
    [
        (date(2025, 12, 31), None),
        (date(2026, 1, 1), "a"),
        (date(2026, 6, 30), "a"),
        (date(2026, 7, 1), "b"),
        (date(2099, 1, 1), "b"),
    ],
)
def test_dated_words_are_in_force_from_their_first_to_their_last_day(
    tmp_path: Path, day: date, id_: str | None
) -> None:
    path = tmp_path / "words.json"
    path.write_text(json.dumps(VERSIONS), "utf-8")
    found = in_force.pick(read_dated_texts(path), day)
    assert (found.id if found else None) == id_


def test_dated_words_keep_both_texts_their_mark_and_a_hash_of_both(tmp_path: Path) -> None:
    path = tmp_path / "words.json"
    path.write_text(json.dumps(VERSIONS), "utf-8")
    first, second = read_dated_texts(path)
    assert (first.text.th, first.text.en, first.is_verified) == ("ฉบับแรก", "First", False)
    assert second.is_verified
    assert first.sha256 != second.sha256
    assert len(first.sha256) == 64
    changed = tmp_path / "changed.json"
    for language in ("th", "en"):
        text = {**VERSIONS[0]["text"], language: "another"}  # type: ignore[dict-item]
        changed.write_text(json.dumps([{**VERSIONS[0], "text": text}]), "utf-8")
        read_dated_texts.cache_clear()
        assert read_dated_texts(changed)[0].sha256 != first.sha256, language


def test_a_day_in_a_file_of_ours_is_iso_or_the_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "words.json"
    path.write_text(json.dumps([{**VERSIONS[0], "in_force_from": "1/1/2569"}]), "utf-8")
    with pytest.raises(InputError, match="day_malformed"):
        read_dated_texts(path)
