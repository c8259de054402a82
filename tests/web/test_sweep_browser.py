"""Every page of the service, taken from the URL map, for everybody who may enter it, in both languages.

Each is looked at by axe and by our own ruler, on a phone and at a desk.  What two people see alike, to
the letter, is looked at once.  A route whose sample leads nowhere makes the test fail and is named: give
it an address in ``full_house.py``.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from mit.app import create_app
from mit.i18n import LANGUAGES
from mit.roles.access import Audience, row_of
from mit.store import schema
from mit.store.db import dispose_engines
from mit.values.clock import FrozenClock
from mit.web.sessions import PLAIN_COOKIE
from tests.conftest import NOW
from tests.support.browser import DESK, NARROW, PHONE, Watched, browser, looking, serving
from tests.support.databases import Databases
from tests.support.eyes import bring_axe, found_by_axe, too_wide, unreadable
from tests.support.signed_in import browser as fresh
from tests.web.full_house import FRESH, UPLOAD_LIMIT_BYTES, House, open_house, settings_in
from tests.web.test_access import NO_ROLE, NOBODY, OWES_CODE, OWES_SET_UP
from tests.web.test_problems import raising

#: Routes that show nothing here: three lead on, and the last says that no worker is running.
SHOW_NOTHING = {"account.home", "admin_users.again", "admin_audit.again", "health.ready"}
#: What is another each time or for each person, and looks alike: a form's token, a reference, an address.
_OWN = re.compile(
    r'name="csrf_token" value="[^"]*"|(?<=class="reference">)[^<]*<code>\w+|[\w.-]+@example\.com', re.ASCII
)
_MAIN = re.compile(r"<main\b.*</main>", re.DOTALL)
_AT_A_GLANCE = """[document.documentElement.lang, document.fonts.check('16px Sarabun'),
  document.querySelectorAll('h1').length]"""
#: What Chromium says of every answer that is an error.
_REFUSED = "Failed to load resource: the server responded with a status of"


@dataclass(frozen=True, slots=True)
class Sight:
    """A page as somebody sees it."""

    person: str
    address: str
    lang: str


@dataclass(frozen=True, slots=True)
class Site:
    """The served house and its browser."""

    url: str
    house: House
    browser: Chromium
    sights: tuple[Sight, ...]
    shown: frozenset[str]

    @contextmanager
    def looking(self) -> Iterator[Watched]:
        """Look from a desk, with axe at hand on every page."""
        with looking(self.browser, size=DESK) as see:
            bring_axe(see.page)
            yield see

    def open(self, see: Watched, sight: Sight) -> Page:
        """Go there as that person, in that language, whoever was here before."""
        context = see.page.context
        context.clear_cookies()
        if token := self.house.tokens[sight.person]:
            context.add_cookies([{"name": PLAIN_COOKIE, "value": token, "url": self.url}])
        see.page.goto(self.url + sight.address)
        see.page.evaluate("document.fonts.ready.then(() => true)")
        return see.page


@pytest.fixture(scope="module")
def site(databases: Databases) -> Iterator[Site]:
    clock = FrozenClock(NOW)
    app = create_app(settings_in(databases.workplace(), databases.empty("sqlite")), clock=clock)
    with app.app_context():
        schema.upgrade()
        raising(app, RuntimeError("nobody foresaw this"))
        house = open_house(app, clock)
        with serving(app) as url, browser() as running:
            yield Site(url, house, running, *sights(house))
        dispose_engines()


def may(endpoint: str, person: str) -> bool:
    """Say whether the permission table lets that person in."""
    row = row_of(endpoint)
    assert row is not None
    if row.is_public:
        return True
    if person in {OWES_CODE, OWES_SET_UP}:
        return Audience.HALF_SIGNED_IN in row.who
    if Audience.SIGNED_IN in row.who:
        return person != NOBODY
    return person not in {NOBODY, NO_ROLE} and Audience("approver" if person == FRESH else person) in row.who


def sights(house: House) -> tuple[tuple[Sight, ...], frozenset[str]]:
    """Return one of each different page, each person's masthead among them, and the endpoints shown."""
    seen: dict[str, Sight] = {}
    shown: set[str] = set()
    for person, lang in itertools.product(house.tokens, LANGUAGES):
        client, masthead = fresh(house.app), f"the masthead of {person} in {lang}"
        client.hold(house.tokens[person])
        for endpoint, address in house.doors():
            if not may(endpoint, person):
                continue
            path = f"{address}{'&' if '?' in address else '?'}lang={lang}"
            with client.get(path, headers={"Accept": "text/html"}) as answer:
                if answer.status_code == 200:
                    shown.add(endpoint)
                if answer.mimetype != "text/html" or answer.status_code == 303:
                    continue
                main = _MAIN.search(_OWN.sub("", answer.text))
                names = {main[0] if main else path, *([masthead] if "office.css" in answer.text else [])}
            if not names <= seen.keys():
                seen |= dict.fromkeys(names, Sight(person, path, lang))
    return tuple(dict.fromkeys(seen.values())), frozenset(shown)


