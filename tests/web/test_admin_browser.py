"""Administrators' pages in a real browser: they work without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser as Chromium

from mit.app import create_app
from mit.config import Settings
from mit.roles.actor import Role
from mit.store import schema
from mit.store.db import dispose_engines
from mit.values.clock import FrozenClock
from tests.conftest import NOW
from tests.support.browser import browser, serving
from tests.support.desk import open_desk
from tests.support.people import invite
from tests.support.signed_in import open_door, signed_in


@dataclass(frozen=True, slots=True)
class Site:
    """The served house, the administrator's cookie, and the browser."""

    url: str
    token: str
    browser: Chromium


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("admin")
    settings = Settings(
        env="demo",
        database_url=f"sqlite:///{folder}/mit.sqlite3",
        var_dir=folder / "var",
        keys_dir=folder / "keys",
        secret_key="a secret that only the tests know, long enough",
        key_passphrase="a passphrase that only the tests know",
    )
    app = open_door(create_app(settings, clock=FrozenClock(NOW)), FrozenClock(NOW))
    with app.app_context():
        schema.upgrade()
        open_desk(app, NOW)
        token = signed_in(app, invite("Prasit Dulae", Role.ADMINISTRATOR, now=NOW)).token
    with serving(app) as url, browser() as running:
        yield Site(url, token, running)
    with app.app_context():
        dispose_engines()


def test_they_work_without_scripts(site: Site) -> None:
    context = site.browser.new_context(java_script_enabled=False, locale="en-GB")
    context.add_cookies([{"name": "mit", "value": site.token, "url": site.url}])
    try:
        page = context.new_page()
        page.goto(f"{site.url}/admin/users?lang=en")
        page.get_by_label("Name or e-mail").fill("malee")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name="Malee Srisuk").click()
        page.get_by_label("Give another role").select_option("approver")
        page.get_by_role("button", name="Give the role").click()
        assert "The role was given." in page.content()
        page.goto(f"{site.url}/admin/audit?lang=en")
        with page.expect_download() as download:
            page.get_by_role("button", name="Download CSV").click()
        assert download.value.suggested_filename.endswith(".csv")
    finally:
        context.close()
