"""The signed-in pages' kit in a real browser: phone and desk, Thai and English, with and without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from mit.i18n import LANGUAGES, say
from tests.support.browser import DESK, NARROW, PHONE, Watched, browser, looking, serving
from tests.support.eyes import found_by_axe, unreadable
from tests.web.specimen import TOKEN, TYPED, Specimen, open_specimen

SIZES = pytest.mark.parametrize("size", [PHONE, NARROW, DESK], ids=["phone", "narrow", "desk"])
LANGS = pytest.mark.parametrize("lang", LANGUAGES)
PAGES = ("/specimen", "/nobody", "POST")


@dataclass(frozen=True, slots=True)
class Site:
    """The served specimen and the browser that looks at it."""

    url: str
    specimen: Specimen
    browser: Browser

    def open(self, page: Page, path: str, lang: str = "th") -> None:
        """Go to a page; ``POST`` is the answer to a form with faults."""
        page.goto(f"{self.url}{'/specimen' if path == 'POST' else path}?lang={lang}")
        if path == "POST":
            page.locator("#big button[type=submit]").first.click()
            expect(page.locator(".govuk-error-summary")).to_be_visible()
        page.wait_for_load_state("load")
        page.evaluate("document.fonts.ready.then(() => true)")

    @contextmanager
    def without_scripts(self, size: tuple[int, int] = PHONE) -> Iterator[Page]:
        """Open a page whose scripts do not run."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="th-TH", java_script_enabled=False
        )
        context.set_default_timeout(10_000)
        try:
            yield context.new_page()
        finally:
            context.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    specimen = open_specimen(tmp_path_factory.mktemp("specimen"))
    with serving(specimen.app) as url, browser() as running:
        yield Site(url, specimen, running)


@pytest.fixture
def see(site: Site) -> Iterator[Watched]:
    """A page at a desk, in a browser of its own."""
    site.specimen.posted.clear()
    with looking(site.browser, size=DESK) as watched:
        yield watched


