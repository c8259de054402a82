"""The worker: takes jobs from the outbox and does them, one after the other, until it is stopped.

This is the only place that says which work belongs to which kind of job.  A job that fails is given
back with a growing delay and given up after the last attempt; that is recorded and shown by
``/readyz``.  A worker that is killed loses its lease, and another does the job again: every job is
safe to repeat.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from flask import Flask, Response, request

from mit.errors import MitError
from mit.failpoints import reach
from mit.issuance.appoint import SIGN_LETTER_JOB
from mit.issuance.authority import Authority
from mit.issuance.certificate_case import PUBLISH_JOB
from mit.issuance.incident import INCIDENT_JOB, do_portion
from mit.issuance.issue import PRINT_JOB, issue
from mit.issuance.prepare import ISSUE_JOB
from mit.issuance.print_certificate import print_certificate
from mit.issuance.sign_dealer_letter import sign_dealer_letter
from mit.issuance.tell_leaners import TELL_LEANERS_JOB, ask_about_expired, tell_leaners
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.mails import MAIL_JOB
from mit.store import audit, jobs
from mit.store.db import transaction
from mit.store.jobs import Job
from mit.upkeep.overview import SELF_CHECK_JOB, do_self_check, self_check_if_due
from mit.upkeep.publish import publish_if_due, publish_status_lists
from mit.upkeep.retention import FORGET_JOB, forget, forget_if_due
from mit.upkeep.send_mail import send_mail
from mit.values.clock import Clock
from mit.verify import batch_portion
from mit.verify.batch import BATCH_JOB
from mit.verify.batch_keep import forget_ended
from mit.verify.look_ups import COUNTED, write_counted
from mit.web.metrics import count_answer
from mit.web.problems import or_nothing

log = logging.getLogger(__name__)

#: How long the worker rests when nothing is due.
POLL_SECONDS = 1.0
#: How often it looks whether something published grows old.
UPKEEP_EVERY = timedelta(minutes=1)
_READING = frozenset({"GET", "HEAD", "OPTIONS"})

Work = Callable[[Job, datetime, Authority], None]


def _issue(job: Job, now: datetime, authority: Authority) -> None:
    issue(job.key, now=now, authority=authority)


def _print(job: Job, now: datetime, authority: Authority) -> None:
    print_certificate(job.key, now=now, authority=authority)


def _publish(job: Job, now: datetime, authority: Authority) -> None:
    del job  # its key is only the reason
    publish_status_lists(authority, now=now)


def _tell_leaners(job: Job, now: datetime, authority: Authority) -> None:
    del authority  # a letter is signed by nobody
    tell_leaners(job, now=now)


def _sign_letter(job: Job, now: datetime, authority: Authority) -> None:
    sign_dealer_letter(job.key, now=now, authority=authority)


def _do_portion(job: Job, now: datetime, authority: Authority) -> None:
    do_portion(job.key, now=now, authority=authority)


def _judge_portion(job: Job, now: datetime, authority: Authority) -> None:
    settings = authority.settings
    told = batch_portion.do_portion(
        job.key, var_dir=settings.var_dir, now=now, public_url=settings.public_url
    )
    for (answer, reason), times in told.items():
        count_answer(answer, reason, door="batch", now=now, times=times)


#: Which work belongs to which kind of job.
WORK: Final[Mapping[str, Work]] = {
    ISSUE_JOB: _issue,
    PRINT_JOB: _print,
    PUBLISH_JOB: _publish,
    SIGN_LETTER_JOB: _sign_letter,
    INCIDENT_JOB: _do_portion,
    TELL_LEANERS_JOB: _tell_leaners,
    MAIL_JOB: send_mail,
    SELF_CHECK_JOB: do_self_check,
    FORGET_JOB: forget,
    BATCH_JOB: _judge_portion,
}


def authority_of(app: Flask) -> Authority:
    """Return the authority that ``create_app`` put into *app*."""
    authority = app.extensions["mit.authority"]
    assert isinstance(authority, Authority)  # noqa: S101 - the entrance's own promise
    return authority


def run_once(app: Flask, *, now: datetime, stop: threading.Event | None = None) -> int:
    """Do every job that is due at *now*, those that they ask for too; return how many were done.

    Ends between two jobs when *stop* is set.
    """
    finished = 0
    with app.app_context():
        authority = authority_of(app)
        while not (stop and stop.is_set()):
            with transaction() as session:
                job = jobs.take(session, now)
            if job is None:
                break
            reach("worker.after_take")
            finished += do_job(job, now=now, authority=authority)
    return finished


def do_job(job: Job, *, now: datetime, authority: Authority) -> bool:
    """Do one job that was taken; say whether it succeeded."""
    try:
        WORK[job.kind](job, now, authority)
        reach("worker.before_done")
        with transaction() as session:
            jobs.done(session, job, now=now)
    except Exception as error:  # noqa: BLE001 - whatever went wrong must not end the worker
        _give_back(job, error, now=now)
        return False
    reach("worker.after_done")
    return True


def run_forever(
    app: Flask, *, clock: Clock, stop: threading.Event, poll_seconds: float = POLL_SECONDS
) -> None:
    """Do jobs as they fall due, and what the clock does, until *stop* is set.

    The job at hand is finished first, and what was counted is written last.
    """
    next_upkeep = clock.now()
    while not stop.is_set():
        now = clock.now()
        try:
            run_once(app, now=now, stop=stop)
            if now >= next_upkeep:
                next_upkeep = now + UPKEEP_EVERY
                keep_up(app, now=now)
        except Exception:  # the database may be away for a while
            log.exception("this round of the worker failed; the next one begins shortly")
        stop.wait(poll_seconds)
    with app.app_context():
        or_nothing(partial(write_counted, COUNTED))


def keep_up(app: Flask, *, now: datetime) -> list[str]:
    """Publish anew what has grown an hour old; look at everything and forget what is old once a day.

    Whoever leans on a certificate that expired is told, too; batches whose day is over are forgotten; what
    batches answered is written to the look-ups.

    Return what was published.
    """
    with app.app_context():
        self_check_if_due(now=now)
        ask_about_expired(now=now)
        forget_if_due(now=now)
        authority = authority_of(app)
        forget_ended(var_dir=authority.settings.var_dir, now=now)
        write_counted(COUNTED)
        return publish_if_due(authority, now=now)


def revive_dead(app: Flask, *, now: datetime) -> list[str]:
    """Let every job that was given up be tried again; return their names, the first first."""
    with app.app_context(), transaction() as session:
        dead = [job for job in jobs.dead_jobs(session) if jobs.revive(session, job.id, now=now)]
        for job in dead:
            audit.record(
                session,
                AuditEvent.JOB_REVIVED,
                subject=f"job:{job.kind}:{job.key}",
                actor_id=None,
                now=now,
                payload={"attempts": job.attempts},
            )
    return [f"{job.kind}:{job.key}" for job in dead]


def install_inline(app: Flask, clock: Clock) -> None:
    """Let *app* do its jobs itself after each request that may have written: for development."""

    @app.after_request
    def _do_jobs(response: Response) -> Response:
        if request.method not in _READING:
            run_once(app, now=clock.now())
        return response


def _storable(text: str) -> str:
    """Return *text* without the signs that no database keeps: what goes wrong may quote anything."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _give_back(job: Job, error: Exception, *, now: datetime) -> None:
    said = _storable(f"{type(error).__name__}: {error}")
    level = logging.ERROR if isinstance(error, MitError) else logging.CRITICAL
    log.log(
        level, "job %s %s failed at attempt %d: %s", job.kind, job.key, job.attempts, said, exc_info=error
    )
    with transaction() as session:
        if jobs.failed(session, job, error=said, now=now):
            audit.record(
                session,
                AuditEvent.JOB_GIVEN_UP,
                subject=f"job:{job.kind}:{job.key}",
                actor_id=None,
                now=now,
                payload={"attempts": job.attempts, "error": said[:500]},
            )
