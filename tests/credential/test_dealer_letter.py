"""A dealer's letter has one spelling; whatever else comes is refused; no other document passes for one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.credential import canonical_json, dealer_letter, jose, vc
from mit.credential.dealer_letter import (
    DealerLetter,
    LetterProduct,
    Party,
    letter_document,
    read_letter,
)
from mit.errors import InputError, UnknownPresentationError
from mit.values.thai_date import bangkok_day
from tests.support import specimens
from tests.support.made_letters import DEALER, FROM_ON, ISSUED_AT, UNTIL_ON, made_letter, signed_letter
from tests.support.trusting import EXPIRES_ON, signer

Change = Callable[[dict[str, Any]], Any]


def read_back(letter: DealerLetter) -> DealerLetter:
    return read_letter(canonical_json.write(letter_document(letter)))


@pytest.mark.parametrize(
    "letter",
    [
        made_letter(),
        made_letter(tender="ประกวดราคา e-bidding 12/2570"),
        made_letter(named_by="company_register"),
        made_letter(dealer=replace(DEALER, name_en="")),
        made_letter(maker=Party("นายสมชาย ใจดี", "", None)),
        made_letter(sample=True),
        made_letter(from_on=FROM_ON, until_on=FROM_ON),
        made_letter(from_on=EXPIRES_ON, until_on=EXPIRES_ON),
        made_letter(
            products=tuple(
                LetterProduct(at, specimens.product(at, ranges=True).coverage) for at in (1, 3, 200)
            )
        ),
    ],
)
def test_a_letter_says_after_reading_what_it_said_before(letter: DealerLetter) -> None:
    assert read_back(letter) == letter


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.integers(0, 100),
    st.integers(0, 100),
)
def test_any_words_and_any_days_within_the_certificate_read_back(words: str, later: int, longer: int) -> None:
    first = min(FROM_ON + timedelta(days=later), EXPIRES_ON)
    last = min(first + timedelta(days=longer), EXPIRES_ON)
    letter = made_letter(tender=words, from_on=first, until_on=last, dealer=replace(DEALER, name_th=words))
    assert read_back(letter) == letter


def test_any_library_for_jwt_ends_it_by_itself() -> None:
    document = letter_document(made_letter())
    begins, ends = (datetime.fromtimestamp(document[name], UTC) for name in ("nbf", "exp"))
    second = timedelta(seconds=1)
    assert (bangkok_day(begins), bangkok_day(begins - second)) == (FROM_ON, FROM_ON - timedelta(days=1))
    assert (bangkok_day(ends - second), bangkok_day(ends)) == (UNTIL_ON, UNTIL_ON + timedelta(days=1))
    assert document["iat"] == int(ISSUED_AT.timestamp())
    assert document["jti"] == "DLR-2569-7K3QW-M9T2X-D"


def test_it_says_in_both_languages_that_it_certifies_no_other_goods() -> None:
    scope = letter_document(made_letter())["scope"]
    assert "ไม่ได้รับรองสินค้าอื่น" in scope["th"]
    assert "certifies no other goods" in scope["en"]


CHANGES: dict[str, Change] = {
    "another type": lambda d: d.update(type="mit-dealer-letter/2"),
    "no number": lambda d: d.pop("jti"),
    "a number in small letters": lambda d: d.update(jti=d["jti"].lower()),
    "a wrong check character": lambda d: d.update(jti=d["jti"][:-1] + ("0" if d["jti"][-1] != "0" else "1")),
    "a member more": lambda d: d.update(note="x"),
    "a member of the dealer more": lambda d: d["dealer"].update(email="x"),
    "a day of nobody": lambda d: d.update(valid_from_on="2027-02-30"),
    "a longer last day": lambda d: d.update(valid_until_on="2027-07-30"),
    "a later end": lambda d: d.update(exp=d["exp"] + 86_400),
    "an earlier beginning": lambda d: d.update(nbf=d["nbf"] - 1),
    "an instant as text": lambda d: d.update(iat=str(d["iat"])),
    "an instant that is a truth value": lambda d: d.update(iat=True),
    "an instant beyond all days": lambda d: d.update(iat=2**53 - 1),
    "an instant before all": lambda d: d.update(iat=-1),
    "no products": lambda d: d.update(products=[]),
    "products that are no list": lambda d: d.update(products={}),
    "a product twice": lambda d: d.update(products=d["products"] * 2),
    "a product at place 0": lambda d: d["products"][0].update(index=0),
    "a place that is a truth value": lambda d: d["products"][0].update(index=True),
    "a product without coverage": lambda d: d["products"][0].pop("coverage"),
    "a coverage with a member more": lambda d: d["products"][0]["coverage"].update(price="1"),
    "a dealer who is a person": lambda d: d["dealer"].update(juristic_number="1101700207030"),
    "a dealer without a number": lambda d: d["dealer"].update(juristic_number=None),
    "a dealer's number that does not fit": lambda d: d["dealer"].update(juristic_number="0105562000016"),
    "a dealer's number with dashes": lambda d: d["dealer"].update(juristic_number="0-10-5-562-00001-5"),
    "a dealer that is the maker": lambda d: d["dealer"].update(juristic_number=d["maker"]["juristic_number"]),
    "a maker who is a person": lambda d: d["maker"].update(juristic_number="1101700207030"),
    "a name from nowhere": lambda d: d["dealer"].update(named_by="dealer"),
    "a name that is none": lambda d: d["dealer"].update(name_th=None),
    "a hash in capitals": lambda d: d["certificate"].update(credential_sha256="AB" * 32),
    "a hash too short": lambda d: d["certificate"].update(credential_sha256="ab" * 31),
    "a certificate without a number": lambda d: d["certificate"].pop("number"),
    "a certificate that expired before": lambda d: d["certificate"].update(expires_on="2027-06-29"),
    "a certificate issued later": lambda d: d["certificate"].update(issued_on="2027-05-11"),
    "another scope": lambda d: d.update(scope={"th": "ทุกอย่าง", "en": "everything"}),
    "a sample that says no": lambda d: d.update(sample=False),
    "a tender that is a list": lambda d: d.update(tender=["a", "b"]),
    "no issuer": lambda d: d.pop("iss"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_anything_that_was_changed_is_refused(what: str) -> None:
    document = json.loads(json.dumps(letter_document(made_letter())))
    CHANGES[what](document)
    with pytest.raises(UnknownPresentationError) as caught:
        read_letter(canonical_json.write(document))
    assert caught.value.code == "dealer_letter_malformed"


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"null", b'"x"', b"{}", b'{"a": 1}', b"\xff", b'{"a":1,"a":1}']
)
def test_what_is_no_document_is_refused(payload: bytes) -> None:
    with pytest.raises(UnknownPresentationError) as caught:
        read_letter(payload)
    assert caught.value.code == "dealer_letter_malformed"


@pytest.mark.parametrize(
    "days",
    [
        {"from_on": FROM_ON - timedelta(days=1)},
        {"until_on": FROM_ON - timedelta(days=1)},
        {"until_on": EXPIRES_ON + timedelta(days=1)},
    ],
)
def test_no_letter_reaches_back_or_outlives_its_certificate(days: dict[str, date]) -> None:
    with pytest.raises(UnknownPresentationError):
        read_back(made_letter(**days))


def test_letter_and_credential_never_pass_for_each_other() -> None:
    token = signed_letter(made_letter(), signer())
    with pytest.raises(InputError, match="token_type"):
        jose.parse(token, typ=vc.TYP)
    assert jose.verify(jose.parse(token, typ=dealer_letter.TYP), signer().public_key)
    assert not jose.verify(jose.parse(token, typ=dealer_letter.TYP), signer(2).public_key)
