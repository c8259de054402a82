"""Proving oneself once, without a session: password and code together, counted, one code for one act."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask

from mit.accounts import datastore
from mit.accounts.caller import Caller
from mit.accounts.passwords import Passwords
from mit.accounts.people import close_user, set_password
from mit.accounts.prove import prove_once
from mit.errors import InputError, MitError, NotAllowedError
from mit.roles.actor import Actor, Role
from mit.store import accounts
from mit.store.db import transaction
from tests.support.people import CHEAP, PASSWORD, Cast, email_of
from tests.support.signed_in import code_of, give_second_factor
from tests.support.world import assert_audit_chain, rows

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

CALLER = Caller("192.0.2.7", "mit revoke")
MALEE, SOMCHAI = email_of("Malee Srisuk"), email_of("Somchai Jaidee")
SECOND = timedelta(seconds=1)


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """The whole application: secrets and codes need its keys."""
    made = make_app()
    with made.app_context():
        yield made


@pytest.fixture
def malee(cast: Cast, now: datetime) -> Actor:
    """Malee with her telephone."""
    with transaction() as session:
        give_second_factor(accounts.get_user(session, cast.malee.user_id), now)
    return cast.malee


def prove(
    email: str = MALEE,
    password: str = PASSWORD,
    code: str = "",
    *,
    now: datetime,
    caller: Caller = CALLER,
    passwords: Passwords = CHEAP,
) -> Actor:
    return prove_once(email, password, code, caller=caller, now=now, passwords=passwords)


def refused(**given: object) -> MitError:
    with pytest.raises(MitError) as caught:
        prove(**given)  # type: ignore[arg-type]  # a table of arguments
    return caught.value


def events() -> list[str]:
    return [row["event"] for row in rows("SELECT event FROM audit_events ORDER BY seq")]


def test_password_and_code_prove_who_one_is_and_begin_no_session(malee: Actor, now: datetime) -> None:
    assert prove(code=code_of(malee, now), now=now) == malee
    assert prove(f" {MALEE.upper()} ", code=code_of(malee, later := now + 30 * SECOND), now=later) == malee
    (first, second) = rows("SELECT event, subject, actor_id FROM audit_events ORDER BY seq")
    assert first == second
    assert (first["event"], first["subject"]) == ("visitor:session:prove_once", f"user:{malee.user_id}")
    assert UUID(str(first["actor_id"])) == malee.user_id
    assert rows("SELECT * FROM sessions") == []
    assert_audit_chain()


def test_one_code_proves_one_act(malee: Actor, now: datetime) -> None:
    code = code_of(malee, now)
    prove(code=code, now=now)
    error = refused(code=code, now=now + SECOND)
    assert (type(error), error.code) == (InputError, "code_wrong")
    old = code_of(malee, now - 30 * SECOND)
    assert refused(code=old, now=now + 2 * SECOND).code == "code_wrong"  # nor does one from before it


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is typed in the place of the code."""

    code: str


WRONG = [
    Wrong(code)
    for code in ("", " ", "12345", "1234567", "abcdef", "๑๒๓๔๕๖", "\x00", "\ud800", "-00001", "0" * 9)
]


def test_what_is_no_code_is_wrong_and_recorded_and_counted(malee: Actor, now: datetime) -> None:
    for wrong in WRONG[:5]:
        error = refused(code=wrong.code, now=now)
        assert (type(error), error.code, error.faults[0].where) == (InputError, "code_wrong", "code"), wrong
    assert events() == ["visitor:second_factor:fail"] * 5
    right = code_of(malee, now + 29 * SECOND)
    early = refused(code=right, now=now + 29 * SECOND)
    assert len(events()) == 5  # it was not looked at
    assert (early.code, early.params) == ("sign_in_delayed", {"minutes": 1})
    assert prove(code=code_of(malee, later := now + 30 * SECOND), now=later) == malee
    for wrong in WRONG[5:]:  # the count began anew
        assert refused(code=wrong.code, now=later + SECOND).code == "code_wrong", wrong


def test_a_recovery_code_is_for_signing_in_and_not_for_acts(malee: Actor, now: datetime) -> None:
    with transaction() as session:
        (first, *_) = datastore.new_recovery_codes(accounts.get_user(session, malee.user_id))
    assert refused(code=first, now=now).code == "code_wrong"
    with transaction() as session:
        assert datastore.use_recovery_code(accounts.get_user(session, malee.user_id), first)


def test_wrong_unknown_and_closed_are_answered_alike(malee: Actor, cast: Cast, now: datetime) -> None:
    close_user(None, cast.anan.user_id, now=now)
    told = []
    for at, (email, password) in enumerate(
        [
            (MALEE, "wrong password here"),
            ("nobody@example.com", PASSWORD),
            (email_of("Anan Wongthai"), PASSWORD),
        ]
    ):
        caller = Caller(f"192.0.2.{at}", "")
        told.append(refused(email=email, password=password, code=code_of(malee, now), caller=caller, now=now))
    assert {(type(error), error.code, error.faults[0].where) for error in told} == {
        (InputError, "sign_in_failed", "password")
    }
    assert "visitor:session:prove_once" not in events()


def test_staff_without_a_telephone_are_told_to_set_it_up_however_often_they_come(
    cast: Cast, now: datetime
) -> None:
    for at in range(7):
        error = refused(code="123456", now=now + at * SECOND)
        assert (type(error), error.code) == (NotAllowedError, "set_up_needed"), at
    assert events() == []


def test_who_needs_no_telephone_and_has_none_is_never_delayed_by_being_right(
    cast: Cast, now: datetime
) -> None:
    for at in range(7):
        assert prove(SOMCHAI, code="123456", now=now + at * SECOND) == cast.somchai, at


def test_who_needs_none_but_has_one_gives_its_code(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        give_second_factor(accounts.get_user(session, cast.somchai.user_id), now)
    assert refused(email=SOMCHAI, code="", now=now).code == "code_wrong"
    assert prove(SOMCHAI, code=code_of(cast.somchai, now), now=now) == cast.somchai


def test_the_actor_has_the_roles_of_now(malee: Actor, now: datetime) -> None:
    with transaction() as session:
        accounts.grant(session, malee.user_id, Role.APPROVER, granted_by_id=None, now=now)
        accounts.take_back(session, malee.user_id, Role.REVIEWER, now=now)
    assert prove(code=code_of(malee, now), now=now).roles == {Role.APPROVER}


class Meanwhile(Passwords):
    """Compares as it should; before it says so, the person's password was changed by somebody else."""

    def __init__(self, app: Flask, user_id: UUID, now: datetime) -> None:
        super().__init__(memory_kib=8, passes=1, lanes=1)
        self.change = lambda: set_password(None, user_id, "another long password", now=now, passwords=CHEAP)

    def matches(self, password: str, password_hash: str | None) -> bool:
        said = super().matches(password, password_hash)
        self.change()
        return said


def test_a_password_that_was_changed_while_it_was_compared_proves_nothing(
    app: Flask, malee: Actor, now: datetime
) -> None:
    slow = Meanwhile(app, malee.user_id, now)
    error = refused(code=code_of(malee, now), now=now, passwords=slow)
    assert (type(error), error.code) == (InputError, "sign_in_failed")
    assert prove(password="another long password", code=code_of(malee, now), now=now) == malee
