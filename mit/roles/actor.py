"""Actor: who acts, in which roles, for which organisation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a person may be asked to do."""

    MANUFACTURER = "manufacturer"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"
    PROCUREMENT_OFFICER = "procurement_officer"


#: Roles that only FTI's own people hold.
STAFF_ROLES = frozenset({Role.REVIEWER, Role.APPROVER, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person.

    Attributes:
        user_id: the person, one login each.
        roles: the roles granted to them now.
        organisation_id: whom they act for; None for FTI's own people.
    """

    user_id: UUID
    roles: frozenset[Role]
    organisation_id: UUID | None = None

    @property
    def is_staff(self) -> bool:
        """Say whether the person works for FTI and for no manufacturer."""
        return bool(self.roles & STAFF_ROLES) and Role.MANUFACTURER not in self.roles
