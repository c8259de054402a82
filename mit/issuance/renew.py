"""Renew a certificate: a new application with what was certified, linked to the certificate it renews.

Evidence is sent anew and the declaration is made anew [mit-renew].  Renewing supersedes nothing: the
certificate stays until it ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mit.criteria.rulebook import Rulebook
from mit.errors import ConflictError, NotFoundError
from mit.issuance.apply import Draft, begin, record_begun
from mit.issuance.copy_application import copied_sections
from mit.issuance.draft_sections import find_own, gather, write_sections
from mit.issuance.move import Standing, standing
from mit.issuance.renewal_window import window_on
from mit.issuance.timeline import Listed
from mit.lifecycle.renewal import RenewalStanding, RenewalState, renewal_on
from mit.roles.actor import Actor, Role
from mit.roles.permissions import acts_for, require_role
from mit.store import applications, certificates, renewals
from mit.store.certificates import Certificate
from mit.store.db import OpenSession, add, transaction, viewing
from mit.store.renewals import Renewal
from mit.values.thai_date import bangkok_day

#: Where a certificate stands → why it is not renewed.
_REFUSALS = {
    RenewalState.EARLY: "renewal_too_early",
    RenewalState.LAPSED: "renewal_lapsed",
    RenewalState.STOPPED: "renewal_stopped",
}


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate of one's own organisation, and how it stands to renewal.

    Attributes:
        renewed_in: the number of the application that renews it; empty where there is none.
        is_renewed: whether that application was approved.
    """

    number: str
    expires_on: date
    renewal: RenewalStanding
    renewed_in: str = ""
    is_renewed: bool = False

    @property
    def is_open(self) -> bool:
        """Say whether it may be renewed now and nobody has begun to."""
        return self.renewal.state == RenewalState.OPEN and not self.renewed_in

    @property
    def is_urgent(self) -> bool:
        """Say whether it runs out soon and is not renewed yet."""
        return self.renewal.state == RenewalState.OPEN and not self.is_renewed


@dataclass(frozen=True, slots=True)
class Renewed:
    """The certificate that an application renews, as its applicant is told.

    ``is_late``: the application was not submitted, for the first time, before the certificate ended.
    """

    number: str
    expires_on: date
    is_late: bool


def renew(actor: Actor, certificate_number: str, *, rulebook: Rulebook, now: datetime) -> Standing:
    """Begin the renewal of a certificate of the actor's own organisation; a second click finds the first.

    Raises:
        NotAllowedError: ``role_needed``, ``organisation_needed``.
        NotFoundError: ``certificate_not_found``: there is none that the actor has a part in.
        ConflictError: ``renewal_too_early``, ``renewal_lapsed``, ``renewal_stopped``, ``renewal_done``.
    """
    require_role(actor, Role.MANUFACTURER)
    with transaction() as session:
        certificate = _lock_own(session, actor, certificate_number)
        going = renewals.live_renewal(session, certificate.number)
        if going is not None and going.state != "approved":
            return standing(session, going)
        if going is not None:
            raise ConflictError("renewal_done", where="number", number=certificate.number)
        _require_open(certificate, rulebook, bangkok_day(now))
        return _begin(session, actor, certificate, now=now)


def held_by(actor: Actor, *, rulebook: Rulebook, today: date) -> Mapping[str, Held]:
    """Return the issued certificates of the actor's own organisation, by the number of their application."""
    if actor.organisation_id is None:
        return {}
    with viewing() as session:
        issued = renewals.issued_to(session, actor.organisation_id)
        live = renewals.live_renewals(session, actor.organisation_id)
    window = window_on(rulebook, today)
    standings = {
        row.number: renewal_on(today, window, status=row.status, expires_on=row.expires_on)
        for row, _ in issued
    }
    return {number: _held(row, live.get(row.number), standings[row.number]) for row, number in issued}


def urgent_first(listed: Sequence[Listed], held: Mapping[str, Held]) -> tuple[Listed, ...]:
    """Return the applications, those first whose certificate runs out soon; the others as they were."""
    urgent = [one for one in listed if one.number in held and held[one.number].is_urgent]
    urgent.sort(key=lambda one: held[one.number].expires_on)
    return (*urgent, *(one for one in listed if one not in urgent))


def renewed_by(actor: Actor, number: str, *, today: date) -> Renewed | None:
    """Return the certificate that an application of the actor's own renews; None where it renews none.

    Raises:
        NotFoundError: ``application_not_found``.
    """
    with viewing() as session:
        application_id = find_own(session, actor, number).id
        renewed = renewals.renewed_certificate(session, application_id)
        if not renewed:
            return None
        expires_on = certificates.get_certificate(session, renewed).expires_on
        submitted_at = renewals.first_submitted_at(session, application_id)
    submitted_on = bangkok_day(submitted_at) if submitted_at else today
    return Renewed(renewed, expires_on, submitted_on > expires_on)


def _begin(session: OpenSession, actor: Actor, certificate: Certificate, *, now: datetime) -> Standing:
    earlier = applications.get_application(session, certificate.application_id)
    certified = {
        outline.position
        for outline in renewals.outlines_of(session, earlier.id)
        if outline.decision == "certified"
    }
    application = begin(session, actor, Draft(), now=now)
    add(session, Renewal(application_id=application.id, certificate_number=certificate.number))
    sections = copied_sections(gather(session, earlier), keep=certified)
    write_sections(session, application, sections, by=actor.user_id, now=now)
    record_begun(session, actor, application, now=now, renews=certificate.number)
    # Durable after this commit: the draft, and which certificate it renews.
    return standing(session, application)


def _lock_own(session: OpenSession, actor: Actor, number: str) -> Certificate:
    found = (
        certificates.find_certificate(session, number) if number.isascii() and number.isprintable() else None
    )
    if found is None or found.state != "active" or not acts_for(actor, found.organisation_id):
        raise NotFoundError("certificate_not_found", where="number", number=number[:40])
    return certificates.lock_certificate(session, number)


def _require_open(certificate: Certificate, rulebook: Rulebook, today: date) -> None:
    window = window_on(rulebook, today)
    found = renewal_on(today, window, status=certificate.status, expires_on=certificate.expires_on)
    if found.state != RenewalState.OPEN:
        code, opens_on = _REFUSALS[found.state], found.opens_on or certificate.expires_on
        raise ConflictError(code, where="number", number=certificate.number, day=opens_on.isoformat())


def _held(row: Certificate, live: tuple[str, str] | None, found: RenewalStanding) -> Held:
    number, state = live or ("", "")
    return Held(row.number, row.expires_on, found, number, state == "approved")
