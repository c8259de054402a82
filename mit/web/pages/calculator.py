"""Pages for anyone: what is the domestic share, and what would it take?  Nothing typed here is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from mit.criteria.explain import explain_formula, explain_overrides
from mit.errors import Fault
from mit.issuance.carry import carry
from mit.issuance.typed import Typed, as_typed
from mit.issuance.weigh import Weighed, calculate
from mit.roles.actor import Role
from mit.roles.permissions import holds_role
from mit.web import context
from mit.web.pages.cost_picture import HEIGHT, WIDTH, pieces
from mit.web.pages.frame import page
from mit.web.pages.what_if_words import what_if_words
from mit.web.pages.writing import FIRST_ROWS, MORE_ROWS, applicant_page, place_words, rules, sent

calculator = Blueprint("calculator", __name__, url_prefix="/calculator")

#: Most lines of a calculation.
MOST_LINES = 200
_FIELDS_OF_A_LINE = ("kind", "name", "amount", "origin", "hs_code")
_MOST_FORM_PARTS = (MOST_LINES + MORE_ROWS) * len(_FIELDS_OF_A_LINE) + 20
_LARGEST_FORM_BYTES = 512 * 1024


@calculator.url_value_preprocessor
def take_many_lines(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the form have its lines, and no more; set before it is read."""
    request.max_form_parts = _MOST_FORM_PARTS
    request.max_form_memory_size = request.max_content_length = _LARGEST_FORM_BYTES


@calculator.get("")
def ask() -> Response:
    """Ask for a price and its parts."""
    return _page({}, Weighed())


@calculator.post("")
def answer() -> Response:
    """Show what comes of what was typed, or what is wrong with it."""
    content = _typed()
    weighed = _weigh(content)
    is_adding = request.form.get("act") == "add"
    faults = () if is_adding else weighed.faults
    return _page(content, weighed, status=422 if faults else 200, faults=faults)


@calculator.post("/answer")
def answer_alone() -> Response:
    """Show what comes of what stands in the form, without the form."""
    return page("applicant/calculator_answer.html", place=place_words, **_answer_words(_weigh(_typed())))


@calculator.post("/application")
def begin_application() -> ResponseReturnValue:
    """Begin an application whose first product has this cost sheet."""
    content = _typed()
    if len(content["lines"]) > MOST_LINES:
        weighed = _weigh(content)
        return _page(content, weighed, status=422, faults=weighed.faults)
    begun = carry(context.require_actor(), _hs_code(), content, rule_set=rules(), now=context.now())
    return redirect(f"/applications/{begun.number}?notice=carried", 303)


def _typed() -> Typed:
    """Return what was sent; only the fields that the form has."""
    content = as_typed("sheet", sent("sheet"))
    kept = content["lines"][: MOST_LINES + 1]  # the form itself never sends more
    lines = [{name: row[name] for name in _FIELDS_OF_A_LINE} for row in kept]
    return as_typed("sheet", content | {"lines": lines, "process": ""})


def _hs_code() -> str:
    return request.form.get("hs_code", "")


def _hs_codes() -> list[str]:
    return [row["hs_code"] for row in _typed()["lines"]]


def _weigh(content: Typed) -> Weighed:
    if len(content["lines"]) > MOST_LINES:
        return Weighed((Fault("list_too_long", f"lines[{MOST_LINES}].kind", {"limit": MOST_LINES}),))
    return calculate(rules(), _hs_code(), content)


def _page(content: Typed, weighed: Weighed, *, status: int = 200, faults: Sequence[Fault] = ()) -> Response:
    shape = as_typed("sheet", content)
    rows = MORE_ROWS if request.form.get("act") == "add" else FIRST_ROWS["lines"]
    empty = 1 if shape["lines"] and rows != MORE_ROWS else rows
    return applicant_page(
        "calculator.html",
        status=status,
        faults=faults,
        typed=shape,
        hs_code=_hs_code(),
        empty_rows=max(0, min(empty, MOST_LINES - len(shape["lines"]))),
        most_lines=MOST_LINES,
        **_answer_words(weighed),
    )


def _answer_words(weighed: Weighed) -> dict[str, Any]:
    """Return what the answer shows: formulas written out, what would change them, the price's parts."""
    actor, found = context.actor(), weighed.assessment
    is_maker = actor is not None and holds_role(actor, Role.MANUFACTURER)
    words: dict[str, Any] = {
        "weighed": weighed,
        "has_content": bool(weighed.faults or found),
        "can_carry": is_maker and actor is not None and actor.organisation_id is not None,
        "is_signed_in": actor is not None,
        "lacks_hs_code": not _hs_code().strip(),
    }
    if found is None:
        return words
    written = {one.id: explain_formula(found, one.id, context.language()) for one in found.formulas}
    picture = {"pieces": pieces(found.figures), "width": WIDTH, "height": HEIGHT}
    words |= {
        "written": written,
        "picture": picture,
        "overrides": explain_overrides(found, context.language()),
    }
    return words | what_if_words(found, _hs_codes())
