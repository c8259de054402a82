"""``mit accounts``: the first administrator, and help for who lost the second factor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from mit.accounts.people import find_actor
from mit.cli.accounts import accounts
from mit.cli.entrance import Entrance
from mit.config import Settings
from mit.errors import ConflictError, InputError, SettingsError
from mit.roles.actor import Role
from mit.store.accounts import get_user
from mit.store.audit import AuditEvent
from mit.store.db import transaction, viewing
from mit.values.clock import FrozenClock
from tests.support.databases import Databases, bare_app


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    with bare_app(database_url) as made:
        yield made


def create(app: Flask, now: datetime, *, typed: str, email: str = "Chief@Example.com") -> Result:
    entrance = Entrance(settings=Settings, make_app=lambda _: app, clock=FrozenClock(now))
    options = ["create-admin", "--email", email, "--name", "Chief Admin"]
    return CliRunner().invoke(accounts, options, input=typed, obj=entrance)


def test_the_first_administrator_is_created(app: Flask, now: datetime) -> None:
    result = create(app, now, typed="a password of many words\n")
    assert result.exit_code == 0, result.output
    assert "chief@example.com" in result.output
    assert "a password of many words" not in result.output
    actor = find_actor("chief@example.com")
    assert actor is not None
    assert actor.roles == {Role.ADMINISTRATOR}


def test_it_is_recorded_without_an_actor(app: Flask, now: datetime) -> None:
    create(app, now, typed="a password of many words")
    with viewing() as session:
        (event,) = session.query(AuditEvent).all()
    assert (event.event, event.actor_id, event.at) == ("administrator:user:create", None, now)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("short\n", "password_short"),
        ("1234567890qwerty\n", "password_leaked"),
        ("chief-admin@fti\n", "password_about_you"),
    ],
)
def test_a_password_that_is_guessed_first_is_refused(
    app: Flask, now: datetime, typed: str, code: str
) -> None:
    result = create(app, now, typed=typed)
    assert isinstance(result.exception, InputError)
    assert result.exception.faults[0].code == code


def test_a_second_one_needs_an_address_of_their_own(app: Flask, now: datetime) -> None:
    create(app, now, typed="a password of many words")
    result = create(app, now, typed="a password of many words")
    assert isinstance(result.exception, ConflictError)
    assert result.exception.code == "email_taken"


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_database_without_tables_is_told_in_words(databases: Databases, now: datetime, kind: str) -> None:
    with bare_app(databases.empty(kind)) as app:
        result = create(app, now, typed="a password of many words")
    assert isinstance(result.exception, SettingsError)
    assert result.exception.code == "schema_not_migrated"


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let standard input look like a person's terminal."""
    with monkeypatch.context() as patch:
        patch.setattr("mit.cli.accounts._is_terminal", lambda: True)
        yield


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_person_is_asked_twice(app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    with terminal(monkeypatch):
        result = create(app, now, typed="a password of many words\na password of many words\n")
    assert result.exit_code == 0, result.output
    assert "at least 15 characters" in result.output
    assert "many words" not in result.output


# --- the second factor of who lost it


def reset(app: Flask, now: datetime, email: str) -> Result:
    entrance = Entrance(settings=Settings, make_app=lambda _: app, clock=FrozenClock(now))
    return CliRunner().invoke(accounts, ["reset-second-factor", "--email", email], obj=entrance)


def test_the_keeper_clears_a_second_factor_and_it_is_recorded(app: Flask, now: datetime) -> None:
    create(app, now, typed="a password of many words\n")
    actor = find_actor("chief@example.com")
    assert actor is not None
    with transaction() as session:
        get_user(session, actor.user_id).second_factor_secret = "whatever it was"
    result = reset(app, now, "CHIEF@example.com")
    assert result.exit_code == 0, result.output
    assert "chief@example.com" in result.output
    with viewing() as session:
        assert get_user(session, actor.user_id).second_factor_secret is None
        last = session.query(AuditEvent).order_by(AuditEvent.seq.desc()).first()
    assert last is not None
    assert (last.event, last.actor_id) == ("administrator:second_factor:reset", None)


def test_who_has_none_or_is_unknown_is_told(app: Flask, now: datetime) -> None:
    create(app, now, typed="a password of many words\n")
    assert "second_factor_missing" in str(reset(app, now, "chief@example.com").exception)
    assert "user_unknown" in str(reset(app, now, "nobody@example.com").exception)
