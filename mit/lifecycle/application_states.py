"""The states of an application and the one table of moves between them.

The table is code (the work rooms ask :func:`find_move`), permission (each move names the role that
may make it and the guards that must hold) and documentation (``docs/workflow.md`` is written from
it, and a test holds the page against it).

The guards are named here and kept in ``issuance/guards.py``, one function for each name.
Source: contract section 1 (four eyes, application and products); domain 3.3 and 3.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from mit.errors import IllegalMoveError
from mit.lifecycle.audit_events import AuditEvent

#: The roles that move an application; a test holds these words against ``roles.actor.Role``.
MovingRole = Literal["manufacturer", "reviewer", "approver"]


class ApplicationState(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    RECOMMENDED = "recommended"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ApplicationAction(StrEnum):
    """What a person can do to an application."""

    CREATE = "create"
    SAVE = "save"
    SUBMIT = "submit"
    RETURN = "return"
    RESUBMIT = "resubmit"
    RECOMMEND = "recommend"
    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


class Guard(StrEnum):
    """What must hold besides state and role; each is one function in ``issuance/guards.py``."""

    OWN_ORGANISATION = "own_organisation"
    HAS_PRODUCTS = "has_products"
    REASONS_GIVEN = "reasons_given"
    STRANGER_TO_APPLICANT = "stranger_to_applicant"
    SECOND_PERSON = "second_person"
    VERSION_AS_SEEN = "version_as_seen"
    CONTENT_AS_SEEN = "content_as_seen"
    EVERY_PRODUCT_DECIDED = "every_product_decided"
    KEPT_PRODUCTS_MEET = "kept_products_meet"


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table.

    Attributes:
        state: where it leads from; None: there is no application yet.
        action: what the person does.
        role: who may do it.
        guards: what else must hold, in the order in which it is asked.
        next_state: where it leads to.
        event: what the audit log records.
    """

    state: ApplicationState | None
    action: ApplicationAction
    role: MovingRole
    guards: tuple[Guard, ...]
    next_state: ApplicationState
    event: AuditEvent

    @property
    def voids_approvals(self) -> bool:
        """Say whether the move voids every live approval row; all do but the two approvals."""
        return self.action not in {ApplicationAction.RECOMMEND, ApplicationAction.APPROVE}


_S, _A, _G, _E = ApplicationState, ApplicationAction, Guard, AuditEvent
_NEW = (_G.OWN_ORGANISATION,)
_OWN = (_G.OWN_ORGANISATION, _G.VERSION_AS_SEEN)
_FULL = (*_OWN, _G.HAS_PRODUCTS)
_FIRST = (_G.STRANGER_TO_APPLICANT, _G.VERSION_AS_SEEN)
_SECOND = (_G.STRANGER_TO_APPLICANT, _G.SECOND_PERSON, _G.VERSION_AS_SEEN)
_KEEP = (_G.CONTENT_AS_SEEN, _G.EVERY_PRODUCT_DECIDED, _G.KEPT_PRODUCTS_MEET)
_WHY = (_G.REASONS_GIVEN,)

# fmt: off
#: Every move there is.  Nothing else moves an application.
MOVES: tuple[Move, ...] = (
    Move(None, _A.CREATE, "manufacturer", _NEW, _S.DRAFT, _E.APPLICATION_CREATED),
    Move(_S.DRAFT, _A.SAVE, "manufacturer", _OWN, _S.DRAFT, _E.APPLICATION_SAVED),
    Move(_S.RETURNED, _A.SAVE, "manufacturer", _OWN, _S.RETURNED, _E.APPLICATION_SAVED),
    Move(_S.SUBMITTED, _A.SAVE, "manufacturer", _OWN, _S.DRAFT, _E.APPLICATION_SAVED),
    Move(_S.RECOMMENDED, _A.SAVE, "manufacturer", _OWN, _S.DRAFT, _E.APPLICATION_SAVED),
    Move(_S.DRAFT, _A.SUBMIT, "manufacturer", _FULL, _S.SUBMITTED, _E.APPLICATION_SUBMITTED),
    Move(_S.RETURNED, _A.RESUBMIT, "manufacturer", _FULL, _S.SUBMITTED, _E.APPLICATION_RESUBMITTED),
    Move(_S.SUBMITTED, _A.RETURN, "reviewer", _FIRST + _WHY, _S.RETURNED, _E.APPLICATION_RETURNED),
    Move(_S.SUBMITTED, _A.RECOMMEND, "reviewer", _FIRST + _KEEP, _S.RECOMMENDED, _E.APPLICATION_RECOMMENDED),
    Move(_S.SUBMITTED, _A.REFUSE, "reviewer", _FIRST + _WHY, _S.REFUSED, _E.APPLICATION_REFUSED),
    Move(_S.RECOMMENDED, _A.RETURN, "approver", _SECOND + _WHY, _S.RETURNED, _E.APPLICATION_SENT_BACK),
    Move(_S.RECOMMENDED, _A.APPROVE, "approver", _SECOND + _KEEP, _S.APPROVED, _E.APPLICATION_APPROVED),
    Move(_S.RECOMMENDED, _A.REFUSE, "approver", _SECOND + _WHY, _S.REFUSED, _E.APPLICATION_DECLINED),
    Move(_S.DRAFT, _A.WITHDRAW, "manufacturer", _OWN, _S.WITHDRAWN, _E.APPLICATION_WITHDRAWN),
    Move(_S.SUBMITTED, _A.WITHDRAW, "manufacturer", _OWN, _S.WITHDRAWN, _E.APPLICATION_WITHDRAWN),
    Move(_S.RETURNED, _A.WITHDRAW, "manufacturer", _OWN, _S.WITHDRAWN, _E.APPLICATION_WITHDRAWN),
    Move(_S.RECOMMENDED, _A.WITHDRAW, "manufacturer", _OWN, _S.WITHDRAWN, _E.APPLICATION_WITHDRAWN),
)
# fmt: on

#: No move leads out of these.
FINAL_STATES = frozenset({_S.APPROVED, _S.REFUSED, _S.WITHDRAWN})
#: Where the application waits for somebody at FTI.
WAITING_STATES = frozenset({_S.SUBMITTED, _S.RECOMMENDED})
#: Where a live recommendation row may exist.
RECOMMENDED_STATES = frozenset({_S.RECOMMENDED, _S.APPROVED})


def find_move(state: ApplicationState | None, action: ApplicationAction) -> Move:
    """Return the move that *action* makes from *state*.

    Raises:
        IllegalMoveError: ``illegal_move`` with the action and the state: there is no such move.
    """
    for move in MOVES:
        if move.state == state and move.action == action:
            return move
    raise IllegalMoveError("illegal_move", action=str(action), state=str(state or "none"))


def actions_from(state: ApplicationState | None, role: str) -> tuple[ApplicationAction, ...]:
    """Return what a person in *role* can do to an application in *state*, in table order."""
    return tuple(move.action for move in MOVES if move.state == state and move.role == role)
