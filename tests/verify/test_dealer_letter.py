"""The verdict on a letter, without a database: signature, key, days, end, and the certificate behind it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from mit.credential import jose
from mit.credential.dealer_letter import DealerLetter, Party
from mit.i18n import LANGUAGES, knows
from mit.lifecycle.signing_key_states import KeyDates
from mit.verify.dealer_letter import LetterRecord, LetterVerdict, is_letter, judge_letter
from mit.verify.letter_offline import judge_by_trust
from mit.verify.letter_words import letter_lines
from mit.verify.question import Question
from mit.verify.trust import Record
from mit.verify.verdict import Answer, Check, Outcome
from tests.support import trusting
from tests.support.made_letters import FROM_ON, ISSUED_AT, UNTIL_ON, made_letter, signed_letter
from tests.support.trusting import ALWAYS, changes, offline, record, signer, trusted

VALID, NOT_VALID, CANNOT_TELL = Answer.VALID, Answer.NOT_VALID, Answer.CANNOT_TELL
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
#: Noon in Bangkok on the letter's second day.
NOW = datetime.fromisoformat("2027-05-11T12:00:00+07:00")
ISSUED = trusting.issue()


def token(**changed: Any) -> str:
    return signed_letter(made_letter(ISSUED, **changed), signer())


def by_register(
    text: str = "",
    *,
    now: datetime = NOW,
    on: date | None = None,
    ended_at: datetime | None = None,
    kept: str = "",
    dates: KeyDates = ALWAYS,
    signed_at: datetime = ISSUED_AT,
) -> LetterVerdict:
    text = text or token()
    known = LetterRecord(kept or text, signed_at, ended_at)
    return judge_letter(text, {1: trusted(signer(), dates)}, Question(now, on), record=known)


def by_trust(text: str, *records: Record, now: datetime = NOW, on: date | None = None) -> LetterVerdict:
    return judge_by_trust(text, offline(*records, known_at=now - HOUR), Question(now, on))


def told(found: LetterVerdict) -> tuple[Answer, tuple[str, ...]]:
    assert all(one.detail(language) for one in found.own.findings for language in LANGUAGES)
    assert all(one.detail(language) for one in found.own.notices for language in LANGUAGES)
    assert knows(f"dealers.reason_{found.leading_reason}")
    return found.answer, found.reasons


def notices(found: LetterVerdict) -> list[str]:
    return [one.code for one in found.own.notices]


@pytest.mark.parametrize(
    ("on", "answer", "reasons"),
    [
        (None, VALID, ()),
        (FROM_ON, VALID, ()),
        (FROM_ON - DAY, NOT_VALID, ("not_yet_in_force",)),
        (date(2027, 5, 11), VALID, ()),
        (date(2027, 5, 12), CANNOT_TELL, ("future_date",)),
        (UNTIL_ON, CANNOT_TELL, ("future_date",)),
        (UNTIL_ON + DAY, NOT_VALID, ("expired",)),
    ],
)
def test_the_days_of_a_letter(on: date | None, answer: Answer, reasons: tuple[str, ...]) -> None:
    assert told(by_register(on=on)) == (answer, reasons)


@pytest.mark.parametrize(
    ("on", "answer", "seen"),
    [
        (date(2027, 5, 14), NOT_VALID, []),
        (date(2027, 5, 15), NOT_VALID, []),
        (date(2027, 5, 13), VALID, ["letter_later_ended"]),
        (FROM_ON, VALID, ["letter_later_ended"]),
    ],
)
def test_an_ended_letter_counts_for_the_days_before_its_end_alone(
    on: date, answer: Answer, seen: list[str]
) -> None:
    ended_at = datetime.fromisoformat("2027-05-14T00:00:00+07:00")
    found = by_register(now=NOW + 10 * DAY, on=on, ended_at=ended_at)
    assert told(found)[0] is answer
    assert notices(found) == seen
    assert found.letter is not None, "the officer still has to see which letter it is"


def test_one_that_ended_on_the_day_it_was_issued_never_counted() -> None:
    found = by_register(on=FROM_ON, ended_at=ISSUED_AT + HOUR)
    assert told(found) == (NOT_VALID, ("ended",))


def test_what_is_over_by_now_counts_for_its_days() -> None:
    found = by_register(now=NOW + 100 * DAY, on=UNTIL_ON)
    assert (told(found)[0], notices(found)) == (VALID, ["letter_since_over"])


def test_a_letter_for_one_tender_says_so() -> None:
    found = by_register(token(tender="ประกวดราคา 12/2570"))
    assert (found.answer, notices(found)) == (VALID, ["letter_one_tender"])
    assert "12/2570" in found.own.notices[0].detail("th")


@pytest.mark.parametrize(
    ("dates", "signed_at", "answer", "reasons"),
    [
        (KeyDates(active_from_on=FROM_ON), ISSUED_AT, VALID, ()),
        (KeyDates(active_from_on=FROM_ON + DAY), ISSUED_AT, NOT_VALID, ("key_not_active",)),
        (
            KeyDates(active_from_on=FROM_ON - DAY, verify_only_from_on=FROM_ON),
            ISSUED_AT,
            NOT_VALID,
            ("key_not_active",),
        ),
        (replace(ALWAYS, compromised_from_at=ISSUED_AT + HOUR), ISSUED_AT, VALID, ()),
        (replace(ALWAYS, compromised_from_at=ISSUED_AT), ISSUED_AT, NOT_VALID, ("key_compromised",)),
        (
            replace(ALWAYS, compromised_from_at=ISSUED_AT - HOUR),
            ISSUED_AT,
            NOT_VALID,
            ("key_compromised",),
        ),
    ],
)
def test_a_letter_is_as_good_as_its_key(
    dates: KeyDates, signed_at: datetime, answer: Answer, reasons: tuple[str, ...]
) -> None:
    found = by_register(dates=dates, signed_at=signed_at)
    assert told(found) == (answer, reasons)
    assert (found.letter is None) == (answer is NOT_VALID)


def test_without_the_register_no_letter_of_a_stolen_key_counts() -> None:
    stolen = replace(ALWAYS, compromised_from_at=ISSUED_AT + 30 * DAY)
    found = judge_letter(token(), {1: trusted(signer(), stolen)}, Question(NOW))
    assert told(found) == (NOT_VALID, ("key_compromised",))


def test_a_dealer_cannot_make_or_change_a_letter() -> None:
    head, payload, signature = token().split(".")
    longer = signed_letter(made_letter(ISSUED, until_on=UNTIL_ON + 30 * DAY), signer(2)).split(".")
    forged = f"{head}.{longer[1]}.{signature}"
    assert told(by_register(forged)) == (NOT_VALID, ("bad_signature",))
    own_key = signed_letter(made_letter(ISSUED), signer(2))
    assert told(by_register(own_key)) == (CANNOT_TELL, ("unknown_key",))
    relabelled = f"{head}.{payload}.{own_key.split('.')[2]}"
    assert told(by_register(relabelled)) == (NOT_VALID, ("bad_signature",))


@pytest.mark.parametrize("place", range(0, 900, 61))
def test_no_changed_sign_is_ever_valid(place: int) -> None:
    good = token()
    sign = "A" if good[place] != "A" else "B"
    found = judge_letter(good[:place] + sign + good[place + 1 :], {1: trusted(signer())}, Question(NOW))
    assert found.answer is not VALID
    assert found.letter is None


def test_a_letter_that_differs_from_the_registers_is_altered() -> None:
    other = token(tender="another")
    found = by_register(other, kept=token())
    assert told(found) == (NOT_VALID, ("altered",))
    assert found.letter is None


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "MIT-2569-0012345-B", ISSUED.made.token, "ก.ข.ค"])
def test_what_is_no_letter_is_unreadable_and_not_taken_for_one(text: str) -> None:
    assert not is_letter(text)
    found = judge_letter(text, {1: trusted(signer())}, Question(NOW))
    assert told(found) == (CANNOT_TELL, ("unreadable",))


def test_a_letter_of_another_kind_with_a_good_signature_is_unreadable() -> None:
    signed = jose.signing_input(jose.header(signer().public_key, typ="mit-dealer-letter+jwt"), b"{}")
    text = jose.assemble(signed, signer().sign(signed))
    assert is_letter(text)
    found = by_register(text)
    assert (told(found), found.letter) == ((CANNOT_TELL, ("unreadable",)), None)


# --- offline

KNOWN = record(ISSUED)
DEAD, UNTOLD = ("certificate_not_valid",), ("certificate_cannot_tell",)


def stopped(state: str) -> Record:
    return record(ISSUED, history=changes((date(2027, 5, 11), state)))


@pytest.mark.parametrize(
    ("now", "answer", "reasons"),
    [
        (ISSUED_AT + HOUR, VALID, ()),
        (ISSUED_AT + 24 * HOUR, VALID, ()),
        (ISSUED_AT + 25 * HOUR, VALID, ()),
        (ISSUED_AT + 7 * DAY, VALID, ()),
        (ISSUED_AT + 7 * DAY + timedelta(seconds=1), CANNOT_TELL, ("stale",)),
        (ISSUED_AT + 40 * DAY, CANNOT_TELL, ("stale",)),
        (ISSUED_AT + 60 * DAY, NOT_VALID, ("expired", "stale")),
    ],
)
def test_offline_a_letter_may_be_relied_on_as_long_as_any_knowledge_of_that_age(
    now: datetime, answer: Answer, reasons: tuple[str, ...]
) -> None:
    found = by_trust(token(), KNOWN, now=now)
    assert told(found) == (answer, reasons)
    assert "letter_end_unknown" in notices(found)
    status = next(one for one in found.own.findings if one.check is Check.STATUS)
    assert (status.outcome, status.reason) == (Outcome.NOT_CHECKED, "no_status")


@pytest.mark.parametrize(
    ("known", "on", "answer", "reasons"),
    [
        (KNOWN, None, VALID, ()),
        (
            stopped("revoked"),
            None,
            NOT_VALID,
            ("certificate_not_valid",),
        ),
        (stopped("revoked"), FROM_ON, VALID, ()),
        (
            stopped("suspended"),
            None,
            NOT_VALID,
            ("certificate_not_valid",),
        ),
        (replace(KNOWN, credential_sha256="cd" * 32), None, NOT_VALID, DEAD),
        (replace(KNOWN, kid=2), None, CANNOT_TELL, UNTOLD),
        (None, None, CANNOT_TELL, UNTOLD),
    ],
)
def test_offline_the_certificate_behind_it_has_to_hold_by_the_trust_file(
    known: Record | None, on: date | None, answer: Answer, reasons: tuple[str, ...]
) -> None:
    found = by_trust(token(), *([known] if known else []), on=on)
    assert told(found) == (answer, reasons)
    assert found.certificate is not None


def test_a_letter_that_cannot_be_opened_says_nothing_of_a_certificate() -> None:
    found = by_trust(signed_letter(made_letter(ISSUED), signer(2)), KNOWN)
    assert (told(found), found.certificate) == ((CANNOT_TELL, ("unknown_key",)), None)


PERSON_MADE = made_letter(ISSUED, tender="โครงการ ก-12", maker=Party("นายกล้า ใจดี", "", None))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letter", [made_letter(ISSUED), PERSON_MADE])
def test_the_command_line_says_all_that_has_to_be_compared(letter: DealerLetter, language: Any) -> None:
    text = "\n".join(letter_lines(by_trust(signed_letter(letter, signer()), KNOWN), language))
    product = letter.products[0].coverage
    for words in (
        str(letter.number),
        letter.dealer.name_th,
        "0-10-5-562-00001-5",
        letter.maker.name_th,
        product.models[0],
        str(letter.ground.number),
        letter.tender,
    ):
        assert words in text
