"""Decisions on a case, a page each: recommend, return, refuse, approve.

A page that has become stale says what happened in between and keeps everything that was typed; the
form then refers to what stands now, so that nobody decides on what they did not see.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from mit.accounts.sign_in import is_fresh
from mit.errors import Fault, MitError
from mit.i18n import say
from mit.issuance import approve as approving
from mit.issuance import review
from mit.issuance.study import CaseStudy, study
from mit.issuance.wish import Opinion, ProductDecision, Seen
from mit.lifecycle.application_states import ApplicationAction
from mit.web import context
from mit.web.pages.proof import proof_faults, prove
from mit.web.pages.staff import case_words
from mit.web.pages.staff_frame import case_address, make_room, staff_page
from mit.web.problems import WAYS_IN, status_of

decision = Blueprint("decision", __name__, url_prefix="/staff/applications/<number>")
decision.url_value_preprocessor(make_room)

#: Sentences that officers need again and again: ``staff.canned_<page>_<name>``.
CANNED = {
    "return": ("answer", "evidence", "origin", "english", "figures", "models"),
    "refuse": ("below", "minimal", "no_answer", "not_maker"),
}
_ACTIONS = {
    "recommend": ApplicationAction.RECOMMEND,
    "return": ApplicationAction.RETURN,
    "refuse": ApplicationAction.REFUSE,
    "approve": ApplicationAction.APPROVE,
}
_DONE = {"recommend": "recommended", "return": "returned", "refuse": "refused", "approve": "approved"}


@decision.get("/recommend")
def ask_recommend(number: str) -> Response:
    """Ask for a decision on each product."""
    return _form("recommend", _study(number))


@decision.post("/recommend")
def recommend(number: str) -> ResponseReturnValue:
    """Recommend the products that are kept."""
    found = _study(number)
    if _is_current(found) and (faults := _undecided(found)):
        return _form("recommend", found, status=422, faults=faults)
    try:
        review.recommend(
            context.require_actor(),
            found.view.application_id,
            opinion=Opinion(_seen(), _decisions(found), note=request.form.get("note", "")),
            now=context.now(),
        )
    except MitError as error:
        return _refused("recommend", number, error)
    return _done("recommend", number)


@decision.get("/return")
def ask_return(number: str) -> Response:
    """Ask for what has to be corrected."""
    return _form("return", _study(number))


@decision.post("/return")
def return_case(number: str) -> ResponseReturnValue:
    """Return the application with reasons, and send the questions."""
    return _turn_down("return", number, review.return_with_reasons)


@decision.get("/refuse")
def ask_refuse(number: str) -> Response:
    """Ask why the application is refused for good."""
    return _form("refuse", _study(number))


@decision.post("/refuse")
def refuse(number: str) -> ResponseReturnValue:
    """Refuse the application for good."""
    return _turn_down("refuse", number, review.refuse)


@decision.get("/approve")
def ask_approve(number: str) -> Response:
    """Show what was recommended and what changed since, and ask for the decision."""
    return _form("approve", _study(number))


@decision.post("/approve")
def approve(number: str) -> ResponseReturnValue:
    """Decide all products in one act, with a proof that is not older than five minutes."""
    found = _study(number)
    if _is_current(found):  # a stale form is refused below, whatever else it lacks
        faults = [*_undecided(found), *proof_faults()] or prove(now=context.now())
        if faults:
            return _form("approve", found, status=422, faults=faults)
    try:
        approving.approve(
            context.require_actor(),
            found.view.application_id,
            opinion=Opinion(_seen(), _decisions(found), note=request.form.get("note", "")),
            now=context.now(),
            authority=context.authority(),
        )
    except MitError as error:
        return _refused("approve", number, error)
    return _done("approve", number)


def _turn_down(page: str, number: str, work: Any) -> ResponseReturnValue:
    found = _study(number)
    try:
        work(
            context.require_actor(),
            found.view.application_id,
            reasons=_reasons(page),
            seen=_seen(),
            now=context.now(),
        )
    except MitError as error:
        return _refused(page, number, error)
    return _done(page, number)


def _study(number: str) -> CaseStudy:
    return study(context.require_actor(), number, now=context.now())


def _done(page: str, number: str) -> ResponseReturnValue:
    return redirect(case_address(number, notice=_DONE[page]), 303)


def _refused(page: str, number: str, error: MitError) -> Response:
    """Show the form again: what is wrong, what happened in between, and everything that was typed.

    Raises:
        MitError: *error* itself where no form can help.
    """
    status = status_of(error)
    if error.code in WAYS_IN or status not in {403, 409, 422, 503}:
        raise error
    return _form(page, _study(number), status=status, faults=error.faults)


def _form(page: str, found: CaseStudy, *, status: int = 200, faults: Sequence[Fault] = ()) -> Response:
    """Return the page of a decision; nothing is offered to who may not decide."""
    live = context.require_live()
    is_possible = found.obstacle is None and _ACTIONS[page] in found.view.actions
    seen = _seen()
    return staff_page(
        f"staff/{page}.html",
        status=status,
        faults=faults,
        back=(case_address(found.view.number), say("staff.back_to_case", context.language())),
        is_possible=is_possible,
        obstacle=found.obstacle or (None if is_possible else Fault("case_not_waiting")),
        meanwhile=_meanwhile(found, seen) if request.method == "POST" else (),
        typed=request.form,
        chosen=_chosen(found, page),
        canned=CANNED.get(page, ()),
        page_name=page,
        button=say(f"staff.button_{page}", context.language()),
        button_kind="warning" if page == "refuse" else "",
        needs_proof=not is_fresh(live, now=context.now()),
        **case_words(found),
    )


def _meanwhile(found: CaseStudy, seen: Seen) -> tuple[Any, ...]:
    """Return what was done to the application since the form was shown."""
    return tuple(entry for entry in found.history if entry.version > seen.version)


def _is_current(found: CaseStudy) -> bool:
    """Say whether the form refers to what stands now; the version grows with every change."""
    return _seen().version == found.view.seen.version


def _seen() -> Seen:
    """Return what stood on the officer's screen; a form that does not say it has seen nothing."""
    version = request.form.get("version", "")
    number = int(version) if version.isdecimal() and len(version) < 9 else 0
    return Seen(number, request.form.get("content_digest", "")[:64])


