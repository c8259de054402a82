"""Administrators' pages in a real browser: all fits, axe finds nothing, they work without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium

from mit import worker
from mit.accounts.letters import write_letter
from mit.app import create_app
from mit.config import Settings
from mit.lifecycle.mails import Letter
from mit.roles.actor import Role
from mit.store import accounts, jobs, schema
from mit.store.db import dispose_engines, transaction
from mit.values.clock import FrozenClock
from tests.conftest import NOW
from tests.support.browser import DESK, PHONE, browser, looking, serving
from tests.support.desk import open_desk
from tests.support.people import invite
from tests.support.signed_in import give_second_factor, open_door, signed_in
from tests.web.test_browser import _AXE

_RUN = "axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html.slice(0, 200)))"
_SIGHTS = pytest.mark.parametrize(
    ("size", "lang"), [(PHONE, "th"), (DESK, "th"), (PHONE, "en"), (DESK, "en")], ids=str
)


@dataclass(frozen=True, slots=True)
class Site:
    """The served house, the administrator's cookie, and every page to look at."""

    url: str
    token: str
    pages: tuple[str, ...]
    browser: Chromium


def furnish(app: Flask, now: datetime) -> tuple[str, tuple[str, ...]]:
    """Let something of everything be there: letters, a dead job, a question about a telephone."""
    desk = open_desk(app, now)
    desk.issued()
    deputy = invite("Duangjai Dulae", Role.ADMINISTRATOR, now=now)
    chief = invite("Prasit Dulae", Role.ADMINISTRATOR, now=now)
    malee = desk.cast.malee
    with transaction() as session:
        give_second_factor(accounts.get_user(session, malee.user_id), now)
        jobs.enqueue(session, "knit", key="sock" * 40, payload={}, now=now)
        dead = session.query(jobs.JobRow).filter_by(kind="knit").one()
        dead.state, dead.attempts, dead.finished_at = "dead", 12, now
        dead.last_error = "ConnectionError: " + "x" * 300
        write_letter(
            session, accounts.get_user(session, malee.user_id), Letter.RESET_PASSWORD,
            key="1", now=now, path="/password/reset/" + "t" * 120, minutes=30,
        )  # fmt: skip
    client = signed_in(app, deputy)
    client.post(f"/admin/users/{malee.user_id}/second-factor")
    client.post("/admin/self-check")
    worker.run_once(app, now=now)
    box = Path(app.extensions["mit.settings"].var_dir) / "mailbox"
    letter = min(path.stem for path in box.glob("*.eml"))
    users = (f"/admin/users/{malee.user_id}", f"/admin/users/{chief.user_id}")
    pages = (
        *("/admin", "/admin/users", *users, "/admin/users?q=nobody", "/admin/rule-sets"),
        *("/admin/rule-sets/mit-2563-1", "/admin/settings", "/admin/keys", "/admin/mails", "/admin/audit"),
        *("/admin/audit?begins_on=bad", "/admin/audit/chain", "/admin/permissions"),
        *("/demo/mailbox", f"/demo/mailbox/{letter}"),
    )
    return signed_in(app, chief).token, pages


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
        token, pages = furnish(app, NOW)
    with serving(app) as url, browser() as running:
        yield Site(url, token, pages, running)
    with app.app_context():
        dispose_engines()


@pytest.mark.skipif(not _AXE.is_file(), reason="axe-core is not among the test-only npm packages")
@_SIGHTS
def test_every_page_fits_and_axe_finds_nothing(site: Site, size: tuple[int, int], lang: str) -> None:
    source = _AXE.read_text(encoding="utf-8")
    with looking(site.browser, size=size) as watched:
        page = watched.page
        page.context.add_cookies([{"name": "mit", "value": site.token, "url": site.url}])
        found: dict[str, object] = {}
        for address in site.pages:
            page.goto(f"{site.url}{address}{'&' if '?' in address else '?'}lang={lang}")
            page.evaluate("document.fonts.ready.then(() => true)")
            assert page.locator("h1").count() == 1, address
            page.evaluate(source)
            violations = page.evaluate(_RUN)
            if violations or watched.overflow() > 0:
                found[address] = (violations, watched.overflow())
        assert not found
        assert [line for line in watched.complaints if "422" not in line] == []


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
