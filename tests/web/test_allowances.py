"""What costs is given so often in an hour: files to be checked, look-ups; numbers and QRs for ever."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mit.accounts.allowances import KEYS, network_of, spend
from mit.errors import MitError
from mit.i18n import LANGUAGES, Language, say
from mit.values.clock import FrozenClock
from tests.support.parallel import at_once
from tests.support.people import gather
from tests.support.signed_in import open_door, signed_in
from tests.support.world import rows

both = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
HERE, THERE = "198.51.100.7", "198.51.100.8"


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Any:
    """An application that gives each two look-ups and two files an hour."""
    made = make_app(checks_per_hour=2, lookups_per_hour=2)
    with made.app_context():
        yield made


def check(client: FlaskClient, path: str = "/verify", address: str = HERE, **headers: str) -> Any:
    upload = {"file": (io.BytesIO(b"no certificate"), "x.pdf")}
    origin = {"REMOTE_ADDR": address}
    return client.post(path, data=upload, environ_overrides=origin, headers=headers)


@both
@pytest.mark.parametrize("language", LANGUAGES)
def test_after_so_many_files_an_address_waits_and_is_told_how_long(
    app: Flask, clock: FrozenClock, language: Language
) -> None:
    client = open_door(app, clock).test_client()
    assert [check(client).status_code, check(client, "/api/v1/verdicts").status_code] == [200, 200]
    clock.set(clock.now() + timedelta(minutes=18))
    page = check(client, f"/verify?lang={language}")
    assert (page.status_code, page.headers["Retry-After"]) == (429, str(42 * 60))
    assert say("errors.asked_too_often", language, minutes=42) in page.text
    refused = check(client, "/api/v1/verdicts")
    assert (refused.status_code, refused.content_type) == (429, "application/problem+json")
    assert refused.json["code"] == "asked_too_often"
    assert refused.json["sentence"][language] == say("errors.asked_too_often", language, minutes=42)
    assert check(client, address=THERE).status_code == 200
    clock.set(clock.now() + timedelta(minutes=42))
    assert check(client).status_code == 200


def test_numbers_and_codes_are_never_counted(app: Flask, clock: FrozenClock) -> None:
    client = open_door(app, clock).test_client()
    for _ in range(5):
        assert client.get("/verify?number=MIT-2569-0000001-X").status_code == 200
        assert client.get("/v/123").status_code == 200
        assert client.get("/api/v1/certificates/MIT-2569-0000001-X/verdict").status_code == 200
        assert client.post("/api/v1/verdicts", json={"presentation": "x"}).status_code == 200
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
    outcomes = at_once(app, [lambda: spend("check", [HERE], most=3, now=now)] * 8)
    assert outcomes.count(None) == 3
    assert sum(isinstance(one, MitError) for one in outcomes) == 5


def test_what_is_refused_for_one_is_not_counted_for_the_other(app: Flask, now: datetime) -> None:
    spend("check", ["a"], most=1, now=now)
    with pytest.raises(MitError, match="asked_too_often"):
        spend("check", ["a", "b"], most=1, now=now)
    spend("check", ["b"], most=1, now=now)


def test_the_table_never_grows_beyond_its_keys(app: Flask, now: datetime) -> None:
    for number in range(300):
        spend("check", [f"address:{number}"], most=1000, now=now)
    keys = [row["key"] for row in rows("SELECT key FROM allowances")]
    assert all(0 <= int(key.removeprefix("check:")) < KEYS for key in keys)
    assert 250 < len(keys) <= 300


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::1", "2001:db8:1:2::"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("", ""),
        ("not an address", "not an address"),
    ],
)
def test_a_subscriber_is_one_network(address: str, network: str) -> None:
    assert network_of(address) == network
