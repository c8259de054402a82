"""Pages for anyone: start, scan, typed number, file, record; no sign-in, no script."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, send_from_directory
from flask.typing import ResponseReturnValue
from werkzeug.routing import PathConverter

from mit.verify.bidder import PERSON
from mit.verify.presentation import read_digits, read_file, read_number, read_text
from mit.verify.scan import verify_shown
from mit.web import context, guards, limits
from mit.web.api.certificates import CREDENTIAL_TYPE, credential_answer, number_in_path
from mit.web.pages.asking import asked
from mit.web.pages.bidder import asked_bidder, known_bidder, letter_named
from mit.web.pages.frame import page
from mit.web.pages.verdict_page import verdict_page


class _Anything(PathConverter):
    """Whatever follows in an address, line ends and slashes too."""

    regex = r"(?s:.+)"
    part_isolating = False


public = Blueprint("public", __name__)
public.record_once(lambda state: state.app.url_map.converters.update(anything=_Anything))


@public.get("/")
def start() -> Response:
    """Show what this is and where to begin."""
    return page("public/start.html")


@public.get("/v/", defaults={"digits": ""})
@public.get("/v/<anything:digits>")
def scan(digits: str) -> Response:
    """Show the verdict on scanned digits; damaged ones get a verdict, too."""
    verdict = verify_shown(read_digits(digits), asked())
    return verdict_page(verdict, door="scan")


@public.get("/verify")
def verify() -> ResponseReturnValue:
    """Show the verdict on what was typed; without anything typed the entry page; lead on to a letter's."""
    typed = request.args.get("number", "").strip()
    if not typed:
        return _entry(is_empty="number" in request.args)
    if letter := letter_named(typed):
        return redirect(context.same_page(f"/d/{letter}", number=""), 303)
    return verdict_page(verify_shown(read_text(typed), asked()), door="number")


@public.post("/verify")
def verify_file() -> Response:
    """Show the verdict on a PDF, a credential file or a picture; it is read and thrown away."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _entry(is_empty=True)
    question = asked()
    with guards.reading_a_file():
        limits.count_file()
        verdict = verify_shown(read_file(upload.read(), name=upload.filename), question)
    return verdict_page(verdict, door="file")


@public.get("/c/<number>")
def record(number: str) -> ResponseReturnValue:
    """Show the record of a certificate, or give the signed bytes to who accepts only those."""
    wanted = number_in_path(number)
    if _wants_credential():
        return _vary_by_accept(credential_answer(wanted))
    if number != str(wanted):
        return redirect(context.same_page(f"/c/{wanted}"), 308)
    verdict = verify_shown(read_number(number), asked())
    bidder = asked_bidder()
    if bidder == PERSON and request.args["bidder"] != PERSON:
        return redirect(context.same_page(bidder=PERSON), 303)
    status = 404 if "not_found" in verdict.reasons else 200
    known = known_bidder(bidder, verdict) if bidder else None
    return _vary_by_accept(verdict_page(verdict, door="record", status=status, bidder=known))


@public.get("/favicon.ico")
def favicon() -> Response:
    """Give our own mark to browsers that ask by habit."""
    return send_from_directory("static", "mark.svg", mimetype="image/svg+xml", max_age=86400)


@public.get("/robots.txt")
def robots() -> Response:
    """Tell search engines to leave verdicts alone."""
    return send_from_directory("static", "robots.txt", max_age=86400)


def _entry(*, is_empty: bool) -> Response:
    megabytes = context.settings().upload_limit_bytes // (1024 * 1024)
    return page("public/entry.html", is_empty=is_empty, upload_megabytes=megabytes)


def _wants_credential() -> bool:
    kinds = request.accept_mimetypes
    return kinds.best_match(["text/html", CREDENTIAL_TYPE], "text/html") == CREDENTIAL_TYPE


def _vary_by_accept(response: Response) -> Response:
    response.vary.add("Accept")
    return response
