"""The session of a browser: its cookie holds a token, the table ``sessions`` knows whose it is.

Nothing is read before a view or its guard asks who is there, so pages for anybody cost nothing and
set nothing.  A form shown to somebody who is not signed in sets a token that no table knows: it
only ties the form to this browser.  Signing in always gives a new one.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, cast

from flask import Flask, Request, Response, request
from flask.globals import request_ctx
from flask.sessions import SessionInterface, SessionMixin

from mit.accounts import sessions as work
from mit.accounts.sessions import Live
from mit.accounts.sign_in import SignedIn
from mit.web import context

#: The cookie's name over plain http (the demo), and over https, where the browser lets nobody else set it.
PLAIN_COOKIE = "mit"
SECURE_COOKIE = "__Host-mit"
#: Where Flask-WTF looks for the secret of this browser's forms.
FORM_KEY = "csrf_token"
_LONGEST_TOKEN = 100


class BrowserSession(dict[str, Any], SessionMixin):
    """What this request knows of its browser; Flask's and Flask-WTF's session."""

    def __init__(self, request: Request, secret_key: str) -> None:
        super().__init__()
        self._request = request
        self._secret_key = secret_key
        self._given: str | None = None
        self._live: Live | None = None
        self._is_asked = False

    @property
    def token(self) -> str:
        """Return what the browser is to hold after this request; empty for nothing."""
        return self._sent() if self._given is None else self._given

    @property
    def is_changed(self) -> bool:
        """Say whether the browser has to be told."""
        return self._given is not None and self._given != self._sent()

    def live(self) -> Live | None:
        """Return whose session it is; None where nobody's. The table is read once in a request."""
        if not self._is_asked:
            self._is_asked = True
            self._live = work.find(self.token, now=context.now()) if self.token else None
        return self._live

    def take(self, signed_in: SignedIn) -> None:
        """Let the browser hold the token of a session that began or was renewed."""
        self._hold(signed_in.token)

    def leave(self) -> None:
        """Let the browser forget its token."""
        self._hold("")

    def prepare_form(self) -> None:
        """Tie the forms of this page to this browser; it is given a token where it has none."""
        if not self.token:
            self._hold(work.new_token())
            self._is_asked = True  # no table knows it
        self.expect_form()

    def expect_form(self) -> None:
        """Put the secret of this browser's forms where Flask-WTF compares it."""
        if self.token:
            key = self._secret_key.encode()
            self[FORM_KEY] = hmac.new(key, f"form:{self.token}".encode(), hashlib.sha256).hexdigest()

    def _hold(self, token: str) -> None:
        self._given, self._live, self._is_asked = token, None, not token
        self.clear()

    def _sent(self) -> str:
        """Return the token that came with the request; empty where none came that could be ours."""
        token = self._request.cookies.get(cookie_name(self._request), "")
        return token if len(token) <= _LONGEST_TOKEN and token.isascii() else ""


class TableSessions(SessionInterface):
    """Opens the session of a request from its cookie and tells the browser when the token changed."""

    def open_session(self, app: Flask, request: Request) -> BrowserSession:
        """Return the session of a request; not even its cookie is read yet."""
        return BrowserSession(request, str(app.secret_key))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set or take away the cookie, if this request changed what it holds."""
        del app
        browser = cast(BrowserSession, session)
        if not browser.is_changed:
            return
        response.headers["Cache-Control"] = "no-store"
        name, is_secure = cookie_name(request), request.is_secure
        if browser.token:
            response.set_cookie(
                name, browser.token, path="/", secure=is_secure, httponly=True, samesite="Lax"
            )
        else:
            response.delete_cookie(name, path="/", secure=is_secure, httponly=True, samesite="Lax")


def set_up(app: Flask) -> None:
    """Keep the sessions of *app* in the table."""
    app.session_interface = TableSessions()


def current() -> BrowserSession:
    """Return the session of this request's browser."""
    return cast(BrowserSession, request_ctx.session)


def cookie_name(request: Request) -> str:
    """Return the cookie's name for the way this request came."""
    return SECURE_COOKIE if request.is_secure else PLAIN_COOKIE
