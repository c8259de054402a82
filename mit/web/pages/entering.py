"""What the pages of signing in share: what was typed, how a refusal is shown, where one goes next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from mit.accounts.sign_in import SignedIn
from mit.errors import Fault, MitError
from mit.web import sessions
from mit.web.pages.frame import office_page
from mit.web.problems import WAYS_IN, retry_after_seconds, status_of
from mit.web.targets import asked_target, with_next

#: Where people go who came without a wish: to the room of their roles.
HOME = "/account/home"
#: What is still owed → the page that asks for it.
PAGES_OF_STAGES = {"code": "/sign-in/code", "set_up": "/account/second-factor"}


def typed(*names: str) -> dict[str, str]:
    """Return the fields of the form that was sent, by name, nothing cut off; empty where one is missing."""
    return {name: request.form.get(name, "") for name in names}


def missing(fields: dict[str, str], *names: str) -> list[Fault]:
    """Return a fault for each of these fields that is empty."""
    return [Fault("text_missing", name) for name in names if not fields[name].strip()]


def form_page(template: str, *, status: int = 200, faults: Sequence[Fault] = (), **words: Any) -> Response:
    """Return a page with a form; ``target`` is where one wanted to go."""
    return office_page(template, status=status, faults=faults, target=asked_target(), **words)


def refused(template: str, error: MitError, **words: Any) -> Response:
    """Return the form again with what is wrong, and with what was typed.

    Raises:
        MitError: *error* itself where no form can help: one has to sign in, or it is our fault.
    """
    status = status_of(error)
    if error.code in WAYS_IN or status >= 500:
        raise error
    response = form_page(template, status=status, faults=error.faults, **words)
    if seconds := retry_after_seconds(error):
        response.headers["Retry-After"] = str(seconds)
    return response


def incomplete(template: str, faults: Sequence[Fault], **words: Any) -> Response:
    """Return the form again because fields of it cannot be taken."""
    return form_page(template, status=422, faults=faults, **words)


def go_on(signed_in: SignedIn) -> ResponseReturnValue:
    """Let the browser hold the session, and lead to what is owed or to where one wanted to go."""
    sessions.current().take(signed_in)
    target = asked_target()
    if signed_in.stage in PAGES_OF_STAGES:
        return redirect(with_next(PAGES_OF_STAGES[signed_in.stage], target), 303)
    return redirect(target or HOME, 303)
