"""The short way for the two plain questions of machines: answered before Flask, letter for letter alike.

On a bid day nearly every request asks for one verdict and nothing else.  Flask's own way costs more
than the verdict, so these are answered by the same work functions straight from the WSGI layer.  The
register's row is read in each; whatever is not plain (a day, a model, a file, an error, an address that
is not ours) is Flask's.
"""

from __future__ import annotations

import io
from functools import partial
from typing import Any

from flask import Flask

from mit.values.clock import Clock
from mit.verify.foreign import is_foreign
from mit.verify.memory import Memory
from mit.verify.presentation import Presentation, ShownQr, read_number, read_text
from mit.verify.said import say
from mit.web import metrics, problems
from mit.web.json_body import read_json
from mit.web.limits import limits_of

Environ = dict[str, Any]

#: The routes that are answered here, as Flask's map has them.
BY_NUMBER = "/api/v1/certificates/<number>/verdict"
BY_PRESENTATION = "/api/v1/verdicts"
_BEFORE_NUMBER, _BEHIND_NUMBER = BY_NUMBER.split("<number>")
_LARGEST_BODY_BYTES = 4096
#: The envelopes in bodies that were read before, none in an address that is foreign, by our own address and
#: the body; still unchecked: an answer needs the register in any case.
_qr_bodies: Memory[tuple[str, bytes], ShownQr] = Memory(32 * 1024 * 1024)
#: What a kept envelope takes beside its bytes.
_OVERHEAD_BYTES = 600


class QuickLane:
    """Answers plain questions for verdicts on behalf of *app*."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._clock: Clock = app.extensions["mit.clock"]
        self._limits = limits_of(app)
        self._public_url: str = app.extensions["mit.settings"].public_url

    def answer(self, environ: Environ) -> bytes | None:
        """Return the JSON verdict; None where the question is for Flask, whose request is untouched."""
        if environ.get("QUERY_STRING"):
            return None
        if environ["REQUEST_METHOD"] == "GET":
            return self._by_number(environ)
        if environ["REQUEST_METHOD"] == "POST" and environ.get("PATH_INFO") == BY_PRESENTATION:
            return self._by_presentation(environ)
        return None

    def _by_number(self, environ: Environ) -> bytes | None:
        path: str = environ.get("PATH_INFO", "")
        if not (path.startswith(_BEFORE_NUMBER) and path.endswith(_BEHIND_NUMBER)):
            return None
        number = path[len(_BEFORE_NUMBER) : -len(_BEHIND_NUMBER)]
        if not number or "/" in number or not number.isascii():
            return None
        return self._say(environ, BY_NUMBER, read_number(number))

    def _by_presentation(self, environ: Environ) -> bytes | None:
        body = _small_body(environ)
        shown = _read(body, self._public_url) if body is not None else None
        return self._say(environ, BY_PRESENTATION, shown) if shown is not None else None

    def _say(self, environ: Environ, route: str, shown: Presentation) -> bytes | None:
        if not self._limits.has_verdict_left(environ.get("REMOTE_ADDR", "")):
            return None
        now = self._clock.now()
        with self._app.app_context():
            said = problems.or_nothing(partial(say, shown, now=now))
        if said is None:
            return None
        metrics.count_answer(said.answer, said.reason, door="api", now=now)
        environ["mit.route"] = route
        return said.spelled.known_at(now)


def forget_read() -> None:
    """Forget every body; for tests and measurements."""
    _qr_bodies.clear()


def _small_body(environ: Environ) -> bytes | None:
    """Return a small JSON body, which Flask can read again; None where it is none."""
    length: str = environ.get("CONTENT_LENGTH", "")
    if environ.get("CONTENT_TYPE") != "application/json" or not (length.isascii() and length.isdigit()):
        return None
    if len(length) > len(str(_LARGEST_BODY_BYTES)) or int(length) > _LARGEST_BODY_BYTES:
        return None
    body: bytes = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _read(body: bytes, public_url: str) -> Presentation | None:
    """Return what the only member of a JSON body shows; None where there is more to it, or a foreign host."""
    place = public_url, body
    known = _qr_bodies.get(place)
    if known is not None:
        return known
    text = _plain_presentation(body)
    shown = read_text(text) if text is not None else None
    if shown is None or is_foreign(shown, public_url):
        return None
    if isinstance(shown, ShownQr):
        _qr_bodies.keep(place, shown, weight_bytes=_OVERHEAD_BYTES + len(body) + 2 * len(shown.data))
    return shown


def _plain_presentation(body: bytes) -> str | None:
    """Return the only member of a JSON body; None where there is more to it."""
    try:
        members = read_json(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(members, dict) or members.keys() != {"presentation"}:
        return None
    text = members["presentation"]
    return text if isinstance(text, str) and text.strip() else None
