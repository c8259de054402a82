"""Two readers of QR digits: as strict as a verifier must be, and as careless as libraries allow.

The lenient one is the control: a tamper matrix in which even it accepts nothing would prove nothing.
"""

from __future__ import annotations

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from mit.credential import cose, qr_text
from mit.credential.claims import QrClaims
from mit.credential.public_keys import PublicKey
from mit.errors import UnknownPresentationError

_LENIENT_REFUSALS = (
    InvalidSignature,
    ValueError,
    TypeError,
    ArithmeticError,
    LookupError,
    AttributeError,
    cbor2.CBORError,
)


def strict(digits: str, trusted: dict[int, PublicKey]) -> QrClaims | str:
    """Return the claims, or the code of the refusal, as a verifier reads them."""
    try:
        envelope = cose.open_envelope(qr_text.from_digits(digits))
        key = trusted.get(envelope.kid)
        if key is None:
            return "unknown_key"
        return qr_text.decode_claims(envelope.payload) if cose.verify(envelope, key) else "bad_signature"
    except UnknownPresentationError as error:
        return error.code


def lenient(digits: str, trusted: dict[int, PublicKey]) -> object:
    """Return what a careless verifier would accept: libraries with their defaults, nothing compared."""
    try:
        number = int(digits)
        data = number.to_bytes((number.bit_length() + 7) // 8, "big")
        protected, _unprotected, payload, signature = cbor2.loads(data).value
        key = trusted[int.from_bytes(cbor2.loads(protected)[4], "big")]
        signed = cbor2.dumps(["Signature1", protected, b"MIT-QR-v1", payload])
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        key.key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
        return cbor2.loads(payload)
    except _LENIENT_REFUSALS:
        return "refused"
