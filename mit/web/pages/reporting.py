"""Pages for anyone: report a suspicion about a certificate or about a site that looks like ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, request

from mit.errors import Fault, InputError
from mit.issuance.report import Reported, check_reported, report
from mit.lifecycle.suspicions import LONGEST_CONTACT, LONGEST_NUMBER, LONGEST_WORDS, Suspicion
from mit.web import context, limits
from mit.web.pages.frame import page

reporting = Blueprint("reporting", __name__)

_FIELDS = ("suspicion", "shown_number", "words", "contact", "consents")


@reporting.get("/report")
def ask() -> Response:
    """Ask what is wrong; the number that was looked at may stand in the address."""
    return _page({"shown_number": request.args.get("number", "")[:LONGEST_NUMBER]})


@reporting.post("/report")
def send() -> Response:
    """Take the report and give its receipt."""
    typed = {name: request.form.get(name, "") for name in _FIELDS}
    reported = Reported(
        suspicion=typed["suspicion"],
        shown_number=typed["shown_number"],
        words=typed["words"],
        contact=typed["contact"],
        consents=typed["consents"] == "yes",
        language=context.language(),
    )
    try:
        check_reported(reported)
    except InputError as error:
        return _page(typed, status=422, faults=error.faults)
    limits.count_report()
    receipt = report(reported, now=context.now())
    return page("public/reported.html", receipt=receipt)


def _page(typed: dict[str, str], *, status: int = 200, faults: Sequence[Fault] = ()) -> Response:
    words: dict[str, Any] = {
        "typed": typed,
        "faults": faults,
        "suspicions": tuple(Suspicion),
        "longest": {"shown_number": LONGEST_NUMBER, "words": LONGEST_WORDS, "contact": LONGEST_CONTACT},
    }
    return page("public/report.html", status=status, **words)
