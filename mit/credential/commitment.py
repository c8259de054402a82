"""The commitment to a cost sheet: a hash that tells nothing, until the sheet is opened beside it.

Hiding, because of 32 random bytes that only the holder and the case have; binding, because of SHA-256.
Every part before the content has a fixed length, so no two contents give the same bytes.
docs/credential.md, "What the certificate commits to", says the same to strangers.
"""

from __future__ import annotations

import hashlib
import re

from mit.errors import InputError

#: Names the construction in the credential; another construction gets another name.
METHOD = "mit-cost-sheet-v1"
#: Stands in front of what is hashed, so that the hash means nothing anywhere else.
PREFIX = b"MIT-cost-sheet-commitment-v1\n"
SALT_BYTES = 32
_HEX_64 = re.compile(r"[0-9a-f]{64}", re.ASCII)


def commit(salt: bytes, content: bytes) -> str:
    """Return the SHA-256 (hex) over prefix, salt and content.

    Raises:
        InputError: ``commitment_salt``: the salt has not 32 bytes.
    """
    if len(salt) != SALT_BYTES:
        raise InputError("commitment_salt", where="salt")
    return hashlib.sha256(PREFIX + salt + content).hexdigest()


def committed_content(sheet: str, chain: str = "") -> bytes:
    """Return the bytes that are committed to, from two texts that are canonical JSON already.

    Args:
        sheet: the cost sheet.
        chain: what was known of the suppliers' certificates that it names; empty where it names none.
    """
    more = f',"supplier_certificates":{chain}' if chain else ""
    return f'{{"sheet":{sheet}{more}}}'.encode()


def is_commitment(text: str) -> bool:
    """Say whether a text is spelled like a commitment: 64 hex digits, small letters."""
    return _HEX_64.fullmatch(text) is not None
