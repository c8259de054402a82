"""Every act on organisations and people: who is refused and leaves no trace, and what is recorded."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from mit.accounts import colleagues, directory, factories, invitations, keeping, organisations, people
from mit.accounts.factories import FactoryDetails
from mit.accounts.keeping import KeeperWish
from mit.accounts.organisation_details import OrganisationDetails
from mit.accounts.people import NewOrganisation, NewUser
from mit.company_register.port import Company, NullCompanyRegister
from mit.errors import ConflictError, InputError, MitError
from mit.roles.actor import Actor, Role
from mit.store import accounts
from mit.store.db import transaction, viewing
from mit.store.invitations import Invitation
from tests.support.people import CHEAP, PASSWORD, Cast, invite
from tests.support.world import assert_audit_chain, rows, untouched

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

DAY = timedelta(days=1)
NEW_PASSWORD = "another long password"
CITIZEN = "1101700203450"
PLANT = FactoryDetails("10110012325504", "โรงงานบางปู", "", "99 หมู่ 4 สมุทรปราการ", "")
DETAILS = OrganisationDetails(name_th="บริษัท สยามเคเบิล จำกัด", address_th="ที่ใหม่", telephone="02 345 6789")


@dataclass(frozen=True, slots=True)
class House:
    """Siam Cable with a second person, a factory and somebody who was invited; and who may be whom."""

    cast: Cast
    now: datetime
    chief: Actor
    nok: Actor
    ploy: Actor
    factory_id: UUID
    invitation_id: UUID

    def people(self) -> dict[str, Actor]:
        everyone = {name: getattr(self.cast, name) for name in ("somchai", "krit", "malee", "anan", "napha")}
        return everyone | {"nok": self.nok, "chief": self.chief, "ploy": self.ploy}


@pytest.fixture
def house(app: Flask, cast: Cast, now: datetime) -> House:
    chief = invite("Chief Admin", Role.ADMINISTRATOR, now=now)
    nok = invite("Nok Dee", Role.MANUFACTURER, cast.siam_cable_id, now=now)
    with transaction() as session:
        row = accounts.User(
            email="ploy@example.com", name="Ploy Dee", password_hash="x", created_at=now, confirmed_at=now
        )
        accounts.add(session, row)
        ploy = Actor(row.id, frozenset())
    made = factories.add(cast.somchai, PLANT, now=now)
    invitations.invite(cast.somchai, "wanida@example.com", language="th", now=now)
    (asked,) = colleagues.list_people(cast.somchai, now=now).invited
    return House(cast, now, chief, nok, ploy, made, asked.invitation_id)


Act = Callable[[House, Actor], object]
#: What only administrators do.
ADMINISTRATION: dict[str, Act] = {
    "administrator:organisation:create": lambda h, by: people.create_organisation(
        by, NewOrganisation("manufacturer", CITIZEN, "นางมะลิ ใจดี"), now=h.now
    ),
    "administrator:user:create": lambda h, by: people.create_user(
        by, NewUser("dao@example.com", "Dao", PASSWORD, roles=frozenset({Role.REVIEWER})), now=h.now,
        passwords=CHEAP,
    ),
    "administrator:role:grant": lambda h, by: people.grant_role(
        by, h.cast.malee.user_id, Role.APPROVER, now=h.now
    ),
    "administrator:role:take": lambda h, by: people.take_role(
        by, h.cast.malee.user_id, Role.REVIEWER, now=h.now
    ),
    "administrator:password:set": lambda h, by: people.set_password(
        by, h.cast.napha.user_id, NEW_PASSWORD, now=h.now, passwords=CHEAP
    ),
    "administrator:user:close": lambda h, by: people.close_user(by, h.cast.krit.user_id, now=h.now),
    "administrator:keeper:name": lambda h, by: keeping.name_keeper(
        by, h.ploy.user_id, KeeperWish("ลาออกหมด", "0105550000015"), now=h.now
    ),
}  # fmt: skip
#: What everybody of the organisation does for it.
OWN: dict[str, Act] = {
    "manufacturer:factory:add": lambda h, by: factories.add(
        by, replace(PLANT, registration_number="3-72-1/42สป"), now=h.now
    ),
    "manufacturer:factory:edit": lambda h, by: factories.edit(
        by, h.factory_id, replace(PLANT, name_en="Bang Pu"), version=1, now=h.now
    ),
    "manufacturer:factory:close": lambda h, by: factories.close(by, h.factory_id, now=h.now),
    "manufacturer:organisation:edit": lambda h, by: organisations.edit_own(by, DETAILS, version=1, now=h.now),
}
#: What only its keepers do.
KEPT: dict[str, Act] = {
    "manufacturer:invitation:send": lambda h, by: invitations.invite(
        by, "dao@example.com", language="en", now=h.now
    ),
    "manufacturer:invitation:withdraw": lambda h, by: invitations.withdraw(by, h.invitation_id, now=h.now),
    "manufacturer:keeper:give": lambda h, by: colleagues.set_keeper(
        by, h.nok.user_id, is_keeper=True, now=h.now
    ),
    "manufacturer:keeper:take": lambda h, by: colleagues.set_keeper(
        by, h.nok.user_id, is_keeper=False, now=h.now
    ),
    "manufacturer:colleague:remove": lambda h, by: colleagues.remove(by, h.nok.user_id, now=h.now),
}
#: What is asked where nobody of the organisation acts: the same answer as where there is nothing.
NOT_THEIRS = {"manufacturer:factory:edit", "manufacturer:factory:close", *KEPT} - {
    "manufacturer:invitation:send"
}


def refused(act: Act, house: House, by: Actor) -> MitError:
    with pytest.raises(MitError) as caught:
        act(house, by)
    return caught.value


def test_who_may_not_is_refused_and_leaves_no_trace(house: House) -> None:
    everyone = house.people()
    with untouched():
        for name, act in ADMINISTRATION.items():
            for who in sorted(set(everyone) - {"chief"}):
                if (name, who) == ("administrator:password:set", "napha"):
                    continue  # one's own
                error = refused(act, house, everyone[who])
                assert (error.code, error.params) == ("role_needed", {"role": "administrator"}), (name, who)
        for name, act in (OWN | KEPT).items():
            for who in ("malee", "anan", "napha", "ploy"):
                error = refused(act, house, everyone[who])
                assert (error.code, error.params) == ("role_needed", {"role": "manufacturer"}), (name, who)
        for name in sorted(set(KEPT) - {"manufacturer:colleague:remove"}):
            assert refused(KEPT[name], house, house.nok).code == "keeper_needed", name
        with pytest.raises(MitError, match="keeper_needed"):
            colleagues.remove(house.nok, house.cast.somchai.user_id, now=house.now)
        for name in sorted(NOT_THEIRS):
            assert refused((OWN | KEPT)[name], house, house.cast.krit).code == "not_found", name
        for read in (directory.find_people, lambda by, _: directory.read_person(by, house.nok.user_id)):
            for who in sorted(set(everyone) - {"chief"}):
                with pytest.raises(MitError, match="role_needed"):
                    read(everyone[who], "")


def test_what_is_done_is_recorded_once_by_whom_and_about_whom(house: House) -> None:
    about = {"user": str(house.cast.malee.user_id)}
    people_of = {
        "administrator:password:set": house.cast.napha, "administrator:user:close": house.cast.krit,
        "administrator:role:grant": house.cast.malee, "administrator:role:take": house.cast.malee,
    }  # fmt: skip
    for name, act in [*OWN.items(), *KEPT.items(), *ADMINISTRATION.items()]:
        by = house.chief if name in ADMINISTRATION else house.cast.somchai
        before = len(rows("SELECT seq FROM audit_events"))
        act(house, by)
        (event,) = rows("SELECT * FROM audit_events ORDER BY seq")[before:]
        assert event["event"] == name
        assert UUID(str(event["actor_id"])) == by.user_id
        kind, _, subject = event["subject"].partition(":")
        if name in people_of:
            assert (kind, subject) == ("user", str(people_of[name].user_id))
        elif name not in ADMINISTRATION:
            assert (kind, subject) == ("organisation", str(house.cast.siam_cable_id))
    assert about["user"] in {
        row["subject"].partition(":")[2] for row in rows("SELECT subject FROM audit_events")
    }
    assert_audit_chain()


def test_nothing_secret_stands_in_the_log(house: House) -> None:
    for name, act in [*OWN.items(), *KEPT.items(), *ADMINISTRATION.items()]:
        act(house, house.chief if name in ADMINISTRATION else house.cast.somchai)
    told = "\n".join(row["payload"] for row in rows("SELECT payload FROM audit_events"))
    with viewing() as session:
        hashes = [user.password_hash for user in session.query(accounts.User)]
        tokens = [row.token_sha256 for row in session.query(Invitation)]
    letters = [json.loads(row["payload"]) for row in rows("SELECT payload FROM jobs WHERE kind = 'mail'")]
    links = [
        letter["params"]["path"].rpartition("/")[2] for letter in letters if letter["letter"] == "invitation"
    ]
    assert links
    for secret in (PASSWORD, NEW_PASSWORD, CITIZEN, CITIZEN[:9], *hashes, *tokens, *links):
        assert secret == "x" or secret not in told, secret


#: What a second click on each finds.
AGAIN = {
    "administrator:organisation:create": "organisation_exists",
    "administrator:user:create": "email_taken",
    "administrator:role:grant": "",
    "administrator:role:take": "",
    "administrator:keeper:name": "keeper_there",
    "manufacturer:factory:add": "factory_exists",
    "manufacturer:factory:edit": "",
    "manufacturer:organisation:edit": "",
    "manufacturer:invitation:send": "invitation_recent",
    "manufacturer:invitation:withdraw": "not_found",
    "manufacturer:keeper:give": "",
    "manufacturer:keeper:take": "",
    "manufacturer:colleague:remove": "not_found",
    "manufacturer:factory:close": "factory_closed",
}


def test_a_second_click_changes_nothing(house: House) -> None:
    people.close_user(None, house.cast.krit.user_id, now=house.now)  # so that somebody can be named
    for name, code in AGAIN.items():
        act = (ADMINISTRATION | OWN | KEPT)[name]
        by = house.chief if name in ADMINISTRATION else house.cast.somchai
        act(house, by)
        with untouched():
            if code:
                assert refused(act, house, by).code == code, name
            else:
                act(house, by)


def test_nobody_acts_on_themselves_and_nobody_on_who_is_not_there(house: House) -> None:
    chief, nobody = house.chief, uuid4()
    with untouched():
        for act in (
            lambda who: people.grant_role(chief, who, Role.REVIEWER, now=house.now),
            lambda who: people.take_role(chief, who, Role.ADMINISTRATOR, now=house.now),
            lambda who: people.close_user(chief, who, now=house.now),
        ):
            with pytest.raises(MitError, match="role_to_oneself"):
                act(chief.user_id)
        for act in (
            lambda: people.grant_role(chief, nobody, Role.REVIEWER, now=house.now),
            lambda: people.close_user(chief, nobody, now=house.now),
            lambda: people.set_password(chief, nobody, NEW_PASSWORD, now=house.now, passwords=CHEAP),
            lambda: directory.read_person(chief, nobody),
            lambda: colleagues.set_keeper(chief, nobody, is_keeper=True, now=house.now),
            lambda: colleagues.remove(house.cast.somchai, nobody, now=house.now),
            lambda: factories.close(house.cast.somchai, nobody, now=house.now),
            lambda: invitations.withdraw(house.cast.somchai, nobody, now=house.now),
            lambda: invitations.accept_waiting(house.ploy, nobody, now=house.now),
        ):
            with pytest.raises(MitError, match="not_found"):
                act()
        assert not people.take_role(chief, nobody, Role.REVIEWER, now=house.now)


# --- whom a person invited who may invite no more


def invited_by(house: House, by: Actor) -> UUID:
    """Let somebody invite Ploy; return the invitation."""
    invitations.invite(by, "ploy@example.com", language="th", now=house.now)
    with viewing() as session:
        return session.query(Invitation).filter_by(email="ploy@example.com").one().id


ENDINGS: dict[str, Callable[[House], object]] = {
    "their login is closed": lambda h: people.close_user(h.chief, h.nok.user_id, now=h.now),
    "their role is taken": lambda h: people.take_role(h.chief, h.nok.user_id, Role.MANUFACTURER, now=h.now),
    "they are removed": lambda h: colleagues.remove(h.cast.somchai, h.nok.user_id, now=h.now),
    "they leave": lambda h: colleagues.remove(h.nok, h.nok.user_id, now=h.now),
    "they keep it no more": lambda h: colleagues.set_keeper(
        h.cast.somchai, h.nok.user_id, is_keeper=False, now=h.now
    ),
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS.keys())
def test_who_was_invited_by_somebody_that_may_invite_no_more_is_not_let_in(
    house: House, ending: Callable[[House], object]
) -> None:
    colleagues.set_keeper(house.cast.somchai, house.nok.user_id, is_keeper=True, now=house.now)
    asked = invited_by(house, house.nok)
    assert [one.invitation_id for one in invitations.waiting(house.ploy, now=house.now)] == [asked]
    ending(house)
    assert invitations.waiting(house.ploy, now=house.now) == []
    with untouched(), pytest.raises(InputError, match="invitation_unusable"):
        invitations.accept_waiting(house.ploy, asked, now=house.now)
    (other,) = colleagues.list_people(house.cast.somchai, now=house.now).invited
    assert other.invitation_id == house.invitation_id  # Somchai's own stays


def test_another_role_that_is_taken_leaves_invitations_alone(house: House) -> None:
    asked = invited_by(house, house.cast.somchai)
    assert not people.take_role(
        house.chief, house.cast.somchai.user_id, Role.PROCUREMENT_OFFICER, now=house.now
    )
    invitations.accept_waiting(house.ploy, asked, now=house.now)
    with viewing() as session:
        assert accounts.get_user(session, house.ploy.user_id).organisation_id == house.cast.siam_cable_id


def test_a_register_that_answers_after_one_was_removed_changes_nothing(house: House) -> None:
    class Slow(NullCompanyRegister):
        def find(self, tax_number: str, *, now: datetime) -> Company:
            colleagues.remove(house.cast.somchai, house.nok.user_id, now=now)
            return Company(tax_number, "บริษัท ชื่อใหม่ จำกัด", "New Name")

    with pytest.raises(MitError, match="not_found"):
        organisations.check_name(house.nok, register=Slow(), now=house.now)
    (row,) = rows("SELECT name_th, version FROM organisations WHERE tax_number = '0105536112014'")
    assert (row["name_th"], row["version"]) == ("บริษัท สยามเคเบิล จำกัด", 1)


def test_a_keeper_who_is_alone_stays_and_a_conflict_says_so(house: House) -> None:
    with untouched():
        for act in (
            lambda: colleagues.remove(house.cast.somchai, house.cast.somchai.user_id, now=house.now),
            lambda: colleagues.set_keeper(
                house.cast.somchai, house.cast.somchai.user_id, is_keeper=False, now=house.now
            ),
            lambda: colleagues.set_keeper(
                house.chief, house.cast.somchai.user_id, is_keeper=False, now=house.now
            ),
        ):
            with pytest.raises(ConflictError, match="keeper_last"):
                act()
