"""Signing in: right and wrong, growing delays, what is told and what is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from mit.accounts import delays, second_factor, sessions
from mit.accounts.caller import Caller
from mit.accounts.delays import FIRST_WAIT, LONGEST_WAIT, wait_after
from mit.accounts.people import close_user, grant_role
from mit.accounts.sessions import Live
from mit.accounts.sign_in import SignedIn, enter_code, is_fresh, prove_again, sign_in
from mit.errors import InputError, MitError, NotAllowedError
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.mails import Letter
from mit.roles.actor import Role
from mit.store import accounts, audit
from mit.store.db import transaction, viewing
from mit.store.jobs import JobRow
from tests.support.people import CHEAP, PASSWORD, Cast, email_of
from tests.support.signed_in import code_of, give_second_factor

HERE = Caller("192.0.2.1", "Firefox")
WRONG = "not the right password"


@pytest.fixture
def app(make_app: object) -> Iterator[Flask]:
    """The whole application: tokens and codes need its keys."""
    made: Flask = make_app()  # type: ignore[operator]
    with made.app_context():
        yield made


def enter(
    name: str = "Somchai", password: str = PASSWORD, *, now: datetime, caller: Caller = HERE
) -> SignedIn:
    return sign_in(email_of(name), password, caller=caller, now=now, passwords=CHEAP)


def fails(name: str = "Somchai", *, now: datetime, caller: Caller = HERE, password: str = WRONG) -> str:
    """Return the code of the refusal."""
    with pytest.raises(MitError) as refused:
        enter(name, password, now=now, caller=caller)
    return refused.value.code


def live_of(signed_in: SignedIn, now: datetime) -> Live:
    found = sessions.find(signed_in.token, now=now)
    assert found is not None
    return found


def letters() -> list[str]:
    with viewing() as session:
        rows = session.query(JobRow).filter(JobRow.kind == "mail").order_by(JobRow.id)
        return [json.loads(row.payload)["letter"] for row in rows]


def events(user_id: object) -> list[str]:
    with viewing() as session:
        return [event.event for event in audit.events_about(session, f"user:{user_id}")]


# --- right


def test_the_right_password_opens_a_session_of_that_person(cast: Cast, now: datetime) -> None:
    signed_in = enter(now=now)
    live = live_of(signed_in, now)
    assert (signed_in.stage, live.stage) == ("full", "full")
    assert live.actor == cast.somchai
    assert live.proved_at == now
    assert events(cast.somchai.user_id)[-1] == AuditEvent.SIGNED_IN


@pytest.mark.parametrize("typed", ["SOMCHAI@example.com", "  somchai@example.com "])
def test_the_case_of_the_address_does_not_matter(cast: Cast, now: datetime, typed: str) -> None:
    signed_in = sign_in(typed, PASSWORD, caller=HERE, now=now, passwords=CHEAP)
    assert live_of(signed_in, now).actor == cast.somchai


def test_staff_owe_the_second_factor_or_its_set_up_first(cast: Cast, now: datetime) -> None:
    assert enter("Malee", now=now).stage == "set_up"
    with transaction() as session:
        give_second_factor(accounts.get_user(session, cast.malee.user_id), now)
    half = enter("Malee", now=now)
    assert half.stage == "code"
    whole = enter_code(live_of(half, now), code_of(cast.malee, now), now=now)
    assert whole.stage == "full"
    assert whole.token != half.token
    assert sessions.find(half.token, now=now) is None
    assert live_of(whole, now).actor == cast.malee


def test_a_manufacturer_may_have_a_second_factor_too(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        give_second_factor(accounts.get_user(session, cast.somchai.user_id), now)
    assert enter(now=now).stage == "code"


def test_a_hash_of_another_cost_is_made_anew(cast: Cast, now: datetime) -> None:
    from mit.accounts.passwords import Passwords

    dearer = Passwords(memory_kib=16, passes=1, lanes=1)
    sign_in(email_of("Somchai"), PASSWORD, caller=HERE, now=now, passwords=dearer)
    with viewing() as session:
        kept = accounts.get_user(session, cast.somchai.user_id).password_hash
    assert not dearer.needs_new_hash(kept)
    assert dearer.matches(PASSWORD, kept)


# --- wrong, all alike


def test_wrong_unknown_and_closed_are_answered_alike(cast: Cast, now: datetime) -> None:
    close_user(None, cast.krit.user_id, now=now)
    seen = set()
    for at, (email, password) in enumerate(
        [(email_of("Somchai"), WRONG), ("nobody@example.com", PASSWORD), (email_of("Krit"), PASSWORD)]
    ):
        with pytest.raises(InputError) as refused:
            sign_in(email, password, caller=Caller(f"192.0.2.{at}"), now=now, passwords=CHEAP)
        seen.add((refused.value.code, refused.value.where, str(refused.value.params)))
    assert seen == {("sign_in_failed", "password", "{}")}


@pytest.mark.parametrize("email", ["", "\x00", "\ud800@x", "' OR 1=1 --", "ก@ข", "x" * 5000, "a@b\n"])
@pytest.mark.parametrize("password", ["", "\x00" * 20, "\ud800" * 20, "x" * 5000])
def test_hostile_input_is_a_wrong_password_and_nothing_else(
    cast: Cast, now: datetime, email: str, password: str
) -> None:
    with pytest.raises(InputError, match="sign_in_failed"):
        sign_in(email, password, caller=HERE, now=now, passwords=CHEAP)


def test_who_never_confirmed_the_address_is_told_so_only_with_the_right_password(
    cast: Cast, now: datetime
) -> None:
    with transaction() as session:
        accounts.get_user(session, cast.somchai.user_id).confirmed_at = None
    assert fails(now=now) == "sign_in_failed"
    with pytest.raises(NotAllowedError, match="email_unconfirmed"):
        enter(now=now)
    assert letters() == [Letter.CONFIRM_EMAIL]


# --- delays


def test_the_wait_begins_after_five_failures_doubles_and_stays_finite() -> None:
    assert [wait_after(n) for n in range(5)] == [timedelta(0)] * 5
    assert wait_after(5) == FIRST_WAIT == timedelta(seconds=30)
    assert wait_after(6) == 2 * FIRST_WAIT
    assert wait_after(9) == 16 * FIRST_WAIT
    assert wait_after(10) == LONGEST_WAIT == timedelta(minutes=15)


@given(st.integers(0, 10**9))
def test_a_wait_never_shrinks_and_never_passes_the_longest(failures: int) -> None:
    assert wait_after(failures) <= wait_after(failures + 1) <= LONGEST_WAIT


@pytest.mark.parametrize("email", ["somchai@example.com", "nobody@example.com"])
def test_the_delay_grows_by_a_standing_clock_whether_the_account_exists_or_not(
    cast: Cast, now: datetime, email: str
) -> None:
    def attempt(password: str, at: datetime, address: str) -> str:
        with pytest.raises(MitError) as refused:
            sign_in(email, password, caller=Caller(address), now=at, passwords=CHEAP)
        return refused.value.code

    for n in range(5):
        assert attempt(WRONG, now, f"198.51.100.{n}") == "sign_in_failed"
    at = now
    for n, seconds in enumerate([30, 60, 120, 240, 480, 900, 900]):
        just_before = at + timedelta(seconds=seconds) - timedelta(microseconds=1)
        assert attempt(PASSWORD, just_before, f"203.0.113.{n}") == "sign_in_delayed"
        at += timedelta(seconds=seconds)
        assert attempt(WRONG, at, f"203.0.113.{n}") == "sign_in_failed"


def test_the_right_password_after_the_wait_opens_and_the_count_begins_anew(cast: Cast, now: datetime) -> None:
    for n in range(5):
        fails(now=now, caller=Caller(f"198.51.100.{n}"))
    assert fails(now=now, password=PASSWORD) == "sign_in_delayed"
    later = now + timedelta(seconds=30)
    assert enter(now=later).stage == "full"
    for n in range(4):
        assert fails(now=later, caller=Caller(f"198.51.100.{n + 10}")) == "sign_in_failed"
    assert enter(now=later).stage == "full"


def test_an_attempt_that_comes_too_early_does_not_make_the_wait_longer(cast: Cast, now: datetime) -> None:
    for n in range(5):
        fails(now=now, caller=Caller(f"198.51.100.{n}"))
    for second in range(29):
        assert fails(now=now + timedelta(seconds=second), password=PASSWORD) == "sign_in_delayed"
    assert enter(now=now + timedelta(seconds=30)).stage == "full"


def test_one_address_waits_after_five_failures_with_whomever(cast: Cast, now: datetime) -> None:
    for name in ("Somchai", "Krit", "Malee", "Anan", "Napha"):
        fails(name, now=now)
    assert fails(now=now, password=PASSWORD) == "sign_in_delayed"
    assert enter(now=now, caller=Caller("203.0.113.9")).stage == "full"


def test_ones_own_success_does_not_free_an_address_that_tries_others(cast: Cast, now: datetime) -> None:
    for name in ("Somchai", "Malee", "Anan", "Napha"):
        fails(name, now=now)
    assert enter("Krit", now=now).stage == "full"
    fails("Somchai", now=now)
    assert fails("Malee", now=now) == "sign_in_delayed"


def test_old_failures_are_forgotten_after_a_day(cast: Cast, now: datetime) -> None:
    for n in range(4):
        fails(now=now, caller=Caller(f"198.51.100.{n}"))
    tomorrow = now + timedelta(hours=24)
    for n in range(4):
        assert fails(now=tomorrow, caller=Caller(f"198.51.100.{n + 10}")) == "sign_in_failed"
    assert enter(now=tomorrow).stage == "full"


def test_of_many_attempts_at_once_no_more_are_looked_at(app: Flask, cast: Cast, now: datetime) -> None:
    def attempt(n: int) -> str:
        with app.app_context():
            return fails(now=now, caller=Caller(f"198.51.100.{n}"))

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(attempt, range(16)))
    assert codes.count("sign_in_failed") == 5
    assert codes.count("sign_in_delayed") == 11


def test_the_owner_is_told_by_mail_once_and_nobody_else(cast: Cast, now: datetime) -> None:
    at = now
    for n in range(8):
        assert fails(now=at, caller=Caller(f"198.51.100.{n}")) == "sign_in_failed"
        at += timedelta(minutes=15)
    assert letters() == [Letter.SIGN_IN_DELAYED]
    assert events(cast.somchai.user_id).count(AuditEvent.SIGN_IN_DELAYED) == 1
    assert events(cast.somchai.user_id).count(AuditEvent.SIGN_IN_FAILED) == 8
    for n in range(8):
        fails("Nobody", now=now, caller=Caller(f"203.0.113.{n}"))
    assert letters() == [Letter.SIGN_IN_DELAYED]


# --- the second factor, and proving it again


@pytest.fixture
def half(cast: Cast, now: datetime) -> Live:
    with transaction() as session:
        give_second_factor(accounts.get_user(session, cast.malee.user_id), now)
    return live_of(enter("Malee", now=now), now)


@pytest.mark.parametrize("code", ["", "abc", "12345", "1234567", "๑๒๓๔๕๖", "0x1234", "-12345", "\ud800" * 6])
def test_what_is_no_code_is_wrong(half: Live, now: datetime, code: str) -> None:
    with pytest.raises(InputError, match="code_wrong"):
        enter_code(half, code, now=now)


@pytest.mark.parametrize(("seconds", "fits"), [(0, True), (-30, True), (30, True), (-90, False), (90, False)])
def test_a_code_fits_within_half_a_minute(
    cast: Cast, half: Live, now: datetime, seconds: int, fits: bool
) -> None:
    code = code_of(cast.malee, now + timedelta(seconds=seconds))
    if fits:
        assert enter_code(half, f" {code[:3]} {code[3:]} ", now=now).stage == "full"
    else:
        with pytest.raises(InputError, match="code_wrong"):
            enter_code(half, code, now=now)


def test_who_owes_no_code_gives_none(cast: Cast, now: datetime) -> None:
    live = live_of(enter(now=now), now)
    with pytest.raises(NotAllowedError, match="sign_in_needed"):
        enter_code(live, "123456", now=now)


def test_a_recovery_code_works_once_in_any_case_and_its_owner_is_told(
    cast: Cast, half: Live, now: datetime
) -> None:
    whole = enter_code(half, code_of(cast.malee, now), now=now)
    codes = second_factor.renew_recovery_codes(live_of(whole, now), now=now)
    again = live_of(enter("Malee", now=now), now)
    assert enter_code(again, f" {codes[3].upper()} ", now=now).stage == "full"
    third = live_of(enter("Malee", now=now), now)
    with pytest.raises(InputError, match="code_wrong"):
        enter_code(third, codes[3], now=now)
    assert letters() == [Letter.RECOVERY_CODE_USED]
    assert second_factor.codes_left(third) == len(codes) - 1
    assert AuditEvent.RECOVERY_CODE_USED in events(cast.malee.user_id)


@pytest.mark.parametrize("by", ["password", "code"])
def test_a_fresh_proof_is_a_password_or_a_code(cast: Cast, half: Live, now: datetime, by: str) -> None:
    whole = live_of(enter_code(half, code_of(cast.malee, now), now=now), now)
    later = now + timedelta(minutes=6)
    assert not is_fresh(whole, now=later)
    proof = PASSWORD if by == "password" else code_of(cast.malee, later)
    proved = live_of(prove_again(whole, proof, now=later, passwords=CHEAP), later)
    assert is_fresh(proved, now=later + timedelta(minutes=5))
    assert not is_fresh(proved, now=later + timedelta(minutes=5, seconds=1))
    assert sessions.find(whole.token, now=later) is None


def test_a_wrong_proof_is_refused_and_counted(cast: Cast, now: datetime) -> None:
    live = live_of(enter(now=now), now)
    for _ in range(5):
        with pytest.raises(InputError, match="proof_wrong"):
            prove_again(live, WRONG, now=now, passwords=CHEAP)
    with pytest.raises(MitError, match="sign_in_delayed"):
        prove_again(live, PASSWORD, now=now, passwords=CHEAP)
    assert letters() == [Letter.SIGN_IN_DELAYED]


def test_a_proof_does_not_revive_a_session_that_is_over(cast: Cast, now: datetime) -> None:
    live = live_of(enter(now=now), now)
    grant_role(None, cast.somchai.user_id, Role.PROCUREMENT_OFFICER, now=now)
    with pytest.raises(NotAllowedError, match="sign_in_needed"):
        prove_again(live, PASSWORD, now=now, passwords=CHEAP)


def test_keys_hold_no_address_and_no_mail_in_clear() -> None:
    for key in (delays.key_of_account("somchai@example.com"), delays.key_of_address("192.0.2.1")):
        assert "somchai" not in key
        assert "192" not in key.partition(":")[0]
        assert len(key) <= 80
    assert delays.key_of_account(" SOMCHAI@example.com") == delays.key_of_account("somchai@example.com")
