"""The second factor: set up with a first code, kept by recovery codes, cleared by two or by the keeper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask

from mit.accounts import datastore, sessions
from mit.accounts.caller import Caller
from mit.accounts.second_factor import (
    codes_left,
    needs_second_factor,
    offer_secret,
    renew_recovery_codes,
    reset_second_factor,
    set_up,
)
from mit.accounts.sessions import Live, Stage
from mit.errors import ConflictError, InputError, MitError, NotAllowedError, NotFoundError
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import STAFF_ROLES, Actor, Role
from mit.store import accounts, audit
from mit.store.db import new_id, transaction, viewing
from mit.store.sessions import SessionRow
from tests.support.people import Cast, invite
from tests.support.signed_in import code_of, give_second_factor

HERE = Caller("192.0.2.1", "Firefox")


@pytest.fixture
def app(make_app: object) -> Iterator[Flask]:
    """The whole application: secrets and codes need its keys."""
    made: Flask = make_app()  # type: ignore[operator]
    with made.app_context():
        yield made


def begin(actor: Actor, now: datetime, stage: Stage = "set_up") -> Live:
    with transaction() as session:
        user = accounts.get_user(session, actor.user_id)
        token = sessions.begin(session, user, stage=stage, caller=HERE, now=now)
    found = sessions.find(token, now=now)
    assert found is not None
    return found


def waiting_secret(live: Live) -> str:
    with viewing() as session:
        return session.get_one(SessionRow, live.session_id).pending_secret


@pytest.fixture
def malee(cast: Cast, now: datetime) -> Live:
    return begin(cast.malee, now)


def test_the_secret_waits_encrypted_and_stays_the_same_until_it_is_taken(malee: Live, now: datetime) -> None:
    first, second = offer_secret(malee, now=now), offer_secret(malee, now=now)
    assert first == second
    key = first.key.replace("-", "").replace(" ", "")
    assert re.fullmatch(r"[A-Z2-7]{32}", key)
    assert key not in waiting_secret(malee)
    assert first.picture.startswith("<svg")
    assert key not in repr(first)


def test_two_people_are_given_two_secrets(cast: Cast, malee: Live, now: datetime) -> None:
    assert offer_secret(malee, now=now).key != offer_secret(begin(cast.anan, now), now=now).key


def test_it_is_set_up_by_its_first_code_and_every_other_session_ends(
    cast: Cast, malee: Live, now: datetime
) -> None:
    other = begin(cast.malee, now, "full")
    offer_secret(malee, now=now)
    code = datastore.code_at(waiting_secret(malee), now)
    done = set_up(malee, code, now=now)
    assert done.signed_in.stage == "full"
    assert len(set(done.recovery_codes)) == 8
    assert sessions.find(other.token, now=now) is None
    assert sessions.find(malee.token, now=now) is None
    live = sessions.find(done.signed_in.token, now=now)
    assert live is not None
    assert live.has_second_factor
    assert codes_left(live) == 8
    with viewing() as session:
        user = accounts.get_user(session, cast.malee.user_id)
        event = audit.events_about(session, f"user:{user.id}")[-1]
    assert all(code not in user.recovery_codes for code in done.recovery_codes)
    assert event.event == AuditEvent.SECOND_FACTOR_SET
    assert event.payload == "{}"


def test_the_code_that_set_it_up_does_not_work_again(cast: Cast, malee: Live, now: datetime) -> None:
    offer_secret(malee, now=now)
    code = datastore.code_at(waiting_secret(malee), now)
    set_up(malee, code, now=now)
    with viewing() as session:
        user = accounts.get_user(session, cast.malee.user_id)
    secret, last = user.second_factor_secret, user.second_factor_step
    assert secret
    assert datastore.step_of(code, secret, at=now, last_step=last) is None
    assert datastore.step_of(code, secret, at=now, last_step=None) == last


def test_a_wrong_first_code_sets_nothing_up_and_is_counted(cast: Cast, malee: Live, now: datetime) -> None:
    offer_secret(malee, now=now)
    right = datastore.code_at(waiting_secret(malee), now)
    for _ in range(5):
        with pytest.raises(InputError, match="code_wrong"):
            set_up(malee, "000000" if right != "000000" else "000001", now=now)
    with pytest.raises(MitError, match="sign_in_delayed"):
        set_up(malee, right, now=now)
    with viewing() as session:
        assert accounts.get_user(session, cast.malee.user_id).second_factor_secret is None
    later = now + timedelta(seconds=30)
    code = datastore.code_at(waiting_secret(malee), later)
    assert set_up(malee, code, now=later).signed_in.stage == "full"


def test_without_an_offer_there_is_nothing_to_set_up(malee: Live, now: datetime) -> None:
    with pytest.raises(InputError, match="code_wrong"):
        set_up(malee, "000000", now=now)


def test_who_has_one_is_offered_no_other(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        give_second_factor(accounts.get_user(session, cast.malee.user_id), now)
    live = begin(cast.malee, now, "full")
    with pytest.raises(ConflictError, match="second_factor_there"):
        offer_secret(live, now=now)
    with pytest.raises(ConflictError, match="second_factor_there"):
        set_up(live, code_of(cast.malee, now), now=now)


def test_who_owes_a_code_is_offered_nothing(cast: Cast, now: datetime) -> None:
    with pytest.raises(NotAllowedError, match="sign_in_needed"):
        offer_secret(begin(cast.malee, now, "code"), now=now)


def test_new_recovery_codes_replace_the_old_ones(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        give_second_factor(accounts.get_user(session, cast.malee.user_id), now)
    live = begin(cast.malee, now, "full")
    old = renew_recovery_codes(live, now=now)
    new = renew_recovery_codes(live, now=now)
    assert not set(old) & set(new)
    with transaction() as session:
        user = accounts.get_user(session, cast.malee.user_id)
        assert not datastore.use_recovery_code(user, old[0])
        assert datastore.use_recovery_code(user, new[0])
        assert not datastore.use_recovery_code(user, new[0])
        assert not datastore.use_recovery_code(user, "")


def test_without_a_second_factor_there_are_no_recovery_codes(cast: Cast, now: datetime) -> None:
    with pytest.raises(ConflictError, match="second_factor_missing"):
        renew_recovery_codes(begin(cast.somchai, now, "full"), now=now)


# --- clearing it


@pytest.fixture
def administrators(cast: Cast, now: datetime) -> tuple[Actor, Actor]:
    with transaction() as session:
        give_second_factor(accounts.get_user(session, cast.malee.user_id), now)
    return (
        invite("Prasit Dulae", Role.ADMINISTRATOR, now=now),
        invite("Wanida Raksa", Role.ADMINISTRATOR, now=now),
    )


def has_one(actor: Actor) -> bool:
    with viewing() as session:
        return accounts.get_user(session, actor.user_id).second_factor_secret is not None


def test_one_administrator_asks_and_another_clears_it(
    cast: Cast, administrators: tuple[Actor, Actor], now: datetime
) -> None:
    first, second = administrators
    live = begin(cast.malee, now, "full")
    assert not reset_second_factor(first, cast.malee.user_id, now=now)
    assert not reset_second_factor(first, cast.malee.user_id, now=now)
    assert has_one(cast.malee)
    assert reset_second_factor(second, cast.malee.user_id, now=now)
    assert not has_one(cast.malee)
    assert sessions.find(live.token, now=now) is None


def test_a_request_of_long_ago_that_was_done_does_not_count_again(
    cast: Cast, administrators: tuple[Actor, Actor], now: datetime
) -> None:
    first, second = administrators
    reset_second_factor(first, cast.malee.user_id, now=now)
    reset_second_factor(second, cast.malee.user_id, now=now)
    with transaction() as session:
        give_second_factor(accounts.get_user(session, cast.malee.user_id), now)
    assert not reset_second_factor(second, cast.malee.user_id, now=now)
    assert has_one(cast.malee)


def test_the_keeper_of_the_machine_clears_it_alone(
    cast: Cast, administrators: tuple[Actor, Actor], now: datetime
) -> None:
    assert reset_second_factor(None, cast.malee.user_id, now=now)
    assert not has_one(cast.malee)


def test_nobody_else_clears_it_and_nobody_their_own(
    cast: Cast, administrators: tuple[Actor, Actor], now: datetime
) -> None:
    for actor in (cast.anan, cast.somchai, cast.malee):
        with pytest.raises(NotAllowedError):
            reset_second_factor(actor, cast.malee.user_id, now=now)
    first = administrators[0]
    with pytest.raises(NotAllowedError, match="second_factor_own"):
        reset_second_factor(first, first.user_id, now=now)
    with pytest.raises(ConflictError, match="second_factor_missing"):
        reset_second_factor(first, cast.anan.user_id, now=now)
    with pytest.raises(NotFoundError):
        reset_second_factor(None, new_id(), now=now)
    assert has_one(cast.malee)


@pytest.mark.parametrize("role", Role)
def test_staff_and_nobody_else_need_one(role: Role) -> None:
    assert needs_second_factor(frozenset({role})) == (role in STAFF_ROLES)
