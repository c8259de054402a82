"""Verdicts from the register, on both databases: what it says at this very moment, and nothing older."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mit.credential import qr_text
from mit.issuance.rotate_keys import activate_key, mark_compromised, plan_key
from mit.lifecycle.signing_key_states import KeyDates
from mit.store.certificates import certificate_of
from mit.store.db import db, dispose_engines, viewing
from mit.values.identifiers import parse_certificate_number
from mit.values.thai_date import first_instant
from mit.verify import opening, register
from mit.verify.content import sha256_hex
from mit.verify.scan import verify_digits, verify_file, verify_number, verify_text
from mit.verify.trust import TrustedKey
from mit.verify.verdict import Answer, Check
from tests.support import specimens
from tests.support.desk import Desk
from tests.support.forgery import forge
from tests.support.trusting import Issued, issue, signer
from tests.verify.conftest import Shelf, codes, shelve

DAY = timedelta(days=1)
SAMPLE = ("sample",)
VALID, NOT_VALID, CANNOT_TELL = "VALID", "NOT_VALID", "CANNOT_TELL"


def stolen(shelf: Shelf, running: int) -> Issued:
    """Sign a certificate of our own making with the register's key, as a thief would."""
    claims = replace(
        specimens.claims(running=running, sample=True),
        issued_on=shelf.issued_on,
        expires_on=shelf.expires_on,
    )
    return issue(claims, by=shelf.desk.authority.keyring.signer(1))


