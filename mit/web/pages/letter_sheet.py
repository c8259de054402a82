"""A dealer's letter as a sheet to print and hand out; it draws a QR, which the public part does without."""

from __future__ import annotations

from flask import Blueprint, Response, redirect
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from mit.registry.letter_qr import letter_qr_svg
from mit.verify.letter_scan import verify_letter
from mit.verify.verdict import Answer
from mit.web import context
from mit.web.api.dealer_letters import letter_in_path
from mit.web.pages.frame import page

letter_sheet = Blueprint("letter_sheet", __name__)

#: Why a letter is not to be handed out any more; anything else may still be printed.
_DEAD = frozenset({"ended", "expired"})


@letter_sheet.get("/d/<letter>/sheet")
def sheet(letter: str) -> ResponseReturnValue:
    """Show the letter itself, to be printed; one that is dead leads to its verdict."""
    wanted = letter_in_path(letter)
    found = verify_letter(wanted, now=context.now())
    shown = found.letter
    is_behind = found.certificate is not None and found.certificate.answer is Answer.VALID
    if shown is None or _DEAD.intersection(found.own.reasons) or not is_behind:
        return redirect(context.same_page(f"/d/{wanted}"), 303)
    address = f"{context.settings().public_url.rstrip('/')}/d/{wanted}"
    response: Response = page(
        "public/dealer_sheet.html",
        letter=shown,
        address=address,
        qr=Markup(letter_qr_svg(address, title=str(wanted))),  # noqa: S704 - drawn by ourselves
        sample=shown.sample,
    )
    return response
