"""The same status list as an IETF Token Status List: two bits for each slot, in a signed CWT.

One fetch answers both questions, in half the bytes of the two bitstrings, so it is the form to keep
beside a QR reader.  Claims: ``sub`` (2, the address), ``exp`` (4), ``iat`` (6), ``ttl`` (65534,
seconds) and ``status_list`` (65533, ``{"bits": 2, "lst": zlib}``).
Source: draft-ietf-oauth-status-list section 5.2; the claim numbers are those it asks IANA for.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mit.credential import cose, slot_values, status_cwt
from mit.credential.claims import SLOTS_IN_A_LIST
from mit.credential.signatures import Signer
from mit.credential.status_list import (
    COMPRESSION_LEVEL,
    LIST_LIFE,
    TTL_MILLISECONDS,
    StatusBits,
    instant,
)
from mit.errors import UnknownPresentationError

_SUB, _EXP, _IAT, _TTL, _STATUS_LIST = 2, 4, 6, 65_534, 65_533
_BITS = 2
_TTL_SECONDS = TTL_MILLISECONDS // 1_000
_LIST_BYTES = SLOTS_IN_A_LIST * _BITS // 8
#: Largest list that is inflated, in bytes.
_MOST_BYTES = 64 * _LIST_BYTES
_ADDRESS = re.compile(r"\S{1,300}/status/token/(0|[1-9][0-9]{0,3})", re.ASCII)


@dataclass(frozen=True, slots=True)
class TokenStatuses:
    """A Token Status List read back.

    Attributes:
        list_number: which list.
        packed: two bits for each slot, first slot in the lowest bits.
        issued_at: the signed ``iat``: the knowledge is this old.
        expires_at: the signed ``exp``: not to be used later.
    """

    list_number: int
    packed: bytes
    issued_at: datetime
    expires_at: datetime

    def value(self, index: int) -> int:
        """Return what a slot says: 0 valid, 1 invalid, 2 suspended.

        Raises:
            UnknownPresentationError: ``status_list_index`` beyond the list's end.
        """
        if not 0 <= index < 4 * len(self.packed):
            raise UnknownPresentationError("status_list_index")
        return self.packed[index >> 2] >> 2 * (index & 3) & 3

    def bits(self, purpose: str) -> StatusBits:
        """Return the same list as the bitstring of *purpose*."""
        bits = slot_values.bits_of_pairs(self.packed, slot_values.VALUE_OF_PURPOSE[purpose])
        return StatusBits(purpose, self.list_number, bits, self.issued_at, self.expires_at)


def token_list_url(list_number: int, *, public_url: str) -> str:
    """Return the address of a Token Status List: ``<public_url>/status/token/<list number>``."""
    return f"{public_url.rstrip('/')}/status/token/{list_number}"


def build_token_list(values: bytes, list_number: int, *, public_url: str, now: datetime) -> bytes:
    """Return the claims of a list as of *now*, deterministic CBOR; *values* hold one byte for each slot."""
    issued_at = int(now.timestamp())
    packed = zlib.compress(slot_values.pairs(values), COMPRESSION_LEVEL)
    return cose.encode(
        {
            _SUB: token_list_url(list_number, public_url=public_url),
            _EXP: issued_at + int(LIST_LIFE.total_seconds()),
            _IAT: issued_at,
            _TTL: _TTL_SECONDS,
            _STATUS_LIST: {"bits": _BITS, "lst": packed},
        }
    )


def sign_token_list(claims: bytes, signer: Signer) -> bytes:
    """Return the signed token of a list's claims."""
    kid = signer.public_key.kid
    return status_cwt.assemble(kid, claims, signer.sign(status_cwt.to_be_signed(kid, claims)))


def read_token_list(payload: bytes) -> TokenStatuses:
    """Return the list in a payload; call it only after its signature is good.

    Raises:
        UnknownPresentationError: ``status_list_malformed``.
    """
    try:
        claims = cose.decode(payload)
    except UnknownPresentationError as error:
        raise UnknownPresentationError("status_list_malformed") from error
    members: dict[Any, Any] = claims if isinstance(claims, dict) else {}
    match = _ADDRESS.fullmatch(str(members.get(_SUB)))
    status_list = members.get(_STATUS_LIST)
    if not match or not isinstance(status_list, dict) or type(members.get(_TTL)) is not int:
        raise UnknownPresentationError("status_list_malformed")
    return TokenStatuses(
        list_number=int(match[1]),
        packed=_unpack(status_list),
        issued_at=instant(members.get(_IAT)).astimezone(UTC),
        expires_at=instant(members.get(_EXP)).astimezone(UTC),
    )


def _unpack(status_list: dict[Any, Any]) -> bytes:
    bits, compressed = status_list.get("bits"), status_list.get("lst")
    if type(bits) is not int or bits != _BITS or not isinstance(compressed, bytes):
        raise UnknownPresentationError("status_list_malformed")
    inflater = zlib.decompressobj()
    try:
        packed = inflater.decompress(compressed, _MOST_BYTES + 1)
    except zlib.error as error:
        raise UnknownPresentationError("status_list_malformed") from error
    is_whole = inflater.eof and not inflater.unused_data
    is_list = _LIST_BYTES <= len(packed) <= _MOST_BYTES and len(packed) % 2 == 0
    if not is_whole or not is_list or slot_values.has_unknown_value(packed):
        raise UnknownPresentationError("status_list_malformed")
    return packed
