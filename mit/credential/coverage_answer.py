"""The answer about a coverage as a document: what matched, the nearest covered ones, what differs.  Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mit.credential.asked_text import alike, fold, same
from mit.credential.coverage import CoverageEntry, ValueRange
from mit.credential.coverage_question import (
    Coverage,
    CoverageAnswer,
    EntryAnswer,
    Why,
    ask_coverage,
)
from mit.credential.coverage_reading import Heard, families
from mit.credential.coverage_values import Lies, lie_within

#: How many of the covered ones are named as the nearest.
NEAREST_LIMIT = 5


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which what was asked and what is certified differ, or may.

    Attributes:
        field: ``model``, ``brand``, ``hs_code``, ``product``, ``range`` or ``other``.
        asked: as it was asked for; empty where it was not.
        certified: as it is listed; empty where nothing is.
        name: of a range, its property.
        letters: places of the doubtful letters in ``asked``, and in ``certified``.
    """

    field: str
    asked: str
    certified: str
    name: str = ""
    letters: tuple[tuple[int, int], ...] = ()

    def to_document(self) -> dict[str, Any]:
        """Return ``field, asked, certified``, with ``property`` and ``letters`` where there are any."""
        document: dict[str, Any] = {"field": self.field, "asked": self.asked, "certified": self.certified}
        if self.name:
            document["property"] = self.name
        if self.letters:
            document["letters"] = [{"asked": asked, "certified": listed} for asked, listed in self.letters]
        return document


@dataclass(frozen=True, slots=True)
class Covered:
    """One covered thing: an entry, and which of its models where it lists some.

    Attributes:
        position: of the entry, from 1.
        entry: the entry.
        model: as it is listed; empty where the entry lists none, or none is meant.
    """

    position: int
    entry: CoverageEntry
    model: str = ""

    def to_document(self) -> dict[str, Any]:
        """Return the entry's position, names and ranges, and the one model."""
        whole = self.entry.to_document()
        names = {name: whole[name] for name in ("product_th", "product_en", "brand", "hs_code", "ranges")}
        return {"entry": self.position, "model": self.model or None, **names}


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """The answer with all that people and machines are told.

    Attributes:
        outcome, why: the answer.
        asked: what was asked, folded.
        matched: what of the coverage speaks for it; empty unless covered.
        nearest: the nearest covered ones, the nearest first; empty where it is covered.
        differs: field by field, beside the nearest one.
    """

    outcome: Coverage
    why: Why
    asked: str
    matched: tuple[Covered, ...]
    nearest: tuple[Covered, ...]
    differs: tuple[Difference, ...]

    def to_document(self) -> dict[str, Any]:
        """Return ``outcome, matched, nearest, differs`` of the contract's command, and ``why``."""
        return {
            "outcome": self.outcome.value,
            "why": self.why.value,
            "asked": self.asked,
            "matched": [one.to_document() for one in self.matched] or None,
            "nearest": [one.to_document() for one in self.nearest],
            "differs": [one.to_document() for one in self.differs],
        }


def report_coverage(entries: Sequence[CoverageEntry], text: str, *, is_short: bool = False) -> CoverageReport:
    """Answer whether *entries* speak for *text*, with what matched or what is nearest and differs.

    *is_short*: they are a QR's lines, models without names, brands and ranges.
    """
    answer = ask_coverage(entries, text)
    if is_short and _is_beyond_models(answer):
        answer = replace(answer, outcome=Coverage.CANNOT_TELL, why=Why.NOT_IN_QR)
    matched = _matched(answer)
    nearest = () if matched else _nearest(answer, entries)
    differs = () if matched else tuple(_differences(answer, nearest))
    return CoverageReport(answer.outcome, answer.why, answer.asked.shown.strip(), matched, nearest, differs)


def entry_of(document: Mapping[str, Any]) -> CoverageEntry:
    """Return the entry of a coverage document that is known to be well formed, a QR's own line too."""
    return CoverageEntry(
        product_th=document["product_th"],
        product_en=document["product_en"],
        brand=document["brand"],
        models=tuple(document["models"]),
        hs_code=document["hs_code"],
        ranges=tuple(
            ValueRange(
                span["property"],
                span["unit"],
                span["from"],
                span["to"],
                span["from_included"],
                span["to_included"],
            )
            for span in document["ranges"]
        ),
    )


def _is_beyond_models(answer: CoverageAnswer) -> bool:
    """Say whether the answer hangs on what a QR's lines do not hold: names, brands, ranges."""
    if answer.outcome is Coverage.COVERED:
        return any(one.heard.values for one in answer.answers if one.outcome is Coverage.COVERED)
    return answer.why is Why.NOTHING_SHARED


