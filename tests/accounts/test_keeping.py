"""An administrator names a keeper of an organisation that nobody keeps: who, when, and who is told."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import uuid4

import pytest
from flask import Flask

from mit.accounts.colleagues import set_keeper
from mit.accounts.keeping import KeeperWish, look_at, name_keeper
from mit.accounts.people import close_user, take_role
from mit.errors import ConflictError, InputError, MitError, NotAllowedError, NotFoundError
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import Actor, Role
from mit.store import accounts
from mit.store.audit import verify_chain
from mit.store.db import transaction, viewing
from tests.support.parallel import at_once
from tests.support.people import KRUNGTHEP_WIRE, SIAM_CABLE, Cast, email_of, invite
from tests.support.world import rows

WHY = KeeperWish("The keeper left; power of attorney of 1 November seen")


@pytest.fixture
def chief(cast: Cast, now: datetime) -> Actor:
    return invite("Prasit Dulae", Role.ADMINISTRATOR, now=now)


@pytest.fixture
def dao(cast: Cast, chief: Actor, now: datetime) -> Actor:
    """A colleague of Somchai, whose login was closed: nobody keeps Siam Cable any more."""
    made = invite("Dao Deedee", Role.MANUFACTURER, cast.siam_cable_id, now=now)
    close_user(chief, cast.somchai.user_id, now=now)
    return made


def keepers(organisation_id: object) -> set[str]:
    with viewing() as session:
        spans = accounts.live_affiliations(session, organisation_id)  # type: ignore[arg-type]
        kept = [accounts.get_user(session, span.user_id) for span in spans if span.is_keeper]
        return {user.email for user in kept if user.is_active}


def letters() -> list[tuple[str, str]]:
    payloads = [json.loads(row["payload"]) for row in rows("SELECT payload FROM jobs WHERE kind = 'mail'")]
    return sorted((each["to"], each["letter"]) for each in payloads)


def test_a_colleague_is_named_and_everybody_is_told(
    cast: Cast, chief: Actor, dao: Actor, now: datetime
) -> None:
    other = invite("Nok Deedee", Role.MANUFACTURER, cast.siam_cable_id, now=now)
    with transaction() as session:
        spans = accounts.live_affiliations(session, cast.siam_cable_id)
        next(span for span in spans if span.user_id == other.user_id).is_keeper = False
    assert look_at(chief, dao.user_id).organisation == SIAM_CABLE.name_th
    name_keeper(chief, dao.user_id, WHY, now=now)
    assert keepers(cast.siam_cable_id) == {email_of("Dao")}
    assert letters() == [(email_of("Dao"), "keeper_named"), (email_of("Nok"), "colleague_keeps")]
    (event,) = rows(
        "SELECT actor_id, subject, payload FROM audit_events WHERE event = :e", e=str(AuditEvent.KEEPER_NAMED)
    )
    assert event["subject"] == f"organisation:{cast.siam_cable_id}"
    assert json.loads(event["payload"]) == {"reason": WHY.reason, "user": str(dao.user_id)}
    with viewing() as session:
        assert verify_chain(session) == []
    set_keeper(dao, other.user_id, is_keeper=True, now=now)
    assert len(keepers(cast.siam_cable_id)) == 2


def test_somebody_who_acts_for_nobody_joins_by_it(
    cast: Cast, chief: Actor, dao: Actor, now: datetime
) -> None:
    take_role(chief, cast.krit.user_id, Role.MANUFACTURER, now=now)
    with transaction() as session:
        accounts.join_organisation(session, cast.krit.user_id, None, now=now)
    assert look_at(chief, cast.krit.user_id).organisation == ""
    name_keeper(chief, cast.krit.user_id, KeeperWish("why", SIAM_CABLE.tax_number), now=now)
    assert keepers(cast.siam_cable_id) == {email_of("Krit")}
    with viewing() as session:
        actor = accounts.actor_of(session, cast.krit.user_id)
    assert (actor.organisation_id, actor.roles) == (cast.siam_cable_id, {Role.MANUFACTURER})


@pytest.mark.parametrize(
    ("wish", "faults"),
    [
        (KeeperWish(" "), [("reason_missing", "reason"), ("tax_number_malformed", "tax_number")]),
        (KeeperWish("x" * 501, KRUNGTHEP_WIRE.tax_number), [("text_long", "reason")]),
        (KeeperWish("\u202e", KRUNGTHEP_WIRE.tax_number), [("text_unreadable", "reason")]),
        (KeeperWish("why", "0105536112015"), [("tax_number_check", "tax_number")]),
        (KeeperWish("why", "0105562000015"), [("organisation_unknown", "tax_number")]),
        (KeeperWish("why", "0994000000014"), [("organisation_unknown", "tax_number")]),
    ],
)
def test_every_wrong_field_is_told(
    cast: Cast, chief: Actor, now: datetime, wish: KeeperWish, faults: list[tuple[str, str]]
) -> None:
    with transaction() as session:
        accounts.join_organisation(session, cast.krit.user_id, None, now=now)
    with pytest.raises(InputError) as refused:
        name_keeper(chief, cast.krit.user_id, wish, now=now)
    assert [(fault.code, fault.where) for fault in refused.value.faults] == faults
    assert letters() == []


@pytest.mark.parametrize(
    ("name", "code"),
    [("krit", "keeper_there"), ("malee", "staff_joins_nobody"), ("napha", "keeper_of_agency")],
)
def test_who_cannot_be_named_is_not(cast: Cast, chief: Actor, now: datetime, name: str, code: str) -> None:
    user_id = getattr(cast, name).user_id
    for act in (lambda: name_keeper(chief, user_id, WHY, now=now), lambda: look_at(chief, user_id)):
        with pytest.raises(MitError, match=code):
            act()


def test_a_closed_login_keeps_nothing(cast: Cast, chief: Actor, dao: Actor, now: datetime) -> None:
    with pytest.raises(ConflictError, match="keeper_login_dead"):
        name_keeper(chief, cast.somchai.user_id, WHY, now=now)
    with pytest.raises(NotFoundError):
        name_keeper(chief, uuid4(), WHY, now=now)


@pytest.mark.parametrize("name", ["somchai", "malee", "anan", "napha", "krit"])
def test_nobody_but_an_administrator_names(cast: Cast, dao: Actor, now: datetime, name: str) -> None:
    with pytest.raises(NotAllowedError):
        name_keeper(getattr(cast, name), dao.user_id, WHY, now=now)


def test_two_administrators_at_once_name_one(
    app: Flask, cast: Cast, chief: Actor, dao: Actor, now: datetime
) -> None:
    other = invite("Nok Deedee", Role.MANUFACTURER, cast.siam_cable_id, now=now)
    with transaction() as session:
        spans = accounts.live_affiliations(session, cast.siam_cable_id)
        next(span for span in spans if span.user_id == other.user_id).is_keeper = False
    acts = [
        lambda: name_keeper(chief, dao.user_id, WHY, now=now),
        lambda: name_keeper(chief, other.user_id, WHY, now=now),
    ]
    outcomes = at_once(app, acts)
    assert sum(isinstance(one, ConflictError) for one in outcomes) == 1
    assert len(keepers(cast.siam_cable_id)) == 1
