"""Nothing of what is checked goes anywhere: no third party is ever asked, and digits behind # stay here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser as Chromium

from mit.i18n import LANGUAGES, Language, say
from mit.roles.access import TABLE
from tests.support.browser import DESK, browser, looking, serving
from tests.support.databases import Databases
from tests.web.office import NOW, Office, open_office
from tests.web.test_access import rules

READY = "main[data-ready=yes]"


@dataclass(frozen=True, slots=True)
class Site:
    """The served office and a browser."""

    url: str
    office: Office
    browser: Chromium


@pytest.fixture(scope="module")
def site(databases: Databases) -> Iterator[Site]:
    """A house of its own: in one that is shared lists may have been published later than the page's clock."""
    office = open_office(databases.empty("sqlite"), databases.workplace())
    with serving(office.app) as url, browser() as running:
        yield Site(url, office, running)


def public_pages(office: Office) -> list[str]:
    """Return an address of every public page, and of those that show a certificate several."""
    public = {row.endpoint for row in TABLE if row.is_public}
    found = {path for rule, path, method in rules(office.app) if rule.endpoint in public and method == "GET"}
    shown = [office["active"], office["revoked"]]
    found |= {f"/v/{one.digits}" for one in shown} | {f"/c/{one.number}" for one in shown}
    found |= {f"/verify?number={one.number}&on=1/1/2570" for one in shown} | {"/v", "/offline"}
    return sorted(path for path in found if _is_page(office, path))


def _is_page(office: Office, path: str) -> bool:
    with closing(office.client.get(path)) as answer:
        return answer.mimetype == "text/html"


def test_no_public_page_ever_asks_anybody_but_us(site: Site) -> None:
    pages = public_pages(site.office)
    assert len(pages) > 15
    with looking(site.browser, size=DESK) as see:
        see.page.clock.set_fixed_time(NOW)
        for path in pages:
            see.page.goto(site.url + path)
            see.page.evaluate("document.fonts.ready.then(() => true)")
        hosts = {urlsplit(address).netloc for address in see.asked if not address.startswith("data:")}
        assert hosts == {urlsplit(site.url).netloc}
        assert {cookie["name"] for cookie in see.page.context.cookies()} <= {"lang", "mit"}


def test_no_page_names_an_address_of_somebody_else_to_be_loaded(site: Site) -> None:
    loads = re.compile(r"""<(?:script|link|img|iframe|source|video|audio)\b[^>]*?(?:src|href)=["']([^"']+)""")
    for path in public_pages(site.office):
        for address in loads.findall(site.office.client.get(path).text):
            assert address.startswith(("/", "data:")), f"{path}: {address}"
            assert not address.startswith("//"), f"{path}: {address}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_digits_behind_the_sign_are_judged_here_and_sent_nowhere(site: Site, language: Language) -> None:
    told = {}
    with looking(site.browser) as see:
        see.page.clock.set_fixed_time(NOW)
        for status in ("active", "revoked"):
            digits = site.office[status].digits
            see.page.goto("about:blank")
            see.page.goto(f"{site.url}/v?lang={language}#{digits}")
            see.page.wait_for_selector(f"{READY}[data-verdict]")
            main = see.page.locator("main")
            told[status] = (main.get_attribute("data-verdict"), main.get_attribute("data-reasons"))
            assert say("offline.private_left_nothing", language) in main.inner_text()
        see.page.evaluate("location.hash = '123'")
        see.page.wait_for_selector("main[data-verdict=CANNOT_TELL]")
        assert str(see.page.locator("a.switch").get_attribute("href")).endswith("#123")
        assert see.overflow() <= 0
        assert see.complaints == []
        asked = " ".join(see.asked)
    assert told == {"active": ("VALID", ""), "revoked": ("NOT_VALID", "revoked")}
    for status in ("active", "revoked"):
        sent = asked.replace("#" + site.office[status].digits, "")  # noted by the browser, never sent
        assert site.office[status].digits[:30] not in sent
        assert site.office[status].number not in sent
    paths = {urlsplit(address).path for address in asked.split()}
    known = re.compile(r"/v|/offline/\w+/[\w.]+|/static/.+|/\.well-known/mit-trust\.json|/favicon\.ico")
    assert [path for path in paths if not known.fullmatch(path)] == []


def test_the_server_sees_the_page_asked_for_and_nothing_behind_it(site: Site) -> None:
    seen: list[str] = []
    inner = site.office.app.wsgi_app

    def watching(environ: dict[str, str], start_response: object) -> object:
        seen.append(" ".join(str(value) for key, value in environ.items() if key.isupper()))
        return inner(environ, start_response)  # type: ignore[arg-type]

    site.office.app.wsgi_app = watching  # type: ignore[method-assign, assignment]
    try:
        with looking(site.browser) as see:
            see.page.clock.set_fixed_time(NOW)
            see.page.goto(f"{site.url}/v#{site.office['active'].digits}")
            see.page.wait_for_selector(f"{READY}[data-verdict=VALID]")
    finally:
        site.office.app.wsgi_app = inner  # type: ignore[method-assign]
    assert len(seen) > 3
    assert not [one for one in seen if site.office["active"].digits[:30] in one]


def test_without_a_script_it_says_what_to_do(site: Site) -> None:
    with looking(site.browser, scripts=False) as see:
        see.page.goto(f"{site.url}/v?lang=en#{site.office['active'].digits}")
        assert say("offline.private_no_script", "en") in see.page.locator("main noscript").inner_text()
        assert see.page.locator("#room").is_hidden()
        see.page.click("main noscript a")
        assert urlsplit(see.page.url).path == "/verify"


def test_the_page_alone_runs_scripts_and_the_scan_beside_it_does_not(site: Site) -> None:
    client = site.office.client
    policy = client.get("/v").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    for path in ("/v/", "/v/123", "/"):
        assert "script-src" not in client.get(path).headers["Content-Security-Policy"], path
    assert 'data-verdict="CANNOT_TELL"' in client.get("/v/").text, "an empty scan is a scan still"
