"""People as administrators see them: found, paged, with nothing secret."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest
from flask import Flask

from mit.accounts import directory
from mit.accounts.directory import find_people, read_person
from mit.errors import NotAllowedError, NotFoundError
from mit.roles.actor import Actor, Role
from mit.store import accounts
from mit.store.db import transaction
from tests.support.people import Cast, invite


@pytest.fixture
def chief(cast: Cast, now: datetime) -> Actor:
    return invite("Wichai Dulae", Role.ADMINISTRATOR, now=now)


def names(chief: Actor, text: str = "") -> list[str]:
    return [person.name for person in find_people(chief, text)[0]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SOMCHAI", ["Somchai Jaidee"]),
        ("jai", ["Somchai Jaidee"]),
        ("malee@", ["Malee Srisuk"]),
        (" napha ", ["Napha Thongdee"]),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("' OR 1=1 --", []),
        ("x" * 10_000, []),
    ],
)
def test_people_are_found_by_a_part_of_name_or_address(chief: Actor, text: str, found: list[str]) -> None:
    assert names(chief, text) == found


def test_a_thai_name_is_found_by_a_part_of_it(chief: Actor, cast: Cast) -> None:
    with transaction() as session:
        accounts.get_user(session, cast.krit.user_id).name = "กฤษณ์ ไม่มี"
    assert names(chief, "ไม่มี") == ["กฤษณ์ ไม่มี"]


def test_pages_hold_everybody_once(chief: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "PAGE_SIZE", 2)
    seen = [person.name for page in (1, 2, 3, 4) for person in find_people(chief, "", page=page)[0]]
    assert len(seen) == len(set(seen)) == find_people(chief, "")[1] == 6


def test_a_person_is_shown_with_roles_and_organisation(chief: Actor, cast: Cast) -> None:
    person = read_person(chief, cast.somchai.user_id).person
    assert (person.roles, person.organisation) == ((Role.MANUFACTURER,), "บริษัท สยามเคเบิล จำกัด")
    assert person.is_active and person.is_confirmed and not person.has_second_factor


def test_nobody_is_nobody(chief: Actor) -> None:
    with pytest.raises(NotFoundError):
        read_person(chief, UUID(int=1))


@pytest.mark.parametrize("name", ["somchai", "malee", "anan", "napha"])
def test_nobody_but_administrators_looks(app: Flask, cast: Cast, name: str) -> None:
    actor = getattr(cast, name)
    with pytest.raises(NotAllowedError):
        find_people(actor, "")
    with pytest.raises(NotAllowedError):
        read_person(actor, actor.user_id)
