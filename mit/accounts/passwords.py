"""Passwords: what may be one, and how they are kept (Argon2id).

Source: security section 7: at least 15 characters, up to 128, no rules of composition; 64 MiB,
3 passes, 4 lanes; at most four hashes at a time.
"""

from __future__ import annotations

import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from mit.errors import Fault, InputError

SHORTEST = 15
LONGEST = 128
_AT_ONCE = threading.BoundedSemaphore(4)


class Passwords:
    """Hashes passwords at a set cost; the default is for people, a cheaper one for tests."""

    def __init__(self, *, memory_kib: int = 64 * 1024, passes: int = 3, lanes: int = 4) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)
        self._nobody = ""

    def hash(self, password: str) -> str:
        """Return the hash to keep.

        Raises:
            InputError: ``password_short``, ``password_long`` or ``text_unreadable``.
        """
        faults = password_faults(password)
        if faults:
            raise InputError(faults=faults)
        with _AT_ONCE:
            return self._hasher.hash(_normal(password))

    def matches(self, password: str, password_hash: str | None) -> bool:
        """Say whether this is the password; takes as long where there is no hash to compare with."""
        if not _is_readable(password) or len(_normal(password)) > LONGEST:
            return False
        with _AT_ONCE:
            try:
                return self._hasher.verify(password_hash or self._decoy(), _normal(password)) and bool(
                    password_hash
                )
            except (VerificationError, InvalidHashError):
                return False

    def needs_new_hash(self, password_hash: str) -> bool:
        """Say whether the hash was made at another cost than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    def _decoy(self) -> str:
        self._nobody = self._nobody or self._hasher.hash("nobody has this password")
        return self._nobody


def password_faults(password: str, *, where: str = "password") -> list[Fault]:
    """Return what is wrong with a new password; an empty list where nothing is."""
    if not _is_readable(password):
        return [Fault("text_unreadable", where)]
    length = len(_normal(password))
    if length < SHORTEST:
        return [Fault("password_short", where, {"shortest": SHORTEST})]
    return [Fault("password_long", where, {"longest": LONGEST})] if length > LONGEST else []


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _is_readable(text: str) -> bool:
    return not any(unicodedata.category(sign) in {"Cs", "Cc"} for sign in text)
