"""Look-ups in the register of companies are given so often in an hour; the database counts nothing else."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from mit.accounts.allowances import KEYS, spend
from mit.errors import MitError
from mit.values.clock import FrozenClock
from tests.support.parallel import at_once
from tests.support.people import gather
from tests.support.signed_in import open_door, signed_in
from tests.support.world import rows

both = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
HERE, THERE = "198.51.100.7", "198.51.100.8"


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Any:
    """An application that gives each two look-ups an hour."""
    made = make_app(lookups_per_hour=2)
    with made.app_context():
        yield made


def test_what_anyone_asks_is_never_counted_in_the_database(app: Flask, clock: FrozenClock) -> None:
    client = open_door(app, clock).test_client()
    for _ in range(5):
        assert client.get("/verify?number=MIT-2569-0000001-X").status_code == 200
        assert client.get("/v/123").status_code == 200
        assert client.get("/api/v1/certificates/MIT-2569-0000001-X/verdict").status_code == 200
        assert client.post("/api/v1/verdicts", json={"presentation": "x"}).status_code == 200
        upload = {"file": (io.BytesIO(b"no certificate"), "x.pdf")}
        assert client.post("/verify", data=upload).status_code == 200
    assert rows("SELECT * FROM allowances") == []


def test_look_ups_are_counted_for_the_account_and_for_the_address(app: Flask, clock: FrozenClock) -> None:
    class There:
        is_on = True

        def find(self, *_: object, **__: object) -> Any:
            raise AssertionError("nobody is to be asked")

    people = gather(clock.now())
    somchai = signed_in(open_door(app, clock), people.somchai)
    for address in (HERE, THERE):
        asked = somchai.post("/organisation/check-name", environ_overrides={"REMOTE_ADDR": address})
        assert asked.status_code == 303
    assert rows("SELECT * FROM allowances") == [], "there is no register to ask"
    app.extensions["mit.company_register"] = There()
    now = clock.now()
    spend("look_up", [f"user:{people.somchai.user_id}", f"address:{HERE}"], most=2, now=now)
    spend("look_up", [f"user:{people.somchai.user_id}", f"address:{THERE}"], most=2, now=now)
    answer = somchai.post("/organisation/check-name", environ_overrides={"REMOTE_ADDR": "192.0.2.44"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")
    spend("look_up", [f"address:{HERE}"], most=2, now=now)
    krit = signed_in(app, people.krit)
    typed = {"act": "look_up", "tax_number": "0105562000015"}
    assert krit.post("/organisation/check-name", environ_overrides={"REMOTE_ADDR": HERE}).status_code == 429
    assert krit.post("/organisation/new", data=typed).status_code == 409, "it is for newcomers"


@both
def test_of_many_at_once_no_more_pass_than_one_after_the_other(app: Flask, now: datetime) -> None:
    outcomes = at_once(app, [lambda: spend("look_up", [HERE], most=3, now=now)] * 8)
    assert outcomes.count(None) == 3
    assert sum(isinstance(one, MitError) for one in outcomes) == 5


def test_what_is_refused_for_one_is_not_counted_for_the_other(app: Flask, now: datetime) -> None:
    spend("look_up", ["a"], most=1, now=now)
    with pytest.raises(MitError, match="asked_too_often"):
        spend("look_up", ["a", "b"], most=1, now=now)
    spend("look_up", ["b"], most=1, now=now)


def test_the_table_never_grows_beyond_its_keys(app: Flask, now: datetime) -> None:
    for number in range(300):
        spend("look_up", [f"address:{number}"], most=1000, now=now)
    keys = [row["key"] for row in rows("SELECT key FROM allowances")]
    assert all(0 <= int(key.removeprefix("look_up:")) < KEYS for key in keys)
    assert 250 < len(keys) <= 300
