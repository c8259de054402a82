"""How the service stands, for administrators: jobs, letters, keys, and the last look at everything.

The look (``mit.upkeep.self_check``) is work of the worker: it is asked for here, or falls due a day
after the last one; what it found stands in the audit log.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mit.issuance.authority import Authority
from mit.issuance.list_keys import KeyCard, list_keys
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import Actor, Role
from mit.roles.permissions import require_role
from mit.store import audit, audit_search, jobs, look_ups, mails
from mit.store.audit_search import Asked
from mit.store.db import OpenSession, transaction, viewing
from mit.store.jobs import DeadJob, Job
from mit.store.look_ups import LookUpCount
from mit.store.mails import MailRow
from mit.upkeep.retention import Forgotten, last_forgotten
from mit.upkeep.self_check import check_world
from mit.values.thai_date import bangkok_day

SELF_CHECK_JOB = "self_check"
SELF_CHECK_EVERY = timedelta(days=1)
PAGE_SIZE = 50
#: Days of look-ups that are shown, today among them.
DAYS_SHOWN = 14
#: What the list of letters can be asked for; "" is all.
MAIL_STATES = ("", "waiting", "sent", "given_up")
_MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class LastLook:
    """What the last look at everything found: ``troubles`` is how many things do not add up."""

    at: datetime
    troubles: int
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LookUpDays:
    """How many look-ups there were in the last days: by day and answer, and by door."""

    by_day: Mapping[date, Mapping[str, int]]
    by_door: Mapping[str, int]

    @classmethod
    def of(cls, counts: Sequence[LookUpCount]) -> LookUpDays:
        """Return the sums of *counts*, in their order."""
        by_day: dict[date, Counter[str]] = {}
        by_door: Counter[str] = Counter()
        for asked_on, door, answer, times in counts:
            by_day.setdefault(asked_on, Counter())[answer] += times
            by_door[door] += times
        return cls(by_day, by_door)


@dataclass(frozen=True, slots=True)
class Overview:
    """How the service stands."""

    dead_jobs: Sequence[DeadJob]
    waiting_jobs: int
    oldest_waiting_since: datetime | None
    last_look: LastLook | None
    last_forgotten: Forgotten | None
    keys: Sequence[KeyCard]
    mails_waiting: int
    mails_given_up: int
    look_ups: LookUpDays


def read_overview(by: Actor, *, now: datetime) -> Overview:
    """Return how the service stands at *now*.

    Raises:
        NotAllowedError: *by* is no administrator.
    """
    require_role(by, Role.ADMINISTRATOR)
    keys = list_keys(now=now)
    first_shown = bangkok_day(now) - timedelta(days=DAYS_SHOWN - 1)
    with viewing() as session:
        return Overview(
            dead_jobs=jobs.dead_jobs(session),
            waiting_jobs=jobs.pending_count(session),
            oldest_waiting_since=jobs.oldest_waiting_since(session),
            last_look=_last_look(session),
            last_forgotten=last_forgotten(session),
            keys=keys,
            mails_waiting=mails.count_mails(session, state="waiting"),
            mails_given_up=mails.count_mails(session, state="given_up"),
            look_ups=LookUpDays.of(look_ups.look_ups_since(session, first_shown)),
        )


def list_letters(by: Actor, *, state: str = "", page: int = 1) -> tuple[Sequence[MailRow], int]:
    """Return one page of the letters in a state of ``MAIL_STATES``, and how many there are.

    Raises:
        NotAllowedError: *by* is no administrator.
    """
    require_role(by, Role.ADMINISTRATOR)
    with viewing() as session:
        rows = mails.list_mails(session, state=state, page=max(1, page), size=PAGE_SIZE)
        return rows, mails.count_mails(session, state=state)


def ask_self_check(by: Actor, *, now: datetime) -> None:
    """Ask the worker for a look at everything.

    Raises:
        NotAllowedError: *by* is no administrator.
    """
    require_role(by, Role.ADMINISTRATOR)
    with transaction() as session:
        if jobs.enqueue(session, SELF_CHECK_JOB, key=now.isoformat(timespec="minutes"), payload={}, now=now):
            audit.record(
                session, AuditEvent.SELF_CHECK_ASKED, subject="service", actor_id=by.user_id, now=now
            )


def self_check_if_due(*, now: datetime) -> bool:
    """Ask for a look where the last one is a day old; say whether one was asked for."""
    with viewing() as session:
        last = _last_look(session)
        if last is not None and now - last.at < SELF_CHECK_EVERY:
            return False
    with transaction() as session:
        key = f"daily {now:%Y-%m-%d}"
        return jobs.enqueue(session, SELF_CHECK_JOB, key=key, payload={}, now=now)


def do_self_check(job: Job, now: datetime, authority: Authority) -> None:
    """Look at everything and record what was found."""
    del job  # its key is only the reason
    report = check_world(authority.settings.var_dir, now=now)
    told = [f"{one.code} {one.subject}".strip()[:200] for one in report.troubles[:_MOST_TOLD]]
    payload = {"troubles": len(report.troubles), "told": told, "audit_events": report.audit_events}
    with transaction() as session:
        audit.record(
            session, AuditEvent.SELF_CHECKED, subject="service", actor_id=None, now=now, payload=payload
        )


def _last_look(session: OpenSession) -> LastLook | None:
    newest = audit_search.newest(session, Asked(event=AuditEvent.SELF_CHECKED), before=None, size=1)
    if not newest:
        return None
    told = json.loads(newest[0].payload)
    return LastLook(newest[0].at, told["troubles"], tuple(told["told"]))
