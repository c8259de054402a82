"""Answers for machines: JSON as UTF-8, bytes that never change, and their cache rules."""

from __future__ import annotations

import json
from hashlib import sha256

from flask import Response, request

#: An answer that may be out of date the moment it was given.
NO_STORE = "no-store"
#: Bytes that never change under their address.
IMMUTABLE = "public, max-age=31536000, immutable"
#: What is signed with its own instant: as long as the lists' ``ttl``, a minute more while a fresh one
#: is fetched, and for a day while the service is away; the signed ``exp`` ends it in any case.
SIGNED_LIST = "public, max-age=300, stale-while-revalidate=60, stale-if-error=86400"
_NOT_KEPT = [("Cache-Control", NO_STORE)]
#: The headers of a JSON answer that nobody keeps, as ``written_answer`` gives them.
JSON_HEADERS = (("Content-Type", "application/json"), *_NOT_KEPT)
#: The kind of an .xlsx workbook.
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def json_answer(document: object, status: int = 200, *, kind: str = "application/json") -> Response:
    """Return *document* as JSON; a letter that has no UTF-8 form becomes a question mark."""
    return written_answer(_write(document).encode("utf-8", "replace"), status, kind=kind)


def written_answer(body: bytes, status: int = 200, *, kind: str = "application/json") -> Response:
    """Return JSON that is written already; nobody keeps it."""
    return Response(body, status, _NOT_KEPT, content_type=kind)


def lasting_answer(body: bytes, *, kind: str, cache: str, etag: str = "") -> Response:
    """Return *body* with its entity tag (quoted; its hash where none is known); 304 where it is held."""
    answer = Response(body, content_type=kind)
    answer.headers["Cache-Control"] = cache
    answer.headers["ETag"] = etag or f'"{sha256(body).hexdigest()}"'
    answer.make_conditional(request.environ)
    return answer


def case_file_answer(data: bytes, number: str) -> Response:
    """Return a case file to be saved; it holds secret costs, so nobody on the way may keep it."""
    response = Response(data, mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{number}-case.json"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def workbook(data: bytes, name: str) -> Response:
    """Return a workbook to be kept under *name*, which is plain letters, digits, dots and dashes."""
    response = Response(data, mimetype=WORKBOOK)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
