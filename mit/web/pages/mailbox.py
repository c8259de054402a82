"""Pages of the demo's mailbox: what was mailed to anybody; never there in production."""

from __future__ import annotations

from flask import Blueprint, Response

from mit.upkeep.demo_mailbox import list_letters, read_letter
from mit.web import context
from mit.web.pages.frame import office_page

mailbox = Blueprint("mailbox", __name__, url_prefix="/demo/mailbox")

#: Where the pages exist at all.
ENVIRONMENTS = frozenset({"demo", "test"})


@mailbox.get("")
def index() -> Response:
    """Show the letters, the newest first."""
    return _private(office_page("mailbox/index.html", letters=list_letters(context.settings())))


@mailbox.get("/<name>")
def show(name: str) -> Response:
    """Show one letter."""
    letter = read_letter(context.settings(), name)
    return _private(office_page("mailbox/letter.html", letter=letter, back=("/demo/mailbox", "")))


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
