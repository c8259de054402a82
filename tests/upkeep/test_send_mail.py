"""Letters leave once: through failures, crashes, two workers, and servers that will not take them."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from mit import worker
from mit.accounts.letters import write_letter
from mit.failpoints import arm
from mit.lifecycle.mails import MAIL_JOB, Letter
from mit.notify import outgoing
from mit.notify.outgoing import Fate, Outcome
from mit.store import accounts, jobs, mails
from mit.store.db import dispose_engines, transaction
from mit.upkeep import send_mail as sending
from mit.upkeep.readiness import read_readiness
from tests.support.parallel import at_once
from tests.support.people import Cast
from tests.support.world import rows

SECRET = "very-secret-token"
LEASE_OVER = jobs.LEASE + timedelta(seconds=1)


@pytest.fixture
def box(app: Flask) -> Path:
    """Where the letters of this test lie."""
    return Path(app.extensions["mit.settings"].var_dir) / "mailbox"


@pytest.fixture
def asked(app: Flask, cast: Cast, now: datetime) -> str:
    """One letter with a secret link that waits in the outbox; its key."""
    with transaction() as session:
        user = accounts.get_user(session, cast.somchai.user_id)
        path = f"/password/reset/{SECRET}"
        assert write_letter(session, user, Letter.RESET_PASSWORD, key="1", now=now, path=path, minutes=30)
        assert not write_letter(session, user, Letter.RESET_PASSWORD, key="1", now=now, path=path, minutes=30)
    return "reset_password:1"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Outcome], list[EmailMessage]]]:
    """Let a server answer in one way; what it was handed is kept."""
    handed: list[EmailMessage] = []

    def answers(outcome: Outcome) -> list[EmailMessage]:
        def hand_over(message: EmailMessage, **_: object) -> Outcome:
            handed.append(message)
            return outcome

        monkeypatch.setattr(sending, "hand_over", hand_over)
        return handed

    yield answers


def row() -> dict[str, Any]:
    (found,) = rows("SELECT * FROM mails")
    return found


def payload() -> Any:
    (found,) = rows("SELECT payload FROM jobs WHERE kind = :kind", kind=MAIL_JOB)
    return json.loads(found["payload"])


def read(box: Path) -> list[Any]:
    return [
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(box.glob("*.eml"))
    ]


def everything_stored() -> str:
    """Return every word of the two tables that letters pass."""
    return str(rows("SELECT * FROM mails")) + str(rows("SELECT * FROM jobs"))


def test_a_letter_is_sent_once_and_its_secret_is_forgotten(app, asked, box, now) -> None:
    assert SECRET in everything_stored()
    worker.run_once(app, now=now)
    worker.run_once(app, now=now)
    (message,) = read(box)
    assert message["To"].addresses[0].addr_spec == "somchai@example.com"
    assert f"http://localhost:8000/password/reset/{SECRET}" in message.get_content()
    assert SECRET not in everything_stored()
    assert payload() == {}
    told = row()
    assert (told["attempts"], told["doubtful"], told["last_error"], told["about"][:5]) == (1, 0, "", "user:")
    assert told["sent_at"] and told["text_sha256"]


@pytest.mark.parametrize("asked_at", ["th", "en"])
def test_each_reads_the_language_of_their_account(app, cast, box, now, asked_at) -> None:
    with transaction() as session:
        user = accounts.get_user(session, cast.somchai.user_id)
        user.language = asked_at
        write_letter(session, user, Letter.PASSWORD_CHANGED, key="1", now=now)
    worker.run_once(app, now=now)
    (message,) = read(box)
    assert message["Content-Language"] == asked_at


def test_a_letter_that_is_not_taken_today_is_tried_for_a_day_and_given_up(app, asked, server, now) -> None:
    handed = server(Outcome(Fate.LATER, "SMTPConnectError: nobody there"))
    at = now
    for _ in range(60):
        worker.run_once(app, now=at)
        at += timedelta(hours=1, seconds=1)
    told = row()
    assert len(handed) == told["attempts"] == 36
    assert len({message["Message-ID"] for message in handed}) == 1
    assert told["given_up_at"] and not told["sent_at"]
    assert (told["doubtful"], told["last_error"]) == (0, "SMTPConnectError: nobody there")
    assert SECRET not in everything_stored()
    assert rows("SELECT state FROM jobs") == [{"state": "done"}]


def test_a_refusal_for_good_ends_it_at_once_and_is_no_failure_of_the_service(app, asked, server, now) -> None:
    handed = server(Outcome(Fate.REFUSED, "550 nobody of that name"))
    assert worker.run_once(app, now=now) == 1
    worker.run_once(app, now=now + timedelta(hours=2))
    assert len(handed) == 1
    assert row()["given_up_at"]
    assert rows("SELECT state FROM jobs") == [{"state": "done"}]
    assert read_readiness(now + timedelta(hours=2)).jobs


def test_a_mail_server_that_is_away_does_not_make_the_service_unready(app, asked, server, now) -> None:
    server(Outcome(Fate.LATER, "nobody there"))
    assert not read_readiness(now + timedelta(minutes=16)).jobs  # no worker has looked at it
    worker.run_once(app, now=now)
    assert read_readiness(now + timedelta(hours=3)).jobs


def test_a_broken_talk_is_repeated_under_the_same_name_and_said_so(app, asked, server, now) -> None:
    handed = server(Outcome(Fate.UNKNOWN, "the connection broke"))
    worker.run_once(app, now=now)
    assert row()["began_at"]
    server(Outcome(Fate.SENT))
    worker.run_once(app, now=now + timedelta(minutes=1))
    assert [message["Message-ID"] for message in handed] == [handed[0]["Message-ID"]] * 2
    told = row()
    assert (told["attempts"], told["doubtful"], told["began_at"]) == (2, 1, None)
    assert told["sent_at"]


def test_mails_wait_until_nothing_else_is_due(app, asked, now) -> None:
    with transaction() as session:
        jobs.enqueue(session, "publish", key="later", payload={}, now=now)
        first = jobs.take(session, now)
    assert first is not None
    assert first.kind == "publish"


@pytest.mark.parametrize(
    ("place", "arrived", "doubtful"),
    [
        ("worker.after_take", 1, 0),
        ("mail.before_handing_over", 1, 1),
        ("mail.after_handing_over", 2, 1),
        ("mail.after_commit", 1, 0),
    ],
)
def test_a_killed_worker_loses_no_letter_and_a_repeated_one_has_the_same_name(
    app: Flask, asked: str, box: Path, now: datetime, place: str, arrived: int, doubtful: int
) -> None:
    _die_at(app, place, now)
    before = [path.read_bytes() for path in box.glob("*.eml")]
    worker.run_once(app, now=now)
    assert [path.read_bytes() for path in box.glob("*.eml")] == before  # its lease is not over yet
    worker.run_once(app, now=now + LEASE_OVER)
    after = read(box)
    assert len(after) == 1  # one Message-ID, one file
    was_handed_twice = len(before) == 1 and box_differs(box, before[0])
    assert was_handed_twice == (arrived == 2)
    told = row()
    assert told["sent_at"]
    assert told["doubtful"] == doubtful
    assert SECRET not in everything_stored()


def box_differs(box: Path, before: bytes) -> bool:
    """Say whether the letter was written anew: its date is another."""
    (path,) = box.glob("*.eml")
    return path.read_bytes() != before


def _die_at(app: Flask, place: str, now: datetime) -> None:
    """Let a worker of its own process die at *place*."""

    dispose_engines()
    child = os.fork()
    if child == 0:
        try:
            arm(place)
            worker.run_once(app, now=now)
        finally:
            os._exit(1)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def test_two_workers_send_each_letter_once(
    app: Flask, cast: Cast, box: Path, now: datetime, monkeypatch
) -> None:
    handed: list[str] = []
    real = outgoing.hand_over

    def counting(message: EmailMessage, *, route: outgoing.Route) -> Outcome:
        handed.append(str(message["Message-ID"]))
        return real(message, route=route)

    monkeypatch.setattr(sending, "hand_over", counting)
    with transaction() as session:
        user = accounts.get_user(session, cast.somchai.user_id)
        for number in range(12):
            write_letter(session, user, Letter.PASSWORD_CHANGED, key=str(number), now=now)
    ended = at_once(app, [lambda: worker.run_once(app, now=now)] * 2)
    assert sum(count for count in ended if isinstance(count, int)) == 12
    assert len(handed) == len(set(handed)) == len(read(box)) == 12
    assert rows("SELECT count(*) AS sent FROM mails WHERE sent_at IS NOT NULL") == [{"sent": 12}]


def test_the_table_refuses_a_letter_that_was_sent_and_given_up(app, asked, now) -> None:
    with pytest.raises(Exception, match="ck_mails_end"), transaction() as session:
        found = mails.lock_mail(session, asked)
        found.sent_at = found.given_up_at = now
        found.text_sha256 = "0" * 64
        session.flush()
