"""Who is signed in and where they may go, as the masthead shows it; and the token of their forms.

The sign-in knows these things.  It says here once, when the application is made, how they are read
(``read_by``), so that no page and no template has to know about sessions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app, request

_READER = "mit.visit"

#: One entry of the navigation: address, label in the reader's language, whether it is here.
NavigationItem = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Visit:
    """What the layout of the signed-in pages shows of a request.

    Attributes:
        name: the name of the person, as they wrote it; empty when nobody is signed in.
        role: what they act as, and for whom, in the reader's language.
        account: the address of their own account; empty: their name is no link.
        sign_out: the address to which the sign-out form is posted.
        navigation: where their roles lead them.
        csrf_token: what every form of this request has to send back.
    """

    name: str = ""
    role: str = ""
    account: str = ""
    sign_out: str = "/sign-out"
    navigation: tuple[NavigationItem, ...] = ()
    csrf_token: str = ""


def read_by(app: Flask, read: Callable[[], Visit]) -> None:
    """Let *read* say, in each request that shows such a page, who is visiting."""
    app.extensions[_READER] = read


def current() -> Visit:
    """Return the visit of this request, read once; nobody's where no sign-in is set up."""
    if _READER not in request.environ:
        read = cast("Callable[[], Visit] | None", current_app.extensions.get(_READER))
        request.environ[_READER] = read() if read else Visit()
    return cast(Visit, request.environ[_READER])


def csrf_token() -> str:
    """Return the token that a form of this request has to send back."""
    return current().csrf_token
