"""What an officer does while working on a case: take it, give it back, note, ask.  Each is one POST."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from mit.errors import MitError
from mit.issuance import ask as questions
from mit.issuance import note as notes
from mit.issuance import take as holds
from mit.web import context
from mit.web.pages.staff import show_case
from mit.web.pages.staff_frame import case_address, make_room
from mit.web.problems import status_of

casework = Blueprint("casework", __name__, url_prefix="/staff/applications/<number>")
casework.url_value_preprocessor(make_room)

#: What stands for "about the whole application" where a product is chosen.
_WHOLE = "0"
#: Fields of the page in which people write; each button of the page sends them all.
_TYPED = ("note", "question", "question_line")


@casework.post("/take")
def take(number: str) -> ResponseReturnValue:
    """Take the case, or take it over from whoever the page named."""
    try:
        holds.take(
            context.require_actor(),
            number,
            now=context.now(),
            instead_of=request.form.get("instead_of", "")[:254],
        )
    except MitError as error:
        return _refused(number, error)
    return _back(number, "taken")


@casework.post("/release")
def release(number: str) -> ResponseReturnValue:
    """Give the case back to the queue."""
    holds.release(context.require_actor(), number, now=context.now())
    return _back(number, "released")


@casework.post("/notes")
def note(number: str) -> ResponseReturnValue:
    """Write a note for staff."""
    try:
        notes.write_note(
            context.require_actor(),
            number,
            request.form.get("note", ""),
            now=context.now(),
            product_position=_product(request.form.get("note_product", "")),
        )
    except MitError as error:
        return _refused(number, error)
    return _back(number, "noted", done="note")


@casework.post("/questions")
def ask(number: str) -> ResponseReturnValue:
    """Write down a question to the applicant."""
    asked = questions.Question(
        product_position=_product(request.form.get("question_product", "")),
        place=_place(),
        words=request.form.get("question", ""),
    )
    try:
        questions.ask(context.require_actor(), number, asked, now=context.now())
    except MitError as error:
        return _refused(number, error)
    return _back(number, "asked", done="question")


@casework.post("/questions/<uuid:question_id>/drop")
def drop(number: str, question_id: UUID) -> ResponseReturnValue:
    """Take a question back that was not sent yet."""
    try:
        questions.drop_question(context.require_actor(), number, question_id, now=context.now())
    except MitError as error:
        return _refused(number, error)
    return _back(number, "dropped")


def _back(number: str, notice: str, *, done: str = "") -> ResponseReturnValue:
    """Lead back to the case; where something else was typed, show the case with it still in its fields."""
    typed = {name: text for name, text in request.form.items() if not (done and name.startswith(done))}
    if any(typed.get(name, "").strip() for name in _TYPED):
        return show_case(number, typed=typed, notice=notice)
    shown = request.args.get("product", "")
    more = {"product": shown} if shown.isdecimal() and len(shown) < 4 else {}
    return redirect(case_address(number, notice=notice, **more), 303)


def _refused(number: str, error: MitError) -> Response:
    """Show the case as it stands now, with what is wrong and all that was typed."""
    if status_of(error) not in {409, 422, 403}:
        raise error
    return show_case(number, status=status_of(error), faults=error.faults, typed=request.form)


def _product(text: str) -> int | None:
    """Return which product was chosen; -1, which no product is, for what cannot be one."""
    if text in {"", _WHOLE}:
        return None
    return int(text) if text.isdecimal() and len(text) < 4 else -1


def _place() -> str:
    """Return what the question is about: the line where one was typed, else what was chosen."""
    line = request.form.get("question_line", "").strip()
    if line:
        return f"lines[{int(line)}]" if line.isdecimal() and len(line) < 6 else "lines[]"
    return request.form.get("question_place", "")[:60]
