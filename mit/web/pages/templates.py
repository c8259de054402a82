"""The templates, compiled once for each language.

A sentence whose key stands in a template is looked up while it is compiled (Jinja folds filters over
constants), so a page pays only for what differs from one request to the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache, lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader
from markupsafe import Markup
from werkzeug.routing import MapAdapter

from mit.errors import Fault
from mit.i18n import LANGUAGES, Language, domains, say, say_error
from mit.values.identifiers import shown_hs_code, shown_tax_number
from mit.values.money import Money
from mit.values.thai_date import format_day, format_instant, year_be
from mit.verify.verdict import Finding, Notice, Verdict
from mit.verify.words import range_text
from mit.web.pages.visit import csrf_token

_PACKAGE = Path(__file__).parent.parent.parent
#: Where the macros of the accessible components are found: ``govuk_frontend_jinja/components/…``.
_COMPONENTS = "govuk_frontend_jinja"
_BAHT = re.compile(r"-?[0-9]{4,}(?:\.[0-9]{1,2})?", re.ASCII)
#: Between two digits with whole threes behind them, not after the point.
_THOUSANDS = re.compile(r"(?<=[0-9])(?=(?:[0-9]{3})+(?![0-9]))", re.ASCII)
#: State → the tone of its tag: what it asks of the reader.  What is not here is plain.
TONES = {
    **dict.fromkeys(("submitted", "recommended", "prepared", "planned", "sent", "running"), "waiting"),
    **dict.fromkeys(("returned", "suspended", "to_do", "late", "verify_only"), "act"),
    **dict.fromkeys(("approved", "active", "issued", "done", "ok"), "good"),
    **dict.fromkeys(("refused", "revoked", "compromised", "failed"), "bad"),
    **dict.fromkeys(("withdrawn", "expired", "superseded", "retired", "ended", "cannot_start"), "off"),
}


def make_environments(app: Flask) -> dict[Language, Environment]:
    """Return one environment of templates for each language; *app* gives the addresses."""
    addresses = app.url_map.bind("")
    return {language: _make(language, addresses) for language in LANGUAGES}


def telephone_link(number: str) -> str:
    """Return a telephone number as a ``tel:`` link has it: digits, and a plus in front."""
    return re.sub(r"[^0-9+]", "", number)


def _make(language: Language, addresses: MapAdapter) -> Environment:
    environment = Environment(
        loader=ChoiceLoader(
            [
                FileSystemLoader(_PACKAGE / "templates"),
                PrefixLoader({_COMPONENTS: PackageLoader(_COMPONENTS)}),
            ]
        ),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(
        lang=language, other_lang="en" if language == "th" else "th", csrf_token=csrf_token
    )
    environment.filters.update({domain: partial(_say, domain, language) for domain in domains()})
    environment.filters.update(_office_filters(language))
    environment.filters.update(
        t=partial(_say, "web", language),
        v=partial(_say, "verify", language),
        path=partial(_path, addresses),
        asset=asset_address,
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


def _office_filters(language: Language) -> dict[str, Any]:
    """Return what the signed-in pages need besides."""
    return {
        "words": partial(_words, language),
        "sentence": partial(fault_sentence, language),
        "at": fault_at,
        "tone": _tone,
        "moment": partial(_moment, language),
        "baht": _baht,
        "grouped": _grouped,
    }


def fault_sentence(language: Language, fault: Fault | str) -> str:
    """Return what a fault says to people; a sentence stays as it is."""
    if isinstance(fault, str):
        return fault
    return say_error(fault.code, language, fault.params) or say("errors.input", language)


def fault_at(faults: Iterable[Fault], where: str) -> Fault | None:
    """Return the first of *faults* that stands at *where*: what the field of that name shows."""
    return next((fault for fault in faults or () if fault.where == where), None)


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


def _words(language: Language, key: str, **params: str | int) -> str:
    """Return the sentence of a full key: ``{{ "applicant.title"|words }}``."""
    return say(key, language, **params)


def _tone(state: object) -> str:
    return TONES.get(str(state), "")


def _moment(language: Language, at: datetime | date | str) -> str:
    """Return an instant as day and time in Bangkok, a day as a day, words as they are."""
    if isinstance(at, str):
        return at
    return format_instant(at, language) if isinstance(at, datetime) else _day(language, "abbreviated", at)


def _baht(amount: Money) -> str:
    return amount.to_shown()


def _grouped(amount: str) -> str:
    """Return baht with its thousands parted, ``-1234567.50`` as ``-1,234,567.50``; other text as it is."""
    return _THOUSANDS.sub(",", amount) if _BAHT.fullmatch(amount) else amount


def _path(addresses: MapAdapter, endpoint: str, **values: str) -> str:
    return addresses.build(endpoint, values)


def asset_address(name: str) -> str:
    """Return the address of a static file, with a part that changes when the file does."""
    return f"/static/{name}?v={_fingerprint(name)}"


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
