"""Who may change the state of a certificate, from which day on, and for which reasons: one row an act.

With the moves of ``certificate_states.py`` this is the one table: the work rooms ask it, and
``docs/workflow.md`` is written from it.  Suspending is urgent and takes one person; what ends a
certificate for good, or brings it back, takes two.
Source: contract section 1 (four eyes); security G16.  The scheme's own rules on sanctions are
unknown (domain section 12), so none is assumed here: no act follows by itself from another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from mit.errors import ConflictError, InputError
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.certificate_states import CertificateAction, ChangeReason

#: The roles that act on certificates; a test holds these words against ``roles.actor.Role``.
ActingRole = Literal["manufacturer", "reviewer", "approver"]

#: So long what was asked for may be confirmed; afterwards it has to be asked for anew.
REQUEST_LIFE = timedelta(days=14)


class DayRule(StrEnum):
    """From which Bangkok day an act may count; a day to come never does."""

    TODAY = "today"
    BACK_TO_ISSUE = "back_to_issue"
    SUCCESSORS_ISSUE = "successors_issue"


@dataclass(frozen=True, slots=True)
class CertificateAct:
    """One row of the table.

    Attributes:
        action: what is done.
        asked_by: the roles that may do it, or ask for it where somebody has to confirm; none where
            the service does it by itself.
        confirmed_by: the role that confirms, always another person; None where one is enough.
        days: from which day it may count.
        reasons: the codes to choose from; they are public.
        event: what the audit log records when it happens.
    """

    action: CertificateAction
    asked_by: tuple[ActingRole, ...]
    confirmed_by: ActingRole | None
    days: DayRule
    reasons: tuple[ChangeReason, ...]
    event: AuditEvent


_A, _D, _R, _E = CertificateAction, DayRule, ChangeReason, AuditEvent
_OFFICERS: tuple[ActingRole, ...] = ("reviewer", "approver")
_HOLDER: tuple[ActingRole, ...] = ("manufacturer",)
_DOUBTS = (_R.CRITERIA_NOT_MET, _R.WRONG_INFORMATION, _R.MARK_MISUSED)
_URGENT = (_R.UNDER_INVESTIGATION, *_DOUBTS)
_ENDS = (*_DOUBTS, _R.ISSUED_IN_ERROR, _R.KEY_COMPROMISED, _R.HOLDER_CEASED)
_CLEARED = (_R.INVESTIGATION_CLOSED, _R.SUSPENDED_IN_ERROR)
_WISHES = (_R.HOLDER_ASKED, _R.HOLDER_CEASED)

#: Every act there is; nothing else changes the state of a certificate.
ACTS: tuple[CertificateAct, ...] = (
    CertificateAct(_A.ISSUE, (), None, _D.TODAY, (_R.ISSUED,), _E.CERTIFICATE_ISSUED),
    CertificateAct(_A.SUSPEND, ("approver",), None, _D.TODAY, _URGENT, _E.CERTIFICATE_SUSPENDED),
    CertificateAct(_A.REINSTATE, _OFFICERS, "approver", _D.TODAY, _CLEARED, _E.CERTIFICATE_REINSTATED),
    CertificateAct(_A.REVOKE, _OFFICERS, "approver", _D.BACK_TO_ISSUE, _ENDS, _E.CERTIFICATE_REVOKED),
    CertificateAct(_A.WITHDRAW, _HOLDER, "approver", _D.TODAY, _WISHES, _E.CERTIFICATE_WITHDRAWN),
    CertificateAct(_A.SUPERSEDE, (), None, _D.SUCCESSORS_ISSUE, (_R.REPLACED,), _E.CERTIFICATE_SUPERSEDED),
)
_BY_ACTION = {act.action: act for act in ACTS}


def act_of(action: CertificateAction) -> CertificateAct:
    """Return the row of one action."""
    return _BY_ACTION[action]


def read_reason(action: CertificateAction, text: str) -> ChangeReason:
    """Return the reason that *text* names, if it is one of those for *action*.

    Raises:
        InputError: ``status_reason_missing`` or ``status_reason_unknown``.
    """
    if not text:
        raise InputError("status_reason_missing", where="reason")
    if text not in act_of(action).reasons:
        raise InputError("status_reason_unknown", where="reason", action=str(action))
    return ChangeReason(text)


def day_of_effect(
    action: CertificateAction, wanted: date | None, *, today: date, issued_on: date, expires_on: date
) -> date:
    """Return from which day *action* counts: *wanted*, or today where none is.

    No act counts from a day to come: what has not happened yet is not recorded.  Only a revocation
    reaches back, at most to the issue day, because only it may say that a past answer was wrong.
    After the last valid day nothing can be changed but the past.

    Raises:
        ConflictError: ``certificate_expired`` with the last valid day.
        InputError: ``effect_day`` with the first and last day to choose from.
    """
    first = issued_on if act_of(action).days is DayRule.BACK_TO_ISSUE else today
    last = min(today, expires_on)
    if first > last:
        raise ConflictError("certificate_expired", day=expires_on.isoformat())
    day = last if wanted is None else wanted
    if not first <= day <= last:
        raise InputError("effect_day", where="on", first=first.isoformat(), last=last.isoformat())
    return day
