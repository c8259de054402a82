"""Whether this installation can do its work now: database, schema, signing key, job queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mit.lifecycle.signing_key_states import KeyDates, KeyState, state_on
from mit.store import health, jobs, signing_keys
from mit.store.db import viewing
from mit.values.thai_date import bangkok_day

#: What a caller sees when the database is away; for ``except`` in the faces.
UNREACHABLE = health.UNREACHABLE
#: A job that has waited this long means that no worker runs.
LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Readiness:
    """One yes or no for each part; parts that could not be asked are False.

    Attributes:
        database: it answers.
        schema: it stands at the revision that this version needs.
        keys: a key for credentials and one for the seal of the PDF may sign today.
        jobs: none was given up, and none has waited for more than 15 minutes.
    """

    database: bool = False
    schema: bool = False
    keys: bool = False
    jobs: bool = False

    @property
    def is_ready(self) -> bool:
        """Say whether every part is."""
        return self.may_answer and self.keys and self.jobs

    @property
    def may_answer(self) -> bool:
        """Say whether verdicts can be given; that needs nobody who signs or works."""
        return self.database and self.schema

    def to_document(self, *, is_ready: bool) -> dict[str, object]:
        """Return ``ready`` and ``checks``, one boolean for each part."""
        checks = {"database": self.database, "schema": self.schema, "keys": self.keys, "jobs": self.jobs}
        return {"ready": is_ready, "checks": checks}


def read_readiness(now: datetime) -> Readiness:
    """Return what is ready at *now*."""
    try:
        if not health.answers():
            return Readiness()
        if not health.is_at_newest_revision():
            return Readiness(database=True)
        today = bangkok_day(now)
        return Readiness(database=True, schema=True, keys=_can_sign(today), jobs=_jobs_move(now))
    except UNREACHABLE:
        return Readiness()


def _can_sign(today: date) -> bool:
    with viewing() as session:
        return all(
            any(
                state_on(_dates(key), today) is KeyState.ACTIVE
                for key in signing_keys.all_keys(session, purpose)
            )
            for purpose in signing_keys.PURPOSES
        )


def _dates(key: signing_keys.SigningKey) -> KeyDates:
    return KeyDates(key.active_from_on, key.verify_only_from_on, key.retired_from_on, key.compromised_from_at)


def _jobs_move(now: datetime) -> bool:
    with viewing() as session:
        oldest = jobs.oldest_waiting_since(session)
        return not jobs.dead_jobs(session) and (oldest is None or now - oldest <= LONGEST_WAIT)
