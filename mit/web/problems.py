"""Every error as a problem document (RFC 9457) or as a page, in two languages, with a reference.

Here stands the only table from error class to HTTP status, and one of the three broad ``except`` of
the house: what nobody foresaw becomes a 500 with a reference, its trace goes to the log alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from flask import Flask, Response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, MethodNotAllowed, TooManyRequests
from werkzeug.http import HTTP_STATUS_CODES

from mit import errors
from mit.errors import Fault, MitError
from mit.i18n import LANGUAGES, Language, knows, say, say_both, say_error
from mit.upkeep.readiness import UNREACHABLE
from mit.web import context
from mit.web.answers import json_answer
from mit.web.metrics import log
from mit.web.pages.frame import page
from mit.web.targets import here, with_next

T = TypeVar("T")

#: From error class to status; the nearest ancestor of an error decides.
STATUS_OF: Mapping[type[MitError], int] = {
    errors.InputError: 422,
    errors.NotAllowedError: 403,
    errors.NotFoundError: 404,
    errors.ConflictError: 409,
    errors.LintError: 422,
    errors.KeyUnavailableError: 503,
    errors.MitError: 500,
}
#: Codes whose fault lies in the form of the request and not in what it says.
STATUS_OF_CODE: Mapping[str, int] = {
    "host_not_trusted": 400,
    "body_malformed": 400,
    "media_type": 415,
    "asked_too_often": 429,
    "file_readers_busy": 429,
    "register_unreachable": 503,
    "sign_in_delayed": 429,
    "sign_in_needed": 403,
}
#: The stable codes of errors that have no class of ours.
CODE_OF_STATUS: Mapping[int, str] = {
    400: "bad_request",
    401: "sign_in_needed",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    408: "timeout",
    409: "conflict",
    411: "length_required",
    412: "precondition_failed",
    413: "too_large",
    414: "uri_too_long",
    415: "unsupported_media_type",
    416: "range_not_satisfiable",
    422: "unprocessable",
    429: "too_many_requests",
    431: "header_too_large",
    500: "internal",
    501: "not_implemented",
    503: "unavailable",
}
#: What a person lacks → the page where they get it.
WAYS_IN: Mapping[str, str] = {
    "sign_in_needed": "/sign-in",
    "code_needed": "/sign-in/code",
    "set_up_needed": "/account/second-factor",
    "proof_needed": "/sign-in/again",
}
PROBLEM = "application/problem+json"
_RETRY_AFTER_SECONDS = {429: 5, 503: 30}
_MACHINE_PREFIXES = (
    "/api/",
    "/.well-known/",
    "/contexts/",
    "/status/",
    "/log/",
    "/healthz",
    "/readyz",
    "/metrics",
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, ready to be shown: status, code, every fault, extra headers."""

    status: int
    code: str
    faults: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def sentence(self, language: Language) -> str:
        """Return what is wrong, in one sentence."""
        if self.faults:
            return sentence(Fault(self.code, params=self.faults[0].params), language)
        return say(f"web.problem_{self.code}", language)

    def to_document(self) -> dict[str, object]:
        """Return the problem as RFC 9457 has it, with the sentences in both languages beside."""
        return {
            "type": f"urn:mit:problem:{self.code}",
            "title": HTTP_STATUS_CODES.get(self.status, "Error"),
            "status": self.status,
            "code": self.code,
            "detail": self.sentence(context.language()),
            "sentence": {language: self.sentence(language) for language in LANGUAGES},
            "next_step": say_both(f"web.next_{_known_status(self.status)}"),
            "reference": context.reference(),
            "errors": [
                {
                    "code": fault.code,
                    "where": fault.where,
                    "sentence": {language: sentence(fault, language) for language in LANGUAGES},
                }
                for fault in self.faults
            ],
        }


def set_up(app: Flask) -> None:
    """Answer every error of *app* with a problem document or a page."""
    app.register_error_handler(MitError, _answer_ours)
    app.register_error_handler(HTTPException, _answer_http)
    for kind in UNREACHABLE:
        app.register_error_handler(kind, _answer_unreachable)
    app.register_error_handler(Exception, _answer_unforeseen)


def sentence(fault: Fault, language: Language) -> str:
    """Return a fault's sentence; that of its status where no catalogue knows its code."""
    if said := say_error(fault.code, language, fault.params):
        return said
    key = f"web.problem_{fault.code}"
    return say(key if knows(key) else "web.problem_internal", language)


def status_of(error: MitError) -> int:
    """Return the HTTP status of an error of ours."""
    if error.code in STATUS_OF_CODE:
        return STATUS_OF_CODE[error.code]
    return next(STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF)


def retry_after_seconds(error: MitError) -> int:
    """Return after how many seconds to try again where an error says so; else 0."""
    return int(error.params.get("minutes", 0)) * 60


def or_nothing(work: Callable[[], T]) -> T | None:
    """Return what *work* returns; None where it fails in any way.

    For a shorter way beside the usual one, which meets the same failure again and answers for it.
    """
    try:
        return work()
    except Exception:  # noqa: BLE001 - nothing is lost: the usual way says what went wrong
        return None


def _answer_ours(error: MitError) -> ResponseReturnValue:
    if error.code in WAYS_IN and _is_led():
        return redirect(with_next(WAYS_IN[error.code], here()), 303)
    status = status_of(error)
    if status >= 500:
        log.error("failed", id=context.reference(), code=error.code, exc_info=error)
        return _answer(Problem(status, CODE_OF_STATUS[status]))
    headers = {"Retry-After": str(seconds)} if (seconds := retry_after_seconds(error)) else {}
    return _answer(Problem(status, error.code, error.faults, headers))


def _answer_http(error: HTTPException) -> Response | HTTPException:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    status = _known_status(error.code)
    headers = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    if isinstance(error, TooManyRequests) and error.retry_after:
        headers["Retry-After"] = str(error.retry_after)
    return _answer(Problem(status, CODE_OF_STATUS[status], headers=headers))


def _answer_unreachable(error: Exception) -> Response:
    log.error("database unreachable", id=context.reference(), code="unavailable", exc_info=error)
    return _answer(Problem(503, "unavailable"))


def _answer_unforeseen(error: Exception) -> Response:
    log.error("failed", id=context.reference(), code="internal", exc_info=error)
    return _answer(Problem(500, "internal"))


def _answer(problem: Problem) -> Response:
    if _wants_page():
        answer = page("problem.html", status=problem.status, problem=problem, fault_sentence=sentence)
    else:
        answer = json_answer(problem.to_document(), problem.status, kind=PROBLEM)
    answer.headers.update(problem.headers)
    if problem.status in _RETRY_AFTER_SECONDS:
        answer.headers.setdefault("Retry-After", str(_RETRY_AFTER_SECONDS[problem.status]))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _is_led() -> bool:
    """Say whether to lead to the page where one gets what is lacking: a person, who asked for a page."""
    is_file = request.path.endswith(".pdf") and "text/html" not in request.headers.get("Accept", "")
    return _wants_page() and not is_file


def _wants_page() -> bool:
    if request.path.startswith(_MACHINE_PREFIXES) or request.path.endswith(".jwt"):
        return False
    best = request.accept_mimetypes.best_match(["text/html", PROBLEM, "application/json"], "text/html")
    return best == "text/html"


def _known_status(status: int) -> int:
    if status in CODE_OF_STATUS:
        return status
    return 500 if status >= 500 else 400
