"""Actors: who is staff."""

from __future__ import annotations

from uuid import UUID

import pytest

from mit.roles.actor import STAFF_ROLES, Actor, Role

SOMEBODY = UUID(int=1)


@pytest.mark.parametrize(
    ("roles", "staff"),
    [
        ((), False),
        (("manufacturer",), False),
        (("procurement_officer",), False),
        (("reviewer",), True),
        (("approver",), True),
        (("reviewer", "approver"), True),
        (("administrator",), True),
        (("reviewer", "manufacturer"), False),
    ],
)
def test_staff_are_those_with_a_role_at_fti_who_act_for_no_applicant(roles, staff) -> None:
    assert Actor(SOMEBODY, frozenset(map(Role, roles))).is_staff is staff


def test_applicants_and_procurement_officers_are_no_staff() -> None:
    assert set(Role) - STAFF_ROLES == {Role.MANUFACTURER, Role.PROCUREMENT_OFFICER}
