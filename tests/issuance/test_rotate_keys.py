from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from mit.errors import ConflictError, IllegalMoveError, InputError, MitError, NotAllowedError, NotFoundError
from mit.i18n import LANGUAGES, say
from mit.issuance.authority import Authority
from mit.issuance.list_keys import list_keys, verification_keys
from mit.issuance.rotate_keys import activate_key, end_signing, mark_compromised, plan_key, retire_key
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.signing_key_states import KeyState, signature_counts
from mit.roles.actor import Role
from mit.store import audit, signing_keys
from mit.store.db import transaction, viewing
from mit.store.keyring import Keyring
from mit.values.thai_date import bangkok_day
from tests.support.people import Cast, invite

DAY = timedelta(days=1)


@pytest.fixture
def authority(app: Flask) -> Authority:
    """Return the application's authority with a keyring that opens its files quickly."""
    built: Authority = app.extensions["mit.authority"]
    settings = built.settings
    return replace(built, keyring=Keyring(settings.keys_dir, settings.key_passphrase, rounds=1_000))


@contextmanager
def refused(kind: type[MitError], code: str) -> Iterator[None]:
    """Expect a refusal by name, with a sentence in both languages."""
    with pytest.raises(kind) as caught:
        yield
    assert caught.value.code == code
    for language in LANGUAGES:
        assert say(f"errors.{code}", language, **caught.value.params)


def plan(authority: Authority, now: datetime, **options: Any) -> int:
    return plan_key(None, authority=authority, now=now, **options)


def states(now: datetime) -> dict[int, KeyState]:
    return {card.kid: card.state for card in list_keys(now=now)}


def events(kid: int) -> list[str]:
    with viewing() as session:
        return [event.event for event in audit.events_about(session, f"signing_key:{kid}")]


def test_the_first_key_may_sign_on_the_day_it_is_made(authority: Authority, now: datetime) -> None:
    kid = plan(authority, now)
    assert states(now) == {kid: KeyState.PLANNED}
    assert activate_key(None, kid, now=now) == bangkok_day(now)
    assert states(now) == {kid: KeyState.ACTIVE}
    assert events(kid) == [AuditEvent.SIGNING_KEY_PLANNED, AuditEvent.SIGNING_KEY_ACTIVATED]


def test_the_row_holds_the_public_half_of_the_file(authority: Authority, now: datetime) -> None:
    kid = plan(authority, now, demo=True)
    with viewing() as session:
        row = signing_keys.all_keys(session)[0]
        assert signing_keys.public_half(row) == authority.keyring.signer(kid).public_key
        assert row.demo
        assert "d" not in row.public_jwk.split('"')


def test_the_next_key_waits_for_its_lead_time_and_ends_the_one_before(
    authority: Authority, now: datetime
) -> None:
    first = plan(authority, now)
    activate_key(None, first, now=now)
    second = plan(authority, now)
    begin = bangkok_day(now) + 14 * DAY
    with refused(ConflictError, "key_too_early"):
        activate_key(None, second, now=now, from_on=begin - DAY)
    assert activate_key(None, second, now=now) == begin
    assert states(now) == {first: KeyState.ACTIVE, second: KeyState.PLANNED}
    assert states(now + 13 * DAY) == {first: KeyState.ACTIVE, second: KeyState.PLANNED}
    assert states(now + 14 * DAY) == {first: KeyState.VERIFY_ONLY, second: KeyState.ACTIVE}
    assert events(first)[-1] == AuditEvent.SIGNING_KEY_VERIFY_ONLY


def test_the_lead_time_is_a_setting(authority: Authority, now: datetime) -> None:
    activate_key(None, plan(authority, now), now=now)
    assert activate_key(None, plan(authority, now), now=now, lead_time_days=90) == bangkok_day(now) + 90 * DAY


def test_a_key_never_takes_over_on_a_day_that_another_has_begun(authority: Authority, now: datetime) -> None:
    first = plan(authority, now)
    activate_key(None, first, now=now)
    second = plan(authority, now)
    later = now + 30 * DAY
    with refused(ConflictError, "key_too_early"):
        activate_key(None, second, now=later, from_on=bangkok_day(later))
    assert activate_key(None, second, now=later) == bangkok_day(later) + DAY
    with viewing() as session:
        dates = {row.kid: signing_keys.key_dates(row) for row in signing_keys.all_keys(session)}
    for kid, day in ((first, bangkok_day(later)), (second, bangkok_day(later) + DAY)):
        assert signature_counts(dates[kid], issued_on=day, signed_at=None) == "ok"


