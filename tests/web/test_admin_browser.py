"""Administrators' pages in a real browser: they work without scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium

from mit.app import create_app
from mit.config import Settings
from mit.i18n import LANGUAGES
from mit.roles.actor import Role
from mit.store import schema
from mit.store.db import dispose_engines
from mit.values.clock import FrozenClock
from tests.conftest import NOW
from tests.criteria.test_recipe import followed
from tests.support.browser import DESK, NARROW, PHONE, browser, serving
from tests.support.desk import open_desk
from tests.support.eyes import found_by_axe, too_wide, unreadable
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
        desk = open_desk(app, NOW)
        desk.issued(True, at=1)
        desk.submitted(True, False, at=11)
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_rule_set_would_change_is_read_on_a_phone_and_at_a_desk(
    site: Site, tmp_path: Path, language: str
) -> None:
    good, bad = followed(), followed()
    bad["notice"]["announced_on"] = "2027-02-01"
    context = site.browser.new_context(locale="th-TH" if language == "th" else "en-GB")
    context.add_cookies([{"name": "mit", "value": site.token, "url": site.url}])
    try:
        page = context.new_page()
        for document, status in ((good, 200), (bad, 422)):
            path = tmp_path / "new.json"
            path.write_text(json.dumps(document), encoding="utf-8")
            page.goto(f"{site.url}/admin/rule-sets/preview?lang={language}")
            page.locator("input[type=file]").set_input_files(path)
            with page.expect_response("**/admin/rule-sets/preview*") as answer:
                page.locator("form[action$='/preview'] .govuk-button").last.click()
            assert answer.value.status == status
            page.wait_for_load_state()
            assert page.locator("html").get_attribute("lang") == language
            found = too_wide(page, NARROW, PHONE, DESK) + unreadable(page)
            assert found + found_by_axe(page) == []
    finally:
        context.close()
