"""The public pages in a real browser: what is seen first, what keys and fingers reach, what is printed.

That every page fits, is legible and accessible is looked at in ``test_sweep_browser.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pypdfium2
import pytest
from playwright.sync_api import Browser

from mit.i18n import LANGUAGES
from tests.support.browser import DESK, PHONE, Watched, browser, looking, serving
from tests.web.office import CHANGES, Office

#: One of them before a certificate was stopped, one after it, and one when it is over.
DAYS = "bid=5/11/2569&contract=20/11/2569&delivery=2/12/2570"
#: The verdicts that say most: three days of which two are bad for reasons of their own.
LONGEST = [(f"{status}, days", lang) for status in ("suspended", "superseded") for lang in LANGUAGES]


@dataclass(frozen=True, slots=True)
class Site:
    """A served register and the browser that looks at it."""

    url: str
    office: Office
    browser: Browser

    def path(self, name: str) -> str:
        """Return the address of a page by its short name."""
        shown = self.office["active"]
        return {
            "start": "/",
            "entry": "/verify",
            "valid": f"/v/{shown.digits}",
            "revoked": f"/v/{self.office['revoked'].digits}",
            "unreadable": f"/v/{shown.digits[:-3]}",
            "days": f"/c/{shown.number}?{DAYS}",
            **{f"{status}, days": f"/c/{self.office[status].number}?{DAYS}" for status in CHANGES},
        }[name]

    def open(self, see: Watched, name: str, lang: str = "th") -> None:
        """Go to a page and wait until its font is there."""
        path = self.path(name)
        see.page.goto(f"{self.url}{path}{'&' if '?' in path else '?'}lang={lang}")
        see.page.evaluate("document.fonts.ready.then(() => true)")


@pytest.fixture(scope="module")
def site(offices: Callable[[str], Office]) -> Iterator[Site]:
    office = offices("sqlite")
    with serving(office.app) as url, browser() as running:
        yield Site(url, office, running)


@pytest.mark.parametrize(
    ("name", "verdict"), [("valid", "VALID"), ("revoked", "NOT_VALID"), ("unreadable", "CANNOT_TELL")]
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_answer_stands_on_the_first_screen_of_a_phone(
    site: Site, name: str, verdict: str, lang: str
) -> None:
    with looking(site.browser) as see:
        site.open(see, name, lang)
        assert see.page.locator("main").get_attribute("data-verdict") == verdict
        for place in ("h1", ".answer-sign", ".answer-reason", ".answer-when", ".host", ".next, .question"):
            box = see.page.locator(place).first.bounding_box()
            assert box
            assert box["y"] + box["height"] <= PHONE[1], f"{place} is below the first screen"


def test_the_three_answers_differ_in_shape_and_in_colour(site: Site) -> None:
    looks = set()
    with looking(site.browser) as see:
        for name in ("valid", "revoked", "unreadable"):
            site.open(see, name)
            colour = see.page.locator(".answer").evaluate("e => getComputedStyle(e).backgroundColor")
            shape = see.page.locator(".answer-sign > :first-child").evaluate("e => e.outerHTML")
            looks.add((colour, shape))
    assert len({colour for colour, _ in looks}) == len({shape for _, shape in looks}) == 3


def test_an_officer_types_a_number_then_asks_about_another_day_then_reads_english(site: Site) -> None:
    number = site.office["revoked"].number.lower().replace("-", " ")
    with looking(site.browser) as see:
        see.page.goto(site.url)
        see.page.get_by_label("พิมพ์เลขที่ใบรับรอง").fill(number)
        see.page.get_by_role("button", name="ตรวจสอบ").click()
        assert see.page.locator("main").get_attribute("data-reasons") == "revoked"
        see.page.get_by_label("วันอื่น", exact=True).fill("๒/๑๑/๒๕๖๙")
        see.page.get_by_role("button", name="ถาม").first.click()
        assert see.page.locator("main").get_attribute("data-verdict") == "VALID"
        assert "12 พ.ย. 2569" in see.page.locator(".notices").inner_text()
        see.page.get_by_label("วันส่งมอบ", exact=True).fill("20 พ.ย. 2569")
        see.page.get_by_role("button", name="ถาม").first.click()
        assert see.page.locator("main").get_attribute("data-verdict") == "NOT_VALID"
        boxes = [day.bounding_box() for day in see.page.locator(".one-day").all()]
        assert [box["x"] for box in boxes if box] == [boxes[0]["x"]] * 2, "stacked on a phone"  # type: ignore[index]
        see.page.get_by_label("วันส่งมอบ", exact=True).fill("")
        see.page.get_by_role("button", name="ถาม").first.click()
        see.page.get_by_role("link", name="English").click()
        assert see.page.locator("main").get_attribute("data-verdict") == "VALID"
        assert "VALID" in see.page.locator("h1").inner_text()
        see.page.goto(f"{site.url}/verify")
        assert see.page.locator("html").get_attribute("lang") == "en", "the choice is remembered"


def test_an_officer_sends_the_pdf(site: Site) -> None:
    file = {"name": "ใบรับรอง.pdf", "mimeType": "application/pdf", "buffer": site.office["active"].pdf}
    with looking(site.browser) as see:
        site.open(see, "entry")
        see.page.get_by_label("ส่งไฟล์ PDF").set_input_files(file)  # type: ignore[arg-type]
        see.page.get_by_role("button", name="ตรวจสอบ").nth(1).click()
        assert see.page.locator("main").get_attribute("data-verdict") == "VALID"


@pytest.mark.parametrize(
    ("name", "lang"), [*((name, "th") for name in ("valid", "revoked", "unreadable", "days")), *LONGEST]
)
def test_a_verdict_prints_on_one_sheet(site: Site, name: str, lang: str) -> None:
    with looking(site.browser, size=DESK) as see:
        site.open(see, name, lang)
        pdf = pypdfium2.PdfDocument(see.page.pdf(prefer_css_page_size=True))
        try:
            assert len(pdf) == 1
        finally:
            pdf.close()


def test_the_keyboard_reaches_everything_and_shows_where_it_is(site: Site) -> None:
    with looking(site.browser, size=DESK) as see:
        site.open(see, "valid")
        reached = []
        while True:
            see.page.keyboard.press("Tab")
            if see.page.evaluate("document.activeElement === document.body"):
                break
            reached.append(see.page.evaluate("document.activeElement.outerHTML.slice(0, 60)"))
            outline = see.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", reached[-1]
        assert 'class="skip"' in reached[0]
        assert any('name="on"' in element for element in reached)
        assert any("<button" in element for element in reached)


def test_targets_for_fingers_are_large_enough(site: Site) -> None:
    with looking(site.browser) as see:
        for name in ("start", "entry", "valid"):
            site.open(see, name)
            for place in see.page.locator("button:visible, input:visible, .switch").all():
                box = place.bounding_box()
                assert box
                assert box["height"] >= 40, place.evaluate("e => e.outerHTML")