def look(see: Watched, lang: str) -> list[str]:
    """Return all that is wrong with the page that is open; axe sees Thai on a phone, English at a desk."""
    page = see.page
    found = too_wide(page, NARROW, *((DESK, PHONE) if lang == "th" else (PHONE, DESK)))
    found += found_by_axe(page) + unreadable(page)
    spoken, has_our_font, headings = page.evaluate(_AT_A_GLANCE)
    if spoken != lang:
        found.append("another language")
    if not has_our_font:
        found.append("another font")
    if headings != 1:
        found.append(f"{headings} first headings")
    found += [text for text in see.complaints if not text.startswith(_REFUSED)]
    see.complaints.clear()
    return found


def test_every_route_has_an_address_that_shows_something(site: Site) -> None:
    missing = site.house.addresses.keys() - site.shown - SHOW_NOTHING
    assert not missing, f"give these an address in tests/web/full_house.py: {sorted(missing)}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_fits_is_legible_and_axe_finds_nothing(site: Site, lang: str) -> None:
    wrong = {}
    with site.looking() as see:
        for sight in site.sights:
            if sight.lang == lang:
                site.open(see, sight)
                if complaints := look(see, lang):
                    wrong[sight] = complaints
        assert {address.split("/")[2] for address in see.asked} == {site.url.split("/")[2]}
    assert not wrong
    assert len(site.sights) > 200


#: Who sends which form on which page without filling it in; each is answered with what is lacking.
EMPTY_FORMS = [
    (NOBODY, "sign_in.ask", ""),
    (NOBODY, "registration.ask", ""),
    (NOBODY, "password.ask_forgot", ""),
    (OWES_CODE, "sign_in.ask_code", ""),
    (NO_ROLE, "organisation.ask_new", ""),
    ("manufacturer", "account.ask_password", ""),
    ("manufacturer", "organisation.ask_factory", ""),
    ("manufacturer", "colleagues.show", "form[action$=invite]"),
    ("manufacturer", "applications.ask_withdraw", ""),
    ("manufacturer", "application_sections.ask_sheet", "#upload"),
    ("manufacturer", "application_evidence.show_all", "#upload"),
    ("reviewer", "staff.case", "#casework .govuk-button[formaction*=questions]"),
    ("reviewer", "decision.ask_return", "#decide"),
    ("reviewer", "decision.ask_recommend", "#decide"),
    ("manufacturer", "application_submission.ask_declaration", ""),
    ("approver", "decision.ask_approve", "#decide"),
]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_lacking_in_a_form_is_said_on_a_page_that_is_as_good(site: Site, lang: str) -> None:
    wrong = {}
    with site.looking() as see:
        for person, endpoint, form in EMPTY_FORMS:
            page = site.open(see, Sight(person, f"{site.house.addresses[endpoint][0]}?lang={lang}", lang))
            button = form if "govuk-button" in form else f"{form or 'form'} button:not([type=button])"
            page.locator(f"main {button}").last.click()
            expect(page.locator(".govuk-error-summary")).to_be_visible()
            if complaints := look(see, lang):
                wrong[endpoint] = complaints
    assert not wrong


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_calculation_with_wrong_figures_is_answered_on_a_page_that_is_as_good(
    site: Site, lang: str
) -> None:
    with site.looking() as see:
        page = site.open(see, Sight(NOBODY, f"/calculator?lang={lang}", lang))
        page.locator("[name=price_ex_works]").fill("12,5x")
        page.locator("[name='lines[1].amount']").fill("-7")
        page.locator("main form button:not([type=button])").first.click()
        expect(page.locator(".govuk-error-summary")).to_be_visible()
        assert not look(see, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_that_says_what_went_wrong_is_as_good(site: Site, lang: str) -> None:
    wrong = {}
    with site.looking() as see:
        for status, open_it in REFUSALS.items():
            with see.page.expect_response(lambda answer, status=status: answer.status == status):
                open_it(site, see, lang)
            if complaints := look(see, lang):
                wrong[status] = complaints
    assert not wrong


def forbidden(site: Site, see: Watched, lang: str) -> None:
    site.open(see, Sight("manufacturer", f"/admin?lang={lang}", lang))


def lost(site: Site, see: Watched, lang: str) -> None:
    site.open(see, Sight(NOBODY, f"/no/such/page?lang={lang}", lang))


def too_large(site: Site, see: Watched, lang: str) -> None:
    page = site.open(see, Sight(NOBODY, f"/verify?lang={lang}", lang))
    file = {"name": "ใบรับรอง.pdf", "mimeType": "application/pdf", "buffer": bytes(UPLOAD_LIMIT_BYTES + 1)}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    page.locator("form:has(input[type=file]) button").click()


def malformed(site: Site, see: Watched, lang: str) -> None:
    site.open(see, Sight(NOBODY, f"/verify?number=MIT-2560-0012345-X&on=quatsch&lang={lang}", lang))


def too_often(site: Site, see: Watched, lang: str) -> None:
    """Guess passwords until one has to wait."""
    page = site.open(see, Sight(NOBODY, f"/sign-in?lang={lang}", lang))
    guesses = {"email": f"nobody-{lang}@example.com", "password": "a guess"}
    client = fresh(site.house.app)
    while client.post("/sign-in", data=guesses).status_code != 429:
        pass
    for name, text in guesses.items():
        page.locator(f"#{name}").fill(text)
    page.locator("main form button").click()


def broken(site: Site, see: Watched, lang: str) -> None:
    site.open(see, Sight(NOBODY, f"/fail?lang={lang}", lang))


REFUSALS = {403: forbidden, 404: lost, 413: too_large, 422: malformed, 429: too_often, 500: broken}
