"""The officers' pages in a real browser: keys work, scripts may be off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from mit.app import create_app
from mit.config import Settings
from mit.store import schema
from mit.store.db import dispose_engines
from mit.values.clock import FrozenClock
from tests.conftest import NOW
from tests.support.browser import DESK, Watched, browser, looking, serving
from tests.support.databases import Databases
from tests.support.desk import open_desk
from tests.support.people import PASSWORD
from tests.support.signed_in import open_door, signed_in


@dataclass(frozen=True, slots=True)
class Site:
    """The served application, its browser, who is signed in how, and what is to be decided."""

    url: str
    browser: Browser
    tokens: dict[str, str]
    to_decide: str

    def open(self, see: Watched, who: str, path: str, lang: str = "th") -> None:
        """Go to a page as somebody."""
        see.page.context.add_cookies([{"name": "mit", "value": self.tokens[who], "url": self.url}])
        joint = "&" if "?" in path else "?"
        see.page.goto(f"{self.url}{path}{joint}lang={lang}")
        see.page.evaluate("document.fonts.ready.then(() => true)")


@pytest.fixture(scope="module")
def site(databases: Databases) -> Iterator[Site]:
    folder = databases.workplace()
    clock = FrozenClock(NOW)
    settings = Settings(
        env="test",
        database_url=databases.empty("sqlite"),
        var_dir=folder / "var",
        keys_dir=folder / "keys",
        secret_key="a secret that only the tests know, long enough",
        key_passphrase="a passphrase that only the tests know",
    )
    app = open_door(create_app(settings, clock=clock), clock)
    with app.app_context():
        schema.upgrade()
        desk = open_desk(app, NOW)
        malee, anan = desk.cast.malee, desk.cast.anan
        desk.submitted()
        to_decide = desk.recommended(at=51)
        clock.set(desk.now)
        late = desk.now - timedelta(minutes=6)
        tokens = {
            "malee": signed_in(app, malee, now=clock.now()).token,
            "anan": signed_in(app, anan, now=late).token,
        }
        with serving(app) as url, browser() as running:
            yield Site(url, running, tokens, f"/staff/applications/{to_decide.number}")
        dispose_engines()


def test_the_queue_is_worked_with_the_keyboard(site: Site) -> None:
    with looking(site.browser, size=DESK) as see:
        site.open(see, "malee", "/staff?waiting=review")
        see.page.keyboard.press("/")
        expect(see.page.locator("#text")).to_be_focused()
        see.page.keyboard.press("Escape")
        see.page.locator("h1").click()
        see.page.keyboard.press("j")
        see.page.keyboard.press("Enter")
        see.page.wait_for_url("**/staff/applications/**")
        see.page.locator(".govuk-back-link").click()
        see.page.wait_for_url("**/staff?waiting=review")


def test_an_approver_decides_without_scripts(site: Site) -> None:
    context = site.browser.new_context(java_script_enabled=False, locale="th-TH")
    context.set_default_timeout(10_000)
    context.add_cookies([{"name": "mit", "value": site.tokens["anan"], "url": site.url}])
    page = context.new_page()
    page.goto(f"{site.url}{site.to_decide}/approve")
    page.locator("#note").fill("ข้อความที่ต้องไม่หาย")
    page.locator("#proof").fill("not the password")
    page.locator("#decide button[type=submit]").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    expect(page.locator("#note")).to_have_value("ข้อความที่ต้องไม่หาย")
    expect(page.locator("#proof")).to_have_value("")
    page.locator("#proof").fill(PASSWORD)
    page.locator("#decide button[type=submit]").click()
    expect(page.locator(".govuk-notification-banner")).to_contain_text("บันทึกคำตัดสินแล้ว")
    expect(page.locator("#history")).to_contain_text("อนุมัติ")
    context.close()
