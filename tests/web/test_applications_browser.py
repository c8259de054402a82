"""The manufacturer's pages in a browser: they fit, are legible and accessible, and keep what is typed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from mit.app import create_app
from mit.config import Settings
from mit.i18n import LANGUAGES
from mit.store import schema
from mit.store.db import dispose_engines
from mit.values.clock import FrozenClock
from tests.support.browser import DESK, PHONE, Watched, browser, looking, serving
from tests.support.databases import Databases
from tests.support.desk import Desk, open_desk
from tests.support.signed_in import open_door, signed_in
from tests.web.full_house import write_everything
from tests.web.test_browser import _AXE
from tests.web.test_office_browser import unreadable

SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
LANGS = pytest.mark.parametrize("lang", LANGUAGES)
_TOLD = "v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html).join()"
NOW = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)


@dataclass(slots=True)
class Room:
    """The served application, a browser, and one application in each of its states."""

    url: str
    browser: Browser
    desk: Desk
    pages: dict[str, str]

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
        pages = write_everything(desk)
    with serving(app) as url, browser() as running:
        yield Room(url, running, desk, pages)
    with app.app_context():
        dispose_engines()


def go(room: Room, page: Page, path: str, lang: str) -> None:
    page.goto(f"{room.url}{path}{'&' if '?' in path else '?'}lang={lang}")
    page.evaluate("document.fonts.ready.then(() => true)")


@SIZES
@LANGS
def test_every_page_fits_is_legible_accessible_and_breaks_no_policy(
    room: Room, size: tuple[int, int], lang: str
) -> None:
    axe = _AXE.read_text(encoding="utf-8") if _AXE.is_file() else ""
    wrong = []
    with looking(room.browser, size=size) as see:
        page = room.enter(see)
        for name, path in room.pages.items():
            go(room, page, path, lang)
            if folder := os.environ.get("APP_SHOTS"):
                page.screenshot(path=str(Path(folder) / f"{name}-{lang}-{size[0]}.png"), full_page=True)
            if see.overflow() > 0:
                wrong.append(f"{name} scrolls sideways by {see.overflow()} px")
            wrong += [f"{name}: {text}" for text in unreadable(page)]
            if axe:
                page.evaluate(axe)
                run = f"axe.run().then(r => r.violations.map(v => {_TOLD}))"
                wrong += [f"{name}: {found}" for found in page.evaluate(run)]
        assert wrong == []
        assert see.complaints == []


def test_what_is_typed_is_saved_and_assessed_while_one_types(room: Room) -> None:
    with looking(room.browser, size=DESK) as see:
        page = room.enter(see)
        go(room, page, room.pages["sheet"], "en")
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
