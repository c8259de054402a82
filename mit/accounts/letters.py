"""Put a letter into the outbox, in the transaction of the act that it tells of."""

from __future__ import annotations

from datetime import datetime, timedelta

from mit.accounts import datastore
from mit.lifecycle.mails import Letter, Mail
from mit.store import mails
from mit.store.accounts import User
from mit.store.db import OpenSession

#: How long the link that confirms an address works.
CONFIRM_WITHIN = timedelta(hours=48)
#: A letter that anybody can ask for is written to one person at most this often.
ONE_LETTER_EACH = timedelta(minutes=15)


def write_letter(
    session: OpenSession, user: User, letter: Letter, *, key: str, now: datetime, **params: str | int
) -> bool:
    """Write a letter to a person; say whether it is new: one *key* is written once, whoever asks again."""
    mail = Mail(user.email, user.language, letter, {"name": user.name, **params})
    return mails.queue(session, mail, key=key, about=f"user:{user.id}", now=now)


def send_confirmation(session: OpenSession, user: User, *, now: datetime) -> None:
    """Write the letter with the link that confirms a person's address."""
    path = f"/register/confirm/{datastore.confirmation_token(user)}"
    hours = CONFIRM_WITHIN // timedelta(hours=1)
    key = f"{user.id}:{user.fs_uniquifier}:{slot_of(now)}"
    write_letter(session, user, Letter.CONFIRM_EMAIL, key=key, now=now, path=path, hours=hours)


def slot_of(now: datetime) -> int:
    """Return the number of the quarter of an hour: letters with the same one are written once."""
    return int(now.timestamp()) // int(ONE_LETTER_EACH.total_seconds())
