"""The envelope of a Token Status List: a CWT as COSE_Sign1 in one spelling, read by position.

Tag 18, protected header exactly ``{1: -7, 4: <2-byte kid>, 16: "application/statuslist+cwt"}``, empty
unprotected header, payload, 64-byte signature r‖s with low s.  Unlike the QR it has no external data,
so that every COSE library verifies it; the type in the protected header keeps the two apart.
Source: Token Status List section 5.2, RFC 9596 (type), RFC 9052 section 4.4.
"""

from __future__ import annotations

from typing import Final

from mit.credential.cose import Envelope, bytes_head
from mit.credential.public_keys import LARGEST_KEY_ID, PublicKey
from mit.credential.signatures import SIGNATURE_BYTES, is_signed_by
from mit.errors import UnknownPresentationError

MEDIA_TYPE: Final = "application/statuslist+cwt"
#: Largest token that is looked at; a list of a million slots, a tenth of them set, has a tenth of it.
MOST_BYTES = 2_000_000

#: What every such token begins with: tag 18, array of four.
MAGIC: Final = b"\xd2\x84"
_BEFORE_KID = b"\xa3\x01\x26\x04\x42"  # {1: -7, 4: bytes(2)…
_AFTER_KID = b"\x10\x78" + bytes([len(MEDIA_TYPE)]) + MEDIA_TYPE.encode("ascii")  # …16: text}
_PROTECTED_BYTES = len(_BEFORE_KID) + 2 + len(_AFTER_KID)
_HEAD = MAGIC + bytes_head(_PROTECTED_BYTES)
_UNPROTECTED = b"\xa0"
_SIGNATURE_HEAD = bytes_head(SIGNATURE_BYTES)
_PAYLOAD_AT = len(_HEAD) + _PROTECTED_BYTES + len(_UNPROTECTED)
_KID_AT = len(_HEAD) + len(_BEFORE_KID)


def to_be_signed(kid: int, payload: bytes) -> bytes:
    """Return the Sig_structure that the signer of the key *kid* signs for a list's claims."""
    head = bytes_head(_PROTECTED_BYTES)
    return b"\x84\x6aSignature1" + head + _protected(kid) + b"\x40" + bytes_head(len(payload)) + payload


def assemble(kid: int, payload: bytes, signature: bytes) -> bytes:
    """Return the token of *payload* with its *signature* (64 bytes r‖s)."""
    body = _protected(kid) + _UNPROTECTED + bytes_head(len(payload)) + payload
    return _HEAD + body + _SIGNATURE_HEAD + signature


def open_token(data: bytes) -> Envelope:
    """Return the parts of a token, read by position; the signature is not checked here.

    Raises:
        UnknownPresentationError: ``token_too_long``, ``status_cwt_shape`` (not our envelope, or cut),
            ``token_header`` (another algorithm, type or header).
    """
    if len(data) > MOST_BYTES:
        raise UnknownPresentationError("token_too_long")
    if not data.startswith(_HEAD) or len(data) <= _PAYLOAD_AT:
        raise UnknownPresentationError("status_cwt_shape")
    kid = int.from_bytes(data[_KID_AT : _KID_AT + 2], "big")
    if kid == 0 or data[len(_HEAD) : _PAYLOAD_AT] != _protected(kid) + _UNPROTECTED:
        raise UnknownPresentationError("token_header")
    end = len(data) - SIGNATURE_BYTES
    begin = _payload_begin(data)
    head = bytes_head(max(0, end - len(_SIGNATURE_HEAD) - begin))
    if data[_PAYLOAD_AT:begin] != head or data[end - len(_SIGNATURE_HEAD) : end] != _SIGNATURE_HEAD:
        raise UnknownPresentationError("status_cwt_shape")
    return Envelope(kid, data[begin : end - len(_SIGNATURE_HEAD)], data[end:])


def verify(envelope: Envelope, key: PublicKey) -> bool:
    """Say whether *key* signed this token: its serial, and its r‖s signature with low s."""
    return envelope.kid == key.kid and is_signed_by(
        key, to_be_signed(envelope.kid, envelope.payload), envelope.signature
    )


def _protected(kid: int) -> bytes:
    if not 1 <= kid <= LARGEST_KEY_ID:
        raise UnknownPresentationError("token_header")
    return _BEFORE_KID + kid.to_bytes(2, "big") + _AFTER_KID


def _payload_begin(data: bytes) -> int:
    """Return where the payload begins, by the length of the head of its byte string."""
    return _PAYLOAD_AT + 1 + {0x58: 1, 0x59: 2, 0x5A: 4}.get(data[_PAYLOAD_AT], 0)
