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
    User,
    acted_for,
    actor_of,
    add_organisation,
    add_user,
    find_user,
    get_organisation,
    get_user,
    grant,
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
