"""Registering organisations and people, granting and taking roles: who may, what is recorded."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mit.accounts.people import (
    NewOrganisation,
    NewUser,
    close_user,
    create_organisation,
    create_user,
    find_actor,
    grant_role,
    set_password,
    take_role,
)
from mit.errors import ConflictError, InputError, NotAllowedError, NotFoundError
from mit.roles.actor import Actor, Role
from mit.store.accounts import Affiliation, Organisation, User, find_user
from mit.store.audit import AuditEvent, events_about, verify_chain
from mit.store.db import viewing
from mit.values.identifiers import juristic_check_digit
from tests.support.parallel import at_once
from tests.support.people import CHEAP, PASSWORD, SIAM_CABLE, Cast, invite

BANGNA = NewOrganisation(kind="manufacturer", tax_number="0105562000015", name_th="บริษัท บางนา จำกัด")
NEW = NewUser(email="Ploy@Example.com ", name=" Ploy Dee ", password=PASSWORD)


@pytest.fixture
def chief(cast: Cast, now: datetime) -> Actor:
    """An administrator."""
    return invite("Chief Admin", Role.ADMINISTRATOR, now=now)


def recorded(subject: str) -> list[tuple[str, dict[str, object]]]:
    with viewing() as session:
        assert verify_chain(session) == []
        return [(row.event, json.loads(row.payload)) for row in events_about(session, subject)]


def test_an_organisation_is_registered_with_its_number_in_digits(app: Flask, now: datetime) -> None:
    spelled = replace(BANGNA, tax_number="๐-1055-62000-01-5", name_th="  บริษัท บางนา จำกัด ")
    made = create_organisation(None, spelled, now=now)
    with viewing() as session:
        row = session.get_one(Organisation, made)
    assert (row.tax_number, row.name_th, row.created_at) == ("0105562000015", "บริษัท บางนา จำกัด", now)
    assert recorded(f"organisation:{made}") == [
        (
            "administrator:organisation:create",
            {"kind": "manufacturer", "tax_number": "0-10-5-562-00001-5"},
        )
    ]


def test_a_citizen_number_is_kept_but_never_recorded_in_full(app: Flask, now: datetime) -> None:
    citizen = "1101700203450"
    made = create_organisation(None, replace(BANGNA, tax_number=citizen), now=now)
    with viewing() as session:
        assert session.get_one(Organisation, made).tax_number == citizen
        events = session.query(AuditEvent).all()
    assert all(citizen not in event.payload + event.subject for event in events)
    assert events[0].payload.endswith('3450"}')


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"tax_number": "123"}, [("tax_number_malformed", "tax_number")]),
        ({"tax_number": "0105562000016"}, [("tax_number_check", "tax_number")]),
        ({"name_th": "  "}, [("text_missing", "name_th")]),
        ({"name_th": "x" * 301}, [("text_long", "name_th")]),
        ({"name_en": "\ud800"}, [("text_unreadable", "name_en")]),
        ({"address_th": "a\x00b"}, [("text_unreadable", "address_th")]),
        ({"kind": "bank"}, [("organisation_kind", "kind")]),
        (
            {"kind": "bank", "name_th": "", "tax_number": "x"},
            [
                ("text_missing", "name_th"),
                ("organisation_kind", "kind"),
                ("tax_number_malformed", "tax_number"),
            ],
        ),
    ],
)
def test_every_wrong_field_of_an_organisation_is_told_at_once(
    app: Flask, now: datetime, changes: dict[str, str], faults: list[tuple[str, str]]
) -> None:
    with pytest.raises(InputError) as caught:
        create_organisation(None, replace(BANGNA, **changes), now=now)
    assert [(fault.code, fault.where) for fault in caught.value.faults] == faults
    with viewing() as session:
        assert session.query(Organisation).count() == 0


@pytest.mark.parametrize(
    ("where", "longest"), [("name_th", 300), ("name_en", 300), ("address_th", 1000), ("address_en", 1000)]
)
def test_a_text_may_be_as_long_as_its_limit_and_not_longer(
    app: Flask, now: datetime, where: str, longest: int
) -> None:
    with pytest.raises(InputError) as caught:
        create_organisation(None, replace(BANGNA, **{where: "ก" * (longest + 1)}), now=now)
    assert [(fault.code, fault.where, fault.params) for fault in caught.value.faults] == [
        ("text_long", where, {"longest": longest})
    ]
    made = create_organisation(None, replace(BANGNA, **{where: f" {'ก' * longest} "}), now=now)
    with viewing() as session:
        assert getattr(session.get_one(Organisation, made), where) == "ก" * longest


@pytest.mark.parametrize(("length", "is_taken"), [(253, True), (254, True), (255, False)])
def test_an_address_of_a_person_has_254_signs_at_most(
    app: Flask, now: datetime, length: int, is_taken: bool
) -> None:
    email = f"ploy@{'b' * (length - 9)}.com"
    assert len(email) == length
    if is_taken:
        create_user(None, replace(NEW, email=email), now=now, passwords=CHEAP)
        assert find_actor(email.upper()) is not None
        return
    with pytest.raises(InputError) as caught:
        create_user(None, replace(NEW, email=email), now=now, passwords=CHEAP)
    assert caught.value.faults[0].code == "email_malformed"


def test_a_tax_number_is_registered_once(cast: Cast, now: datetime) -> None:
    with pytest.raises(ConflictError, match="organisation_exists"):
        create_organisation(None, SIAM_CABLE, now=now)


def test_of_many_who_register_the_same_one_succeeds(app: Flask, now: datetime) -> None:
    results = at_once(app, [lambda: create_organisation(None, BANGNA, now=now)] * 5)
    assert len([result for result in results if isinstance(result, UUID)]) == 1
    assert len([result for result in results if isinstance(result, ConflictError)]) == 4


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=310), address=st.text(max_size=50))
def test_any_text_is_kept_exactly_or_refused_with_a_reason(
    app: Flask, now: datetime, name: str, address: str
) -> None:
    with viewing() as session:
        first_twelve = f"0105562{session.query(Organisation).count():05d}"
    number = first_twelve + juristic_check_digit(first_twelve)
    told = replace(BANGNA, tax_number=number, name_th=name, address_th=address)
    try:
        made = create_organisation(None, told, now=now)
    except InputError as error:
        assert {fault.code for fault in error.faults} <= {"text_missing", "text_long", "text_unreadable"}
        return
    with viewing() as session:
        row = session.get_one(Organisation, made)
    assert (row.name_th, row.address_th) == (name.strip(), address.strip())


def test_a_user_signs_in_with_a_plain_address(app: Flask, now: datetime) -> None:
    made = create_user(None, NEW, now=now, passwords=CHEAP)
    with viewing() as session:
        row = session.get_one(User, made)
    assert (row.email, row.name, row.is_active) == ("ploy@example.com", "Ploy Dee", True)
    assert CHEAP.matches(PASSWORD, row.password_hash)
    assert PASSWORD not in repr(NEW)


def test_a_user_begins_with_roles_and_organisation(cast: Cast, chief: Actor, now: datetime) -> None:
    new = replace(NEW, organisation_id=cast.siam_cable_id, roles=frozenset({Role.MANUFACTURER}))
    made = create_user(chief, new, now=now, passwords=CHEAP)
    assert find_actor("ploy@example.com") == Actor(made, frozenset({Role.MANUFACTURER}), cast.siam_cable_id)
    with viewing() as session:
        (span,) = session.query(Affiliation).filter_by(user_id=made)
        (event,) = events_about(session, f"user:{made}")
    assert (span.organisation_id, span.began_at, span.ended_at) == (cast.siam_cable_id, now, None)
    assert (event.actor_id, json.loads(event.payload)) == (chief.user_id, {"roles": ["manufacturer"]})


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"email": ""}, [("email_malformed", "email")]),
        ({"email": "ploy"}, [("email_malformed", "email")]),
        ({"email": "ploy@"}, [("email_malformed", "email")]),
        ({"email": "a@b@example.com"}, [("email_malformed", "email")]),
        ({"email": "ploy @example.com"}, [("email_malformed", "email")]),
        ({"email": "ploy@example.com\nBcc: x"}, [("email_malformed", "email")]),
        ({"email": "ploy@ตัวอย่าง.ไทย"}, [("email_malformed", "email")]),
        ({"email": f"{'a' * 64}@{'b' * 200}.com"}, [("email_malformed", "email")]),
        ({"name": ""}, [("text_missing", "name")]),
        ({"name": "x" * 201}, [("text_long", "name")]),
        ({"password": "short"}, [("password_short", "password")]),
        (
            {"name": " ", "email": "x", "password": ""},
            [("text_missing", "name"), ("email_malformed", "email"), ("password_short", "password")],
        ),
    ],
)
def test_every_wrong_field_of_a_user_is_told_at_once(
    app: Flask, now: datetime, changes: dict[str, str], faults: list[tuple[str, str]]
) -> None:
    with pytest.raises(InputError) as caught:
        create_user(None, replace(NEW, **changes), now=now, passwords=CHEAP)  # type: ignore[arg-type]
    assert [(fault.code, fault.where) for fault in caught.value.faults] == faults


def test_an_address_belongs_to_one_user(cast: Cast, now: datetime) -> None:
    with pytest.raises(ConflictError, match="email_taken"):
        create_user(None, replace(NEW, email="MALEE@example.com"), now=now, passwords=CHEAP)


def test_a_user_of_an_unknown_organisation_is_not_created(app: Flask, now: datetime) -> None:
    with pytest.raises(NotFoundError):
        create_user(None, replace(NEW, organisation_id=uuid4()), now=now, passwords=CHEAP)
    with viewing() as session:
        assert find_user(session, "ploy@example.com") is None


STAFF = [Role.REVIEWER, Role.APPROVER, Role.ADMINISTRATOR]


@pytest.mark.parametrize("role", STAFF)
def test_nobody_is_staff_of_fti_and_acts_for_another(cast: Cast, now: datetime, role: Role) -> None:
    new = replace(NEW, organisation_id=cast.siam_cable_id, roles=frozenset({role}))
    with pytest.raises(InputError, match="role_mixed"):
        create_user(None, new, now=now, passwords=CHEAP)
    mixed = replace(NEW, roles=frozenset({role, Role.MANUFACTURER}))
    with pytest.raises(InputError, match="role_mixed"):
        create_user(None, mixed, now=now, passwords=CHEAP)
    with pytest.raises(InputError, match="role_mixed"):
        grant_role(None, cast.somchai.user_id, role, now=now)
    with pytest.raises(InputError, match="role_mixed"):
        grant_role(None, cast.malee.user_id, Role.MANUFACTURER, now=now)


def test_a_role_is_granted_and_recorded_once(cast: Cast, chief: Actor, now: datetime) -> None:
    who = cast.malee.user_id
    assert grant_role(chief, who, Role.APPROVER, now=now)
    assert not grant_role(chief, who, Role.APPROVER, now=now)
    actor = find_actor("malee@example.com")
    assert actor is not None
    assert actor.roles == {Role.REVIEWER, Role.APPROVER}
    assert recorded(f"user:{who}") == [("administrator:role:grant", {"role": "approver"})]


def test_a_role_is_taken_and_recorded_once(cast: Cast, chief: Actor, now: datetime) -> None:
    who = cast.malee.user_id
    assert take_role(chief, who, Role.REVIEWER, now=now)
    assert not take_role(chief, who, Role.REVIEWER, now=now)
    assert find_actor("malee@example.com") == Actor(who, frozenset())
    assert recorded(f"user:{who}") == [("administrator:role:take", {"role": "reviewer"})]


def test_nobody_grants_a_role_to_themselves(chief: Actor, now: datetime) -> None:
    with pytest.raises(NotAllowedError, match="role_to_oneself"):
        grant_role(chief, chief.user_id, Role.APPROVER, now=now)


def test_a_closed_login_is_nobody(cast: Cast, chief: Actor, now: datetime) -> None:
    close_user(chief, cast.krit.user_id, now=now)
    assert find_actor("krit@example.com") is None
    assert recorded(f"user:{cast.krit.user_id}") == [("administrator:user:close", {})]


def test_a_person_changes_their_own_password(cast: Cast, now: datetime) -> None:
    fresh = "a whole new sentence"
    set_password(cast.malee, cast.malee.user_id, fresh, now=now, passwords=CHEAP)
    with viewing() as session:
        row = session.get_one(User, cast.malee.user_id)
    assert CHEAP.matches(fresh, row.password_hash)
    assert not CHEAP.matches(PASSWORD, row.password_hash)
    assert recorded(f"user:{cast.malee.user_id}") == [("administrator:password:set", {})]


def test_an_administrator_may_set_anybody_s(cast: Cast, chief: Actor, now: datetime) -> None:
    set_password(chief, cast.malee.user_id, "a whole new sentence", now=now, passwords=CHEAP)


def test_a_bad_password_leaves_the_old_one(cast: Cast, now: datetime) -> None:
    with pytest.raises(InputError):
        set_password(cast.malee, cast.malee.user_id, "short", now=now, passwords=CHEAP)
    with viewing() as session:
        assert CHEAP.matches(PASSWORD, session.get_one(User, cast.malee.user_id).password_hash)


Act = Callable[[Actor, Cast, datetime], object]
ACTS: dict[str, Act] = {
    "register an organisation": lambda by, cast, now: create_organisation(by, BANGNA, now=now),
    "create a user": lambda by, cast, now: create_user(by, NEW, now=now, passwords=CHEAP),
    "grant a role": lambda by, cast, now: grant_role(by, cast.napha.user_id, Role.REVIEWER, now=now),
    "take a role": lambda by, cast, now: take_role(by, cast.anan.user_id, Role.APPROVER, now=now),
    "close a login": lambda by, cast, now: close_user(by, cast.anan.user_id, now=now),
    "set a password": lambda by, cast, now: set_password(
        by, cast.anan.user_id, "a whole new sentence", now=now, passwords=CHEAP
    ),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
def test_only_an_administrator_may(cast: Cast, now: datetime, act: Act) -> None:
    nobody = Actor(uuid4(), frozenset())
    for by in (cast.somchai, cast.malee, cast.napha, cast.krit, nobody):
        with pytest.raises(NotAllowedError):
            act(by, cast, now)
    with viewing() as session:
        assert session.query(AuditEvent).count() == 0


@pytest.mark.parametrize("act", [grant_role, take_role])
def test_an_unknown_person_gets_no_role(chief: Actor, now: datetime, act: object) -> None:
    if act is grant_role:
        with pytest.raises(NotFoundError):
            grant_role(chief, uuid4(), Role.REVIEWER, now=now)
    else:
        assert not take_role(chief, uuid4(), Role.REVIEWER, now=now)


@pytest.mark.parametrize("email", ["", "nobody@example.com", "\ud800"])
def test_a_stranger_is_no_actor(cast: Cast, email: str) -> None:
    assert find_actor(email) is None
