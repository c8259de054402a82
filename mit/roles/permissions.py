"""Which role may do what: named predicates, and the one refusal.

Who may move an application stands in the table of moves (``lifecycle/application_states.py``);
here is what a role means.
"""

from __future__ import annotations

from uuid import UUID

from mit.errors import NotAllowedError
from mit.roles.actor import STAFF_ROLES, Actor, Role


def holds_role(actor: Actor, role: Role) -> bool:
    """Say whether *actor* may act in *role*; a staff role counts only for FTI's own people."""
    if role not in actor.roles:
        return False
    return actor.is_staff if role in STAFF_ROLES else True


def require_role(actor: Actor, role: Role) -> None:
    """Let *actor* act in *role*.

    Raises:
        NotAllowedError: ``role_needed`` with the role.
    """
    if not holds_role(actor, role):
        raise NotAllowedError("role_needed", role=str(role))


def acts_for(actor: Actor, organisation_id: UUID) -> bool:
    """Say whether *actor* acts for the organisation now."""
    return actor.organisation_id == organisation_id


def may_read_application(actor: Actor, organisation_id: UUID) -> bool:
    """Say whether *actor* may see an application of the organisation, cost sheets included."""
    if holds_role(actor, Role.MANUFACTURER):
        return acts_for(actor, organisation_id)
    return holds_role(actor, Role.REVIEWER) or holds_role(actor, Role.APPROVER)


def may_read_paper(actor: Actor, organisation_id: UUID) -> bool:
    """Say whether *actor* may have the certificate of the organisation on paper: its people, and staff."""
    is_own = holds_role(actor, Role.MANUFACTURER) and acts_for(actor, organisation_id)
    return is_own or actor.is_staff