def all_forms(
    shelf: Shelf, now: datetime, on: object = None
) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Ask in every form in which the certificate can be shown."""
    day = {"on": on} if on else {}
    return [
        codes(verify_text(shelf.qr_text, now=now, **day)),  # type: ignore[arg-type]
        codes(verify_digits(qr_text.digits_in(shelf.qr_text), now=now, **day)),  # type: ignore[arg-type]
        codes(verify_text(shelf.number, now=now, **day)),  # type: ignore[arg-type]
        codes(verify_number(shelf.number.lower().replace("-", " "), now=now, **day)),  # type: ignore[arg-type]
        codes(verify_text(f"https://mit.example/c/{shelf.number}", now=now, **day)),  # type: ignore[arg-type]
        codes(verify_text(shelf.credential, now=now, **day)),  # type: ignore[arg-type]
        codes(verify_file(shelf.credential.encode(), now=now, **day)),  # type: ignore[arg-type]
        codes(verify_file(shelf.pdf, now=now, **day)),  # type: ignore[arg-type]
    ]


def test_what_was_issued_is_valid_in_every_form(shelf: Shelf) -> None:
    assert set(all_forms(shelf, shelf.now)) == {(VALID, (), SAMPLE)}


def test_the_whole_life_of_a_certificate_day_by_day(shelf: Shelf) -> None:
    """Suspended, reinstated, revoked: every day keeps its answer for ever."""
    suspended, back, revoked = (shelf.issued_on + DAY * days for days in (10, 20, 30))
    shelf.change("suspended", "suspended", first_instant(suspended))
    assert set(all_forms(shelf, first_instant(suspended))) == {(NOT_VALID, ("suspended",), SAMPLE)}
    shelf.change("reinstated", "active", first_instant(back))
    assert set(all_forms(shelf, first_instant(back))) == {(VALID, (), SAMPLE)}
    shelf.change("revoked", "revoked", first_instant(revoked))
    now = first_instant(revoked) + timedelta(hours=3)
    assert set(all_forms(shelf, now)) == {(NOT_VALID, ("revoked",), SAMPLE)}
    later = ("later_revoked", "sample")
    days = {
        shelf.issued_on - DAY: (NOT_VALID, ("not_yet_in_force",), later),
        shelf.issued_on: (VALID, (), later),
        suspended - DAY: (VALID, (), later),
        suspended: (NOT_VALID, ("suspended",), later),
        back - DAY: (NOT_VALID, ("suspended",), later),
        back: (VALID, (), later),
        revoked - DAY: (VALID, (), later),
        revoked: (NOT_VALID, ("revoked",), SAMPLE),
        revoked + DAY: (NOT_VALID, ("future_date", "revoked"), SAMPLE),
        shelf.expires_on + DAY: (NOT_VALID, ("expired", "revoked"), SAMPLE),
    }
    for day, expected in days.items():
        assert codes(verify_number(shelf.number, now=now, on=day)) == expected, day
        assert codes(verify_text(shelf.qr_text, now=now, on=day)) == expected, day


def test_a_revocation_counts_in_the_very_next_answer(shelf: Shelf) -> None:
    for _ in range(3):
        assert verify_number(shelf.number, now=shelf.now).answer is Answer.VALID
        assert verify_text(shelf.qr_text, now=shelf.now).answer is Answer.VALID
    shelf.change("revoked", "revoked", shelf.now)
    assert set(all_forms(shelf, shelf.now)) == {(NOT_VALID, ("revoked",), SAMPLE)}


def test_the_clock_alone_ends_a_certificate(shelf: Shelf) -> None:
    last = first_instant(shelf.expires_on + DAY) - timedelta(seconds=1)
    assert set(all_forms(shelf, last)) == {(VALID, (), SAMPLE)}
    assert set(all_forms(shelf, last + timedelta(seconds=1))) == {(NOT_VALID, ("expired",), SAMPLE)}


def test_a_compromised_key_counts_in_the_very_next_answer(shelf: Shelf) -> None:
    assert verify_number(shelf.number, now=shelf.now).answer is Answer.VALID
    mark_compromised(None, 1, from_at=shelf.now, reason="stolen", now=shelf.now)
    kept = ("key_since_compromised", "sample")
    assert set(all_forms(shelf, shelf.now)) == {(VALID, (), kept)}


def test_a_key_compromised_from_before_it_signed_takes_its_certificates_with_it(shelf: Shelf) -> None:
    assert verify_text(shelf.qr_text, now=shelf.now).answer is Answer.VALID
    mark_compromised(None, 1, from_at=shelf.now - DAY, reason="stolen", now=shelf.now)
    assert {form[:2] for form in all_forms(shelf, shelf.now)} == {(NOT_VALID, ("key_compromised",))}


def test_an_unknown_number_is_not_found_and_a_mistyped_one_is_unreadable(shelf: Shelf) -> None:
    never = str(specimens.claims(running=9_999_999).number)
    assert codes(verify_number(never, now=shelf.now)) == (NOT_VALID, ("not_found",), ())
    wrong = shelf.number[:-1] + ("A" if shelf.number[-1] != "A" else "B")
    verdict = verify_number(wrong, now=shelf.now)
    assert codes(verdict) == (CANNOT_TELL, ("unreadable",), ())
    assert wrong in verdict.findings[0].detail("th")
    assert verdict.certificate is None


def test_a_prepared_certificate_is_not_shown_as_issued(desk: Desk) -> None:
    """Its number exists, but nothing was signed and committed yet."""
    standing = desk.approved()
    with viewing() as session:
        prepared = certificate_of(session, standing.application_id)
    assert prepared is not None
    assert codes(verify_number(prepared.number, now=desk.now)) == (NOT_VALID, ("not_found",), ())


def test_a_foreign_certificate_is_of_an_unknown_key(shelf: Shelf) -> None:
    foreign = issue(by=signer(77))
    for text in (foreign.made.qr_url, foreign.made.token):
        assert codes(verify_text(text, now=shelf.now)) == (CANNOT_TELL, ("unknown_key",), ())


def test_a_forger_with_our_serial_is_found_out_though_another_register_was_asked_before(shelf: Shelf) -> None:
    """The hint that serial 1 is another key must never outlive the register that gave it."""
    forged = issue(by=signer(1))
    register._hints[1] = TrustedKey(signer(1).public_key, KeyDates())
    verdict = verify_text(forged.made.qr_url, now=shelf.now)
    assert verdict.answer is Answer.NOT_VALID
    assert set(verdict.reasons) <= {"bad_signature", "not_found"}
    register._hints[1] = TrustedKey(signer(1).public_key, KeyDates())
    assert verify_text(shelf.qr_text, now=shelf.now).answer is Answer.VALID


def test_a_good_signature_over_an_unregistered_number_is_not_found(shelf: Shelf) -> None:
    """Whoever steals the key can sign; only the register makes a certificate."""
    made = stolen(shelf, 4_242_424).made
    for text in (made.qr_url, made.token):
        verdict = verify_text(text, now=shelf.now)
        assert codes(verdict)[:2] == (NOT_VALID, ("not_found",))
        assert verdict.certificate is None


def test_a_second_signature_over_a_registered_number_is_altered(shelf: Shelf) -> None:
    twin = stolen(shelf, parse_certificate_number(shelf.number).running)
    assert twin.number == shelf.number
    for text in (twin.made.qr_url, twin.made.token):
        assert codes(verify_text(text, now=shelf.now))[:2] == (NOT_VALID, ("altered",))


def test_rows_alone_are_not_believed(shelf: Shelf) -> None:
    head, payload, signature = shelf.credential.split(".")
    swapped = ("B" if signature[5] != "B" else "C").join([signature[:5], signature[6:]])
    changed = f"{head}.{payload}.{swapped}"
    forge(
        "UPDATE certificates SET credential = :text, credential_sha256 = :hash",
        text=changed,
        hash=sha256_hex(changed.encode()),
    )
    verdict = verify_number(shelf.number, now=shelf.now)
    assert codes(verdict)[:2] == (NOT_VALID, ("bad_signature",))
    assert verdict.certificate is None


def test_a_row_whose_hash_was_changed_contradicts_the_qr(shelf: Shelf) -> None:
    forge("UPDATE certificates SET credential_sha256 = :hash", hash="0" * 64)
    opening.forget_opened()
    assert codes(verify_text(shelf.qr_text, now=shelf.now))[:2] == (NOT_VALID, ("altered",))
    assert verify_number(shelf.number, now=shelf.now).answer is not Answer.VALID


def test_a_changed_file_is_not_the_issued_file(shelf: Shelf) -> None:
    changed = bytearray(shelf.pdf)
    changed[len(changed) // 2] ^= 4
    verdict = verify_file(bytes(changed), now=shelf.now)
    assert codes(verdict)[:2] == (NOT_VALID, ("not_the_issued_file",))
    assert "file_seal_broken" in codes(verdict)[2]


def test_the_credential_inside_a_changed_file_has_a_verdict_of_its_own(shelf: Shelf) -> None:
    changed = shelf.pdf + b"\n"
    before = verify_file(changed, now=shelf.now).inner
    assert before is not None
    assert codes(before) == (VALID, (), SAMPLE)
    shelf.change("revoked", "revoked", shelf.now)
    verdict = verify_file(changed, now=shelf.now)
    assert codes(verdict) == (NOT_VALID, ("not_the_issued_file",), ("file_changed_after_seal",))
    assert verdict.inner is not None
    assert codes(verdict.inner) == (NOT_VALID, ("revoked",), SAMPLE)


@pytest.mark.parametrize("data", [b"%PDF-1.7 nothing", b"%PDF-1.7\n" + b"x" * 5_000 + b"%%EOF"])
def test_a_file_that_is_no_readable_pdf_was_never_issued(shelf: Shelf, data: bytes) -> None:
    verdict = verify_file(data, now=shelf.now)
    assert codes(verdict) == (NOT_VALID, ("not_the_issued_file",), ())
    assert verdict.inner is None


def test_superseding_names_both_certificates(shelf: Shelf) -> None:
    newer = shelve(shelf.desk)
    shelf.change("superseded", "superseded", shelf.desk.now, successor=newer.number)
    verdict = verify_number(shelf.number, now=shelf.desk.now)
    assert codes(verdict) == (NOT_VALID, ("superseded",), SAMPLE)
    assert verdict.certificate is not None
    assert verdict.certificate.superseded_by == newer.number
    assert newer.number in verdict.findings[4].detail("th")


def test_a_model_that_is_not_listed_is_not_covered(shelf: Shelf) -> None:
    for text in (shelf.number, shelf.qr_text, shelf.credential):
        covered = verify_text(text, now=shelf.now, model="sc-101 ")
        assert covered.answer is Answer.VALID
        other = verify_text(text, now=shelf.now, model="SC-999")
        assert codes(other)[:2] == (NOT_VALID, ("other_model",))


def test_a_scanned_qr_shows_as_much_as_the_typed_number(shelf: Shelf) -> None:
    by_number = verify_number(shelf.number, now=shelf.now).to_document()
    assert verify_text(shelf.qr_text, now=shelf.now).to_document() == by_number
    assert by_number["certificate"]["holder"]["name_en"] == "Siam Cable Co., Ltd."


def test_a_natural_question_takes_one_statement(shelf: Shelf) -> None:
    digits = qr_text.digits_in(shelf.qr_text)
    for ask in (
        lambda: verify_number(shelf.number, now=shelf.now),
        lambda: verify_digits(digits, now=shelf.now),
    ):
        ask()
        with shelf.counting() as sent:
            assert ask().answer is Answer.VALID
        assert len(sent) == 1, sent
        assert "WHERE certificates.number" in sent[0]


def test_only_the_past_of_a_certificate_costs_a_second_statement(shelf: Shelf) -> None:
    shelf.change("suspended", "suspended", shelf.now)
    verify_number(shelf.number, now=shelf.now)
    for on, count in ((None, 1), (shelf.issued_on, 2)):
        with shelf.counting() as sent:
            verify_number(shelf.number, now=shelf.now, on=on)
        assert len(sent) == count


def test_every_change_counts_at_once_however_often_it_was_asked_before(shelf: Shelf) -> None:
    """Suspended and reinstated on one day, again and again, and finally revoked."""
    digits = qr_text.digits_in(shelf.qr_text)
    steps = [("suspended", "suspended"), ("reinstated", "active")] * 3 + [("revoked", "revoked")]
    for minutes, (event, status) in enumerate(steps):
        now = shelf.now + timedelta(minutes=minutes)
        shelf.change(event, status, now)
        expected = () if status == "active" else (status,)
        for _ in range(2):
            assert verify_number(shelf.number, now=now).reasons == expected
            assert verify_digits(digits, now=now).reasons == expected


def test_forgeries_are_not_remembered(shelf: Shelf) -> None:
    before = len(opening._opened)
    digits = qr_text.digits_in(shelf.qr_text)
    for at in range(40, 80):
        changed = digits[:at] + str((int(digits[at]) + 1) % 10) + digits[at + 1 :]
        assert verify_digits(changed, now=shelf.now).answer is not Answer.VALID
    assert len(opening._opened) == before


def test_a_new_key_is_known_at_once(shelf: Shelf) -> None:
    """A certificate of tomorrow's key verifies although yesterday's keys were in mind."""
    desk = shelf.desk
    assert verify_text(shelf.qr_text, now=desk.now).answer is Answer.VALID
    kid = plan_key(None, authority=desk.authority, now=desk.now, demo=True)
    desk.now += timedelta(days=15)
    activate_key(None, kid, now=desk.now)
    desk.now += DAY
    newer = shelve(desk)
    assert verify_text(newer.qr_text, now=desk.now).answer is Answer.VALID
    assert verify_text(newer.credential, now=desk.now).answer is Answer.VALID
    assert verify_text(shelf.qr_text, now=desk.now).answer is Answer.VALID


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_where_the_register_is_away_nothing_can_be_told(shelf: Shelf) -> None:
    """The signature may be good; without the register's word on status and key it is no answer."""
    assert verify_text(shelf.qr_text, now=shelf.now).answer is Answer.VALID
    dispose_engines()
    place = Path(str(db.engine.url.database))
    kept = place.rename(place.with_suffix(".away"))
    place.mkdir()
    try:
        verdicts = [
            verify_text(text, now=shelf.now) for text in (shelf.number, shelf.qr_text, shelf.credential)
        ]
    finally:
        place.rmdir()
        kept.rename(place)
    for verdict in verdicts:
        assert codes(verdict) == (CANNOT_TELL, ("unreachable",), ())
        assert verdict.certificate is None


