"""One verdict as one readable screen: the answer in words, sign and colour, then its reasons."""

from __future__ import annotations

from flask import Response, make_response, render_template

from mit.i18n import knows
from mit.verify.verdict import Verdict
from mit.web import context, metrics

#: Products shown before the rest is folded away.
PRODUCTS_SHOWN = 5


def verdict_page(verdict: Verdict, *, door: str, status: int = 200) -> Response:
    """Return *verdict* as a page; *door* says where it was asked: ``scan, number, file, record``."""
    metrics.count_verdict(verdict, door=door)
    codes = [notice.code for notice in verdict.notices]
    html = render_template(
        "public/verdict.html",
        verdict=verdict,
        answer=verdict.answer.value,
        reason=shown_reason(verdict.leading_reason),
        certificate=verdict.certificate,
        is_today=verdict.as_of == context.today(),
        sample="sample" in codes,
        only_sample=codes == ["sample"],
        is_record=door == "record",
        products_shown=PRODUCTS_SHOWN,
    )
    return make_response(html, status)


def shown_reason(code: str) -> str:
    """Return *code* if there are words for it, else ``other``."""
    return code if knows(f"web.reason_{code}") else "other"
