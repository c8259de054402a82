"""Random ceremonies: whatever is tried, in whatever order, the rules of signing keys hold."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from mit.errors import MitError
from mit.i18n import knows
from mit.issuance.authority import Authority
from mit.issuance.list_keys import list_keys
from mit.issuance.rotate_keys import activate_key, end_signing, mark_compromised, plan_key, retire_key
from mit.lifecycle.signing_key_states import KeyDates, KeyState, may_sign, signature_counts, state_on
from mit.store import audit, signing_keys
from mit.store.db import viewing
from mit.store.keyring import Keyring
from mit.values.thai_date import bangkok_day

DAY = timedelta(days=1)
STEPS = 40


@pytest.fixture
def authority(app: Flask) -> Authority:
    built: Authority = app.extensions["mit.authority"]
    settings = built.settings
    return replace(built, keyring=Keyring(settings.keys_dir, settings.key_passphrase, rounds=1_000))


def all_dates() -> dict[int, KeyDates]:
    with viewing() as session:
        return {row.kid: signing_keys.key_dates(row) for row in signing_keys.all_keys(session)}


def one_act(chance: random.Random, authority: Authority, now: datetime) -> str:
    """Try one act with random arguments; return its name, or the code of its refusal."""
    kid = chance.randint(1, max(1, len(all_dates())))
    day = bangkok_day(now) + chance.randint(-3, 40) * DAY
    act = chance.choice(
        ["plan", "activate", "activate", "activate_on", "end", "end_on", "retire", "compromise"]
    )
    try:
        if act == "plan":
            plan_key(None, authority=authority, now=now)
        elif act == "activate":
            activate_key(None, kid, now=now, waive_lead_time=chance.choice(["", "", "urgent"]))
        elif act == "activate_on":
            activate_key(None, kid, now=now, from_on=day)
        elif act == "end":
            end_signing(None, kid, now=now)
        elif act == "end_on":
            end_signing(None, kid, now=now, from_on=day)
        elif act == "retire":
            retire_key(None, kid, now=now)
        elif chance.random() < 0.3:
            mark_compromised(None, kid, from_at=now - chance.randint(0, 5) * DAY, reason="x", now=now)
    except MitError as error:
        assert knows(f"errors.{error.code}") or error.code == "not_found"
        return error.code
    return act


def assert_rules_hold(dates: dict[int, KeyDates], days: list[date]) -> None:
    """At most one key signs on a day, and nothing signs that would not count the same day."""
    for day in days:
        signing = [kid for kid, one in dates.items() if may_sign(one, issued_on=day)]
        assert len(signing) <= 1, (day, signing)
        for kid in signing:
            assert state_on(dates[kid], day) is KeyState.ACTIVE
            assert signature_counts(dates[kid], issued_on=day, signed_at=None) == "ok"


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_tried_at_most_one_key_signs_on_any_day(
    authority: Authority, now: datetime, seed: int
) -> None:
    chance = random.Random(seed)
    done: Counter[str] = Counter()
    past: dict[date, set[int]] = {}
    at = now
    for _ in range(STEPS):
        at += chance.choice([0, 0, 1, 5, 17]) * DAY
        done[one_act(chance, authority, at)] += 1
        dates = all_dates()
        today = bangkok_day(at)
        assert_rules_hold(dates, [today + step * DAY for step in range(-30, 60)])
        assert_the_past_stands(past, dates, today)
    assert done["plan"] and done.keys() & {"activate", "activate_on"}
    assert done.keys() & {"illegal_key_move", "key_too_early"}, "the refusals must have been tried too"
    with viewing() as session:
        assert audit.verify_chain(session) == []
    assert [card.kid for card in list_keys(now=at)] == sorted(dates)


def assert_the_past_stands(past: dict[date, set[int]], dates: dict[int, KeyDates], today: date) -> None:
    """No act of today changes which key was active on a day before, compromise apart."""
    for day, was in past.items():
        undone = {kid: replace(one, compromised_from_at=None) for kid, one in dates.items()}
        assert {kid for kid, one in undone.items() if state_on(one, day) is KeyState.ACTIVE} == was, day
    undone = {kid: replace(one, compromised_from_at=None) for kid, one in dates.items()}
    yesterday = today - DAY
    past[yesterday] = {kid for kid, one in undone.items() if state_on(one, yesterday) is KeyState.ACTIVE}
