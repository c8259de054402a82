"""Sessions: found by their token alone, listed to their owner, ended by whoever owns them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mit.accounts import sessions
from mit.accounts.caller import Caller
from mit.accounts.sessions import OTHERS, SEEN_EVERY, STAFF, Live, Stage
from mit.errors import NotFoundError
from mit.roles.actor import STAFF_ROLES, Actor, Role
from mit.store import accounts
from mit.store.db import new_id, transaction, viewing
from mit.store.sessions import SessionRow
from tests.support.people import Cast


def begin(actor: Actor, now: datetime, *, stage: Stage = "full", address: str = "192.0.2.1") -> Live:
    with transaction() as session:
        user = accounts.get_user(session, actor.user_id)
        token = sessions.begin(session, user, stage=stage, caller=Caller(address, "Firefox"), now=now)
    found = sessions.find(token, now=now)
    assert found is not None
    return found


def row_of(live: Live) -> SessionRow:
    with viewing() as session:
        return session.get_one(SessionRow, live.session_id)


@pytest.mark.parametrize("role", Role)
def test_the_limits_are_those_of_the_role(role: Role) -> None:
    assert sessions.limits_of(frozenset({role})) == (STAFF if role in STAFF_ROLES else OTHERS)
    assert (STAFF.idle_minutes, STAFF.in_all) == (30, timedelta(hours=12))
    assert (OTHERS.idle_minutes, OTHERS.in_all) == (60, timedelta(hours=24))


def test_the_table_knows_the_hash_and_not_the_token(cast: Cast, now: datetime) -> None:
    live = begin(cast.somchai, now)
    row = row_of(live)
    assert live.token not in str(vars(row))
    assert row.token_sha256 == sessions.hash_of(live.token)
    assert live.token not in repr(live)


def test_tokens_are_long_and_never_the_same() -> None:
    made = {sessions.new_token() for _ in range(1000)}
    assert len(made) == 1000
    assert all(len(token) == 43 for token in made)


def test_use_is_written_down_once_a_minute(cast: Cast, now: datetime) -> None:
    live = begin(cast.somchai, now)
    almost = now + SEEN_EVERY - timedelta(seconds=1)
    sessions.find(live.token, now=almost)
    assert row_of(live).seen_at == now
    sessions.find(live.token, now=now + SEEN_EVERY)
    assert row_of(live).seen_at == now + SEEN_EVERY


def test_a_closed_login_has_no_session(cast: Cast, now: datetime) -> None:
    live = begin(cast.somchai, now)
    with transaction() as session:
        accounts.get_user(session, cast.somchai.user_id).is_active = False
    assert sessions.find(live.token, now=now) is None


def test_a_session_shows_the_roles_of_now(cast: Cast, now: datetime) -> None:
    live = begin(cast.malee, now)
    with transaction() as session:
        accounts.grant(session, cast.malee.user_id, Role.APPROVER, granted_by_id=None, now=now)
    found = sessions.find(live.token, now=now)
    assert found is not None
    assert found.actor.roles == {Role.REVIEWER, Role.APPROVER}


def test_the_list_has_ones_own_that_are_alive_and_marks_this_one(cast: Cast, now: datetime) -> None:
    first = begin(cast.somchai, now, address="192.0.2.1")
    begin(cast.somchai, now, stage="code", address="192.0.2.9")
    begin(cast.krit, now)
    later = now + timedelta(minutes=30)
    second = begin(cast.somchai, later, address="192.0.2.2")
    seen = [(line.address, line.is_this) for line in sessions.list_mine(second, now=later)]
    assert seen == [("192.0.2.2", True), ("192.0.2.1", False)]
    over = now + timedelta(minutes=61)
    assert [line.session_id for line in sessions.list_mine(second, now=over)] == [second.session_id]
    assert sessions.find(first.token, now=over) is None


def test_one_ends_ones_own_and_nobody_elses(cast: Cast, now: datetime) -> None:
    mine, other, foreign = begin(cast.somchai, now), begin(cast.somchai, now), begin(cast.krit, now)
    sessions.end_mine(mine, other.session_id, now=now)
    assert sessions.find(other.token, now=now) is None
    for session_id in (foreign.session_id, other.session_id, new_id()):
        with pytest.raises(NotFoundError):
            sessions.end_mine(mine, session_id, now=now)
    assert sessions.find(foreign.token, now=now) is not None


def test_ending_the_others_spares_this_one_and_other_people(cast: Cast, now: datetime) -> None:
    mine, foreign = begin(cast.somchai, now), begin(cast.krit, now)
    others = [begin(cast.somchai, now) for _ in range(3)]
    assert sessions.end_others(mine, now=now) == 3
    assert sessions.end_others(mine, now=now) == 0
    assert all(sessions.find(other.token, now=now) is None for other in others)
    assert sessions.find(mine.token, now=now) is not None
    assert sessions.find(foreign.token, now=now) is not None


def test_signing_out_twice_is_harmless(cast: Cast, now: datetime) -> None:
    live = begin(cast.somchai, now)
    for _ in range(2):
        sessions.sign_out(live, now=now)
    assert sessions.find(live.token, now=now) is None


@pytest.mark.parametrize(
    ("address", "browser", "kept"),
    [
        (None, None, ("", "")),
        ("192.0.2.1", "Firefox\r\n\x00\u202e", ("192.0.2.1", "Firefox")),
        ("2001:db8::1", "x" * 1000, ("2001:db8::1", "x" * 300)),
        ("1" * 100, "ไทย", ("1" * 45, "ไทย")),
    ],
)
def test_of_a_caller_is_kept_what_fits_and_can_be_shown(
    address: str | None, browser: str | None, kept: tuple[str, str]
) -> None:
    made = Caller.of(address, browser)
    assert (made.address, made.browser) == kept
