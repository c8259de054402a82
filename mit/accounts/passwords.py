"""Passwords: what may be one, and how they are kept (Argon2id).

Source: security section 7: at least 15 characters, up to 128, no rules of composition, none that
leaked; 64 MiB, 3 passes, 4 lanes; at most four hashes at a time.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from mit.accounts.guessing import how_guessed
from mit.errors import Fault, InputError

SHORTEST = 15
LONGEST = 128
_AT_ONCE = threading.BoundedSemaphore(4)


class Passwords:
    """Hashes passwords at a set cost; the default is for people, a cheaper one for tests."""

    def __init__(self, *, memory_kib: int = 64 * 1024, passes: int = 3, lanes: int = 4) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)
        self._nobody = ""

    def hash_new(self, password: str, *, about: Iterable[str]) -> str:
        """Return the hash to keep of a password that somebody has just chosen.

        Raises:
            InputError: ``password_short``, ``password_long``, ``text_unreadable``, ``password_leaked``,
                ``password_pattern`` or ``password_about_you``.
        """
        faults = password_faults(password, about=about)
        if faults:
            raise InputError(faults=faults)
        return self.hash(password)

    def hash(self, password: str) -> str:
        """Return the hash to keep of a password that its owner has already.

        Raises:
            InputError: ``password_short``, ``password_long`` or ``text_unreadable``.
        """
        faults = _form_faults(password, "password")
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


def password_faults(password: str, *, about: Iterable[str] = (), where: str = "password") -> list[Fault]:
    """Return what is wrong with a new password; an empty list where nothing is.

    *about* is what others know of its owner (``mit.accounts.guessing``).
    """
    faults = _form_faults(password, where)
    if faults:
        return faults
    guessed = how_guessed(_normal(password), about)
    return [Fault(guessed, where)] if guessed else []


def _form_faults(password: str, where: str) -> list[Fault]:
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
