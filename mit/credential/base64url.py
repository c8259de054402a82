"""base64url in its one spelling: no padding, no foreign sign, unused bits zero (RFC 4648 section 5)."""

from __future__ import annotations

import base64
import binascii
import re

from mit.errors import InputError

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


def encode(data: bytes) -> str:
    """Return *data* as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str, code: str = "base64url_malformed") -> bytes:
    """Return the bytes that *text* spells; every other spelling of them is refused.

    Raises:
        InputError: with *code*.
    """
    if not _ALPHABET.fullmatch(text):
        raise InputError(code)
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise InputError(code) from error
    if encode(data) != text:
        raise InputError(code)
    return data
