"""The states of a certificate, the moves between them, and the state on any day, past or present.

The register keeps a dated history of changes; the state on a day is replayed from it and never
stored twice.  ``expired`` is not a change: it follows from the last valid day.
Who may make a move, from which day it may count and for which reasons stands in
``certificate_acts.py``; together they are the code, the permission and ``docs/workflow.md``.
Source: contract section 1 (status lists, order of durable steps) and section 2 (status, verdict).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mit.errors import IllegalMoveError


class CertificateState(StrEnum):
    """Where a certificate stands."""

    PREPARED = "prepared"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class CertificateAction(StrEnum):
    """What changes the state of a certificate."""

    ISSUE = "issue"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    REVOKE = "revoke"
    SUPERSEDE = "supersede"
    WITHDRAW = "withdraw"


class ChangeReason(StrEnum):
    """Why a state was changed; the public sees the reason, in words."""

    ISSUED = "issued"
    CRITERIA_NOT_MET = "criteria_not_met"
    WRONG_INFORMATION = "wrong_information"
    MARK_MISUSED = "mark_misused"
    UNDER_INVESTIGATION = "under_investigation"
    INVESTIGATION_CLOSED = "investigation_closed"
    SUSPENDED_IN_ERROR = "suspended_in_error"
    ISSUED_IN_ERROR = "issued_in_error"
    KEY_COMPROMISED = "key_compromised"
    HOLDER_ASKED = "holder_asked"
    HOLDER_CEASED = "holder_ceased"
    REPLACED = "replaced"


_S, _A = CertificateState, CertificateAction

#: From which state each action leads where.  A number exists from ``prepared`` on, and can be
#: revoked from then on, whatever happens to its signature.
MOVES: dict[tuple[CertificateState, CertificateAction], CertificateState] = {
    (_S.PREPARED, _A.ISSUE): _S.ACTIVE,
    (_S.PREPARED, _A.REVOKE): _S.REVOKED,
    (_S.ACTIVE, _A.SUSPEND): _S.SUSPENDED,
    (_S.ACTIVE, _A.REVOKE): _S.REVOKED,
    (_S.ACTIVE, _A.SUPERSEDE): _S.SUPERSEDED,
    (_S.ACTIVE, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.SUSPENDED, _A.REINSTATE): _S.ACTIVE,
    (_S.SUSPENDED, _A.REVOKE): _S.REVOKED,
    (_S.SUSPENDED, _A.SUPERSEDE): _S.SUPERSEDED,
    (_S.SUSPENDED, _A.WITHDRAW): _S.WITHDRAWN,
}

#: No action leads out of these.
FINAL_STATES = frozenset({_S.REVOKED, _S.SUPERSEDED, _S.WITHDRAWN, _S.EXPIRED})
#: States that set the bit of the revocation list (contract section 1, Status lists).
REVOCATION_BIT_STATES = frozenset({_S.REVOKED, _S.SUPERSEDED, _S.WITHDRAWN})
#: States that only the calendar turns into ``expired``.
_RUNNING = frozenset({_S.ACTIVE, _S.SUSPENDED})


@dataclass(frozen=True, slots=True)
class StateChange:
    """One entry of a certificate's dated history, in the order of recording.

    Attributes:
        on: the Bangkok day from which it counts, included.
        state: the state from that day on.
        reason: why.
    """

    on: date
    state: CertificateState
    reason: str = ""


def next_state(state: CertificateState, action: CertificateAction) -> CertificateState:
    """Return where *action* leads from *state*.

    Raises:
        IllegalMoveError: ``illegal_certificate_move``: there is no such move.
    """
    found = MOVES.get((state, action))
    if found is None:
        raise IllegalMoveError(
            "illegal_certificate_move", certificate_action=str(action), certificate_state=str(state)
        )
    return found


def change_on(history: Iterable[StateChange], day: date) -> StateChange | None:
    """Return the change that decides the state on *day*; None before the first.

    Of several changes on one day the last recorded counts.  What a final state ended stays ended:
    a later entry does not bring the certificate back.
    """
    deciding: StateChange | None = None
    for change in sorted(history, key=lambda entry: entry.on):
        if change.on > day or (deciding and deciding.state in FINAL_STATES):
            break
        deciding = change
    return deciding


def settled(history: Iterable[StateChange]) -> tuple[StateChange, ...]:
    """Return the history as it counts: in the order of its days, nothing after what ended it.

    A revocation may reach back before a suspension that was recorded earlier; the suspension then
    says nothing any more.
    """
    counting: list[StateChange] = []
    for change in sorted(history, key=lambda entry: entry.on):
        if counting and counting[-1].state in FINAL_STATES:
            break
        counting.append(change)
    return tuple(counting)


def state_on(history: Iterable[StateChange], day: date, *, expires_on: date) -> CertificateState | None:
    """Return the state on *day*, both ends of the validity included; None before it began.

    After the last valid day a certificate that was still running is ``expired``; one that was
    revoked, superseded or withdrawn stays so.
    """
    change = change_on(history, day)
    if change is None:
        return None
    if day > expires_on and change.state in _RUNNING:
        return CertificateState.EXPIRED
    return change.state
