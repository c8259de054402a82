"""What each answer carries, on every page of the service, for everybody who may see it.

The house is that of the sweep through the browser: something of everything is there.  Asked for are
addresses, not templates, so a new page is held by these sentences as soon as it stands in the URL map.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import TestResponse

from mit.app import create_app
from mit.roles.access import Audience, row_of
from mit.store import schema
from mit.store.db import dispose_engines
from mit.values.clock import FrozenClock
from mit.web.answers import IMMUTABLE, SIGNED_LIST
from mit.web.security import (
    CONTENT_SECURITY_POLICY,
    EVERYWHERE,
    OFFICE_POLICY,
    PUBLIC_PREFIXES,
    SCRIPTED_POLICY,
)
from mit.web.sessions import PLAIN_COOKIE
from mit.web.static_files import SHORT
from tests.conftest import NOW
from tests.support.databases import Databases
from tests.support.signed_in import Browser
from tests.support.signed_in import browser as fresh
from tests.web.full_house import FRESH, House, open_house, settings_in
from tests.web.test_access import NO_ROLE, NOBODY, OWES_CODE, OWES_SET_UP

#: What may be kept by whoever fetched it: files that never change, and what is signed with its instant.
KEPT = {"public, max-age=86400", "public, max-age=300", SHORT, IMMUTABLE, SIGNED_LIST}
#: What is asked for again at each visit.
ASKED_AGAIN = {"offline.worker", "offline.manifest"}
#: The public page that works in the browser, and the worker that keeps it.
SCRIPTED = {"offline.ask", "offline.worker", "private_scan.ask"}
#: The one page that may ask for the camera and compile what reads QR codes.
SCANNER = "scanning.ask"
MACHINES = (*PUBLIC_PREFIXES, "/healthz", "/readyz", "/metrics")


@dataclass(frozen=True)
class Seen:
    """One address as somebody sees it: everything of the answer but its body's sense."""

    person: str
    endpoint: str
    address: str
    status: int
    headers: Any
    body: bytes

    @property
    def path(self) -> str:
        """Return the path without what is asked."""
        return self.address.partition("?")[0]

    @property
    def is_page(self) -> bool:
        """Say whether a person reads it."""
        return str(self.headers.get("Content-Type", "")).startswith("text/html")

    @property
    def is_for_machines(self) -> bool:
        """Say whether programs of anybody may read it."""
        return self.path.startswith(PUBLIC_PREFIXES) or self.path.endswith(".jwt")

    def __str__(self) -> str:
        """Name it in a failure."""
        return f"{self.person}: {self.address} → {self.status}"


def visitor(house: House, person: str) -> Browser:
    """Return a browser of somebody in the house."""
    made = fresh(house.app)
    if token := house.tokens[person]:
        made.hold(token)
    return made


def may(endpoint: str, person: str) -> bool:
    """Say whether the table lets somebody in."""
    row = row_of(endpoint)
    assert row is not None
    if Audience.ANYONE in row.who:
        return True
    if person in {OWES_CODE, OWES_SET_UP}:
        return Audience.HALF_SIGNED_IN in row.who
    role = "approver" if person == FRESH else person
    own = role not in {NOBODY, NO_ROLE} and Audience(role) in row.who
    return own or (Audience.SIGNED_IN in row.who and person != NOBODY)


def ask(house: House, person: str, endpoint: str, address: str) -> Seen:
    """Ask for an address with a fresh browser."""
    answer: TestResponse = visitor(house, person).get(address, headers={"Accept": "text/html"})
    seen = Seen(person, endpoint, address, answer.status_code, answer.headers, answer.data)
    answer.close()
    return seen


@pytest.fixture(scope="module")
def house(databases: Databases) -> Iterator[House]:
    clock = FrozenClock(NOW)
    app = create_app(settings_in(databases.workplace(), databases.empty("sqlite")), clock=clock)
    with app.app_context():
        schema.upgrade()
        yield open_house(app, clock)
        dispose_engines()


@pytest.fixture(scope="module")
def sights(house: House) -> tuple[Seen, ...]:
    """Each address as the first of those sees it whom the table lets in, and the first also as the last."""
    found, known = [], set[str]()
    for endpoint, address in house.doors():
        if endpoint == "static":
            continue
        people = [person for person in house.tokens if may(endpoint, person)]
        chosen = people[:1] if endpoint in known else dict.fromkeys([people[0], people[-1]])
        found += [ask(house, person, endpoint, address) for person in chosen]
        known.add(endpoint)
    return tuple(found)


