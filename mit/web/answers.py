"""Answers for machines: JSON as UTF-8, bytes that never change, and their cache rules."""

from __future__ import annotations

import json
from hashlib import sha256

from flask import Response, request

#: An answer that may be out of date the moment it was given.
NO_STORE = "no-store"
#: Bytes that never change under their address.
IMMUTABLE = "public, max-age=31536000, immutable"
#: What is signed with its own instant: short-lived, and kept while the service is away.
SIGNED_LIST = "public, max-age=300, stale-if-error=86400"


def json_answer(document: object, status: int = 200, *, kind: str = "application/json") -> Response:
    """Return *document* as JSON; a letter that has no UTF-8 form becomes a question mark."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    answer = Response(text.encode("utf-8", "replace"), status, content_type=kind)
    answer.headers["Cache-Control"] = NO_STORE
    return answer


def lasting_answer(body: bytes, *, kind: str, cache: str, etag: str = "") -> Response:
    """Return *body* with its entity tag (quoted; its hash where none is known); 304 where it is held."""
    answer = Response(body, content_type=kind)
    answer.headers["Cache-Control"] = cache
    answer.headers["ETag"] = etag or f'"{sha256(body).hexdigest()}"'
    answer.make_conditional(request.environ)
    return answer
