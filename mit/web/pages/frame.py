"""What every page shows around its content: words in the reader's language, links, the issuer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, Response, render_template, request, url_for

from mit.credential.issuer import IssuerProfile
from mit.i18n import LANGUAGES, Language, say
from mit.values.identifiers import CertificateNumber, shown_hs_code, shown_tax_number
from mit.values.in_force import pick
from mit.values.thai_date import format_day, format_instant, year_be
from mit.verify.words import range_text
from mit.web import context

#: Shown as an example of a number's form; the year lies before the scheme, so nobody holds it.
EXAMPLE_NUMBER = str(CertificateNumber(2560, 12345))
_STATIC = Path(__file__).parent.parent.parent / "static"
_LANGUAGE_COOKIE_SECONDS = 365 * 24 * 3600


def set_up(app: Flask) -> None:
    """Give the templates of *app* their words."""
    app.context_processor(_page_words)
    app.jinja_env.globals.update(
        asset=asset,
        hs_code=shown_hs_code,
        tax_number=shown_tax_number,
        range_text=range_text,
        telephone_link=telephone_link,
        link=link,
    )


@dataclass(frozen=True, slots=True)
class DayQuestion:
    """How to ask the same thing about another day or a model.

    Attributes:
        action: where the form goes.
        kept: hidden fields: name and value.
        asked: the day as it was typed this time; empty when none was.
        model: the model as it was typed this time.
        plain: the same question as of today and about no model; empty where it was that.
    """

    action: str
    kept: tuple[tuple[str, str], ...]
    asked: str
    model: str
    plain: str


def page(template: str, *, status: int = 200, **words: Any) -> Response:
    """Return the page made of *template* and *words*, in the reader's language."""
    return answer(render(template, **words), status=status)


def render(template: str, **words: Any) -> str:
    """Return *template* filled with *words* and with what every page shows."""
    return render_template(template, **words)


def answer(html: str, *, status: int = 200) -> Response:
    """Return a rendered page with its headers; remember the language that was asked for."""
    response = Response(html.encode("utf-8", "replace"), status, mimetype="text/html")
    response.headers["Content-Language"] = context.language()
    response.headers["Vary"] = "Accept-Language, Cookie"
    if request.args.get("lang") in LANGUAGES:
        response.set_cookie(
            context.LANGUAGE_COOKIE,
            context.language(),
            max_age=_LANGUAGE_COOKIE_SECONDS,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )
    return response


def asset(name: str) -> str:
    """Return the address of a static file, with a part that changes when the file does."""
    return f"{url_for('static', filename=name)}?v={_fingerprint(name)}"


def link(endpoint: str, **values: Any) -> str:
    """Return the address of a page, with the language if this page was asked for with one."""
    if request.args.get("lang") in LANGUAGES:
        values["lang"] = context.language()
    return url_for(endpoint, **values)


def telephone_link(number: str) -> str:
    """Return a telephone number as a ``tel:`` link has it: digits, and a plus in front."""
    return re.sub(r"[^0-9+]", "", number)


def issuer() -> IssuerProfile | None:
    """Return the issuer as it stands today; None where no profile is in force."""
    return pick(context.authority().issuer_profiles, context.today())


def day_question() -> DayQuestion:
    """Return how to ask what this request asks about another day or a model."""
    is_question = request.method in {"GET", "HEAD"}
    kept = {name: text for name, text in request.args.items() if is_question}
    asked, model = kept.pop("on", "").strip()[:40], kept.pop("model", "").strip()[:200]
    return DayQuestion(
        action=context.local_path(request.path if is_question else "/verify"),
        kept=tuple(kept.items()),
        asked=asked,
        model=model,
        plain=context.same_page(on="", model="") if asked or model else "",
    )


def _page_words() -> dict[str, Any]:
    language = context.language()
    other = context.other_language()
    return {
        "lang": language,
        "other_lang": other,
        "kept_lang": language if request.args.get("lang") in LANGUAGES else "",
        "example_number": EXAMPLE_NUMBER,
        "switch_address": context.same_page(lang=other),
        "t": _speaker("web", language),
        "v": _speaker("verify", language),
        "public_host": context.public_host(),
        "issuer": issuer(),
        "reference": context.reference(),
        "day_question": day_question(),
        "day_text": partial(format_day, language=language),
        "instant_text": partial(format_instant, language=language),
        "formal_day": partial(format_day, language=language, width="wide"),
        "other_era": partial(_other_era, language=language),
    }


@cache
def _speaker(domain: str, language: Language) -> Callable[..., str]:
    def speak(name: str, **params: str | int) -> str:
        return say(f"{domain}.{name}", language, **params)

    return speak


def _other_era(day: date, language: Language) -> str:
    """Return the year in the era that the page does not use, in brackets."""
    key = "web.ce_year" if language == "th" else "web.be_year"
    return say(key, language, year=day.year if language == "th" else year_be(day))


@cache
def _fingerprint(name: str) -> str:
    return sha256((_STATIC / name).read_bytes()).hexdigest()[:10]