def width_beyond(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@SIZES
@LANGS
def test_every_page_fits_is_legible_stays_on_the_host_and_breaks_no_policy(
    site: Site, size: tuple[int, int], lang: str
) -> None:
    with looking(site.browser, size=size) as see:
        for path in PAGES:
            site.open(see.page, path, lang)
            assert see.overflow() <= 0, f"{path} scrolls sideways by {see.overflow()} px"
            assert see.page.evaluate("document.fonts.check('16px Sarabun')")
            assert unreadable(see.page) == [], path
        refused = "Failed to load resource: the server responded with a status of 422"
        assert [text for text in see.complaints if not text.startswith(refused)] == []
        assert {address.split("/")[2] for address in see.asked} == {site.url.split("/")[2]}


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@LANGS
def test_without_scripts_every_page_fits_and_is_legible(site: Site, size: tuple[int, int], lang: str) -> None:
    with site.without_scripts(size) as page:
        for path in PAGES:
            site.open(page, path, lang)
            assert width_beyond(page) <= 0, path
            assert unreadable(page) == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@LANGS
def test_axe_finds_nothing(site: Site, size: tuple[int, int], lang: str) -> None:
    with looking(site.browser, size=size) as see:
        for path in PAGES:
            site.open(see.page, path, lang)
            assert found_by_axe(see.page) == [], path


def test_targets_for_fingers_are_large_enough(site: Site) -> None:
    with looking(site.browser) as see:
        site.open(see.page, "/specimen")
        kinds = ".govuk-button, .govuk-input, .govuk-select, .govuk-radios__input, .govuk-checkboxes__input"
        for place in see.page.locator(f"{kinds}, .office-switch, .office-plain, .office-navigation a").all():
            box = place.bounding_box()
            assert box is None or box["height"] >= 39, place.evaluate("e => e.outerHTML")


def test_the_keyboard_reaches_everything_and_shows_where_it_is(site: Site, see: Watched) -> None:
    site.open(see.page, "/nobody")
    reached = []
    for _ in range(20):
        see.page.keyboard.press("Tab")
        if see.page.evaluate("document.activeElement === document.body"):
            break
        reached.append(see.page.evaluate("document.activeElement.outerHTML.slice(0, 60)"))
        assert see.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", reached[
            -1
        ]
    assert "govuk-skip-link" in reached[0]
    assert sum("<input" in element for element in reached) == 2
    assert any("<button" in element for element in reached)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_form_is_sent_as_it_was_filled_with_its_token(site: Site, scripts: bool) -> None:
    site.specimen.posted.clear()
    context = site.browser.new_context(java_script_enabled=scripts, locale="th-TH")
    try:
        page = context.new_page()
        page.goto(f"{site.url}/specimen?lang=th")
        page.locator("#email").fill("malee@example.org")
        file = {"name": "ใบเสร็จ.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
        page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
        page.locator("#big button[value=save]").click()
        expect(page.locator(".govuk-error-summary")).to_be_visible()
        assert page.title().startswith("ต้องแก้ไข:")
        sent = site.specimen.posted[-1]
        assert (sent["email"], sent["act"], sent["evidence"]) == ("malee@example.org", "save", "ใบเสร็จ.pdf")
        assert sent["csrf_token"] == TOKEN
        assert sent["reason"].replace("\r\n", "\n") == TYPED["reason"]
        assert sent["name"] == TYPED["name"]
    finally:
        context.close()


def test_the_summary_is_spoken_first_and_leads_to_the_field(site: Site, see: Watched) -> None:
    site.open(see.page, "POST")
    expect(see.page.locator(".govuk-error-summary")).to_be_focused()
    for name in ("on", "lines[3].amount", "origin", "evidence"):
        see.page.locator(f'.govuk-error-summary a[href="#{name}"]').click()
        expect(see.page.locator(f'[id="{name}"]')).to_be_focused()


def test_choosing_a_file_speaks_the_language_of_the_page(site: Site, see: Watched) -> None:
    site.open(see.page, "/specimen", "th")
    button = see.page.locator("button.govuk-file-upload-button")
    for word in ("file_choose", "file_none", "file_drop"):
        expect(button).to_contain_text(say(f"office.{word}", "th"))
    site.open(see.page, "/specimen", "en")
    expect(button).to_contain_text("Choose file")


def test_what_is_typed_is_saved_when_the_typing_pauses(site: Site, see: Watched) -> None:
    site.open(see.page, "/specimen")
    see.page.locator("#email").press("End")
    see.page.keyboard.type("x")
    expect(see.page.locator("[data-autosave-status]")).to_have_text(say("office.saved", "th"))
    assert site.specimen.posted[-1]["email"] == "malee@fti.examplex"
    assert site.specimen.posted[-1]["csrf_token"] == TOKEN
    assert "evidence" not in site.specimen.posted[-1]


def test_a_save_that_fails_is_said_and_what_was_typed_is_guarded(site: Site, see: Watched) -> None:
    site.open(see.page, "/specimen")
    see.page.route("**/saved", lambda route: route.fulfill(status=500))
    see.page.locator("#email").press_sequentially("x")
    expect(see.page.locator("[data-autosave-status]")).to_have_text(say("office.save_failed", "th"))
    asked: list[str] = []
    see.page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    see.page.locator("a.govuk-back-link").click()
    see.page.wait_for_url("**/nobody")
    assert asked == ["beforeunload"]


def test_a_page_where_nothing_was_typed_lets_go(site: Site, see: Watched) -> None:
    site.open(see.page, "/specimen")
    see.page.once("dialog", lambda dialog: pytest.fail(dialog.type))
    see.page.locator("a.govuk-back-link").click()
    see.page.wait_for_url("**/nobody")


def test_officers_walk_through_a_table_by_keys_and_may_turn_them_off(site: Site, see: Watched) -> None:
    site.open(see.page, "/specimen")
    row = see.page.locator("table[data-keys] tbody tr a:first-child")
    see.page.keyboard.press("j")
    expect(row.nth(0)).to_be_focused()
    for key in ("j", "j", "k"):
        see.page.keyboard.press(key)
    expect(see.page.get_by_role("link", name="C-2569-0001235")).to_be_focused()
    see.page.keyboard.press("/")
    expect(see.page.locator("#q")).to_be_focused()
    see.page.keyboard.type("jk/")
    expect(see.page.locator("#q")).to_have_value("jk/")
    see.page.get_by_role("button", name=say("office.keys_off", "th")).click()
    see.page.keyboard.press("j")
    expect(see.page.get_by_role("button", name=say("office.keys_on", "th"))).to_be_focused()
    see.page.reload()
    expect(see.page.get_by_role("button", name=say("office.keys_on", "th"))).to_be_visible()


def test_enter_opens_the_row(site: Site, see: Watched) -> None:
    site.open(see.page, "/specimen")
    see.page.keyboard.press("j")
    see.page.keyboard.press("Enter")
    see.page.wait_for_url(re.compile(r"row=1"))


def test_htmx_speaks_to_nobody_else_and_evaluates_nothing(site: Site, see: Watched) -> None:
    site.open(see.page, "/nobody")
    config = see.page.evaluate("({...htmx.config})")
    assert htmx_version(see.page) == "2.0.11"
    for setting in ("allowEval", "includeIndicatorStyles"):
        assert config[setting] is False
    assert config["selfRequestsOnly"] is True
    assert config["historyCacheSize"] == 0


def htmx_version(page: Page) -> str:
    return str(page.evaluate("htmx.version"))
