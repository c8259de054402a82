"""The pages of one's organisation in a browser: no script is needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext

from mit.accounts import factories
from mit.accounts.people import find_actor
from mit.roles.actor import Actor
from mit.store import accounts
from mit.store.accounts import User
from mit.store.db import new_id, transaction
from mit.values.clock import FrozenClock
from mit.web.sessions import PLAIN_COOKIE
from tests.support.browser import PHONE, browser, serving
from tests.support.people import Cast, email_of, gather
from tests.support.signed_in import Browser, open_door, signed_in


@pytest.fixture
def door(app: Flask, clock: FrozenClock) -> Flask:
    return open_door(app, clock)


@pytest.fixture
def people(door: Flask, now: datetime) -> Cast:
    return gather(now - timedelta(days=1))


@pytest.fixture
def chromium() -> Iterator[Chromium]:
    with browser() as running:
        yield running


def newcomer(name: str, now: datetime) -> Actor:
    with transaction() as session:
        user = User(
            id=new_id(), email=email_of(name), name=name, password_hash="x", is_active=True,
            created_at=now, confirmed_at=now,
        )  # fmt: skip
        accounts.add_user(session, user)
        return Actor(user.id, frozenset())


@contextmanager
def visiting(
    chromium: Chromium, url: str, who: Browser, *, size: tuple[int, int], scripts: bool = True
) -> Iterator[BrowserContext]:
    width, height = size
    context = chromium.new_context(
        viewport={"width": width, "height": height}, java_script_enabled=scripts, locale="th-TH"
    )
    context.add_cookies([{"name": PLAIN_COOKIE, "value": who.token, "url": url}])
    try:
        yield context
    finally:
        context.close()


def test_without_scripts_one_registers_and_adds_a_factory(
    door: Flask, people: Cast, chromium: Chromium, now: datetime
) -> None:
    ploy = signed_in(door, newcomer("Ploy", now))
    with serving(door) as url, visiting(chromium, url, ploy, size=PHONE, scripts=False) as context:
        page = context.new_page()
        page.goto(f"{url}/organisation/new")
        page.locator("button[value=register]").click()
        assert page.locator(".govuk-error-summary a").count() == 4
        page.locator("input[value=juristic_person]").check()
        page.locator("#tax_number").fill("๐-1055-62000-01-5")
        page.locator("#name_th").fill("บริษัท บางนา จำกัด")
        page.locator("#address_th").fill("1 ถนนบางนา\nกรุงเทพมหานคร")
        page.locator("button[value=register]").click()
        assert page.url.endswith("/organisation?notice=registered")
        page.locator("a[href='/organisation/factories/new']").click()
        assert page.locator("#address_th").input_value() == "1 ถนนบางนา กรุงเทพมหานคร"
        page.locator("#registration_number").fill("๓-101-3/44สบ")
        page.locator("#name_th").fill("โรงงานบางนา")
        page.locator("main form button").first.click()
        assert page.get_by_text("3-101-3/44สบ").count() == 1
    actor = find_actor(email_of("Ploy"))
    assert actor is not None
    assert [factory.name_th for factory in factories.list_own(actor)] == ["โรงงานบางนา"]
