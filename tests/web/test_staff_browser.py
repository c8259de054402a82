"""The officers' pages in a real browser: they fit, axe is content, keys work, scripts may be off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from mit.app import create_app
from mit.config import Settings
from mit.i18n import LANGUAGES
from mit.issuance.ask import Question, ask
from mit.issuance.note import write_note
from mit.issuance.take import take
from mit.store import schema
from mit.store.db import dispose_engines
from mit.values.clock import FrozenClock
from tests.conftest import NOW
from tests.support.browser import DESK, PHONE, Watched, browser, looking, serving
from tests.support.databases import Databases
from tests.support.desk import open_desk
from tests.support.people import PASSWORD
from tests.support.signed_in import open_door, signed_in
from tests.web.test_browser import _AXE

SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
LANGS = pytest.mark.parametrize("lang", LANGUAGES)


@dataclass(frozen=True, slots=True)
class Site:
    """The served application, its browser, who is signed in how, and what there is to look at."""

    url: str
    browser: Browser
    tokens: dict[str, str]
    pages: tuple[tuple[str, str], ...]
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
        desk = open_desk(app, NOW - timedelta(days=35))
        malee, anan = desk.cast.malee, desk.cast.anan
        desk.submitted(at=71)
        desk.now = NOW
        case, recommended = desk.submitted(True, False, True), desk.recommended(True, False, at=31)
        to_decide = desk.recommended(at=51)
        take(malee, case.number, now=NOW)
        ask(malee, case.number, Question(1, "lines[2].origin", "นำเข้าจากที่ใด"), now=NOW)
        write_note(malee, case.number, "โทรถามแล้ว " + "ก" * 300, now=NOW)
        clock.set(desk.now)
        late = desk.now - timedelta(minutes=6)
        tokens = {
            "malee": signed_in(app, malee, now=clock.now()).token,
            "anan": signed_in(app, anan, now=late).token,
        }
        one, two = (f"/staff/applications/{standing.number}" for standing in (case, recommended))
        pages = [("malee", path) for path in ("/staff", "/staff?text=nothing", one, f"{one}?product=2")]
        pages += [("malee", f"{one}/{part}") for part in ("recommend", "return", "refuse")]
        pages += [("anan", two), ("anan", f"{two}/approve"), ("anan", one)]
        with serving(app) as url, browser() as running:
            yield Site(url, running, tokens, tuple(pages), f"/staff/applications/{to_decide.number}")
        dispose_engines()


@SIZES
@LANGS
def test_every_page_fits_and_complains_of_nothing(site: Site, size: tuple[int, int], lang: str) -> None:
    with looking(site.browser, size=size) as see:
        for who, path in site.pages:
            site.open(see, who, path, lang)
            assert see.overflow() == 0, path
            assert all(address.startswith((site.url, "data:")) for address in see.asked)
        assert see.complaints == []


@pytest.mark.skipif(not _AXE.is_file(), reason="axe-core is not among the test-only npm packages")
@SIZES
@LANGS
def test_axe_finds_nothing(site: Site, size: tuple[int, int], lang: str) -> None:
    source = _AXE.read_text(encoding="utf-8")
    with looking(site.browser, size=size) as see:
        for who, path in site.pages:
            site.open(see, who, path, lang)
            see.page.evaluate(source)
            found = see.page.evaluate(
                "axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join()))"
            )
            assert found == [], path


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
