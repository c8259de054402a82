"""What the public will read is said beforehand: the foreseen answer is the one that is given afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from mit.errors import ConflictError, IllegalMoveError, InputError, MitError, NotFoundError
from mit.issuance.certificate_case import Why
from mit.issuance.foresee import foresee
from mit.lifecycle.certificate_states import CertificateAction
from mit.values.thai_date import bangkok_day
from mit.verify.scan import verify_number
from mit.verify.verdict import Verdict
from tests.support.desk import Desk
from tests.support.officers import NOTE, REASON, changed, suspended, why
from tests.support.world import untouched

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

A = CertificateAction
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Story:
    """What became of a certificate, day by day, and what is foreseen on top of it."""

    change: CertificateAction
    before: tuple[CertificateAction, ...] = ()
    reason: str = ""
    back_days: int | None = None
    expected: tuple[str, ...] = ()


STORIES = [
    Story(A.SUSPEND, expected=("suspended",)),
    Story(A.SUSPEND, reason="mark_misused", expected=("suspended",)),
    Story(A.SUSPEND, before=(A.SUSPEND, A.REINSTATE), expected=("suspended",)),
    Story(A.REVOKE, expected=("revoked",)),
    Story(A.REVOKE, reason="key_compromised", back_days=2, expected=("revoked",)),
    Story(A.REVOKE, before=(A.SUSPEND,), back_days=3, expected=("revoked",)),
    Story(A.REINSTATE, before=(A.SUSPEND,)),
    Story(A.REINSTATE, before=(A.SUSPEND,), reason="suspended_in_error"),
    Story(A.WITHDRAW, expected=("withdrawn",)),
    Story(A.WITHDRAW, before=(A.SUSPEND,), reason="holder_ceased", expected=("withdrawn",)),
]


def test_what_is_foreseen_is_what_is_read_afterwards(desk: Desk) -> None:
    for story in STORIES:
        number = desk.active()
        for earlier in story.before:
            desk.now += DAY
            changed(desk, number, earlier)
        desk.now += 3 * DAY
        on = None if story.back_days is None else bangkok_day(desk.now) - story.back_days * DAY
        given = Why(story.reason or REASON[story.change], NOTE, on)
        with untouched():
            foreseen = foresee(number, story.change, given, now=desk.now)
        assert foreseen.reasons == story.expected, story
        if not story.reason:  # the verbs of these tests give the usual reason
            changed(desk, number, story.change, on)
            after = verify_number(number, now=desk.now)
            assert told(foreseen) == told(after), story


def told(verdict: Verdict) -> tuple[object, ...]:
    """Return everything that a verdict says."""
    findings = [(f.check, f.outcome, f.detail("th"), f.detail("en")) for f in verdict.findings]
    return verdict.answer, verdict.reasons, verdict.notices, findings, verdict.certificate


def test_the_public_reason_stands_in_the_foreseen_answer_and_the_words_for_staff_do_not(desk: Desk) -> None:
    number = desk.active()
    words = {"th": "ข้อมูลที่ใช้ขอรับรองไม่ถูกต้อง", "en": "the information given for it was wrong"}
    foreseen = foresee(number, A.REVOKE, why(A.REVOKE), now=desk.now)
    said = [finding.detail("th") + finding.detail("en") for finding in foreseen.findings]
    for sentence in words.values():
        assert any(sentence in text for text in said)
    assert not any(NOTE in text for text in said)


def test_what_cannot_be_done_is_not_foreseen(desk: Desk) -> None:
    number = desk.active()
    today = bangkok_day(desk.now)

    def refused(action: CertificateAction, given: Why, *, later: timedelta = timedelta(0)) -> MitError:
        with untouched(), pytest.raises(MitError) as caught:
            foresee(number, action, given, now=desk.now + later)
        return caught.value

    assert isinstance(refused(A.REINSTATE, why(A.REINSTATE)), IllegalMoveError)
    for on in (today - DAY, today + DAY, date(1990, 1, 1)):
        error = refused(A.REVOKE, why(A.REVOKE, on))
        assert (type(error), error.code) == (InputError, "effect_day")
    assert refused(A.REVOKE, Why("", NOTE)).code == "status_reason_missing"
    assert refused(A.REVOKE, Why("wrong_information", "")).code == "explanation_missing"
    error = refused(A.SUSPEND, why(A.SUSPEND), later=366 * DAY)
    assert (type(error), error.code) == (ConflictError, "certificate_expired")
    suspended(desk, number)
    assert isinstance(refused(A.SUSPEND, why(A.SUSPEND)), IllegalMoveError)
    with pytest.raises(NotFoundError):
        foresee("MIT-2569-0000099-X", A.REVOKE, why(A.REVOKE), now=desk.now)
