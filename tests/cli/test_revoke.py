"""``mit revoke``: a command each for two persons, never one alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from mit.cli.entrance import Entrance, problem_document
from mit.cli.revoke import revoke
from mit.config import Settings
from mit.errors import MitError
from mit.roles.actor import Actor
from mit.store import accounts
from mit.store.db import transaction
from mit.values.clock import FrozenClock
from mit.verify.scan import verify_number
from tests.support.desk import Desk, open_desk
from tests.support.officers import NOTE
from tests.support.people import PASSWORD, email_of
from tests.support.signed_in import code_of, give_second_factor

Run = Callable[..., Result]


@pytest.fixture
def database_url(databases: Any) -> str:
    """The verbs themselves are tried on both databases."""
    return str(databases.clean("sqlite"))


@pytest.fixture
def desk(app: Flask, clock: FrozenClock) -> Desk:
    return open_desk(app, clock.now())


@pytest.fixture
def number(desk: Desk, clock: FrozenClock) -> str:
    made = desk.issued().certificate_number
    with transaction() as session:
        for actor in (desk.cast.malee, desk.cast.anan):
            give_second_factor(accounts.get_user(session, actor.user_id), desk.now)
    clock.set(desk.tick())
    return made


@pytest.fixture
def run(app: Flask, settings: Settings, clock: FrozenClock, desk: Desk) -> Run:
    def call(person: Actor, *words: str, password: str = PASSWORD, code: str | None = None) -> Result:
        clock.set(desk.now.replace(minute=(desk.now.minute + 1) % 60))
        desk.now = clock.now()
        cast = desk.cast
        names = {cast.malee: "Malee", cast.anan: "Anan", cast.somchai: "Somchai"}
        email = email_of(names[person])
        shown = code if code is not None or not person.is_staff else code_of(person, clock.now())
        entrance = Entrance(settings=lambda: settings, make_app=lambda _settings: app, clock=clock)
        typed = f"{password}\n{shown or ''}\n"
        return CliRunner().invoke(revoke, [*words, "--as", email, "--json"], obj=entrance, input=typed)

    return call


def code_of_error(result: Result) -> str:
    assert isinstance(result.exception, MitError), result.output
    return str(problem_document(result.exception)["code"])


ASK = ("--request", "--reason", "wrong_information", "--note", NOTE)


def test_one_asks_another_confirms(desk: Desk, number: str, run: Run) -> None:
    asked = run(desk.cast.malee, number.replace("-", " ").lower(), *ASK)
    assert json.loads(asked.output) == {"certificate": number, "number": 1}
    assert verify_number(number, now=desk.now).reasons == ()
    assert code_of_error(run(desk.cast.malee, number, "--confirm")) == "role_needed"
    confirmed = run(desk.cast.anan, number, "--confirm")
    assert json.loads(confirmed.output) == {"certificate": number, "number": 1, "day": "2026-11-25"}
    assert verify_number(number, now=desk.now).reasons == ("revoked",)


def test_nobody_does_it_alone(desk: Desk, number: str, run: Run) -> None:
    assert code_of_error(run(desk.cast.anan, number)) == "revoke_step_missing"
    assert code_of_error(run(desk.cast.anan, number, "--confirm")) == "nothing_to_confirm"
    run(desk.cast.anan, number, *ASK)
    assert code_of_error(run(desk.cast.anan, number, "--confirm")) == "four_eyes_asked"
    assert json.loads(run(desk.cast.malee, number, "--drop").output)["number"] == 1
    assert verify_number(number, now=desk.now).reasons == ()


def test_password_and_code_are_both_needed(desk: Desk, number: str, run: Run) -> None:
    assert code_of_error(run(desk.cast.malee, number, *ASK, password="wrong")) == "sign_in_failed"
    assert code_of_error(run(desk.cast.malee, number, *ASK, code="000000")) == "code_wrong"
    assert code_of_error(run(desk.cast.somchai, number, *ASK)) == "role_needed"


def test_a_reason_of_the_table_is_needed(desk: Desk, number: str, run: Run) -> None:
    assert code_of_error(run(desk.cast.malee, number, "--request", "--note", NOTE)) == "status_reason_missing"
    wrong = ("--request", "--reason", "bored", "--note", NOTE)
    assert code_of_error(run(desk.cast.malee, number, *wrong)) == "status_reason_unknown"
