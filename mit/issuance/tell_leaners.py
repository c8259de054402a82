"""A certificate ended or was suspended: tell the makers whose products lean on it, each once.

A job of the outbox, written in the transaction of the change; for an expiry by what the clock does.  Twice is
harmless: a letter has one key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from mit.issuance.letters import tell_of_supplier
from mit.lifecycle.audit_events import AuditEvent
from mit.store import accounts, audit, jobs, leanings
from mit.store.db import OpenSession, transaction, viewing
from mit.store.jobs import Job
from mit.store.leanings import Leaner
from mit.values.thai_date import bangkok_day, parse_iso_day

TELL_LEANERS_JOB = "tell_leaners"
#: What ends a certificate, or stops it for a while.
TOLD_OF = frozenset({"suspended", "revoked", "superseded", "withdrawn"})
#: For how many days after it an expiry is still told of, should the worker have been away.
_LATE_DAYS = 14


def ask_to_tell(session: OpenSession, number: str, standing: str, *, on: date, now: datetime) -> None:
    """Write the job into the outbox, in the transaction of the change, where anything leans on it."""
    if standing in TOLD_OF and leanings.is_leaned_on(session, number):
        _enqueue(session, number, standing, on=on, now=now)


def ask_about_expired(*, now: datetime) -> int:
    """Write a job for each certificate that expired lately and is leaned on; return how many are new."""
    today = bangkok_day(now)
    with viewing() as session:
        span = {"first": today - timedelta(days=_LATE_DAYS), "last": today - timedelta(days=1)}
        found = leanings.expired_and_leaned_on(session, **span)
    if not found:
        return 0
    with transaction() as session:
        return sum(_enqueue(session, number, "expired", on=on, now=now) for number, on in found)


def tell_leaners(job: Job, *, now: datetime) -> None:
    """Write one letter to everybody who acts for an organisation whose products lean on the certificate."""
    number, standing = str(job.payload["number"]), str(job.payload["standing"])
    on = parse_iso_day(str(job.payload["on"]))
    with transaction() as session:
        told = 0
        for organisation_id, mine in _by_organisation(session, number, bangkok_day(now)).items():
            for user in accounts.makers_of(session, organisation_id):
                told += tell_of_supplier(session, user, number, (standing, on), leaners=mine, now=now)
        if told:
            audit.record(
                session,
                AuditEvent.LEANERS_TOLD,
                subject=f"certificate:{number}",
                actor_id=None,
                now=now,
                payload={"standing": standing, "letters": told},
            )


def _enqueue(session: OpenSession, number: str, standing: str, *, on: date, now: datetime) -> bool:
    payload = {"number": number, "standing": standing, "on": on.isoformat()}
    key = f"{number}:{standing}:{on.isoformat()}"
    return jobs.enqueue(session, TELL_LEANERS_JOB, key=key, payload=payload, now=now)


def _by_organisation(session: OpenSession, number: str, today: date) -> Mapping[UUID, Sequence[Leaner]]:
    found: dict[UUID, list[Leaner]] = {}
    for leaner in leanings.leaners_of(session, number):
        if leaner.is_running(today):
            found.setdefault(leaner.organisation_id, []).append(leaner)
    return found
