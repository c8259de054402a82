"""Registering one's organisation: every form, every wrong field, the register of companies, races."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mit.accounts import organisations as work
from mit.accounts.organisation_details import OrganisationDetails
from mit.accounts.people import find_actor
from mit.company_register.http_register import HttpCompanyRegister
from mit.company_register.port import Answer, Away, Company, NullCompanyRegister, Unknown
from mit.errors import ConflictError, InputError, MitError, NotAllowedError, NotFoundError, StaleVersionError
from mit.roles.actor import Actor, Role
from mit.store import accounts
from mit.store.accounts import Organisation, User
from mit.store.audit import AuditEvent, verify_chain
from mit.store.db import new_id, transaction, viewing
from tests.support import fake_company_register as fake
from tests.support.parallel import at_once
from tests.support.people import Cast, email_of, invite

COMPANY = OrganisationDetails(
    form="juristic_person",
    tax_number="0-1055-62000-01-5",
    name_th="บริษัท บางนา จำกัด",
    address_th="1 ถนนบางนา\r\nกรุงเทพมหานคร 10260",
    telephone="02 345 6789",
)
CITIZEN = "1101700203450"
PERSON = replace(
    COMPANY, form="natural_person", tax_number=CITIZEN, registration_number=CITIZEN, name_th="นางมะลิ ใจดี"
)
COMMUNITY = replace(PERSON, form="community_enterprise", registration_number="๔-๑๐-๐๒-๐๓/๑-๐๐๐๑")
OFF = NullCompanyRegister()


class Says:
    """A register that always says the same, and counts."""

    is_on = True

    def __init__(self, answer: Answer) -> None:
        self.answer, self.asked = answer, 0

    def find(self, tax_number: str, *, now: datetime) -> Answer:
        self.asked += 1
        return self.answer


@pytest.fixture
def ploy(app: Flask, now: datetime) -> Actor:
    """Somebody who registered and acts for nobody yet."""
    return newcomer("Ploy", now)


def newcomer(name: str, now: datetime) -> Actor:
    with transaction() as session:
        user = User(
            id=new_id(), email=email_of(name), name=name, password_hash="x", is_active=True,
            created_at=now, confirmed_at=now,
        )  # fmt: skip
        accounts.add_user(session, user)
        return Actor(user.id, frozenset())


def again(name: str) -> Actor:
    actor = find_actor(email_of(name))
    assert actor is not None
    return actor


def everything_recorded() -> str:
    with viewing() as session:
        assert verify_chain(session) == []
        return "".join(event.subject + event.payload for event in session.query(AuditEvent))


def test_who_registers_an_organisation_acts_for_it_and_keeps_it(ploy: Actor, now: datetime) -> None:
    work.register_organisation(ploy, COMPANY, register=OFF, now=now)
    actor = again("Ploy")
    assert actor.roles == {Role.MANUFACTURER}
    shown = work.read_own(actor)
    assert shown.is_kept_by_me
    assert (shown.tax_number, shown.name_th) == ("0-10-5-562-00001-5", "บริษัท บางนา จำกัด")
    assert shown.address_th == "1 ถนนบางนา กรุงเทพมหานคร 10260"
    assert (shown.name_source, shown.name_checked_at) == ("by_hand", None)
    assert "manufacturer:organisation:register" in recorded_events()


def recorded_events() -> list[str]:
    with viewing() as session:
        return [event.event for event in session.query(AuditEvent)]


@pytest.mark.parametrize("typed", [PERSON, COMMUNITY])
def test_a_citizen_number_is_never_shown_nor_recorded(
    ploy: Actor, now: datetime, typed: OrganisationDetails
) -> None:
    register = Says(Unknown())
    work.register_organisation(ploy, typed, register=register, now=now)
    assert register.asked == 0, "a citizen number goes to no register"
    shown = work.read_own(again("Ploy"))
    assert CITIZEN not in str(shown)
    assert shown.tax_number == "•••••••••3450"
    assert CITIZEN not in everything_recorded()


def test_a_community_enterprise_is_known_by_its_registration(ploy: Actor, now: datetime) -> None:
    work.register_organisation(ploy, COMMUNITY, register=OFF, now=now)
    assert work.read_own(again("Ploy")).registration_number == "4-10-02-03/1-0001"


WRONG: list[tuple[OrganisationDetails, list[tuple[str, str]]]] = [
    (replace(COMPANY, form=""), [("organisation_form", "form")]),
    (replace(COMPANY, form="agency"), [("organisation_form", "form")]),
    (replace(COMPANY, tax_number=""), [("tax_number_malformed", "tax_number")]),
    (replace(COMPANY, tax_number="0105562000016"), [("tax_number_check", "tax_number")]),
    (replace(COMPANY, tax_number="010556200001"), [("tax_number_malformed", "tax_number")]),
    (replace(COMPANY, tax_number="9" * 13), [("tax_number_check", "tax_number")]),
    (replace(COMPANY, tax_number=CITIZEN), [("tax_number_of_person", "tax_number")]),
    (replace(PERSON, tax_number=COMPANY.tax_number), [("tax_number_of_company", "tax_number")]),
    (replace(PERSON, registration_number=" "), [("registration_number_missing", "registration_number")]),
    *(
        (
            replace(PERSON, registration_number=text),
            [("registration_number_malformed", "registration_number")],
        )
        for text in ("<b>1</b>", "กขค", "1" * 41, "12")
    ),
    (replace(COMPANY, name_th=" \n"), [("name_th_missing", "name_th")]),
    (replace(COMPANY, name_th="ก" * 301), [("text_long", "name_th")]),
    (replace(COMPANY, name_th="ก\u202eข"), [("text_unreadable", "name_th")]),
    (replace(COMPANY, name_th="ก\ufffd"), [("text_unreadable", "name_th")]),
    (replace(COMPANY, name_en="\ud800"), [("text_unreadable", "name_en")]),
    (replace(COMPANY, name_en="a\x00b"), [("text_unreadable", "name_en")]),
    (replace(COMPANY, address_th=""), [("address_th_missing", "address_th")]),
    (replace(COMPANY, address_th="ก" * 1001), [("text_long", "address_th")]),
    (replace(COMPANY, address_en="x" * 1001), [("text_long", "address_en")]),
    (replace(COMPANY, telephone="ask me"), [("telephone_malformed", "telephone")]),
    (replace(COMPANY, telephone="0" * 31), [("telephone_malformed", "telephone")]),
    (
        OrganisationDetails(),
        [
            ("organisation_form", "form"),
            ("tax_number_malformed", "tax_number"),
            ("name_th_missing", "name_th"),
            ("address_th_missing", "address_th"),
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("typed", "faults"), WRONG)
def test_every_wrong_field_is_told_at_once(
    ploy: Actor, now: datetime, typed: OrganisationDetails, faults: list[tuple[str, str]]
) -> None:
    with pytest.raises(InputError) as caught:
        work.register_organisation(ploy, typed, register=OFF, now=now)
    assert [(fault.code, fault.where) for fault in caught.value.faults] == faults
    assert CITIZEN not in str(caught.value.faults)
    assert again("Ploy").organisation_id is None


HOSTILE = [
    "\ud800", "\udfff\ud800", "ก\u200dข\u200c", "<script>alert(1)</script>", "'; DROP TABLE users;", "=1+1",
    "{{ 7*7 }}", "%s%n", "\x00", "\u202e", "ก" * 10_000, "a" * 10_000, "🇹🇭", "\r\n\r\n", "\x1b[31m",
]  # fmt: skip


@pytest.mark.parametrize("name", [field.name for field in fields(OrganisationDetails)])
def test_a_hostile_text_in_a_field_is_taken_or_refused_in_words(
    ploy: Actor, now: datetime, name: str
) -> None:
    for text in HOSTILE:
        typed = replace(COMPANY, **{name: text})
        try:
            work.register_organisation(ploy, typed, register=OFF, now=now)
        except (InputError, ConflictError) as error:
            assert error.faults[0].code != "input"
        else:
            assert work.read_own(again("Ploy")).form == "juristic_person"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.builds(OrganisationDetails, *[st.text(max_size=40)] * 8))
def test_whatever_is_typed_is_answered(ploy: Actor, now: datetime, typed: OrganisationDetails) -> None:
    with pytest.raises(InputError):
        work.register_organisation(ploy, typed, register=OFF, now=now)


def test_the_name_of_the_register_counts_over_what_was_typed(ploy: Actor, now: datetime) -> None:
    with fake.fake_register() as running:
        register = HttpCompanyRegister(running.address)
        typed = replace(COMPANY, name_th="", address_th="")
        work.register_organisation(ploy, typed, register=register, now=now)
    shown = work.read_own(again("Ploy"))
    assert (shown.name_th, shown.name_en) == (fake.NAME_TH, fake.NAME_EN)
    assert shown.address_th.startswith("99/1 ถนนบางนา-ตราด")
    assert (shown.name_source, shown.name_checked_at) == ("dbd", now)


@pytest.mark.parametrize("answer", [Unknown(), Away("had_enough")])
def test_without_an_answer_the_name_is_taken_as_typed_and_marked(
    ploy: Actor, now: datetime, answer: Answer
) -> None:
    work.register_organisation(ploy, COMPANY, register=Says(answer), now=now)
    shown = work.read_own(again("Ploy"))
    assert (shown.name_th, shown.name_source) == (COMPANY.name_th, "by_hand")


def test_the_register_is_asked_outside_of_any_transaction(app: Flask, ploy: Actor, now: datetime) -> None:
    class Writes(Says):
        """A register during whose answer another connection writes."""

        def find(self, tax_number: str, *, now: datetime) -> Answer:
            (other,) = at_once(app, [lambda: newcomer("Other", now)])
            assert isinstance(other, Actor)
            return super().find(tax_number, now=now)

    work.register_organisation(ploy, COMPANY, register=Writes(Unknown()), now=now)
    assert again("Ploy").organisation_id is not None


def test_looking_a_number_up_fills_the_form(now: datetime) -> None:
    found = Company(fake.KNOWN, fake.NAME_TH, fake.NAME_EN, "ที่อยู่")
    typed = replace(COMPANY, name_th="", address_th="")
    filled, outcome = work.look_up(typed, register=Says(found), now=now)
    assert outcome == "found"
    assert (filled.name_th, filled.address_th) == (fake.NAME_TH, "ที่อยู่")
    assert work.look_up(COMPANY, register=Says(Unknown()), now=now) == (COMPANY, "unknown")
    assert work.look_up(COMPANY, register=OFF, now=now) == (COMPANY, "away")
    register = Says(found)
    assert work.look_up(PERSON, register=register, now=now) == (PERSON, "person")
    assert register.asked == 0
    with pytest.raises(InputError, match="tax_number_check"):
        work.look_up(replace(COMPANY, tax_number="0105562000016"), register=OFF, now=now)


def test_a_number_is_registered_once_and_nobody_is_named(cast: Cast, now: datetime) -> None:
    krit = newcomer("Pim", now)
    with pytest.raises(ConflictError) as caught:
        work.register_organisation(krit, replace(COMPANY, tax_number="0105536112014"), register=OFF, now=now)
    (fault,) = caught.value.faults
    assert (fault.code, fault.where, fault.params) == ("organisation_taken", "tax_number", {})
    assert again("Pim").organisation_id is None
    assert again("Pim").roles == frozenset()


def test_two_who_register_the_same_number_at_once_get_one_organisation(
    app: Flask, ploy: Actor, now: datetime
) -> None:
    people = [ploy, *(newcomer(f"P{turn}", now) for turn in range(3))]

    def register(who: Actor) -> None:
        work.register_organisation(who, COMPANY, register=OFF, now=now)

    outcomes = at_once(app, [lambda who=who: register(who) for who in people])
    refused = [outcome for outcome in outcomes if outcome is not None]
    assert [error.code for error in refused if isinstance(error, MitError)] == ["organisation_taken"] * 3
    with viewing() as session:
        assert session.query(Organisation).count() == 1
        (span,) = accounts.live_affiliations(session, session.query(Organisation.id).scalar())
    assert span.is_keeper


def test_who_registers_two_numbers_at_once_gets_one(app: Flask, ploy: Actor, now: datetime) -> None:
    other = replace(COMPANY, tax_number="0105550000015")

    def register(typed: OrganisationDetails) -> None:
        work.register_organisation(ploy, typed, register=OFF, now=now)

    outcomes = at_once(app, [lambda: register(COMPANY), lambda: register(other)])
    (refused,) = (outcome for outcome in outcomes if outcome is not None)
    assert isinstance(refused, ConflictError)
    assert refused.code == "organisation_already"
    with viewing() as session:
        assert session.query(Organisation).count() == 1


def test_whoever_has_an_organisation_registers_no_other(cast: Cast, now: datetime) -> None:
    with pytest.raises(ConflictError, match="organisation_already"):
        work.register_organisation(cast.krit, COMPANY, register=OFF, now=now)


@pytest.mark.parametrize("name", ["malee", "anan"])
def test_staff_register_none(cast: Cast, now: datetime, name: str) -> None:
    with pytest.raises(NotAllowedError, match="staff_joins_nobody"):
        work.register_organisation(getattr(cast, name), COMPANY, register=OFF, now=now)


def test_who_became_staff_meanwhile_registers_none(ploy: Actor, now: datetime) -> None:
    with transaction() as session:
        accounts.grant(session, ploy.user_id, Role.REVIEWER, granted_by_id=None, now=now)
    with pytest.raises(NotAllowedError, match="staff_joins_nobody"):
        work.register_organisation(ploy, COMPANY, register=OFF, now=now)


def test_one_reads_and_edits_only_an_organisation_of_ones_own(cast: Cast, now: datetime) -> None:
    assert work.read_own(cast.krit).name_en == "Krungthep Wire"
    stranger = replace(cast.krit, organisation_id=cast.siam_cable_id)
    with pytest.raises(NotFoundError):
        work.edit_own(stranger, COMPANY, version=1, now=now)
    with pytest.raises(NotAllowedError, match="role_needed"):
        work.read_own(cast.malee)
    with pytest.raises(NotAllowedError, match="role_needed"):
        work.read_own(cast.napha)
    with pytest.raises(NotFoundError):
        work.read_own(replace(cast.krit, organisation_id=None))


def test_editing_keeps_form_and_number_and_says_what_changed(cast: Cast, now: datetime) -> None:
    typed = replace(COMPANY, form="natural_person", tax_number=CITIZEN, name_th="บริษัท ใหม่ จำกัด")
    work.edit_own(cast.somchai, typed, version=1, now=now)
    shown = work.read_own(cast.somchai)
    assert (shown.form, shown.tax_number) == ("juristic_person", "0-10-5-536-11201-4")
    assert shown.name_th == "บริษัท ใหม่ จำกัด"
    with viewing() as session:
        event = session.query(AuditEvent).one()
    assert json.loads(event.payload) == {"changed": "address_en,address_th,name_en,name_th,telephone"}
    work.edit_own(cast.somchai, typed, version=1, now=now)
    assert recorded_events() == ["manufacturer:organisation:edit"], "nothing changed, nothing recorded"


def test_a_colleague_who_saved_in_between_is_not_overwritten_unseen(cast: Cast, now: datetime) -> None:
    seen = work.read_own(cast.somchai)
    theirs = replace(COMPANY, telephone="02 345 6000")
    mine = replace(COMPANY, telephone="02 999 9999", address_th="2 ถนนใหม่")
    work.edit_own(cast.somchai, theirs, version=seen.version, now=now)
    with pytest.raises(StaleVersionError, match="details_stale"):
        work.edit_own(cast.somchai, mine, version=seen.version, now=now)
    stands = work.read_own(cast.somchai)
    assert (stands.telephone, stands.version) == ("02 345 6000", seen.version + 1)
    work.edit_own(cast.somchai, mine, version=stands.version, now=now)
    assert work.read_own(cast.somchai).telephone == "02 999 9999"


def test_of_several_who_save_at_once_one_is_saved_and_the_others_are_told(
    app: Flask, cast: Cast, now: datetime
) -> None:
    def save(telephone: str) -> str:
        typed = replace(COMPANY, telephone=telephone)
        work.edit_own(cast.somchai, typed, version=1, now=now)
        return telephone

    outcomes = at_once(app, [partial(save, f"02 000 000{n}") for n in range(4)])
    saved = [one for one in outcomes if not isinstance(one, Exception)]
    assert [work.read_own(cast.somchai).telephone] == saved
    assert [type(one) for one in outcomes].count(StaleVersionError) == 3


def test_a_registration_number_left_empty_stays(ploy: Actor, now: datetime) -> None:
    work.register_organisation(ploy, COMMUNITY, register=OFF, now=now)
    actor = again("Ploy")
    work.edit_own(actor, replace(COMMUNITY, registration_number=" ", name_th="ใหม่"), version=1, now=now)
    shown = work.read_own(actor)
    assert (shown.registration_number, shown.name_th) == ("4-10-02-03/1-0001", "ใหม่")


def test_a_name_from_the_register_is_not_typed_over_but_asked_again(ploy: Actor, now: datetime) -> None:
    found = Company(fake.KNOWN, fake.NAME_TH)
    work.register_organisation(ploy, COMPANY, register=Says(found), now=now)
    actor = again("Ploy")
    work.edit_own(actor, replace(COMPANY, name_th="บริษัท อื่น จำกัด"), version=1, now=now)
    assert work.read_own(actor).name_th == fake.NAME_TH
    later = now + timedelta(days=1)
    renamed = replace(found, name_th="บริษัท เปลี่ยนชื่อ จำกัด")
    assert work.check_name(actor, register=Says(Away("off")), now=later) == "away"
    assert work.check_name(actor, register=Says(Unknown()), now=later) == "unknown"
    assert work.read_own(actor).name_checked_at == now
    assert work.check_name(actor, register=Says(renamed), now=later) == "found"
    shown = work.read_own(actor)
    assert (shown.name_th, shown.name_checked_at) == (renamed.name_th, later)


def test_nobody_asks_the_register_about_a_natural_person(ploy: Actor, now: datetime) -> None:
    work.register_organisation(ploy, PERSON, register=OFF, now=now)
    register = Says(Unknown())
    assert work.check_name(again("Ploy"), register=register, now=now) == "person"
    assert register.asked == 0


def test_a_colleague_who_was_invited_later_is_no_keeper(cast: Cast, now: datetime) -> None:
    dao = invite("Dao", Role.MANUFACTURER, cast.siam_cable_id, now=now)
    assert work.read_own(cast.somchai).is_kept_by_me
    assert not work.read_own(dao).is_kept_by_me


@pytest.fixture(autouse=True)
def chain_adds_up(app: Flask) -> Iterator[None]:
    """Whatever a test did, the audit chain adds up afterwards."""
    yield
    with viewing() as session:
        assert verify_chain(session) == []
