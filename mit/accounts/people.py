"""Register organisations and people, grant and take roles; every act is an audit event.

Whoever gets or loses a role, or is given another password, signs in anew: their sessions end.

``by`` is the administrator who acts; None stands for the keeper of the machine at the command line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from mit.accounts.passwords import Passwords, password_faults
from mit.errors import ConflictError, Fault, InputError, MalformedNumberError, NotAllowedError
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import STAFF_ROLES, Actor, Role
from mit.roles.permissions import require_role
from mit.store import accounts, audit, invitations, sessions
from mit.store.db import OpenSession, new_id, transaction, viewing
from mit.values.identifiers import is_natural_person, parse_tax_number, shown_tax_number

_EMAIL = re.compile(r"[^\s@,;<>\"]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?", re.ASCII)
_LONGEST_EMAIL = 254


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """What is told of an organisation; ``kind`` is ``manufacturer`` or ``agency``.

    ``form`` is what it is in law (``store.accounts.FORMS``): where nothing is said, its number says it.
    """

    kind: str
    tax_number: str
    name_th: str
    name_en: str = ""
    address_th: str = ""
    address_en: str = ""
    form: str = ""
    registration_number: str = ""


@dataclass(frozen=True, slots=True)
class NewUser:
    """What is told of a person; ``organisation_id`` is whom they act for, None for FTI's own people."""

    email: str
    name: str
    password: str = field(repr=False)
    organisation_id: UUID | None = None
    roles: frozenset[Role] = frozenset()


def create_organisation(by: Actor | None, new: NewOrganisation, *, now: datetime) -> UUID:
    """Register an organisation and return its inner identity.

    Raises:
        NotAllowedError: *by* is no administrator.
        InputError: every wrong field: ``tax_number_malformed``, ``tax_number_check``,
            ``text_missing``, ``text_long``, ``text_unreadable``, ``organisation_kind``,
            ``organisation_form``.
        ConflictError: ``organisation_exists``.
    """
    _require_administrator(by)
    tax_number = _checked_organisation(new)
    row = accounts.Organisation(
        id=new_id(),
        kind=new.kind,
        tax_number=tax_number,
        name_th=new.name_th.strip(),
        name_en=new.name_en.strip(),
        address_th=new.address_th.strip(),
        address_en=new.address_en.strip(),
        created_at=now,
        form=new.form or ("natural_person" if is_natural_person(tax_number) else "juristic_person"),
        registration_number=new.registration_number.strip(),
    )
    with transaction() as session:
        if not accounts.add_organisation(session, row):
            raise ConflictError("organisation_exists", where="tax_number")
        told = {"kind": new.kind, "tax_number": shown_tax_number(tax_number)}
        _record(session, AuditEvent.ORGANISATION_CREATED, row.id, by=by, now=now, payload=told)
    return row.id


def create_user(by: Actor | None, new: NewUser, *, now: datetime, passwords: Passwords) -> UUID:
    """Create a login with its roles and return its inner identity; its address counts as confirmed.

    Raises:
        NotAllowedError: *by* is no administrator.
        InputError: every wrong field: ``email_malformed``, ``text_missing``, ``text_long``,
            ``text_unreadable``, ``role_mixed``, and what ``password_faults`` says of the password.
        ConflictError: ``email_taken``.
        NotFoundError: there is no such organisation.
    """
    _require_administrator(by)
    check_user(new)
    row = accounts.User(
        id=new_id(),
        email=new.email.strip().lower(),
        name=new.name.strip(),
        password_hash=passwords.hash(new.password),
        is_active=True,
        created_at=now,
        confirmed_at=now,
        password_set_at=now,
    )
    with transaction() as session:
        if not accounts.add_user(session, row):
            raise ConflictError("email_taken", where="email")
        if new.organisation_id is not None:
            accounts.get_organisation(session, new.organisation_id)
            accounts.join_organisation(session, row.id, new.organisation_id, now=now)
        for role in sorted(new.roles):
            accounts.grant(session, row.id, role, granted_by_id=by.user_id if by else None, now=now)
        told = {"roles": sorted(new.roles)}
        _record(session, AuditEvent.USER_CREATED, row.id, by=by, now=now, payload=told)
    return row.id


def grant_role(by: Actor | None, user_id: UUID, role: Role, *, now: datetime) -> bool:
    """Give a person a role; say whether it was not held before (then nothing is recorded).

    Raises:
        NotAllowedError: *by* is no administrator, or would grant a role to themselves.
        InputError: ``role_mixed``: nobody is of a manufacturer and staff at once.
        NotFoundError: there is no such person.
    """
    _require_administrator(by)
    _require_other(by, user_id)
    with transaction() as session:
        user = accounts.get_user(session, user_id)
        held = accounts.roles_of(session, user_id)
        _check_roles(held | {role}, user.organisation_id)
        if not accounts.grant(session, user_id, role, granted_by_id=by.user_id if by else None, now=now):
            return False
        sessions.end_sessions(session, user_id, now=now)
        _record(session, AuditEvent.ROLE_GRANTED, user_id, by=by, now=now, payload={"role": role})
    return True


def take_role(by: Actor | None, user_id: UUID, role: Role, *, now: datetime) -> bool:
    """Take a role from a person; say whether it was held before (else nothing is recorded).

    Raises:
        NotAllowedError: *by* is no administrator, or would take a role from themselves.
    """
    _require_administrator(by)
    _require_other(by, user_id)
    with transaction() as session:
        if not accounts.take_back(session, user_id, role, now=now):
            return False
        if role is Role.MANUFACTURER:
            invitations.withdraw_by(session, user_id, now=now)
        sessions.end_sessions(session, user_id, now=now)
        _record(session, AuditEvent.ROLE_TAKEN, user_id, by=by, now=now, payload={"role": role})
    return True


