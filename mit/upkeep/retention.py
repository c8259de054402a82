"""Forget what is about people and is not needed any more, once a day, by dated rules.

One transaction forgets everything of a run and records how much of each kind: a run that is killed
has forgotten nothing, and the next one does its work.  Nothing that a certificate, the audit chain or
four eyes rest on is touched: logins stay as rows, emptied of the person.
Source: house section 2 (``retention.py``), security section 3 (Thai rules).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from mit.failpoints import reach
from mit.issuance.authority import Authority
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.retention_rules import retention_rules_on
from mit.store import (
    accounts,
    allowances,
    audit,
    audit_search,
    batches,
    draft_sections,
    invitations,
    jobs,
    mails,
    reports,
    sessions,
    sheet_files,
    sign_in_delays,
)
from mit.store.audit_search import Asked
from mit.store.db import OpenSession, transaction, viewing
from mit.store.jobs import Job
from mit.values.thai_date import bangkok_day

FORGET_JOB = "forget"
FORGET_EVERY = timedelta(days=1)
#: Rows of one kind that one run forgets at most, so that nobody waits for it; the rest follows.
MOST_AT_ONCE = 5_000

#: Jobs of every day, whose rows say nothing that the audit log does not say.
_DAILY = (FORGET_JOB, "self_check", "batch")
#: Each kind, the rule that says for how many days it is kept, and what forgets it; logins are locked first.
KINDS: Mapping[str, tuple[str, Callable[..., int]]] = {
    "unconfirmed": ("unconfirmed_days", accounts.forget_unconfirmed),
    "invitations": ("invitations_days", invitations.forget_ended),
    "sessions": ("sessions_days", sessions.forget_ended),
    "attempts": ("attempts_days", sign_in_delays.forget_old),
    "allowances": ("attempts_days", allowances.forget_old),
    "letters": ("letters_days", mails.forget_ended),
    "daily_jobs": ("letters_days", partial(jobs.forget_done, kinds=_DAILY)),
    "removed_sections": ("removed_sections_days", draft_sections.forget_removed),
    "sheet_files": ("sheet_files_days", sheet_files.forget_old),
    "batches": ("batches_days", batches.forget_old),
    "report_contacts": ("report_contacts_days", reports.forget_contacts),
}


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What the last run forgot: how many of each kind."""

    at: datetime
    counts: Mapping[str, int]

    @property
    def is_whole(self) -> bool:
        """Say whether nothing was left for another run."""
        return all(count < MOST_AT_ONCE for count in self.counts.values())


def last_forgotten(session: OpenSession) -> Forgotten | None:
    """Return what the last run forgot; None where there was none yet."""
    newest = audit_search.newest(session, Asked(event=AuditEvent.FORGOTTEN), before=None, size=1)
    return Forgotten(newest[0].at, json.loads(newest[0].payload)) if newest else None


def forget_if_due(*, now: datetime) -> bool:
    """Ask for a run where the last one is a day old or left something; say whether one was asked for."""
    with viewing() as session:
        last = last_forgotten(session)
        if last is not None and last.is_whole and now - last.at < FORGET_EVERY:
            return False
        is_more = last is not None and not last.is_whole
    key = f"more {now:%Y-%m-%dT%H:%M}" if is_more else f"daily {now:%Y-%m-%d}"
    with transaction() as session:
        return jobs.enqueue(session, FORGET_JOB, key=key, payload={}, now=now)


def forget(job: Job, now: datetime, authority: Authority) -> None:
    """Forget what is older than the rules of the day allow, and record how much."""
    del job, authority  # its key is only the reason
    rules = retention_rules_on(bangkok_day(now))
    if rules is None:
        return
    with transaction() as session:
        counts = {
            kind: forget_old(session, now - timedelta(days=getattr(rules, days)), most=MOST_AT_ONCE)
            for kind, (days, forget_old) in KINDS.items()
        }
        reach("retention.before_record")
        audit.record(session, AuditEvent.FORGOTTEN, subject="service", actor_id=None, now=now, payload=counts)
