"""Clocks move only as told; dated versions are picked by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from mit.values.bilingual import Bilingual
from mit.values.clock import FrozenClock, SystemClock
from mit.values.in_force import is_in_force, pick

DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 1, 1))


@dataclass(frozen=True)
class Version:
    name: str
    in_force_from: date
    in_force_until: date | None = None


OLD = Version("old", date(2021, 1, 1), date(2025, 12, 31))
NEW = Version("new", date(2026, 1, 1))


def test_a_frozen_clock_stands_until_it_is_moved() -> None:
    clock = FrozenClock(datetime(2026, 11, 21, 12, tzinfo=timezone(timedelta(hours=7))))
    assert clock.now() == datetime(2026, 11, 21, 5, tzinfo=UTC)
    assert clock.advance(timedelta(days=1)) == clock.now() == datetime(2026, 11, 22, 5, tzinfo=UTC)
    clock.set(datetime(2020, 1, 1, tzinfo=UTC))
    assert clock.now().year == 2020


def test_the_system_clock_speaks_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_the_first_and_the_last_day_are_in_force() -> None:
    assert is_in_force(OLD, date(2021, 1, 1))
    assert is_in_force(OLD, date(2025, 12, 31))
    assert not is_in_force(OLD, date(2026, 1, 1))


def test_the_version_of_the_day_is_picked() -> None:
    assert pick([OLD, NEW], date(2025, 12, 31)) is OLD
    assert pick([OLD, NEW], date(2026, 1, 1)) is NEW
    assert pick([OLD, NEW], date(2020, 1, 1)) is None


@given(st.lists(st.builds(Version, st.text(), DAYS, st.none() | DAYS)), DAYS)
def test_a_picked_version_is_in_force_and_none_that_is_began_later(versions: list[Version], on: date) -> None:
    chosen = pick(versions, on)
    fitting = [version for version in versions if is_in_force(version, on)]
    if chosen is None:
        assert not fitting
    else:
        assert chosen in fitting
        assert all(version.in_force_from <= chosen.in_force_from for version in fitting)


def test_an_english_reader_gets_thai_where_no_english_is_known() -> None:
    assert Bilingual("ก", "a").in_language("en") == "a"
    assert Bilingual("ก").in_language("en") == "ก"
    assert Bilingual("ก", "a").to_document() == {"th": "ก", "en": "a"}