def _chosen(found: CaseStudy, page: str) -> dict[int, tuple[str, str]]:
    """Return for each product what is chosen and why: as typed, else as it was recommended."""
    recommended = {}
    if page == "approve" and found.recommendation:
        recommended = {
            one.position: ("keep" if one.keep else "refuse", one.reason)
            for one in found.recommendation.decisions
        }
    chosen = {}
    for product in found.view.products:
        choice, reason = recommended.get(product.position, ("" if product.meets else "refuse", ""))
        if request.method == "POST":
            choice = request.form.get(f"choice_{product.position}", "")
            reason = request.form.get(f"reason_{product.position}", "")
        chosen[product.position] = (choice, reason)
    return chosen


def _decisions(found: CaseStudy) -> list[ProductDecision]:
    return [
        ProductDecision(
            product.position,
            keep=_is_kept(product.position, meets=bool(product.meets)),
            reason=request.form.get(f"reason_{product.position}", ""),
        )
        for product in found.view.products
    ]


def _is_kept(position: int, *, meets: bool) -> bool:
    choice = request.form.get(f"choice_{position}", "")
    return choice == "keep" or (choice == "" and meets and request.form.get("rest") == "yes")


def _undecided(found: CaseStudy) -> list[Fault]:
    """Return a fault for each product that nothing was chosen for, and each refusal without a reason."""
    faults = []
    for product in found.view.products:
        at = product.position
        choice = request.form.get(f"choice_{at}", "")
        if choice not in {"keep", "refuse"} and not _is_kept(at, meets=bool(product.meets)):
            faults.append(Fault("decision_missing", f"choice_{at}", {"position": at}))
        elif choice == "refuse" and not request.form.get(f"reason_{at}", "").strip():
            faults.append(Fault("decision_without_reason", f"reason_{at}"))
    return faults


def _reasons(page: str) -> str:
    """Return the sentences that were ticked, in both languages, and below them what was typed."""
    ticked = set(request.form.getlist("canned"))
    sentences = [
        f"• {say(f'staff.canned_{page}_{name}', 'th')}\n  {say(f'staff.canned_{page}_{name}', 'en')}"
        for name in CANNED[page]
        if name in ticked
    ]
    return "\n".join([*sentences, request.form.get("reasons", "")]).strip()
