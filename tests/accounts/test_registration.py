"""Registering oneself: the same answer for everybody, and a login that comes to life by mail and password."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from mit.accounts import sessions
from mit.accounts.caller import Caller
from mit.accounts.registration import Registration, confirm, look_at_link, register
from mit.accounts.sign_in import sign_in
from mit.errors import InputError, MitError
from mit.lifecycle.mails import Letter, Mail
from mit.store import accounts
from mit.store.db import viewing
from mit.store.jobs import JobRow
from mit.values.clock import FrozenClock
from tests.support.people import CHEAP, PASSWORD, Cast, email_of

HERE = Caller("192.0.2.1", "Firefox")
NEW = Registration("Ploy Saengthong", "Ploy@Example.com", PASSWORD, "en")
OTHER_PASSWORD = "what somebody else would choose"


@pytest.fixture
def app(make_app: object, clock: FrozenClock) -> Iterator[Flask]:
    """The whole application, by our clock: links need its keys."""
    made: Flask = make_app()  # type: ignore[operator]
    made.extensions["mit.clock"] = clock
    with made.app_context():
        yield made


def enter(new: Registration, now: datetime, caller: Caller = HERE) -> None:
    register(new, caller=caller, now=now, passwords=CHEAP)


def mails() -> list[Mail]:
    with viewing() as session:
        rows = session.query(JobRow).filter(JobRow.kind == "mail").order_by(JobRow.id)
        return [Mail.from_payload(json.loads(row.payload)) for row in rows]


def token() -> str:
    """Return the token of the newest link."""
    return str(mails()[-1].params["path"]).rpartition("/")[2]


def bring_to_life(link: str, password: str, now: datetime) -> Any:
    return confirm(link, password, caller=HERE, now=now, passwords=CHEAP)


def test_a_registration_is_a_login_that_is_not_alive_and_a_letter(app: Flask, now: datetime) -> None:
    enter(NEW, now)
    with viewing() as session:
        user = accounts.find_user(session, "ploy@example.com")
        assert user is not None
        assert accounts.roles_of(session, user.id) == frozenset()
    assert (user.name, user.language, user.confirmed_at) == ("Ploy Saengthong", "en", None)
    (mail,) = mails()
    assert (mail.to, mail.language, mail.letter) == ("ploy@example.com", "en", Letter.CONFIRM_EMAIL)
    assert mail.params["name"] == "Ploy Saengthong"
    assert mail.params["hours"] == 48
    with pytest.raises(MitError, match="email_unconfirmed"):
        sign_in(NEW.email, PASSWORD, caller=HERE, now=now, passwords=CHEAP)


def test_link_and_password_together_bring_it_to_life(app: Flask, now: datetime) -> None:
    enter(NEW, now)
    link = token()
    assert look_at_link(link) == "ploy@example.com"
    signed_in = bring_to_life(link, PASSWORD, now)
    live = sessions.find(signed_in.token, now=now)
    assert live is not None
    assert live.email == "ploy@example.com"
    for act in (lambda: look_at_link(link), lambda: bring_to_life(link, PASSWORD, now)):
        with pytest.raises(InputError, match="link_unusable"):
            act()


def test_the_link_alone_does_not(app: Flask, now: datetime) -> None:
    enter(NEW, now)
    with pytest.raises(InputError, match="sign_in_failed"):
        bring_to_life(token(), OTHER_PASSWORD, now)
    with viewing() as session:
        user = accounts.find_user(session, NEW.email)
    assert user is not None
    assert user.confirmed_at is None


def test_who_prepared_a_login_for_somebody_elses_address_gains_nothing(app: Flask, now: datetime) -> None:
    enter(replace(NEW, password=OTHER_PASSWORD), now, Caller("203.0.113.66"))
    old = token()
    enter(NEW, now + timedelta(minutes=20))
    assert token() != old
    with pytest.raises(InputError, match="link_unusable"):
        look_at_link(old)
    with pytest.raises(InputError, match="sign_in_failed"):
        bring_to_life(token(), OTHER_PASSWORD, now)
    assert bring_to_life(token(), PASSWORD, now).stage == "full"


def test_an_address_with_a_login_changes_nothing_and_its_owner_is_told(cast: Cast, now: datetime) -> None:
    enter(replace(NEW, email=email_of("Somchai"), password=OTHER_PASSWORD), now)
    (mail,) = mails()
    assert (mail.to, mail.letter) == (email_of("Somchai"), Letter.ALREADY_REGISTERED)
    assert sign_in(email_of("Somchai"), PASSWORD, caller=HERE, now=now, passwords=CHEAP).stage == "full"
    enter(replace(NEW, email=email_of("Somchai")), now)
    assert len(mails()) == 1


def test_the_link_is_too_old_after_two_days(app: Flask, now: datetime, clock: FrozenClock) -> None:
    enter(NEW, now)
    link = token()
    clock.set(now + timedelta(hours=48))
    assert look_at_link(link)
    clock.set(now + timedelta(hours=48, seconds=1))
    with pytest.raises(InputError, match="link_expired"):
        look_at_link(link)


@pytest.mark.parametrize("link", ["", "x", "a.b.c", "\ud800", "ก" * 30, "x" * 5000])
def test_what_is_no_link_of_ours_is_refused(app: Flask, link: str) -> None:
    with pytest.raises(InputError, match="link_unusable"):
        look_at_link(link)


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"name": " "}, {("text_missing", "name")}),
        ({"name": "x" * 201}, {("text_long", "name")}),
        ({"name": "a\x00b"}, {("text_unreadable", "name")}),
        ({"email": "ploy"}, {("email_malformed", "email")}),
        ({"password": "short"}, {("password_short", "password")}),
        ({"password": "x" * 129}, {("password_long", "password")}),
        ({"password": "passwordpassword"}, {("password_leaked", "password")}),
        ({"password": "Ploy Saengthong 2569"}, {("password_about_you", "password")}),
        ({"language": "fr"}, {("language_unknown", "language")}),
        (
            {"name": "", "email": "", "password": "", "language": ""},
            {
                ("text_missing", "name"),
                ("email_malformed", "email"),
                ("password_short", "password"),
                ("language_unknown", "language"),
            },
        ),
    ],
)
def test_every_wrong_field_is_told_at_once(
    app: Flask, now: datetime, changes: dict[str, str], faults: set[tuple[str, str]]
) -> None:
    with pytest.raises(InputError) as refused:
        enter(replace(NEW, **changes), now)  # type: ignore[arg-type]
    assert {(fault.code, fault.where) for fault in refused.value.faults} == faults
    assert mails() == []


def test_one_address_does_not_register_the_whole_world(app: Flask, now: datetime) -> None:
    for n in range(5):
        enter(replace(NEW, email=f"ploy{n}@example.com"), now)
    with pytest.raises(MitError, match="sign_in_delayed"):
        enter(replace(NEW, email="ploy9@example.com"), now)
    enter(replace(NEW, email="ploy9@example.com"), now, Caller("203.0.113.9"))
