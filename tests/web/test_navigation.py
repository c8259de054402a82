"""Where people land after signing in, and which rooms their menu shows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from mit.i18n import LANGUAGES
from mit.roles.actor import Actor, Role
from mit.values.clock import FrozenClock
from mit.web.pages.navigation import home_of, main_menu
from tests.support.people import Cast
from tests.support.signed_in import open_door, signed_in
from tests.web.html import read_page
from tests.web.verdicts import NOW

ROOMS = {
    Role.MANUFACTURER: ["/applications", "/organisation"],
    Role.REVIEWER: ["/staff", "/staff/certificates", "/staff/requests", "/staff/reports"],
    Role.APPROVER: ["/staff", "/staff/certificates", "/staff/requests", "/staff/reports"],
    Role.ADMINISTRATOR: ["/admin"],
    Role.PROCUREMENT_OFFICER: [],
}


@pytest.fixture
def somebody(cast: Cast) -> Actor:
    return Actor(cast.malee.user_id, frozenset())


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_menu_shows_the_rooms_of_ones_roles_and_no_other(
    app: Flask, somebody: Actor, role: Role, language: str
) -> None:
    actor = replace(somebody, roles=frozenset({role}))
    with app.test_request_context(f"/?lang={language}"):
        menu = main_menu(actor)
        assert [address for address, _, _ in menu] == ROOMS[role]
        assert home_of(actor) == (ROOMS[role] or ["/organisation/new"])[0]
    assert all(label and not label.startswith("office.") for _, label, _ in menu)


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/staff", True),
        ("/staff/applications/x", True),
        ("/staff/certificates/x", False),
        ("/staffing", False),
        ("/", False),
    ],
)
def test_the_room_one_is_in_is_marked(app: Flask, somebody: Actor, path: str, here: bool) -> None:
    with app.test_request_context(path):
        assert main_menu(replace(somebody, roles=frozenset({Role.REVIEWER})))[0][2] is here


def test_after_signing_in_one_is_led_to_ones_room(app: Flask, cast: Cast) -> None:
    open_door(app, FrozenClock(NOW))
    for actor, room in ((cast.somchai, "/applications"), (cast.malee, "/staff"), (cast.anan, "/staff")):
        answer = signed_in(app, actor).get("/account/home")
        assert (answer.status_code, answer.headers["Location"]) == (303, room)


def test_the_account_page_has_the_menu(app: Flask, cast: Cast) -> None:
    open_door(app, FrozenClock(NOW))
    links = [
        link.attributes.get("href")
        for link in read_page(signed_in(app, cast.malee).get("/account").text).all("a")
    ]
    assert "/staff" in links
    assert "/applications" not in links
