"""The templates, compiled once for each language.

A sentence whose key stands in a template is looked up while it is compiled (Jinja folds filters over
constants), so a page pays only for what differs from one request to the next.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache, lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from werkzeug.routing import MapAdapter

from mit.i18n import LANGUAGES, Language, say
from mit.values.identifiers import shown_hs_code, shown_tax_number
from mit.values.thai_date import format_day, year_be
from mit.verify.verdict import Finding, Notice, Verdict
from mit.verify.words import range_text

_PACKAGE = Path(__file__).parent.parent.parent


def make_environments(app: Flask) -> dict[Language, Environment]:
    """Return one environment of templates for each language; *app* gives the addresses."""
    addresses = app.url_map.bind("")
    return {language: _make(language, addresses) for language in LANGUAGES}


def telephone_link(number: str) -> str:
    """Return a telephone number as a ``tel:`` link has it: digits, and a plus in front."""
    return re.sub(r"[^0-9+]", "", number)


def _make(language: Language, addresses: MapAdapter) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_PACKAGE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(lang=language, other_lang="en" if language == "th" else "th")
    environment.filters.update(
        t=partial(_say, "web", language),
        v=partial(_say, "verify", language),
        path=partial(_path, addresses),
        asset=partial(_asset, addresses),
        detail=partial(_detail, language),
        finding_row=_FindingRows(environment),
        advice=partial(_advice, language),
        day_text=partial(_day, language, "abbreviated"),
        formal_day=partial(_day, language, "wide"),
        other_era=partial(_other_era, language),
        hs_code=shown_hs_code,
        tax_number=shown_tax_number,
        range_text=range_text,
        telephone=telephone_link,
    )
    return environment


class _FindingRows:
    """The row of each finding, rendered once: few findings differ, and every page has eight."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._kept = lru_cache(maxsize=4096)(self._render)

    def __call__(self, finding: Finding) -> Markup:
        """Return the row of *finding*; one with a hint is somebody's own and is not kept."""
        return self._kept(finding) if finding.hint is None else self._render(finding)

    def _render(self, finding: Finding) -> Markup:
        parts: Any = self._environment.get_template("public/parts.html").module
        return Markup(parts.finding_row(finding))  # noqa: S704 - our own template has escaped it


def _say(domain: str, language: Language, name: str, **params: str | int) -> str:
    return say(f"{domain}.{name}", language, **params)


def _path(addresses: MapAdapter, endpoint: str, **values: str) -> str:
    return addresses.build(endpoint, values)


def _asset(addresses: MapAdapter, name: str) -> str:
    """Return the address of a static file, with a part that changes when the file does."""
    return f"{addresses.build('static', {'filename': name})}?v={_fingerprint(name)}"


def _detail(language: Language, of: Finding | Notice) -> str:
    return of.detail(language)


def _advice(language: Language, verdict: Verdict) -> str:
    return verdict.advice(language)


@lru_cache(maxsize=4096)
def _day(language: Language, width: str, day: date) -> str:
    return format_day(day, language, width=width)


def _other_era(language: Language, day: date) -> str:
    """Return the year in the era that the page does not use, in brackets."""
    if language == "th":
        return say("web.ce_year", language, year=day.year)
    return say("web.be_year", language, year=year_be(day))


@cache
def _fingerprint(name: str) -> str:
    return sha256((_PACKAGE / "static" / name).read_bytes()).hexdigest()[:10]
