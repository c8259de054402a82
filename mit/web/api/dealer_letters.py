"""API: a dealer's letter itself, exactly as it was signed, and the verdict on it."""

from __future__ import annotations

from flask import Response

from mit.errors import MalformedNumberError, NotFoundError
from mit.values.letter_number import LetterNumber, parse_letter_number
from mit.verify.letter_scan import letter_bytes, verify_letter
from mit.web import context
from mit.web.answers import IMMUTABLE, json_answer, lasting_answer
from mit.web.api.openapi import ASKED_DAY, described, described_blueprint, operation
from mit.web.api.verification import asked_day
from mit.web.schemas.dealer_letters import LetterVerdictSchema

signed_letters = described_blueprint("signed_letters", "Makers' letters to dealers")

LETTER_TYPE = "application/mit-dealer-letter+jwt"


@described(
    signed_letters,
    "GET",
    "/d/<letter>.jwt",
    operation(
        "dealer_letter",
        {LETTER_TYPE: "A compact JWS: who may offer which products of a certificate, from when to when"},
        curl="curl '{url}/d/DLR-2569-7K3QW-M9T2X-D.jwt'",
        problems=(404, 503),
    ),
)
def signed_letter(letter: str) -> Response:
    """Give the exact signed bytes of a letter; they never change."""
    wanted = letter_in_path(letter)
    body = letter_bytes(wanted)
    if body is None:
        raise NotFoundError("dealer_letter_not_found", where="number", number=str(wanted))
    return lasting_answer(body, kind=LETTER_TYPE, cache=IMMUTABLE)


@described(
    signed_letters,
    "GET",
    "/api/v1/dealer-letters/<letter>/verdict",
    operation(
        "dealer_letter_verdict",
        {"application/json": LetterVerdictSchema},
        curl="curl '{url}/api/v1/dealer-letters/DLR-2569-7K3QW-M9T2X-D/verdict?on=2026-11-25'",
        problems=(404, 422),
        parameters=[ASKED_DAY],
    ),
)
def verdict_on_letter(letter: str) -> Response:
    """Return the verdict on a letter, with that on the certificate behind it."""
    found = verify_letter(letter_in_path(letter), now=context.now(), on=asked_day())
    return json_answer(found.to_document())


def letter_in_path(text: str) -> LetterNumber:
    """Return the letter's number in an address, read as forgivingly as a typed one.

    Raises:
        NotFoundError: the address holds no number; the sentence says why.
    """
    try:
        return parse_letter_number(text)
    except MalformedNumberError as error:
        raise NotFoundError(error.code, where="number", **error.params) from error
