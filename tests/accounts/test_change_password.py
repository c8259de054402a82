"""A new password by the old one or by mail: other sessions end, links die, the second factor stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask

from mit.accounts import sessions
from mit.accounts.caller import Caller
from mit.accounts.change_password import (
    Change,
    ask_for_reset,
    change_password,
    look_at_link,
    reset_password,
)
from mit.accounts.people import close_user
from mit.accounts.sessions import Live
from mit.accounts.sign_in import sign_in
from mit.errors import InputError, MitError
from mit.lifecycle.mails import Letter
from mit.store import accounts
from mit.store.db import transaction, viewing
from mit.store.jobs import JobRow
from mit.values.clock import FrozenClock
from tests.support.people import CHEAP, PASSWORD, Cast, email_of
from tests.support.signed_in import give_second_factor

HERE = Caller("192.0.2.1", "Firefox")
NEW = "another battery, another staple"


@pytest.fixture
def app(make_app: object, clock: FrozenClock) -> Iterator[Flask]:
    """The whole application, by our clock: links need its keys."""
    made: Flask = make_app()  # type: ignore[operator]
    made.extensions["mit.clock"] = clock
    with made.app_context():
        yield made


def enter(name: str, now: datetime, password: str = PASSWORD) -> Live:
    signed_in = sign_in(email_of(name), password, caller=HERE, now=now, passwords=CHEAP)
    live = sessions.find(signed_in.token, now=now)
    assert live is not None
    return live


def sent() -> list[tuple[str, str]]:
    """Return letter and path of every mail."""
    with viewing() as session:
        rows = session.query(JobRow).filter(JobRow.kind == "mail").order_by(JobRow.id)
        payloads = [json.loads(row.payload) for row in rows]
    return [(each["letter"], each["params"].get("path", "")) for each in payloads]


def asked(name: str, now: datetime) -> str:
    """Ask for a link and return its token."""
    ask_for_reset(email_of(name), caller=HERE, now=now)
    return sent()[-1][1].rpartition("/")[2]


def test_the_old_password_sets_a_new_one_and_the_session_goes_on_alone(cast: Cast, now: datetime) -> None:
    live, elsewhere = enter("Somchai", now), enter("Somchai", now)
    renewed = change_password(live, Change(PASSWORD, NEW), caller=HERE, now=now, passwords=CHEAP)
    assert sessions.find(renewed.token, now=now) is not None
    assert sessions.find(live.token, now=now) is None
    assert sessions.find(elsewhere.token, now=now) is None
    assert enter("Somchai", now, NEW).actor == cast.somchai
    assert [letter for letter, _ in sent()] == [Letter.PASSWORD_CHANGED]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (Change("wrong wrong wrong wrong", NEW), ("sign_in_failed", "old")),
        (Change(PASSWORD, "short"), ("password_short", "new")),
        (Change(PASSWORD, "x" * 129), ("password_long", "new")),
        (Change(PASSWORD, "qwertyuiopasdfgh"), ("password_leaked", "new")),
        (Change(PASSWORD, "SiamCable-Somchai"), ("password_about_you", "new")),
        (Change(PASSWORD, "\x00" * 20), ("text_unreadable", "new")),
    ],
    ids=["wrong old", "short", "long", "leaked", "about oneself", "unreadable"],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_changes(
    cast: Cast, now: datetime, change: Change, fault: tuple[str, str]
) -> None:
    live = enter("Somchai", now)
    with pytest.raises(InputError) as refused:
        change_password(live, change, caller=HERE, now=now, passwords=CHEAP)
    assert [(each.code, each.where) for each in refused.value.faults] == [fault]
    assert sessions.find(live.token, now=now) is not None
    assert sent() == []


def test_a_password_is_never_shown(cast: Cast) -> None:
    assert PASSWORD not in repr(Change(PASSWORD, NEW))


def test_a_link_sets_a_new_password_once(cast: Cast, now: datetime) -> None:
    live = enter("Somchai", now)
    token = asked("Somchai", now)
    look_at_link(token)
    reset_password(token, NEW, now=now, passwords=CHEAP)
    assert sessions.find(live.token, now=now) is None
    assert enter("Somchai", now, NEW).actor == cast.somchai
    with pytest.raises(InputError, match="link_unusable"):
        look_at_link(token)
    with pytest.raises(InputError, match="link_unusable"):
        reset_password(token, PASSWORD, now=now, passwords=CHEAP)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password_short"),
        ("passwordpassword", "password_leaked"),
        ("บริษัทสยามเคเบิลจำกัด1", "password_about_you"),
    ],
)
def test_a_password_that_cannot_be_taken_leaves_the_link_alive(
    cast: Cast, now: datetime, password: str, code: str
) -> None:
    token = asked("Somchai", now)
    with pytest.raises(InputError) as refused:
        reset_password(token, password, now=now, passwords=CHEAP)
    assert [fault.code for fault in refused.value.faults] == [code]
    reset_password(token, NEW, now=now, passwords=CHEAP)


def test_a_link_is_dead_after_any_change_of_the_password(cast: Cast, now: datetime) -> None:
    token = asked("Somchai", now)
    change_password(enter("Somchai", now), Change(PASSWORD, NEW), caller=HERE, now=now, passwords=CHEAP)
    with pytest.raises(InputError, match="link_unusable"):
        reset_password(token, PASSWORD, now=now, passwords=CHEAP)


def test_a_link_is_too_old_after_an_hour(cast: Cast, now: datetime, clock: FrozenClock) -> None:
    token = asked("Somchai", now)
    clock.set(now + timedelta(hours=1, seconds=1))
    with pytest.raises(InputError, match="link_expired"):
        look_at_link(token)


def test_the_second_factor_stays_and_is_still_owed(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        give_second_factor(accounts.get_user(session, cast.malee.user_id), now)
    reset_password(asked("Malee", now), NEW, now=now, passwords=CHEAP)
    assert enter("Malee", now, NEW).stage == "code"


def test_who_reads_the_mails_has_confirmed_the_address(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        accounts.get_user(session, cast.somchai.user_id).confirmed_at = None
    reset_password(asked("Somchai", now), NEW, now=now, passwords=CHEAP)
    assert enter("Somchai", now, NEW).stage == "full"


def test_without_a_login_or_with_a_closed_one_the_answer_is_the_same(cast: Cast, now: datetime) -> None:
    close_user(None, cast.krit.user_id, now=now)
    for email in ("nobody@example.com", email_of("Krit"), "", "\x00", "ก@ข"):
        ask_for_reset(email, caller=Caller(f"198.51.100.{len(email)}"), now=now)
    assert sent() == []


def test_a_mailbox_is_not_flooded(cast: Cast, now: datetime) -> None:
    for n in range(10):
        ask_for_reset(email_of("Somchai"), caller=Caller(f"198.51.100.{n}"), now=now)
    assert len(sent()) == 1
    ask_for_reset(email_of("Somchai"), caller=HERE, now=now + timedelta(minutes=15))
    assert len(sent()) == 2


def test_one_address_does_not_ask_for_the_whole_world(cast: Cast, now: datetime) -> None:
    for name in ("Somchai", "Malee", "Anan", "Napha", "Krit"):
        ask_for_reset(email_of(name), caller=HERE, now=now)
    with pytest.raises(MitError, match="sign_in_delayed"):
        ask_for_reset(email_of("Somchai"), caller=HERE, now=now)


def test_after_a_reset_the_owner_need_not_wait_for_what_others_tried(cast: Cast, now: datetime) -> None:
    for n in range(5):
        with pytest.raises(InputError):
            sign_in(email_of("Somchai"), "wrong", caller=Caller(f"1.2.3.{n}"), now=now, passwords=CHEAP)
    reset_password(asked("Somchai", now), NEW, now=now, passwords=CHEAP)
    assert enter("Somchai", now, NEW).stage == "full"
