"""What was shown: every text and every file is recognised or refused by name, and nothing raises."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.credential import qr_text
from mit.i18n import knows
from mit.verify.judge import Question, judge
from mit.verify.presentation import (
    MOST_CHARACTERS,
    Presentation,
    ShownCredential,
    ShownFile,
    ShownNumber,
    ShownQr,
    Unreadable,
    read_digits,
    read_file,
    read_number,
    read_text,
)
from mit.verify.verdict import Answer
from tests.support.specimens import wild_texts
from tests.support.trusting import NOW, issue, offline, record, register

ISSUED = issue()
NUMBER = ISSUED.number
PLAIN = NUMBER.replace("-", "")
DIGITS = qr_text.digits_in(ISSUED.made.qr_url)
TOKEN = ISSUED.made.token
THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


@dataclass(frozen=True)
class Case:
    """A text as people send it, and what it is."""

    name: str
    text: str
    kind: type[Presentation]


CASES = [
    Case("the whole address in the QR", ISSUED.made.qr_url, ShownQr),
    Case("http instead of https", f"http://localhost:8000/v/{DIGITS}", ShownQr),
    Case("an address with a path before it", f"https://host.example/mit/v/{DIGITS}", ShownQr),
    Case("with a day and a language", f"https://h.example/v/{DIGITS}?on=2026-12-01&lang=en", ShownQr),
    Case("as a fragment, hidden from the server", f"https://h.example/v#{DIGITS}", ShownQr),
    Case("a slash at the end", f"https://h.example/v/{DIGITS}/", ShownQr),
    Case("the path alone", f"/v/{DIGITS}", ShownQr),
    Case("the digits alone", DIGITS, ShownQr),
    Case("with spaces around", f"  {DIGITS}\r\n", ShownQr),
    Case("a number as printed", NUMBER, ShownNumber),
    Case("a number in small letters", NUMBER.lower(), ShownNumber),
    Case("a number with spaces", " ".join(NUMBER.replace("-", "")), ShownNumber),
    Case("a number in Thai digits", NUMBER.translate(THAI), ShownNumber),
    Case("a number in full-width signs", "".join(chr(ord(sign) + 0xFEE0) for sign in PLAIN), ShownNumber),
    Case("a number without MIT", NUMBER.removeprefix("MIT-"), ShownNumber),
    Case("a number with other dashes", NUMBER.replace("-", "–"), ShownNumber),
    Case("the address of its page", f"https://h.example/c/{NUMBER}", ShownNumber),
    Case("the address of its bytes", f"https://h.example/c/{NUMBER}.jwt", ShownNumber),
    Case("the page with a language", f"https://h.example/c/{NUMBER}?lang=en#top", ShownNumber),
    Case("the path of its page", f"/c/{NUMBER}", ShownNumber),
    Case("a credential", TOKEN, ShownCredential),
    Case("a credential with a line end", TOKEN + "\n", ShownCredential),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_people_send_is_recognised(case: Case) -> None:
    shown = read_text(case.text)
    assert isinstance(shown, case.kind), shown
    if isinstance(shown, ShownNumber):
        assert shown.number == NUMBER
    if isinstance(shown, ShownQr):
        assert shown.data == qr_text.from_digits(DIGITS)
    if isinstance(shown, ShownCredential):
        assert shown.text == TOKEN


REFUSED = [
    ("", "presentation_empty"),
    (" \n\t", "presentation_empty"),
    ("x" * (MOST_CHARACTERS + 1), "presentation_too_long"),
    ("hello", "certificate_number_malformed"),
    ("MIT-2569-0012345", "certificate_number_malformed"),
    (NUMBER[:-1] + ("A" if NUMBER[-1] != "A" else "B"), "certificate_number_check"),
    ("https://h.example/c/hello", "certificate_number_malformed"),
    ("https://h.example/v/12x45", "qr_text_not_ours"),
    ("ftp://h.example/v/" + DIGITS, "qr_text_not_ours"),
    ("/v/0" + DIGITS, "qr_leading_zero"),
    ("/v/" + "9" * 1_201, "qr_digits_too_many"),
    ("/v/" + "9" * 100, "qr_shape"),
    ("9" * 60, "qr_shape"),
    (DIGITS + " " + DIGITS, "qr_text_not_ours"),
    (DIGITS.translate(THAI), "qr_text_not_ours"),
    (NUMBER + " " * 80 + "and more", "certificate_number_malformed"),
    ("a.b.c", "token_base64url"),
    (TOKEN + ".x", "certificate_number_malformed"),
    ("eyJhbGciOiJub25lIn0..", "token_shape"),
]


@pytest.mark.parametrize(
    ("text", "code"), REFUSED, ids=[f"{at}-{case[1]}" for at, case in enumerate(REFUSED)]
)
def test_what_is_none_of_these_is_refused_by_name(text: str, code: str) -> None:
    shown = read_text(text)
    assert isinstance(shown, Unreadable)
    assert shown.fault.code == code
    assert knows(f"errors.{code}")


@pytest.mark.parametrize(
    "text", [NUMBER, "256900123458", "", "x", "-1", "1e9", "٣٣٣", DIGITS + "\n", " " + DIGITS]
)
def test_behind_v_only_digits_count(text: str) -> None:
    assert isinstance(read_digits(text), Unreadable)


def test_a_typed_number_is_nothing_else() -> None:
    assert read_number(NUMBER.lower()) == ShownNumber(NUMBER)
    for text in (DIGITS, TOKEN, ISSUED.made.qr_url, ""):
        assert isinstance(read_number(text), Unreadable)


@settings(deadline=None, max_examples=300)
@given(st.one_of(wild_texts, st.text(), st.from_regex(r"(https?://[a-z.]{0,9})?/[vc][/#].{0,80}")))
def test_every_text_gets_a_verdict_that_can_be_sent(text: str) -> None:
    for trust in (register(record(ISSUED)), offline(record(ISSUED))):
        verdict = judge(read_text(text), trust, Question(NOW))
        assert verdict.answer is not Answer.VALID
        str(verdict.to_document()).encode("utf-8")


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=400))
def test_every_file_that_is_no_pdf_or_picture_gets_a_verdict(data: bytes) -> None:
    shown = read_file(data)
    if isinstance(shown, ShownFile):
        return
    assert judge(shown, register(record(ISSUED)), Question(NOW)).answer is not Answer.VALID


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_any_one_character_changed_in_a_number_is_unreadable_or_another_number(data: st.DataObject) -> None:
    """ISO 7064 finds every single substitution, so a slip never asks about somebody else."""
    at = data.draw(st.sampled_from([place for place, sign in enumerate(NUMBER) if sign.isdigit()]))
    digit = data.draw(st.sampled_from([sign for sign in "0123456789" if sign != NUMBER[at]]))
    assert isinstance(read_number(NUMBER[:at] + digit + NUMBER[at + 1 :]), Unreadable)
