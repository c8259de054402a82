from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.credential import base64url, canonical_json, jose
from mit.credential.signatures import ORDER, KeySigner, throwaway_signer
from mit.errors import UnknownPresentationError
from mit.i18n import knows
from tests.support.specimens import PUBLIC_URL, claims, issued

SIGNER: KeySigner = throwaway_signer()
KEY = SIGNER.public_key
TYP = "vc+jwt"


def token(payload: bytes = b"{}", *, typ: str = TYP, head: dict[str, Any] | None = None) -> str:
    protected = head if head is not None else jose.header(KEY, typ=typ)
    signed = jose.signing_input(protected, payload)
    return jose.assemble(signed, SIGNER.sign(signed))


@given(st.binary(min_size=1, max_size=200))
@settings(deadline=None)
def test_a_token_comes_back_as_it_went_in(payload: bytes) -> None:
    text = token(payload)
    jws = jose.parse(text, typ=TYP)
    assert jws.payload == payload
    assert jose.verify(jws, KEY)
    assert jose.assemble(jws.signing_input, jws.signature) == text


def test_a_token_verifies_under_its_own_key_alone() -> None:
    jws = jose.parse(token(), typ=TYP)
    assert not jose.verify(jws, throwaway_signer().public_key)


def test_a_token_that_names_another_key_or_algorithm_does_not_verify() -> None:
    named = jose.parse(token(head=head(kid=throwaway_signer().public_key.thumbprint)), typ=TYP)
    assert not jose.verify(named, KEY)
    good = jose.parse(token(), typ=TYP)
    assert not jose.verify(replace(good, header={**good.header, "alg": "none"}), KEY)


def test_the_header_of_a_credential_has_these_members_and_no_other() -> None:
    head = json.loads(base64url.decode(issued(claims(), SIGNER).token.split(".")[0]))
    assert head == {
        "alg": "ES256",
        "cty": "vc",
        "iss": "did:web:verify.mit.example",
        "kid": KEY.thumbprint,
        "typ": "vc+jwt",
    }
    assert PUBLIC_URL.endswith("verify.mit.example")


def head(**changes: Any) -> dict[str, Any]:
    return {
        name: value for name, value in {**jose.header(KEY, typ=TYP), **changes}.items() if value is not None
    }


FORGED_HEADS = [
    ("alg none", head(alg="none"), "token_algorithm"),
    ("HMAC with the public key", head(alg="HS256"), "token_algorithm"),
    ("RSA", head(alg="RS256"), "token_algorithm"),
    ("other curve", head(alg="ES384"), "token_algorithm"),
    ("lower case", head(alg="es256"), "token_algorithm"),
    ("no algorithm", head(alg=None), "token_header"),
    ("no key name", head(kid=None), "token_header"),
    ("no type", head(typ=None), "token_header"),
    ("another type", head(typ="JWT"), "token_type"),
    ("a key inside", head(jwk=KEY.jwk()), "token_header"),
    ("address of keys", head(jku="https://evil.example/jwks.json"), "token_header"),
    ("certificates inside", head(x5c=["AAAA"]), "token_header"),
    ("address of certificates", head(x5u="https://evil.example/"), "token_header"),
    ("critical extension", head(crit=["exp"]), "token_header"),
    ("unencoded payload", head(b64=False), "token_header"),
    ("compressed", head(zip="DEF"), "token_header"),
    ("algorithm as a list", head(alg=["ES256"]), "token_header"),
    ("key name as a number", head(kid=1), "token_header"),
]


@pytest.mark.parametrize(("what", "forged", "code"), FORGED_HEADS, ids=[row[0] for row in FORGED_HEADS])
def test_forged_headers_are_refused_by_name_even_when_well_signed(
    what: str, forged: dict[str, Any], code: str
) -> None:
    with pytest.raises(UnknownPresentationError) as caught:
        jose.parse(token(head=forged), typ=TYP)
    assert caught.value.code == code
    assert knows(f"errors.{code}")


def raw(head_bytes: bytes) -> str:
    signed = f"{base64url.encode(head_bytes)}.e30".encode()
    return jose.assemble(signed, SIGNER.sign(signed))


GOOD = token()
HEAD_PART, PAYLOAD_PART, SIGNATURE_PART = GOOD.split(".")
BAD = [
    ("nothing", "", "token_shape"),
    ("two parts", f"{HEAD_PART}.{PAYLOAD_PART}", "token_shape"),
    ("four parts", f"{GOOD}.AAAA", "token_shape"),
    ("no signature", f"{HEAD_PART}.{PAYLOAD_PART}.", "token_shape"),
    ("detached payload", f"{HEAD_PART}..{SIGNATURE_PART}", "token_shape"),
    ("padding", f"{GOOD}==", "token_base64url"),
    ("plain base64", f"{HEAD_PART}.++++.{SIGNATURE_PART}", "token_base64url"),
    ("line feed", f"{GOOD}\n", "token_base64url"),
    ("space", f" {GOOD}", "token_base64url"),
    ("Thai digits", f"{HEAD_PART}.๑๒๓๔.{SIGNATURE_PART}", "token_base64url"),
    ("surrogate", f"{HEAD_PART}.\ud800.{SIGNATURE_PART}", "token_base64url"),
    ("short signature", f"{HEAD_PART}.{PAYLOAD_PART}.AAAA", "token_signature"),
    ("long header", f"{'A' * 1028}.{PAYLOAD_PART}.{SIGNATURE_PART}", "token_header"),
    ("header not JSON", raw(b"{"), "token_header"),
    ("header a list", raw(b"[]"), "token_header"),
    ("header with spaces", raw(json.dumps(head()).encode()), "token_header"),
    ("algorithm twice", raw(b'{"alg":"ES256","alg":"none","kid":"a","typ":"vc+jwt"}'), "token_header"),
    ("deep header", raw(b"[" * 700), "token_header"),
    ("too long", "A" * 2_000_001, "token_too_long"),
]


@pytest.mark.parametrize(("what", "text", "code"), BAD, ids=[row[0] for row in BAD])
def test_every_other_spelling_is_refused_by_name(what: str, text: str, code: str) -> None:
    with pytest.raises(UnknownPresentationError) as caught:
        jose.parse(text, typ=TYP)
    assert caught.value.code == code
    assert knows(f"errors.{code}")


def test_a_der_signature_and_the_twin_are_refused() -> None:
    jws = jose.parse(GOOD, typ=TYP)
    s = int.from_bytes(jws.signature[32:], "big")
    twin = jws.signature[:32] + (ORDER - s).to_bytes(32, "big")
    assert not jose.verify(jose.parse(jose.assemble(jws.signing_input, twin), typ=TYP), KEY)


def test_one_type_is_never_taken_for_another() -> None:
    with pytest.raises(UnknownPresentationError):
        jose.parse(token(typ="mit-trust+jwt"), typ=TYP)
    assert jose.verify(jose.parse(token(typ="mit-trust+jwt"), typ="mit-trust+jwt"), KEY)


def test_the_bound_on_the_length_can_be_moved_by_who_knows_better() -> None:
    long_token = token(canonical_json.write("a" * 3_000_000))
    assert len(jose.parse(long_token, typ=TYP, most_characters=5_000_000).payload) > 3_000_000


@given(st.text(alphabet="eyJhbGciOiJ.AQ-_=\n ก", max_size=60) | st.text(max_size=30))
@settings(deadline=None)
def test_no_text_escapes_as_another_error(text: str) -> None:
    with pytest.raises(UnknownPresentationError) as caught:
        jose.parse(text, typ=TYP)
    assert knows(f"errors.{caught.value.code}")
