"""Where an application stands: what happened when, who has the ball, and since when.

Read from the audit log, so that it is what happened; officers are told by their part, never by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mit.issuance.case import subject_of
from mit.issuance.draft_sections import find_own
from mit.lifecycle.application_states import ApplicationState
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import Actor
from mit.store import accounts, audit, certificates, draft_sections
from mit.store.applications import Application
from mit.store.audit import AuditEvent as AuditRow
from mit.store.db import OpenSession, viewing

#: What the applicant is shown, by the name of its sentence ``applicant.step_<name>``.
STEPS: Mapping[str, str] = {
    AuditEvent.APPLICATION_CREATED: "created",
    AuditEvent.APPLICATION_SUBMITTED: "submitted",
    AuditEvent.APPLICATION_RESUBMITTED: "resubmitted",
    AuditEvent.APPLICATION_WITHDRAWN: "withdrawn",
    AuditEvent.APPLICATION_RETURNED: "returned",
    AuditEvent.APPLICATION_SENT_BACK: "returned",
    AuditEvent.APPLICATION_RECOMMENDED: "recommended",
    AuditEvent.APPLICATION_REFUSED: "refused",
    AuditEvent.APPLICATION_DECLINED: "refused",
    AuditEvent.APPLICATION_APPROVED: "approved",
}
#: In whose hands an application lies in each state: ``applicant.ball_<name>``.
_HOLDERS = {
    ApplicationState.DRAFT: "applicant",
    ApplicationState.RETURNED: "applicant",
    ApplicationState.SUBMITTED: "reviewer",
    ApplicationState.RECOMMENDED: "approver",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened: its name, when, and who did it where it was one's own people."""

    name: str
    at: datetime
    by: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an application stands.

    Attributes:
        ball: ``applicant``, ``reviewer``, ``approver``, ``issuer`` or ``nobody``.
        since: since when it lies there.
        ahead: the steps that follow if all goes well.
        certificate_number: empty unless it was approved; ``is_issued`` says whether it is there.
        has_paper: whether the PDF is filed.
        supersedes: number of the certificate that it corrects; empty where it corrects none.
    """

    number: str
    state: ApplicationState
    steps: tuple[Step, ...]
    ball: str
    since: datetime
    ahead: tuple[str, ...]
    submitted_at: datetime | None
    content_digest: str
    version: int
    reasons: str
    certificate_number: str = ""
    is_issued: bool = False
    has_paper: bool = False
    supersedes: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One application in the list: number, state, its first product's names, how many there are."""

    number: str
    state: ApplicationState
    name_th: str
    name_en: str
    products: int
    changed_at: datetime


def progress(actor: Actor, number: str) -> Progress:
    """Return where an application of the actor's own organisation stands.

    Raises:
        NotFoundError: ``application_not_found``.
    """
    with viewing() as session:
        application = find_own(session, actor, number)
        rows = audit.events_about(session, subject_of(application.number))
        steps = tuple(_step(session, row) for row in rows if row.event in STEPS)
        certificate = certificates.certificate_of(session, application.id)
    state = ApplicationState(application.state)
    is_issued = certificate is not None and certificate.state == "active"
    if certificate is not None and certificate.issued_at is not None:
        steps += (Step("issued", certificate.issued_at),)
    return Progress(
        number=application.number,
        supersedes=application.supersedes or "",
        state=state,
        steps=steps,
        ball=_ball(state, is_issued=is_issued),
        since=steps[-1].at if steps else application.changed_at,
        ahead=_ahead(state, is_issued=is_issued),
        submitted_at=application.submitted_at,
        content_digest=application.content_digest or "",
        version=application.version,
        reasons=application.reasons,
        certificate_number=certificate.number if certificate else "",
        is_issued=is_issued,
        has_paper=certificate is not None and certificate.pdf_sha256 is not None,
    )


def list_own(actor: Actor) -> tuple[Listed, ...]:
    """Return every application of the actor's own organisation, the newest first."""
    if actor.organisation_id is None:
        return ()
    with viewing() as session:
        own = draft_sections.applications_of(session, actor.organisation_id)
        return tuple(_listed(session, application) for application in own)


def _listed(session: OpenSession, application: Application) -> Listed:
    names = draft_sections.names_of(session, application.id)
    th, en = names[0] if names else ("", "")
    return Listed(
        number=application.number,
        state=ApplicationState(application.state),
        name_th=th,
        name_en=en,
        products=len(names),
        changed_at=application.changed_at,
    )


def _step(session: OpenSession, row: AuditRow) -> Step:
    event = AuditEvent(row.event)
    is_own = event.source == "manufacturer" and row.actor_id is not None
    name = accounts.get_user(session, row.actor_id).name if is_own and row.actor_id else ""
    return Step(STEPS[event], row.at, name)


def _ball(state: ApplicationState, *, is_issued: bool) -> str:
    if state == ApplicationState.APPROVED and not is_issued:
        return "issuer"
    return _HOLDERS.get(state, "nobody")


def _ahead(state: ApplicationState, *, is_issued: bool) -> tuple[str, ...]:
    path = ("submitted", "recommended", "approved", "issued")
    done = {
        ApplicationState.DRAFT: 0,
        ApplicationState.RETURNED: 0,
        ApplicationState.SUBMITTED: 1,
        ApplicationState.RECOMMENDED: 2,
        ApplicationState.APPROVED: 4 if is_issued else 3,
    }
    return path[done[state] :] if state in done else ()
