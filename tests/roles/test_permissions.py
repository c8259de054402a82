"""Permissions: what each role may do, and the refusal."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.errors import NotAllowedError
from mit.roles.actor import STAFF_ROLES, Actor, Role
from mit.roles.permissions import acts_for, holds_role, may_read_application, may_read_paper, require_role

SIAM_CABLE, OTHER = UUID(int=10), UUID(int=11)
ROLE_SETS = st.frozensets(st.sampled_from(list(Role)))


def _actor(*roles: str, organisation: UUID | None = None) -> Actor:
    return Actor(UUID(int=1), frozenset(map(Role, roles)), organisation)


@settings(deadline=None, max_examples=200)
@given(ROLE_SETS, st.sampled_from(list(Role)))
def test_a_role_counts_only_when_granted_and_never_beside_the_other_side(roles, role) -> None:
    allowed = holds_role(Actor(UUID(int=1), roles), role)
    assert allowed == (role in roles and not (role in STAFF_ROLES and Role.MANUFACTURER in roles))


@settings(deadline=None, max_examples=200)
@given(ROLE_SETS, st.sampled_from(list(Role)))
def test_requiring_a_role_refuses_exactly_those_who_do_not_hold_it(roles, role) -> None:
    actor = Actor(UUID(int=1), roles)
    if holds_role(actor, role):
        require_role(actor, role)
        return
    with pytest.raises(NotAllowedError) as refusal:
        require_role(actor, role)
    assert (refusal.value.code, refusal.value.params) == ("role_needed", {"role": str(role)})


def test_one_acts_for_ones_own_organisation_only() -> None:
    somchai = _actor("manufacturer", organisation=SIAM_CABLE)
    assert acts_for(somchai, SIAM_CABLE)
    assert not acts_for(somchai, OTHER)
    assert not acts_for(_actor("reviewer"), SIAM_CABLE)


@pytest.mark.parametrize(
    ("roles", "organisation", "may"),
    [
        (("manufacturer",), SIAM_CABLE, True),
        (("manufacturer",), OTHER, False),
        (("manufacturer", "reviewer"), OTHER, False),
        (("reviewer",), None, True),
        (("approver",), None, True),
        (("administrator",), None, False),
        (("procurement_officer",), None, False),
        ((), SIAM_CABLE, False),
    ],
)
def test_who_may_read_an_application_of_siam_cable(roles, organisation, may) -> None:
    assert may_read_application(_actor(*roles, organisation=organisation), SIAM_CABLE) is may


@settings(deadline=None, max_examples=200)
@given(ROLE_SETS, st.sampled_from([None, SIAM_CABLE, OTHER]))
def test_whoever_applies_sees_only_their_own_whatever_else_they_hold(roles, organisation) -> None:
    may = may_read_application(Actor(UUID(int=1), roles, organisation), SIAM_CABLE)
    if Role.MANUFACTURER in roles:
        assert may is (organisation == SIAM_CABLE)
    else:
        assert may is bool(roles & {Role.REVIEWER, Role.APPROVER})


@settings(deadline=None, max_examples=200)
@given(ROLE_SETS, st.sampled_from([None, SIAM_CABLE, OTHER]))
def test_the_paper_is_for_the_holders_people_and_for_whoever_works_at_fti_alone(roles, organisation) -> None:
    may = may_read_paper(Actor(UUID(int=1), roles, organisation), SIAM_CABLE)
    if Role.MANUFACTURER in roles:
        assert may is (organisation == SIAM_CABLE)
    else:
        assert may is bool(roles & STAFF_ROLES)


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_an_administrator_has_the_paper_but_not_the_costs(role) -> None:
    actor = _actor(role)
    assert may_read_paper(actor, SIAM_CABLE)
    assert may_read_application(actor, SIAM_CABLE) is (role is not Role.ADMINISTRATOR)


@settings(deadline=None, max_examples=200)
@given(ROLE_SETS, st.sampled_from(list(Role)), st.sampled_from(list(Role)))
def test_one_more_role_takes_nothing_away_but_the_one_of_the_other_side(roles, more, role) -> None:
    before, after = (holds_role(Actor(UUID(int=1), held), role) for held in (roles, roles | {more}))
    if before and not after:
        assert more is Role.MANUFACTURER
        assert role in STAFF_ROLES


def test_nobody_s_organisation_is_nobody_s() -> None:
    assert not acts_for(_actor("manufacturer"), SIAM_CABLE)
    assert not may_read_application(_actor("manufacturer"), SIAM_CABLE)
