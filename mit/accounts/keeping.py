"""An administrator names a keeper of an organisation that nobody keeps any more.

That is so once the logins of its keepers are closed.  The new keeper is a colleague, or somebody who
acts for nobody yet and joins by it.  Everybody whom it concerns is told by mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mit.accounts.letters import write_letter
from mit.accounts.membership import line_faults, line_of, record, require_outsider
from mit.errors import ConflictError, Fault, InputError, NotFoundError
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.mails import Letter
from mit.roles.actor import STAFF_ROLES, Actor, Role
from mit.roles.permissions import require_role
from mit.store import accounts, sessions
from mit.store.accounts import Organisation, User
from mit.store.db import OpenSession, transaction, viewing
from mit.values.identifiers import parse_tax_number, shown_tax_number

PEOPLE = "/organisation/people"
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class KeeperWish:
    """Why somebody is named, and the number of the organisation where they act for none yet."""

    reason: str
    tax_number: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who can be named; ``organisation`` is empty where they act for none yet."""

    name: str
    email: str
    organisation: str


def look_at(by: Actor, user_id: UUID) -> Candidate:
    """Return somebody who can be named a keeper.

    Raises:
        NotAllowedError: *by* is no administrator, or the person is one of FTI's own.
        NotFoundError: there is no such person.
        ConflictError: ``keeper_login_dead``, ``keeper_there``, ``keeper_of_agency``.
    """
    require_role(by, Role.ADMINISTRATOR)
    with viewing() as session:
        user = accounts.get_user(session, user_id)
        _require_alive(session, user)
        if user.organisation_id is None:
            return Candidate(user.name, user.email, "")
        organisation = accounts.get_organisation(session, user.organisation_id)
        _require_unkept(session, organisation)
        return Candidate(user.name, user.email, organisation.name_th)


def may_be_named(session: OpenSession, user: User) -> bool:
    """Say whether a person can be named a keeper: a living login that is none of FTI's own people."""
    if not user.is_active or user.confirmed_at is None or accounts.roles_of(session, user.id) & STAFF_ROLES:
        return False
    if user.organisation_id is None:
        return True
    is_maker = accounts.get_organisation(session, user.organisation_id).kind == "manufacturer"
    return is_maker and not _living_keepers(session, user.organisation_id)


def name_keeper(by: Actor, user_id: UUID, wish: KeeperWish, *, now: datetime) -> None:
    """Let a person keep an organisation that nobody keeps; who acted for none acts for it from now on.

    Raises:
        NotAllowedError: *by* is no administrator; ``staff_joins_nobody``.
        InputError: ``reason_missing``, ``text_long``, ``text_unreadable``, ``tax_number_malformed``,
            ``tax_number_check``, ``organisation_unknown``.
        NotFoundError: there is no such person.
        ConflictError: ``keeper_login_dead``, ``keeper_there``, ``keeper_of_agency``.
    """
    require_role(by, Role.ADMINISTRATOR)
    reason = line_of(wish.reason)
    faults = line_faults(reason, "reason", longest=_LONGEST_REASON, missing="reason_missing")
    with transaction() as session:
        _require_alive(session, accounts.get_user(session, user_id))
        organisation = _lock_organisation(session, user_id, wish, faults)
        if faults or organisation is None:
            raise InputError(faults=faults)
        user = accounts.lock_user(session, user_id)
        _require_alive(session, user)
        _require_unkept(session, organisation)
        _join(session, user, organisation, by=by, now=now)
        record(session, AuditEvent.KEEPER_NAMED, organisation.id, by=by, now=now, user=user.id, reason=reason)
        _tell(session, organisation, user, now=now)


def _lock_organisation(
    session: OpenSession, user_id: UUID, wish: KeeperWish, faults: list[Fault]
) -> Organisation | None:
    """Return the person's organisation, or the one with the number, locked; None with a fault."""
    own = accounts.get_user(session, user_id).organisation_id
    if own is not None:
        return accounts.lock_organisation(session, own)
    try:
        found = accounts.find_organisation(session, parse_tax_number(wish.tax_number, where="tax_number"))
    except InputError as error:
        faults.extend(error.faults)
        return None
    if found is None or found.kind != "manufacturer":
        faults.append(Fault("organisation_unknown", "tax_number"))
        return None
    return accounts.lock_organisation(session, found.id)


def _join(session: OpenSession, user: User, organisation: Organisation, *, by: Actor, now: datetime) -> None:
    if user.organisation_id is None:
        accounts.join_organisation(session, user.id, organisation.id, now=now)
        sessions.end_sessions(session, user.id, now=now)
    elif user.organisation_id != organisation.id:
        raise NotFoundError  # they moved meanwhile
    accounts.grant(session, user.id, Role.MANUFACTURER, granted_by_id=by.user_id, now=now)
    for span in accounts.live_affiliations(session, organisation.id):
        span.is_keeper = span.user_id == user.id  # closed logins keep nothing any more
    session.flush()


def _require_alive(session: OpenSession, user: User) -> None:
    require_outsider(accounts.roles_of(session, user.id))
    if not user.is_active or user.confirmed_at is None:
        raise ConflictError("keeper_login_dead")


def _require_unkept(session: OpenSession, organisation: Organisation) -> None:
    if organisation.kind != "manufacturer":
        raise ConflictError("keeper_of_agency")
    if _living_keepers(session, organisation.id):
        raise ConflictError("keeper_there")


def _living_keepers(session: OpenSession, organisation_id: UUID) -> list[UUID]:
    return [
        span.user_id
        for span in accounts.live_affiliations(session, organisation_id)
        if span.is_keeper and accounts.get_user(session, span.user_id).is_active
    ]


def _tell(session: OpenSession, organisation: Organisation, keeper: User, *, now: datetime) -> None:
    """Write to the new keeper and to every colleague; the organisation is called by its number alone."""
    number = shown_tax_number(organisation.tax_number)
    for person in accounts.makers_of(session, organisation.id):
        letter = Letter.KEEPER_NAMED if person.id == keeper.id else Letter.COLLEAGUE_KEEPS
        key = f"{person.id}:{now.isoformat()}"
        told = {"path": PEOPLE, "number": number, "email": keeper.email}
        write_letter(session, person, letter, key=key, now=now, **told)
