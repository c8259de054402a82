"""Where a person is led after signing in: an address of ours, never anybody else's."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from flask import request

_LONGEST = 2000


def local_target(text: str) -> str:
    """Return *text* where it is a path on this host, with its parameters; else nothing."""
    if not text.startswith("/") or len(text) > _LONGEST or "\\" in text:
        return ""
    if text.startswith("//") or not text.isascii() or not text.isprintable() or " " in text:
        return ""
    parts = urlsplit(text)
    return "" if parts.scheme or parts.netloc else text


def asked_target() -> str:
    """Return the address that ``next`` names, in the form or else in the address; nothing where not ours."""
    return local_target(request.form.get("next") or request.args.get("next", ""))


def here() -> str:
    """Return the page that this request is made from: itself, or for a change the page with the form."""
    if request.method in {"GET", "HEAD"}:
        return local_target(request.full_path.rstrip("?"))
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.host:
        return ""
    return local_target(came_from.path + (f"?{came_from.query}" if came_from.query else ""))


def with_next(path: str, target: str) -> str:
    """Return *path* with ``next`` behind it, where there is a target."""
    return f"{path}?{urlencode({'next': target})}" if target else path
