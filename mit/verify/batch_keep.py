"""Forget batches whose time is over: what was shown, what came of it, and files that nobody took in."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from mit.store import batches
from mit.store.batch_files import sweep
from mit.store.db import transaction, viewing
from mit.verify.batch import kept_since

#: Batches that are forgotten at once, so that nobody waits for it; the rest follows a minute later.
MOST_AT_ONCE = 100


def forget_ended(*, var_dir: Path, now: datetime) -> int:
    """Forget batches that were sent too long ago, at most so many, and every old folder; return how many."""
    before = kept_since(now)
    sweep(var_dir, before)
    with viewing() as session:
        old = [one.id for one in batches.old_batches(session, before, most=MOST_AT_ONCE)]
    if not old:
        return 0
    with transaction() as session:
        return batches.forget_batches(session, old)
