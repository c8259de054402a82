"""What other people's software makes of a dealer's letter: npm jose ends it by itself, to the second."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mit.credential.dealer_letter import TYP
from mit.credential.public_keys import key_set
from mit.values.thai_date import first_instant, last_second, utc_text
from tests.credential.test_foreign import asked
from tests.support.made_letters import DEALER, FROM_ON, UNTIL_ON, made_letter, signed_letter
from tests.support.require import node_module
from tests.support.trusting import signer

LETTER = made_letter()
SECOND = timedelta(seconds=1)
FIRST, LAST = first_instant(FROM_ON), last_second(UNTIL_ON)
BEGUN = max(FIRST, LETTER.issued_at)


@pytest.fixture(scope="module")
def node() -> str:
    return node_module("jose")[0]


def made_of(node: str, token: str, *, typ: str = TYP, issuer: str = LETTER.issuer, kid: int = 1) -> Any:
    question = {
        "jwks": key_set([signer(kid).public_key]),
        "token": token,
        "typ": typ,
        "issuer": issuer,
        "instants": [utc_text(at) for at in (FIRST - SECOND, BEGUN, LAST, LAST + SECOND)],
    }
    return asked(node, "verify_letter.mjs", question)


def test_a_foreign_library_takes_it_from_the_first_second_to_the_last_and_no_longer(node: str) -> None:
    before, begun, last, after = made_of(node, signed_letter(LETTER, signer()))
    good = {"ok": True, "number": str(LETTER.number), "dealer": DEALER.juristic_number}
    assert (begun, last) == (good, good)
    assert (before["ok"], before["claim"]) == (False, "nbf")
    assert (after["ok"], after["code"]) == (False, "ERR_JWT_EXPIRED")


@pytest.mark.parametrize(
    "changes", [{"typ": "vc+jwt"}, {"issuer": "did:web:elsewhere.example"}, {"kid": 2}], ids=str
)
def test_a_foreign_library_refuses_what_is_asked_for_as_something_else(
    node: str, changes: dict[str, Any]
) -> None:
    found = made_of(node, signed_letter(LETTER, signer()), **changes)
    assert [one["ok"] for one in found] == [False] * 4


def test_a_foreign_library_sees_that_it_was_changed(node: str) -> None:
    head, _, signature = signed_letter(LETTER, signer()).split(".")
    payload = signed_letter(made_letter(until_on=UNTIL_ON + timedelta(days=30)), signer()).split(".")[1]
    found = made_of(node, f"{head}.{payload}.{signature}")
    assert {one["code"] for one in found} == {"ERR_JWS_SIGNATURE_VERIFICATION_FAILED"}
