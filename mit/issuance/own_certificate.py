"""What a manufacturer sees of the state of its own certificate, and of its wish to end it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mit.errors import NotFoundError
from mit.issuance.certificate_case import state_of
from mit.lifecycle.certificate_states import CertificateAction, CertificateState
from mit.roles.actor import Actor
from mit.roles.permissions import acts_for
from mit.store import certificate_history, certificates, status_requests
from mit.store.applications import get_application
from mit.store.certificates import CertificateProduct
from mit.store.db import viewing
from mit.values.thai_date import bangkok_day


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """The state of one's own certificate.

    Attributes:
        state: where it stands today; ``expired`` after the last valid day.
        since_on: the Bangkok day since which that holds.
        reason: the public reason of the last change.
        request: the number of one's own wish to end it that waits; 0 without one.
        commits: place, Thai and English name of each product whose cost sheet it commits to.
    """

    number: str
    application_number: str
    state: CertificateState
    since_on: date
    reason: str
    superseded_by: str
    seen_seq: int
    request: int
    commits: tuple[tuple[int, str, str], ...]

    @property
    def is_running(self) -> bool:
        """Say whether it can still be ended or corrected."""
        return self.state in {CertificateState.ACTIVE, CertificateState.SUSPENDED}


def committed(products: Sequence[CertificateProduct]) -> tuple[tuple[int, str, str], ...]:
    """Return place, Thai and English name of the products whose cost sheet the certificate commits to."""
    return tuple((row.position, row.name_th, row.name_en) for row in products if row.commitment_salt)


def read_own(actor: Actor, number: str, *, now: datetime) -> OwnCertificate:
    """Return the state of a certificate of the actor's own organisation.

    Raises:
        NotFoundError: ``certificate_not_found``: there is none, or it is somebody else's.
    """
    with viewing() as session:
        row = certificates.find_certificate(session, number)
        if row is None or not acts_for(actor, row.organisation_id) or row.state != "active":
            raise NotFoundError("certificate_not_found", number=number)
        last = certificate_history.last_entry(session, number)
        waiting = status_requests.open_request_about(session, number)
        state = state_of(row)
        is_over = state in {CertificateState.ACTIVE, CertificateState.SUSPENDED} and (
            bangkok_day(now) > row.expires_on
        )
        return OwnCertificate(
            number=number,
            application_number=get_application(session, row.application_id).number,
            state=CertificateState.EXPIRED if is_over else state,
            since_on=row.status_since_on,
            reason=last.reason if last else "",
            superseded_by=row.superseded_by or "",
            seen_seq=last.seq if last else 0,
            request=waiting.seq if waiting and waiting.action == CertificateAction.WITHDRAW else 0,
            commits=committed(certificates.products_certified(session, number)),
        )