def test_there_is_much_to_see(sights: tuple[Seen, ...]) -> None:
    assert len(sights) > 150
    assert len({seen.endpoint for seen in sights if seen.status == 200}) > 70
    assert {seen.person for seen in sights} >= {NOBODY, "manufacturer", "reviewer", "administrator"}
    assert not [str(seen) for seen in sights if seen.status >= 500 and seen.endpoint != "health.ready"]


def test_every_answer_carries_each_header_once(sights: tuple[Seen, ...]) -> None:
    for seen in sights:
        for name, value in EVERYWHERE:
            given = seen.headers.getlist(name)
            assert len(given) == 1, str(seen)
            if name == "Permissions-Policy" and seen.endpoint == SCANNER:
                assert given == [value.replace("camera=()", "camera=(self)")], str(seen)
            elif name != "Content-Security-Policy":
                assert given == [value], str(seen)
        assert len(seen.headers.getlist("Cache-Control")) == 1, str(seen)
        assert len(seen.headers["X-Request-Id"]) == 12, str(seen)
        assert "Server" not in seen.headers, str(seen)
        assert "Strict-Transport-Security" not in seen.headers, str(seen)


def test_scripts_are_allowed_on_pages_of_the_office_and_the_offline_page_alone(
    sights: tuple[Seen, ...],
) -> None:
    offices = boxed = scanners = 0
    for seen in sights:
        is_office = seen.is_page and b"/css/office.css" in seen.body
        offices += is_office
        is_scripted = seen.endpoint in SCRIPTED
        if seen.endpoint == SCANNER:
            given = seen.headers["Content-Security-Policy"]
            scanners += given == SCRIPTED_POLICY.replace(
                "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"
            )
            continue
        policy = OFFICE_POLICY if is_office else SCRIPTED_POLICY if is_scripted else CONTENT_SECURITY_POLICY
        given = seen.headers["Content-Security-Policy"]
        if not seen.is_page and given.endswith("; sandbox"):  # a file, in a box of its own
            assert given.startswith("default-src 'none'; "), str(seen)
            assert "script" not in given, str(seen)
            boxed += 1
            continue
        assert given == policy, str(seen)
        if seen.is_page and not is_office and not is_scripted:
            assert b"<script" not in seen.body, str(seen)
    assert offices > 60
    assert boxed > 2
    assert scanners > 0


def test_no_page_holds_what_its_own_policy_refuses(sights: tuple[Seen, ...]) -> None:
    for seen in sights:
        if seen.is_page:
            assert b" style=" not in seen.body, str(seen)
            assert b"<style" not in seen.body, str(seen)
            assert b" onclick=" not in seen.body, str(seen)
            assert b"javascript:" not in seen.body, str(seen)


def test_what_is_somebodys_is_kept_by_nobody(sights: tuple[Seen, ...]) -> None:
    for seen in sights:
        row = row_of(seen.endpoint)
        assert row is not None
        rule = seen.headers["Cache-Control"]
        if Audience.ANYONE not in row.who or seen.is_page:
            assert "no-store" in rule or rule.startswith("private"), str(seen)
            assert "public" not in rule, str(seen)
        else:
            is_asked_again = rule == "no-cache" and seen.endpoint in ASKED_AGAIN
            is_never_kept = rule in {"no-store", "private, no-store"}
            assert is_never_kept or rule in KEPT or is_asked_again, str(seen)


def test_other_origins_read_what_is_public_for_machines_and_nothing_else(sights: tuple[Seen, ...]) -> None:
    shared = 0
    for seen in sights:
        expected = ["*"] if seen.is_for_machines else []
        assert seen.headers.getlist("Access-Control-Allow-Origin") == expected, str(seen)
        assert "Access-Control-Allow-Credentials" not in seen.headers, str(seen)
        shared += seen.is_for_machines
    assert shared > 6


