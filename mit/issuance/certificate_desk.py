"""What an officer sees of certificates: found ones, one with its history, what waits for a second person.

Reading only; what is shown here is what the officer's act then refers to (``seen_seq``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from mit.errors import Fault, MitError, NotFoundError
from mit.issuance.certificate_case import require_stranger_to_holder, state_of
from mit.issuance.own_certificate import committed
from mit.issuance.reissue import require_officers
from mit.issuance.revoke import require_may_confirm
from mit.lifecycle.certificate_acts import REQUEST_LIFE, act_of
from mit.lifecycle.certificate_states import MOVES, CertificateAction, CertificateState
from mit.roles.actor import Actor, Role
from mit.roles.permissions import holds_role
from mit.store import (
    accounts,
    audit_search,
    certificate_history,
    certificate_search,
    certificates,
    leanings,
    status_requests,
)
from mit.store.applications import get_application
from mit.store.certificate_search import Found
from mit.store.certificates import Certificate
from mit.store.db import OpenSession, viewing
from mit.store.leanings import Leaner
from mit.store.status_requests import StatusRequest
from mit.values.thai_date import bangkok_day

#: Certificates on one page of the list.
PAGE_SIZE = 25
#: The states by which one can search.
STORED_STATES = certificates.STATUSES
#: Incidents that are listed, the newest first.
_INCIDENTS = 50
#: What officers do to a certificate, in the order of the buttons.
ACTIONS = (CertificateAction.SUSPEND, CertificateAction.REINSTATE, CertificateAction.REVOKE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a certificate's history, with the words that only staff reads."""

    event: str
    on: date
    reason: str
    note: str
    by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class RequestView:
    """One request, as who may confirm it sees it.

    Attributes:
        state: ``open``, ``too_old``, ``dropped``, ``under_way`` or ``done``.
        obstacle: why this officer may not confirm it; None where they may.
        outcomes: of an incident, how many certificates came to what.
    """

    seq: int
    action: str
    number: str
    certificates: int
    selection: str
    reason: str
    note: str
    on: date | None
    asked_by: str
    asked_at: datetime
    ended_by: str
    ended_at: datetime | None
    state: str
    obstacle: Fault | None
    outcomes: dict[str, int]


@dataclass(frozen=True, slots=True)
class CertificateView:
    """One certificate with everything that an officer decides by.

    Attributes:
        state: where it stands today; ``expired`` after the last valid day.
        seen_seq: the last entry of the history that is shown.
        actions: what this officer may do or ask for now.
        commits: place, Thai and English name of each product whose cost sheet it commits to.
        leaners: the products that lean on it as proof of origin, with the names of their makers.
    """

    number: str
    holder_th: str
    holder_en: str
    products: tuple[tuple[str, str], ...]
    state: CertificateState
    issued_on: date
    expires_on: date
    kid: int
    application_number: str
    supersedes: str
    superseded_by: str
    seen_seq: int
    entries: tuple[Entry, ...]
    request: RequestView | None
    actions: tuple[CertificateAction, ...]
    commits: tuple[tuple[int, str, str], ...]
    leaners: tuple[tuple[Leaner, str, str], ...]


def find_certificates(words: str, *, status: str, page: int) -> tuple[list[Found], int]:
    """Return one page of the certificates that are found, the newest first, and how many there are."""
    with viewing() as session:
        return certificate_search.search(session, words.strip(), status=status, page=page, size=PAGE_SIZE)


def show_certificate(actor: Actor, number: str, *, now: datetime) -> CertificateView:
    """Return one certificate as *actor*, an officer, sees it.

    Raises:
        NotFoundError: ``certificate_not_found``.
    """
    with viewing() as session:
        row = certificates.find_certificate(session, number)
        if row is None:
            raise NotFoundError("certificate_not_found", number=number)
        waiting = status_requests.open_request_about(session, number)
        entries = _entries(session, number)
        products = certificates.products_certified(session, number)
        return CertificateView(
            number=number,
            holder_th=row.holder_name_th,
            holder_en=row.holder_name_en,
            products=tuple((product.name_th, product.name_en) for product in products),
            state=_state_today(row, now),
            issued_on=row.issued_on,
            expires_on=row.expires_on,
            kid=row.kid,
            application_number=get_application(session, row.application_id).number,
            supersedes=row.supersedes or "",
            superseded_by=row.superseded_by or "",
            seen_seq=certificate_history.last_seq(session, number),
            entries=entries,
            request=_request(session, waiting, actor, now=now) if waiting else None,
            actions=_actions(actor, row, now),
            commits=committed(products),
            leaners=_leaners(session, number),
        )


