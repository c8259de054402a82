"""Ask somebody to act for one's organisation; accept, and withdraw.

The link goes to one e-mail address; only whoever signs in with that address can accept, so a link
that was passed on is worth nothing.  Of its token the SHA-256 is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from mit.accounts.membership import lock_kept, record, require_outsider
from mit.accounts.people import email_faults
from mit.accounts.sessions import hash_of, new_token
from mit.errors import ConflictError, InputError, NotAllowedError, NotFoundError
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.mails import Letter, Mail
from mit.roles.actor import Actor, Role
from mit.store import accounts, invitations, mails
from mit.store.accounts import Organisation
from mit.store.db import OpenSession, add, new_id, transaction, viewing
from mit.store.invitations import Invitation
from mit.values.identifiers import shown_tax_number

#: How long an invitation can be accepted.
EXPIRES_AFTER = timedelta(days=7)
#: The same address is written to at most this often, and an organisation writes at most so many in a day:
#: a letter of ours to a stranger is no toy.
ONE_LETTER_EACH = timedelta(minutes=15)
MOST_IN_A_DAY = 30
_LONGEST_NAME_IN_LETTER = 120
_LEADS_SOMEWHERE = re.compile(r"://|www\.|@|[a-z0-9-]\.[a-z]{2,}/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class InvitationView:
    """An invitation as the one who holds its link sees it; ``inviter`` is the colleague who asked."""

    email: str
    organisation_th: str
    organisation_en: str
    inviter: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class WaitingInvitation:
    """An invitation to one's own address."""

    invitation_id: UUID
    organisation_th: str
    organisation_en: str


def invite(by: Actor, email: str, *, language: str, now: datetime) -> None:
    """Invite an e-mail address; an older invitation of it is replaced. *language* is that of the letter.

    Raises:
        NotAllowedError: ``role_needed``, ``keeper_needed``.
        NotFoundError: one acts for no organisation.
        InputError: ``email_malformed``.
        ConflictError: ``colleague_already``, ``invitation_recent``, ``invitations_many``.
    """
    faults = email_faults(email)
    if faults:
        raise InputError(faults=faults)
    address, token = email.strip().lower(), new_token()
    with transaction() as session:
        organisation = lock_kept(session, by)
        _require_stranger(session, organisation, address)
        _make_room(session, organisation, address, now=now)
        row = Invitation(
            id=new_id(),
            organisation_id=organisation.id,
            email=address,
            token_sha256=hash_of(token),
            invited_by_id=by.user_id,
            created_at=now,
            expires_at=now + EXPIRES_AFTER,
        )
        add(session, row)
        _write_letter(session, row, organisation, token=token, language=language, now=now)
        record(session, AuditEvent.INVITATION_SENT, organisation.id, by=by, now=now, invitation=row.id)


def withdraw(by: Actor, invitation_id: UUID, *, now: datetime) -> None:
    """Take an invitation back that nobody accepted yet.

    Raises:
        NotAllowedError: ``role_needed``, ``keeper_needed``.
        NotFoundError: it is another organisation's, or over already.
    """
    with transaction() as session:
        organisation = lock_kept(session, by)
        row = invitations.lock_invitation(session, invitation_id)
        if row.organisation_id != organisation.id or not row.is_open:
            raise NotFoundError
        row.withdrawn_at = now
        session.flush()
        record(session, AuditEvent.INVITATION_WITHDRAWN, organisation.id, by=by, now=now, invitation=row.id)


def look_at(token: str, *, now: datetime) -> InvitationView:
    """Return what a link invites to; nothing changes.

    Raises:
        InputError: ``invitation_expired``, or ``invitation_unusable`` (accepted already, withdrawn,
            replaced, or never ours).
    """
    with viewing() as session:
        row = _usable(invitations.find_invitation(session, hash_of(token)), now=now)
        organisation = accounts.get_organisation(session, row.organisation_id)
        inviter = accounts.get_user(session, row.invited_by_id)
    return InvitationView(row.email, organisation.name_th, organisation.name_en, inviter.name, row.expires_at)


def accept(by: Actor, token: str, *, now: datetime) -> None:
    """Act for the organisation that invited one, from now on.

    Raises:
        InputError: ``invitation_expired``, ``invitation_unusable``.
        NotAllowedError: ``invitation_other_email``, ``staff_joins_nobody``.
        ConflictError: ``organisation_already``.
    """
    with transaction() as session:
        found = _usable(invitations.find_invitation(session, hash_of(token)), now=now)
        _accept(session, by, found.id, now=now)


