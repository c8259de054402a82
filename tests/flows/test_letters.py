"""From a form to a mailbox and back: the links of our letters open our pages."""

from __future__ import annotations

import pytest
from flask import Flask

from mit.values.clock import FrozenClock
from tests.support.mailbox import newest_link
from tests.support.people import PASSWORD, Cast
from tests.support.signed_in import Browser, browser, open_door

NEW_PASSWORD = "another sentence that nobody guesses"


@pytest.fixture
def visitor(app: Flask, clock: FrozenClock) -> Browser:
    return browser(open_door(app, clock))


def test_who_registers_comes_in_by_the_link_of_the_letter(visitor: Browser) -> None:
    form = {"name": "วรรณา ทดลอง", "email": "wanna@example.com", "password": PASSWORD, "language": "th"}
    assert visitor.post("/register", data=form).status_code in {200, 303}
    link = newest_link(visitor, "wanna@example.com")
    assert visitor.get(link).status_code == 200
    assert visitor.post(link, data={"password": PASSWORD}).status_code == 303
    account = visitor.get("/account")
    assert account.status_code == 200
    assert "wanna@example.com" in account.text


def test_who_forgot_a_password_sets_another_by_the_link_of_the_letter(visitor: Browser, cast: Cast) -> None:
    assert visitor.post("/password/forgot", data={"email": "krit@example.com"}).status_code in {200, 303}
    link = newest_link(visitor, "krit@example.com")
    assert visitor.get(link).status_code == 200
    assert visitor.post(link, data={"password": NEW_PASSWORD}).status_code in {200, 303}
    entered = visitor.post("/sign-in", data={"email": "krit@example.com", "password": NEW_PASSWORD})
    assert entered.status_code == 303
    assert visitor.get("/account").status_code == 200
