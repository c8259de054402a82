"""The status on every day: the register, trust files of any age, and bits alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mit.credential import qr_text
from mit.verify.judge import Question
from mit.verify.trust import ListedStatus
from mit.verify.verdict import Answer, Check, Outcome
from tests.support import specimens
from tests.support.trusting import (
    EXPIRES_ON,
    NOW,
    TODAY,
    ask,
    bits,
    changes,
    issue,
    listed,
    offline,
    outcome,
    record,
    register,
)

ISSUED = issue()
SLOT = ISSUED.claims.slot
DIGITS = qr_text.digits_in(ISSUED.made.qr_url)
YESTERDAY = TODAY - timedelta(days=1)
ISSUED_ON = specimens.ISSUED_ON

FORMS = {"qr": ISSUED.made.qr_url, "digits": DIGITS, "credential": ISSUED.made.token, "number": ISSUED.number}


@dataclass(frozen=True)
class Case:
    """One situation: what the register knows, which day is asked, and what must be answered."""

    name: str
    answer: Answer
    reasons: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    history: tuple[Any, ...] = field(default_factory=changes)
    on: date | None = None
    now: datetime = NOW
    status: str | None = "active"


VALID, NOT_VALID, CANNOT_TELL = Answer.VALID, Answer.NOT_VALID, Answer.CANNOT_TELL
SUSPENDED_ON, BACK_ON = date(2027, 2, 1), date(2027, 3, 1)
REVOKED = changes((date(2027, 4, 1), "revoked"))
AFTER_EXPIRY = datetime(2027, 12, 1, tzinfo=UTC)

STATUS_CASES = [
    Case("today", VALID),
    Case("on the issue day", VALID, on=ISSUED_ON),
    Case("on the last day", CANNOT_TELL, ("future_date",), on=EXPIRES_ON, status=None),
    Case(
        "on the last day, when it has come",
        VALID,
        on=EXPIRES_ON,
        now=datetime(2027, 11, 20, 16, 59, tzinfo=UTC),
    ),
    Case(
        "the eve of the issue day",
        NOT_VALID,
        ("not_yet_in_force",),
        on=ISSUED_ON - timedelta(days=1),
        status=None,
    ),
    Case("after the last day", NOT_VALID, ("expired",), now=AFTER_EXPIRY, status="expired"),
    Case("tomorrow", CANNOT_TELL, ("future_date",), on=TODAY + timedelta(days=1), status=None),
    Case(
        "in the future after the expiry",
        NOT_VALID,
        ("expired",),
        on=EXPIRES_ON + timedelta(days=1),
        status="expired",
    ),
    Case(
        "suspended now",
        NOT_VALID,
        ("suspended",),
        history=changes((SUSPENDED_ON, "suspended")),
        status="suspended",
    ),
    Case(
        "suspended on that very day",
        NOT_VALID,
        ("suspended",),
        history=changes((SUSPENDED_ON, "suspended"), (BACK_ON, "active")),
        on=SUSPENDED_ON,
        status="suspended",
    ),
    Case(
        "on the eve of being reinstated",
        NOT_VALID,
        ("suspended",),
        history=changes((SUSPENDED_ON, "suspended"), (BACK_ON, "active")),
        on=BACK_ON - timedelta(days=1),
        status="suspended",
    ),
    Case(
        "on the day it was reinstated",
        VALID,
        history=changes((SUSPENDED_ON, "suspended"), (BACK_ON, "active")),
        on=BACK_ON,
    ),
    Case(
        "the eve of a suspension that lasts",
        VALID,
        notices=("later_suspended",),
        history=changes((SUSPENDED_ON, "suspended")),
        on=SUSPENDED_ON - timedelta(days=1),
    ),
    Case("revoked", NOT_VALID, ("revoked",), history=REVOKED, status="revoked"),
    Case(
        "revoked on that very day",
        NOT_VALID,
        ("revoked",),
        history=REVOKED,
        on=date(2027, 4, 1),
        status="revoked",
    ),
    Case("the eve of the revocation", VALID, (), ("later_revoked",), history=REVOKED, on=date(2027, 3, 31)),
    Case(
        "revoked, asked for tomorrow",
        NOT_VALID,
        ("future_date", "revoked"),
        history=REVOKED,
        on=TODAY + timedelta(days=1),
        status="revoked",
    ),
    Case(
        "suspended, asked for tomorrow",
        CANNOT_TELL,
        ("future_date",),
        history=changes((SUSPENDED_ON, "suspended")),
        on=TODAY + timedelta(days=1),
        status=None,
    ),
    Case(
        "superseded",
        NOT_VALID,
        ("superseded",),
        history=changes((SUSPENDED_ON, "superseded")),
        status="superseded",
    ),
    Case(
        "before it was superseded",
        VALID,
        (),
        ("later_superseded",),
        history=changes((SUSPENDED_ON, "superseded")),
        on=ISSUED_ON,
    ),
    Case(
        "withdrawn",
        NOT_VALID,
        ("withdrawn",),
        history=changes((SUSPENDED_ON, "withdrawn")),
        status="withdrawn",
    ),
    Case(
        "before it was withdrawn",
        VALID,
        (),
        ("later_withdrawn",),
        history=changes((SUSPENDED_ON, "withdrawn")),
        on=ISSUED_ON,
    ),
    Case(
        "revoked, then past its last day",
        NOT_VALID,
        ("expired", "revoked"),
        history=REVOKED,
        now=AFTER_EXPIRY,
        status="revoked",
    ),
    Case(
        "the last day, asked after the expiry",
        VALID,
        (),
        ("since_expired",),
        on=EXPIRES_ON,
        now=AFTER_EXPIRY,
    ),
    Case(
        "a day within, asked after the expiry", VALID, (), ("since_expired",), on=YESTERDAY, now=AFTER_EXPIRY
    ),
    Case(
        "suspended, then past its last day",
        NOT_VALID,
        ("expired", "suspended"),
        history=changes((SUSPENDED_ON, "suspended")),
        now=AFTER_EXPIRY,
        status="expired",
    ),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", STATUS_CASES, ids=lambda case: case.name)
def test_the_register_answers_for_every_day(case: Case, form: str) -> None:
    trust = register(record(ISSUED, history=case.history), known_at=case.now)
    verdict = ask(FORMS[form], trust, case.on, case.now)
    assert (verdict.answer, verdict.reasons) == (case.answer, case.reasons)
    assert tuple(notice.code for notice in verdict.notices) == case.notices
    assert verdict.certificate is not None
    assert verdict.certificate.status == case.status
    assert verdict.as_of == (case.on or Question(case.now).today)
    assert verdict.known_at == case.now


@pytest.mark.parametrize("case", STATUS_CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("form", ["qr", "credential"])
def test_a_fresh_trust_file_with_the_history_answers_as_the_register_does(case: Case, form: str) -> None:
    of_record = offline(record(ISSUED, history=case.history), known_at=case.now)
    slots = {SLOT.index: case.history} if len(case.history) > 1 else {}
    now_state = case.history[-1].state
    of_list = offline(
        known_at=case.now,
        lists={
            SLOT.list_number: listed(
                SLOT.list_number,
                revoked=[SLOT.index] if now_state in {"revoked", "superseded", "withdrawn"} else [],
                suspended=[SLOT.index] if now_state == "suspended" else [],
                at=case.now,
                history=slots,
            )
        },
    )
    for trust in (of_record, of_list):
        verdict = ask(FORMS[form], trust, case.on, case.now)
        assert verdict.answer is case.answer
        if trust is of_record or now_state not in {"superseded", "withdrawn"}:
            assert verdict.reasons == case.reasons


# --- how old what is known may be


@pytest.mark.parametrize(
    ("age", "answer", "reasons", "notices"),
    [
        (timedelta(0), VALID, (), ()),
        (timedelta(hours=24), VALID, (), ()),
        (timedelta(hours=24, seconds=1), VALID, (), ("stale",)),
        (timedelta(days=7), VALID, (), ("stale",)),
        (timedelta(days=7, seconds=1), CANNOT_TELL, ("stale",), ()),
        (timedelta(days=40), CANNOT_TELL, ("stale",), ()),
        (timedelta(minutes=-5), VALID, (), ()),
        (timedelta(minutes=-6), CANNOT_TELL, ("clock_wrong",), ()),
    ],
)
@pytest.mark.parametrize("kind", ["record", "list"])
def test_the_age_of_offline_knowledge_counts_from_its_signed_instant(
    age: timedelta, answer: Answer, reasons: tuple[str, ...], notices: tuple[str, ...], kind: str
) -> None:
    known_at = NOW - age
    if kind == "record":
        trust = offline(record(ISSUED), known_at=known_at)
    else:
        trust = offline(known_at=known_at, lists={SLOT.list_number: listed(SLOT.list_number, at=known_at)})
    verdict = ask(DIGITS, trust)
    assert (verdict.answer, verdict.reasons) == (answer, reasons)
    assert tuple(notice.code for notice in verdict.notices) == notices
    assert verdict.known_at == known_at


def test_the_register_itself_is_never_stale() -> None:
    verdict = ask(DIGITS, register(record(ISSUED)))
    assert outcome(verdict, Check.FRESHNESS) == (Outcome.PASS, "ok")
    assert verdict.known_at == NOW


def test_a_stale_file_still_tells_a_revocation() -> None:
    trust = offline(record(ISSUED, history=REVOKED), known_at=NOW - timedelta(days=30))
    verdict = ask(DIGITS, trust)
    assert verdict.answer is NOT_VALID
    assert verdict.reasons == ("revoked", "stale")


def test_without_any_status_nothing_can_be_told() -> None:
    verdict = ask(DIGITS, offline())
    assert (verdict.answer, verdict.reasons) == (CANNOT_TELL, ("no_status",))
    assert verdict.certificate is not None
    assert verdict.certificate.status is None
    assert outcome(verdict, Check.INTEGRITY) == (Outcome.NOT_CHECKED, "no_record")


# --- bits alone


@pytest.mark.parametrize(
    ("set_bits", "on", "answer", "reasons"),
    [
        ({}, None, VALID, ()),
        ({"revoked": [SLOT.index]}, None, NOT_VALID, ("revoked",)),
        ({"suspended": [SLOT.index]}, None, NOT_VALID, ("suspended",)),
        (
            {"revoked": [(SLOT.index + 1) % 131_072], "suspended": [(SLOT.index + 2) % 131_072]},
            None,
            VALID,
            (),
        ),
        ({}, YESTERDAY, CANNOT_TELL, ("no_status",)),
        ({"revoked": [SLOT.index]}, YESTERDAY, CANNOT_TELL, ("no_status",)),
        ({"suspended": [SLOT.index]}, YESTERDAY, CANNOT_TELL, ("no_status",)),
        ({"revoked": [SLOT.index]}, TODAY + timedelta(days=1), NOT_VALID, ("future_date", "revoked")),
        ({"suspended": [SLOT.index]}, TODAY + timedelta(days=1), CANNOT_TELL, ("future_date",)),
        ({}, TODAY + timedelta(days=1), CANNOT_TELL, ("future_date",)),
    ],
)
def test_bits_answer_for_their_own_day_only(
    set_bits: dict[str, list[int]], on: date | None, answer: Answer, reasons: tuple[str, ...]
) -> None:
    trust = offline(lists={SLOT.list_number: listed(SLOT.list_number, **set_bits)})  # type: ignore[arg-type]
    verdict = ask(DIGITS, trust, on)
    assert (verdict.answer, verdict.reasons) == (answer, reasons)


def test_bits_of_yesterday_evening_answer_for_this_morning() -> None:
    made_at = datetime(2027, 5, 19, 14, 0, tzinfo=UTC)
    trust = offline(lists={SLOT.list_number: listed(SLOT.list_number, at=made_at)})
    assert ask(DIGITS, trust).answer is VALID


def test_of_two_lists_the_older_instant_is_what_is_known() -> None:
    fresh, old = NOW, NOW - timedelta(days=3)
    for first, second in ((fresh, old), (old, fresh)):
        pair = ListedStatus(
            bits("revocation", SLOT.list_number, [], at=first),
            bits("suspension", SLOT.list_number, [], at=second),
        )
        verdict = ask(DIGITS, offline(lists={SLOT.list_number: pair}))
        assert verdict.known_at == old
        assert [notice.code for notice in verdict.notices] == ["stale"]


def test_a_history_older_than_the_bits_is_not_used_for_earlier_days() -> None:
    lists = {
        SLOT.list_number: listed(
            SLOT.list_number,
            revoked=[SLOT.index],
            history={},
            history_at=NOW - timedelta(hours=2),
        )
    }
    verdict = ask(DIGITS, offline(lists=lists), YESTERDAY)
    assert (verdict.answer, verdict.reasons) == (CANNOT_TELL, ("no_status",))


def test_bits_win_over_a_history_that_does_not_know_of_them() -> None:
    lists = {SLOT.list_number: listed(SLOT.list_number, revoked=[SLOT.index], history={})}
    assert ask(DIGITS, offline(lists=lists)).reasons == ("revoked",)


def test_the_newer_of_record_and_list_counts() -> None:
    lists = {SLOT.list_number: listed(SLOT.list_number, revoked=[SLOT.index], at=NOW)}
    trust = offline(record(ISSUED), known_at=NOW - timedelta(hours=3), lists=lists)
    assert ask(DIGITS, trust).reasons == ("revoked",)
