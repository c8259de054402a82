"""Examine what the service stands on: the mail server, the disk, the clock, and its own daily work."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta

from mit.config import Settings
from mit.lifecycle.audit_events import AuditEvent
from mit.notify.outgoing import Fate, knock, route_of
from mit.store import audit_search, mails
from mit.store.audit_search import Asked
from mit.store.db import viewing
from mit.upkeep.examined import Examined, Grade, graded

_MEBIBYTE = 1024 * 1024
#: Below the first nothing should be issued, below the second somebody should make room.
LEAST_FREE_MEBIBYTES, ENOUGH_FREE_MEBIBYTES = 200, 2048
#: A clock that is behind the newest event by more than this is wrong.
CLOCK_MAY_DIFFER = timedelta(minutes=5)
#: The daily work of the worker is late after this.
DAILY_WORK_WITHIN = timedelta(days=2)


def examine_mail(settings: Settings) -> Examined:
    """Say whether the mail server lets us in; no letter is sent.  Without one, letters lie in a folder."""
    route = route_of(settings)
    if not route.host:
        return Examined("mail", Grade.HINT, {"folder": str(route.folder)})
    outcome = knock(route, sender=settings.mail_from)
    is_good = outcome.fate is Fate.SENT
    return graded("mail", is_good=is_good, server=settings.mail_server, said=outcome.said)


def examine_disk(settings: Settings) -> Examined:
    """Say how much room is left where the service writes."""
    folder = settings.var_dir.absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free // _MEBIBYTE
    grade = Grade.LACKING if free < LEAST_FREE_MEBIBYTES else Grade.HINT
    if free >= ENOUGH_FREE_MEBIBYTES:
        grade = Grade.GOOD
    return Examined(
        "disk", grade, {"folder": str(settings.var_dir), "free": free, "least": LEAST_FREE_MEBIBYTES}
    )


def examine_clock(now: datetime) -> Examined:
    """Say whether the clock is behind what was recorded already."""
    with viewing() as session:
        newest = audit_search.newest(session, Asked(), before=None, size=1)
    at = newest[0].at if newest else now
    is_good = at <= now + CLOCK_MAY_DIFFER
    return graded("clock_order", is_good=is_good, at=at.isoformat(timespec="minutes"))


def examine_letters() -> Examined:
    """Say whether letters were given up."""
    with viewing() as session:
        given_up = mails.count_mails(session, state="given_up")
        waiting = mails.count_mails(session, state="waiting")
    grade = Grade.HINT if given_up else Grade.GOOD
    return Examined("letters", grade, {"given_up": given_up, "waiting": waiting})


def examine_daily_work(now: datetime) -> Examined:
    """Say whether the worker looked at everything and forgot what is old within the last two days."""
    with viewing() as session:
        done = [
            audit_search.newest(session, Asked(event=event), before=None, size=1)
            for event in (AuditEvent.SELF_CHECKED, AuditEvent.FORGOTTEN)
        ]
    is_good = all(events and now - events[0].at <= DAILY_WORK_WITHIN for events in done)
    return Examined("daily_work", Grade.GOOD if is_good else Grade.HINT, {})