def waiting(by: Actor, *, now: datetime) -> list[WaitingInvitation]:
    """Return the invitations that can be accepted by one's own, confirmed address."""
    with viewing() as session:
        user = accounts.get_user(session, by.user_id)
        rows = invitations.invitations_to(session, user.email) if user.confirmed_at else ()
        named = [
            (row.id, accounts.get_organisation(session, row.organisation_id))
            for row in rows
            if row.expires_at > now
        ]
    return [WaitingInvitation(row_id, one.name_th, one.name_en) for row_id, one in named]


def accept_waiting(by: Actor, invitation_id: UUID, *, now: datetime) -> None:
    """Accept an invitation to one's own address without its link: the address was confirmed.

    Raises:
        NotFoundError: it is somebody else's, or none.
        InputError: ``invitation_expired``, ``invitation_unusable``.
        NotAllowedError: ``staff_joins_nobody``.
        ConflictError: ``organisation_already``.
    """
    with transaction() as session:
        try:
            _accept(session, by, invitation_id, now=now)
        except NotAllowedError as error:
            if error.code == "invitation_other_email":
                raise NotFoundError from error
            raise


def _accept(session: OpenSession, by: Actor, invitation_id: UUID, *, now: datetime) -> None:
    """Lock the organisation, the invitation and the person, in this order, and let the person in."""
    organisation_id = invitations.get_invitation(session, invitation_id).organisation_id
    accounts.lock_organisation(session, organisation_id)
    row = _usable(invitations.lock_invitation(session, invitation_id), now=now)
    user = accounts.lock_user(session, by.user_id)
    if user.email != row.email or user.confirmed_at is None:
        raise NotAllowedError("invitation_other_email")
    require_outsider(accounts.roles_of(session, user.id))
    if user.organisation_id is not None:
        raise ConflictError("organisation_already")
    row.accepted_at, row.accepted_by_id = now, user.id
    accounts.join_organisation(session, user.id, organisation_id, now=now)
    accounts.grant(session, user.id, Role.MANUFACTURER, granted_by_id=row.invited_by_id, now=now)
    told = {"invitation": row.id}
    record(session, AuditEvent.INVITATION_ACCEPTED, organisation_id, by=by, now=now, **told)


def _usable(row: Invitation | None, *, now: datetime) -> Invitation:
    if row is None or not row.is_open:
        raise InputError("invitation_unusable")
    if row.expires_at <= now:
        raise InputError("invitation_expired")
    return row


def _require_stranger(session: OpenSession, organisation: Organisation, address: str) -> None:
    """Refuse to invite a colleague; whether the address has a login elsewhere is not told."""
    user = accounts.find_user(session, address)
    if user is not None and user.organisation_id == organisation.id:
        raise ConflictError("colleague_already", where="email")


def _make_room(session: OpenSession, organisation: Organisation, address: str, *, now: datetime) -> None:
    """Withdraw an older invitation of the address, unless it is too young or there are too many."""
    for row in invitations.open_invitations(session, organisation.id):
        if row.email != address:
            continue
        if now - row.created_at < ONE_LETTER_EACH:
            raise ConflictError("invitation_recent", where="email")
        row.withdrawn_at = now
    session.flush()
    day_ago = now - timedelta(days=1)
    if invitations.invitations_since(session, organisation.id, day_ago) >= MOST_IN_A_DAY:
        raise ConflictError("invitations_many", where="email")


def _name_in_letter(organisation: Organisation, language: str) -> str:
    """Return what a letter to a stranger calls the organisation.

    A name that was typed by hand is anybody's words: one that could lead somewhere, or is a whole
    message, gives way to the number.
    """
    name = organisation.name_en if language == "en" and organisation.name_en else organisation.name_th
    is_harmless = len(name) <= _LONGEST_NAME_IN_LETTER and not _LEADS_SOMEWHERE.search(name)
    return name if is_harmless else shown_tax_number(organisation.tax_number)


def _write_letter(
    session: OpenSession,
    row: Invitation,
    organisation: Organisation,
    *,
    token: str,
    language: str,
    now: datetime,
) -> None:
    name = _name_in_letter(organisation, language)
    params: dict[str, str | int] = {
        "name": row.email,
        "organisation": name,
        "path": f"/invitations/{token}",
        "days": EXPIRES_AFTER.days,
    }
    mail = Mail(row.email, language, Letter.INVITATION, params)
    mails.queue(session, mail, key=str(row.id), about=f"organisation:{row.organisation_id}", now=now)
