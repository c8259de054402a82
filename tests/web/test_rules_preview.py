"""The page on which an administrator tries a rule set: the answer, what is refused, and who may look."""

from __future__ import annotations

import io
import json
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from mit.criteria.rulebook import check_rule_set
from mit.roles.actor import Role
from mit.values.clock import FrozenClock
from tests.support.desk import Desk, open_desk
from tests.support.people import invite
from tests.support.sheets import changed_rules
from tests.support.signed_in import Browser, open_door, signed_in

ADDRESS = "/admin/rule-sets/preview"


@pytest.fixture
def database_url(databases: Any) -> str:
    """What is read is tried on both databases in ``tests/upkeep/test_preview_rules.py``."""
    return str(databases.clean("sqlite"))


@pytest.fixture
def desk(app: Flask, clock: FrozenClock, now: datetime) -> Desk:
    return open_desk(open_door(app, clock), now)


@pytest.fixture
def prasit(desk: Desk, now: datetime) -> Browser:
    return signed_in(desk.app, invite("Prasit Dulae", Role.ADMINISTRATOR, now=now))


def send(browser: Browser, data: bytes, language: str = "en") -> Any:
    return browser.post(f"{ADDRESS}?lang={language}", data={"file": (io.BytesIO(data), "new.json")})


def passes(document: dict[str, Any], case: dict[str, Any]) -> bool:
    return not check_rule_set(document | {"cases": [case]})


def higher_threshold() -> bytes:
    document = changed_rules(threshold_percent="80")
    document["cases"] = [case for case in document["cases"] if passes(document, case)]
    return json.dumps(document).encode()


def test_the_answer_names_certificate_application_and_product_and_no_amount(
    desk: Desk, prasit: Browser
) -> None:
    issued, waiting = desk.issued(at=1), desk.submitted(True, False, at=11)
    assert f'href="{ADDRESS}"' in prasit.get("/admin/rule-sets").text
    for language, words in (("en", "met, would not meet"), ("th", "เดิมผ่าน จะไม่ผ่าน")):
        answer = send(prasit, higher_threshold(), language)
        assert answer.status_code == 200
        assert words in answer.text
        for shown in (issued.certificate_number, issued.number, waiting.number):
            assert str(shown) in answer.text
        for amount in ("12,500", "12500", "5,200", "75.2"):
            assert amount not in answer.text


def test_the_rule_set_in_force_changes_nothing_and_an_empty_register_neither(
    desk: Desk, prasit: Browser
) -> None:
    same = json.dumps(changed_rules()).encode()
    assert "Products reckoned" in send(prasit, same).text
    desk.submitted()
    answer = send(prasit, same)
    assert (answer.status_code, "would be answered otherwise</" in answer.text) == (200, False)


def test_a_file_that_is_no_rule_set_is_refused_with_what_to_correct(desk: Desk, prasit: Browser) -> None:
    assert prasit.post(ADDRESS).status_code == 422
    broken = changed_rules(threshold_percent="abc")
    broken["settings"].pop("vat_percent")
    answer = send(prasit, json.dumps(broken).encode())
    assert answer.status_code == 422
    assert "2 places are wrong" in answer.text
    assert "settings.threshold_percent.value" in answer.text
    assert "settings.vat_percent" in answer.text
    assert send(prasit, b"{").status_code == 422


def test_nobody_but_an_administrator_may_try(desk: Desk) -> None:
    for actor in (desk.cast.malee, desk.cast.anan, desk.cast.somchai, desk.cast.napha):
        browser = signed_in(desk.app, actor)
        assert browser.get(ADDRESS).status_code == 403
        assert send(browser, higher_threshold()).status_code == 403