def test_a_cookie_is_out_of_reach_of_scripts_and_of_other_sites(sights: tuple[Seen, ...]) -> None:
    for seen in sights:
        for cookie in seen.headers.getlist("Set-Cookie"):
            assert "SameSite=" in cookie, str(seen)
            assert "Path=/" in cookie, str(seen)
            assert "Domain=" not in cookie, str(seen)
            if cookie.startswith(f"{PLAIN_COOKIE}="):
                assert "HttpOnly" in cookie, str(seen)
        if seen.path.startswith(MACHINES):
            assert seen.headers.getlist("Set-Cookie") == [], str(seen)


def test_every_page_says_its_language_and_its_letters(sights: tuple[Seen, ...]) -> None:
    for seen in sights:
        kind = str(seen.headers.get("Content-Type", ""))
        if seen.is_page:
            assert kind == "text/html; charset=utf-8", str(seen)
            if seen.status != 303 and len(seen.body) > 2_000:
                assert b'<html lang="th"' in seen.body, str(seen)
        elif kind.startswith("text/"):
            assert "charset=utf-8" in kind, str(seen)


def test_a_file_that_is_somebodys_is_opened_as_what_it_is_or_saved(sights: tuple[Seen, ...]) -> None:
    files = [
        seen
        for seen in sights
        if seen.status == 200
        and str(seen.headers["Content-Type"]).startswith(("application/pdf", "image/png"))
    ]
    assert files
    for seen in files:
        assert seen.headers["X-Content-Type-Options"] == "nosniff"
        assert seen.body.startswith((b"%PDF-", b"\x89PNG")), str(seen)
        told = seen.headers.get("Content-Disposition", "")
        assert "\n" not in told, str(seen)
        assert told.isascii(), str(seen)
        if seen.body.startswith(b"%PDF-"):
            assert told.startswith(("inline", "attachment")), str(seen)


# --- the same address, asked otherwise


def test_asking_for_the_head_alone_is_answered_as_the_whole_would_be(house: House) -> None:
    compared = 0
    for endpoint, address in house.doors():
        if endpoint == "static" or not may(endpoint, "manufacturer"):
            continue
        whole = visitor(house, "manufacturer").get(address)
        head = visitor(house, "manufacturer").head(address)
        assert head.status_code == whole.status_code, address
        assert head.data == b"", address
        for name in ("Content-Type", "Cache-Control", "Content-Security-Policy", "ETag", "Location"):
            assert head.headers.get(name) == whole.headers.get(name), (address, name)
        compared += 1
        for answer in (whole, head):
            answer.close()
    assert compared > 50


def test_what_is_held_already_is_not_sent_again(sights: tuple[Seen, ...], house: House) -> None:
    tagged = [seen for seen in sights if "ETag" in seen.headers and seen.status == 200]
    assert tagged
    for seen in tagged:
        tag = seen.headers["ETag"]
        assert tag.startswith(('"', 'W/"')), str(seen)
        for held, status in ((tag, 304), (f'"x", {tag}', 304), ("*", 304), ('"x"', 200), ("", 200)):
            again = visitor(house, seen.person).get(seen.address, headers={"If-None-Match": held})
            assert again.status_code == status, (str(seen), held)
            assert again.headers["Cache-Control"] == seen.headers["Cache-Control"], str(seen)
            assert again.headers.get("Access-Control-Allow-Origin") == seen.headers.get(
                "Access-Control-Allow-Origin"
            ), str(seen)
            assert (again.data == b"") == (status == 304), str(seen)
            again.close()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_no_address_takes_a_method_that_it_does_not_name(house: House, method: str) -> None:
    for endpoint, address in house.doors():
        row = row_of(endpoint)
        assert row is not None
        answer = visitor(house, NOBODY).open(address, method=method)
        if answer.status_code == 405:
            assert method not in answer.headers["Allow"], address
            assert "GET" in answer.headers["Allow"], address
        else:
            assert answer.status_code in {303, 400, 403, 404}, (address, answer.status_code)
        assert answer.headers["Cache-Control"] == "no-store", address
        answer.close()


def test_who_is_led_away_is_led_within_this_host_and_that_is_kept_by_nobody(house: House) -> None:
    led = 0
    for endpoint, address in house.doors():
        if may(endpoint, NOBODY):
            continue
        seen = ask(house, NOBODY, endpoint, address)
        assert seen.status in {303, 403, 404}, str(seen)
        assert seen.headers["Cache-Control"] == "no-store", str(seen)
        if seen.status == 303:
            assert seen.headers["Location"].startswith("/sign-in"), str(seen)
            led += 1
    assert led > 40
