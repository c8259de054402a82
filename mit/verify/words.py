"""A verdict as people read it: the answer, each finding, what to compare with the paper.

Pages and the command line say the same lines.  Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mit.credential.coverage import ValueRange
from mit.i18n import Language, say
from mit.values.identifiers import shown_hs_code, shown_tax_number
from mit.values.thai_date import format_day, format_instant
from mit.verify.verdict import CertificateShown, Outcome, Verdict

#: A sign for each outcome, so that no answer hangs on colour alone.
SIGNS = {Outcome.PASS: "✓", Outcome.FAIL: "✗", Outcome.UNKNOWN: "?", Outcome.NOT_CHECKED: "–"}


def verdict_lines(verdict: Verdict, language: Language) -> list[str]:
    """Return the whole verdict in one language, a line each, the answer first."""
    lines = [f"{say(f'verify.word_{verdict.answer}', language)}: {verdict.headline(language)}"]
    lines += [f"  ! {notice.detail(language)}" for notice in verdict.notices]
    lines += finding_lines(verdict, language)
    lines.append(f"  {say('verify.label_next', language)}: {verdict.advice(language)}")
    if verdict.certificate:
        lines.append(f"  {say('verify.compare', language)}:")
        lines += [f"    {label}: {value}" for label, value in compare_lines(verdict.certificate, language)]
    lines += [f"  {label}: {value}" for label, value in date_lines(verdict, language)]
    if verdict.inner:
        lines.append(f"  {say('verify.compare_inner', language)}:")
        lines += [f"  {line}" for line in verdict_lines(verdict.inner, language)]
    return lines


def compare_lines(shown: CertificateShown, language: Language) -> list[tuple[str, str]]:
    """Return label and value of everything to compare with the paper, in its order."""
    pairs: list[tuple[str, str | None]] = [
        ("number", shown.number),
        ("holder", _holder(shown, language)),
        ("juristic_number", shown_tax_number(shown.juristic_number) if shown.juristic_number else None),
        *_products(shown, language),
        ("issued_on", format_day(shown.issued_on, language, width="wide")),
        ("expires_on", format_day(shown.expires_on, language, width="wide")),
        ("status", say(f"verify.state_{shown.status}", language) if shown.status else None),
        ("supersedes", shown.supersedes),
        ("superseded_by", shown.superseded_by),
    ]
    return [(say(f"verify.label_{name}", language), value) for name, value in pairs if value]


def date_lines(verdict: Verdict, language: Language) -> list[tuple[str, str]]:
    """Return as of which day the answer is given, and since when its basis is known."""
    return [
        (say("verify.label_as_of", language), format_day(verdict.as_of, language, width="wide")),
        (say("verify.label_known_at", language), format_instant(verdict.known_at, language)),
    ]


def product_text(product: Mapping[str, Any], language: Language) -> str:
    """Return one coverage entry in one line: name, brand, models, ranges, HS code."""
    name = product.get("product_th") if language == "th" else product.get("product_en")
    parts = [name or product.get("product_th") or "", product.get("brand") or ""]
    models = ", ".join(product.get("models") or ())
    if models:
        parts.append(f"{say('verify.label_model', language)} {models}")
    parts += [range_text(span) for span in product.get("ranges") or ()]
    if product.get("hs_code"):
        parts.append(f"{say('verify.label_hs_code', language)} {shown_hs_code(product['hs_code'])}")
    return " · ".join(part for part in parts if part)


def range_text(span: Mapping[str, Any]) -> str:
    """Return a numeric range as ``property 1.5 ≤ … < 400 unit``; an open end is left out."""
    ends = (span["from"], span["to"], span["from_included"], span["to_included"])
    return ValueRange(span["property"], span["unit"], *ends).to_text()


def finding_lines(verdict: Verdict, language: Language, *, room: str = "verify") -> Iterator[str]:
    """Return a line for each finding, with a sign before it; catalogue *room* names the checks."""
    for finding in verdict.findings:
        label = say(f"{room}.check_{finding.check}", language)
        yield f"  {SIGNS[finding.outcome]} {label}: {finding.detail(language)}"


def _holder(shown: CertificateShown, language: Language) -> str:
    names = [shown.name_th, shown.name_en or ""]
    return " / ".join(name for name in (names if language == "th" else reversed(names)) if name)


def _products(shown: CertificateShown, language: Language) -> list[tuple[str, str | None]]:
    if not shown.products:
        return [("products", str(shown.product_count))]
    return [("product", product_text(product, language)) for product in shown.products]
