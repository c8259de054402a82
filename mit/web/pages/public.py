"""Pages for anyone: start, scan, typed number, file, record; no sign-in, no script."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, make_response, redirect, render_template, request, send_from_directory
from flask.typing import ResponseReturnValue

from mit.errors import MalformedNumberError, NotAllowedError, NotFoundError
from mit.registry.trust_material import credential_bytes
from mit.values.identifiers import CertificateNumber, parse_certificate_number
from mit.values.thai_date import parse_day
from mit.verify.scan import verify_file as verify_file_now
from mit.verify.scan import verify_number, verify_text
from mit.web import context, guards
from mit.web.answers import IMMUTABLE, lasting_answer
from mit.web.pages.verdict_page import verdict_page

public = Blueprint("public", __name__)

CREDENTIAL_TYPE = "application/vc+jwt"


@public.get("/")
def start() -> str:
    """Show what this is and where to begin."""
    return render_template("public/start.html")


@public.get("/v/", defaults={"digits": ""})
@public.get("/v/<path:digits>")
def scan(digits: str) -> Response:
    """Show the verdict on scanned digits; damaged ones get a verdict, too."""
    verdict = verify_text(digits, on=asked_day(), now=context.now())
    return verdict_page(verdict, door="scan")


@public.get("/verify")
def verify() -> Response:
    """Show the verdict on what was typed; without anything typed the entry page."""
    typed = request.args.get("number", "").strip()
    if not typed:
        return _entry(is_empty="number" in request.args)
    verdict = verify_text(typed, on=asked_day(), now=context.now())
    return verdict_page(verdict, door="number")


@public.post("/verify")
def verify_file() -> Response:
    """Show the verdict on a PDF, a credential file or a picture; it is read and thrown away."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _entry(is_empty=True)
    with guards.reading_a_file():
        verdict = verify_file_now(upload.read(), on=None, now=context.now())
    return verdict_page(verdict, door="file")


@public.get("/c/<number>")
def record(number: str) -> ResponseReturnValue:
    """Show the record of a certificate, or give the signed bytes to who accepts only those."""
    wanted = number_in_path(number)
    if _wants_credential():
        return _vary_by_accept(_credential(wanted))
    if number != str(wanted):
        return redirect(context.same_page(f"/c/{wanted}"), 308)
    verdict = verify_number(number, on=asked_day(), now=context.now())
    status = 404 if "not_found" in verdict.reasons else 200
    return _vary_by_accept(verdict_page(verdict, door="record", status=status))


@public.get("/c/<number>.jwt")
def credential(number: str) -> Response:
    """Give the exact signed bytes; they never change."""
    return _credential(number_in_path(number))


@public.get("/c/<number>.pdf")
def certificate_pdf(number: str) -> Response:
    """Refuse the PDF to everyone who has not signed in as its holder or as staff."""
    credential_bytes(number_in_path(number))
    raise NotAllowedError("sign_in_needed")


@public.get("/favicon.ico")
def favicon() -> Response:
    """Give our own mark to browsers that ask by habit."""
    return send_from_directory("static", "mark.svg", mimetype="image/svg+xml", max_age=86400)


@public.get("/robots.txt")
def robots() -> Response:
    """Tell search engines to leave verdicts alone."""
    return send_from_directory("static", "robots.txt", max_age=86400)


def asked_day() -> date | None:
    """Return the day in ``?on=`` as people type it; None where it is absent or blank.

    Raises:
        InputError: ``day_malformed`` or ``day_year`` (422).
    """
    text = request.args.get("on", "").strip()
    return parse_day(text, where="on") if text else None


def number_in_path(text: str) -> CertificateNumber:
    """Return the certificate number in an address, as forgivingly as a typed one.

    Raises:
        NotFoundError: the address holds no number; the sentence says why.
    """
    try:
        return parse_certificate_number(text)
    except MalformedNumberError as error:
        raise NotFoundError(error.code, where="number", **error.params) from error


def _entry(*, is_empty: bool) -> Response:
    megabytes = context.settings().upload_limit_bytes // (1024 * 1024)
    return make_response(render_template("public/entry.html", is_empty=is_empty, upload_megabytes=megabytes))


def _wants_credential() -> bool:
    kinds = request.accept_mimetypes
    return kinds.best_match(["text/html", CREDENTIAL_TYPE], "text/html") == CREDENTIAL_TYPE


def _credential(number: CertificateNumber) -> Response:
    answer = lasting_answer(credential_bytes(number), kind=CREDENTIAL_TYPE, cache=IMMUTABLE)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _vary_by_accept(response: Response) -> Response:
    response.vary.add("Accept")
    return response
