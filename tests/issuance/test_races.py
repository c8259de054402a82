"""Many approvals at once make one certificate; many workers do each job once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask

from mit.app import create_app
from mit.config import Settings
from mit.roles.actor import Role
from mit.store import schema
from mit.store.db import dispose_engines
from tests.support import races
from tests.support.databases import Databases
from tests.support.desk import Desk, open_desk
from tests.support.people import invite
from tests.support.races import approvers_of, race_to_approve, race_to_work
from tests.support.world import assert_whole_world, rows

PRESSES = 25
#: What one approved application leaves to the workers: issue, print, and the letters that tell of it.
JOBS = 2 + 3


def test_many_approvals_at_once_make_one_certificate_each(desk: Desk) -> None:
    suda = invite("Suda Rakthai", Role.APPROVER, now=desk.tick())
    waiting = [desk.recommended(at=at + 1) for at in range(3)]
    for standing in waiting:
        race = race_to_approve(desk, standing, approvers_of(desk, suda, PRESSES))
        assert race.certificates == 1
        assert race.answered + race.refused["illegal_move"] == PRESSES
        assert race.answered in {PRESSES // 5, PRESSES - PRESSES // 5}  # those of whoever was first
        assert not race.errors
    assert race_to_work(desk, workers=4) == 3 * JOBS + 1
    assert_whole_world(desk.now, desk.authority.settings.var_dir)


def test_several_workers_do_each_job_once(desk: Desk) -> None:
    for at in range(4):
        desk.approved(at=at + 1)
    assert race_to_work(desk, workers=4) == 4 * JOBS + 1
    assert {(row["state"], row["attempts"]) for row in rows("SELECT * FROM jobs")} == {("done", 1)}
    assert_whole_world(desk.now, desk.authority.settings.var_dir)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_without_the_lock_the_race_is_lost_but_the_last_line_holds(desk: Desk) -> None:
    suda = invite("Suda Rakthai", Role.APPROVER, now=desk.tick())
    standing = desk.recommended()
    with races.without_the_lock(), races.meeting(4):
        race = race_to_approve(desk, standing, approvers_of(desk, suda, PRESSES))
    assert race.certificates == 1
    assert sum(race.errors.values()) > 0


@pytest.fixture
def own_postgres(databases: Databases, settings: Settings) -> Iterator[Flask]:
    """An application on a PostgreSQL database that no other test uses."""
    app = create_app(Settings(**{**_members(settings), "database_url": databases.empty("postgresql")}))
    with app.app_context():
        schema.upgrade()
        yield app
        dispose_engines()


def _members(settings: Settings) -> dict[str, object]:
    return {name: getattr(settings, name) for name in ("env", "var_dir", "keys_dir", "key_passphrase")}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_control_without_lock_and_last_line_makes_doubles(own_postgres: Flask, now: datetime) -> None:
    desk = open_desk(own_postgres, now)
    standing = desk.recommended()
    races.drop_the_last_line()
    with races.without_the_lock(), races.meeting(4):
        race = race_to_approve(desk, standing, [desk.cast.anan] * PRESSES)
    assert race.certificates > 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_control_with_a_plain_begin_fails_on_sqlite(
    databases: Databases, settings: Settings, now: datetime
) -> None:
    with races.plain_begin():
        app = create_app(Settings(**{**_members(settings), "database_url": databases.empty("sqlite")}))
        with app.app_context():
            schema.upgrade()
            desk = open_desk(app, now)
            standing = desk.recommended()
            with races.meeting(2):
                race = race_to_approve(desk, standing, [desk.cast.anan] * PRESSES)
            dispose_engines()
    assert race.errors["OperationalError"] > 0
