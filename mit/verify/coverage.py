"""Check 8, and the words of it: does the certificate cover what was asked about?  Pure.

Pages, the API and the commands say the same sentences; the answer itself is ``credential.coverage_answer``.
"""

from __future__ import annotations

from collections.abc import Mapping

from mit.credential.coverage_answer import CoverageReport, Covered, Difference, entry_of, report_coverage
from mit.credential.coverage_question import Coverage, Why
from mit.i18n import Language, knows, say
from mit.verify.content import Content
from mit.verify.verdict import Check, Finding, Outcome
from mit.verify.words import product_text

#: Letters of what was asked that a sentence repeats.
_QUOTED_LETTERS = 100
_OUTCOMES: Mapping[Coverage, tuple[Outcome, str]] = {
    Coverage.COVERED: (Outcome.PASS, "ok"),
    Coverage.CANNOT_TELL: (Outcome.UNKNOWN, "coverage_unclear"),
    Coverage.OTHER_MODEL: (Outcome.FAIL, "other_model"),
    Coverage.NOT_COVERED: (Outcome.FAIL, "not_covered"),
}
#: What the outcome rests on → the fields whose difference says so.
_FIELDS: Mapping[Why, tuple[str, ...]] = {
    **dict.fromkeys((Why.MODEL, Why.LOOKS_ALIKE, Why.SPELLED_OTHERWISE, Why.DIGITS_APART), ("model",)),
    **dict.fromkeys((Why.VALUE, Why.VALUE_UNCLEAR), ("range",)),
    **dict.fromkeys((Why.BRAND, Why.BRAND_UNCLEAR), ("brand",)),
    Why.HS_CODE: ("hs_code",),
    Why.WORDS_UNKNOWN: ("product", "model"),
    Why.LETTERS_IN_NUMBER: ("other",),
}


def coverage_of(content: Content, asked: str | None) -> CoverageReport | None:
    """Return what the products in *content* answer to *asked*; None where nobody asked or none are listed."""
    if asked is None or not content.products:
        return None
    entries = [entry_of(product) for product in content.products]
    return report_coverage(entries, asked, is_short=content.is_short)


def check_coverage(asked: str | None, report: CoverageReport | None) -> Finding | None:
    """Answer whether what was *asked* is covered, by the *report* on it; None where nobody asked."""
    if asked is None:
        return None
    if report is None:
        return Finding(Check.COVERAGE, Outcome.UNKNOWN, "not_listed", (("model", asked[:_QUOTED_LETTERS]),))
    return coverage_finding(report)


def coverage_finding(report: CoverageReport) -> Finding:
    """Return the finding of a report: which sentence, and what was asked and certified."""
    outcome, reason = _OUTCOMES[report.outcome]
    first = _leading(report)
    listed = ", ".join(dict.fromkeys(_listed(one) for one in report.matched or report.nearest[:1]))
    certified = first.certified or listed
    if report.why is Why.BRAND_UNCLEAR:
        certified = first.certified or "–"
    if report.why is Why.VALUE_MISSING:
        missing = [one.certified for one in report.differs if one.certified and not one.asked]
        certified = "; ".join(missing) or certified
    params = (
        ("model", report.asked[:_QUOTED_LETTERS]),
        ("asked", (first.asked or first.name or report.asked)[:_QUOTED_LETTERS]),
        ("certified", certified),
    )
    wording = f"{report.outcome}_{report.why}"
    is_worded = knows(f"verify.{Check.COVERAGE}_{wording}")
    return Finding(Check.COVERAGE, outcome, reason, params, wording=wording if is_worded else "")


def coverage_lines(report: CoverageReport, language: Language) -> list[str]:
    """Return the answer in one language, a line each: outcome, reason, what differs, the nearest."""
    lines = [
        say(f"verify.covers_{report.outcome}", language),
        f"  {coverage_finding(report).detail(language)}",
    ]
    lines += [f"  ✓ {covered_text(one, language)}" for one in report.matched]
    for one in report.differs:
        label, asked, certified = difference_words(one, language)
        lines.append(f"  ≠ {label}: {asked} ↔ {certified}")
    if report.nearest:
        lines.append(f"  {say('verify.covers_nearest', language)}:")
        lines += [f"    {covered_text(one, language)}" for one in report.nearest]
    return lines


def covered_text(one: Covered, language: Language) -> str:
    """Return one covered thing in one line: its number among the products, names, the one model."""
    entry = one.entry.to_document()
    if one.model:
        entry["models"] = [one.model]
    return f"{one.position}. {product_text(entry, language)}"


def difference_words(one: Difference, language: Language) -> tuple[str, str, str]:
    """Return what a difference is about, what was asked and what is certified, in words."""
    label = one.name or say(f"verify.covers_field_{one.field}", language)
    asked = one.asked or say("verify.covers_not_asked", language)
    return label, asked, one.certified or say("verify.covers_not_certified", language)


def _leading(report: CoverageReport) -> Difference:
    """Return the difference that the sentence is about: of the field that decided, with something asked."""
    fields = _FIELDS.get(report.why, ())
    of_field = [one for one in report.differs if one.field in fields]
    asked = [one for one in of_field or report.differs if one.asked]
    return next(iter(asked or of_field or report.differs), Difference("model", report.asked, ""))


def _listed(one: Covered) -> str:
    if one.model:
        return one.model
    return (
        "; ".join(span.to_text() for span in one.entry.ranges) or one.entry.product_th or one.entry.product_en
    )