def test_the_lead_time_may_be_waived_for_a_reason_that_is_recorded(
    authority: Authority, now: datetime
) -> None:
    first = plan(authority, now)
    activate_key(None, first, now=now)
    mark_compromised(None, first, from_at=now, reason="laptop stolen", now=now)
    second = plan(authority, now)
    assert activate_key(None, second, now=now, waive_lead_time="key 1 compromised") == bangkok_day(now)
    with viewing() as session:
        last = audit.events_about(session, f"signing_key:{second}")[-1]
        assert "key 1 compromised" in last.payload
        assert audit.verify_chain(session) == []


def test_of_two_planned_keys_the_later_one_is_set_first_or_not_at_all(
    authority: Authority, now: datetime
) -> None:
    activate_key(None, plan(authority, now), now=now)
    second, third = plan(authority, now), plan(authority, now)
    activate_key(None, second, now=now, from_on=bangkok_day(now) + 60 * DAY)
    with refused(ConflictError, "key_already_planned"):
        activate_key(None, third, now=now, from_on=bangkok_day(now) + 30 * DAY)
    assert activate_key(None, third, now=now, from_on=bangkok_day(now) + 90 * DAY)
    assert states(now + 89 * DAY)[second] is KeyState.ACTIVE
    assert states(now + 90 * DAY)[second] is KeyState.VERIFY_ONLY


def test_demo_keys_and_real_keys_do_not_end_each_other(authority: Authority, now: datetime) -> None:
    demo = plan(authority, now, demo=True)
    activate_key(None, demo, now=now)
    real = plan(authority, now)
    assert activate_key(None, real, now=now) == bangkok_day(now)
    assert states(now) == {demo: KeyState.ACTIVE, real: KeyState.ACTIVE}


def test_demo_keys_are_refused_in_production(authority: Authority, now: datetime) -> None:
    production = replace(authority, settings=replace(authority.settings, env="production"))
    with refused(NotAllowedError, "demo_key_in_production"):
        plan(production, now, demo=True)
    assert list_keys(now=now) == []
    assert plan(production, now)


def test_a_key_may_end_without_a_successor_from_tomorrow_on(authority: Authority, now: datetime) -> None:
    kid = plan(authority, now)
    with refused(IllegalMoveError, "illegal_key_move"):
        end_signing(None, kid, now=now)
    activate_key(None, kid, now=now)
    with refused(ConflictError, "key_too_early"):
        end_signing(None, kid, now=now, from_on=bangkok_day(now))
    assert end_signing(None, kid, now=now) == bangkok_day(now) + DAY
    assert states(now)[kid] is KeyState.ACTIVE
    assert states(now + DAY)[kid] is KeyState.VERIFY_ONLY


def test_an_active_key_is_not_retired(authority: Authority, now: datetime) -> None:
    kid = plan(authority, now)
    activate_key(None, kid, now=now)
    with refused(IllegalMoveError, "illegal_key_move"):
        retire_key(None, kid, now=now)


def test_a_key_that_signed_nothing_is_retired_once_it_has_ended(authority: Authority, now: datetime) -> None:
    kid = plan(authority, now)
    activate_key(None, kid, now=now)
    end_signing(None, kid, now=now)
    later = now + 2 * DAY
    assert retire_key(None, kid, now=later) == bangkok_day(later)
    assert states(later)[kid] is KeyState.RETIRED
    assert verification_keys(now=later) == []
    with refused(IllegalMoveError, "illegal_key_move"):
        retire_key(None, kid, now=later)


