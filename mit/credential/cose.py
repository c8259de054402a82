"""The lean COSE_Sign1 envelope of the QR, and the one door to CBOR.

One spelling only (contract section 1): tag 18, protected header exactly ``{1: -7, 4: <2-byte
kid>}``, empty unprotected header, payload, 64-byte signature r‖s with low s.  The envelope is read
by position; nothing of the payload is decoded before its signature is good.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from io import BytesIO

import cbor2

from mit.credential.public_keys import LARGEST_KEY_ID, PublicKey
from mit.credential.signatures import SIGNATURE_BYTES, is_signed_by
from mit.errors import UnknownPresentationError

#: Stands in front of what is signed, so that no other signature of the key can be replayed here.
EXTERNAL_AAD = b"MIT-QR-v1"
#: Largest payload of an envelope: with it the digits stay well within their own bound.
LARGEST_PAYLOAD_BYTES = 1_024

_TAG_AND_ARRAY = b"\xd2\x84"  # tag 18, array of four
_PROTECTED = b"\x47\xa2\x01\x26\x04\x42"  # bytes(7): {1: -7, 4: bytes(2)…
_UNPROTECTED = b"\xa0"  # the empty map
_HEAD = _TAG_AND_ARRAY + _PROTECTED
_PAYLOAD_AT = len(_HEAD) + 2 + len(_UNPROTECTED)
_SIGNATURE_HEAD = b"\x58\x40"  # bytes(64)
_SIGNATURE_PART = len(_SIGNATURE_HEAD) + SIGNATURE_BYTES
#: Array of four, "Signature1"; the protected header follows (RFC 9052 section 4.4).
_CONTEXT = b"\x84\x6aSignature1"
_AAD = bytes([0x40 + len(EXTERNAL_AAD)]) + EXTERNAL_AAD
#: Each thread's encoder: to make one costs half as much again as the checks that ask for it.
_own = threading.local()
#: What cbor2 is known to raise on foreign bytes, beside its own errors.
_CBOR_REFUSALS = (
    cbor2.CBORError,
    ValueError,
    TypeError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RecursionError,
    MemoryError,
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the envelope holds, its signature not yet checked.

    Attributes:
        kid: serial of the key that is said to have signed, 1 to 65,535.
        payload: the signed bytes, not decoded.
        signature: 64 bytes r‖s.
    """

    kid: int
    payload: bytes
    signature: bytes


def to_be_signed(kid: int, payload: bytes) -> bytes:
    """Return the Sig_structure of RFC 9052 section 4.4 that a signer signs for *payload*."""
    return _CONTEXT + _protected(kid) + _AAD + _bytes_head(len(payload)) + payload


def assemble(kid: int, payload: bytes, signature: bytes) -> bytes:
    """Return the envelope of *payload* with its *signature* (64 bytes r‖s)."""
    head = _TAG_AND_ARRAY + _protected(kid) + _UNPROTECTED
    return head + _bytes_head(len(payload)) + payload + _SIGNATURE_HEAD + signature


def open_envelope(data: bytes) -> Envelope:
    """Return the parts of an envelope, read by position; the signature is not checked here.

    Raises:
        UnknownPresentationError: ``qr_shape`` (not our envelope), ``qr_header`` (another
            algorithm or header), ``qr_key_id`` (serial 0) or ``qr_length``.
    """
    if not data.startswith(_TAG_AND_ARRAY):
        raise UnknownPresentationError("qr_shape")
    if not data.startswith(_HEAD) or data[_PAYLOAD_AT - 1 : _PAYLOAD_AT] != _UNPROTECTED:
        raise UnknownPresentationError("qr_header")
    kid = int.from_bytes(data[len(_HEAD) : len(_HEAD) + 2], "big")
    if kid == 0:
        raise UnknownPresentationError("qr_key_id")
    begin, length = _payload_place(data)
    end = begin + length
    if len(data) != end + _SIGNATURE_PART or data[end : end + 2] != _SIGNATURE_HEAD:
        raise UnknownPresentationError("qr_length")
    return Envelope(kid, data[begin:end], data[-SIGNATURE_BYTES:])


def verify(envelope: Envelope, key: PublicKey) -> bool:
    """Say whether *key* signed this envelope: its serial, and its r‖s signature with low s."""
    return envelope.kid == key.kid and is_signed_by(
        key, to_be_signed(envelope.kid, envelope.payload), envelope.signature
    )


def encode(value: object) -> bytes:
    """Return *value* as deterministic CBOR (RFC 8949 section 4.2.1)."""
    encoder = _own.__dict__.get("encoder") or cbor2.CBOREncoder(BytesIO(), canonical=True)
    _own.encoder = None  # one that refused something is not used again
    data: bytes = encoder.encode_to_bytes(value)
    _own.encoder = encoder
    return data


def decode(data: bytes) -> object:
    """Return the value in *data*, which must be the deterministic encoding of it.

    Raises:
        UnknownPresentationError: ``qr_claims_cbor`` or ``qr_claims_not_canonical``.
    """
    try:
        value: object = cbor2.loads(data)
        again = encode(value)
    except _CBOR_REFUSALS as error:
        raise UnknownPresentationError("qr_claims_cbor") from error
    if again != data:
        raise UnknownPresentationError("qr_claims_not_canonical")
    return value


def bytes_head(length: int) -> bytes:
    """Return the shortest head of a CBOR byte string of *length* bytes (RFC 8949 section 3)."""
    if length < 24:
        return bytes([0x40 + length])
    if length < 0x100:
        return b"\x58" + length.to_bytes(1, "big")
    if length < 0x10000:
        return b"\x59" + length.to_bytes(2, "big")
    return b"\x5a" + length.to_bytes(4, "big")


def _protected(kid: int) -> bytes:
    if not 1 <= kid <= LARGEST_KEY_ID:
        raise UnknownPresentationError("qr_key_id")
    return _PROTECTED + kid.to_bytes(2, "big")


def _bytes_head(length: int) -> bytes:
    if length > LARGEST_PAYLOAD_BYTES:
        raise UnknownPresentationError("qr_length")
    return bytes_head(length)


def _payload_place(data: bytes) -> tuple[int, int]:
    first = data[_PAYLOAD_AT] if len(data) > _PAYLOAD_AT else 0
    extra = {0x58: 1, 0x59: 2}.get(first, 0)
    begin = _PAYLOAD_AT + 1 + extra
    length = int.from_bytes(data[_PAYLOAD_AT + 1 : begin], "big") if extra else first - 0x40
    if not 0 <= length <= LARGEST_PAYLOAD_BYTES or data[_PAYLOAD_AT:begin] != _bytes_head(length):
        raise UnknownPresentationError("qr_length")
    return begin, length
