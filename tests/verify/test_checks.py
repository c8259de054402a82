"""Each check by itself: its boundaries, and the sentence it says."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from mit.lifecycle.certificate_states import CertificateState, StateChange
from mit.lifecycle.signing_key_states import KeyDates
from mit.verify import checks
from mit.verify.content import Content, content_of_own
from mit.verify.opening import Opened, open_credential, open_qr
from mit.verify.presentation import ShownCredential, ShownQr, read_text
from mit.verify.trust import StatusKnown
from mit.verify.verdict import Finding, Outcome
from tests.support import specimens
from tests.support.trusting import (
    EXPIRES_ON,
    NOW,
    SIGNED_AT,
    TODAY,
    changes,
    issue,
    offline,
    record,
    register,
    signer,
    trusted,
)

ISSUED = issue()
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
ISSUED_ON = ISSUED.claims.issued_on
PASS, FAIL, UNKNOWN, NOT_CHECKED = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN, Outcome.NOT_CHECKED


def opened() -> Opened:
    shown = read_text(ISSUED.made.token)
    assert isinstance(shown, ShownCredential)
    return open_credential(shown, offline())


def content() -> Content:
    found = opened().content
    assert found is not None
    return found


def told(finding: Finding | None) -> tuple[Outcome, str] | None:
    return (finding.outcome, finding.reason) if finding else None


def test_a_qr_and_its_credential_say_the_same() -> None:
    shown = read_text(ISSUED.made.qr_url)
    assert isinstance(shown, ShownQr)
    by_qr = open_qr(shown, offline()).content
    full = content()
    assert by_qr is not None
    same = ("number", "name_th", "juristic_number", "issued_on", "expires_on", "slot", "credential_sha256")
    for name in same:
        assert getattr(by_qr, name) == getattr(full, name), name
    assert (by_qr.is_short, full.is_short) == (True, False)


def test_two_ways_of_reading_one_credential_lead_to_the_same_letters() -> None:
    claims = specimens.claims(2, running=778)
    made = issue(replace(claims, products=(*claims.products, specimens.product(9, ranges=True)))).made
    shown = read_text(made.token)
    assert isinstance(shown, ShownCredential)
    strict = open_credential(shown, offline()).content
    own = content_of_own(made.token)
    assert strict is not None
    assert own == strict
    assert any(product["ranges"] for product in own.products)
    assert json.dumps(own.products) == json.dumps(strict.products), "members in one order"


def test_the_weight_of_what_is_remembered_grows_with_its_products() -> None:
    one = content()
    many = replace(one, products=one.products * 200)
    assert many.weight_bytes > one.weight_bytes + 199 * 500


# --- key


@pytest.mark.parametrize(
    ("dates", "signed_at", "expected"),
    [
        (KeyDates(ISSUED_ON), SIGNED_AT, (PASS, "ok")),
        (KeyDates(ISSUED_ON), None, (PASS, "ok")),
        (KeyDates(ISSUED_ON + DAY), SIGNED_AT, (FAIL, "key_not_active")),
        (KeyDates(ISSUED_ON, compromised_from_at=SIGNED_AT + SECOND), SIGNED_AT, (PASS, "ok")),
        (KeyDates(ISSUED_ON, compromised_from_at=SIGNED_AT), SIGNED_AT, (FAIL, "key_compromised")),
        (KeyDates(ISSUED_ON, compromised_from_at=SIGNED_AT + DAY), None, (FAIL, "key_compromised")),
        (KeyDates(ISSUED_ON + DAY, compromised_from_at=SIGNED_AT), SIGNED_AT, (FAIL, "key_compromised")),
    ],
)
def test_the_key_counts_by_its_dates_and_the_instant_of_signing(
    dates: KeyDates, signed_at: datetime | None, expected: tuple[Outcome, str]
) -> None:
    key = trusted(signer(), dates)
    assert told(checks.check_key(key, content(), record(ISSUED, signed_at=signed_at))) == expected


def test_without_a_record_no_instant_of_signing_is_known() -> None:
    compromised = trusted(signer(), KeyDates(ISSUED_ON, compromised_from_at=NOW))
    assert told(checks.check_key(compromised, content(), None)) == (FAIL, "key_compromised")


def test_an_unknown_key_is_told_and_an_unread_content_is_not_reached() -> None:
    assert told(checks.check_key(None, None, None)) == (UNKNOWN, "unknown_key")
    assert checks.check_key(trusted(signer()), None, None) is None


def test_a_compromise_is_told_with_its_instant() -> None:
    key = trusted(signer(), KeyDates(ISSUED_ON, compromised_from_at=SIGNED_AT))
    finding = checks.check_key(key, content(), record(ISSUED))
    assert finding is not None
    assert "21 พ.ย. 2569 09:00 น." in finding.detail("th")
    assert "21 Nov 2026 09:00" in finding.detail("en")


# --- integrity


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, (PASS, "ok")),
        ({"credential_sha256": "0" * 64}, (FAIL, "altered")),
        ({"kid": 2}, (FAIL, "altered")),
        ({"number": "MIT-2569-0000001-X"}, (FAIL, "altered")),
    ],
    ids=["same", "another hash", "another key", "another number"],
)
def test_content_agrees_with_the_record_in_hash_key_and_number(
    changed: dict[str, object], expected: tuple[Outcome, str]
) -> None:
    odd = replace(record(ISSUED), **changed)  # type: ignore[arg-type]
    assert told(checks.check_integrity(opened(), odd, register())) == expected


def test_only_the_register_says_that_something_does_not_exist() -> None:
    assert told(checks.check_integrity(opened(), None, register())) == (FAIL, "not_found")
    assert told(checks.check_integrity(opened(), None, offline())) == (NOT_CHECKED, "no_record")


# --- in force


@pytest.mark.parametrize(
    ("on", "today", "expected"),
    [
        (ISSUED_ON - DAY, TODAY, (FAIL, "not_yet_in_force")),
        (ISSUED_ON, TODAY, (PASS, "ok")),
        (TODAY, TODAY, (PASS, "ok")),
        (TODAY + DAY, TODAY, (UNKNOWN, "future_date")),
        (EXPIRES_ON, EXPIRES_ON, (PASS, "ok")),
        (EXPIRES_ON, EXPIRES_ON - DAY, (UNKNOWN, "future_date")),
        (EXPIRES_ON + DAY, EXPIRES_ON - DAY, (FAIL, "expired")),
        (EXPIRES_ON + DAY, EXPIRES_ON + DAY, (FAIL, "expired")),
        (ISSUED_ON - DAY, ISSUED_ON - 2 * DAY, (FAIL, "not_yet_in_force")),
    ],
)
def test_both_ends_of_the_period_are_included(on: date, today: date, expected: tuple[Outcome, str]) -> None:
    assert told(checks.check_in_force(content(), on, today)) == expected


# --- status


@pytest.mark.parametrize("state", ["suspended", "revoked", "superseded", "withdrawn"])
def test_each_stop_is_told_with_its_day(state: str) -> None:
    known = StatusKnown(NOW, changes((date(2027, 3, 9), state)))
    finding = checks.check_status(known, TODAY, today=TODAY, record=None)
    assert told(finding) == (FAIL, state)
    assert "9 มี.ค. 2570" in finding.detail("th")
    assert "9 Mar 2027" in finding.detail("en")


def test_a_history_that_does_not_reach_the_day_answers_nothing() -> None:
    known = StatusKnown(NOW, (StateChange(TODAY, CertificateState.ACTIVE),))
    assert told(checks.check_status(known, TODAY - DAY, today=TODAY, record=None)) == (UNKNOWN, "no_status")


def test_a_certificate_that_was_only_prepared_has_no_status() -> None:
    known = StatusKnown(NOW, (StateChange(ISSUED_ON, CertificateState.PREPARED),))
    assert told(checks.check_status(known, TODAY, today=TODAY, record=None)) == (UNKNOWN, "no_status")


@pytest.mark.parametrize("state", ["suspended", "revoked"])
def test_of_a_day_to_come_only_what_is_final_is_told(state: str) -> None:
    known = StatusKnown(NOW, changes((date(2027, 3, 9), state)))
    finding = checks.check_status(known, TODAY + DAY, today=TODAY, record=None)
    assert told(finding) == ((FAIL, "revoked") if state == "revoked" else (NOT_CHECKED, "future_date"))


def test_what_is_dated_after_today_is_not_told_of_a_day_to_come() -> None:
    known = StatusKnown(NOW, changes((TODAY + 5 * DAY, "revoked")))
    finding = checks.check_status(known, TODAY + 9 * DAY, today=TODAY, record=None)
    assert told(finding) == (NOT_CHECKED, "future_date")


# --- freshness


@pytest.mark.parametrize(
    ("age", "expected", "is_aged"),
    [
        (timedelta(0), (PASS, "ok"), False),
        (timedelta(hours=24), (PASS, "ok"), False),
        (timedelta(hours=24) + SECOND, (PASS, "ok"), True),
        (7 * DAY, (PASS, "ok"), True),
        (7 * DAY + SECOND, (UNKNOWN, "stale"), False),
        (timedelta(minutes=-5), (PASS, "ok"), False),
        (timedelta(minutes=-5) - SECOND, (UNKNOWN, "clock_wrong"), False),
    ],
)
def test_knowledge_ages(age: timedelta, expected: tuple[Outcome, str], is_aged: bool) -> None:
    finding = checks.check_freshness(StatusKnown(NOW - age), NOW)
    assert told(finding) == expected
    assert finding is not None
    assert (finding.wording == "aged") is is_aged


def test_the_register_is_always_fresh_and_nothing_known_has_no_age() -> None:
    assert told(checks.check_freshness(StatusKnown(NOW - 90 * DAY, is_register=True), NOW)) == (PASS, "ok")
    assert checks.check_freshness(None, NOW) is None
