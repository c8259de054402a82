"""The rows of letters: written with their jobs, counted, listed, and what they refuse to hold."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

import mit
from mit.lifecycle.mails import MAIL_JOB, Letter, Mail
from mit.store import jobs, mails
from mit.store.db import transaction, viewing
from tests.support.world import rows


def write(now: datetime, *keys: str, letter: Letter = Letter.PASSWORD_CHANGED) -> None:
    with transaction() as session:
        for at, key in enumerate(keys):
            mail = Mail("somchai@example.com", "th", letter, {"name": "Somchai"})
            assert mails.queue(session, mail, key=key, about="user:1", now=now + timedelta(seconds=at))


def test_a_letter_and_its_job_are_written_together_and_once(app: Flask, now: datetime) -> None:
    write(now, "1")
    with transaction() as session:
        mail = Mail("other@example.com", "en", Letter.PASSWORD_CHANGED)
        assert not mails.queue(session, mail, key="1", about="user:2", now=now)
    assert rows("SELECT key, to_address, about, attempts FROM mails") == [
        {"key": "password_changed:1", "to_address": "somchai@example.com", "about": "user:1", "attempts": 0}
    ]
    assert [row["key"] for row in rows("SELECT key FROM jobs")] == ["password_changed:1"]


def test_what_is_rolled_back_leaves_neither(app: Flask, now: datetime) -> None:
    with pytest.raises(RuntimeError), transaction() as session:
        mails.queue(
            session, Mail("a@example.com", "th", Letter.PASSWORD_CHANGED), key="1", about="x", now=now
        )
        raise RuntimeError
    assert rows("SELECT key FROM mails") == rows("SELECT key FROM jobs") == []


def test_letters_are_listed_newest_first_by_what_became_of_them(app: Flask, now: datetime) -> None:
    write(now, "1", "2", "3", "4")
    with transaction() as session:
        for key, fate in (("1", "0" * 64), ("2", "")):
            row = mails.lock_mail(session, f"password_changed:{key}")
            mails.begin(row, now=now)
            mails.end(session, row, now=now, text_sha256=fate, error="" if fate else "refused")
    with viewing() as session:

        def listed(**asked: object) -> list[str]:
            return [row.key[-1] for row in mails.list_mails(session, **asked)]  # type: ignore[arg-type]

        assert listed() == ["4", "3", "2", "1"]
        assert listed(page=2, size=3) == ["1"]
        assert (listed(state="sent"), listed(state="given_up"), listed(state="waiting")) == (
            ["1"], ["2"], ["4", "3"],
        )  # fmt: skip
        assert [mails.count_mails(session, state=state) for state in ("", "sent", "given_up", "waiting")] == [
            4, 1, 1, 2,
        ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        "language = 'de'",
        "sent_at = queued_at",
        "text_sha256 = 'x'",
        "sent_at = queued_at, text_sha256 = 'x', given_up_at = queued_at",
        "sent_at = queued_at, text_sha256 = 'x', began_at = queued_at",
        "given_up_at = queued_at, began_at = queued_at",
        "doubtful = -1",
        "doubtful = 1",
    ],
)
def test_the_table_refuses_what_cannot_be(app: Flask, now: datetime, wrong: str) -> None:
    write(now, "1")
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text(f"UPDATE mails SET {wrong}"))


def test_letters_are_tried_longer_than_other_work(app: Flask) -> None:
    assert jobs.attempts_allowed("issue") == jobs.MAX_ATTEMPTS
    delays = [jobs.delay_after(attempt) for attempt in range(1, jobs.attempts_allowed(MAIL_JOB))]
    assert timedelta(hours=24) < sum(delays, timedelta()) < timedelta(hours=30)


def test_nobody_asks_for_a_letter_past_its_row() -> None:
    package = Path(mit.__file__).parent
    asking = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if re.search(r"\bMAIL_JOB\b", path.read_text(encoding="utf-8"))
    }
    assert asking == {"lifecycle/mails.py", "store/jobs.py", "store/mails.py", "worker.py"}
