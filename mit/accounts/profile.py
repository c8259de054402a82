"""One's own profile: the name, the telephone, the language of mails."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from mit.accounts.people import text_faults
from mit.accounts.sessions import Live
from mit.errors import Fault, InputError
from mit.i18n import LANGUAGES
from mit.lifecycle.audit_events import AuditEvent
from mit.store import accounts, audit
from mit.store.db import transaction, viewing

_TELEPHONE = re.compile(r"[0-9+(][0-9 ()/,#-]{0,29}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person says of themselves."""

    name: str
    telephone: str = ""
    language: str = "th"


def read(live: Live) -> Profile:
    """Return one's own profile."""
    with viewing() as session:
        user = accounts.get_user(session, live.actor.user_id)
        return Profile(user.name, user.telephone, user.language)


def change(live: Live, new: Profile, *, now: datetime) -> None:
    """Save one's own profile.

    Raises:
        InputError: every wrong field: ``text_missing``, ``text_long``, ``text_unreadable``,
            ``telephone_malformed``, ``language_unknown``.
    """
    faults = text_faults(new.name, "name", longest=200)
    telephone = new.telephone.strip()
    if telephone and not _TELEPHONE.fullmatch(telephone):
        faults.append(Fault("telephone_malformed", "telephone"))
    if new.language not in LANGUAGES:
        faults.append(Fault("language_unknown", "language"))
    if faults:
        raise InputError(faults=faults)
    with transaction() as session:
        user = accounts.lock_user(session, live.actor.user_id)
        user.name, user.telephone, user.language = new.name.strip(), telephone, new.language
        subject = f"user:{user.id}"
        audit.record(session, AuditEvent.USER_CHANGED, subject=subject, actor_id=user.id, now=now)
