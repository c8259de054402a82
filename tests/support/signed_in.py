"""The front door for tests of pages: a browser that is signed in already, through the real table.

``signed_in(app, actor)`` costs one row and no password.  The browser sends the token of our forms with
every change by itself; ``csrf=False`` leaves it out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from mit.accounts import datastore, sessions
from mit.accounts.caller import Caller
from mit.accounts.sessions import Stage
from mit.accounts.sign_in import SignedIn
from mit.roles.actor import Actor
from mit.store import accounts
from mit.store.accounts import User
from mit.store.db import transaction
from mit.values.clock import Clock
from mit.web import forms
from mit.web.sessions import PLAIN_COOKIE, SECURE_COOKIE
from tests.support.kept import keep_templates
from tests.support.people import CHEAP

#: From where the browsers of the tests come.
CALLER = Caller("192.0.2.7", "Tests/1.0")
_CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


class Browser(FlaskClient):
    """A client that adds the token of our forms to every change it makes."""

    def open(self, *args: Any, csrf: bool = True, **kwargs: Any) -> Any:
        """Ask; ``csrf=False`` sends a change without the token."""
        method = str(kwargs.get("method", "GET")).upper()
        if csrf and method in _CHANGING:
            headers = dict(kwargs.pop("headers", None) or {})
            headers.setdefault(forms.HEADER, self.form_token())
            kwargs["headers"] = headers
        return super().open(*args, **kwargs)

    @property
    def token(self) -> str:
        """Return what the session cookie holds; empty where there is none."""
        for name in (PLAIN_COOKIE, SECURE_COOKIE):
            cookie = self.get_cookie(name)
            if cookie is not None:
                return cookie.value
        return ""

    def hold(self, token: str) -> None:
        """Put a token into the session cookie."""
        self.set_cookie(PLAIN_COOKIE, token)

    def form_token(self) -> str:
        """Return the token that a form shown to this browser carries; it gets a cookie for it if need be."""
        if not self.token:
            self.hold(sessions.new_token())
        cookie = {"Cookie": f"{PLAIN_COOKIE}={self.token}"}
        with self.application.test_request_context("/", headers=cookie):
            return forms.token()


def open_door(app: Flask, clock: Clock) -> Flask:
    """Let the application's clock be *clock* and its passwords be cheap; return it.

    Its templates are those of the application before it.
    """
    keep_templates(app)
    app.extensions["mit.clock"] = clock
    app.extensions["mit.passwords"] = CHEAP
    return app


def browser(app: Flask) -> Browser:
    """Return a browser that nobody has signed in with."""
    return Browser(app, app.response_class, use_cookies=True)


def signed_in(
    app: Flask, actor: Actor, *, now: datetime | None = None, stage: Stage = "full", caller: Caller = CALLER
) -> Browser:
    """Return a browser in which *actor* is signed in since *now* (the application's clock where not told).

    Staff are given a second factor first, as they would have; ``stage`` may leave something owed.
    """
    at = now or app.extensions["mit.clock"].now()
    with transaction() as session:
        user = accounts.get_user(session, actor.user_id)
        if actor.is_staff and stage != "set_up":
            give_second_factor(user, at)
        began = SignedIn(sessions.begin(session, user, stage=stage, caller=caller, now=at), stage)
    made = browser(app)
    made.hold(began.token)
    return made


def give_second_factor(user: User, now: datetime) -> None:
    """Set a second factor up for a person, unless they have one."""
    if user.second_factor_secret is None:
        user.second_factor_secret, user.second_factor_at = datastore.new_secret(), now


def code_of(actor: Actor, at: datetime) -> str:
    """Return the code that the actor's telephone shows at an instant."""
    with transaction() as session:
        secret = accounts.get_user(session, actor.user_id).second_factor_secret
    assert secret is not None
    return datastore.code_at(secret, at)
