"""Reports of suspicions: what is taken, who is told, what officers do, what stays and what is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from mit.errors import ConflictError, InputError, NotAllowedError, NotFoundError
from mit.issuance.report import Reported, check_reported, report
from mit.issuance.report_desk import PAGE_SIZE, close_report, list_reports, look_at_report, show_report
from mit.lifecycle.suspicions import LONGEST_WORDS, ReportState, Suspicion
from mit.roles.actor import Role
from mit.store.db import transaction
from mit.store.reports import forget_contacts
from tests.support.databases import KINDS
from tests.support.people import Cast, gather, invite
from tests.support.world import rows

both = pytest.mark.parametrize("database_url", KINDS, indirect=True)
NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
PLAIN = Reported("forged_paper", "mit 2569 0012345 b", "พบที่หน่วยงานแห่งหนึ่ง", "", False, "th")
REACHABLE = replace(PLAIN, contact="napha@example.com", consents=True)


@pytest.fixture
def cast(app: Flask) -> Iterator[Cast]:
    with app.app_context():
        yield gather(NOW)


def only() -> dict[str, Any]:
    (row,) = rows("SELECT * FROM reports")
    return dict(row)


def refused(reported: Reported) -> list[tuple[str, str]]:
    """Return code and place of each fault; nothing was written."""
    with pytest.raises(InputError) as caught:
        check_reported(reported)
    with pytest.raises(InputError) as again:
        report(reported, now=NOW)
    assert rows("SELECT seq FROM reports") == []
    faults = [(fault.code, fault.where) for fault in caught.value.faults]
    assert faults == [(fault.code, fault.where) for fault in again.value.faults]
    return faults


@both
def test_a_report_gets_a_receipt_and_its_number_as_it_is_printed(cast: Cast) -> None:
    receipt = report(PLAIN, now=NOW)
    row = only()
    assert receipt == f"R-2569-{row['seq']:06d}"
    assert row["shown_number"] == "MIT-2569-0012345-B"
    assert (row["suspicion"], row["contact"], row["language"]) == ("forged_paper", "", "th")
    assert not row["consented"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("๒๕๖๙-๐๐๑๒๓๔๕-B", "MIT-2569-0012345-B"), ("  MIT 999\n x ", "MIT 999 x"), ("", ""), ("<b>", "<b>")],
)
def test_what_is_no_number_of_ours_stays_as_it_was_typed(cast: Cast, typed: str, kept: str) -> None:
    report(replace(PLAIN, shown_number=typed), now=NOW)
    assert only()["shown_number"] == kept


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"suspicion": ""}, [("suspicion_missing", "suspicion")]),
        ({"suspicion": "murder"}, [("suspicion_missing", "suspicion")]),
        ({"words": " \n "}, [("text_missing", "words")]),
        ({"words": "x" * (LONGEST_WORDS + 1)}, [("text_too_long", "words")]),
        ({"words": "a\x00b"}, [("text_unusable", "words")]),
        ({"words": "\u202egnp"}, [("text_unusable", "words")]),
        ({"shown_number": "9" * 61}, [("text_too_long", "shown_number")]),
        ({"contact": "call me", "consents": True}, [("contact_malformed", "contact")]),
        ({"contact": "1234567", "consents": True}, [("contact_malformed", "contact")]),
        ({"contact": "a@b", "consents": True}, [("contact_malformed", "contact")]),
        ({"contact": "x@example.com"}, [("consent_missing", "consents")]),
        (
            {"suspicion": "", "words": "", "contact": "x"},
            [
                ("suspicion_missing", "suspicion"),
                ("text_missing", "words"),
                ("contact_malformed", "contact"),
                ("consent_missing", "consents"),
            ],
        ),
    ],
)
def test_every_field_that_cannot_be_taken_is_named_at_once(
    cast: Cast, changes: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    assert refused(replace(PLAIN, **changes)) == faults


@pytest.mark.parametrize("contact", ["napha@example.com", "02 345 6789", "+66 81 234 5678", "02-345.6789"])
def test_a_contact_is_kept_with_consent(cast: Cast, contact: str) -> None:
    report(replace(PLAIN, contact=f" {contact} ", consents=True), now=NOW)
    assert (only()["contact"], bool(only()["consented"])) == (contact, True)


def test_consent_to_nothing_is_not_kept(cast: Cast) -> None:
    report(replace(PLAIN, contact="  ", consents=True), now=NOW)
    assert (only()["contact"], bool(only()["consented"])) == ("", False)


@pytest.mark.parametrize("suspicion", Suspicion)
def test_the_longest_description_of_every_kind_is_taken(cast: Cast, suspicion: Suspicion) -> None:
    words = "ก" * LONGEST_WORDS
    report(replace(PLAIN, suspicion=str(suspicion), words=words, shown_number=""), now=NOW)
    assert only()["words"] == words


def test_the_audit_log_knows_that_something_was_reported_but_not_what_nor_by_whom(cast: Cast) -> None:
    receipt = report(REACHABLE, now=NOW)
    (event,) = rows("SELECT * FROM audit_events WHERE event = 'visitor:report:make'")
    assert event["subject"] == f"report:{receipt}"
    assert event["actor_id"] is None
    for said in (REACHABLE.contact, REACHABLE.words, "0012345"):
        assert said not in str(dict(event))


def letters() -> list[dict[str, Any]]:
    return [dict(row) for row in rows("SELECT * FROM mails WHERE letter = 'suspicion_reported' ORDER BY key")]


def test_every_officer_is_told_once_an_hour_and_nobody_else(cast: Cast) -> None:
    invite("Prasit Dulae", Role.ADMINISTRATOR, now=NOW)
    officers = {
        row["email"]
        for row in rows(
            "SELECT email FROM users WHERE id IN (SELECT user_id FROM role_grants"
            " WHERE role IN ('reviewer', 'approver'))"
        )
    }
    for minutes in (0, 1, 59):
        report(REACHABLE, now=NOW + timedelta(minutes=minutes))
    assert {letter["to_address"] for letter in letters()} == officers
    assert len(letters()) == len(officers) >= 2
    report(PLAIN, now=NOW + timedelta(minutes=60))
    assert len(letters()) == 2 * len(officers)
    jobs = rows("SELECT payload FROM jobs WHERE kind = 'mail'")
    assert not any(REACHABLE.words in row["payload"] or REACHABLE.contact in row["payload"] for row in jobs)


@both
def test_officers_look_at_a_report_and_close_it_once(cast: Cast) -> None:
    report(REACHABLE, now=NOW)
    seq = only()["seq"]
    assert show_report(cast.malee, seq).state is ReportState.NEW
    look_at_report(cast.malee, seq, now=NOW + timedelta(hours=1))
    look_at_report(cast.anan, seq, now=NOW + timedelta(hours=2))
    view = show_report(cast.anan, seq)
    assert (view.state, view.looked_at) == (ReportState.LOOKED_AT, NOW + timedelta(hours=1))
    close_report(cast.anan, seq, " แจ้งหน่วยงานแล้ว ", now=NOW + timedelta(hours=3))
    closed = show_report(cast.malee, seq)
    assert (closed.state, closed.note) == (ReportState.CLOSED, "แจ้งหน่วยงานแล้ว")
    assert closed.looked_by
    assert closed.closed_by
    assert closed.looked_by != closed.closed_by
    with pytest.raises(ConflictError) as caught:
        close_report(cast.malee, seq, "x", now=NOW)
    assert caught.value.code == "report_closed"
    look_at_report(cast.malee, seq, now=NOW)
    events = [row["event"] for row in rows("SELECT event FROM audit_events WHERE subject LIKE 'report:%'")]
    assert sorted(events) == ["staff:report:close", "staff:report:take", "visitor:report:make"]


def test_a_report_may_be_closed_at_first_sight_but_not_without_a_word(cast: Cast) -> None:
    report(PLAIN, now=NOW)
    seq = only()["seq"]
    for note, code in ((" ", "note_missing"), ("x" * 4001, "text_too_long"), ("\x07", "text_unusable")):
        with pytest.raises(InputError) as caught:
            close_report(cast.malee, seq, note, now=NOW)
        assert (caught.value.code, caught.value.faults[0].where) == (code, "note")
    close_report(cast.malee, seq, "ซ้ำ", now=NOW)
    assert show_report(cast.malee, seq).looked_by == ""


@pytest.mark.parametrize("person", ["somchai", "napha"])
def test_reports_are_for_officers_alone(cast: Cast, person: str) -> None:
    report(PLAIN, now=NOW)
    seq, actor = only()["seq"], getattr(cast, person)
    for attempt in (
        lambda: list_reports(actor),
        lambda: show_report(actor, seq),
        lambda: look_at_report(actor, seq, now=NOW),
        lambda: close_report(actor, seq, "x", now=NOW),
    ):
        with pytest.raises(NotAllowedError):
            attempt()
    assert only()["looked_at"] is only()["closed_at"] is None


@pytest.mark.parametrize("seq", [0, -1, 7, 2**63, 10**30])
def test_a_report_that_does_not_exist_is_not_found(cast: Cast, seq: int) -> None:
    for attempt in (
        lambda: show_report(cast.malee, seq),
        lambda: look_at_report(cast.malee, seq, now=NOW),
        lambda: close_report(cast.malee, seq, "x", now=NOW),
    ):
        with pytest.raises(NotFoundError):
            attempt()


def test_open_ones_are_listed_oldest_first_and_closed_ones_newest_first_a_page_at_a_time(cast: Cast) -> None:
    for at in range(PAGE_SIZE + 2):
        report(replace(PLAIN, words=f"เรื่อง {at}"), now=NOW + timedelta(minutes=at))
    first, total = list_reports(cast.malee)
    second, _ = list_reports(cast.malee, page=2)
    assert total == PAGE_SIZE + 2
    assert [one.words for one in (first[0], *second)] == ["เรื่อง 0", "เรื่อง 25", "เรื่อง 26"]
    for one in (first[3], first[5]):
        close_report(cast.malee, one.seq, "ปิด", now=NOW)
    closed, count = list_reports(cast.malee, closed=True)
    assert (count, [one.words for one in closed]) == (2, ["เรื่อง 5", "เรื่อง 3"])
    assert list_reports(cast.malee)[1] == PAGE_SIZE


@both
def test_the_database_keeps_what_was_reported(cast: Cast) -> None:
    report(REACHABLE, now=NOW)
    close = "UPDATE reports SET closed_at = :now, closed_by_id = (SELECT id FROM users LIMIT 1), note = 'x'"

    def is_refused(statement: str) -> bool:
        try:
            with transaction() as session:
                session.execute(text(statement), {"now": NOW} if ":now" in statement else {})
        except IntegrityError:
            return True
        return False

    changes = ("words = 'y'", "suspicion = 'other'", "shown_number = ''", "contact = 'z'", "contact = ''")
    for change in changes:
        assert is_refused(f"UPDATE reports SET {change}"), change
    assert is_refused("DELETE FROM reports")
    assert is_refused("UPDATE reports SET note = 'x'"), "a note belongs to the end"
    assert not is_refused(close)
    for change in ("note = 'y'", "closed_at = NULL, closed_by_id = NULL, note = ''", "contact = 'z'"):
        assert is_refused(f"UPDATE reports SET {change}"), change
    assert not is_refused("UPDATE reports SET contact = ''"), "what may be forgotten"
    assert only()["words"] == REACHABLE.words


@both
def test_a_contact_is_forgotten_only_after_the_report_was_closed(cast: Cast) -> None:
    report(REACHABLE, now=NOW)
    report(replace(REACHABLE, words="ยังไม่ปิด"), now=NOW)
    first = rows("SELECT seq FROM reports ORDER BY seq")[0]["seq"]
    close_report(cast.malee, first, "ปิด", now=NOW)

    def forget(before: datetime, most: int = 9) -> int:
        with transaction() as session:
            return forget_contacts(session, before, most=most)

    assert forget(NOW) == 0
    assert forget(NOW + timedelta(seconds=1), most=0) == 0
    assert forget(NOW + timedelta(seconds=1)) == 1
    assert forget(NOW + timedelta(days=999)) == 0, "who still waits for an answer is not forgotten"
    view = show_report(cast.malee, first)
    assert (view.contact, view.consented, view.words) == ("", True, REACHABLE.words)
