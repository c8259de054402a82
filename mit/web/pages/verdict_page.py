"""One verdict as one readable screen: the answer in words, sign and colour, then its reasons.

Rendering costs thirty times what the verdict itself does.  A page that is asked for again is therefore
put together from parts that were rendered once; only what may differ is filled in: the instant, the
addresses, and what was typed.  The parts hang on ``Verdict.kept``, which the verifier shares between
answers that follow from the very same facts on the same day: a revocation is another verdict.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import count

from flask import Response, request
from markupsafe import escape

from mit.i18n import Language, knows
from mit.values.thai_date import format_instant
from mit.verify.bidder import BidderAnswer
from mit.verify.days import day_sentences, reasons_on_days
from mit.verify.four_questions import four_questions
from mit.verify.memory import Memory
from mit.verify.timeline import Moment, timeline
from mit.verify.verdict import Outcome, Verdict
from mit.web import context, metrics
from mit.web.in_app import in_app_browser
from mit.web.pages import frame
from mit.web.pages.asking import DayQuestion, day_question

#: Products shown before the rest is folded away.
PRODUCTS_SHOWN = 5
#: What the parts of all pages together may take, in bytes.
_BUDGET_BYTES = 64 * 1024 * 1024

_SLOT = f"slot-{secrets.token_hex(8)}-"
_SLOTS = re.compile(rf"{_SLOT}(\w+)-")
_serials = count()

Parts = tuple[str, ...]
_parts: Memory[tuple[object, ...], Parts] = Memory(_BUDGET_BYTES)


@dataclass(frozen=True, slots=True)
class _Filling:
    """What differs between two pages of the same verdict."""

    known: str
    switch: str
    outside: str
    question: DayQuestion

    def values(self) -> dict[str, str]:
        """Return every value by the name of its slot."""
        kept = {f"kept_{name}": text for name, text in self.question.kept}
        own = {"known": self.known, "switch": self.switch, "outside": self.outside}
        return {**own, "action": self.question.action, **kept}

    def as_slots(self) -> _Filling:
        """Return the same with a mark in the place of each value."""
        question = DayQuestion(
            action=_slot("action"),
            kept=tuple((name, _slot(f"kept_{name}")) for name, _ in self.question.kept),
            typed=(),
            plain="",
        )
        return _Filling(_slot("known"), _slot("switch"), _slot("outside"), question)


def verdict_page(
    verdict: Verdict, *, door: str, status: int = 200, bidder: BidderAnswer | None = None
) -> Response:
    """Return *verdict* as a page; *door* says where it was asked: ``scan, number, file, record``.

    Where named days were asked about, the worst of them is the answer of the page.  *bidder* is what is
    known of the company that was asked about beside it.
    """
    metrics.count_verdict(verdict.decisive, door=door)
    filling = _filling(verdict, day_question(_record_address(verdict)))
    key = _key_of(verdict, door, filling.question)
    if key is None or bidder is not None:
        return frame.answer(_render(verdict, filling, door=door, bidder=bidder), status=status)
    parts = _parts.get(key)
    if parts is None:
        parts = _split(_render(verdict, filling.as_slots(), door=door))
        _parts.keep(key, parts, weight_bytes=2 * sum(map(len, parts)))
    return frame.answer(_fill(parts, filling.values()), status=status)


def preview_page(verdict: Verdict, number: str) -> Response:
    """Return the page that the public would see, stamped as a preview; it is counted and kept nowhere."""
    filling = _filling(verdict, DayQuestion(context.local_path(f"/c/{number}"), (), (), plain=""))
    response = frame.answer(_render(verdict, filling, door="record", is_preview=True))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def shown_reason(code: str) -> str:
    """Return *code* if there are words for it, else ``other``."""
    return code if knows(f"web.reason_{code}") else "other"


def _filling(verdict: Verdict, question: DayQuestion) -> _Filling:
    return _Filling(
        known=_instant_text(verdict.known_at.replace(second=0, microsecond=0), context.language()),
        switch=context.same_page(lang=context.other_language()),
        outside=context.same_page(openExternalBrowser="1"),
        question=question,
    )


def _record_address(verdict: Verdict) -> str:
    """Return where to ask further about what a file showed, which was thrown away; empty for the rest."""
    if request.method != "POST" or verdict.certificate is None:
        return ""
    return context.local_path(f"/c/{verdict.certificate.number}")


def _key_of(verdict: Verdict, door: str, question: DayQuestion) -> tuple[object, ...] | None:
    """Return under which key the parts are kept; None for what is not, or not yet, asked for again."""
    is_again = "page" in verdict.kept
    serial = verdict.kept.setdefault("page", str(next(_serials)))
    names = tuple(name for name, _ in question.kept)
    is_plain = not question.typed and {"lang", "number"}.issuperset(names)
    if not is_again or not is_plain or request.method == "POST":
        return None
    inside = in_app_browser(request.headers.get("User-Agent"))
    return serial, door, context.language(), names, verdict.as_of == context.today(), inside


def _render(
    verdict: Verdict,
    filling: _Filling,
    *,
    door: str,
    is_preview: bool = False,
    bidder: BidderAnswer | None = None,
) -> str:
    days, verdict = verdict.days, verdict.decisive
    codes = [notice.code for notice in verdict.notices]
    asked = [(name, answer.as_of) for name, answer in days]
    return frame.render(
        "public/verdict.html",
        verdict=verdict,
        answer=verdict.answer.value,
        reason=shown_reason(verdict.leading_reason),
        reasons=reasons_on_days(days) if days else verdict.reasons,
        certificate=verdict.certificate,
        days=days,
        decisive_day=next((name for name, answer in days if answer is verdict), ""),
        day_sentences=day_sentences(days, context.language()),
        questions=four_questions(verdict, maker=bidder.settles if bidder else Outcome.NOT_CHECKED),
        coverage=verdict.coverage,
        moments=_moments(verdict, asked),
        is_typed=door in {"number", "record"},
        shown_reason=shown_reason,
        bidder=bidder,
        is_today=verdict.as_of == context.today(),
        sample="sample" in codes,
        only_sample=codes == ["sample"],
        is_record=door == "record",
        is_preview=is_preview,
        products_shown=PRODUCTS_SHOWN,
        known_text=filling.known,
        switch_address=filling.switch,
        outside_address=filling.outside,
        day_question=filling.question,
    )


def _moments(verdict: Verdict, asked: Sequence[tuple[str, date]]) -> Sequence[Moment]:
    """Return the timeline; a single day that is asked about stands in it like the named ones."""
    today = context.today()
    if not asked and verdict.as_of != today:
        asked = [("on", verdict.as_of)]
    return timeline(verdict.certificate, today=today, asked=asked) if verdict.certificate else ()


def _slot(name: str) -> str:
    return f"{_SLOT}{name}-"


def _split(html: str) -> Parts:
    """Return text and names of slots in turn, text first and last."""
    return tuple(_SLOTS.split(html))


def _fill(parts: Parts, values: Mapping[str, str]) -> str:
    filled = list(parts)
    for place in range(1, len(parts), 2):
        filled[place] = escape(values[parts[place]])
    return "".join(filled)


@lru_cache(maxsize=256)
def _instant_text(minute: datetime, language: Language) -> str:
    return format_instant(minute, language)
