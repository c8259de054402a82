"""The timeline of a certificate: every public change in order, today and the asked days among them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.lifecycle.certificate_states import CertificateState, StateChange, settled, state_on
from mit.verify.timeline import Moment, timeline
from tests.web.verdicts import CERTIFICATE, EXPIRES_ON, ISSUED_ON, TODAY

_S = CertificateState
ISSUED = StateChange(ISSUED_ON, _S.ACTIVE, "issued")


def kinds(*changes: StateChange, today: date = TODAY, asked: tuple[tuple[str, date], ...] = ()) -> list[str]:
    """Return what stands in the timeline of a certificate with this history."""
    told = timeline(replace(CERTIFICATE, history=changes), today=today, asked=asked)
    return [moment.kind for moment in told]


def test_a_certificate_without_a_past_has_its_first_and_its_last_day() -> None:
    assert kinds(ISSUED) == ["issued", "today", "last_day"]
    assert kinds() == ["issued", "today", "last_day"], "what offline knowledge has no history of"


@pytest.mark.parametrize("state", [_S.REVOKED, _S.SUPERSEDED, _S.WITHDRAWN])
def test_what_ended_before_has_no_last_day_any_more(state: CertificateState) -> None:
    assert kinds(ISSUED, StateChange(date(2026, 6, 1), state)) == ["issued", str(state), "today"]


def test_what_ended_after_its_last_day_had_one() -> None:
    late = StateChange(EXPIRES_ON + timedelta(days=9), _S.REVOKED)
    today = EXPIRES_ON + timedelta(days=20)
    assert kinds(ISSUED, late, today=today) == ["issued", "last_day", "revoked", "today"]


def test_coming_back_is_not_a_second_issue() -> None:
    pause = (StateChange(date(2026, 5, 4), _S.SUSPENDED), StateChange(date(2026, 5, 9), _S.ACTIVE))
    assert kinds(ISSUED, *pause) == ["issued", "suspended", "reinstated", "today", "last_day"]


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (StateChange(TODAY, _S.REVOKED, "mark_misused"), "mark_misused"),
        (StateChange(TODAY, _S.SUSPENDED, "under_investigation"), "under_investigation"),
        (StateChange(TODAY, _S.WITHDRAWN, "holder_asked"), "holder_asked"),
        (StateChange(TODAY, _S.SUPERSEDED, "replaced"), None),
        (StateChange(TODAY, _S.REVOKED, "what an officer wrote by hand"), None),
        (StateChange(TODAY, _S.REVOKED), None),
    ],
)
def test_only_reasons_from_the_public_list_are_given(change: StateChange, because: str | None) -> None:
    told = timeline(replace(CERTIFICATE, history=(ISSUED, change)), today=TODAY)
    assert next(moment for moment in told if moment.kind == str(change.state)).because == because


def test_on_one_day_the_change_stands_first_and_the_last_day_behind_whoever_asks() -> None:
    asked = (("bid", date(2026, 6, 1)), ("delivery", EXPIRES_ON))
    stopped = StateChange(date(2026, 6, 1), _S.SUSPENDED)
    told = kinds(ISSUED, stopped, asked=asked)
    assert told == ["issued", "suspended", "bid", "today", "delivery", "last_day"]


def test_days_that_are_asked_about_are_marks_and_no_events() -> None:
    told = timeline(CERTIFICATE, today=TODAY, asked=(("bid", ISSUED_ON - timedelta(days=1)),))
    assert told[0] == Moment(ISSUED_ON - timedelta(days=1), "bid", is_mark=True)
    assert [moment.kind for moment in told if moment.is_mark] == ["bid", "today"]


_LATER = st.integers(min_value=0, max_value=360).map(lambda days: ISSUED_ON + timedelta(days=days))
_CHANGES = st.lists(
    st.builds(StateChange, on=_LATER, state=st.sampled_from([_S.SUSPENDED, _S.ACTIVE, _S.REVOKED])),
    max_size=5,
)


@given(_CHANGES, _LATER)
def test_the_timeline_replays_to_the_state_on_any_day(changes: list[StateChange], day: date) -> None:
    """What stands last before a day, read from the page alone, is what the register answers for it."""
    history = settled([ISSUED, *changes])
    told = timeline(replace(CERTIFICATE, history=history), today=TODAY, asked=(("on", day),))
    assert [moment.on for moment in told] == sorted(moment.on for moment in told)
    before = told[: next(at for at, moment in enumerate(told) if moment.kind == "on")]
    last = [moment.kind for moment in before if not moment.is_mark][-1]
    reading = {"issued": _S.ACTIVE, "reinstated": _S.ACTIVE, "last_day": _S.EXPIRED}.get(last, last)
    assert reading == state_on(history, day, expires_on=EXPIRES_ON)
