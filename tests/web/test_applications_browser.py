"""The manufacturer's pages in a browser: they keep what is typed, with and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from mit.app import create_app
from mit.config import Settings
from mit.store import schema
from mit.store.db import dispose_engines
from mit.values.clock import FrozenClock
from tests.support.browser import DESK, Watched, browser, looking, serving
from tests.support.databases import Databases
from tests.support.desk import Desk, open_desk
from tests.support.signed_in import open_door, signed_in
from tests.web.test_applications import begin, write_all

NOW = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)


@dataclass(slots=True)
class Room:
    """The served service, a browser, and the address of a cost sheet."""

    url: str
    browser: Browser
    desk: Desk
    sheet: str

    def enter(self, watched: Watched) -> Page:
        """Sign Somchai in."""
        self.let_in(watched.page.context)
        return watched.page

    def let_in(self, context: BrowserContext) -> None:
        """Give the browser the cookie of a session of Somchai's."""
        with self.desk.app.app_context():
            token = signed_in(self.desk.app, self.desk.cast.somchai).token
        context.add_cookies([{"name": "mit", "value": token, "url": self.url}])


@pytest.fixture(scope="module")
def room(databases: Databases) -> Iterator[Room]:
    folder = databases.workplace()
    settings = Settings(
        env="test",
        database_url=databases.empty("sqlite"),
        var_dir=folder / "var",
        keys_dir=folder / "keys",
        secret_key="a secret that only the tests know, long enough",
        key_passphrase="a passphrase that only the tests know",
    )
    app = create_app(settings)
    with app.app_context():
        schema.upgrade()
        open_door(app, FrozenClock(NOW))
        desk = open_desk(app, NOW)
        somchai = signed_in(app, desk.cast.somchai)
        sheet = f"{write_all(somchai, begin(somchai))}/sheet"
    with serving(app) as url, browser() as running:
        yield Room(url, running, desk, sheet)
    with app.app_context():
        dispose_engines()


def go(room: Room, page: Page, path: str, lang: str) -> None:
    page.goto(f"{room.url}{path}{'&' if '?' in path else '?'}lang={lang}")
    page.evaluate("document.fonts.ready.then(() => true)")


def test_what_is_typed_is_saved_and_assessed_while_one_types(room: Room) -> None:
    with looking(room.browser, size=DESK) as see:
        page = room.enter(see)
        go(room, page, room.sheet, "en")
        page.get_by_label("Profit").fill("1,000.00")
        page.get_by_label("Profit").blur()
        expect(page.locator("[data-autosave-status]")).to_have_text("Saved")
        expect(page.locator("#assessment")).to_contain_text("1,000.00")
        page.reload()
        expect(page.get_by_label("Profit")).to_have_value("1,000.00")
        assert see.complaints == []


def test_a_sheet_is_written_without_scripts(room: Room) -> None:
    context = room.browser.new_context(
        java_script_enabled=False, locale="en-GB", viewport={"width": 390, "height": 844}
    )
    context.set_default_timeout(10_000)
    try:
        room.let_in(context)
        page = context.new_page()
        go_plain = f"{room.url}/applications?lang=en"
        page.goto(go_plain)
        page.get_by_role("button", name="Start a new application").click()
        page.get_by_role("link", name="Add the first product").click()
        page.get_by_role("button", name="Add a product").click()
        page.goto(page.url.split("?")[0] + "/sheet?lang=en")
        page.get_by_role("button", name="Save and add lines").click()
        line = page.get_by_role("group", name="Line 1", exact=True)
        line.get_by_label("Kind").select_option("material")
        line.get_by_label("Item").fill("Copper")
        line.get_by_label("Amount").fill("100.00")
        line.get_by_label("Origin").select_option("domestic")
        page.get_by_label("Ex-works price").fill("150.00")
        page.get_by_role("button", name="Save and see the result").click()
        expect(page.locator("#assessment")).to_contain_text("150.00")
        page.get_by_role("group", name="Line 1", exact=True).get_by_role("button", name="Take out").click()
        expect(page.get_by_label("Ex-works price")).to_have_value("150.00")
        expect(page.get_by_role("group", name="Line 1", exact=True).get_by_label("Item")).to_have_value("")
    finally:
        context.close()
