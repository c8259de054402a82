"""Pages: check the answers, answer the officer's questions, declare and submit."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from mit.errors import ConflictError, Fault, MitError
from mit.issuance import ask, evidence, factory_choice, submission
from mit.issuance.declaration import declaration_on
from mit.issuance.draft_sections import WrittenApplication
from mit.issuance.submission import Signature
from mit.web import context
from mit.web.pages.writing import applicant_page, read, read_whole, refused
from mit.web.problems import sentence

#: With more products, the page of the answers leads to the cost sheets instead of repeating their lines.
MOST_LINES = 2_000
MOST_WITH_LINES = 20

application_submission = Blueprint("application_submission", __name__, url_prefix="/applications")


@application_submission.get("/<number>/company")
def company(number: str) -> Response:
    """Show who applies, as the certificate will name them."""
    written = read(number)
    back = (f"/applications/{number}", "")
    return applicant_page(
        "company.html", written=written, company=factory_choice.company_of(written), back=back
    )


@application_submission.get("/<number>/check")
def check(number: str) -> Response:
    """Show everything once more, and what is missing."""
    return applicant_page("check.html", **_words(read_whole(number)))


@application_submission.get("/<number>/declaration")
def ask_declaration(number: str) -> ResponseReturnValue:
    """Show the declaration; what is incomplete goes back to be checked."""
    written = read(number)
    if not written.is_open or submission.find_missing(written):
        return redirect(f"/applications/{number}/check", 303)
    return applicant_page("declaration.html", **_words(written))


@application_submission.post("/<number>/declaration")
def submit(number: str) -> ResponseReturnValue:
    """Submit; a second click shows the receipt of the first."""
    written = read(number)
    signature = Signature(request.form.get("seen", ""), request.form.get("accepted") == "yes")
    try:
        submission.submit(
            context.require_actor(), number, signature, authority=context.authority(), now=context.now()
        )
    except ConflictError as error:
        if not written.is_open:
            return redirect(f"/applications/{number}/receipt", 303)
        return refused("declaration.html", error, **_words(read(number)))
    except MitError as error:
        return _refused(number, error)
    return redirect(f"/applications/{number}/receipt", 303)


def _refused(number: str, error: MitError) -> Response:
    """Show what is missing on the page of the answers, and what else is wrong at the declaration."""
    if error.code == "application_incomplete":
        return applicant_page("check.html", status=422, **_words(read_whole(number)))
    words = _words(read(number))
    if error.code != "submission_not_certifiable":
        return refused("declaration.html", error, **words)
    language = context.language()
    faults = [
        Fault("at_place", "", {"place": fault.where, "sentence": sentence(fault, language)})
        for fault in error.faults
    ]
    return applicant_page("declaration.html", status=422, faults=faults, **words)


@application_submission.get("/<number>/questions")
def ask_questions(number: str) -> Response:
    """Show what the officer asked, and what may be changed for it."""
    written = read(number)
    return applicant_page("questions.html", written=written, typed={}, back=(f"/applications/{number}", ""))


@application_submission.post("/<number>/questions/<int:index>")
def answer(number: str, index: int) -> ResponseReturnValue:
    """Answer one question."""
    written, words = read(number), request.form.get("answer", "")
    question = next((one for one in written.opened.questions if one.index == index), None)
    shown: dict[str, Any] = {
        "written": written,
        "typed": {index: words},
        "back": (f"/applications/{number}", ""),
    }
    if question is None:
        return applicant_page("questions.html", status=422, faults=[Fault("question_closed", "")], **shown)
    try:
        ask.answer_question(
            context.require_actor(),
            written.application_id,
            question.question_id,
            answer=words,
            now=context.now(),
        )
    except MitError as error:
        faults = [Fault(fault.code, f"answer-{index}", fault.params) for fault in error.faults]
        return refused(
            "questions.html", type(error)(error.code, where=faults[0].where, **error.params), **shown
        )
    return redirect(f"/applications/{number}/questions?notice=answered", 303)


def _words(written: WrittenApplication) -> dict[str, Any]:
    number = written.number
    files = evidence.listed(context.require_actor(), number)
    return {
        "written": written,
        "missing": submission.find_missing(written) if written.is_open else (),
        "files": [file for file in files if not file.is_gone],
        "company": factory_choice.company_of(written),
        "has_lines": _are_few(written),
        "declaration": declaration_on(context.today()),
        "back": (f"/applications/{number}", ""),
    }


def _are_few(written: WrittenApplication) -> bool:
    """Say whether products and lines are few enough to be shown on one page, where the sheets were read."""
    if len(written.products) > MOST_WITH_LINES:
        return False
    read = [product.sheet for product in written.products if product.sheet.kept is not None]
    return sum(len(sheet.content["lines"]) for sheet in read) <= MOST_LINES
