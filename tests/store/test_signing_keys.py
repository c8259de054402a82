"""Rows of keys: serials for life, dates in their order, the row that names another key."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from mit.errors import NotFoundError, TamperedError
from mit.store.counters import Counter
from mit.store.db import add, transaction
from mit.store.signing_keys import SigningKey, all_keys, key_dates, lock_key, next_kid, public_half
from tests.support import register


def key(kid: int, now: datetime, **changes: object) -> SigningKey:
    values: dict[str, object] = {
        "kid": kid, "purpose": "credential", "algorithm": "ES256", "thumbprint": f"t{kid}",
        "public_jwk": "{}", "demo": True, "created_at": now,
    }  # fmt: skip
    return SigningKey(**(values | changes))


def test_serials_count_up_and_are_never_given_twice(app: Flask, now: datetime) -> None:
    with transaction() as session:
        assert [next_kid(session) for _ in range(2)] == [1, 2]
    with transaction() as session:
        assert next_kid(session) == 3


def test_keys_are_listed_by_purpose_and_serial(app: Flask, now: datetime) -> None:
    with transaction() as session:
        add(session, key(2, now), key(1, now), key(3, now, purpose="seal", certificate_chain="PEM"))
        assert [row.kid for row in all_keys(session)] == [1, 2]
        assert [row.kid for row in all_keys(session, "seal")] == [3]


def test_a_key_is_locked_by_its_serial(app: Flask, now: datetime) -> None:
    with transaction() as session:
        add(session, key(1, now))
        assert lock_key(session, 1).thumbprint == "t1"
        with pytest.raises(NotFoundError):
            lock_key(session, 2)


def test_the_dates_are_those_of_the_row(app: Flask, now: datetime) -> None:
    day = date(2026, 11, 25)
    with transaction() as session:
        made = key(
            1, now, active_from_on=day, verify_only_from_on=day + timedelta(1),
            retired_from_on=day + timedelta(2), compromised_from_at=now,
        )  # fmt: skip
        add(session, made)
        session.expire_all()
        dates = key_dates(lock_key(session, 1))
    assert (dates.active_from_on, dates.verify_only_from_on, dates.retired_from_on) == (
        day, day + timedelta(1), day + timedelta(2),
    )  # fmt: skip
    assert dates.compromised_from_at == now


@pytest.mark.parametrize("jwk", ["", "[]", "{}", "not json", '{"kty":"EC"}', "[" * 10_000])
def test_a_row_that_does_not_hold_its_key_raises_the_alarm(now: datetime, jwk: str) -> None:
    with pytest.raises(TamperedError, match="signing_key_row"):
        public_half(key(1, now, public_jwk=jwk))


WRONG: dict[str, dict[str, object]] = {
    "serial nought": {"kid": 0},
    "a serial of three bytes": {"kid": 65536},
    "an unknown purpose": {"purpose": "fun"},
    "an algorithm that is not ours": {"algorithm": "HS256"},
    "RSA for credentials": {"algorithm": "RS256"},
    "a chain that is no seal's": {"certificate_chain": "PEM"},
    "an end without a beginning": {"verify_only_from_on": date(2026, 1, 1)},
    "an end before the beginning": {
        "active_from_on": date(2026, 1, 2), "verify_only_from_on": date(2026, 1, 1),
    },
    "retired before it ended": {
        "active_from_on": date(2026, 1, 1), "verify_only_from_on": date(2026, 2, 1),
        "retired_from_on": date(2026, 1, 15),
    },
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_the_table_refuses_a_key_that_cannot_be(app: Flask, now: datetime, wrong: dict[str, object]) -> None:
    with pytest.raises(Exception, match="ck_signing_keys"), transaction() as session:
        add(session, key(**({"kid": 1, "now": now} | wrong)))  # type: ignore[arg-type]


def test_one_key_has_one_row(app: Flask, now: datetime) -> None:
    with pytest.raises(Exception, match="thumbprint"), transaction() as session:
        add(session, key(1, now), key(2, now, thumbprint="t1"))


def test_the_register_of_the_tests_takes_its_serials_from_the_counter(app: Flask, now: datetime) -> None:
    with transaction() as session:
        assert register.signing_key(session, now=now).kid == 1
        assert session.get_one(Counter, "signing_key").value == 1
