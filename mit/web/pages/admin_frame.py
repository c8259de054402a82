"""What the administrators' pages share: their navigation, the number of the page that is asked for."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from mit.i18n import say
from mit.web import context
from mit.web.pages.frame import Pages, office_page

#: Address → the name of its label, in the order of the navigation.
PLACES = {
    "/admin": "overview",
    "/admin/users": "users",
    "/admin/rule-sets": "rule_sets",
    "/admin/settings": "settings",
    "/admin/keys": "keys",
    "/admin/mails": "mails",
    "/admin/audit": "audit",
    "/admin/permissions": "permissions",
}
_LONGEST_NUMBER = 9


def admin_page(template: str, *, status: int = 200, **words: Any) -> Response:
    """Return an administrators' page."""
    language = context.language()
    navigation = [
        (address, say(f"admin.nav_{name}", language), request.path == address)
        for address, name in PLACES.items()
    ]
    return office_page(f"admin/{template}", status=status, navigation=navigation, **words)


def asked_number(name: str, default: int) -> int:
    """Return a whole number from 1 out of the address; *default* where it is none."""
    text = request.args.get(name, "")
    is_number = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    return max(1, int(text)) if is_number else default


def pages_of(total: int, size: int) -> Pages:
    """Return the pages of a list of *total* entries, *size* on each; the one asked for, or the last."""
    last = max(1, -(-total // size))
    return Pages(min(asked_number("page", 1), last), last)


def one_of(name: str, choices: tuple[str, ...]) -> str:
    """Return what the address asks for where it is one of *choices*; else the first of them."""
    text = request.args.get(name, "")
    return text if text in choices else choices[0]
