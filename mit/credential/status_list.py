"""The status list: one slot for each certificate, one bit for each purpose.

W3C Bitstring Status List 1.0: at least 131,072 bits, most significant bit first, gzip, base64url
with the multibase prefix ``u``, as a credential secured like any other.  The instants that decide
how old the knowledge is are the signed ``iat`` and ``exp`` (contract section 1).
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from mit.credential import base64url, canonical_json, jose
from mit.credential.claims import SLOTS_IN_A_LIST
from mit.credential.public_keys import PublicKey, issuer_did
from mit.credential.slot_values import INVALID, bitstring, slot_values
from mit.credential.vc import PURPOSES, TYP, VC_CONTEXT, status_list_url
from mit.errors import InputError, UnknownPresentationError
from mit.values.thai_date import utc_text

#: How long a signed list may be used at most.
LIST_LIFE = timedelta(days=7)
#: When to look for a newer one, in milliseconds (W3C), five minutes.
TTL_MILLISECONDS = 300_000
#: Level 9 costs many times as much for a tenth fewer bytes (bench/results/status_list.json).
COMPRESSION_LEVEL = 6
_LIST_BYTES = SLOTS_IN_A_LIST // 8
#: Largest bitstring that is inflated, and largest number of lists' slots we would ever read.
_MOST_BYTES = 64 * _LIST_BYTES
_ADDRESS = re.compile(r"\S{1,300}/status/(revocation|suspension)/(0|[1-9][0-9]{0,3})", re.ASCII)
#: 9999-12-31T23:59:59Z; later instants cannot be held.
_LAST_INSTANT = 253_402_300_799


@dataclass(frozen=True, slots=True)
class StatusBits:
    """A status list read back.

    Attributes:
        purpose: ``revocation`` or ``suspension``.
        list_number: which list.
        bits: the bitstring, first slot in the most significant bit.
        issued_at: the signed ``iat``: the knowledge is this old.
        expires_at: the signed ``exp``: not to be used later.
    """

    purpose: str
    list_number: int
    bits: bytes
    issued_at: datetime
    expires_at: datetime

    def is_set(self, index: int) -> bool:
        """Say whether the bit of slot *index* is set.

        Raises:
            UnknownPresentationError: ``status_list_index`` beyond the list's end.
        """
        if not 0 <= index < 8 * len(self.bits):
            raise UnknownPresentationError("status_list_index")
        return bool(self.bits[index >> 3] & (0x80 >> (index & 7)))


def build_status_list(
    purpose: str, list_number: int, set_indexes: Iterable[int], *, public_url: str, now: datetime
) -> dict[str, Any]:
    """Return the payload of a status list as of *now* with the bits of *set_indexes* set.

    Raises:
        InputError: ``status_list_index`` for a slot outside 0 … 131,071, ``status_list_purpose``.
    """
    values = slot_values({INVALID: set_indexes})
    bits = bitstring(values, INVALID)
    return status_list_of_bits(purpose, list_number, bits, public_url=public_url, now=now)


def status_list_of_bits(
    purpose: str, list_number: int, bits: bytes, *, public_url: str, now: datetime
) -> dict[str, Any]:
    """Return the payload of a status list as of *now*; *bits* has the first slot in its highest bit.

    Raises:
        InputError: ``status_list_purpose``.
    """
    if purpose not in PURPOSES:
        raise InputError("status_list_purpose")
    address = status_list_url(purpose, list_number, public_url=public_url)
    issued_at = now.astimezone(UTC).replace(microsecond=0)
    expires_at = issued_at + LIST_LIFE
    packed = gzip.compress(bits, compresslevel=COMPRESSION_LEVEL, mtime=0)
    return {
        "@context": [VC_CONTEXT],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_did(public_url),
        "validFrom": utc_text(issued_at),
        "validUntil": utc_text(expires_at),
        "iat": int(issued_at.timestamp()),
        "exp": int(expires_at.timestamp()),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": "u" + base64url.encode(packed),
            "ttl": TTL_MILLISECONDS,
        },
    }


def status_list_signing_input(payload: dict[str, Any], *, key: PublicKey, public_url: str) -> bytes:
    """Return exactly the bytes that the signer of *key* signs for a status list."""
    protected = jose.header(key, typ=TYP, iss=issuer_did(public_url), cty="vc")
    return jose.signing_input(protected, canonical_json.write(payload))


def read_status_list(payload: bytes) -> StatusBits:
    """Return the list in a payload; call it only after its signature is good.

    Raises:
        UnknownPresentationError: ``status_list_malformed``.
    """
    try:
        document = canonical_json.read(payload)
    except InputError as error:
        raise UnknownPresentationError("status_list_malformed") from error
    members = document if isinstance(document, dict) else {}
    subject = members.get("credentialSubject")
    match = _ADDRESS.fullmatch(str(members.get("id")))
    if not match or not isinstance(subject, dict) or subject.get("statusPurpose") != match[1]:
        raise UnknownPresentationError("status_list_malformed")
    return StatusBits(
        purpose=match[1],
        list_number=int(match[2]),
        bits=_unpack(subject.get("encodedList")),
        issued_at=instant(members.get("iat")),
        expires_at=instant(members.get("exp")),
    )


def instant(value: object) -> datetime:
    """Return a signed instant, given as seconds since 1970.

    Raises:
        UnknownPresentationError: ``status_list_malformed``.
    """
    if type(value) is not int or not 0 <= value <= _LAST_INSTANT:
        raise UnknownPresentationError("status_list_malformed")
    return datetime.fromtimestamp(value, UTC)


def _unpack(encoded: object) -> bytes:
    if not isinstance(encoded, str) or not encoded.startswith("u"):
        raise UnknownPresentationError("status_list_malformed")
    try:
        packed = base64url.decode(encoded[1:])
        inflater = zlib.decompressobj(wbits=31)  # gzip only
        bits = inflater.decompress(packed, _MOST_BYTES + 1)
    except (InputError, zlib.error) as error:
        raise UnknownPresentationError("status_list_malformed") from error
    is_whole = inflater.eof and not inflater.unused_data
    if not is_whole or not _LIST_BYTES <= len(bits) <= _MOST_BYTES:
        raise UnknownPresentationError("status_list_malformed")
    return bits
