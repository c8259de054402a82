"""Every answer and every reason, judged by a register and by a trust file; nothing but values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mit.credential import qr_text
from mit.lifecycle.signing_key_states import KeyDates
from mit.verify.judge import Question, judge
from mit.verify.presentation import read_digits, read_text
from mit.verify.trust import Trust
from mit.verify.verdict import Answer, Check, Outcome, Verdict
from tests.support import specimens
from tests.support.tampering import other_key_ids, signed_by_another, twin
from tests.support.trusting import (
    EXPIRES_ON,
    NOW,
    SIGNED_AT,
    TODAY,
    changes,
    issue,
    listed,
    offline,
    record,
    register,
    signed_list,
    signer,
    trusted,
)

ISSUED = issue()
TEN = issue(specimens.claims(10, running=777))
SLOT = ISSUED.claims.slot
DIGITS = qr_text.digits_in(ISSUED.made.qr_url)
YESTERDAY = TODAY - timedelta(days=1)
ISSUED_ON = specimens.ISSUED_ON

FORMS = {"qr": ISSUED.made.qr_url, "digits": DIGITS, "credential": ISSUED.made.token, "number": ISSUED.number}


def ask(
    text: str,
    trust: Trust,
    on: date | None = None,
    now: datetime = NOW,
    model: str | None = None,
) -> Verdict:
    return judge(read_text(text), trust, Question(now, on, model))


def outcome(verdict: Verdict, check: Check) -> tuple[Outcome, str]:
    found = verdict.findings[list(Check).index(check)]
    return found.outcome, found.reason


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


# --- signature and key


def test_a_changed_digit_is_never_valid() -> None:
    trust = register(record(ISSUED))
    for at in range(0, len(DIGITS), 7):
        changed = DIGITS[:at] + str((int(DIGITS[at]) + 1) % 10) + DIGITS[at + 1 :]
        verdict = ask(changed, trust)
        assert verdict.answer is not VALID
        assert set(verdict.reasons) <= {"bad_signature", "unknown_key", "unreadable"}
        assert verdict.certificate is None


def test_a_forged_signature_says_so_and_nothing_else() -> None:
    verdict = ask(twin(DIGITS)[1], register(record(ISSUED)))
    assert (verdict.answer, verdict.reasons) == (NOT_VALID, ("bad_signature",))
    assert verdict.certificate is None
    assert [found.outcome for found in verdict.findings[1:]] == [Outcome.NOT_CHECKED] * 7


def test_a_key_that_is_not_known_here_leaves_the_question_open() -> None:
    foreign = issue(by=signer(9))
    for text in (foreign.made.qr_url, foreign.made.token):
        verdict = ask(text, register(record(ISSUED)))
        assert (verdict.answer, verdict.reasons) == (CANNOT_TELL, ("unknown_key",))
        assert verdict.certificate is None


def test_another_key_id_over_the_same_signature_is_never_valid() -> None:
    keys = [trusted(signer()), trusted(signer(2))]
    for _, digits in other_key_ids(DIGITS):
        verdict = ask(digits, register(record(ISSUED), keys=keys))
        assert verdict.answer is not VALID


def test_the_same_serial_with_a_foreign_key_is_a_forgery() -> None:
    _, digits = signed_by_another(DIGITS, signer(9))
    assert ask(digits, register(record(ISSUED))).reasons == ("bad_signature",)


KEY_CASES = [
    ("in use from the issue day", KeyDates(active_from_on=ISSUED_ON), "ok"),
    ("in use from the day after", KeyDates(active_from_on=ISSUED_ON + timedelta(days=1)), "key_not_active"),
    ("only planned", KeyDates(), "key_not_active"),
    (
        "verify-only from the issue day",
        KeyDates(active_from_on=date(2026, 1, 1), verify_only_from_on=ISSUED_ON),
        "key_not_active",
    ),
    (
        "verify-only from the day after",
        KeyDates(active_from_on=date(2026, 1, 1), verify_only_from_on=ISSUED_ON + timedelta(days=1)),
        "ok",
    ),
    (
        "retired since",
        KeyDates(date(2026, 1, 1), date(2026, 12, 1), date(2027, 5, 1)),
        "ok",
    ),
    (
        "compromised before it signed",
        KeyDates(date(2026, 1, 1), compromised_from_at=SIGNED_AT - timedelta(seconds=1)),
        "key_compromised",
    ),
    (
        "compromised at the very instant",
        KeyDates(date(2026, 1, 1), compromised_from_at=SIGNED_AT),
        "key_compromised",
    ),
    (
        "compromised after it signed",
        KeyDates(date(2026, 1, 1), compromised_from_at=SIGNED_AT + timedelta(seconds=1)),
        "ok",
    ),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("name", "dates", "reason"), KEY_CASES, ids=[case[0] for case in KEY_CASES])
def test_the_key_must_have_been_in_use_and_not_compromised(
    name: str, dates: KeyDates, reason: str, form: str
) -> None:
    trust = register(record(ISSUED), keys=[trusted(signer(), dates)])
    verdict = ask(FORMS[form], trust)
    assert verdict.reasons == (() if reason == "ok" else (reason,)), name
    assert verdict.answer is (VALID if reason == "ok" else NOT_VALID)
    assert (verdict.certificate is not None) == (reason == "ok")
    codes = {notice.code for notice in verdict.notices}
    assert ("key_since_compromised" in codes) == (name == "compromised after it signed")


@pytest.mark.parametrize("form", ["qr", "credential"])
def test_a_compromised_key_counts_for_nothing_where_the_instant_of_signing_is_not_known(form: str) -> None:
    dates = KeyDates(date(2026, 1, 1), compromised_from_at=NOW)
    keys = [trusted(signer(), dates)]
    lists = {SLOT.list_number: listed(SLOT.list_number)}
    assert ask(FORMS[form], offline(keys=keys, lists=lists)).reasons == ("key_compromised",)
    assert ask(FORMS[form], offline(record(ISSUED, signed_at=None), keys=keys)).reasons == (
        "key_compromised",
    )
    assert ask(FORMS[form], offline(record(ISSUED), keys=keys)).answer is VALID


def test_what_a_demo_key_signs_is_a_sample() -> None:
    demo = issue(by=signer(3, demo=True))
    trust = register(record(demo), keys=[trusted(signer(3, demo=True))])
    verdict = ask(demo.made.qr_url, trust)
    assert verdict.answer is VALID
    assert [notice.code for notice in verdict.notices] == ["sample"]


# --- the register


def test_a_number_that_the_register_lacks_is_not_valid() -> None:
    verdict = ask(ISSUED.number, register())
    assert (verdict.answer, verdict.reasons) == (NOT_VALID, ("not_found",))
    assert verdict.certificate is None


@pytest.mark.parametrize("form", ["qr", "credential"])
def test_a_good_signature_over_a_number_that_the_register_lacks_is_not_valid(form: str) -> None:
    verdict = ask(FORMS[form], register())
    assert (verdict.answer, verdict.reasons) == (NOT_VALID, ("not_found",))
    assert outcome(verdict, Check.SIGNATURE) == (Outcome.PASS, "ok")
    assert verdict.certificate is None


def test_a_bare_number_offline_proves_nothing_even_where_the_file_has_it() -> None:
    for trust in (offline(), offline(record(ISSUED))):
        verdict = ask(ISSUED.number, trust)
        assert (verdict.answer, verdict.reasons) == (CANNOT_TELL, ("unreachable",))
        assert verdict.certificate is None


@pytest.mark.parametrize("make", [register, offline])
@pytest.mark.parametrize("form", ["qr", "credential"])
def test_genuine_content_under_another_hash_than_the_registers_is_altered(make: Any, form: str) -> None:
    odd = replace(record(ISSUED), credential_sha256="0" * 64)
    verdict = ask(FORMS[form], make(odd))
    assert (verdict.answer, verdict.reasons) == (NOT_VALID, ("altered",))
    assert verdict.certificate is None


def test_a_second_certificate_of_the_same_number_is_altered() -> None:
    twin_of = issue(
        replace(specimens.claims(), holder=replace(specimens.claims().holder, name_th="บริษัท อื่น จำกัด"))
    )
    for text in (twin_of.made.qr_url, twin_of.made.token):
        assert ask(text, register(record(ISSUED))).reasons == ("altered",)


def test_the_registers_own_credential_must_be_signed() -> None:
    head, payload, signature = ISSUED.made.token.split(".")
    swapped = ("B" if signature[5] != "B" else "C").join([signature[:5], signature[6:]])
    verdict = ask(ISSUED.number, register(replace(record(ISSUED), credential=f"{head}.{payload}.{swapped}")))
    assert (verdict.answer, verdict.reasons) == (NOT_VALID, ("bad_signature",))


def test_the_registers_own_credential_must_be_the_one_of_that_number() -> None:
    wrong = replace(record(TEN), number=ISSUED.number)
    for trust in (register(wrong), register(wrong, record(TEN))):
        verdict = ask(ISSUED.number, trust)
        assert verdict.answer is NOT_VALID
        assert set(verdict.reasons) <= {"altered", "not_found"}


def test_a_register_row_without_a_credential_vouches_for_nothing() -> None:
    verdict = ask(ISSUED.number, register(replace(record(ISSUED), credential=None)))
    assert (verdict.answer, verdict.reasons) == (CANNOT_TELL, ("unreadable",))


def test_superseding_names_the_certificate_that_took_its_place() -> None:
    old = replace(
        record(ISSUED, history=changes((SUSPENDED_ON, "superseded"))),
        superseded_by=TEN.number,
        supersedes="MIT-2568-0000001-X",
    )
    verdict = ask(ISSUED.number, register(old))
    assert verdict.reasons == ("superseded",)
    assert TEN.number in verdict.findings[4].detail("th")
    assert verdict.certificate is not None
    assert verdict.certificate.superseded_by == TEN.number
    assert verdict.certificate.supersedes == "MIT-2568-0000001-X"


# --- what is shown


def test_a_number_with_a_wrong_check_character_is_unreadable_with_a_hint() -> None:
    wrong = ISSUED.number[:-1] + ("A" if ISSUED.number[-1] != "A" else "B")
    verdict = ask(wrong, register(record(ISSUED)))
    assert (verdict.answer, verdict.reasons) == (CANNOT_TELL, ("unreadable",))
    assert wrong in verdict.findings[0].detail("th")
    assert wrong in verdict.findings[0].detail("en")


@pytest.mark.parametrize(
    "text", ["", " ", "x", "123", "0" * 300, "9" * 1_300, "/v/12ab", "…", "a.b.c", "\ud800"]
)
def test_what_cannot_be_read_gets_a_verdict_all_the_same(text: str) -> None:
    verdict = ask(text, register(record(ISSUED)))
    assert (verdict.answer, verdict.reasons) == (CANNOT_TELL, ("unreadable",))
    assert verdict.to_document()["certificate"] is None


def test_the_digits_of_a_qr_are_never_taken_for_a_typed_number() -> None:
    twelve = "256900123458"
    assert judge(read_digits(twelve), register(record(ISSUED)), Question(NOW)).reasons == ("unreadable",)


def test_the_certificate_shows_what_the_form_carries() -> None:
    full = ask(TEN.made.token, register(record(TEN))).certificate
    short = ask(TEN.made.qr_url, register(record(TEN))).certificate
    assert full is not None
    assert short is not None
    assert len(full.products) == 10
    assert full.name_en == "Siam Transformer PCL."
    assert short.products == ()
    assert (short.product_count, short.name_en) == (10, None)
    one = ask(DIGITS, register(record(ISSUED))).certificate
    assert one is not None
    assert one.products[0]["models"] == ["ST-0001/22kV"]
    assert set(one.products[0]) == {"product_th", "product_en", "brand", "models", "hs_code", "ranges"}


@pytest.mark.parametrize(
    ("text", "model", "expected"),
    [
        (ISSUED.made.token, "ST-0001/22kV", (Outcome.PASS, "ok")),
        (ISSUED.made.token, "st-0001/22KV ", (Outcome.PASS, "ok")),
        (ISSUED.made.qr_url, "ST-0001/22kV", (Outcome.PASS, "ok")),
        (ISSUED.number, "ST-0002/22kV", (Outcome.FAIL, "other_model")),
        (ISSUED.made.qr_url, "ST-0002/22kV", (Outcome.FAIL, "other_model")),
    ],
    ids=["credential", "other spelling", "qr", "number, other model", "qr, other model"],
)
def test_coverage_is_checked_where_a_model_is_asked_about(
    text: str, model: str, expected: tuple[Outcome, str]
) -> None:
    verdict = ask(text, register(record(ISSUED)), model=model)
    assert outcome(verdict, Check.COVERAGE) == expected
    assert verdict.answer is (VALID if expected[0] is Outcome.PASS else NOT_VALID)


def test_a_qr_that_only_counts_its_products_cannot_tell_about_a_model() -> None:
    verdict = ask(TEN.made.qr_url, register(record(TEN)), model="ST-0001/22kV")
    assert (verdict.answer, verdict.reasons) == (CANNOT_TELL, ("not_listed",))


def test_a_status_list_is_not_a_certificate() -> None:
    verdict = ask(signed_list("revocation", SLOT.list_number, []), register(record(ISSUED)))
    assert (verdict.answer, verdict.reasons) == (CANNOT_TELL, ("unreadable",))
