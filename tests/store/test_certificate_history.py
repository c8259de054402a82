"""The dated history, and that the present status never says anything else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mit.errors import ConflictError, NotFoundError
from mit.lifecycle.certificate_states import CertificateState, StateChange, state_on
from mit.store.certificate_history import history_of, record_status
from mit.store.certificates import get_certificate
from mit.store.db import transaction, viewing
from mit.values.thai_date import bangkok_day
from tests.support import register
from tests.support.people import Cast
from tests.support.register import change

DAY = timedelta(days=1)


def test_the_first_entry_is_the_issue(cast: Cast, now: datetime) -> None:
    made = register.issued(cast, now=now)
    with viewing() as session:
        (entry,) = history_of(session, made.number)
    assert (entry.event, entry.status, entry.effective_on) == ("issued", "active", bangkok_day(now))
    assert (entry.recorded_at, entry.profile_version) == (now, register.PROFILE)


def test_a_change_keeps_the_present_status_in_step(cast: Cast, now: datetime) -> None:
    made = register.issued(cast, now=now)
    later = now + 3 * DAY
    with transaction() as session:
        wanted = change("suspended", "suspended", bangkok_day(later))
        register.record(session, made.number, wanted, actor_id=cast.anan.user_id, now=later)
    with viewing() as session:
        row, entry = get_certificate(session, made.number), history_of(session, made.number)[-1]
    assert (row.status, row.status_since_on) == ("suspended", bangkok_day(later))
    assert (entry.actor_id, entry.reason) == (cast.anan.user_id, "criteria_not_met")


def test_superseding_names_the_successor(cast: Cast, now: datetime) -> None:
    old, new = register.issued(cast, now=now), register.issued(cast, now=now)
    with transaction() as session:
        wanted = change("superseded", "superseded", bangkok_day(now), successor=new.number)
        register.record(session, old.number, wanted, actor_id=None, now=now)
        assert get_certificate(session, old.number).superseded_by == new.number


@pytest.mark.parametrize("days", [1, -1, -400])
def test_a_day_before_the_last_change_or_after_today_is_refused(cast: Cast, now: datetime, days: int) -> None:
    made = register.issued(cast, now=now)
    with pytest.raises(ConflictError, match="status_day"), transaction() as session:
        wanted = change("revoked", "revoked", bangkok_day(now + days * DAY))
        register.record(session, made.number, wanted, actor_id=None, now=now)


def test_today_is_today_in_bangkok(cast: Cast, now: datetime) -> None:
    made = register.issued(cast, now=now)
    evening = now.replace(hour=17, minute=1)  # past midnight in Bangkok
    with transaction() as session:
        wanted = change("revoked", "revoked", bangkok_day(now) + DAY)
        register.record(session, made.number, wanted, actor_id=None, now=evening)
        assert get_certificate(session, made.number).status_since_on == bangkok_day(now) + DAY


def test_no_history_without_a_certificate(app: Flask, now: datetime) -> None:
    with pytest.raises(NotFoundError), transaction() as session:
        wanted = change("suspended", "suspended", bangkok_day(now))
        record_status(session, "MIT-2569-0000001-G", wanted, actor_id=None, now=now)


def test_a_failed_change_leaves_status_and_history_alone(cast: Cast, now: datetime) -> None:
    made = register.issued(cast, now=now)
    with pytest.raises(RuntimeError), transaction() as session:
        wanted = change("revoked", "revoked", bangkok_day(now))
        register.record(session, made.number, wanted, actor_id=None, now=now)
        raise RuntimeError
    with viewing() as session:
        assert get_certificate(session, made.number).status == "active"
        assert len(history_of(session, made.number)) == 1


STEPS = {
    "active": [("suspended", "suspended"), ("revoked", "revoked"), ("withdrawn", "withdrawn")],
    "suspended": [("reinstated", "active"), ("revoked", "revoked")],
}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 2)), max_size=6))
def test_the_status_equals_the_replay_of_the_history(
    cast: Cast, now: datetime, walk: list[tuple[int, int]]
) -> None:
    made, at = register.issued(cast, now=now), now
    for days, choice in walk:
        at += days * DAY
        with transaction() as session:
            moves = STEPS.get(get_certificate(session, made.number).status)
            if moves:
                event, status = moves[choice % len(moves)]
                wanted = change(event, status, bangkok_day(at))
                register.record(session, made.number, wanted, actor_id=None, now=at)
    with viewing() as session:
        row, entries = get_certificate(session, made.number), history_of(session, made.number)
    replayed = [StateChange(entry.effective_on, CertificateState(entry.status)) for entry in entries]
    assert state_on(replayed, bangkok_day(at), expires_on=row.expires_on) == row.status
