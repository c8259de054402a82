"""The growing delay after failures to sign in: per account, per address, and per second factor.

An attempt is counted before it is looked at, and taken back when it was right: of a hundred attempts
at once no more are looked at than of a hundred one after the other.  Nothing is ever locked for
good, and an attempt that comes too early counts for nothing.
Source: security section 7.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from mit.errors import MitError
from mit.store import sign_in_delays
from mit.store.db import OpenSession
from mit.values.network import network_of

#: Failures after which the next attempt has to wait.
FREE_FAILURES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
#: Failures are forgotten when none came for this long.
MEMORY = timedelta(hours=24)


def wait_after(failures: int) -> timedelta:
    """Return how long the next attempt waits: nothing below five failures, then 30 s, doubled each time."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    return min(FIRST_WAIT * (1 << min(failures - FREE_FAILURES, 16)), LONGEST_WAIT)


def key_of_account(email: str) -> str:
    """Return the key of whoever signs in with this e-mail address, whether there is such a one or not."""
    return f"account:{_digest(email.strip().lower())}"


def key_of_address(address: str) -> str:
    """Return the key of the network that an address belongs to."""
    return f"address:{_digest(network_of(address))}"


def key_of_code(user_id: UUID) -> str:
    """Return the key of a person's second factor."""
    return f"code:{user_id}"


def count_attempt(session: OpenSession, keys: Sequence[str], *, now: datetime) -> None:
    """Count an attempt under every key, as if it failed.

    Raises:
        MitError: ``sign_in_delayed`` with ``minutes``: it came too early, and was not counted.
    """
    rows = [sign_in_delays.lock_delay(session, key, now=now) for key in sorted(keys)]
    waits = [row.waits_until for row in rows if row.waits_until is not None and row.waits_until > now]
    if waits:
        raise MitError("sign_in_delayed", minutes=_minutes(max(waits) - now))
    for row in rows:
        if now - row.failed_at >= MEMORY:
            row.failures, row.told_at = 0, None
        row.failures += 1
        row.failed_at = now
        wait = wait_after(row.failures)
        row.waits_until = now + wait if wait else None


def is_first_wait(session: OpenSession, key: str, *, now: datetime) -> bool:
    """Say whether this run of failures has just made the next attempt wait; true once for each run."""
    row = sign_in_delays.lock_delay(session, key, now=now)
    if row.failures < FREE_FAILURES or row.told_at is not None:
        return False
    row.told_at = now
    return True


def take_back(session: OpenSession, keys: Sequence[str], *, now: datetime) -> None:
    """Forget the failures of an account that proved itself; an address only gets its one attempt back.

    Otherwise who owns one account could try others from the same address for ever.
    """
    for key in sorted(keys):
        if not key.startswith("address:"):
            sign_in_delays.forget_delay(session, key)
            continue
        row = sign_in_delays.lock_delay(session, key, now=now)
        row.failures = max(row.failures - 1, 0)
        row.waits_until = None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def _minutes(wait: timedelta) -> int:
    return max(math.ceil(wait.total_seconds() / 60), 1)
