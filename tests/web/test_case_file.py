"""The button that gives a case file: for the case's officers and its applicant, saved by nobody between."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from mit.issuance.case_file import read_case_file
from mit.issuance.reassess import reassess
from mit.roles.actor import Role
from mit.values.clock import FrozenClock
from tests.support.desk import Desk, open_desk
from tests.support.people import invite
from tests.support.signed_in import Browser, open_door, signed_in


@pytest.fixture
def database_url(databases: Any) -> str:
    """What is written is tried on both databases in ``tests/issuance/test_reassess.py``."""
    return str(databases.clean("sqlite"))


@pytest.fixture
def desk(app: Flask, clock: FrozenClock, now: datetime) -> Desk:
    return open_desk(open_door(app, clock), now)


def take_home(browser: Browser, page: str) -> bytes:
    """Press the button on a page; return the file."""
    assert f'action="{page}/case-file"' in browser.get(page).text
    answer = browser.post(f"{page}/case-file")
    number = page.rpartition("/")[2]
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{number}-case.json"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    data: bytes = answer.data
    assert reassess(read_case_file(data)).is_same
    return data


def test_officers_and_the_applicant_take_home_a_case_that_agrees(desk: Desk) -> None:
    number = desk.issued(True, False).number
    malee, anan = (signed_in(desk.app, actor) for actor in (desk.cast.malee, desk.cast.anan))
    somchai = signed_in(desk.app, desk.cast.somchai)
    by_officers = {
        hashlib.sha256(take_home(browser, f"/staff/applications/{number}")).hexdigest()
        for browser in (malee, anan)
    }
    assert len(by_officers) == 1
    assert len(take_home(somchai, f"/applications/{number}")) > 10_000


def test_it_is_given_to_nobody_else(desk: Desk, now: datetime) -> None:
    number, cast = desk.submitted().number, desk.cast
    administrator = invite("Prasit Dulae", Role.ADMINISTRATOR, now=now)
    for actor, staff, own in [
        (cast.krit, 403, 404),
        (cast.somchai, 403, 200),
        (cast.napha, 403, 403),
        (administrator, 403, 403),
        (cast.malee, 200, 403),
    ]:
        browser = signed_in(desk.app, actor)
        assert browser.post(f"/staff/applications/{number}/case-file").status_code == staff
        assert browser.post(f"/applications/{number}/case-file").status_code == own


def test_what_is_not_submitted_yet_has_no_file_and_no_button(desk: Desk) -> None:
    address, somchai = f"/applications/{desk.draft().number}", signed_in(desk.app, desk.cast.somchai)
    assert "case-file" not in somchai.get(address).text
    assert somchai.post(f"{address}/case-file").status_code == 409
