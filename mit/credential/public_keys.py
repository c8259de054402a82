"""Public keys: their key ids, the published key set, and the issuer's did:web document.

A key has two names: its serial (1 to 65,535, two bytes in the QR, never reused) and its RFC 7638
thumbprint (in JOSE).  The key set carries both, the serial as ``mit_kid``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from mit.credential import base64url, canonical_json
from mit.errors import InputError

ALGORITHM = "ES256"
LARGEST_KEY_ID = 65_535
_DID_CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"]


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A verification key on P-256; made by ``public_key`` and its siblings.

    Attributes:
        kid: serial, 1 to 65,535.
        key: the key itself.
        demo: whether everything it signs is a sample.
        thumbprint: RFC 7638, SHA-256, base64url.
    """

    kid: int
    key: ec.EllipticCurvePublicKey
    demo: bool
    thumbprint: str

    def jwk(self) -> dict[str, object]:
        """Return the key as a JSON Web Key with ``kid``, ``alg``, ``use`` and our ``mit_kid``."""
        marks: dict[str, object] = {"alg": ALGORITHM, "use": "sig", "kid": self.thumbprint}
        marks["mit_kid"] = self.kid
        if self.demo:
            marks["mit_sample"] = True
        return {**_required_members(self.key), **marks}

    def to_pem(self) -> str:
        """Return the key as SubjectPublicKeyInfo in PEM."""
        return self.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def public_key(kid: int, key: ec.EllipticCurvePublicKey, *, demo: bool = False) -> PublicKey:
    """Return *key* under the serial *kid*.

    Raises:
        InputError: ``key_id_range`` or ``key_not_p256``.
    """
    if not 1 <= kid <= LARGEST_KEY_ID:
        raise InputError("key_id_range")
    if not isinstance(key.curve, ec.SECP256R1):
        raise InputError("key_not_p256")
    digest = hashlib.sha256(canonical_json.write(_required_members(key))).digest()
    return PublicKey(kid, key, demo, base64url.encode(digest))


def public_key_from_pem(kid: int, pem: str, *, demo: bool = False) -> PublicKey:
    """Return the key in a SubjectPublicKeyInfo PEM.

    Raises:
        InputError: ``key_malformed``, ``key_not_p256`` or ``key_id_range``.
    """
    try:
        key = load_pem_public_key(pem.encode("utf-8"))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise InputError("key_malformed") from error
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise InputError("key_not_p256")
    return public_key(kid, key, demo=demo)


def public_key_from_jwk(document: object) -> PublicKey:
    """Return the key in a JSON Web Key of ours; its ``kid`` must be its own thumbprint.

    Raises:
        InputError: ``key_malformed``, ``key_not_p256`` or ``key_id_range``.
    """
    members = document if isinstance(document, dict) else {}
    if members.get("kty") != "EC" or members.get("crv") != "P-256":
        raise InputError("key_not_p256")
    serial = members.get("mit_kid")
    if members.get("alg") != ALGORITHM or type(serial) is not int or "d" in members:
        raise InputError("key_malformed")
    numbers = ec.EllipticCurvePublicNumbers(
        _coordinate(members.get("x")), _coordinate(members.get("y")), ec.SECP256R1()
    )
    try:
        key = public_key(serial, numbers.public_key(), demo=members.get("mit_sample") is True)
    except ValueError as error:
        raise InputError("key_malformed") from error
    if members.get("kid") != key.thumbprint:
        raise InputError("key_malformed")
    return key


def key_set(keys: Iterable[PublicKey]) -> dict[str, object]:
    """Return the published JSON Web Key Set."""
    return {"keys": [key.jwk() for key in keys]}


def issuer_did(public_url: str) -> str:
    """Return the did:web name of the service at *public_url*, e.g. ``did:web:localhost%3A8000``."""
    address = urlsplit(public_url)
    host = quote(address.netloc.lower(), safe=".-")
    return ":".join(["did:web", host, *(quote(part) for part in address.path.split("/") if part)])


def did_document(public_url: str, keys: Iterable[PublicKey]) -> dict[str, object]:
    """Return the did:web document that lists *keys* as those the issuer asserts with."""
    did = issuer_did(public_url)
    methods = [
        {
            "id": f"{did}#{key.thumbprint}",
            "type": "JsonWebKey",
            "controller": did,
            "publicKeyJwk": key.jwk(),
        }
        for key in keys
    ]
    return {
        "@context": _DID_CONTEXTS,
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def _required_members(key: ec.EllipticCurvePublicKey) -> dict[str, object]:
    numbers = key.public_numbers()
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": base64url.encode(numbers.x.to_bytes(32, "big")),
        "y": base64url.encode(numbers.y.to_bytes(32, "big")),
    }


def _coordinate(text: object) -> int:
    data = base64url.decode(text, "key_malformed") if isinstance(text, str) else b""
    if len(data) != 32:
        raise InputError("key_malformed")
    return int.from_bytes(data, "big")
