"""Stored bad input in a real browser, its policy switched off: nothing runs on any page, for anybody."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import browser, serving
from tests.support.databases import Databases
from tests.support.hostile.fields import pages_of, route_of
from tests.support.hostile.stored import WORDS, store_everywhere
from tests.support.hostile.world import HostileWorld, open_world

#: Who is shown words that others typed; what one has opened enough, the next leaves.
READERS = ("nobody", "approver", "reviewer", "manufacturer", "administrator")
PAGES_OF_A_KIND = 2
#: On so many pages at least each is shown the words.
WITH_WORDS = {"nobody": 1, "approver": 5, "reviewer": 1, "manufacturer": 15, "administrator": 2}


@dataclass(slots=True)
class Room:
    """The served application with hostile words everywhere, and a browser."""

    url: str
    browser: Browser
    world: HostileWorld
    pages: dict[str, list[str]]


@pytest.fixture(scope="module")
def room(databases: Databases) -> Iterator[Room]:
    world = open_world(databases.empty("sqlite"), databases.workplace())
    with world.app.app_context():
        store_everywhere(world)
        pages = chosen(world)
    with serving(world.app) as url, browser() as running:
        yield Room(url, running, world, pages)
    world.close()


def chosen(world: HostileWorld) -> dict[str, list[str]]:
    """Return the addresses that each reader opens: of every page two, with another application each."""
    seen: Counter[tuple[str | None, tuple[str, ...]]] = Counter()
    pages: dict[str, list[str]] = {}
    for name in READERS:
        pages[name] = []
        for address in reversed(pages_of(world, world.visitors[name])):
            parameters = tuple(sorted(part for part, _ in parse_qsl(urlsplit(address).query)))
            key = (route_of(world.app, "GET", address), parameters)
            if seen[key] < PAGES_OF_A_KIND:
                seen[key] += 1
                pages[name].append(address)
    return pages


def watched(room: Room, reader: str) -> tuple[Page, list[str]]:
    """Return a page without any policy, and what ran on it that should not."""
    context = room.browser.new_context(bypass_csp=True, base_url=room.url)
    context.add_cookies([{"name": "mit", "value": room.world.visitors[reader].token, "url": room.url}])
    page, ran = context.new_page(), []
    page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: ran.append(str(error)))
    return page, ran


@pytest.mark.parametrize("reader", READERS)
def test_no_stored_word_runs_in_a_browser_that_knows_no_policy(room: Room, reader: str) -> None:
    page, ran = watched(room, reader)
    shown = 0
    for address in room.pages[reader]:
        page.goto(room.url + address)
        shown += WORDS in re.sub(r"\s+", " ", page.evaluate("document.documentElement.textContent"))
        if page.evaluate("window.__pwned") is not None:
            ran.append(f"{address}: a script ran")
        if page.locator("img[src=x], [hx-get='/'], [onerror]").count():
            ran.append(f"{address}: an element is there")
    page.context.close()
    assert ran == []
    assert shown >= WITH_WORDS[reader], f"the words stand on {shown} of {len(room.pages[reader])} pages"


def test_a_word_that_is_not_escaped_does_run_there(room: Room) -> None:
    page, _ = watched(room, "nobody")
    page.goto(f"{room.url}/verify")
    page.evaluate("words => { document.body.innerHTML = words }", WORDS)
    page.wait_for_function("window.__pwned !== undefined")
    page.context.close()
