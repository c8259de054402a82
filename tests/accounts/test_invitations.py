"""Inviting, accepting, withdrawing, removing, keeping: who may, once, and what happens at the same time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from mit.accounts import colleagues, invitations
from mit.accounts.colleagues import Invited
from mit.accounts.invitations import EXPIRES_AFTER, MOST_IN_A_DAY, ONE_LETTER_EACH
from mit.accounts.people import close_user, find_actor
from mit.errors import ConflictError, InputError, MitError, NotAllowedError, NotFoundError
from mit.roles.actor import Actor, Role
from mit.store import accounts
from mit.store.accounts import User
from mit.store.audit import AuditEvent, verify_chain
from mit.store.db import new_id, transaction, viewing
from mit.store.invitations import Invitation
from mit.store.jobs import JobRow
from tests.support.parallel import at_once
from tests.support.people import Cast, email_of, invite

SECOND = timedelta(seconds=1)


def newcomer(name: str, now: datetime, *, confirmed: bool = True) -> Actor:
    with transaction() as session:
        user = User(
            id=new_id(), email=email_of(name), name=name, password_hash="x", is_active=True,
            created_at=now, confirmed_at=now if confirmed else None,
        )  # fmt: skip
        accounts.add_user(session, user)
        return Actor(user.id, frozenset())


def again(name: str) -> Actor:
    actor = find_actor(email_of(name))
    assert actor is not None
    return actor


def ask(by: Actor, email: str, now: datetime) -> str:
    """Invite and return the token that the letter holds."""
    invitations.invite(by, email, language="th", now=now)
    return letters()[-1]["params"]["path"].rpartition("/")[2]


def letters() -> list[dict]:
    with viewing() as session:
        rows = session.query(JobRow).filter(JobRow.kind == "mail").order_by(JobRow.id)
        return [json.loads(row.payload) for row in rows]


def waiting_rows(by: Actor, now: datetime) -> tuple[Invited, ...]:
    return colleagues.list_people(by, now=now).invited


def recorded() -> list[str]:
    with viewing() as session:
        assert verify_chain(session) == []
        return [event.event for event in session.query(AuditEvent)]


def test_who_is_invited_and_accepts_acts_for_the_organisation(cast: Cast, now: datetime) -> None:
    token = ask(cast.somchai, " Dao@Example.com ", now)
    shown = invitations.look_at(token, now=now)
    assert (shown.email, shown.inviter) == ("dao@example.com", "Somchai Jaidee")
    assert shown.organisation_th == "บริษัท สยามเคเบิล จำกัด"
    dao = newcomer("Dao", now)
    invitations.accept(dao, token, now=now + SECOND)
    actor = again("Dao")
    assert (actor.organisation_id, actor.roles) == (cast.siam_cable_id, {Role.MANUFACTURER})
    people = colleagues.list_people(cast.somchai, now=now)
    assert [(one.name, one.is_keeper) for one in people.colleagues] == [
        ("Somchai Jaidee", True),
        ("Dao", False),
    ]
    assert people.invited == ()
    assert recorded() == ["manufacturer:invitation:send", "manufacturer:invitation:accept"]


def test_the_letter_goes_to_the_address_and_the_token_is_kept_as_a_hash_only(
    cast: Cast, now: datetime
) -> None:
    token = ask(cast.somchai, "dao@example.com", now)
    (letter,) = letters()
    assert (letter["to"], letter["letter"], letter["language"]) == ("dao@example.com", "invitation", "th")
    assert letter["params"]["organisation"] == "บริษัท สยามเคเบิล จำกัด"
    assert letter["params"]["days"] == 7
    with viewing() as session:
        row = session.query(Invitation).one()
        told = "".join(event.subject + event.payload for event in session.query(AuditEvent))
    assert token not in str(vars(row))
    assert len(row.token_sha256) == 64
    assert token not in told
    assert "dao@example.com" not in told


def test_a_letter_in_english_names_the_organisation_in_english(cast: Cast, now: datetime) -> None:
    invitations.invite(cast.somchai, "dao@example.com", language="en", now=now)
    assert letters()[0]["params"]["organisation"] == "Siam Cable Co., Ltd."


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "is_said"),
    [
        ("บริษัท อโกด้า.คอม จำกัด", True),
        ("Agoda.com Co., Ltd.", True),
        ("ท่านได้รับรางวัล ดูที่ https://evil.example", False),
        ("You won: WWW.evil", False),
        ("evil.example/x", False),
        ("write to x@evil.example", False),
        ("ก" * 121, False),
    ],
)
def test_a_name_that_leads_somewhere_is_in_no_letter(
    cast: Cast, now: datetime, name: str, is_said: bool
) -> None:
    with transaction() as session:
        accounts.get_organisation(session, cast.siam_cable_id).name_th = name
    invitations.invite(cast.somchai, "dao@example.com", language="th", now=now)
    said = letters()[0]["params"]["organisation"]
    assert said == (name if is_said else "0-10-5-536-11201-4")


def test_an_invitation_lives_seven_days(cast: Cast, now: datetime) -> None:
    token, dao = ask(cast.somchai, "dao@example.com", now), newcomer("Dao", now)
    assert timedelta(days=7) == EXPIRES_AFTER
    with pytest.raises(InputError, match="invitation_expired"):
        invitations.accept(dao, token, now=now + EXPIRES_AFTER)
    assert invitations.waiting(dao, now=now + EXPIRES_AFTER) == []
    assert waiting_rows(cast.somchai, now + EXPIRES_AFTER)[0].has_expired
    invitations.accept(dao, token, now=now + EXPIRES_AFTER - SECOND)


def test_an_invitation_is_accepted_once(cast: Cast, now: datetime) -> None:
    token, dao = ask(cast.somchai, "dao@example.com", now), newcomer("Dao", now)
    invitations.accept(dao, token, now=now)
    with pytest.raises(InputError, match="invitation_unusable"):
        invitations.accept(again("Dao"), token, now=now)
    colleagues.remove(cast.somchai, dao.user_id, now=now + SECOND)
    with pytest.raises(InputError, match="invitation_unusable"):
        invitations.accept(again("Dao"), token, now=now + SECOND)


@pytest.mark.parametrize("token", ["", "x", "\ud800", "ก" * 10_000, "\x00", "../../etc/passwd"])
def test_a_token_that_was_never_ours_is_unusable(cast: Cast, now: datetime, token: str) -> None:
    with pytest.raises(InputError, match="invitation_unusable"):
        invitations.look_at(token, now=now)
    with pytest.raises(InputError, match="invitation_unusable"):
        invitations.accept(cast.krit, token, now=now)


def test_only_the_address_that_was_invited_can_accept(cast: Cast, now: datetime) -> None:
    token = ask(cast.somchai, "dao@example.com", now)
    with pytest.raises(NotAllowedError, match="invitation_other_email"):
        invitations.accept(newcomer("Nok", now), token, now=now)
    with pytest.raises(NotAllowedError, match="invitation_other_email"):
        invitations.accept(newcomer("Dao", now, confirmed=False), token, now=now)


def test_staff_and_those_who_act_for_another_cannot_accept(cast: Cast, now: datetime) -> None:
    for actor, name, code in (
        (cast.malee, "Malee", "staff_joins_nobody"),
        (cast.krit, "Krit", "organisation_already"),
    ):
        token = ask(cast.somchai, email_of(name), now)
        with pytest.raises(MitError, match=code):
            invitations.accept(actor, token, now=now)


def test_an_invitation_to_ones_own_address_needs_no_link(cast: Cast, now: datetime) -> None:
    ask(cast.somchai, "dao@example.com", now)
    dao, nok = newcomer("Dao", now), newcomer("Nok", now)
    (one,) = invitations.waiting(dao, now=now)
    assert one.organisation_en == "Siam Cable Co., Ltd."
    assert invitations.waiting(nok, now=now) == []
    for stranger in (nok, cast.krit, cast.malee):
        with pytest.raises(NotFoundError):
            invitations.accept_waiting(stranger, one.invitation_id, now=now)
    with pytest.raises(NotFoundError):
        invitations.accept_waiting(dao, uuid4(), now=now)
    invitations.accept_waiting(dao, one.invitation_id, now=now)
    assert again("Dao").organisation_id == cast.siam_cable_id


def test_a_withdrawn_invitation_is_dead(cast: Cast, now: datetime) -> None:
    token, dao = ask(cast.somchai, "dao@example.com", now), newcomer("Dao", now)
    (row,) = waiting_rows(cast.somchai, now)
    with pytest.raises(NotFoundError):
        invitations.withdraw(cast.krit, row.invitation_id, now=now)
    invitations.withdraw(cast.somchai, row.invitation_id, now=now)
    with pytest.raises(InputError, match="invitation_unusable"):
        invitations.accept(dao, token, now=now)
    with pytest.raises(NotFoundError):
        invitations.withdraw(cast.somchai, row.invitation_id, now=now)


def test_inviting_again_replaces_the_link_but_not_at_once(cast: Cast, now: datetime) -> None:
    first, dao = ask(cast.somchai, "dao@example.com", now), newcomer("Dao", now)
    with pytest.raises(ConflictError, match="invitation_recent"):
        ask(cast.somchai, "DAO@example.com", now + ONE_LETTER_EACH - SECOND)
    second = ask(cast.somchai, "dao@example.com", now + ONE_LETTER_EACH)
    with pytest.raises(InputError, match="invitation_unusable"):
        invitations.accept(dao, first, now=now + ONE_LETTER_EACH)
    invitations.accept(dao, second, now=now + ONE_LETTER_EACH)


def test_an_organisation_writes_to_so_many_in_a_day_and_no_more(cast: Cast, now: datetime) -> None:
    for turn in range(MOST_IN_A_DAY):
        ask(cast.somchai, f"p{turn}@example.com", now)
    with pytest.raises(ConflictError, match="invitations_many"):
        ask(cast.somchai, "more@example.com", now + timedelta(days=1))
    ask(cast.somchai, "more@example.com", now + timedelta(days=1) + SECOND)


WRONG_EMAILS = [
    "", " ", "dao", "dao@", "@x.th", "a b@x.th", "a@b@c", "<script>@x.th", "ดาว@ตัวอย่าง.ไทย",
    "a@x.th\r\nBcc: b@x.th",
    "\ud800@x.th", "a\x00@x.th", "a" * 10_000 + "@x.th", "a,b@x.th",
]  # fmt: skip


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("email", WRONG_EMAILS)
def test_an_address_that_is_none_is_refused(cast: Cast, now: datetime, email: str) -> None:
    with pytest.raises(InputError, match=r"email_malformed|input") as caught:
        invitations.invite(cast.somchai, email, language="th", now=now)
    assert [(fault.code, fault.where) for fault in caught.value.faults] == [("email_malformed", "email")]
    assert letters() == []


def test_a_colleague_is_not_invited(cast: Cast, now: datetime) -> None:
    with pytest.raises(ConflictError, match="colleague_already"):
        ask(cast.somchai, email_of("Somchai"), now)


def test_only_a_keeper_invites_withdraws_removes_and_makes_keepers(cast: Cast, now: datetime) -> None:
    ask(cast.somchai, "nok@example.com", now)
    (row,) = waiting_rows(cast.somchai, now)
    dao = invite("Dao", Role.MANUFACTURER, cast.siam_cable_id, now=now)
    for act in (
        lambda: ask(dao, "x@example.com", now),
        lambda: invitations.withdraw(dao, row.invitation_id, now=now),
        lambda: colleagues.remove(dao, cast.somchai.user_id, now=now),
        lambda: colleagues.set_keeper(dao, dao.user_id, is_keeper=True, now=now),
        lambda: colleagues.set_keeper(dao, cast.somchai.user_id, is_keeper=False, now=now),
    ):
        with pytest.raises(NotAllowedError, match="keeper_needed"):
            act()
    people = colleagues.list_people(dao, now=now)
    assert (people.is_kept_by_me, people.invited) == (False, ())


def test_a_foreign_colleague_is_as_if_they_did_not_exist(cast: Cast, now: datetime) -> None:
    for user_id in (cast.krit.user_id, cast.malee.user_id, uuid4()):
        for act in (
            lambda one=user_id: colleagues.remove(cast.somchai, one, now=now),
            lambda one=user_id: colleagues.set_keeper(cast.somchai, one, is_keeper=True, now=now),
        ):
            with pytest.raises(NotFoundError):
                act()
    for actor in (cast.malee, cast.anan, cast.napha):
        with pytest.raises(NotAllowedError, match="role_needed"):
            colleagues.list_people(actor, now=now)


def test_who_is_removed_loses_role_and_organisation_and_invites_no_more(cast: Cast, now: datetime) -> None:
    dao = invite("Dao", Role.MANUFACTURER, cast.siam_cable_id, now=now)
    colleagues.set_keeper(cast.somchai, dao.user_id, is_keeper=True, now=now)
    token = ask(dao, "nok@example.com", now)
    colleagues.remove(cast.somchai, dao.user_id, now=now + SECOND)
    actor = again("Dao")
    assert (actor.organisation_id, actor.roles) == (None, frozenset())
    with pytest.raises(NotFoundError):
        invitations.invite(dao, "x@example.com", language="th", now=now + SECOND)
    with pytest.raises(InputError, match="invitation_unusable"):
        invitations.look_at(token, now=now + SECOND)
    with viewing() as session:
        assert dao.user_id in accounts.acted_for(session, cast.siam_cable_id), "four eyes remember"


def test_the_last_keeper_can_neither_leave_nor_stop(cast: Cast, now: datetime) -> None:
    dao = invite("Dao", Role.MANUFACTURER, cast.siam_cable_id, now=now)
    for act in (
        lambda: colleagues.remove(cast.somchai, cast.somchai.user_id, now=now),
        lambda: colleagues.set_keeper(cast.somchai, cast.somchai.user_id, is_keeper=False, now=now),
    ):
        with pytest.raises(ConflictError, match="keeper_last"):
            act()
    colleagues.remove(dao, dao.user_id, now=now)
    nok = invite("Nok", Role.MANUFACTURER, cast.siam_cable_id, now=now)
    colleagues.set_keeper(cast.somchai, nok.user_id, is_keeper=True, now=now)
    colleagues.remove(cast.somchai, cast.somchai.user_id, now=now + SECOND)
    assert again("Somchai").organisation_id is None
    assert colleagues.list_people(nok, now=now).is_kept_by_me


def test_a_keeper_whose_login_is_closed_keeps_nothing(cast: Cast, now: datetime) -> None:
    dao = invite("Dao", Role.MANUFACTURER, cast.siam_cable_id, now=now)
    colleagues.set_keeper(cast.somchai, dao.user_id, is_keeper=True, now=now)
    close_user(None, dao.user_id, now=now)
    with pytest.raises(ConflictError, match="keeper_last"):
        colleagues.remove(cast.somchai, cast.somchai.user_id, now=now)


def test_an_administrator_gives_an_organisation_a_keeper(cast: Cast, now: datetime) -> None:
    chief = invite("Chief", Role.ADMINISTRATOR, now=now)
    dao = invite("Dao", Role.MANUFACTURER, cast.siam_cable_id, now=now)
    colleagues.set_keeper(chief, dao.user_id, is_keeper=True, now=now)
    assert colleagues.list_people(dao, now=now).is_kept_by_me
    with pytest.raises(NotFoundError):
        colleagues.set_keeper(chief, cast.malee.user_id, is_keeper=True, now=now)


def test_two_who_accept_one_invitation_at_once_are_one(app: Flask, cast: Cast, now: datetime) -> None:
    token, dao = ask(cast.somchai, "dao@example.com", now), newcomer("Dao", now)
    outcomes = at_once(app, [lambda: invitations.accept(dao, token, now=now)] * 4)
    refused = [outcome for outcome in outcomes if outcome is not None]
    assert [error.code for error in refused if isinstance(error, MitError)] == ["invitation_unusable"] * 3
    assert recorded().count("manufacturer:invitation:accept") == 1


def test_who_accepts_two_invitations_at_once_joins_one(app: Flask, cast: Cast, now: datetime) -> None:
    tokens = [ask(by, "dao@example.com", now) for by in (cast.somchai, cast.krit)]
    dao = newcomer("Dao", now)
    outcomes = at_once(app, [lambda one=one: invitations.accept(dao, one, now=now) for one in tokens])
    (refused,) = (outcome for outcome in outcomes if outcome is not None)
    assert isinstance(refused, ConflictError)
    assert refused.code == "organisation_already"


def test_two_keepers_who_remove_each_other_at_once_leave_one(app: Flask, cast: Cast, now: datetime) -> None:
    dao = invite("Dao", Role.MANUFACTURER, cast.siam_cable_id, now=now)
    colleagues.set_keeper(cast.somchai, dao.user_id, is_keeper=True, now=now)
    later = now + SECOND

    def remove(by: Actor, user_id: UUID) -> None:
        colleagues.remove(by, user_id, now=later)

    at_once(
        app,
        [lambda: remove(cast.somchai, dao.user_id), lambda: remove(dao, cast.somchai.user_id)],
    )
    with viewing() as session:
        (left,) = accounts.live_affiliations(session, cast.siam_cable_id)
    assert left.is_keeper


def test_all_keepers_who_leave_at_once_leave_one(app: Flask, cast: Cast, now: datetime) -> None:
    keepers = [cast.somchai]
    for turn in range(5):
        keepers.append(invite(f"K{turn}", Role.MANUFACTURER, cast.siam_cable_id, now=now))
        colleagues.set_keeper(cast.somchai, keepers[-1].user_id, is_keeper=True, now=now)
    outcomes = at_once(
        app, [lambda one=one: colleagues.remove(one, one.user_id, now=now + SECOND) for one in keepers]
    )
    (refused,) = (outcome for outcome in outcomes if outcome is not None)
    assert isinstance(refused, ConflictError)
    assert refused.code == "keeper_last"
    with viewing() as session:
        (left,) = accounts.live_affiliations(session, cast.siam_cable_id)
    assert left.is_keeper


def test_withdrawing_and_accepting_at_once_end_in_one_of_the_two(
    app: Flask, cast: Cast, now: datetime
) -> None:
    token, dao = ask(cast.somchai, "dao@example.com", now), newcomer("Dao", now)
    (row,) = waiting_rows(cast.somchai, now)
    outcomes = at_once(
        app,
        [
            lambda: invitations.withdraw(cast.somchai, row.invitation_id, now=now),
            lambda: invitations.accept(dao, token, now=now),
        ],
    )
    assert sum(outcome is None for outcome in outcomes) == 1
    with viewing() as session:
        stored = session.query(Invitation).one()
    assert (stored.accepted_at is None) != (stored.withdrawn_at is None)
    assert (again("Dao").organisation_id is None) == (stored.accepted_at is None)


def test_a_stale_actor_is_looked_at_anew(cast: Cast, now: datetime) -> None:
    stale = replace(cast.krit, organisation_id=cast.siam_cable_id)
    with pytest.raises(NotFoundError):
        invitations.invite(stale, "x@example.com", language="th", now=now)
