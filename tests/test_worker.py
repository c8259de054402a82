"""The worker: does what is due, gives back what failed, and stops when it is told."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

import pytest
from flask import Flask

from mit import worker
from mit.errors import KeyUnavailableError
from mit.issuance.authority import Authority
from mit.roles.access import Access, Audience
from mit.store import jobs
from mit.store.db import transaction
from mit.store.jobs import MAX_ATTEMPTS, Job
from mit.upkeep.publish import PUBLISH_JOB
from mit.values.clock import FrozenClock
from tests.support.world import rows


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Work that only notes what was done; ``bad`` fails, ``worse`` fails with a foreign error."""
    noted: list[str] = []

    def note(job: Job, now: datetime, authority: Authority) -> None:
        noted.append(job.key)
        if job.key == "bad":
            raise KeyUnavailableError("key_missing", where="signing-00001.pem")
        if job.key == "worse":
            raise ZeroDivisionError("by zero")
        if job.key == "more":
            _ask("further", now)

    monkeypatch.setattr(worker, "WORK", {"note": note})
    return noted


def _ask(key: str, now: datetime) -> None:
    with transaction() as session:
        jobs.enqueue(session, "note", key=key, payload={}, now=now)


def test_every_due_job_is_done_in_the_order_of_asking(app: Flask, now: datetime, done: list[str]) -> None:
    for key in ("one", "two", "three"):
        _ask(key, now)
    assert worker.run_once(app, now=now) == 3
    assert done == ["one", "two", "three"]
    assert worker.run_once(app, now=now) == 0
    assert {row["state"] for row in rows("SELECT state FROM jobs")} == {"done"}


def test_what_a_job_asks_for_is_done_at_once(app: Flask, now: datetime, done: list[str]) -> None:
    _ask("more", now)
    assert worker.run_once(app, now=now) == 2
    assert done == ["more", "further"]


@pytest.mark.parametrize(
    ("key", "said"), [("bad", "KeyUnavailableError: key_missing"), ("worse", "ZeroDivisionError")]
)
def test_a_job_that_fails_is_given_back_and_the_others_are_done(
    app: Flask, now: datetime, done: list[str], caplog, key, said
) -> None:
    _ask(key, now)
    _ask("fine", now)
    with caplog.at_level(logging.ERROR):
        assert worker.run_once(app, now=now) == 1
    assert done == [key, "fine"]
    (failed,) = rows("SELECT * FROM jobs WHERE key = :key", key=key)
    assert (failed["state"], failed["attempts"]) == ("waiting", 1)
    assert failed["last_error"].startswith(said)
    assert [record.levelno for record in caplog.records] == [
        logging.ERROR if key == "bad" else logging.CRITICAL
    ]
    assert worker.run_once(app, now=now + timedelta(seconds=4)) == 0
    worker.run_once(app, now=now + timedelta(seconds=6))
    assert done == [key, "fine", key]


@pytest.mark.parametrize("attempts", [1, MAX_ATTEMPTS])
def test_an_error_that_quotes_what_no_database_keeps_is_told_all_the_same(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch, attempts: int
) -> None:
    def fail(job: Job, now: datetime, authority: Authority) -> None:
        raise ValueError("a\x00b\u202ec\nd")

    monkeypatch.setattr(worker, "WORK", {"note": fail})
    _ask("odd", now)
    for attempt in range(attempts):
        worker.run_once(app, now=now + timedelta(hours=2) * attempt)
    (failed,) = rows("SELECT * FROM jobs WHERE key = 'odd'")
    assert (failed["attempts"], failed["last_error"]) == (attempts, "ValueError: a b c d")
    assert failed["state"] == ("dead" if attempts == MAX_ATTEMPTS else "waiting")


def test_a_job_of_an_unknown_kind_waits_for_a_worker_that_knows_it(
    app: Flask, now: datetime, done: list[str]
) -> None:
    with transaction() as session:
        jobs.enqueue(session, "knit", key="sock", payload={}, now=now)
    assert worker.run_once(app, now=now) == 0
    (job,) = rows("SELECT state, last_error FROM jobs")
    assert (job["state"], job["last_error"]) == ("waiting", "KeyError: 'knit'")


def test_the_twelfth_failure_is_the_last_and_is_recorded(app: Flask, now: datetime, done: list[str]) -> None:
    _ask("bad", now)
    at = now
    for _ in range(20):
        worker.run_once(app, now=at)
        at += timedelta(hours=2)
    assert len(done) == jobs.MAX_ATTEMPTS
    (event,) = rows("SELECT subject, payload FROM audit_events")
    assert event["subject"] == "job:note:bad"
    assert '"attempts":12' in event["payload"]


