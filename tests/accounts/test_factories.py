"""The factories of one's organisation: numbers in both forms, every wrong field, own and foreign."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from uuid import uuid4

import pytest
from flask import Flask

from mit.accounts import factories as work
from mit.accounts.factories import FactoryDetails
from mit.errors import ConflictError, InputError, MitError, NotAllowedError, NotFoundError, StaleVersionError
from mit.store.audit import AuditEvent, verify_chain
from mit.store.db import viewing
from tests.support.parallel import at_once
from tests.support.people import Cast

NUMBER = "10110012325504"
PLANT = FactoryDetails(NUMBER, "โรงงานบางปู", "", "99 หมู่ 4\r\nสมุทรปราการ", "")


def events() -> list[str]:
    with viewing() as session:
        assert verify_chain(session) == []
        return [event.event for event in session.query(AuditEvent)]


def test_a_factory_is_added_changed_and_closed(cast: Cast, now: datetime) -> None:
    made = work.add(cast.somchai, PLANT, now=now)
    (shown,) = work.list_own(cast.somchai)
    assert (shown.factory_id, shown.number) == (made, "1-0-11-00123-2550-4")
    assert shown.address_th == "99 หมู่ 4 สมุทรปราการ"
    work.edit(cast.somchai, made, replace(PLANT, name_en="Bang Pu"), version=1, now=now)
    work.edit(cast.somchai, made, replace(PLANT, name_en="Bang Pu"), version=1, now=now)
    work.close(cast.somchai, made, now=now)
    assert work.list_own(cast.somchai) == []
    (closed,) = work.list_own(cast.somchai, with_closed=True)
    assert (closed.name_en, closed.closed_at) == ("Bang Pu", now)
    names = ["manufacturer:factory:add", "manufacturer:factory:edit", "manufacturer:factory:close"]
    assert events() == names, "what changes nothing is not recorded"


def test_what_a_colleague_saved_in_between_is_not_overwritten_unseen(cast: Cast, now: datetime) -> None:
    made = work.add(cast.somchai, PLANT, now=now)
    seen = work.read_own(cast.somchai, made).version
    work.edit(cast.somchai, made, replace(PLANT, name_en="Bang Pu"), version=seen, now=now)
    with pytest.raises(StaleVersionError, match="details_stale"):
        work.edit(cast.somchai, made, replace(PLANT, name_en="Bang Poo"), version=seen, now=now)
    stands = work.read_own(cast.somchai, made)
    assert stands.name_en == "Bang Pu"
    work.edit(cast.somchai, made, replace(PLANT, name_en="Bang Poo"), version=stands.version, now=now)
    assert work.read_own(cast.somchai, made).name_en == "Bang Poo"


def test_a_closed_factory_stays_as_it_is_and_its_number_is_free(cast: Cast, now: datetime) -> None:
    made = work.add(cast.somchai, PLANT, now=now)
    work.close(cast.somchai, made, now=now)
    for act in (
        lambda: work.edit(cast.somchai, made, PLANT, version=1, now=now),
        lambda: work.close(cast.somchai, made, now=now),
    ):
        with pytest.raises(ConflictError, match="factory_closed"):
            act()
    assert work.add(cast.somchai, PLANT, now=now) != made


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("๑-๐-๑๑-๐๐๑๒๓-๒๕๕๐-๔", NUMBER),
        ("1 0 11 00123 2550 4", NUMBER),
        ("3-101-3/44สบ", "3-101-3/44สบ"),
        ("๓–101–3/44 สบ", "3-101-3/44สบ"),
        ("น.34-1/2540", "น.34-1/2540"),
        ("ข3-64(13)-10/50ปท", "ข3-64(13)-10/50ปท"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_number_is_taken_in_both_forms(cast: Cast, now: datetime, typed: str, kept: str) -> None:
    work.add(cast.somchai, replace(PLANT, registration_number=typed), now=now)
    assert work.list_own(cast.somchai)[0].registration_number == kept


WRONG = [
    ({"registration_number": ""}, "factory_number_missing"),
    ({"registration_number": "1" * 13}, "factory_number_malformed"),
    ({"registration_number": "1" * 15}, "factory_number_malformed"),
    ({"registration_number": "3-101-3/44<b>"}, "factory_number_malformed"),
    ({"registration_number": "/44สบ"}, "factory_number_malformed"),
    ({"registration_number": "9" * 10_000}, "factory_number_malformed"),
    ({"registration_number": "\ud800"}, "factory_number_malformed"),
    ({"name_th": " "}, "name_th_missing"),
    ({"name_th": "ก" * 301}, "text_long"),
    ({"name_th": "\udfff"}, "text_unreadable"),
    ({"name_en": "x" * 301}, "text_long"),
    ({"name_en": "a\u202eb"}, "text_unreadable"),
    ({"address_th": "\r\n"}, "address_th_missing"),
    ({"address_th": "ก" * 1001}, "text_long"),
    ({"address_en": "\x00"}, "text_unreadable"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("changes", "code"), WRONG)
def test_every_wrong_field_is_told(cast: Cast, now: datetime, changes: dict[str, str], code: str) -> None:
    with pytest.raises(InputError) as caught:
        work.add(cast.somchai, replace(PLANT, **changes), now=now)
    (where,) = changes
    assert [(fault.code, fault.where) for fault in caught.value.faults] == [(code, where)]
    made = work.add(cast.somchai, PLANT, now=now)
    with pytest.raises(InputError, match="input"):
        work.edit(cast.somchai, made, replace(PLANT, **changes), version=1, now=now)
    assert work.read_own(cast.somchai, made).registration_number == NUMBER


@pytest.mark.parametrize("text", ["ก\u200dข", "<img src=x onerror=alert(1)>", "=1+1", "{{7*7}}", "'; --"])
def test_a_strange_text_is_kept_as_it_is(cast: Cast, now: datetime, text: str) -> None:
    names = [field.name for field in fields(FactoryDetails) if field.name != "registration_number"]
    made = work.add(cast.somchai, replace(PLANT, **dict.fromkeys(names, text)), now=now)
    shown = work.read_own(cast.somchai, made)
    assert {getattr(shown, name) for name in names} == {text}


def test_a_number_is_there_once(cast: Cast, now: datetime) -> None:
    work.add(cast.somchai, PLANT, now=now)
    with pytest.raises(ConflictError, match="factory_exists"):
        work.add(cast.somchai, PLANT, now=now)
    other = work.add(cast.somchai, replace(PLANT, registration_number="3-101-3/44สบ"), now=now)
    with pytest.raises(ConflictError, match="factory_exists"):
        work.edit(cast.somchai, other, PLANT, version=1, now=now)
    work.add(cast.krit, PLANT, now=now)


def test_two_colleagues_who_add_the_same_at_once_add_it_once(app: Flask, cast: Cast, now: datetime) -> None:
    outcomes = at_once(app, [lambda: work.add(cast.somchai, PLANT, now=now)] * 3)
    refused = [outcome.code for outcome in outcomes if isinstance(outcome, MitError)]
    assert refused == ["factory_exists"] * 2
    assert len(work.list_own(cast.somchai)) == 1


def test_a_foreign_factory_is_as_if_it_did_not_exist(cast: Cast, now: datetime) -> None:
    made = work.add(cast.somchai, PLANT, now=now)
    for factory_id in (made, uuid4()):
        for act in (
            lambda one=factory_id: work.read_own(cast.krit, one),
            lambda one=factory_id: work.edit(cast.krit, one, PLANT, version=1, now=now),
            lambda one=factory_id: work.close(cast.krit, one, now=now),
        ):
            with pytest.raises(NotFoundError):
                act()
    assert work.list_own(cast.krit) == []
    for actor in (cast.malee, cast.anan, cast.napha):
        with pytest.raises(NotAllowedError, match="role_needed"):
            work.read_own(actor, made)
        with pytest.raises(NotAllowedError, match="role_needed"):
            work.add(actor, PLANT, now=now)
