"""What is worked out once for many certificates is what each would be told alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mit.lifecycle.signing_key_states import KeyDates
from mit.verify import alike, opening
from mit.verify.alike import Alike
from mit.verify.judge import judge_opened
from mit.verify.opening import Opened
from mit.verify.presentation import ShownCredential, ShownQr, read_text
from mit.verify.question import Question
from mit.verify.trust import Record, Trust, TrustedKey
from mit.verify.verdict import Verdict
from tests.support import specimens
from tests.support.trusting import (
    NOW,
    SIGNED_AT,
    TODAY,
    Issued,
    changes,
    issue,
    record,
    register,
    signer,
    trusted,
)

SIX = [issue(specimens.claims(1 + at % 3, running=100 + at)) for at in range(6)]
DAY = timedelta(days=1)
HISTORIES = {
    "never changed": changes(),
    "suspended": changes((TODAY - 9 * DAY, "suspended")),
    "back in force": changes((TODAY - 9 * DAY, "suspended"), (TODAY - 4 * DAY, "active")),
    "revoked": changes((TODAY - 3 * DAY, "revoked")),
    "superseded": changes((TODAY - 3 * DAY, "superseded")),
}
DAYS = [None, TODAY - 5 * DAY, specimens.ISSUED_ON, specimens.ISSUED_ON - DAY, TODAY + DAY, date(2031, 1, 1)]
KEYS = {
    "in use": KeyDates(active_from_on=date(2026, 1, 1)),
    "not yet": KeyDates(active_from_on=date(2027, 1, 1)),
    "retired": KeyDates(date(2026, 1, 1), date(2026, 6, 1), date(2026, 9, 1)),
    "stolen later": KeyDates(date(2026, 1, 1), compromised_from_at=SIGNED_AT + DAY),
    "stolen before": KeyDates(date(2026, 1, 1), compromised_from_at=SIGNED_AT - DAY),
}


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    opening.forget_opened()
    yield
    opening.forget_opened()


def opened(of: Issued, trust: Trust, *, as_qr: bool = True) -> Opened:
    shown = read_text(of.made.qr_url if as_qr else of.made.token)
    if isinstance(shown, ShownQr):
        return opening.open_qr(shown, trust)
    assert isinstance(shown, ShownCredential)
    return opening.open_credential(shown, trust)


def both(trust: Trust, question: Question, *, as_qr: bool = True) -> list[Verdict]:
    """Judge six certificates twice over, together and alone, which must come to the same."""
    together = Alike(trust)
    told = []
    for one in (*SIX, *SIX):
        found = opened(one, trust, as_qr=as_qr)
        judged = together.judge(found, question)
        told.append(judged.verdict)
        assert told[-1] == judge_opened(found, trust, question)
        shown = told[-1].certificate
        assert judged.reference == (
            shown and (shown.number, shown.status, shown.supersedes, shown.superseded_by)
        )
        assert told[-1].certificate is None or told[-1].certificate.number == one.number
    return told


def shelf(history: str = "never changed", dates: KeyDates = KEYS["in use"], **more: Any) -> Trust:
    """Return a register with the six, all of the same past."""
    rows: list[Record] = [replace(record(one), history=HISTORIES[history], credential=None) for one in SIX]
    trust = register(*(replace(row, **more) for row in rows))
    return replace(trust, keys={1: TrustedKey(signer().public_key, dates)})


@pytest.mark.parametrize("as_qr", [True, False], ids=["qr", "credential"])
@pytest.mark.parametrize("history", HISTORIES)
def test_each_is_told_what_it_would_be_told_alone(history: str, *, as_qr: bool) -> None:
    trust = shelf(history)
    reasons = {one.leading_reason for on in DAYS for one in both(trust, Question(NOW, on), as_qr=as_qr)}
    assert {"ok", "not_yet_in_force"} <= reasons
    assert len(reasons) >= 3


@pytest.mark.parametrize("dates", KEYS)
def test_whatever_became_of_the_key(dates: str) -> None:
    both(shelf(dates=KEYS[dates]), Question(NOW))
    both(shelf("revoked", KEYS[dates]), Question(NOW, TODAY))


@pytest.mark.parametrize(
    "more",
    [
        {"credential_sha256": "0" * 64},
        {"kid": 2},
        {"superseded_by": "MIT-2569-0000009-9"},
        {"supersedes": "MIT-2569-0000008-8"},
        {"signed_at": None},
        {"pdf_sha256": "1" * 64},
    ],
    ids=lambda more: next(iter(more)),
)
def test_whatever_the_register_says_beside(more: dict[str, Any]) -> None:
    for history in HISTORIES:
        both(shelf(history, **more), Question(NOW))


def test_a_model_and_a_number_that_nobody_has_are_looked_at_one_by_one() -> None:
    both(shelf(), Question(NOW, None, "TD-100"))
    both(replace(shelf(), records={}), Question(NOW))
    both(replace(shelf(), keys={2: trusted(signer(2))}), Question(NOW))


def test_each_shows_its_own_past_and_its_own_products() -> None:
    rows = [replace(record(one), credential=None) for one in SIX]
    pasts = (*HISTORIES.values(), changes())
    mixed = [replace(row, history=past) for row, past in zip(rows, pasts, strict=True)]
    told = both(register(*mixed), Question(NOW))
    assert [one.answer.value == "VALID" for one in told[:6]] == [True, False, True, False, False, True]
    assert [one.certificate and one.certificate.history for one in told[:6]] == [row.history for row in mixed]
    assert len({one.certificate.number for one in told if one.certificate}) == 6


def test_the_same_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Opened] = []

    def count(one: Opened, trust: Trust, question: Question) -> Verdict:
        asked.append(one)
        return judge_opened(one, trust, question)

    monkeypatch.setattr(alike, "judge_opened", count)
    both(shelf(), Question(NOW))
    both(shelf("suspended"), Question(datetime(2027, 5, 21, tzinfo=UTC)))
    assert len(asked) == 2