def test_a_job_given_up_is_tried_again_when_an_administrator_asks(
    app: Flask, now: datetime, done: list[str]
) -> None:
    _ask("bad", now)
    at = now
    for _ in range(20):
        worker.run_once(app, now=at)
        at += timedelta(hours=2)
    assert worker.revive_dead(app, now=at) == ["note:bad"]
    assert worker.revive_dead(app, now=at) == []
    worker.run_once(app, now=at)
    assert len(done) == jobs.MAX_ATTEMPTS + 1
    assert rows("SELECT event FROM audit_events ORDER BY seq")[-1]["event"] == "administrator:job:revive"


def test_it_ends_between_two_jobs_when_told_to_stop(
    app: Flask, now: datetime, done: list[str], monkeypatch
) -> None:
    stop = threading.Event()
    monkeypatch.setitem(worker.WORK, "note", lambda job, now, authority: (done.append(job.key), stop.set()))
    for key in ("one", "two"):
        _ask(key, now)
    assert worker.run_once(app, now=now, stop=stop) == 1
    assert done == ["one"]


def test_it_runs_until_it_is_told_to_stop(app: Flask, now: datetime, done: list[str], monkeypatch) -> None:
    stop = threading.Event()

    def last(job: Job, at: datetime, authority: Authority) -> None:
        done.append(job.key)
        stop.set()

    monkeypatch.setitem(worker.WORK, "note", last)
    _ask("only", now)
    worker.run_forever(app, clock=FrozenClock(now), stop=stop, poll_seconds=0)
    assert done == ["only"]


def test_a_database_that_is_away_for_a_while_does_not_end_it(
    app: Flask, now: datetime, caplog, monkeypatch
) -> None:
    stop, calls = threading.Event(), []

    def away(*_: object, **__: object) -> int:
        calls.append(1)
        if len(calls) == 3:
            stop.set()
        raise OSError("the database is away")

    monkeypatch.setattr(worker, "run_once", away)
    worker.run_forever(app, clock=FrozenClock(now), stop=stop, poll_seconds=0)
    assert len(calls) == 3
    assert "this round of the worker failed" in caplog.text


def test_a_job_whose_worker_died_is_done_when_the_lease_is_over(
    app: Flask, now: datetime, done: list[str]
) -> None:
    _ask("left", now)
    with transaction() as session:
        assert jobs.take(session, now)
    assert worker.run_once(app, now=now + timedelta(minutes=4)) == 0
    assert worker.run_once(app, now=now + timedelta(minutes=6)) == 1
    assert done == ["left"]


def test_every_kind_of_job_that_is_asked_for_has_its_work() -> None:
    kinds = {"issue", "print", "publish", "incident", "mail", "self_check", "forget", "tell_leaners"}
    kinds |= {"sign_dealer_letter", "batch"}
    assert set(worker.WORK) == kinds
    assert PUBLISH_JOB == worker.PUBLISH_JOB


def test_what_the_clock_does_is_done_beside_the_jobs(app: Flask, now: datetime, monkeypatch) -> None:
    clock, stop, published = FrozenClock(now), threading.Event(), []

    def publish(authority: Authority, *, now: datetime) -> list[str]:
        published.append(now)
        return []

    def polled(*_: object, **__: object) -> int:
        clock.advance(timedelta(seconds=20))
        if clock.now() >= now + timedelta(minutes=3):
            stop.set()
        return 0

    monkeypatch.setattr(worker, "publish_if_due", publish)
    monkeypatch.setattr(worker, "run_once", polled)
    worker.run_forever(app, clock=clock, stop=stop, poll_seconds=0)
    assert published == [now, now + timedelta(minutes=1), now + timedelta(minutes=2)]


def test_inline_jobs_are_done_after_a_request_that_may_have_written(
    app: Flask, now: datetime, done: list[str]
) -> None:
    @app.route("/asking", methods=["GET", "POST"])
    def asking() -> str:
        return "asked"

    anyone = frozenset({Audience.ANYONE})
    app.extensions["mit.access"] |= {"asking": Access("asking", anyone, with_token=False)}
    worker.install_inline(app, FrozenClock(now))
    _ask("one", now)
    assert app.test_client().get("/asking").text == "asked"
    assert done == []
    app.test_client().post("/asking")
    assert done == ["one"]
