"""Flask-Security behind one door: its datastore over our tables, its tokens, codes and recovery codes.

What is used of it: tokens for confirming an e-mail address and for a new password, time-based codes
(TOTP) with their encrypted secrets, recovery codes.  It never commits: the work function around it
does (``commit`` of the datastore does nothing).  Nothing else in the house imports it but
``web/identity.py``, which hangs it on the application.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from flask_security.confirmable import confirm_email_token_status, generate_confirmation_token
from flask_security.core import RoleMixin, UserMixin
from flask_security.datastore import UserDatastore
from flask_security.proxies import _security as security
from flask_security.recoverable import generate_reset_password_token, reset_password_token_status
from flask_security.totp import Totp
from passlib.exc import TokenError  # type: ignore[import-untyped]  # it ships no types

from mit.errors import InputError
from mit.store import accounts
from mit.store.accounts import User
from mit.store.db import viewing

#: Digits of a code, and how far (seconds) a telephone's clock may be off.
_CODE_DIGITS = 6
_SKEW_SECONDS = 30


class Person(UserMixin):
    """A login under the names that Flask-Security has for its parts; changes go to our row."""

    fs_uniquifier = ""

    def __init__(self, row: User) -> None:
        self._row = row
        self.user_id: UUID = row.id
        self.email: str = row.email
        self.password: str = row.password_hash
        self.active: bool = row.is_active
        self.confirmed_at: datetime | None = row.confirmed_at
        self.fs_uniquifier = row.fs_uniquifier

    @property
    def mf_recovery_codes(self) -> list[str]:
        """Return the encrypted recovery codes that are left."""
        return list(json.loads(self._row.recovery_codes))

    @mf_recovery_codes.setter
    def mf_recovery_codes(self, codes: list[str] | None) -> None:
        self._row.recovery_codes = json.dumps(codes or [])


class Part(RoleMixin):
    """A role, for Flask-Security's signature only: who may do what stands in ``mit/roles``."""


class People(UserDatastore):
    """Finds logins in our tables; writing is left to the work function whose row it is."""

    def __init__(self) -> None:
        super().__init__(Person, Part)

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> Person | None:  # noqa: FBT001, FBT002 - its signature
        """Return the login that a token names; None where there is none."""
        del case_insensitive
        with viewing() as session:
            row = accounts.find_by_uniquifier(session, kwargs["fs_uniquifier"])
        return Person(row) if row else None

    def find_role(self, role: str) -> None:
        """Return nothing: roles are ours."""
        del role

    def put(self, model: Person) -> Person:
        """Return what was changed; its row belongs to an open transaction already."""
        return model

    def commit(self) -> None:
        """Leave it to the transaction around."""

    def mf_delete_recovery_code(self, user: UserMixin, idx: int) -> bool:
        """Take one recovery code away; our list is a copy, so it is written back."""
        codes = list(user.mf_recovery_codes or [])
        del codes[idx]
        user.mf_recovery_codes = codes
        return True


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a token names, as they were when it was read."""

    user_id: UUID
    uniquifier: str


class Codes(Totp):
    """Time-based codes at an instant that is given, each step once."""

    def step_of(self, code: str, secret: str, *, at: datetime, last_step: int | None) -> int | None:
        """Return the time step (30 s each) that *code* belongs to; None where it does not fit.

        A step at or before *last_step* never fits: no code works twice, and none from before it.
        """
        digits = "".join(code.split())
        if len(digits) != _CODE_DIGITS or not (digits.isascii() and digits.isdigit()):
            return None
        try:
            match = self._totp.verify(digits, secret, time=at, window=_SKEW_SECONDS, last_counter=last_step)
        except TokenError:
            return None
        return int(match.counter)

    def code_at(self, secret: str, at: datetime) -> str:
        """Return the code that a telephone with this secret shows at an instant."""
        return str(self._totp.from_source(secret).generate(at).token)

    def code_of_key(self, key: str, at: datetime) -> str:
        """Return the code that a telephone shows into which *key* was typed."""
        return str(self._totp(key=key).generate(at).token)


def confirmation_token(row: User) -> str:
    """Return the token that proves who reads the mails of a login's address."""
    return str(generate_confirmation_token(Person(row)))  # type: ignore[no-untyped-call]


def read_confirmation_token(token: str) -> Named:
    """Return whom a confirmation token names.

    Raises:
        InputError: ``link_expired`` or ``link_unusable``.
    """
    return _named(*confirm_email_token_status(token))  # type: ignore[no-untyped-call]


def reset_token(row: User) -> str:
    """Return the token by which a new password may be set, until the login's uniquifier changes."""
    return str(generate_reset_password_token(Person(row)))  # type: ignore[no-untyped-call]


def read_reset_token(token: str) -> Named:
    """Return whom a reset token names.

    Raises:
        InputError: ``link_expired`` or ``link_unusable``.
    """
    return _named(*reset_password_token_status(token))  # type: ignore[no-untyped-call]


def new_secret() -> str:
    """Return a new secret for codes, encrypted as it is stored."""
    return str(security.totp_factory.generate_totp_secret())


def secret_key(secret: str) -> str:
    """Return a secret as people type it into their telephone, in groups."""
    return str(security.totp_factory.get_totp_pretty_key(secret))


def secret_address(secret: str, email: str) -> str:
    """Return a secret as the address (``otpauth:``) that a telephone scans."""
    return str(security.totp_factory.get_totp_uri(email, secret))


def step_of(code: str, secret: str, *, at: datetime, last_step: int | None) -> int | None:
    """Return the time step that *code* belongs to; None where it does not fit, or no longer."""
    return _codes().step_of(code, secret, at=at, last_step=last_step)


def code_at(secret: str, at: datetime) -> str:
    """Return the code that a telephone shows at an instant."""
    return _codes().code_at(secret, at)


def code_of_key(key: str, at: datetime) -> str:
    """Return the code at an instant of a secret as people type it into their telephone."""
    return _codes().code_of_key(key, at)


def new_recovery_codes(row: User) -> list[str]:
    """Give a login new recovery codes in place of all old ones, and return them in clear."""
    return list(security.mf_recovery_codes_util.create_recovery_codes(Person(row)))


def recovery_codes_left(row: User) -> int:
    """Return how many recovery codes a login has left."""
    return len(json.loads(row.recovery_codes))


def use_recovery_code(row: User, code: str) -> bool:
    """Take a recovery code from a login; say whether it was one."""
    person = Person(row)
    plain = code.strip().lower()
    if not plain or not security.mf_recovery_codes_util.check_recovery_code(person, plain):
        return False
    return bool(security.mf_recovery_codes_util.delete_recovery_code(person, plain))


def _codes() -> Codes:
    return cast(Codes, security.totp_factory)


def _named(expired: bool, invalid: bool, person: Person | None) -> Named:  # noqa: FBT001 - its order
    if expired:
        raise InputError("link_expired")
    if invalid or person is None or not person.active:
        raise InputError("link_unusable")
    return Named(person.user_id, person.fs_uniquifier)
