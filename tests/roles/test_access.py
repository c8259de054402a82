"""The permission table by itself: pure data, and the two questions that are asked of it."""

from __future__ import annotations

import itertools
from uuid import UUID

import pytest

from mit.roles.access import TABLE, Access, Audience, may_enter, row_of
from mit.roles.actor import STAFF_ROLES, Actor, Role

SOMEBODY, SOMEWHERE = UUID(int=1), UUID(int=2)


def test_every_role_is_an_audience_and_no_audience_is_left_over() -> None:
    roles = {str(role) for role in Role}
    assert roles < {str(audience) for audience in Audience}
    assert {str(audience) for audience in Audience} - roles == {"anyone", "half_signed_in", "signed_in"}


def test_what_the_table_does_not_know_has_no_row() -> None:
    for endpoint in ("", "nothing", "PUBLIC.START", "public", "security.login"):
        assert row_of(endpoint) is None
    assert all(row_of(row.endpoint) is row for row in TABLE)


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_its_own_rows_and_those_for_everybody_signed_in(role: Role) -> None:
    actor = Actor(SOMEBODY, frozenset({role}), None if role in STAFF_ROLES else SOMEWHERE)
    for audience in Audience:
        row = Access("x", frozenset({audience}))
        expected = audience in {Audience.ANYONE, Audience.SIGNED_IN} or str(audience) == str(role)
        assert may_enter(row, actor) == expected, audience


def test_who_has_no_role_opens_only_what_everybody_signed_in_may() -> None:
    nobody = Actor(SOMEBODY, frozenset())
    for audience in Audience:
        row = Access("x", frozenset({audience}))
        assert may_enter(row, nobody) == (audience in {Audience.ANYONE, Audience.SIGNED_IN})


def test_who_is_of_a_manufacturer_never_opens_a_staff_page() -> None:
    for staff in STAFF_ROLES:
        both = Actor(SOMEBODY, frozenset({staff, Role.MANUFACTURER}), SOMEWHERE)
        assert not may_enter(Access("x", frozenset({Audience(str(staff))})), both)
        assert may_enter(Access("x", frozenset({Audience.MANUFACTURER})), both)


def test_a_row_of_several_opens_to_each_of_them() -> None:
    for one, other in itertools.combinations(Role, 2):
        row = Access("x", frozenset({Audience(str(one)), Audience(str(other))}))
        for role in Role:
            actor = Actor(SOMEBODY, frozenset({role}))
            assert may_enter(row, actor) == (role in {one, other})


def test_a_public_row_is_about_nobodys_things_and_wants_no_proof() -> None:
    for row in TABLE:
        if row.is_public:
            assert not row.about
            assert not row.fresh
