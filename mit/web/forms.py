"""Forms that only our own pages send: the token in them, and where the browser says they come from."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import g, request
from flask_wtf.csrf import generate_csrf, validate_csrf  # type: ignore[import-untyped]  # it ships no types
from wtforms import ValidationError  # type: ignore[import-untyped]  # it ships no types

from mit.errors import NotAllowedError
from mit.web import sessions

#: The field of a form, and the header of a script, that carry the token.
FIELD = "csrf_token"
HEADER = "X-CSRFToken"
#: What a browser calls a request that our own page, or the person alone, began.
_OWN_SITES = frozenset({"same-origin", "none"})


def token() -> str:
    """Return the token that the forms of this request's page carry; the browser's session is prepared."""
    sessions.current().prepare_form()
    g.pop(sessions.FORM_KEY, None)  # Flask-WTF keeps what it made before; the browser's token may be another
    return str(generate_csrf())


def require_token() -> None:
    """Let a change pass that a form of ours, in this very browser, began.

    Raises:
        NotAllowedError: ``form_foreign``.
    """
    if not (_is_own_site() and _is_own_origin()):
        raise NotAllowedError("form_foreign")
    sessions.current().expect_form()
    try:
        validate_csrf(request.form.get(FIELD) or request.headers.get(HEADER))
    except ValidationError as error:
        raise NotAllowedError("form_foreign") from error


def _is_own_site() -> bool:
    """Say whether the browser, if it says so, began this on our own site."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") in _OWN_SITES


def _is_own_origin() -> bool:
    """Say whether the origin, if the browser names one, is this host."""
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    parts = urlsplit(origin)
    return (parts.scheme, parts.netloc) == (request.scheme, request.host)
