"""API: verify one certificate, by its number or by what was shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from flask import Response, request

from mit.credential.coverage_question import LONGEST_ASKED
from mit.errors import Fault, InputError
from mit.values.thai_date import parse_iso_day
from mit.verify.bidder import answer_bidder, read_bidder
from mit.verify.days import DAYS
from mit.verify.presentation import read_file, read_number, read_text
from mit.verify.question import Question
from mit.verify.scan import verify_shown
from mit.verify.verdict import Verdict
from mit.verify.verdict_json import verdict_json, with_member
from mit.web import context, guards, limits, metrics
from mit.web.answers import written_answer
from mit.web.api.openapi import (
    ASKED_BIDDER,
    ASKED_DAY,
    ASKED_DAYS,
    ASKED_MODEL,
    described,
    described_blueprint,
    json_or_files,
    operation,
)
from mit.web.json_body import read_json
from mit.web.schemas.certificates import PresentationSchema, UploadSchema, VerdictSchema

verification = described_blueprint("verification", "Verdicts", prefix="/api/v1")

#: Largest JSON body: a credential of 200 products is below 200 kB.
LARGEST_JSON_BYTES = 1024 * 1024
_CURL_PRESENTATION = """\
curl '{url}/api/v1/verdicts' -H 'Content-Type: application/json' \\
     -d '{"presentation": "MIT-2569-0012345-B", "on": "2026-11-25"}'
curl '{url}/api/v1/verdicts' -F file=@certificate.pdf"""
_MEMBERS = frozenset({"presentation", "on", "model"})
_PARTS = frozenset({"file", "on", "model"})


@described(
    verification,
    "GET",
    "/certificates/<number>/verdict",
    operation(
        "verdict_by_number",
        {"application/json": VerdictSchema},
        curl="curl '{url}/api/v1/certificates/MIT-2569-0012345-B/verdict?on=2026-11-25'",
        problems=(422, 429),
        parameters=[ASKED_DAY, *ASKED_DAYS, ASKED_MODEL, ASKED_BIDDER],
    ),
)
def verdict_by_number(number: str) -> Response:
    """Return the verdict on a certificate number; with named days, the answer on each beside it.

    With ``bidder`` it says what is known of that company, too.
    """
    bidder = read_bidder(_parameter("bidder") or "")
    question = Question(context.now(), asked_day(), _model(_parameter("model")), tuple(_asked_days()))
    verdict = verify_shown(read_number(number), question)
    if not bidder:
        return _answer(verdict)
    if bidder.isdecimal():
        limits.count_bidder()
    metrics.count_verdict(verdict, door="api")
    known = answer_bidder(bidder, verdict, now=context.now())
    return written_answer(with_member(verdict_json(verdict), "bidder", known.to_document()))


@described(
    verification,
    "POST",
    "/verdicts",
    operation(
        "verdict_on_presentation",
        {"application/json": VerdictSchema},
        curl=_CURL_PRESENTATION,
        problems=(400, 413, 415, 422, 429),
        requestBody=json_or_files(PresentationSchema, UploadSchema),
    ),
)
def verdict_on_presentation() -> Response:
    """Return the verdict on a presentation: JSON, or a file as multipart/form-data."""
    if request.mimetype == "multipart/form-data":
        return _verdict_on_file()
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise InputError("media_type")
    members = _json_members()
    presentation = members.get("presentation")
    if not isinstance(presentation, str) or not presentation.strip():
        raise InputError("presentation_missing", where="presentation")
    on = _day(members["on"]) if "on" in members else asked_day()
    model = _model(members.get("model", _parameter("model")))
    return _answer(verify_shown(read_text(presentation), _question(on, model)))


def _verdict_on_file() -> Response:
    uploads = request.files.getlist("file")
    if len(uploads) != 1:
        raise InputError("file_missing", where="file")
    _require_known((request.form.keys() | request.files.keys()) - _PARTS)
    on = _day(request.form["on"]) if "on" in request.form else asked_day()
    model = _model(request.form.get("model", _parameter("model")))
    with guards.reading_a_file():
        limits.count_file()
        return _answer(verify_shown(read_file(uploads[0].read()), _question(on, model)))


def _question(on: date | None, model: str | None) -> Question:
    return Question(context.now(), on, model, public_url=context.settings().public_url)


def _answer(verdict: Verdict) -> Response:
    metrics.count_verdict(verdict, door="api")
    return written_answer(verdict_json(verdict))


def asked_day() -> date | None:
    """Return the day that the address asks about; None where it names none.

    Raises:
        InputError: ``day_malformed``.
    """
    text = _parameter("on")
    return None if text is None else parse_iso_day(text, where="on")


def _asked_days() -> Iterator[tuple[str, date]]:
    for name in DAYS:
        text = _parameter(name)
        if text is not None:
            yield name, parse_iso_day(text, where=name)


def _parameter(name: str) -> str | None:
    """Return a query parameter; most requests have none, and then nothing is parsed."""
    return request.args.get(name) if request.environ.get("QUERY_STRING") else None


def _day(value: object) -> date | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise InputError("day_malformed", where="on", text=str(value)[:40])
    return parse_iso_day(value, where="on")


def _model(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value.strip()) <= LONGEST_ASKED:
        raise InputError("model_malformed", where="model", longest=LONGEST_ASKED)
    return value.strip()


def _json_members() -> dict[str, object]:
    request.max_content_length = min(LARGEST_JSON_BYTES, context.settings().upload_limit_bytes)
    try:
        members = read_json(request.get_data())
    except (ValueError, RecursionError) as error:
        raise InputError("body_malformed") from error
    if not isinstance(members, dict):
        raise InputError("json_not_object")
    _require_known(members.keys() - _MEMBERS)
    return members


def _require_known(others: Iterable[str]) -> None:
    """Refuse members that nobody knows: whoever misspelled ``model`` asked about it.

    Raises:
        InputError: ``json_members`` with each of them.
    """
    names = sorted(name[:40] for name in others)
    if names:
        raise InputError("json_members", faults=[Fault("json_member", name) for name in names[:20]])
