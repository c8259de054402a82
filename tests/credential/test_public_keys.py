from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mit.credential.public_keys import (
    did_document,
    issuer_did,
    key_set,
    public_key,
    public_key_from_jwk,
    public_key_from_pem,
)
from mit.errors import InputError
from mit.i18n import knows

KEY = public_key(7, ec.generate_private_key(ec.SECP256R1()).public_key())
DEMO = public_key(8, ec.generate_private_key(ec.SECP256R1()).public_key(), demo=True)


def test_the_thumbprint_is_that_of_rfc_7638() -> None:
    # The key of RFC 7515 appendix A.3; thumbprint as npm jose 6.2.17 computes it (test_foreign).
    members = {
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    }
    marks = {"alg": "ES256", "mit_kid": 1, "kid": "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"}
    assert public_key_from_jwk({**members, **marks}).thumbprint == marks["kid"]


@pytest.mark.parametrize("key", [KEY, DEMO])
def test_a_key_comes_back_from_jwk_and_pem(key: Any) -> None:
    assert public_key_from_jwk(json.loads(json.dumps(key.jwk()))) == key
    assert public_key_from_pem(key.kid, key.to_pem(), demo=key.demo) == key


def test_the_key_set_carries_both_names_and_no_private_member() -> None:
    keys: Any = key_set([KEY, DEMO])["keys"]
    assert [(key["kid"], key["mit_kid"]) for key in keys] == [(KEY.thumbprint, 7), (DEMO.thumbprint, 8)]
    assert [key.get("mit_sample") for key in keys] == [None, True]
    assert all(key["alg"] == "ES256" and key["use"] == "sig" and "d" not in key for key in keys)


def jwk(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in {**KEY.jwk(), **changes}.items() if value is not None}


BAD_JWKS = [
    ("no object", [], "key_not_p256"),
    ("another type", jwk(kty="RSA"), "key_not_p256"),
    ("another curve", jwk(crv="P-384"), "key_not_p256"),
    ("another algorithm", jwk(alg="ES384"), "key_malformed"),
    ("no algorithm", jwk(alg=None), "key_malformed"),
    ("no serial", jwk(mit_kid=None), "key_malformed"),
    ("serial as text", jwk(mit_kid="7"), "key_malformed"),
    ("serial as a truth value", jwk(mit_kid=True), "key_malformed"),
    ("serial 0", jwk(mit_kid=0), "key_id_range"),
    ("serial 65536", jwk(mit_kid=65536), "key_id_range"),
    ("a private member", jwk(d="AAAA"), "key_malformed"),
    ("another key's name", jwk(kid=DEMO.thumbprint), "key_malformed"),
    ("no name", jwk(kid=None), "key_malformed"),
    ("short coordinate", jwk(x="AAAA"), "key_malformed"),
    ("padded coordinate", jwk(x=f"{KEY.jwk()['x']}="), "key_malformed"),
    ("coordinate as a number", jwk(y=1), "key_malformed"),
    ("not on the curve", jwk(x=KEY.jwk()["y"]), "key_malformed"),
    ("the point at infinity", jwk(x="A" * 43, y="A" * 43), "key_malformed"),
]


@pytest.mark.parametrize(("what", "document", "code"), BAD_JWKS, ids=[row[0] for row in BAD_JWKS])
def test_a_malformed_jwk_is_refused_by_name(what: str, document: object, code: str) -> None:
    with pytest.raises(InputError) as caught:
        public_key_from_jwk(document)
    assert caught.value.code == code
    assert knows(f"errors.{code}")


def pem_of(key: Any) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.mark.parametrize(
    ("pem", "code"),
    [
        ("", "key_malformed"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "key_malformed"),
        (pem_of(rsa.generate_private_key(65537, 2048).public_key()), "key_not_p256"),
        (pem_of(ed25519.Ed25519PrivateKey.generate().public_key()), "key_not_p256"),
        (pem_of(ec.generate_private_key(ec.SECP384R1()).public_key()), "key_not_p256"),
        (pem_of(ec.generate_private_key(ec.SECP256K1()).public_key()), "key_not_p256"),
    ],
)
def test_only_keys_on_p256_are_taken(pem: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        public_key_from_pem(1, pem)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("address", "did"),
    [
        ("https://verify.mit.example", "did:web:verify.mit.example"),
        ("https://Verify.MIT.example/", "did:web:verify.mit.example"),
        ("http://localhost:8000", "did:web:localhost%3A8000"),
        ("https://mit.example/th/mit", "did:web:mit.example:th:mit"),
    ],
)
def test_the_issuer_is_named_after_the_public_address(address: str, did: str) -> None:
    assert issuer_did(address) == did


def test_the_did_document_lists_the_keys_the_issuer_asserts_with() -> None:
    document: Any = did_document("http://localhost:8000", [KEY, DEMO])
    assert document["id"] == "did:web:localhost%3A8000"
    assert document["assertionMethod"] == [
        f"did:web:localhost%3A8000#{key.thumbprint}" for key in (KEY, DEMO)
    ]
    first = document["verificationMethod"][0]
    assert first["publicKeyJwk"] == KEY.jwk()
    assert first["controller"] == document["id"]
    assert first["type"] == "JsonWebKey"
