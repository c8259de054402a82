"""What every page shows around its content: language, host, issuer, ways to ask again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, current_app, request

from mit.i18n import LANGUAGES, Language
from mit.values.identifiers import CertificateNumber
from mit.values.in_force import pick
from mit.web import context
from mit.web.in_app import in_app_browser
from mit.web.pages import visit
from mit.web.pages.asking import day_question
from mit.web.pages.templates import make_environments
from mit.web.security import OFFICE_POLICY

#: Shown as an example of a number's form; the year lies before the scheme, so nobody holds it.
EXAMPLE_NUMBER = str(CertificateNumber(2560, 12345))
_LANGUAGE_COOKIE_SECONDS = 365 * 24 * 3600


def set_up(app: Flask) -> None:
    """Give *app* its templates."""
    app.extensions["mit.templates"] = make_environments(app)


def page(template: str, *, status: int = 200, **words: Any) -> Response:
    """Return the page made of *template* and *words*, in the reader's language."""
    return answer(render(template, **words), status=status)


def office_page(template: str, *, status: int = 200, **words: Any) -> Response:
    """Return the page made of *template* in the layout of the signed-in pages.

    *words* may say ``navigation`` (address, label, is it here), ``back`` (address, label) and ``faults``
    (``Fault`` each) for what the layout shows around the content.  Its scripts and no others are allowed.
    """
    response = answer(render(template, **(_office_words() | words)), status=status)
    response.headers["Content-Security-Policy"] = OFFICE_POLICY
    return response


def render(template: str, **words: Any) -> str:
    """Return *template* filled with what every page shows and with *words*."""
    return render_in(context.language(), template, **words)


def render_in(language: Language, template: str, **words: Any) -> str:
    """Return *template* filled as ``render`` does, in a language of its own."""
    environment = current_app.extensions["mit.templates"][language]
    return str(environment.get_template(template).render(_page_words() | words))


def answer(html: str, *, status: int = 200) -> Response:
    """Return a rendered page with its headers; remember the language that was asked for."""
    response = Response(html.encode("utf-8", "replace"), status, mimetype="text/html")
    response.headers["Content-Language"] = context.language()
    response.headers["Vary"] = "Accept-Language, Cookie"
    if kept_language():
        response.set_cookie(
            context.LANGUAGE_COOKIE,
            context.language(),
            max_age=_LANGUAGE_COOKIE_SECONDS,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )
    return response


def kept_language() -> str:
    """Return the language that the address asks for and links have to keep; empty where it does not."""
    return context.language() if request.args.get("lang") in LANGUAGES else ""


@dataclass(frozen=True, slots=True)
class Pages:
    """A long list in pages: which one this is (from 1), and the last."""

    number: int
    last: int

    def address(self, number: int) -> str:
        """Return the address of another page of the list, everything else in it kept."""
        return context.same_page(page=str(number))

    def shown(self) -> list[int]:
        """Return the numbers to show: first, last and those around here; 0 stands for a gap."""
        near = {1, self.last, *range(self.number - 1, self.number + 2)}
        numbers = sorted(number for number in near if 1 <= number <= self.last)
        shown: list[int] = []
        for number in numbers:
            if shown and number - shown[-1] > 1:
                shown.append(number - 1 if number - shown[-1] == 2 else 0)
            shown.append(number)
        return shown


def _office_words() -> dict[str, Any]:
    """Return what the layout of the signed-in pages shows; a page that was posted is kept, too."""
    here = visit.current()
    return {
        "visit": here,
        "navigation": here.navigation,
        "back": None,
        "faults": (),
        "is_demo": context.settings().env == "demo",
        "switch_address": context.same_page(request.path, lang=context.other_language()),
    }


def _page_words() -> dict[str, Any]:
    kept = kept_language()
    return {
        "kept_lang": kept,
        "keep": f"?lang={kept}" if kept else "",
        "example_number": EXAMPLE_NUMBER,
        "switch_address": context.same_page(lang=context.other_language()),
        "public_host": context.public_host(),
        "public_url": context.settings().public_url,
        "is_secure_host": context.settings().public_url.startswith("https:"),
        "in_app": in_app_browser(request.headers.get("User-Agent")),
        "outside_address": context.same_page(openExternalBrowser="1"),
        "issuer": pick(context.issuer_profiles(), context.today()),
        "reference": context.reference(),
        "day_question": day_question(),
    }
