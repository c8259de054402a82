"""Every answer and every reason, judged by a register and by a trust file; nothing but values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from mit.credential import qr_text
from mit.lifecycle.signing_key_states import KeyDates
from mit.verify import opening
from mit.verify.judge import Question, judge
from mit.verify.presentation import read_digits
from mit.verify.verdict import Answer, Check, Outcome
from tests.support import specimens
from tests.support.tampering import other_key_ids, signed_by_another, twin
from tests.support.trusting import (
    NOW,
    SIGNED_AT,
    TODAY,
    ask,
    changes,
    issue,
    listed,
    offline,
    outcome,
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


VALID, NOT_VALID, CANNOT_TELL = Answer.VALID, Answer.NOT_VALID, Answer.CANNOT_TELL
SUSPENDED_ON = date(2027, 2, 1)


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
    full = ask(TEN.made.token, offline(record(TEN))).certificate
    short = ask(TEN.made.qr_url, offline(replace(record(TEN), credential=None))).certificate
    assert full is not None
    assert short is not None
    assert len(full.products) == 10
    assert full.name_en == "Siam Transformer PCL."
    assert short.products == ()
    assert (short.product_count, short.name_en) == (10, None)
    one = ask(DIGITS, offline(replace(record(ISSUED), credential=None))).certificate
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


def test_where_the_register_has_the_credential_a_qr_shows_it_in_full() -> None:
    by_qr = ask(TEN.made.qr_url, register(record(TEN)))
    by_credential = ask(TEN.made.token, register(record(TEN)))
    assert by_qr.certificate == by_credential.certificate
    assert by_qr.findings == by_credential.findings
    assert ask(TEN.made.qr_url, register(record(TEN)), model="ST-0007/22kV").answer is VALID


@pytest.mark.parametrize(
    "credential", ["", "a.b.c", ISSUED.made.token, "é"], ids=["none", "no token", "another", "no ASCII"]
)
def test_a_credential_that_the_qr_does_not_name_is_never_shown_for_it(credential: str) -> None:
    opening.forget_opened()
    verdict = ask(TEN.made.qr_url, register(replace(record(TEN), credential=credential)))
    assert verdict.answer is VALID
    assert verdict.certificate is not None
    assert (verdict.certificate.number, verdict.certificate.products) == (TEN.number, ())


def test_a_qr_that_only_counts_its_products_cannot_tell_about_a_model() -> None:
    trust = offline(replace(record(TEN), credential=None))
    verdict = ask(TEN.made.qr_url, trust, model="ST-0001/22kV")
    assert (verdict.answer, verdict.reasons) == (CANNOT_TELL, ("not_listed",))


def test_a_status_list_is_not_a_certificate() -> None:
    verdict = ask(signed_list("revocation", SLOT.list_number, []), register(record(ISSUED)))
    assert (verdict.answer, verdict.reasons) == (CANNOT_TELL, ("unreadable",))
