"""The tamper matrix through the whole verifier: no variant is ever VALID, and none gets past as an error."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from mit.credential import jose, qr_text, vc
from mit.lifecycle.signing_key_states import KeyDates
from mit.verify import opening
from mit.verify.judge import Question, judge
from mit.verify.presentation import ShownCredential, read_digits, read_text
from mit.verify.trust import Trust, TrustedKey
from mit.verify.verdict import Answer
from tests.support import specimens
from tests.support.tampering import qr_variants, token_variants
from tests.support.trusting import (
    NOW,
    SIGNED_AT,
    Issued,
    issue,
    listed,
    offline,
    record,
    register,
    signer,
    trusted,
)

ISSUED_ON = specimens.ISSUED_ON
TWENTY = [Issued(one.claims, one.made, signer()) for one in specimens.twenty_certificates(signer())]
LINES, COUNTED, PERSON = TWENTY[0], TWENTY[8], TWENTY[3]
BEFORE_ANYTHING = KeyDates(date(2026, 1, 1))
UNREAD = {"bad_signature", "unknown_key", "unreadable"}


def trusts(issued: Issued, dates: KeyDates = BEFORE_ANYTHING) -> list[Trust]:
    """Return every kind of knowledge: the register, a trust file, lists alone; two keys are known."""
    keys: list[TrustedKey] = [trusted(signer(), dates), trusted(signer(2), dates)]
    slot = issued.claims.slot
    return [
        register(record(issued), keys=keys),
        offline(record(issued), keys=keys),
        offline(keys=keys, lists={slot.list_number: listed(slot.list_number)}),
    ]


@pytest.mark.parametrize("issued", [LINES, COUNTED, PERSON], ids=["lines", "count", "natural person"])
def test_no_changed_qr_is_valid(issued: Issued) -> None:
    digits = qr_text.digits_in(issued.made.qr_url)
    first, *others = trusts(issued)
    assert judge(read_digits(digits), first, Question(NOW)).answer is Answer.VALID
    seen: Counter[str] = Counter()
    for at, (kind, variant) in enumerate(qr_variants(digits, foreign=signer(9))):
        trust = first if at % 3 else others[at % 2]
        verdict = judge(read_digits(variant), trust, Question(NOW))
        assert verdict.answer is not Answer.VALID, (kind, variant)
        assert set(verdict.reasons) <= UNREAD
        assert verdict.certificate is None
        seen.update(verdict.reasons)
    assert set(seen) == UNREAD
    assert sum(seen.values()) > 7_000


def test_no_changed_credential_is_valid() -> None:
    token = LINES.made.token
    trust = trusts(LINES)[0]
    assert judge(read_text(token), trust, Question(NOW)).answer is Answer.VALID
    count = 0
    for kind, variant in token_variants(token):
        if variant.strip() == token:
            continue  # white space around a text is not part of it
        verdict = judge(read_text(variant), trust, Question(NOW))
        assert verdict.answer is not Answer.VALID, kind
        assert verdict.certificate is None
        count += 1
    assert count > 2_000


OUTSIDE = {
    "planned": KeyDates(),
    "in use from the next day": KeyDates(ISSUED_ON + timedelta(days=1)),
    "verify-only since that day": KeyDates(date(2026, 1, 1), verify_only_from_on=ISSUED_ON),
    "retired before": KeyDates(date(2025, 1, 1), date(2026, 1, 1), date(2026, 6, 1)),
    "compromised before": KeyDates(date(2026, 1, 1), compromised_from_at=SIGNED_AT - timedelta(days=9)),
    "compromised at that instant": KeyDates(date(2026, 1, 1), compromised_from_at=SIGNED_AT),
}


@pytest.mark.parametrize("dates", OUTSIDE.values(), ids=OUTSIDE)
def test_no_certificate_of_a_key_outside_its_span_is_valid(dates: KeyDates) -> None:
    for issued in TWENTY:
        for trust in trusts(issued, dates):
            for text in (issued.made.qr_url, issued.made.token):
                verdict = judge(read_text(text), trust, Question(NOW))
                assert verdict.answer is Answer.NOT_VALID
                assert verdict.reasons in {("key_not_active",), ("key_compromised",)}


def test_all_twenty_are_valid_where_nothing_was_changed() -> None:
    """The control: the same verifier says VALID when it should."""
    for issued in TWENTY:
        for trust in trusts(issued):
            for text in (issued.made.qr_url, issued.made.token):
                assert judge(read_text(text), trust, Question(NOW)).answer is Answer.VALID


def test_certificates_do_not_vouch_for_each_other() -> None:
    """One QR's number with another's record is altered, in every combination."""
    for one in TWENTY[:6]:
        for other in TWENTY[:6]:
            if one is other:
                continue
            wrong = register(replace(record(other), number=one.number))
            assert judge(read_text(one.made.qr_url), wrong, Question(NOW)).reasons == ("altered",)


@pytest.mark.parametrize("kid", [2, 3])
def test_the_same_claims_under_another_key_are_not_the_registered_certificate(kid: int) -> None:
    again = issue(LINES.claims, by=signer(kid))
    keys = [trusted(signer()), trusted(signer(kid))]
    for text in (again.made.qr_url, again.made.token):
        verdict = judge(read_text(text), register(record(LINES), keys=keys), Question(NOW))
        assert verdict.reasons == ("altered",)


def test_our_own_credential_is_read_as_any_other_and_forgeries_of_it_are_left_to_the_strict_way() -> None:
    key = trusted(signer())
    trust = register(keys=[key])
    for issued in TWENTY:
        token = issued.made.token
        shown = read_text(token)
        assert isinstance(shown, ShownCredential)
        opening.forget_opened()
        strict = opening.open_credential(shown, trust)
        opening.forget_opened()
        assert opening.open_own(token, key) == strict
        opening.forget_opened()
        assert opening.open_own(token, trusted(signer(9))) is None
    for _, variant in token_variants(LINES.made.token):
        assert opening.open_own(variant, key) is None


def test_a_credential_whose_header_names_another_key_is_not_taken_for_our_own() -> None:
    payload = jose.parse(LINES.made.token, typ=vc.TYP).payload
    header = jose.header(signer(9).public_key, typ=vc.TYP)
    signed = jose.signing_input(header, payload)
    crossed = jose.assemble(signed, signer().sign(signed))
    assert opening.open_own(crossed, trusted(signer())) is None
    assert opening.open_own(crossed, trusted(signer(9))) is None


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "é.é.é", "x" * 3_000])
def test_what_is_no_credential_of_ours_is_left_to_the_strict_way(text: str) -> None:
    assert opening.open_own(text, trusted(signer())) is None
