"""A page for anyone: a dealer's letter with its verdict."""

from __future__ import annotations

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from mit.verify.dealer_letter import LetterVerdict
from mit.verify.letter_scan import verify_letter
from mit.web import context
from mit.web.api.dealer_letters import letter_in_path
from mit.web.pages.asking import asked
from mit.web.pages.frame import page

dealer_letters = Blueprint("dealer_letters", __name__, url_prefix="/d")


@dealer_letters.get("/<letter>")
def show(letter: str) -> ResponseReturnValue:
    """Show the verdict on a letter, with what to compare with the bid."""
    wanted = letter_in_path(letter)
    if letter != str(wanted):
        return redirect(context.same_page(f"/d/{wanted}"), 308)
    found = verify_letter(wanted, now=context.now(), on=asked().on)
    return page(
        "public/dealer_letter.html",
        status=404 if "not_found" in found.reasons else 200,
        found=found,
        number=letter,
        is_today=found.own.as_of == context.today(),
        sample=is_sample(found),
    )


def is_sample(found: LetterVerdict) -> bool:
    """Say whether keys of a demonstration signed the letter."""
    return any(notice.code == "sample" for notice in found.own.notices)
