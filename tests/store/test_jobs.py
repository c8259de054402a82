"""The outbox: written with the work, taken once, given back after a crash, given up at last."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from mit.errors import InputError
from mit.store import jobs
from mit.store.db import new_id, transaction
from mit.store.jobs import FIRST_DELAY, LEASE, LONGEST_DELAY, MAX_ATTEMPTS, Job, JobRow, delay_after
from tests.support.parallel import at_once


def ask(key: str, now: datetime, kind: str = "issue", **payload: object) -> bool:
    with transaction() as session:
        return jobs.enqueue(session, kind, key=key, payload=payload, now=now)


def take(now: datetime) -> Job | None:
    with transaction() as session:
        return jobs.take(session, now)


def must_take(now: datetime) -> Job:
    job = take(now)
    assert job is not None
    return job


def fail(job: Job, now: datetime, error: str = "out of paper") -> bool:
    with transaction() as session:
        return jobs.failed(session, job, error=error, now=now)


def finish(job: Job, now: datetime) -> None:
    with transaction() as session:
        jobs.done(session, job, now=now)


def waiting() -> int:
    with transaction() as session:
        return jobs.pending_count(session)


def test_a_job_is_taken_as_it_was_asked(app: Flask, now: datetime) -> None:
    assert ask("MIT-1", now, number="MIT-1", copies=2)
    job = must_take(now)
    assert (job.kind, job.key, job.payload, job.attempts) == (
        "issue", "MIT-1", {"number": "MIT-1", "copies": 2}, 1,
    )  # fmt: skip


def test_asking_twice_is_asking_once(app: Flask, now: datetime) -> None:
    assert ask("MIT-1", now)
    assert not ask("MIT-1", now)
    assert waiting() == 1


def test_asking_again_after_it_was_done_does_not_do_it_again(app: Flask, now: datetime) -> None:
    ask("MIT-1", now)
    finish(must_take(now), now)
    assert not ask("MIT-1", now)
    assert take(now) is None


def test_another_kind_with_the_same_key_is_another_job(app: Flask, now: datetime) -> None:
    assert ask("MIT-1", now, "issue")
    assert ask("MIT-1", now, "print")
    assert waiting() == 2


def test_a_job_of_a_rolled_back_transaction_was_never_asked(app: Flask, now: datetime) -> None:
    with pytest.raises(RuntimeError), transaction() as session:
        jobs.enqueue(session, "issue", key="x", payload={}, now=now)
        raise RuntimeError
    assert take(now) is None


def test_an_unspeakable_payload_is_refused(app: Flask, now: datetime) -> None:
    with pytest.raises(InputError):
        ask("x", now, name="\udfff")


def test_nothing_is_due_when_nothing_was_asked(app: Flask, now: datetime) -> None:
    assert take(now) is None
    with transaction() as session:
        assert jobs.oldest_waiting_since(session) is None


def test_jobs_come_in_the_order_in_which_they_fell_due(app: Flask, now: datetime) -> None:
    for n, key in enumerate("abc"):
        ask(key, now + timedelta(seconds=n))
    later = now + timedelta(minutes=1)
    assert [must_take(later).key for _ in range(3)] == ["a", "b", "c"]


def test_a_job_is_not_due_before_its_time(app: Flask, now: datetime) -> None:
    ask("x", now + timedelta(seconds=1))
    assert take(now) is None
    assert take(now + timedelta(seconds=1)) is not None


def test_a_taken_job_is_nobody_else_s_while_the_lease_lasts(app: Flask, now: datetime) -> None:
    ask("x", now)
    must_take(now)
    assert take(now + LEASE - timedelta(seconds=1)) is None


def test_the_job_of_a_killed_worker_comes_back(app: Flask, now: datetime) -> None:
    ask("x", now)
    must_take(now)  # and then the power goes
    again = must_take(now + LEASE)
    assert (again.key, again.attempts) == ("x", 2)


def test_a_job_taken_without_commit_was_not_taken(app: Flask, now: datetime) -> None:
    ask("x", now)
    with pytest.raises(RuntimeError), transaction() as session:
        assert jobs.take(session, now)
        raise RuntimeError
    assert must_take(now).attempts == 1


def test_done_is_done(app: Flask, now: datetime) -> None:
    ask("x", now)
    finish(must_take(now), now)
    assert waiting() == 0
    assert take(now + timedelta(days=1)) is None


def test_a_failed_job_waits_longer_each_time(app: Flask, now: datetime) -> None:
    ask("x", now)
    at = now
    for attempt in range(1, 6):
        job = must_take(at)
        assert job.attempts == attempt
        assert not fail(job, at)
        assert take(at + delay_after(attempt) - timedelta(seconds=1)) is None
        at += delay_after(attempt)


def test_the_last_error_is_kept_and_cut_to_a_readable_length(app: Flask, now: datetime) -> None:
    ask("x", now)
    fail(must_take(now), now, "x" * 5000)
    with transaction() as session:
        assert session.query(JobRow).one().last_error == "x" * 2000


def test_after_the_last_attempt_it_is_given_up_and_says_so(app: Flask, now: datetime) -> None:
    ask("x", now)
    at, given_up = now, []
    for _ in range(MAX_ATTEMPTS):
        given_up.append(fail(must_take(at), at))
        at += LONGEST_DELAY
    assert given_up == [False] * (MAX_ATTEMPTS - 1) + [True]
    assert take(at) is None
    with transaction() as session:
        (dead,) = jobs.dead_jobs(session)
        assert jobs.pending_count(session) == 0
    assert (dead.key, dead.attempts, dead.last_error) == ("x", MAX_ATTEMPTS, "out of paper")


def test_a_job_that_kills_every_worker_is_given_up_too(app: Flask, now: datetime) -> None:
    ask("killer", now)
    ask("harmless", now + timedelta(days=1))
    at = now
    for _ in range(MAX_ATTEMPTS):
        must_take(at)
        at += LEASE
    assert must_take(now + timedelta(days=1)).key == "harmless"
    with transaction() as session:
        (dead,) = jobs.dead_jobs(session)
    assert "worker" in dead.last_error


def test_a_worker_that_comes_back_late_spoils_nothing(app: Flask, now: datetime) -> None:
    ask("x", now)
    slow = must_take(now)
    quick = must_take(now + LEASE)
    assert not fail(slow, now + LEASE)
    assert take(now + LEASE + delay_after(2)) is None, "the quick one still holds it"
    finish(quick, now + LEASE)
    fail(slow, now + LEASE)
    assert waiting() == 0


def test_a_late_success_counts(app: Flask, now: datetime) -> None:
    ask("x", now)
    slow = must_take(now)
    must_take(now + LEASE)
    finish(slow, now + LEASE)
    assert waiting() == 0


def test_a_dead_job_can_be_revived(app: Flask, now: datetime) -> None:
    ask("x", now)
    at = now
    for _ in range(MAX_ATTEMPTS):
        fail(must_take(at), at)
        at += LONGEST_DELAY
    with transaction() as session:
        (dead,) = jobs.dead_jobs(session)
        assert jobs.revive(session, dead.id, now=at)
        assert not jobs.revive(session, dead.id, now=at)
        assert jobs.dead_jobs(session) == []
    assert must_take(at).attempts == 1


def test_the_oldest_waiting_job_is_known(app: Flask, now: datetime) -> None:
    ask("a", now)
    ask("b", now + timedelta(hours=1))
    job = must_take(now)
    with transaction() as session:
        assert jobs.oldest_waiting_since(session) == now, "one that is being done waits too"
    finish(job, now)
    with transaction() as session:
        assert jobs.oldest_waiting_since(session) == now + timedelta(hours=1)


def test_many_workers_never_hold_the_same_job(app: Flask, now: datetime) -> None:
    for n in range(10):
        ask(str(n), now)
    taken = at_once(app, [lambda: take(now)] * 14)
    keys = [job.key for job in taken if isinstance(job, Job)]
    assert len(keys) == len(set(keys))
    while (job := take(now)) is not None:  # PostgreSQL may have stepped over a locked one
        keys.append(job.key)
    assert sorted(keys) == sorted(map(str, range(10)))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_worker_steps_over_a_job_that_another_is_just_taking(app: Flask, now: datetime) -> None:
    ask("a", now)
    ask("b", now + timedelta(seconds=1))
    later = now + timedelta(minutes=1)

    def take_beside() -> str:
        job = take(later)
        return job.key if job else "none"

    with transaction() as session:
        first = jobs.take(session, later)  # not committed yet
        assert first is not None
        assert at_once(app, [take_beside]) == ["b"], "it neither waited nor took the same"
    assert first.key == "a"


def test_the_state_of_a_job_and_its_end_agree(app: Flask, now: datetime) -> None:
    ask("x", now)
    with pytest.raises(IntegrityError), transaction() as session:
        session.query(JobRow).one().state = "done"


@given(attempts=st.integers(1, MAX_ATTEMPTS))
def test_the_delay_grows_to_an_hour(attempts: int) -> None:
    assert FIRST_DELAY <= delay_after(attempts) <= LONGEST_DELAY
    assert delay_after(attempts) <= delay_after(attempts + 1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.sampled_from(["take", "done", "fail", "wait", "kill"]), max_size=25))
def test_whatever_happens_every_job_is_waiting_done_or_dead(
    app: Flask, now: datetime, acts: list[str]
) -> None:
    run = str(new_id())
    for n in range(3):
        ask(f"{run}-{n}", now)
    held: list[Job] = []
    for act in acts:
        if act == "take" and (job := take(now)):
            assert job.key not in [other.key for other in held], "held twice"
            held.append(job)
        elif act == "wait":
            now += LEASE
            held.clear()
        elif act in {"done", "fail"} and held:
            job = held.pop()
            finish(job, now) if act == "done" else fail(job, now)
        elif held:
            held.pop()
    with transaction() as session:
        rows = session.query(JobRow).filter(JobRow.key.startswith(run)).all()
        assert len(rows) == 3
        for row in rows:
            row.state, row.finished_at, row.leased_until = "done", now, None
        for row in session.query(JobRow).filter(JobRow.state == "waiting"):
            row.state, row.finished_at = "done", now


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(1, 5), (2, 10), (3, 20), (4, 40), (9, 1280), (10, 2560), (11, 3600), (12, 3600), (40, 3600)],
)
def test_the_delay_is_doubled_up_to_an_hour(attempts: int, seconds: int) -> None:
    assert delay_after(attempts) == timedelta(seconds=seconds)


def test_a_failed_job_is_free_at_once_when_its_delay_is_over_whatever_its_lease(
    app: Flask, now: datetime
) -> None:
    ask("x", now)
    fail(must_take(now), now)
    with transaction() as session:
        row = session.query(JobRow).one()
        assert (row.leased_until, row.due_at, row.state) == (None, now + FIRST_DELAY, "waiting")
    assert must_take(now + FIRST_DELAY).attempts == 2


def test_a_job_that_was_done_after_failing_has_no_error_left(app: Flask, now: datetime) -> None:
    ask("x", now)
    fail(must_take(now), now)
    at = now + FIRST_DELAY
    finish(must_take(at), at)
    with transaction() as session:
        row = session.query(JobRow).one()
        assert (row.state, row.last_error, row.finished_at, row.leased_until) == ("done", "", at, None)


def test_who_lost_the_job_cannot_give_it_back(app: Flask, now: datetime) -> None:
    ask("x", now)
    slow = must_take(now)
    quick = must_take(now + LEASE)
    assert not fail(slow, now + LEASE, "too late")
    with transaction() as session:
        row = session.query(JobRow).one()
        assert (row.last_error, row.leased_until) == ("", now + 2 * LEASE)
    finish(quick, now + LEASE)


def test_a_finished_job_neither_fails_nor_ends_again(app: Flask, now: datetime) -> None:
    ask("x", now)
    job = must_take(now)
    finish(job, now)
    assert not fail(job, now + LEASE, "after the end")
    finish(job, now + LEASE)
    with transaction() as session:
        row = session.query(JobRow).one()
        assert (row.state, row.finished_at, row.last_error) == ("done", now, "")


def test_a_dead_job_is_not_done_by_a_late_success(app: Flask, now: datetime) -> None:
    ask("x", now)
    at = now
    for _ in range(MAX_ATTEMPTS):
        job = must_take(at)
        given_up = fail(job, at)
        at += LONGEST_DELAY
    assert given_up
    finish(job, at)
    with transaction() as session:
        (dead,) = jobs.dead_jobs(session)
        assert (dead.key, dead.kind, dead.attempts, dead.last_error) == (
            "x", "issue", MAX_ATTEMPTS, "out of paper",
        )  # fmt: skip
        assert jobs.pending_count(session) == 0
        assert jobs.oldest_waiting_since(session) is None


def test_a_job_that_kills_its_worker_every_time_is_given_up_with_a_reason(app: Flask, now: datetime) -> None:
    ask("deadly", now)
    ask("harmless", now + timedelta(days=1))
    at = now
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert must_take(at).attempts == attempt
        at += LEASE
    assert take(at) is None, "given up, and the other is not due yet"
    with transaction() as session:
        (dead,) = jobs.dead_jobs(session)
        assert dead.last_error == "the worker ended before the job did, every time"
        row = session.get_one(JobRow, dead.id)
        assert (row.finished_at, row.leased_until) == (at, None)
    assert must_take(now + timedelta(days=1)).key == "harmless"


def test_behind_a_job_that_is_given_up_the_next_is_taken_in_one_go(app: Flask, now: datetime) -> None:
    ask("deadly", now)
    at = now
    for _ in range(MAX_ATTEMPTS):
        must_take(at)
        at += LEASE
    ask("harmless", now)
    assert must_take(at).key == "harmless"


def test_only_a_dead_job_can_be_revived(app: Flask, now: datetime) -> None:
    ask("x", now)
    with transaction() as session:
        job_id = session.query(JobRow).one().id
        assert not jobs.revive(session, job_id, now=now)
        assert not jobs.revive(session, job_id + 1, now=now)
    finish(must_take(now), now)
    with transaction() as session:
        assert not jobs.revive(session, job_id, now=now)
    assert waiting() == 0


def test_of_two_that_fell_due_together_the_one_asked_first_is_taken(app: Flask, now: datetime) -> None:
    for key in "cab":
        ask(key, now)
    assert [must_take(now).key for _ in range(3)] == ["c", "a", "b"]
