"""The officers' pages in a real browser: they fit, axe is content, keys work, scripts may be off."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from mit.app import create_app
from mit.config import Settings
from mit.i18n import LANGUAGES
from mit.issuance.ask import Question, ask
from mit.issuance.evidence import PDF, PNG
from mit.issuance.move import Standing
from mit.issuance.note import write_note
from mit.issuance.take import take
from mit.store import schema
from mit.store.db import add, dispose_engines, transaction
from mit.store.documents import store_document
from mit.store.evidence import Evidence
from mit.values.clock import FrozenClock
from tests.conftest import NOW
from tests.support.browser import DESK, PHONE, Watched, browser, looking, serving
from tests.support.databases import Databases
from tests.support.desk import Desk, open_desk
from tests.support.pdfs import locked_pdf, plain_pdf
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
    case: str

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
        show_documents(desk, case)
        clock.set(desk.now)
        late = desk.now - timedelta(minutes=6)
        tokens = {
            "malee": signed_in(app, malee, now=clock.now()).token,
            "anan": signed_in(app, anan, now=late).token,
        }
        one, two = (f"/staff/applications/{standing.number}" for standing in (case, recommended))
        pages = [("malee", path) for path in ("/staff", "/staff?text=nothing", one, f"{one}?product=2")]
        pages += [("malee", f"{one}?file=2"), ("malee", f"{one}/evidence/3/look")]
        pages += [("malee", f"{one}/{part}") for part in ("recommend", "return", "refuse")]
        pages += [("anan", two), ("anan", f"{two}/approve"), ("anan", one)]
        with serving(app) as url, browser() as running:
            yield Site(url, running, tokens, tuple(pages), f"/staff/applications/{to_decide.number}", one)
        dispose_engines()


def show_documents(desk: Desk, case: Standing) -> None:
    """Put a PDF of three pages, one that wants a password and a picture beside the case."""
    picture = io.BytesIO()
    Image.new("RGB", (900, 500), "navy").save(picture, "PNG")
    files = (("ใบกำกับสินค้า.pdf", PDF, plain_pdf(3)), ("ลับ.pdf", PDF, locked_pdf()))
    for number, (name, kind, data) in enumerate((*files, ("ภาพ.png", PNG, picture.getvalue())), start=1):
        with transaction() as session:
            var_dir = desk.authority.settings.var_dir
            row = Evidence(
                application_id=case.application_id,
                number=number,
                kind="purchase",
                file_name=name,
                media_type=kind,
                size_bytes=len(data),
                sha256=store_document(session, var_dir, data, media_type=kind, now=desk.now),
                uploaded_by_id=desk.cast.somchai.user_id,
                uploaded_at=desk.now,
            )
            add(session, row)


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


@contextmanager
def without_scripts(site: Site, who: str) -> Iterator[Page]:
    """Open a page as somebody whose browser runs no script."""
    context = site.browser.new_context(java_script_enabled=False, locale="th-TH")
    context.set_default_timeout(10_000)
    context.add_cookies([{"name": "mit", "value": site.tokens[who], "url": site.url}])
    yield context.new_page()
    context.close()


def test_an_approver_decides_without_scripts(site: Site) -> None:
    with without_scripts(site, "anan") as page:
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


def test_a_button_of_the_case_keeps_what_is_typed_for_the_others_without_scripts(site: Site) -> None:
    with without_scripts(site, "malee") as page:
        page.goto(f"{site.url}{site.case}?product=2")
        page.locator("#note").fill("บันทึกที่พิมพ์ค้างไว้")
        page.locator("#question_product").select_option("2")
        page.locator("#question").fill("ใช้ฉนวนจากที่ใด")
        page.locator("#question_line").fill("2")
        page.locator("#question_line").press("Enter")  # asks; it gives no case back
        expect(page.locator("#questions")).to_contain_text("ใช้ฉนวนจากที่ใด")
        expect(page.locator("#note")).to_have_value("บันทึกที่พิมพ์ค้างไว้")
        expect(page.locator("#question")).to_have_value("")
        page.reload()  # sent again, asked once
        expect(page.locator("#questions").get_by_text("ใช้ฉนวนจากที่ใด")).to_have_count(1)
        page.locator("#question").fill("คำถามที่ยังไม่เสร็จ")
        page.locator("button[formaction*='/drop']").last.click()
        expect(page.locator("#questions").get_by_text("ใช้ฉนวนจากที่ใด")).to_have_count(0)
        page.locator("button[formaction*='/notes']").click()
        expect(page.locator("#notes").get_by_text("บันทึกที่พิมพ์ค้างไว้")).to_have_count(1)
        expect(page.locator("#question")).to_have_value("คำถามที่ยังไม่เสร็จ")
        page.locator("button[formaction*='/release']").click()
        expect(page.locator("#question")).to_have_value("คำถามที่ยังไม่เสร็จ")
        page.locator("button[formaction*='/take']").click()
        expect(page.locator("button[formaction*='/release']")).to_have_count(1)


def test_documents_are_looked_at_page_by_page_with_scripts_and_without(site: Site) -> None:
    with without_scripts(site, "malee") as page:
        page.goto(f"{site.url}{site.case}")
        expect(page.locator("#viewer")).to_contain_text("หน้า 1 จาก 3")
        page.locator("#viewer-after").click()
        expect(page.locator("#viewer")).to_contain_text("หน้า 2 จาก 3")
        expect(page.locator("#viewer img")).to_have_js_property("naturalWidth", 1240)
        page.locator(".staff-files").get_by_text("ลับ.pdf").click()
        expect(page.locator("#viewer")).to_contain_text("ตั้งรหัสผ่านไว้")
    with looking(site.browser, size=DESK) as see:
        site.open(see, "malee", site.case)
        see.page.evaluate("window.stays = true")
        see.page.locator("#viewer-after").click()
        expect(see.page.locator("#viewer")).to_contain_text("หน้า 2 จาก 3")
        expect(see.page.locator("#viewer-after")).to_be_focused()
        see.page.locator(".staff-files").get_by_text("ภาพ.png").click()
        expect(see.page.locator("#viewer img")).to_have_js_property("naturalWidth", 900)
        assert see.page.evaluate("window.stays")
        assert see.complaints == []
