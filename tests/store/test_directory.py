"""Looking people up: by a part of name or address, page by page, with the roles they hold now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from mit.roles.actor import Role
from mit.store import accounts, directory
from mit.store.accounts import User
from mit.store.db import add, transaction, viewing
from tests.support.people import Cast, invite

MINUTE = timedelta(minutes=1)


def names(text: str = "", *, page: int = 1, size: int = 50) -> list[str]:
    with viewing() as session:
        return [user.name for user in directory.people(session, text, page=page, size=size)]


def count(text: str) -> int:
    with viewing() as session:
        return directory.count_people(session, text)


@dataclass(frozen=True, slots=True)
class Looked:
    """What is typed, and who is found, in the order of the list."""

    text: str
    found: tuple[str, ...] = ()


EVERYBODY = ("Anan Wongthai", "Krit Maimee", "Malee Srisuk", "Napha Thongdee", "Somchai Jaidee")
LOOKED = [
    Looked("", EVERYBODY),
    Looked("   ", EVERYBODY),
    Looked("malee", ("Malee Srisuk",)),
    Looked(" MALEE ", ("Malee Srisuk",)),
    Looked("srisuk", ("Malee Srisuk",)),
    Looked("krit@example", ("Krit Maimee",)),
    Looked("EXAMPLE.COM", EVERYBODY),
    Looked("ai", ("Anan Wongthai", "Krit Maimee", "Somchai Jaidee")),
    Looked("malee srisuk extra"),
    Looked("%"),
    Looked("_"),
    Looked("malee\0"),
    Looked("'; --"),
]


@pytest.mark.parametrize("looked", LOOKED, ids=repr)
def test_people_are_found_by_a_part_of_name_or_address(cast: Cast, looked: Looked) -> None:
    assert tuple(names(looked.text)) == looked.found
    assert count(looked.text) == len(looked.found)


def test_of_one_name_the_address_decides_and_capitals_do_not(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        for address, name in (("b@x.example", "anan wongthai"), ("a@x.example", "ANAN WONGTHAI")):
            add(session, User(email=address, name=name, password_hash="x", created_at=now))
    with viewing() as session:
        found = [user.email for user in directory.people(session, "wongthai", page=1, size=9)]
    assert found == ["a@x.example", "anan@example.com", "b@x.example"]


@pytest.mark.parametrize("size", [1, 2, 4, 5, 9])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_pages_follow_each_other_to_the_end(cast: Cast, size: int) -> None:
    paged = [name for page in range(1, 7) for name in names(page=page, size=size)]
    assert tuple(paged) == EVERYBODY[: 6 * size]
    assert names(page=99, size=size) == []


def test_a_thai_name_is_found_by_its_letters(cast: Cast, now: datetime) -> None:
    invite("Ploy Dee", Role.REVIEWER, now=now)
    with transaction() as session:
        found = accounts.find_user(session, "ploy@example.com")
        assert found is not None
        found.name = "พลอย ดีงาม"
    assert names("ดีงาม") == ["พลอย ดีงาม"]
    assert names("พลอย") == ["พลอย ดีงาม"]
    assert names("ดิงาม") == []


def test_roles_are_those_of_now(cast: Cast, now: datetime) -> None:
    malee, anan = cast.malee.user_id, cast.anan.user_id
    with transaction() as session:
        accounts.grant(session, malee, Role.APPROVER, granted_by_id=anan, now=now)
        accounts.take_back(session, anan, Role.APPROVER, now=now + MINUTE)
    with viewing() as session:
        held = directory.roles_held(session, [malee, anan, uuid4()])
        assert held == {malee: frozenset({Role.REVIEWER, Role.APPROVER})}
        assert directory.roles_held(session, []) == {}


def test_organisations_are_called_by_their_thai_names(cast: Cast) -> None:
    with viewing() as session:
        found = directory.organisation_names(session, {cast.siam_cable_id, uuid4()})
        assert found == {cast.siam_cable_id: "บริษัท สยามเคเบิล จำกัด"}
        assert directory.organisation_names(session, set()) == {}
