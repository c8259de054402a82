"""Revocation as strangers see it: in every place within a minute, and on every day as the history says."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mit import worker
from mit.errors import MitError
from mit.issuance.revoke import drop_request
from mit.lifecycle.certificate_states import CertificateAction, CertificateState, StateChange, state_on
from mit.store.certificate_history import history_of
from mit.store.certificates import get_certificate
from mit.store.db import viewing
from mit.upkeep.publish import export_trust
from mit.upkeep.self_check import check_world
from mit.values.clock import FrozenClock
from mit.values.thai_date import bangkok_day
from mit.verify.judge import Question, judge
from mit.verify.presentation import read_text
from mit.verify.scan import verify_number
from mit.verify.trust_file import read_trust_file
from tests.support.desk import Desk, open_desk
from tests.support.officers import asked, changed, suspended
from tests.support.world import rows

A = CertificateAction
DAY = timedelta(days=1)


@pytest.fixture
def desk(app: Flask, now: datetime) -> Desk:
    return open_desk(app, now)


class Pacing(threading.Event):
    """Let the worker's rest move the clock instead of waiting, until the lists say what they should."""

    def __init__(self, clock: FrozenClock, is_done: Callable[[], bool]) -> None:
        super().__init__()
        self.clock, self.is_done, self.rounds = clock, is_done, 0

    def wait(self, timeout: float | None = None) -> bool:
        self.clock.advance(timedelta(seconds=timeout or 0))
        self.rounds += 1
        if self.is_done() or self.rounds > 600:
            self.set()
        return self.is_set()


@pytest.mark.parametrize("action", [A.SUSPEND, A.REVOKE, A.WITHDRAW])
def test_it_is_shown_everywhere_within_a_minute(desk: Desk, action: CertificateAction) -> None:
    number = desk.issued().certificate_number
    reason = {A.SUSPEND: "suspended", A.REVOKE: "revoked", A.WITHDRAW: "withdrawn"}[action]
    worker.run_once(desk.app, now=desk.tick())
    client = desk.app.test_client()
    credential = rows("SELECT credential FROM certificates")[0]["credential"]
    lists = {row["name"]: row["etag"] for row in rows("SELECT name, etag FROM published")}

    changed(desk, number, action)
    committed_at, clock = desk.now, FrozenClock(desk.now)

    # The register answers in the very next request.
    assert f'data-reasons="{reason}"' in client.get(f"/c/{number}").text
    assert client.get(f"/api/v1/certificates/{number}/verdict").get_json()["reasons"] == [reason]

    def are_lists_new() -> bool:
        now = {row["name"]: row["etag"] for row in rows("SELECT name, etag FROM published")}
        purpose = "suspension" if action is A.SUSPEND else "revocation"
        return all(
            now[name] != lists[name] for name in lists if f"/{purpose}/" in name or "/history/" in name
        )

    stop = Pacing(clock, are_lists_new)
    worker.run_forever(desk.app, clock=clock, stop=stop)
    assert are_lists_new()
    took = clock.now() - committed_at
    assert took <= timedelta(seconds=60)

    # Offline, from nothing but what is published.
    data = export_trust(desk.authority, now=clock.now())
    verdict = judge(read_text(credential), read_trust_file(data).trust, Question(clock.now()))
    assert verdict.reasons == (reason,)


class Plain:
    """What a certificate's days should be, kept the plain way: one word for each day."""

    def __init__(self, issued_on: date, expires_on: date) -> None:
        self.expires_on, self.has_ended = expires_on, False
        self.words = {issued_on + n * DAY: "active" for n in range(500)}

    def may(self, action: CertificateAction, today: date, on: date | None) -> bool:
        if self.has_ended or (on not in {None, today} and action is not A.REVOKE):
            return False
        now = "expired" if today > self.expires_on else self.words[today]
        if action is A.REVOKE:
            return on is None or (min(self.words) <= on <= min(today, self.expires_on))
        return now == {A.SUSPEND: "active", A.REINSTATE: "suspended", A.WITHDRAW: now}[action] != "expired"

    def do(self, action: CertificateAction, day: date) -> None:
        word = {A.SUSPEND: "suspended", A.REINSTATE: "active", A.REVOKE: "revoked", A.WITHDRAW: "withdrawn"}
        for each in self.words:
            if each >= day:
                self.words[each] = word[action]
        self.has_ended = action in {A.REVOKE, A.WITHDRAW}

    def word(self, day: date) -> str:
        said = self.words.get(day, "not_yet_in_force")
        return "expired" if day > self.expires_on and said in {"active", "suspended"} else said


STEPS = st.lists(
    st.tuples(
        st.integers(0, 150), st.sampled_from([A.SUSPEND, A.SUSPEND, A.REINSTATE, A.REVOKE, A.WITHDRAW]),
        st.none() | st.integers(-3, 40), st.booleans(),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, data=st.data())
def test_every_day_is_what_a_plain_model_says_and_what_the_history_comes_to(
    desk: Desk, steps: list[tuple[int, CertificateAction, int | None, bool]], data: st.DataObject
) -> None:
    number = desk.issued(at=data.draw(st.integers(1, 10**6))).certificate_number
    with viewing() as session:
        row = get_certificate(session, number)
    plain = Plain(row.issued_on, row.expires_on)
    for days, action, back, is_dropped in steps:
        desk.now += days * DAY
        today = bangkok_day(desk.now)
        on = None if back is None or action is A.SUSPEND else today - back * DAY
        if not plain.may(action, today, on):
            with pytest.raises(MitError):
                changed(desk, number, action, on)
            continue
        if is_dropped and action is A.REVOKE:
            seq = asked(desk, number, action, on)
            drop_request(desk.cast.anan, seq, now=desk.tick())
            continue
        changed(desk, number, action, on)
        plain.do(action, on or min(today, row.expires_on))
    compare(desk, number, plain, data)


def compare(desk: Desk, number: str, plain: Plain, data: st.DataObject) -> None:
    today = bangkok_day(desk.now)
    with viewing() as session:
        entries = history_of(session, number)
    history = [StateChange(entry.effective_on, CertificateState(entry.status)) for entry in entries]
    days = [day for day in plain.words if day <= today]
    for day in days:
        assert state_on(history, day, expires_on=plain.expires_on) == plain.word(day), day
    turns = [day for day in days if plain.word(day) != plain.word(day - DAY)]
    some = {*turns, *(day - DAY for day in turns), today, data.draw(st.sampled_from(days))}
    for day in some:
        said = verify_number(number, now=desk.now, on=day).reasons
        word = plain.word(day)
        if word == "active":
            assert said == (), day
        else:
            assert said[0] == ("expired" if day > plain.expires_on else word), (day, said)


def test_the_world_adds_up_after_every_kind_of_change(desk: Desk) -> None:
    ends = [desk.issued(at=at * 10).certificate_number for at in range(1, 5)]
    for number, action in zip(ends, (A.REVOKE, A.WITHDRAW, A.SUSPEND), strict=False):
        changed(desk, number, action)
    suspended(desk, ends[3])
    changed(desk, ends[3], A.REINSTATE)
    desk.now += DAY
    changed(desk, ends[3], A.REVOKE, bangkok_day(desk.now) - DAY)
    worker.run_once(desk.app, now=desk.tick())
    assert check_world(desk.authority.settings.var_dir, now=desk.now).troubles == ()