def close_user(by: Actor | None, user_id: UUID, *, now: datetime) -> None:
    """Close a login: it holds no role from now on; what the person did stays recorded.

    Whom they invited and who has not come yet is not let in any more.

    Raises:
        NotAllowedError: *by* is no administrator, or it is their own login.
        NotFoundError: there is no such person.
    """
    _require_administrator(by)
    _require_other(by, user_id)
    with transaction() as session:
        accounts.get_user(session, user_id).is_active = False
        invitations.withdraw_by(session, user_id, now=now)
        sessions.end_sessions(session, user_id, now=now)
        _record(session, AuditEvent.USER_CLOSED, user_id, by=by, now=now, payload={})


def set_password(
    by: Actor | None, user_id: UUID, password: str, *, now: datetime, passwords: Passwords
) -> None:
    """Give a person a new password; they may do it themselves, an administrator for anybody.

    Raises:
        NotAllowedError: *by* is neither.
        InputError: what is wrong with it, as ``password_faults`` says.
        NotFoundError: there is no such person.
    """
    if by is None or by.user_id != user_id:
        _require_administrator(by)
    password_hash = passwords.hash_new(password, about=known_about(user_id))
    with transaction() as session:
        user = accounts.get_user(session, user_id)
        user.password_hash, user.password_set_at = password_hash, now
        user.fs_uniquifier = accounts.new_uniquifier()
        sessions.end_sessions(session, user_id, now=now)
        _record(session, AuditEvent.PASSWORD_SET, user_id, by=by, now=now, payload={})


def known_about(user_id: UUID) -> tuple[str, ...]:
    """Return what others know of a person, for a look at their password.

    Raises:
        NotFoundError: there is no such person.
    """
    with viewing() as session:
        user = accounts.get_user(session, user_id)
        told = (user.email, user.name)
        if user.organisation_id is None:
            return told
        organisation = accounts.get_organisation(session, user.organisation_id)
        return (*told, organisation.name_th, organisation.name_en)


def find_actor(email: str) -> Actor | None:
    """Return the person with this e-mail address as an actor; None where there is none or it is closed."""
    with viewing() as session:
        user = accounts.find_user(session, email)
        return accounts.actor_of(session, user.id) if user and user.is_active else None


def _require_administrator(by: Actor | None) -> None:
    if by is not None:
        require_role(by, Role.ADMINISTRATOR)


def _require_other(by: Actor | None, user_id: UUID) -> None:
    if by is not None and by.user_id == user_id:
        raise NotAllowedError("role_to_oneself")


def _checked_organisation(new: NewOrganisation) -> str:
    faults = text_faults(new.name_th, "name_th", longest=300)
    faults += text_faults(new.name_en, "name_en", longest=300, required=False)
    faults += text_faults(new.address_th, "address_th", longest=1000, required=False)
    faults += text_faults(new.address_en, "address_en", longest=1000, required=False)
    faults += text_faults(new.registration_number, "registration_number", longest=40, required=False)
    if new.kind not in accounts.ORGANISATION_KINDS:
        faults.append(Fault("organisation_kind", "kind"))
    if new.form and new.form not in accounts.FORMS:
        faults.append(Fault("organisation_form", "form"))
    try:
        tax_number = parse_tax_number(new.tax_number, where="tax_number")
    except MalformedNumberError as error:
        faults.extend(error.faults)
    if faults:
        raise InputError(faults=faults)
    return tax_number


def check_user(new: NewUser) -> None:
    """Look at everything that a new login is told.

    Raises:
        InputError: every wrong field.
    """
    faults = text_faults(new.name, "name", longest=200)
    faults += email_faults(new.email)
    faults += password_faults(new.password, about=(new.email, new.name))
    if faults:
        raise InputError(faults=faults)
    _check_roles(new.roles, new.organisation_id)


def _check_roles(roles: frozenset[Role], organisation_id: UUID | None) -> None:
    """Refuse who would be manufacturer and staff at once, or staff of FTI within another organisation."""
    is_staff = bool(roles & STAFF_ROLES)
    if is_staff and (organisation_id is not None or Role.MANUFACTURER in roles):
        raise InputError("role_mixed", where="roles")


def email_faults(email: str) -> list[Fault]:
    """Return what is wrong with an e-mail address; an empty list where nothing is."""
    plain = email.strip().lower()
    is_good = plain.isprintable() and len(plain) <= _LONGEST_EMAIL and _EMAIL.fullmatch(plain)
    return [] if is_good else [Fault("email_malformed", "email")]


def text_faults(text: str, where: str, *, longest: int, required: bool = True) -> list[Fault]:
    """Return what is wrong with one line of text; an empty list where nothing is."""
    plain = text.strip()
    if any(unicodedata.category(sign) in {"Cs", "Cc"} for sign in plain):
        return [Fault("text_unreadable", where)]
    if required and not plain:
        return [Fault("text_missing", where)]
    return [Fault("text_long", where, {"longest": longest})] if len(plain) > longest else []


def _record(
    session: OpenSession,
    event: AuditEvent,
    subject_id: UUID,
    *,
    by: Actor | None,
    now: datetime,
    payload: Mapping[str, object],
) -> None:
    subject = f"{'organisation' if event is AuditEvent.ORGANISATION_CREATED else 'user'}:{subject_id}"
    actor_id = by.user_id if by else None
    audit.record(session, event, subject=subject, actor_id=actor_id, now=now, payload=payload)
