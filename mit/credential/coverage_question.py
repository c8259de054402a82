"""Does a coverage speak for what was asked?  Covered, another model, not covered, or: look.  Pure.

Wrongly saying "covered" is the one mistake that may not happen: whatever the text says beyond what the
certificate lists makes the answer one of the others.  docs/coverage.md has the same in plain steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mit.credential.asked_text import AskedText, fold, is_thai, same
from mit.credential.asked_words import names_product
from mit.credential.coverage import CoverageEntry
from mit.credential.coverage_reading import (
    Heard,
    Listed,
    agrees,
    families,
    listed,
    read_beside,
    spelled_otherwise,
)
from mit.credential.coverage_values import Lies, RangeAsked, compare_ranges

#: Letters that are read; a longer text is not answered rather than read in part.
LONGEST_ASKED = 500
#: A word that begins like the product's name for so many letters and then goes on otherwise contradicts it.
_RIVAL_LETTERS = 4


class Coverage(StrEnum):
    """The four outcomes, the best first."""

    COVERED = "covered"
    CANNOT_TELL = "cannot_tell"
    OTHER_MODEL = "other_model"
    NOT_COVERED = "not_covered"


class Why(StrEnum):
    """What the outcome rests on."""

    MODEL = "model"
    VALUE = "value"
    PRODUCT = "product"
    LOOKS_ALIKE = "looks_alike"
    LETTERS_IN_NUMBER = "letters_in_number"
    SPELLED_OTHERWISE = "spelled_otherwise"
    DIGITS_APART = "digits_apart"
    TOO_LITTLE = "too_little"
    VALUE_MISSING = "value_missing"
    VALUE_UNCLEAR = "value_unclear"
    NO_UNIT = "no_unit"
    VAGUE = "vague"
    WORDS_UNKNOWN = "words_unknown"
    BRAND_UNCLEAR = "brand_unclear"
    HS_CODE = "hs_code"
    BRAND = "brand"
    NOTHING_SHARED = "nothing_shared"
    WHICH_PRODUCT = "which_product"
    NOT_IN_QR = "not_in_qr"
    EMPTY = "empty"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class EntryAnswer:
    """What one entry answers.

    Attributes:
        position: of the entry, from 1.
        entry: the entry.
        outcome, why: its answer.
        heard: what the text says, read beside it.
        ranges: its ranges with what was asked about each.
    """

    position: int
    entry: CoverageEntry
    outcome: Coverage
    why: Why
    heard: Heard
    ranges: tuple[RangeAsked, ...]

    @property
    def has_kin(self) -> bool:
        """Say whether the text names the same product, brand or family of models."""
        return _is_kin(self.heard, listed(self.entry))


@dataclass(frozen=True, slots=True)
class CoverageAnswer:
    """The answer of a whole coverage.

    Attributes:
        asked: the text, folded.
        outcome, why: the answer.
        best: the entry that decided; None where the text was not read.
        answers: of every entry, in the coverage's order.
    """

    asked: AskedText
    outcome: Coverage
    why: Why
    best: EntryAnswer | None = None
    answers: tuple[EntryAnswer, ...] = ()


def ask_coverage(entries: Sequence[CoverageEntry], text: str) -> CoverageAnswer:
    """Answer whether *entries*, the coverage of one certificate, speak for *text*."""
    if len(text) > LONGEST_ASKED:
        return CoverageAnswer(fold(""), Coverage.CANNOT_TELL, Why.TOO_LONG)
    asked = fold(text)
    if not any(sign.isalnum() for sign in asked.solid):
        return CoverageAnswer(asked, Coverage.CANNOT_TELL, Why.EMPTY)
    ready = [listed(entry) for entry in entries]
    answers = tuple(_ask_entry(asked, position, one, ready) for position, one in enumerate(ready, 1))
    if not answers:
        return CoverageAnswer(asked, Coverage.NOT_COVERED, Why.NOTHING_SHARED)
    best = min(answers, key=lambda one: (list(Coverage).index(one.outcome), not one.has_kin, one.position))
    outcome, why = best.outcome, best.why
    if _could_mean_another(best, answers):
        outcome, why = Coverage.CANNOT_TELL, Why.WHICH_PRODUCT
    return CoverageAnswer(asked, outcome, why, best, answers)


def _ask_entry(asked: AskedText, position: int, beside: Listed, all_listed: Sequence[Listed]) -> EntryAnswer:
    heard = read_beside(asked, beside)
    ranges = compare_ranges(beside.entry.ranges, heard.values)
    others = [other for other in all_listed if other is not beside]
    outcome, why = _decide(heard, beside, ranges, others)
    return EntryAnswer(position, beside.entry, outcome, why, heard, ranges)


def _could_mean_another(best: EntryAnswer, answers: Sequence[EntryAnswer]) -> bool:
    """Say whether only a value speaks for *best*, and it is out of another product's range."""
    if best.outcome is not Coverage.COVERED or best.heard.models or best.heard.product:
        return False
    others = [one for one in answers if one is not best and one.outcome is not Coverage.COVERED]
    return any(one.why in {Why.VALUE, Why.VALUE_MISSING, Why.VALUE_UNCLEAR} for one in others)


