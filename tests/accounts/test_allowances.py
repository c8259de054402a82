"""What costs is counted in hours by the database: spans, several keys at once, addresses of one network."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta
from itertools import count

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mit.accounts.allowances import SPAN, spend
from mit.accounts.delays import key_of_address
from mit.errors import MitError
from mit.values.network import network_of
from tests.support.world import rows, untouched

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
_fresh = count()


def spent() -> dict[str, int]:
    return {row["key"].split(":")[0]: row["spent"] for row in rows("SELECT key, spent FROM allowances")}


def minutes_told(kind: str, who: list[str], *, most: int, now: datetime) -> int:
    with untouched(), pytest.raises(MitError, match="asked_too_often") as caught:
        spend(kind, who, most=most, now=now)
    return int(caught.value.params["minutes"])


def test_the_span_begins_with_the_first_and_ends_an_hour_later_to_the_second(
    app: Flask, now: datetime
) -> None:
    spend("look", ["somchai"], most=2, now=now)
    spend("look", ["somchai"], most=2, now=now + 59 * MINUTE)
    assert minutes_told("look", ["somchai"], most=2, now=now + 59 * MINUTE + SECOND) == 1
    assert minutes_told("look", ["somchai"], most=2, now=now + SPAN - SECOND) == 1
    spend("look", ["somchai"], most=2, now=now + SPAN)
    assert spent() == {"look": 1}  # a new span
    spend("look", ["somchai"], most=2, now=now + SPAN + MINUTE)
    assert minutes_told("look", ["somchai"], most=2, now=now + SPAN + 2 * MINUTE) == 58


def test_kinds_and_people_are_counted_apart(app: Flask, now: datetime) -> None:
    spend("look", ["somchai"], most=1, now=now)
    spend("look", ["krit"], most=1, now=now)
    spend("file", ["somchai"], most=1, now=now)
    assert minutes_told("look", ["somchai"], most=1, now=now) == 60
    assert sorted(row["spent"] for row in rows("SELECT spent FROM allowances")) == [1, 1, 1]


def test_one_who_is_over_stops_all_and_the_longer_wait_is_told(app: Flask, now: datetime) -> None:
    spend("look", ["a"], most=1, now=now)
    spend("look", ["b"], most=1, now=now + 20 * MINUTE)
    assert minutes_told("look", ["a", "b", "c"], most=1, now=now + 30 * MINUTE) == 50
    assert len(rows("SELECT key FROM allowances")) == 2  # nothing was counted for the third


def test_the_same_one_named_twice_is_counted_once(app: Flask, now: datetime) -> None:
    spend("look", ["a", "a"], most=1, now=now)
    assert [row["spent"] for row in rows("SELECT spent FROM allowances")] == [1]


@pytest.mark.parametrize("most", [0, -1])
def test_where_nothing_is_allowed_nothing_passes(app: Flask, now: datetime, most: int) -> None:
    assert minutes_told("look", ["a"], most=most, now=now) == 60


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 45), min_size=1, max_size=12), st.integers(1, 3))
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_span_lets_more_pass_than_are_allowed(
    app: Flask, now: datetime, pauses: list[int], most: int
) -> None:
    passed: list[datetime] = []
    kind = f"look{next(_fresh)}"
    at, began = now, now
    for pause in pauses:
        at += pause * MINUTE
        try:
            spend(kind, ["a"], most=most, now=at)
        except MitError as error:
            assert at < began + SPAN
            assert error.params["minutes"] == -(-(began + SPAN - at) // MINUTE)
            continue
        began = at if not passed or at >= began + SPAN else began
        passed.append(at)
        assert sum(began <= one < began + SPAN for one in passed) <= most


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_whatever_a_subscriber_makes_of_the_second_half_of_an_address_it_is_one(
    network: int, one: int, other: int
) -> None:
    first, second = (str(ipaddress.IPv6Address((network << 64) + host)) for host in (one, other))
    mapped = ipaddress.ip_network("::ffff:0:0/96")
    if ipaddress.ip_address(first) in mapped or ipaddress.ip_address(second) in mapped:
        return  # what stands for an IPv4 address is counted as one
    assert network_of(first) == network_of(second)
    assert key_of_address(first) == key_of_address(second)
    beside = ipaddress.IPv6Address(((network ^ 1) << 64) + one)
    if beside not in mapped:
        assert network_of(str(beside)) != network_of(first)


@pytest.mark.parametrize("address", ["192.0.2.7", "::ffff:192.0.2.7", "::ffff:c000:207"])
def test_an_ipv4_address_is_itself_however_it_is_written(address: str) -> None:
    assert network_of(address) == "192.0.2.7"


@pytest.mark.parametrize("address", ["", "unix:", "192.0.2.7:443", "999.1.1.1", "\ud800", "x" * 300])
def test_what_is_no_address_is_counted_as_it_is(app: Flask, now: datetime, address: str) -> None:
    assert network_of(address) == address
    spend("look", [address], most=1, now=now)
    assert minutes_told("look", [address], most=1, now=now) == 60