def test_a_key_is_kept_while_certificates_that_it_signed_must_be_verified(
    authority: Authority, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    kid = plan(authority, now)
    activate_key(None, kid, now=now)
    end_signing(None, kid, now=now)
    expiry = bangkok_day(now) + 364 * DAY
    monkeypatch.setattr(
        "mit.store.key_use.last_expiry_signed_by", lambda session, asked: expiry if asked == kid else None
    )
    free_from = expiry + 366 * DAY
    for day in (2, 364, 729):
        with refused(ConflictError, "key_still_needed"):
            retire_key(None, kid, now=now + day * DAY)
    assert retire_key(None, kid, now=now + (free_from - bangkok_day(now))) == free_from


def test_a_planned_key_is_retired_at_once_even_with_a_first_day_set(
    authority: Authority, now: datetime
) -> None:
    activate_key(None, plan(authority, now), now=now)
    second = plan(authority, now)
    activate_key(None, second, now=now)
    retire_key(None, second, now=now)
    assert states(now + 400 * DAY)[second] is KeyState.RETIRED


def test_a_compromise_counts_from_an_instant_for_good(authority: Authority, now: datetime) -> None:
    kid = plan(authority, now)
    activate_key(None, kid, now=now)
    at = now + 5 * DAY
    later = now + 6 * DAY
    mark_compromised(None, kid, from_at=at, reason="found on a public page", now=later)
    assert states(later)[kid] is KeyState.COMPROMISED
    for again in (at, at + timedelta(seconds=1), later):
        with refused(ConflictError, "compromise_not_earlier"):
            mark_compromised(None, kid, from_at=again, reason="x", now=later)
    (card,) = list_keys(now=later)
    assert card.dates.compromised_from_at == at
    assert card.to_document()["compromised_from_at"] == at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert events(kid)[-1] == AuditEvent.SIGNING_KEY_COMPROMISED
    assert [key.kid for key in verification_keys(now=later)] == [kid]


def test_a_compromise_is_moved_earlier_when_more_comes_to_light(authority: Authority, now: datetime) -> None:
    kid = plan(authority, now)
    activate_key(None, kid, now=now)
    at = now + 5 * DAY
    mark_compromised(None, kid, from_at=at, reason="found on a public page", now=at)
    mark_compromised(None, kid, from_at=at - DAY, reason="the disk was copied", now=at + DAY)
    (card,) = list_keys(now=at + DAY)
    assert card.dates.compromised_from_at == at - DAY
    assert [
        signature_counts(card.dates, issued_on=bangkok_day(now), signed_at=signed_at)
        for signed_at in (at - DAY - timedelta(seconds=1), at - DAY, at)
    ] == ["ok", "key_compromised", "key_compromised"]
    assert events(kid)[-2:] == [AuditEvent.SIGNING_KEY_COMPROMISED] * 2


def test_a_compromise_needs_a_reason_and_lies_in_the_past(authority: Authority, now: datetime) -> None:
    kid = plan(authority, now)
    with refused(InputError, "reason_missing"):
        mark_compromised(None, kid, from_at=now, reason=" ", now=now)
    with refused(InputError, "compromise_in_future"):
        mark_compromised(None, kid, from_at=now + timedelta(seconds=1), reason="x", now=now)


def test_a_key_that_does_not_exist_is_told(authority: Authority, now: datetime) -> None:
    for act in (activate_key, end_signing, retire_key):
        with pytest.raises(NotFoundError):
            act(None, 77, now=now)


def test_only_an_administrator_looks_after_keys(authority: Authority, cast: Cast, now: datetime) -> None:
    for person in (cast.somchai, cast.malee, cast.anan, cast.napha, cast.krit):
        with refused(NotAllowedError, "role_needed"):
            plan_key(person, authority=authority, now=now)
    keeper = invite("Kanda Rakkunjae", Role.ADMINISTRATOR, now=now)
    kid = plan_key(keeper, authority=authority, now=now)
    activate_key(keeper, kid, now=now)
    with viewing() as session:
        assert {event.actor_id for event in audit.events_about(session, f"signing_key:{kid}")} == {
            keeper.user_id
        }


def test_a_file_left_behind_by_a_crash_is_never_used_again(authority: Authority, now: datetime) -> None:
    orphan = authority.keyring.create(1, demo=False)
    kid = plan(authority, now)
    assert kid == 2
    assert [key.thumbprint for key in verification_keys(now=now)] != [orphan.thumbprint]


def test_a_refused_act_leaves_no_trace_in_the_database(authority: Authority, now: datetime) -> None:
    activate_key(None, plan(authority, now), now=now)
    second = plan(authority, now)
    before = (list_keys(now=now), events(1), events(second))
    with refused(ConflictError, "key_too_early"):
        activate_key(None, second, now=now, from_on=bangkok_day(now))
    assert (list_keys(now=now), events(1), events(second)) == before


def test_a_year_of_rotations_leaves_one_active_key_on_every_day(authority: Authority, now: datetime) -> None:
    activate_key(None, plan(authority, now), now=now)
    at = now
    for _ in range(4):
        at += 70 * DAY
        activate_key(None, plan(authority, at), now=at)
    first = bangkok_day(now)
    with viewing() as session:
        dates = [signing_keys.key_dates(row) for row in signing_keys.all_keys(session)]
    for step in range(400):
        day = first + step * DAY
        counting = [one for one in dates if signature_counts(one, issued_on=day, signed_at=None) == "ok"]
        assert len(counting) == 1, day


def test_seals_are_not_signing_keys(authority: Authority, now: datetime) -> None:
    with transaction() as session:
        session.add(
            signing_keys.SigningKey(
                kid=9,
                purpose="seal",
                algorithm="ES256",
                thumbprint="a" * 64,
                public_jwk="{}",
                demo=True,
                created_at=now,
                active_from_on=date(2026, 1, 1),
            )
        )
    with refused(ConflictError, "key_is_a_seal"):
        activate_key(None, 9, now=now)
    mark_compromised(None, 9, from_at=datetime(2026, 2, 1, tzinfo=UTC), reason="x", now=now)
    assert verification_keys(now=now) == []