def _decide(
    heard: Heard, beside: Listed, ranges: Sequence[RangeAsked], others: Sequence[Listed]
) -> tuple[Coverage, Why]:
    if heard.brand == "other":
        return Coverage.NOT_COVERED, Why.BRAND
    if not _is_kin(heard, beside):
        if _is_other_hs(heard, beside):
            return Coverage.NOT_COVERED, Why.HS_CODE
        if (heard.words or heard.codes) and not heard.hs_code:
            return Coverage.NOT_COVERED, Why.NOTHING_SHARED
    doubt = _doubt(heard, beside, others)
    is_outside = any(one.lies is Lies.OUTSIDE for one in ranges) and not heard.vague
    if heard.models or heard.doubtful:
        if is_outside:
            return Coverage.OTHER_MODEL, Why.VALUE
        if any(one.lies is Lies.UNCLEAR for one in ranges):
            doubt = doubt or Why.VALUE_UNCLEAR
        return (Coverage.CANNOT_TELL, doubt) if doubt else (Coverage.COVERED, Why.MODEL)
    if _names_another(heard, beside):
        return Coverage.OTHER_MODEL, Why.MODEL
    if is_outside:
        return Coverage.OTHER_MODEL, Why.VALUE
    return _decide_without_model(heard, beside, ranges, doubt)


def _decide_without_model(
    heard: Heard, beside: Listed, ranges: Sequence[RangeAsked], doubt: Why | None
) -> tuple[Coverage, Why]:
    if doubt:
        return Coverage.CANNOT_TELL, doubt
    entry = beside.entry
    if ranges and all(one.lies is Lies.INSIDE for one in ranges):
        return Coverage.COVERED, Why.VALUE
    if any(one.lies is Lies.UNCLEAR for one in ranges):
        return Coverage.CANNOT_TELL, Why.VALUE_UNCLEAR
    if not entry.models and not ranges and heard.is_whole_product:
        is_named = heard.brand == "named" or not entry.brand
        return (Coverage.COVERED, Why.PRODUCT) if is_named else (Coverage.CANNOT_TELL, Why.TOO_LITTLE)
    is_begun = bool(heard.values) or any(one.values for one in ranges)
    return Coverage.CANNOT_TELL, Why.VALUE_MISSING if ranges and is_begun else Why.TOO_LITTLE


def _is_kin(heard: Heard, beside: Listed) -> bool:
    """Say whether anything names the same product, brand or family of models."""
    if heard.models or heard.doubtful or heard.product or heard.brand in {"named", "alike"}:
        return True
    return any(families(code) & beside.leads for code in heard.codes)


def _is_other_hs(heard: Heard, beside: Listed) -> bool:
    certified = beside.entry.hs_code
    return bool(heard.hs_code and certified) and not agrees(heard.hs_code, certified)


def _names_another(heard: Heard, beside: Listed) -> bool:
    """Say whether a model is asked for that is not listed, not only the letters of a family."""
    listed_ones = {one.solid for _, one in beside.models}
    return any(
        any(sign.isdigit() for sign in code)
        and not spelled_otherwise(code, beside)
        and listed_ones.isdisjoint(map(same, code.split("/")))
        for code in heard.codes
    )


def _doubt(heard: Heard, beside: Listed, others: Sequence[Listed]) -> Why | None:
    """Return the first thing that keeps the text from being covered; None where there is none."""
    doubts = (
        (heard.doubtful is not None, Why.DIGITS_APART if heard.is_gapped else Why.LOOKS_ALIKE),
        (any(spelled_otherwise(code, beside) for code in heard.codes), Why.SPELLED_OTHERWISE),
        (bool(heard.blurred), Why.LETTERS_IN_NUMBER),
        (heard.brand in {"alike", "untold"}, Why.BRAND_UNCLEAR),
        (_is_other_hs(heard, beside), Why.HS_CODE),
        (bool(heard.numbers), Why.NO_UNIT),
        (bool(heard.vague), Why.VAGUE),
        (bool(heard.codes) or _has_strange_words(heard, beside, others), Why.WORDS_UNKNOWN),
    )
    return next((why for is_so, why in doubts if is_so), None)


def _has_strange_words(heard: Heard, beside: Listed, others: Sequence[Listed]) -> bool:
    """Say whether words are left that may speak of something else.

    Beside a listed model of the named brand, Thai words that no other product is called by are a
    way of naming the product (ปั๊มน้ำ for เครื่องสูบน้ำ).
    """
    if not (heard.models and heard.brand == "named"):
        return bool(heard.words)
    return any(not is_thai(word[0]) or _is_rival(word, beside, others) for word in heard.words)


def _is_rival(word: str, beside: Listed, others: Sequence[Listed]) -> bool:
    if any(names_product(word, other.thai_name) or names_product(other.thai_name, word) for other in others):
        return True
    return len(word) >= _RIVAL_LETTERS and word[:_RIVAL_LETTERS] == beside.thai_name[:_RIVAL_LETTERS]
