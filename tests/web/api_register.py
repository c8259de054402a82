"""What the register behind the pages has to ask for, and two bugs that must be found in its API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, Response, request

from mit import worker
from mit.store.db import viewing
from mit.verify.batch import SentLine, begin
from tests.support.api_cases import Known
from tests.support.world import rows
from tests.web.office import Office

_BY_NUMBER = "verification.verdict_by_number"


def known_of(office: Office) -> Known:
    """Return everything that the API can be asked for with success."""
    shown = list(office.certificates.values())
    with office.app.app_context(), viewing():
        lists = rows("SELECT DISTINCT list_number FROM status_slots")
    return Known(
        numbers=tuple(one.number for one in shown),
        shown=tuple(text for one in shown for text in (one.number, one.digits, one.credential)),
        files=tuple(one.pdf for one in shown),
        lists=tuple(int(row["list_number"]) for row in lists),
        batches=(_batch(office),),
        letters=tuple(office.letters.values()),
    )


def _batch(office: Office) -> str:
    """Return the address of a batch that is done: everything that can be shown, good and bad."""
    shown = [text for one in office.certificates.values() for text in (one.number, one.digits)]
    lines = [SentLine(text, bidder="A") for text in (*shown, "quatsch")]
    settings, now = office.app.extensions["mit.settings"], office.clock.now()
    with office.app.app_context():
        address = begin(lines, on=None, var_dir=settings.var_dir, most_bytes=1, now=now)
    worker.run_once(office.app, now=now)
    return address


@contextmanager
def sabotaged(app: Flask, bug: str) -> Iterator[None]:
    """Let a view of *app* ``raises`` on one kind of model, or ``says_more`` than is described."""
    view = app.view_functions[_BY_NUMBER]

    def raises(**parts: Any) -> Any:
        if any(sign > "\uffff" for sign in request.args.get("model", "")):
            raise ZeroDivisionError
        return view(**parts)

    def says_more(**parts: Any) -> Any:
        answer = view(**parts)
        body = json.loads(answer.get_data()) | {"local_content": "41.20"}
        return Response(json.dumps(body), content_type="application/json")

    app.view_functions[_BY_NUMBER] = {"raises": raises, "says_more": says_more}[bug]
    try:
        yield
    finally:
        app.view_functions[_BY_NUMBER] = view