def test_a_remembered_answer_is_known_since_now_and_follows_the_day(shelf: Shelf) -> None:
    digits = qr_text.digits_in(shelf.qr_text)
    for ask in (verify_number, verify_digits):
        shown = shelf.number if ask is verify_number else digits
        first, again = (ask(shown, now=shelf.now + timedelta(minutes=m)) for m in (0, 5))
        assert again.known_at - first.known_at == timedelta(minutes=5)
        assert again.findings == first.findings
        tomorrow = ask(shown, now=shelf.now + DAY)
        assert tomorrow.as_of - first.as_of == DAY
        assert codes(ask(shown, now=shelf.now - 2 * DAY))[:2] == (NOT_VALID, ("not_yet_in_force",))


def test_a_question_about_a_day_or_a_model_is_never_answered_from_memory(shelf: Shelf) -> None:
    assert verify_number(shelf.number, now=shelf.now).answer is Answer.VALID
    eve = shelf.issued_on - DAY
    assert codes(verify_number(shelf.number, now=shelf.now, on=eve))[1] == ("not_yet_in_force",)
    assert codes(verify_number(shelf.number, now=shelf.now, model="SC-999"))[1] == ("other_model",)
    assert verify_number(shelf.number, now=shelf.now).answer is Answer.VALID


def test_an_unreadable_text_asks_no_database(shelf: Shelf) -> None:
    with shelf.counting() as sent:
        verdict = verify_digits("12ab", now=shelf.now)
    assert codes(verdict) == (CANNOT_TELL, ("unreadable",), ())
    assert not sent


def test_the_verdict_says_as_of_which_day_and_known_since_when(shelf: Shelf) -> None:
    evening = datetime.fromisoformat("2026-12-31T18:30:00+00:00")
    document = verify_number(shelf.number, now=evening).to_document()
    assert document["as_of"] == "2027-01-01"
    assert document["known_at"] == "2026-12-31T18:30:00Z"
    assert [finding["check"] for finding in document["findings"]] == [check.value for check in Check]
    assert document["certificate"]["status"] == "active"
    assert document["certificate"]["products"][0]["models"] == ["SC-101"]
