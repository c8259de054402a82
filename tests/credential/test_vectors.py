"""The frozen vectors: what was issued once must be read for ever, and the reasons keep their names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mit.credential import cose, jose, qr_text, vc
from mit.credential.public_keys import PublicKey, public_key_from_jwk
from mit.errors import UnknownPresentationError
from tests.vectors.make_vectors import FILES, FOLDER, qr_document, text_of

#: Files made on one version of zlib may differ in the compressed bytes on another.
QR = json.loads((FOLDER / "qr.json").read_text(encoding="utf-8"))
CREDENTIAL = json.loads((FOLDER / "credential.json").read_text(encoding="utf-8"))


def keys_of(vectors: dict[str, Any]) -> dict[str | int, PublicKey]:
    """Return the vectors' keys by serial and by thumbprint."""
    keys = [public_key_from_jwk(document) for document in vectors["jwks"]["keys"]]
    return {key.kid: key for key in keys} | {key.thumbprint: key for key in keys}


def reason_of_qr(text: str) -> tuple[str, Any]:
    try:
        envelope = cose.open_envelope(qr_text.from_digits(qr_text.digits_in(text)))
        key = keys_of(QR).get(envelope.kid)
        if key is None or not cose.verify(envelope, key):
            return ("unknown_key" if key is None else "bad_signature"), None
        return "ok", qr_document(qr_text.decode_claims(envelope.payload))
    except UnknownPresentationError as error:
        return error.code, None


def reason_of_token(token: str) -> str:
    try:
        jws = jose.parse(token, typ=vc.TYP)
    except UnknownPresentationError as error:
        return error.code
    key = keys_of(CREDENTIAL).get(jws.header["kid"])
    if key is None:
        return "unknown_key"
    return "ok" if jose.verify(jws, key) else "bad_signature"


@pytest.mark.parametrize("vector", QR["vectors"], ids=lambda vector: vector["what"])
def test_every_frozen_qr_has_its_reason(vector: dict[str, Any]) -> None:
    reason, claims = reason_of_qr(vector["text"])
    assert reason == vector["reason"]
    assert claims == vector.get("claims")


@pytest.mark.parametrize("vector", CREDENTIAL["vectors"], ids=lambda vector: vector["what"])
def test_every_frozen_credential_has_its_reason(vector: dict[str, Any]) -> None:
    assert reason_of_token(vector["token"]) == vector["reason"]


@pytest.mark.parametrize("name", FILES)
def test_the_code_still_makes_exactly_these_vectors(name: str) -> None:
    assert text_of(FILES[name]()) == (FOLDER / name).read_text(encoding="utf-8")


def test_the_vectors_say_that_their_key_is_no_secret() -> None:
    for vectors in (QR, CREDENTIAL):
        assert vectors["notice"].startswith("TEST KEY")
        assert all(key["mit_sample"] is True for key in vectors["jwks"]["keys"])
