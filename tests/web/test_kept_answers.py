"""Whatever was kept of an answer, a revocation and an expiry pass through: pages, JSON and entity tags.

Source: performance page, trap 11: a kept body or a 304 outlives a revocation where its key or its entity
tag holds only the document's version.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mit.store.certificate_history import StatusChange
from mit.store.db import dispose_engines, transaction
from mit.upkeep.publish import publish_status_lists
from mit.values.thai_date import first_instant
from mit.web import quick_lane
from tests.support import register
from tests.support.databases import Databases
from tests.web.html import read_page
from tests.web.office import EXPIRES_ON, NOW, Office, Shown, open_office

ONE_DAY = timedelta(days=1)
DOORS = ["number", "qr", "scan", "record"]
AGENTS = ["", "Mozilla/5.0 Line/14.1"]


@pytest.fixture(scope="module")
def shop(databases: Databases) -> Iterator[Office]:
    """An office of these tests alone: its one certificate in force is revoked at the end."""
    office = open_office(databases.empty("sqlite"), databases.workplace())
    yield office
    with office.app.app_context():
        dispose_engines()


def ask(client: FlaskClient, door: str, shown: Shown, **headers: str) -> TestResponse:
    """Ask for a verdict at one door, as machines and as people do."""
    if door == "number":
        return client.get(f"/api/v1/certificates/{shown.number}/verdict", headers=headers)
    if door == "qr":
        return client.post("/api/v1/verdicts", json={"presentation": shown.digits}, headers=headers)
    return client.get(f"/v/{shown.digits}" if door == "scan" else f"/c/{shown.number}", headers=headers)


def told(answer: TestResponse) -> tuple[str, list[str]]:
    """Return the answer with its reasons out of JSON or a page."""
    assert answer.status_code == 200
    if answer.is_json:
        document = json.loads(answer.data)
        return document["verdict"], document["reasons"]
    main = read_page(answer.text).one("main").attributes
    return str(main["data-verdict"]), str(main["data-reasons"] or "").split()


def told_everywhere(office: Office) -> set[tuple[str, str, str]]:
    """Ask at every door, as often as it takes until all is kept that ever is; return what was told last."""
    shown, found = office["active"], set()
    for door in DOORS:
        for agent in AGENTS:
            answers = [told(ask(office.client, door, shown, **{"User-Agent": agent})) for _ in range(3)]
            assert answers[0] == answers[1] == answers[2]
            found.add((door, answers[0][0], " ".join(answers[0][1])))
    return found


def everywhere(verdict: str, reasons: str = "") -> set[tuple[str, str, str]]:
    return {(door, verdict, reasons) for door in DOORS}


def test_an_expiry_passes_through_all_that_is_kept_and_back_again(shop: Office) -> None:
    midnight = first_instant(EXPIRES_ON + ONE_DAY)
    try:
        for _ in range(2):
            shop.clock.set(midnight - timedelta(seconds=1))
            assert told_everywhere(shop) == everywhere("VALID")
            shop.clock.set(midnight)
            assert told_everywhere(shop) == everywhere("NOT_VALID", "expired")
    finally:
        shop.clock.set(NOW)


@pytest.mark.parametrize("door", DOORS)
def test_no_answer_has_a_tag_by_which_it_could_be_held(shop: Office, door: str) -> None:
    for tag in ("*", '"anything"'):
        answer = ask(shop.client, door, shop["active"], **{"If-None-Match": tag})
        assert told(answer)[0] == "VALID"
        assert answer.headers["Cache-Control"] == "no-store"
        assert not {"ETag", "Last-Modified", "Expires", "Age"} & set(answer.headers.keys())


def test_a_body_that_was_read_before_is_asked_about_again(shop: Office) -> None:
    quick_lane.forget_read()
    sent = [ask(shop.client, "qr", shop[status]) for status in ("active", "revoked", "active", "revoked")]
    assert [told(answer)[0] for answer in sent] == ["VALID", "NOT_VALID"] * 2
    assert len(quick_lane._qr_bodies) == 2


@pytest.mark.parametrize(
    "presentation",
    ["", " ", "rubbish", "MIT-2569-0000001-X", "9" * 475, "https://verify.mit.example/v/12", ["1"], None, 7],
)
def test_only_what_has_the_form_of_a_qr_code_is_read_once_for_all(shop: Office, presentation: object) -> None:
    quick_lane.forget_read()
    for _ in range(2):
        shop.client.post("/api/v1/verdicts", json={"presentation": presentation})
    assert len(quick_lane._qr_bodies) == 0


def test_a_revocation_passes_through_all_that_is_kept(shop: Office) -> None:
    shown = shop["active"]
    assert told_everywhere(shop) == everywhere("VALID")
    paths = ("/status/revocation/2700", "/status/token/2700", "/status/history/2700")
    tags = {path: shop.client.get(path).headers["ETag"] for path in paths}
    change = StatusChange("revoked", "revoked", NOW.date(), reason="holder_asked")
    with shop.app.app_context():
        with transaction() as session:
            register.record(session, shown.number, change, actor_id=None, now=NOW)
        assert told_everywhere(shop) == everywhere("NOT_VALID", "revoked")
        publish_status_lists(shop.app.extensions["mit.authority"], now=NOW)
    for path, tag in tags.items():
        answer = shop.client.get(path, headers={"If-None-Match": tag})
        assert (answer.status_code, answer.headers["ETag"] == tag) == (200, False)
