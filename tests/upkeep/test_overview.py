"""How the service stands: what is told, the daily look, and who may ask."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from flask import Flask

from mit import worker
from mit.errors import NotAllowedError
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import Actor, Role
from mit.store import jobs
from mit.store.db import transaction
from mit.upkeep import overview
from mit.upkeep.overview import ask_self_check, list_letters, read_overview, self_check_if_due
from tests.support.desk import Desk
from tests.support.people import Cast, invite
from tests.support.world import rows


@pytest.fixture
def chief(cast: Cast, now: datetime) -> Actor:
    return invite("Wichai Dulae", Role.ADMINISTRATOR, now=now)


def looks() -> list[dict[str, object]]:
    found = rows("SELECT payload FROM audit_events WHERE event = :event", event=str(AuditEvent.SELF_CHECKED))
    return [json.loads(row["payload"]) for row in found]


def test_a_quiet_service_has_nothing_to_tell(app: Flask, chief: Actor, now: datetime) -> None:
    shown = read_overview(chief, now=now)
    assert (shown.waiting_jobs, shown.dead_jobs, shown.oldest_waiting_since) == (0, [], None)
    assert (shown.last_look, shown.mails_waiting, shown.mails_given_up) == (None, 0, 0)


def test_a_look_that_was_asked_for_is_done_by_the_worker_and_recorded(
    app: Flask, chief: Actor, now: datetime
) -> None:
    ask_self_check(chief, now=now)
    ask_self_check(chief, now=now)  # a second click
    assert rows("SELECT count(*) AS asked FROM jobs") == [{"asked": 1}]
    worker.run_once(app, now=now)
    assert [look["troubles"] for look in looks()] == [0]
    last = read_overview(chief, now=now).last_look
    assert last is not None
    assert (last.at, last.troubles, last.told) == (now, 0, ())


def test_what_does_not_add_up_is_told(app: Flask, chief: Actor, now: datetime, monkeypatch) -> None:
    trouble = overview.check_world(app.extensions["mit.settings"].var_dir, now=now)
    assert trouble.troubles == ()
    with transaction() as session:
        jobs.enqueue(session, "knit", key="sock", payload={}, now=now)
    for hours in range(20):
        worker.run_once(app, now=now + timedelta(hours=2 * hours))
    ask_self_check(chief, now=now + timedelta(days=3))
    worker.run_once(app, now=now + timedelta(days=3))
    (look,) = looks()
    assert look["troubles"] == 1
    assert look["told"] == ["job_given_up knit sock"]


def test_it_falls_due_a_day_after_the_last_one(app: Flask, now: datetime) -> None:
    assert self_check_if_due(now=now)
    assert not self_check_if_due(now=now + timedelta(minutes=1))
    worker.run_once(app, now=now)
    assert not self_check_if_due(now=now + timedelta(hours=23))
    assert self_check_if_due(now=now + timedelta(hours=25))


def test_a_world_that_issued_adds_up(desk: Desk) -> None:
    desk.issued()
    now = desk.tick()
    chief = invite("Wichai Dulae", Role.ADMINISTRATOR, now=now)
    ask_self_check(chief, now=now)
    worker.run_once(desk.app, now=now)
    assert [look["troubles"] for look in looks()] == [0]


@pytest.mark.parametrize("name", ["somchai", "malee", "anan", "napha"])
def test_nobody_but_administrators_asks(app: Flask, cast: Cast, now: datetime, name: str) -> None:
    actor = getattr(cast, name)
    for act in (
        lambda: read_overview(actor, now=now),
        lambda: list_letters(actor),
        lambda: ask_self_check(actor, now=now),
    ):
        with pytest.raises(NotAllowedError):
            act()