def _matched(answer: CoverageAnswer) -> tuple[Covered, ...]:
    if answer.outcome is not Coverage.COVERED:
        return ()
    found = [one for one in answer.answers if one.outcome is Coverage.COVERED]
    return tuple(
        Covered(one.position, one.entry, model)
        for one in found
        for model in dict.fromkeys(one.heard.models or [""])
    )


def _nearest(answer: CoverageAnswer, entries: Sequence[CoverageEntry]) -> tuple[Covered, ...]:
    """Return the nearest covered ones: of the deciding entry first, then by how the models agree."""
    covered = [
        Covered(position, entry, model)
        for position, entry in enumerate(entries, 1)
        for model in entry.models or ("",)
    ]
    if answer.best is None:
        return tuple(covered[:NEAREST_LIMIT])
    wanted = _asked_model(answer.best.heard)
    by_position = {one.position: one for one in answer.answers}
    covered.sort(key=lambda one: _distance(one, by_position[one.position], answer.best, wanted))
    return tuple(covered[:NEAREST_LIMIT])


def _asked_model(heard: Heard) -> str:
    if heard.doubtful:
        return heard.doubtful[0]
    return (heard.models or heard.codes or heard.numbers or [""])[0]


def _distance(
    covered: Covered, answer: EntryAnswer, best: EntryAnswer | None, wanted: str
) -> tuple[bool, bool, int, int, int, bool]:
    """Return what makes one covered thing nearer than another; smaller is nearer.

    Entries of the same product or brand, models of the same family; then by the letters that agree at
    the beginning, at the end, and by the difference in length; the deciding entry before others.
    """
    if not wanted:
        return answer is not best, not answer.has_kin, 0, 0, 0, False
    model, asked = alike(same(covered.model)), alike(same(wanted))
    return (
        not answer.has_kin,
        families(covered.model).isdisjoint(families(wanted)),
        -_agreeing(model, asked),
        -_agreeing(model[::-1], asked[::-1]),
        abs(len(model) - len(asked)),
        answer is not best,
    )


def _agreeing(one: str, other: str) -> int:
    """Return how many letters two texts share from their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _differences(answer: CoverageAnswer, nearest: Sequence[Covered]) -> Iterator[Difference]:
    best = answer.best
    if best is None or not nearest:
        return
    heard, entry = best.heard, best.entry
    yield from _model_differences(answer, best, nearest[0])
    if heard.brand in {"other", "alike", "untold"}:
        yield Difference(
            "brand", heard.brand_asked, entry.brand, letters=_doubtful(heard.brand_asked, entry.brand)
        )
    if heard.hs_code and not entry.hs_code.startswith(heard.hs_code):
        yield Difference("hs_code", heard.hs_code, entry.hs_code)
    if heard.words:
        yield Difference("product", ", ".join(heard.words), entry.product_th or entry.product_en)
    for one in best.ranges:
        if one.lies is not Lies.INSIDE and not (one.lies is Lies.MISSING and heard.models):
            asked = ", ".join(answer.asked.shown[value.start : value.end].strip() for value in one.values)
            yield Difference("range", asked, one.span.to_text(), name=one.span.property)
    for value in heard.values if not heard.models else ():
        if all(lie_within(span, value) is None for span in entry.ranges):
            yield Difference("range", answer.asked.shown[value.start : value.end].strip(), "")
    for text in (*heard.vague, *heard.blurred, *heard.numbers):
        yield Difference("other", text, "")


def _model_differences(answer: CoverageAnswer, best: EntryAnswer, nearest: Covered) -> Iterator[Difference]:
    heard = best.heard
    if heard.doubtful:
        model, place = heard.doubtful
        asked = answer.asked.shown[place.start : place.end]
        yield Difference("model", asked, model, letters=_doubtful(asked, model))
    for code in heard.codes:
        yield Difference("model", code, nearest.model if best.has_kin else "")
    is_named = heard.models or heard.doubtful or heard.codes or heard.values
    if best.has_kin and nearest.model and not is_named:
        yield Difference("model", "", nearest.model)


def _doubtful(asked: str, certified: str) -> tuple[tuple[int, int], ...]:
    """Return the places of the letters that differ though they look alike, in both spellings."""
    one, other = fold(asked), fold(certified)
    if len(one.solid) != len(other.solid):
        return ()
    return tuple(
        (one.at[at], other.at[at])
        for at, (a, b) in enumerate(zip(one.solid, other.solid, strict=True))
        if a != b and alike(a) == alike(b)
    )
