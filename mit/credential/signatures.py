"""ES256 in its one spelling: raw r‖s with low s, made after every signer, demanded by every verifier.

(r, s) and (r, n − s) both satisfy the equation, so a verifier that takes both lets every signature
have a twin (security section 9).
"""

from __future__ import annotations

from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from mit.credential.public_keys import PublicKey, public_key

#: Order of the group of P-256 (FIPS 186-5, SP 800-186 section 3.2.1.3).
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_HALF_ORDER = ORDER // 2
SIGNATURE_BYTES = 64

_ES256 = ec.ECDSA(hashes.SHA256())
_ES256_REPEATABLE = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)


class Signer(Protocol):
    """Something that holds a private key and signs with it: a file, a token, a test."""

    @property
    def public_key(self) -> PublicKey:
        """Return the public half, with its key id."""

    def sign(self, data: bytes) -> bytes:
        """Return the ES256 signature of *data*: 64 bytes r‖s, low s."""


class KeySigner:
    """A signer over a key object that is already open; repeatable (RFC 6979), without a repr."""

    __slots__ = ("_private_key", "_public_key")

    def __init__(self, private_key: ec.EllipticCurvePrivateKey, kid: int, *, demo: bool) -> None:
        self._private_key = private_key
        self._public_key = public_key(kid, private_key.public_key(), demo=demo)

    @property
    def public_key(self) -> PublicKey:
        """Return the public half, with its key id."""
        return self._public_key

    def sign(self, data: bytes) -> bytes:
        """Return the ES256 signature of *data*: 64 bytes r‖s, low s, the same for the same data."""
        return raw_low_s(self._private_key.sign(data, _ES256_REPEATABLE))

    def __repr__(self) -> str:
        """Return the key id and nothing of the key."""
        return f"KeySigner(kid={self._public_key.kid})"

    def __reduce__(self) -> str:
        """Refuse to be pickled or copied: a private key stays where it was opened."""
        raise TypeError("a signer is never serialised")


def throwaway_signer() -> KeySigner:
    """Return a signer with a fresh key that nobody trusts: for the lint before issuing, and tests."""
    return KeySigner(ec.generate_private_key(ec.SECP256R1()), kid=65535, demo=True)


def raw_low_s(der: bytes) -> bytes:
    """Return a DER signature of P-256 as 64 bytes r‖s with s in the lower half."""
    r, s = decode_dss_signature(der)
    return r.to_bytes(32, "big") + min(s, ORDER - s).to_bytes(32, "big")


def is_low_s(signature: bytes) -> bool:
    """Say whether *signature* is 64 bytes r‖s with 0 < r < n and 0 < s ≤ n ÷ 2."""
    return _low_s(signature) is not None


def is_signed_by(key: PublicKey, data: bytes, signature: bytes) -> bool:
    """Say whether *signature* (r‖s, low s) over *data* was made with *key*."""
    pair = _low_s(signature)
    if pair is None:
        return False
    try:
        key.key.verify(encode_dss_signature(*pair), data, _ES256)
    except InvalidSignature:
        return False
    return True


def _low_s(signature: bytes) -> tuple[int, int] | None:
    """Return r and s as ``is_low_s`` demands them; None where they are not so."""
    if len(signature) != SIGNATURE_BYTES:
        return None
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    return (r, s) if 0 < r < ORDER and 0 < s <= _HALF_ORDER else None
