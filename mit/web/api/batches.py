"""API: many presentations at once, as a job with an address."""

from __future__ import annotations

import json
from datetime import timedelta

from flask import Response, request

from mit.errors import Fault, InputError
from mit.i18n import LANGUAGES, say
from mit.lifecycle.retention_rules import retention_rules_on
from mit.values.collecting import without_collecting
from mit.values.thai_date import bangkok_day, parse_iso_day, utc_text
from mit.verify.batch import MOST_FILES, MOST_LINES, SentLine, Standing, begin, find, told
from mit.verify.batch_list import LONGEST_BIDDER, LONGEST_MODEL, tidy
from mit.verify.batch_table import result_json, twins_of
from mit.verify.told_certificate import in_full
from mit.web import context, guards, limits
from mit.web.answers import json_answer, written_answer
from mit.web.api.openapi import described, described_blueprint, json_or_files, operation
from mit.web.json_body import read_json
from mit.web.pages.batch import allow_many, sent_file
from mit.web.schemas.batches import BatchRequestSchema, BatchSchema, BatchStateSchema, BatchUploadSchema

batches = described_blueprint("batches", "Verdicts, many at once", prefix="/api/v1")

#: Results in one answer, unless asked otherwise, and at most.
RESULTS, MOST_RESULTS = 200, 1_000
_MEMBERS = frozenset({"presentations", "on"})
_MEMBERS_OF_LINE = frozenset({"presentation", "bidder", "model"})
_CURL_SEND = """\
curl '{url}/api/v1/verdicts/batch' -i -H 'Content-Type: application/json' \\
     -d '{"presentations": ["MIT-2569-0012345-B", {"presentation": "MIT-2569-0012346-9", "bidder": "Siam"}]}'
curl '{url}/api/v1/verdicts/batch' -i -F file=@'Siam Supply - 1.pdf' -F file=@'Thai Trade - 1.pdf'"""


def _counted(name: str, most: int, description: str, default: int) -> dict[str, object]:
    shape = {"type": "integer", "minimum": 1, "maximum": most, "default": default}
    return {"in": "query", "name": name, "required": False, "description": description, "schema": shape}


@described(
    batches,
    "POST",
    "/verdicts/batch",
    operation(
        "begin_batch",
        {"application/json": BatchStateSchema},
        curl=_CURL_SEND,
        problems=(400, 413, 415, 422, 429),
        success=202,
        requestBody=json_or_files(BatchRequestSchema, BatchUploadSchema),
    ),
)
def begin_batch() -> Response:
    """Take in a batch and say where it will be found."""
    with without_collecting():
        address = _take_in()
    state = _state(address, find(address, now=context.now()))
    response = json_answer(state, 202)
    response.headers["Location"] = f"/api/v1/verdicts/batch/{address}"
    return response


@described(
    batches,
    "GET",
    "/verdicts/batch/<batch_id>",
    operation(
        "batch_results",
        {"application/json": BatchSchema},
        curl="curl '{url}/api/v1/verdicts/batch/6vT…?from=1&count=200'",
        problems=(404, 422),
        parameters=[
            _counted("from", MOST_LINES, "Position of the first result", 1),
            _counted("count", MOST_RESULTS, "Most results in one answer", RESULTS),
        ],
    ),
)
def batch_results(batch_id: str) -> Response:
    """Return how far a batch is, and when it is done its results, some at a time."""
    first, count = _number("from", 1, most=MOST_LINES), _number("count", RESULTS, most=MOST_RESULTS)
    standing = find(batch_id, now=context.now())
    state = json.dumps(_state(batch_id, standing), ensure_ascii=False, separators=(",", ":"))
    results = _results(standing, first, count) if standing.is_done else []
    is_more = standing.is_done and first + count <= standing.total
    following = f"/api/v1/verdicts/batch/{batch_id}?from={first + count}&count={count}" if is_more else None
    parts = (
        state[:-1].encode(),
        b',"results":[',
        b",".join(results),
        b'],"next":',
        json.dumps(following).encode(),
        b"}",
    )
    response = written_answer(b"".join(parts))
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _results(standing: Standing, first: int, count: int) -> list[bytes]:
    lines = told(standing)
    twins = twins_of(lines)
    shown = in_full(lines[first - 1 : first - 1 + count])
    return [result_json(line, twins.get(line.position)) for line in shown]


