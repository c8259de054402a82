"""Issue: signed once, logged in order, checked by ourselves, and safe to repeat at every step."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mit import worker
from mit.errors import NotFoundError, TamperedError
from mit.issuance.issue import check_own_work, issue
from mit.issuance.signer import sign_certificate
from mit.lifecycle.certificate_states import CertificateState, StateChange, state_on
from mit.store import certificate_history, certificates
from mit.store.certificates import Certificate
from mit.store.db import transaction, viewing
from mit.verify.scan import verify_number
from mit.verify.verdict import Answer
from tests.support.desk import Desk
from tests.support.forgery import forge
from tests.support.world import assert_whole_world, rows


def _issue(desk: Desk, number: str) -> None:
    issue(number, now=desk.tick(), authority=desk.authority)


def _certificate(number: str) -> Certificate:
    with viewing() as session:
        return certificates.get_certificate(session, number)


def test_it_becomes_active_with_its_event_its_leaf_and_its_next_job(desk: Desk) -> None:
    number = desk.approved().certificate_number
    _issue(desk, number)
    certificate = _certificate(number)
    assert (certificate.state, certificate.status) == ("active", "active")
    assert certificate.signed_at == certificate.issued_at == desk.now
    with viewing() as session:
        (event,) = certificate_history.history_of(session, number)
    assert (event.event, event.status, event.reason) == ("issued", "active", "issued")
    history = [StateChange(event.effective_on, CertificateState(event.status))]
    assert state_on(history, certificate.issued_on, expires_on=certificate.expires_on) == "active"
    assert rows("SELECT kind, key FROM jobs WHERE kind <> 'mail' ORDER BY id") == [
        {"kind": "issue", "key": number},
        {"kind": "print", "key": number},
        {"kind": "publish", "key": "list:2700"},
    ]
    assert rows("SELECT log_index FROM log_leaves") == [{"log_index": 0}]
    assert verify_number(number, now=desk.now).answer is Answer.VALID
    assert_whole_world(desk.now)


def test_before_the_second_commit_nobody_is_shown_a_valid_certificate(desk: Desk) -> None:
    number = desk.approved().certificate_number
    assert verify_number(number, now=desk.now).answer is not Answer.VALID
    with transaction() as session:
        forms = sign_certificate(number, now=desk.tick(), authority=desk.authority)
        certificates.store_signed(session, number, forms)
    assert verify_number(number, now=desk.now).answer is not Answer.VALID
    _issue(desk, number)
    assert verify_number(number, now=desk.now).answer is Answer.VALID


def test_issuing_again_changes_nothing(desk: Desk) -> None:
    number = desk.approved().certificate_number
    _issue(desk, number)
    before = (
        rows("SELECT * FROM certificates"),
        rows("SELECT * FROM audit_events"),
        rows("SELECT * FROM jobs"),
    )
    _issue(desk, number)
    assert before == (
        rows("SELECT * FROM certificates"),
        rows("SELECT * FROM audit_events"),
        rows("SELECT * FROM jobs"),
    )


def test_the_first_signature_is_kept_and_a_later_one_is_thrown_away(desk: Desk) -> None:
    number = desk.approved().certificate_number
    first = sign_certificate(number, now=desk.tick(), authority=desk.authority)
    late = replace(sign_certificate(number, now=desk.tick(), authority=desk.authority), signed_at=desk.now)
    with transaction() as session:
        assert certificates.store_signed(session, number, first)
    with transaction() as session:
        assert not certificates.store_signed(session, number, late)
    _issue(desk, number)
    assert _certificate(number).signed_at == first.signed_at


def test_the_log_is_in_the_order_of_issuing_not_of_numbers(desk: Desk) -> None:
    numbers = [desk.approved(at=at).certificate_number for at in (1, 2, 3)]
    for number in (numbers[2], numbers[0], numbers[1]):
        _issue(desk, number)
    found = rows("SELECT certificate_number, log_index FROM log_leaves ORDER BY log_index")
    assert [row["certificate_number"] for row in found] == [numbers[2], numbers[0], numbers[1]]
    assert_whole_world(desk.now)


def test_only_the_first_certificate_of_a_status_list_asks_for_publishing(desk: Desk) -> None:
    desk.issued(at=1)
    desk.issued(at=2)
    assert len(rows("SELECT * FROM jobs WHERE kind = 'publish'")) == 1
    names = {row["name"] for row in rows("SELECT name FROM published")}
    assert {"status/revocation/2700", "status/suspension/2700"} <= names


def test_an_unknown_number_is_not_issued(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        _issue(desk, "MIT-2569-0000077-X")


SPOILT = {
    "the signature of the credential": "UPDATE certificates SET"
    " credential = substr(credential, 1, length(credential) - 4) || 'AAAA' WHERE 1 = 1",
    "another credential": "UPDATE certificates SET credential = 'a.b.c' WHERE 1 = 1",
    "the hash of the credential": "UPDATE certificates SET credential_sha256 = tbs_sha256 WHERE 1 = 1",
    "the QR": "UPDATE certificates SET qr_text = replace(qr_text, '7', '8') WHERE 1 = 1",
    "no QR": "UPDATE certificates SET qr_text = '' WHERE 1 = 1",
    "the issue day": "UPDATE certificates SET issued_on = '2026-11-24' WHERE 1 = 1",
}


@pytest.mark.parametrize("what", SPOILT)
def test_what_our_own_verifier_does_not_believe_is_not_issued(desk: Desk, what) -> None:
    number = desk.approved().certificate_number
    with transaction() as session:
        forms = sign_certificate(number, now=desk.tick(), authority=desk.authority)
        certificates.store_signed(session, number, forms)
    assert forge(SPOILT[what]) == 1
    with pytest.raises(TamperedError, match="own_work"):
        _issue(desk, number)
    assert rows("SELECT state FROM certificates") == [{"state": "prepared"}]
    assert rows("SELECT log_index FROM log_leaves") == [{"log_index": None}]
    assert rows("SELECT * FROM counters WHERE name = 'transparency_log'") == []


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE log_leaves SET salt = :salt WHERE 1 = 1", "log_leaf_changed"),
        ("UPDATE log_leaves SET entry = replace(entry, '2027', '2028') WHERE 1 = 1", "log_leaf_changed"),
        ("DELETE FROM log_leaves WHERE 1 = 1", "log_leaf_missing"),
    ],
)
def test_a_leaf_that_was_changed_is_not_appended(desk: Desk, statement, code) -> None:
    number = desk.approved().certificate_number
    assert forge(statement, **({"salt": bytes(32)} if ":salt" in statement else {})) == 1
    with pytest.raises(TamperedError, match=code):
        _issue(desk, number)
    assert rows("SELECT state FROM certificates") == [{"state": "prepared"}]


def test_our_own_work_is_judged_on_its_issue_day_however_late(desk: Desk) -> None:
    number = desk.approved().certificate_number
    desk.now += timedelta(days=500)
    _issue(desk, number)
    assert _certificate(number).state == "active"
    with transaction() as session:
        check_own_work(session, certificates.lock_certificate(session, number), now=desk.now)
    assert "expired" in verify_number(number, now=desk.now).reasons


def test_a_failing_job_is_tried_again_and_then_given_up(desk: Desk) -> None:
    number = desk.approved().certificate_number
    forge("UPDATE certificates SET claims = '{}' WHERE 1 = 1")
    for _ in range(12):
        worker.run_once(desk.app, now=desk.now)
        desk.now += timedelta(hours=2)
    (job,) = rows("SELECT state, attempts FROM jobs WHERE kind = 'issue'")
    assert (job["state"], job["attempts"]) == ("dead", 12)
    (event,) = rows("SELECT subject FROM audit_events WHERE event = 'worker:job:give_up'")
    assert event["subject"] == f"job:issue:{number}"
