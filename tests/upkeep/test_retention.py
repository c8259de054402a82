"""What is about people is forgotten after its days, counted, once a day; all that counts stays."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask, current_app

from mit import worker
from mit.accounts import delays
from mit.accounts.allowances import spend
from mit.accounts.caller import Caller
from mit.accounts.letters import write_letter
from mit.accounts.registration import Registration, look_at_link, register
from mit.accounts.sessions import begin
from mit.accounts.sign_in import sign_in
from mit.errors import InputError
from mit.failpoints import arm
from mit.issuance.report_desk import close_report
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.mails import Letter
from mit.lifecycle.retention_rules import RETENTION_RULES, retention_rules_on
from mit.store import accounts, invitations, jobs
from mit.store.audit import verify_chain
from mit.store.db import add, dispose_engines, new_id, transaction, viewing
from mit.store.draft_sections import DraftSection
from mit.store.invitations import Invitation
from mit.store.reports import Report
from mit.store.sheet_files import SheetFile, pack
from mit.upkeep import retention
from mit.upkeep.retention import FORGET_JOB, KINDS, forget_if_due
from mit.values.clock import FrozenClock
from mit.values.thai_date import bangkok_day
from mit.verify.batch import SentLine
from mit.verify.batch import begin as begin_batch
from tests.support.people import CHEAP, PASSWORD, Cast, email_of
from tests.support.register import draft
from tests.support.world import assert_whole_world, rows

HERE = Caller("192.0.2.1", "Firefox")
(RULES,) = RETENTION_RULES
LITTLE = timedelta(seconds=1)
Make = Callable[[Cast, datetime], None]


@pytest.fixture(autouse=True)
def app(make_app: Callable[..., Flask], clock: FrozenClock) -> Any:
    """The whole application, by our clock: links need its keys."""
    made = make_app()
    made.extensions["mit.clock"] = clock
    with made.app_context():
        yield made


def make_session(cast: Cast, ended_at: datetime) -> None:
    with transaction() as session:
        user = accounts.get_user(session, cast.somchai.user_id)
        begin(session, user, stage="full", caller=HERE, now=ended_at - timedelta(hours=24))


def make_attempt(cast: Cast, at: datetime) -> None:
    with transaction() as session:
        delays.count_attempt(session, ["account:x"], now=at)


def make_allowance(cast: Cast, at: datetime) -> None:
    spend("check", [HERE.address], most=9, now=at)


def make_letter(cast: Cast, sent_at: datetime) -> None:
    with transaction() as session:
        user = accounts.get_user(session, cast.somchai.user_id)
        write_letter(session, user, Letter.PASSWORD_CHANGED, key=sent_at.isoformat(), now=sent_at)
    worker.run_once(current_app, now=sent_at)


def make_sheet_file(cast: Cast, sent_at: datetime) -> None:
    with transaction() as session:
        number = draft(session, cast, now=sent_at).id
        row = SheetFile(application_id=number, product=1, cells=pack({"sheets": []}), sent_at=sent_at)
        row.sent_by_id = cast.somchai.user_id
        add(session, row)


def make_batch(cast: Cast, sent_at: datetime) -> None:
    sent = [SentLine("MIT-2569-0000001-G", bidder="รายที่หนึ่ง")]
    var_dir = current_app.extensions["mit.settings"].var_dir
    begin_batch(sent, on=None, var_dir=var_dir, most_bytes=1000, now=sent_at)


def make_report(cast: Cast, closed_at: datetime) -> None:
    row = Report(suspicion="other", shown_number="", words="พบที่ตลาด", language="th", consented=True)
    row.contact, row.reported_at = "napha@example.com", closed_at - timedelta(days=30)
    with transaction() as session:
        add(session, row)
    close_report(cast.malee, 1, "ปิด", now=closed_at)


def make_daily_job(cast: Cast, done_at: datetime) -> None:
    with transaction() as session:
        jobs.enqueue(session, "self_check", key=done_at.isoformat(), payload={}, now=done_at)
    worker.run_once(current_app, now=done_at)


def make_unconfirmed(cast: Cast, at: datetime) -> None:
    register(
        Registration("Ploy Saengthong", "ploy@example.com", PASSWORD), caller=HERE, now=at, passwords=CHEAP
    )


def make_invitation(cast: Cast, expired_at: datetime) -> None:
    began = expired_at - timedelta(days=14)
    with transaction() as session:
        add(
            session,
            Invitation(
                id=new_id(), organisation_id=cast.siam_cable_id, email="dao@example.com",
                token_sha256="a" * 64,
                invited_by_id=cast.somchai.user_id, created_at=began, expires_at=expired_at,
            ),
        )  # fmt: skip


def make_removed_section(cast: Cast, removed_at: datetime) -> None:
    with transaction() as session:
        number = draft(session, cast, now=removed_at).id
        add(
            session,
            DraftSection(
                application_id=number, section="sheet", product=1, content='{"price_ex_works": "99.00"}',
                saved_at=removed_at, saved_by_id=cast.somchai.user_id, removed_at=removed_at,
            ),
        )  # fmt: skip


#: Each kind: what makes one, which rule keeps it, and what is left of it.
MAKERS: dict[str, tuple[Make, int, str]] = {
    "sessions": (make_session, RULES.sessions_days, "SELECT id FROM sessions"),
    "attempts": (make_attempt, RULES.attempts_days, "SELECT key FROM sign_in_delays"),
    "allowances": (make_allowance, RULES.attempts_days, "SELECT key FROM allowances"),
    "letters": (
        make_letter,
        RULES.letters_days,
        "SELECT key FROM mails UNION ALL SELECT key FROM jobs WHERE kind = 'mail'",
    ),
    "daily_jobs": (make_daily_job, RULES.letters_days, "SELECT key FROM jobs WHERE kind = 'self_check'"),
    "unconfirmed": (
        make_unconfirmed,
        RULES.unconfirmed_days,
        "SELECT name FROM users WHERE name LIKE 'Ploy%'",
    ),
    "invitations": (make_invitation, RULES.invitations_days, "SELECT id FROM invitations"),
    "removed_sections": (
        make_removed_section,
        RULES.removed_sections_days,
        "SELECT content FROM draft_sections WHERE content LIKE '%99.00%'",
    ),
    "sheet_files": (make_sheet_file, RULES.sheet_files_days, "SELECT id FROM sheet_files"),
    "batches": (make_batch, RULES.batches_days, "SELECT id FROM batches"),
    "report_contacts": (
        make_report,
        RULES.report_contacts_days,
        "SELECT contact FROM reports WHERE contact <> ''",
    ),
}


def run(app: Flask, now: datetime) -> dict[str, int]:
    """Let a run fall due, do it, and return what it counted."""
    assert forget_if_due(now=now)
    worker.run_once(app, now=now)
    return counted()[-1]


def counted() -> list[dict[str, int]]:
    event = str(AuditEvent.FORGOTTEN)
    found = rows("SELECT payload FROM audit_events WHERE event = :event ORDER BY seq", event=event)
    return [json.loads(row["payload"]) for row in found]


@pytest.mark.parametrize("kind", MAKERS)
def test_each_kind_is_kept_for_its_days_and_then_forgotten(
    app: Flask, cast: Cast, now: datetime, kind: str
) -> None:
    make, days, left = MAKERS[kind]
    make(cast, now)
    assert rows(left)
    end = now + timedelta(days=days)
    assert run(app, end)[kind] == 0
    assert rows(left), "its last day counts"
    assert run(app, end + timedelta(days=1))[kind] == 1
    assert rows(left) == []
    with viewing() as session:
        assert verify_chain(session) == []


def test_every_kind_has_its_rule_and_is_tried_here() -> None:
    assert MAKERS.keys() == KINDS.keys()
    for days, _ in KINDS.values():
        assert getattr(RULES, days) > 0


def test_there_is_a_rule_for_every_day_since_the_scheme_began(now: datetime) -> None:
    assert retention_rules_on(bangkok_day(now)) == RULES


def test_nobody_who_counts_is_forgotten(app: Flask, cast: Cast, now: datetime) -> None:
    make_session(cast, now + timedelta(days=400))
    before = rows("SELECT id, email, name, is_active FROM users ORDER BY id")
    assert all(count == 0 for count in run(app, now + timedelta(days=300)).values())
    assert rows("SELECT id, email, name, is_active FROM users ORDER BY id") == before
    assert rows("SELECT id FROM sessions")
    assert_whole_world(now + timedelta(days=300))


def test_an_unconfirmed_login_is_emptied_and_its_address_is_free(
    app: Flask, cast: Cast, now: datetime, clock: FrozenClock
) -> None:
    make_unconfirmed(cast, now)
    (job,) = rows("SELECT payload FROM jobs WHERE kind = 'mail'")
    token = json.loads(job["payload"])["params"]["path"].rpartition("/")[2]
    later = now + timedelta(days=RULES.unconfirmed_days, seconds=1)
    clock.set(later)
    assert run(app, later)["unconfirmed"] == 1
    (row,) = rows("SELECT * FROM users WHERE email LIKE '%forgotten.invalid'")
    assert (row["name"], row["password_hash"], bool(row["is_active"])) == ("–", "", False)
    assert "ploy" not in json.dumps(rows("SELECT * FROM users"), default=str).lower()
    with pytest.raises(InputError, match="link_expired"):
        look_at_link(token)
    for password in ("", PASSWORD):
        with pytest.raises(InputError, match="sign_in_failed"):
            sign_in(row["email"], password, caller=HERE, now=later, passwords=CHEAP)
    make_unconfirmed(cast, later)
    assert len(rows("SELECT id FROM users WHERE email = 'ploy@example.com'")) == 1
    assert run(app, later + timedelta(days=1))["unconfirmed"] == 0, "the newest registration counts"


def test_who_registers_again_is_waited_for_again(app: Flask, cast: Cast, now: datetime) -> None:
    make_unconfirmed(cast, now)
    make_unconfirmed(cast, now + timedelta(days=20))
    assert run(app, now + timedelta(days=40))["unconfirmed"] == 0


def test_an_open_invitation_and_a_waiting_letter_stay(app: Flask, cast: Cast, now: datetime) -> None:
    later = now + timedelta(days=100)
    make_invitation(cast, later + LITTLE)
    with transaction() as session:
        user = accounts.get_user(session, cast.somchai.user_id)
        write_letter(session, user, Letter.PASSWORD_CHANGED, key="waits", now=now)
    retention.forget(jobs.Job(0, FORGET_JOB, "x", {}, 1), later, worker.authority_of(app))
    assert counted()[-1]["letters"] == counted()[-1]["invitations"] == 0
    with viewing() as session:
        assert len(invitations.open_invitations(session, cast.siam_cable_id)) == 1
    assert rows("SELECT key FROM jobs WHERE kind = 'mail' AND state = 'waiting'")


def test_a_run_falls_due_once_a_day(app: Flask, cast: Cast, now: datetime) -> None:
    run(app, now)
    assert not forget_if_due(now=now + timedelta(hours=23))
    assert forget_if_due(now=now + timedelta(hours=24))
    assert not forget_if_due(now=now + timedelta(hours=24)), "it is asked for already"
    assert len(counted()) == 1


def test_what_one_run_leaves_the_next_one_takes(
    app: Flask, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "MOST_AT_ONCE", 2)
    for minutes in range(5):
        make_session(cast, now + timedelta(minutes=minutes))
    later = now + timedelta(days=200)
    for minutes in range(3):
        worker.keep_up(app, now=later + timedelta(minutes=minutes))
        worker.run_once(app, now=later + timedelta(minutes=minutes))
    assert [run["sessions"] for run in counted()] == [2, 2, 1]
    assert rows("SELECT id FROM sessions") == []


def test_a_run_that_is_killed_has_forgotten_nothing_and_is_done_again(
    app: Flask, cast: Cast, now: datetime
) -> None:
    for make, _, _ in sorted(MAKERS.values(), key=lambda maker: maker[0] is not make_unconfirmed):
        make(cast, now)
    later = now + timedelta(days=200)
    assert forget_if_due(now=later)
    dispose_engines()
    child = os.fork()
    if child == 0:
        try:
            arm("retention.before_record")
            worker.run_once(app, now=later)
        finally:
            os._exit(1)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert counted() == []
    for kind, (_, _, left) in MAKERS.items():
        assert rows(left), kind
    worker.run_once(app, now=later + jobs.LEASE + LITTLE)
    assert counted() == [dict.fromkeys(KINDS, 1) | {"attempts": 2, "letters": 2}], "registering is both"
    for kind, (_, _, left) in MAKERS.items():
        assert rows(left) == [], kind
    assert email_of("Somchai") in {row["email"] for row in rows("SELECT email FROM users")}
