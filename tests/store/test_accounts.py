"""Rows of people: whom they act for, and acted for; which roles they hold."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from mit.errors import NotFoundError
from mit.roles.actor import Role
from mit.store.accounts import (
    ROLES,
    Affiliation,
    Organisation,
    RoleGrant,
    User,
    acted_for,
    actor_of,
    add_organisation,
    add_user,
    find_user,
    get_organisation,
    get_user,
    grant,
    held_role_at,
    join_organisation,
    roles_of,
    take_back,
)
from mit.store.db import new_id, transaction, viewing
from tests.support.people import KRUNGTHEP_WIRE, SIAM_CABLE, TAMBON_OFFICE, Cast


def test_everyone_of_the_cast_is_who_they_are(cast: Cast) -> None:
    with viewing() as session:
        for actor in (cast.somchai, cast.malee, cast.anan, cast.napha, cast.krit):
            assert actor_of(session, actor.user_id) == actor


@pytest.mark.parametrize("email", ["malee@example.com", "MALEE@Example.com", "  malee@example.com "])
def test_a_user_is_found_in_any_case_of_letters(cast: Cast, email: str) -> None:
    with viewing() as session:
        found = find_user(session, email)
    assert found is not None
    assert found.id == cast.malee.user_id


@pytest.mark.parametrize("email", ["", "nobody@example.com", "malee", "%", "malee@example.com'"])
def test_a_stranger_is_not_found(cast: Cast, email: str) -> None:
    with viewing() as session:
        assert find_user(session, email) is None


@pytest.mark.parametrize("read", [get_user, get_organisation, actor_of])
def test_an_unknown_id_is_not_found(app: Flask, read: object) -> None:
    with pytest.raises(NotFoundError), viewing() as session:
        read(session, uuid4())  # type: ignore[operator]


def test_a_role_is_granted_once_and_taken_once(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        who = cast.malee.user_id
        assert grant(session, who, Role.APPROVER, granted_by_id=None, now=now)
        assert not grant(session, who, Role.APPROVER, granted_by_id=None, now=now)
        assert roles_of(session, who) == {Role.REVIEWER, Role.APPROVER}
        assert take_back(session, who, Role.APPROVER, now=now)
        assert not take_back(session, who, Role.APPROVER, now=now)
        assert roles_of(session, who) == {Role.REVIEWER}


def test_a_role_can_be_granted_again_after_it_was_taken(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        take_back(session, cast.malee.user_id, Role.REVIEWER, now=now)
        assert grant(session, cast.malee.user_id, Role.REVIEWER, granted_by_id=None, now=now)


def test_a_closed_login_holds_no_role(cast: Cast) -> None:
    with transaction() as session:
        get_user(session, cast.malee.user_id).is_active = False
        assert actor_of(session, cast.malee.user_id).roles == frozenset()


def test_who_changes_sides_has_still_acted_for_the_first(cast: Cast, now: datetime) -> None:
    later = now + timedelta(days=1)
    with transaction() as session:
        join_organisation(session, cast.somchai.user_id, cast.krungthep_wire_id, now=later)
        assert acted_for(session, cast.siam_cable_id) == {cast.somchai.user_id}
        assert acted_for(session, cast.krungthep_wire_id) == {cast.somchai.user_id, cast.krit.user_id}
        assert actor_of(session, cast.somchai.user_id).organisation_id == cast.krungthep_wire_id


def test_who_leaves_acts_for_nobody(cast: Cast, now: datetime) -> None:
    later = now + timedelta(days=1)
    with transaction() as session:
        join_organisation(session, cast.somchai.user_id, None, now=later)
        assert actor_of(session, cast.somchai.user_id).organisation_id is None
        (span,) = session.query(Affiliation).filter_by(user_id=cast.somchai.user_id)
        assert (span.began_at, span.ended_at) == (now, later)


def test_nobody_acts_for_two_at_once(cast: Cast, now: datetime) -> None:
    with pytest.raises(Exception, match="affiliations"), transaction() as session:
        span = Affiliation(user_id=cast.somchai.user_id, organisation_id=cast.krungthep_wire_id, began_at=now)
        session.add(span)


def organisation(tax_number: str, now: datetime) -> Organisation:
    return Organisation(
        id=new_id(), kind="manufacturer", tax_number=tax_number, name_th="ก", name_en="", address_th="",
        address_en="", created_at=now,
    )  # fmt: skip


def test_a_tax_number_is_taken_once(app: Flask, now: datetime) -> None:
    with transaction() as session:
        assert add_organisation(session, organisation("0105536112014", now))
        assert not add_organisation(session, organisation("0105536112014", now))


def user(email: str, now: datetime) -> User:
    return User(id=new_id(), email=email, name="x", password_hash="x", is_active=True, created_at=now)


def test_an_address_is_taken_once(app: Flask, now: datetime) -> None:
    with transaction() as session:
        assert add_user(session, user("x@example.com", now))
        assert not add_user(session, user("x@example.com", now))


WRONG = [
    ("organisations", {"kind": "bank"}),
    ("organisations", {"tax_number": "123"}),
    ("users", {"email": "Upper@example.com"}),
    ("role_grants", {"role": "emperor"}),
]


@pytest.mark.parametrize(("table", "values"), WRONG)
def test_the_tables_refuse_what_cannot_be(
    cast: Cast, now: datetime, table: str, values: dict[str, str]
) -> None:
    ((column, value),) = values.items()
    with pytest.raises(Exception, match=r"ck_|guard|never|only"), transaction() as session:
        session.connection().exec_driver_sql(f"UPDATE {table} SET {column} = '{value}'")


def test_the_tables_know_every_role() -> None:
    assert set(ROLES) == {str(role) for role in Role}


def test_the_cast_has_numbers_that_check(cast: Cast) -> None:
    with viewing() as session:
        ids: list[UUID] = [cast.siam_cable_id, cast.krungthep_wire_id, cast.tambon_office_id]
        numbers = [get_organisation(session, one).tax_number for one in ids]
    assert numbers == [one.tax_number for one in (SIAM_CABLE, KRUNGTHEP_WIRE, TAMBON_OFFICE)]


def test_a_role_is_held_from_the_instant_it_was_granted_until_it_was_taken(cast: Cast, now: datetime) -> None:
    day, who = timedelta(days=1), cast.malee.user_id
    with transaction() as session:
        grant(session, who, Role.APPROVER, granted_by_id=None, now=now + day)
        take_back(session, who, Role.APPROVER, now=now + 2 * day)
        grant(session, who, Role.APPROVER, granted_by_id=None, now=now + 4 * day)
    instant = timedelta(microseconds=1)
    held = {
        now: False,
        now + day - instant: False,
        now + day: True,
        now + 2 * day - instant: True,
        now + 2 * day: False,  # at the very instant of taking it is gone
        now + 3 * day: False,
        now + 4 * day: True,
        now + 400 * day: True,
    }
    with viewing() as session:
        assert {at: held_role_at(session, who, Role.APPROVER, at) for at in held} == held
        assert not held_role_at(session, cast.somchai.user_id, Role.APPROVER, now + 5 * day)
        assert not held_role_at(session, who, Role.ADMINISTRATOR, now + 5 * day)
        assert not held_role_at(session, uuid4(), Role.APPROVER, now + 5 * day)


def test_taking_one_role_leaves_the_others_and_the_other_people_alone(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        grant(session, cast.malee.user_id, Role.APPROVER, granted_by_id=cast.anan.user_id, now=now)
        take_back(session, cast.malee.user_id, Role.APPROVER, now=now)
        assert roles_of(session, cast.malee.user_id) == {Role.REVIEWER}
        assert roles_of(session, cast.anan.user_id) == {Role.APPROVER}


def test_the_giver_and_both_instants_of_a_grant_are_kept(cast: Cast, now: datetime) -> None:
    later = now + timedelta(hours=1)
    with transaction() as session:
        grant(session, cast.krit.user_id, Role.REVIEWER, granted_by_id=cast.anan.user_id, now=now)
        take_back(session, cast.krit.user_id, Role.REVIEWER, now=later)
    with viewing() as session:
        (row,) = session.query(RoleGrant).filter_by(user_id=cast.krit.user_id, role="reviewer")
    assert (row.granted_by_id, row.granted_at, row.revoked_at) == (cast.anan.user_id, now, later)


def test_changing_sides_back_and_forth_keeps_every_span(cast: Cast, now: datetime) -> None:
    who, day = cast.somchai.user_id, timedelta(days=1)
    with transaction() as session:
        for n, place in enumerate((cast.krungthep_wire_id, None, cast.siam_cable_id), start=1):
            join_organisation(session, who, place, now=now + n * day)
    with viewing() as session:
        spans = session.query(Affiliation).filter_by(user_id=who).order_by(Affiliation.began_at).all()
        assert acted_for(session, cast.siam_cable_id) == {who}
    assert [(span.organisation_id, span.began_at, span.ended_at) for span in spans] == [
        (cast.siam_cable_id, now, now + day),
        (cast.krungthep_wire_id, now + day, now + 2 * day),
        (cast.siam_cable_id, now + 3 * day, None),
    ]


def test_when_one_leaves_the_others_of_the_organisation_stay(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        join_organisation(session, cast.krit.user_id, cast.siam_cable_id, now=now + timedelta(days=1))
        join_organisation(session, cast.krit.user_id, None, now=now + timedelta(days=2))
    with viewing() as session:
        (span,) = session.query(Affiliation).filter_by(user_id=cast.somchai.user_id)
        assert span.ended_at is None
        assert actor_of(session, cast.somchai.user_id).organisation_id == cast.siam_cable_id


def test_nobody_unknown_joins_anything(cast: Cast, now: datetime) -> None:
    with pytest.raises(NotFoundError), transaction() as session:
        join_organisation(session, uuid4(), cast.siam_cable_id, now=now)
    with viewing() as session:
        assert acted_for(session, cast.siam_cable_id) == {cast.somchai.user_id}


@pytest.mark.parametrize("email", ["malee@example.com\x00", "\ud800", "malee\n@example.com", "\u202emalee"])
def test_an_address_that_no_database_could_hold_is_simply_unknown(cast: Cast, email: str) -> None:
    with viewing() as session:
        assert find_user(session, email) is None


def test_a_tax_number_is_taken_whatever_kind_and_name(app: Flask, now: datetime) -> None:
    with transaction() as session:
        add_organisation(session, organisation("0105536112014", now))
        other = organisation("0105536112014", now)
        other.kind, other.name_th = "agency", "อื่น"
        assert not add_organisation(session, other)
        (kept,) = session.query(Organisation).all()
        assert (kept.kind, kept.name_th) == ("manufacturer", "ก")
