"""Views that are spoilt on purpose: the controls of the judge, which has to see each of them."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, request

from tests.support.hostile.attack import Tally, attack
from tests.support.hostile.fields import Field, Found
from tests.support.hostile.world import HostileWorld

#: The form that is spoilt: a page of one's own account.
_ENDPOINT, _KEY = "account.save", ("POST /account", "name")


def _unescaped(answer: Response) -> Response:
    """Print what was typed as it is."""
    return Response(html.unescape(answer.get_data(as_text=True)), answer.status_code, mimetype="text/html")


def _printing(answer: Response) -> Response:
    """Print what was typed as an element of the page."""
    shown = answer.get_data(as_text=True).replace("</main>", f"<p>{request.form['name']}</p></main>")
    return Response(shown, answer.status_code, mimetype="text/html")


def _forgetting(answer: Response) -> Response:
    """Show the form again without what was typed."""
    shown = answer.get_data(as_text=True).replace(html.escape(request.form["name"]), "")
    return Response(shown, answer.status_code, mimetype="text/html")


def _raising(answer: Response) -> Response:
    """Fail on something that was typed."""
    raise ZeroDivisionError(answer.status)


def _leading_away(_: Response) -> Response:
    """Lead to wherever somebody likes."""
    return Response("", 303, {"Location": "//evil.example/"})


def _adding_a_cell(_: Response) -> Response:
    """Give what was typed as a cell of a table."""
    return Response(f"a,{request.form['name']}\r\n", mimetype="text/csv")


def _adding_a_cookie(answer: Response) -> Response:
    """Let what was typed set a cookie."""
    answer.headers.add("Set-Cookie", "xpwn=1")
    return answer


@dataclass(frozen=True, slots=True)
class Spoil:
    """How the answers are spoilt, what is typed, and what the judge has to say."""

    spoil: Callable[[Response], Response]
    value: str
    seen: str


SPOILS = {
    "unescaped attribute": Spoil(_unescaped, "double_quote", "page: "),
    "unescaped element": Spoil(_printing, "script", "page: "),
    "forgetting": Spoil(_forgetting, "no_number", "name holds"),
    "raising": Spoil(_raising, "no_number", "status 500"),
    "leading away": Spoil(_leading_away, "no_number", "leads to"),
    "formula in a cell": Spoil(_adding_a_cell, "formula", "cell "),
    "cookie": Spoil(_adding_a_cookie, "header", "cookie "),
}


def sees(world: HostileWorld, found: Found, name: str) -> bool:
    """Say whether the judge sees that the view is spoilt, and nothing where it is not."""
    spoil, field = SPOILS[name], _refused_form(found)
    well, spoilt = Tally(), Tally()
    attack(world, well, field, spoil.value)
    with _spoilt(world, spoil.spoil):
        attack(world, spoilt, field, spoil.value)
    return not well.wrong and any(spoil.seen in one for one in spoilt.wrong)


def _refused_form(found: Found) -> Field:
    """Return the field with a telephone number beside it that is refused."""
    place = found[_KEY][0]
    others = tuple((n, kind, "call me" if n == "telephone" else text) for n, kind, text in place.others)
    return replace(place, others=others)


@contextmanager
def _spoilt(world: HostileWorld, spoil: Callable[[Response], Response]) -> Iterator[None]:
    view = world.app.view_functions[_ENDPOINT]

    def spoilt(**parts: Any) -> Response:
        return spoil(world.app.make_response(view(**parts)))

    world.app.view_functions[_ENDPOINT] = spoilt
    try:
        yield
    finally:
        world.app.view_functions[_ENDPOINT] = view