def _state(address: str, standing: Standing) -> dict[str, object]:
    rules = retention_rules_on(bangkok_day(context.now()))
    kept = timedelta(days=rules.batches_days if rules else 0)
    return {
        "id": address,
        "state": _state_name(standing),
        "problem": _given_up() if standing.is_given_up else None,
        "total": standing.total,
        "done": standing.done,
        "as_of": standing.asked_on.isoformat(),
        "sent_at": utc_text(standing.sent_at),
        "forgotten_at": utc_text(standing.sent_at + kept),
        "address": f"{context.settings().public_url}/verify/batch/{address}",
    }


def _state_name(standing: Standing) -> str:
    if standing.is_done:
        return "done"
    if standing.is_given_up:
        return "given_up"
    return "running" if standing.done else "waiting"


def _given_up() -> dict[str, object]:
    sentence = {language: say("batch.given_up_hint", language) for language in LANGUAGES}
    return {"code": "batch_given_up", "sentence": sentence}


def _begin_with_files() -> str:
    allow_many(files=MOST_FILES)
    with guards.reading_a_file():
        uploads = request.files.getlist("file")
        if not uploads:
            raise InputError("file_missing", where="file")
        _require_known((request.form.keys() | request.files.keys()) - {"file", "on"}, "")
        if len(uploads) > MOST_FILES:
            raise InputError("batch_too_many_files", where="file", most=MOST_FILES)
        on = request.form.get("on")
        return _begin([sent_file(upload) for upload in uploads], on, files=len(uploads))


def _take_in() -> str:
    if request.mimetype == "multipart/form-data":
        return _begin_with_files()
    if request.mimetype == "application/json" or request.mimetype.endswith("+json"):
        return _begin_with_texts()
    raise InputError("media_type")


def _begin_with_texts() -> str:
    members = _json_members()
    presentations = members.get("presentations")
    if not isinstance(presentations, list) or not presentations:
        raise InputError("presentations_missing", where="presentations")
    if len(presentations) > MOST_LINES:
        raise InputError("batch_too_long", where="presentations", most=MOST_LINES)
    on = members.get("on")
    return _begin([_line(at, one) for at, one in enumerate(presentations)], on, files=0)


def _begin(lines: list[SentLine], on: object, *, files: int) -> str:
    if on is not None and not isinstance(on, str):
        raise InputError("day_malformed", where="on", text=str(on)[:40])
    day = parse_iso_day(on, where="on") if on is not None else None
    limits.count_batch(files)
    settings = context.settings()
    return begin(
        lines, on=day, var_dir=settings.var_dir, most_bytes=settings.upload_limit_bytes, now=context.now()
    )


def _line(at: int, told_line: object) -> SentLine:
    """Return one member of ``presentations``: a text, or an object with bidder and model.

    Raises:
        InputError: ``presentation_missing``, ``bidder_malformed``, ``model_malformed``, ``json_members``.
    """
    if isinstance(told_line, str) and told_line and not told_line.isspace():
        return SentLine(told_line)
    where = f"presentations[{at}]"
    members = told_line if isinstance(told_line, dict) else {"presentation": told_line}
    _require_known(members.keys() - _MEMBERS_OF_LINE, f"{where}.")
    shown = members.get("presentation")
    if not isinstance(shown, str) or not shown.strip():
        raise InputError("presentation_missing", where=where)
    bidder, model = members.get("bidder"), members.get("model")
    if bidder is not None and not (isinstance(bidder, str) and len(bidder) <= LONGEST_BIDDER):
        raise InputError("bidder_malformed", where=f"{where}.bidder", longest=LONGEST_BIDDER)
    if model is not None and not (isinstance(model, str) and len(model) <= LONGEST_MODEL and model.strip()):
        raise InputError("model_malformed", where=f"{where}.model", longest=LONGEST_MODEL)
    return SentLine(shown, bidder=tidy(bidder or "", LONGEST_BIDDER), model=(model or "").strip())


def _json_members() -> dict[str, object]:
    request.max_content_length = context.settings().upload_limit_bytes
    try:
        members = read_json(request.get_data())
    except (ValueError, RecursionError) as error:
        raise InputError("body_malformed") from error
    if not isinstance(members, dict):
        raise InputError("json_not_object")
    _require_known(members.keys() - _MEMBERS, "")
    return members


def _require_known(others: set[str], before: str) -> None:
    names = sorted(name[:40] for name in others)
    if names:
        raise InputError("json_members", faults=[Fault("json_member", before + name) for name in names[:20]])


def _number(name: str, default: int, *, most: int) -> int:
    """Return a number of the query.

    Raises:
        InputError: ``number_out_of_range``.
    """
    text = request.args.get(name)
    if text is None:
        return default
    is_number = text.isascii() and text.isdigit() and len(text) < 8
    if not is_number or not 1 <= int(text) <= most:
        raise InputError("number_out_of_range", where=name, most=most)
    return int(text)