def _leaners(session: OpenSession, number: str) -> tuple[tuple[Leaner, str, str], ...]:
    """Return what leans on a certificate, each with the Thai and English name of who applied."""
    found = []
    for leaner in leanings.leaners_of(session, number):
        maker = accounts.get_organisation(session, leaner.organisation_id)
        found.append((leaner, maker.name_th, maker.name_en))
    return tuple(found)


def list_requests(actor: Actor, *, now: datetime) -> tuple[list[RequestView], list[RequestView]]:
    """Return what waits for a second person, the oldest first, and the latest incidents."""
    with viewing() as session:
        waiting = [_request(session, row, actor, now=now) for row in status_requests.open_requests(session)]
        incidents = status_requests.latest_incidents(session, limit=_INCIDENTS)
        return waiting, [_request(session, row, actor, now=now) for row in incidents]


def show_request(actor: Actor, seq: int, *, now: datetime) -> tuple[RequestView, list[str]]:
    """Return one request and the numbers that it is about.

    Raises:
        NotFoundError: ``status_request_not_found``.
    """
    with viewing() as session:
        row = status_requests.get_request(session, seq)
        numbers = [one.certificate_number for one in status_requests.touched_by(session, seq)]
        return _request(session, row, actor, now=now), numbers


def _entries(session: OpenSession, number: str) -> tuple[Entry, ...]:
    rows = certificate_history.history_of(session, number)
    names = audit_search.names_of(session, {row.actor_id for row in rows if row.actor_id})
    return tuple(
        Entry(
            row.event,
            row.effective_on,
            row.reason,
            row.note,
            names.get(row.actor_id, "") if row.actor_id else "",
            row.recorded_at,
        )
        for row in rows
    )


def _state_today(row: Certificate, now: datetime) -> CertificateState:
    state = state_of(row)
    is_running = state in {CertificateState.ACTIVE, CertificateState.SUSPENDED}
    return CertificateState.EXPIRED if is_running and bangkok_day(now) > row.expires_on else state


def _actions(actor: Actor, row: Certificate, now: datetime) -> tuple[CertificateAction, ...]:
    is_over = _state_today(row, now) is CertificateState.EXPIRED
    return tuple(
        action
        for action in ACTIONS
        if (state_of(row), action) in MOVES
        and any(holds_role(actor, Role(role)) for role in act_of(action).asked_by)
        and (not is_over or action is CertificateAction.REVOKE)
    )


def _request(session: OpenSession, row: StatusRequest, actor: Actor, *, now: datetime) -> RequestView:
    ended_by = row.confirmed_by_id or row.dropped_by_id
    names = audit_search.names_of(session, {row.asked_by_id} | ({ended_by} if ended_by else set()))
    return RequestView(
        seq=row.seq,
        action=row.action,
        number=row.certificate_number or "",
        certificates=row.certificates,
        selection=row.selection,
        reason=row.reason,
        note=row.note,
        on=row.effective_on,
        asked_by=names.get(row.asked_by_id, ""),
        asked_at=row.asked_at,
        ended_by=names.get(ended_by, "") if ended_by else "",
        ended_at=row.confirmed_at or row.dropped_at,
        state=_request_state(row, now),
        obstacle=_obstacle(session, row, actor, now=now),
        outcomes=status_requests.count_outcomes(session, row.seq) if row.selection else {},
    )


def _request_state(row: StatusRequest, now: datetime) -> str:
    if row.dropped_at is not None:
        return "dropped"
    if row.confirmed_at is not None:
        return "done" if row.finished_at is not None else "under_way"
    return "too_old" if now - row.asked_at > REQUEST_LIFE else "open"


def _obstacle(session: OpenSession, row: StatusRequest, actor: Actor, *, now: datetime) -> Fault | None:
    action = CertificateAction.REVOKE if row.action == "reissue" else CertificateAction(row.action)
    try:
        require_may_confirm(session, actor, row, action, now=now)
        if row.action == "reissue":
            require_officers(session, row, now=now)
        for holder in _holders(session, row):
            require_stranger_to_holder(session, actor, holder)
    except MitError as error:
        return error.faults[0]
    return None


def _holders(session: OpenSession, row: StatusRequest) -> set[UUID]:
    if row.certificate_number:
        return {certificates.get_certificate(session, row.certificate_number).organisation_id}
    numbers = [one.certificate_number for one in status_requests.touched_by(session, row.seq)]
    return set(certificate_search.holders_of(session, numbers))
