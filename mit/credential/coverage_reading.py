"""What an asked text says, read beside one entry of a coverage.  Pure.

Everything in the text is accounted for: what the entry lists, what says nothing, and what is left over.
What is left over never counts as covered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from mit.credential import asked_words as words
from mit.credential.asked_text import THAI, AskedText, Place, alike, fold, is_thai, of_shown, places, same
from mit.credential.asked_values import AskedValue, blanked, label_pattern, labelled, read_numbers
from mit.credential.coverage import CoverageEntry
from mit.credential.units import sure_unit_pattern, unit_named, unit_pattern

_HS = re.compile(
    r"(?:(?:hs|ahtn)(?:\s?code)?|พิกัดศุลกากร|พิกัด)[\s:.]{0,3}(?P<marked>[0-9]{4}(?:\.?[0-9]{2,3}){0,4})(?![0-9a-z]|\.[0-9])"
    r"|(?<![0-9a-z.,/-])(?P<dotted>[0-9]{4}\.[0-9]{2}(?:\.[0-9]{2,3}){1,2})(?![0-9a-z,/-]|\.[0-9])"
    r"|(?<![0-9a-z.,/-])(?P<plain>[0-9]{11}|[0-9]{8}|[0-9]{6})(?![0-9a-z,/-]|\.[0-9])"
)
_HS_LENGTHS = frozenset({2, 4, 6, 8, 10, 11})
_THAI_RUN = re.compile(f"[{THAI}]+")
_CHUNK = re.compile(rf"[^\s\0{THAI}()\[\]{{}}<>\"'=:;!?&~≈±≤≥]+")
#: x where it means "by".
_BETWEEN_NUMBERS = re.compile(r"(?<=[0-9])\s?x(?=\s?\.?[0-9])")
_LEAD = re.compile(r"[^\W\d_]+")
_BRAND_ASKED = re.compile(r"[\s:.\-]{0,3}([^\s\0,;()]{1,60})")


@dataclass(slots=True)
class Heard:
    """What one entry makes of the asked text; places are those of the folded text.

    Attributes:
        models: listed models that stand in it, as they are listed.
        doubtful: a listed model that only looks the same, and the place.
        is_gapped: whether that is for digits standing apart, not for letters like digits.
        brand: ``named``, ``alike``, ``other``, ``untold`` (cannot be compared) or empty.
        brand_asked: the brand as it was asked for.
        hs_code: the digits asked for; empty where none.
        values: numbers with a unit, each with its property.
        codes: what looks like models and is not listed.
        words: words that the entry does not know.
        numbers: numbers without a unit.
        blurred: numbers written with letters (``O.45``).
        vague: words and signs that make a guess, a span or a choice of it.
        product: words that name the entry's product.
        is_whole_product: whether its full name stands there.
    """

    models: list[str] = field(default_factory=list)
    doubtful: tuple[str, Place] | None = None
    is_gapped: bool = False
    brand: str = ""
    brand_asked: str = ""
    hs_code: str = ""
    values: tuple[AskedValue, ...] = ()
    codes: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    blurred: list[str] = field(default_factory=list)
    vague: list[str] = field(default_factory=list)
    product: list[str] = field(default_factory=list)
    is_whole_product: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry made ready for reading beside it."""

    entry: CoverageEntry
    models: tuple[tuple[str, AskedText], ...]
    brand: AskedText
    thai_name: str
    latin_names: frozenset[str]
    leads: frozenset[str]
    own_units: tuple[str, ...]
    names: tuple[AskedText, ...]


@lru_cache(maxsize=1024)
def listed(entry: CoverageEntry) -> Listed:
    """Return *entry* made ready for reading beside it."""
    folded = [(model, fold(model)) for model in entry.models]
    names = fold(f"{entry.product_th} {entry.product_en}").low
    return Listed(
        entry=entry,
        models=tuple(sorted(folded, key=lambda pair: -len(pair[1].solid))),
        brand=fold(entry.brand),
        thai_name="".join(_THAI_RUN.findall(fold(entry.product_th).low)),
        latin_names=frozenset(
            re.findall(r"[^\W\d_]{2,}", "".join(" " if is_thai(sign) else sign for sign in names))
        ),
        leads=frozenset(lead for _, one in folded for lead in _leads(one)),
        own_units=tuple(
            sorted(span.unit for span in entry.ranges if unit_named(span.unit).dimension.startswith("own "))
        ),
        names=(fold(entry.product_th), fold(entry.product_en)),
    )


def read_beside(asked: AskedText, beside: Listed) -> Heard:
    """Return what *asked* says, read beside one entry."""
    heard = Heard()
    asked = _brand_apart(asked, beside.brand.low)
    left = _read_models(asked, asked.low, beside, heard)
    left = _read_brand(asked, left, beside, heard)
    left = _read_hs_code(left, beside, heard)
    left, values = _read_values(asked, left, beside, heard)
    left, labels = _read_words(left, beside, heard)
    _read_codes(asked, left, beside, heard)
    heard.values, is_loose = labelled(values, sorted(labels))
    if is_loose:
        heard.vague.append(asked.shown[slice(*max(labels)[:2])])
    return heard


def spelled_otherwise(code: str, beside: Listed) -> str | None:
    """Return the listed model that differs from *code* in points, strokes or closing zeros alone."""
    loose = _loose(code)
    return next((model for model, _ in beside.models if loose and _loose(model) == loose), None)


def _loose(code: str) -> str:
    plain = re.sub(r"(?<=[0-9])(\.[0-9]*?)0+(?![0-9])", r"\1", same(code))
    return re.sub(r"[^\w.]|(?<![0-9])\.|\.(?![0-9])", "", plain)


def _brand_apart(asked: AskedText, brand: str) -> AskedText:
    """Return the text with a space in place of a dash between the brand and what it stands beside."""
    if not brand or "-" not in asked.low:
        return asked
    joined = re.compile(rf"(?<!\S){re.escape(brand)}-|-{re.escape(brand)}(?!\S)")
    shown = asked.shown
    for match in joined.finditer(asked.low):
        dash = match.start() if match[0][0] == "-" else match.end() - 1
        shown = f"{shown[:dash]} {shown[dash + 1 :]}"
    return of_shown(shown)


def families(code: str) -> frozenset[str]:
    """Return the letters with which a code begins, up to the first gap and beyond it: its families."""
    return frozenset(_leads(fold(code)))


def _leads(code: AskedText) -> list[str]:
    found = (_LEAD.match(code.low.strip()), _LEAD.match(code.solid))
    return [match[0] for match in found if match]


def _read_models(asked: AskedText, left: str, beside: Listed, heard: Heard) -> str:
    measured = _measured(asked.low, beside)
    for model, one in beside.models:
        for place in places(asked, one):
            if "\0" in left[place.start : place.end]:
                continue
            if one.solid.isdigit() and any(start <= place.start < end for start, end in measured):
                continue
            if place.is_gapped:
                heard.doubtful, heard.is_gapped = (model, place), True
            else:
                heard.models.append(model)
            left = blanked(left, [(place.start, place.end)])
    if heard.models or heard.doubtful:
        return left
    for model, one in beside.models:
        for place in places(asked, one, by_looks=True):
            if any(start <= place.start < end for start, end in measured):
                continue
            heard.doubtful = (model, place)
            return blanked(left, [(place.start, place.end)])
    return left


def _measured(low: str, beside: Listed) -> list[tuple[int, int]]:
    """Return the places of quantities and of numbers with a unit: no model of digits alone stands there."""
    numbers = read_numbers(low, beside.own_units)
    measured = [(value.start, value.end) for value in numbers.values if value.unit]
    return [*measured, *numbers.spans, *numbers.counts]


def _read_brand(asked: AskedText, left: str, beside: Listed, heard: Heard) -> str:
    for by_looks in (False, True):
        for place in places(asked, beside.brand, by_looks=by_looks):
            if "\0" not in left[place.start : place.end] and not (by_looks and heard.brand == "named"):
                heard.brand = "alike" if by_looks else "named"
                heard.brand_asked = asked.shown[place.start : place.end]
                left = blanked(left, [(place.start, place.end)])
    return _read_claimed_brand(asked, left, beside, heard)


def _read_claimed_brand(asked: AskedText, left: str, beside: Listed, heard: Heard) -> str:
    """Read what stands behind the word for brand, where that is not the entry's."""
    for mark in _brand_mark().finditer(left):
        behind = _BRAND_ASKED.match(left, mark.end())
        if behind is None or words.names_product(mark[0], beside.thai_name):
            continue
        claimed, start = behind[1].partition(same("รุ่น"))[0], behind.start(1)
        if not claimed or claimed in words.neutral_words():
            continue
        heard.brand_asked = asked.shown[start : start + len(claimed)]
        is_comparable = beside.brand.solid and is_thai(claimed[0]) == is_thai(beside.brand.solid[0])
        is_other = claimed in words.vague_words() or is_comparable
        heard.brand = "other" if is_other else "untold"
        left = blanked(left, [(mark.start(), start + len(claimed))])
    return left


@lru_cache(maxsize=1)
def _brand_mark() -> re.Pattern[str]:
    return re.compile(rf"(?<![{THAI}a-z0-9]){words.brand_mark_pattern()}")


def _read_hs_code(left: str, beside: Listed, heard: Heard) -> str:
    for match in _HS.finditer(left):
        digits = re.sub(r"[. ]", "", match["marked"] or match["dotted"] or match["plain"])
        is_sure = (
            match["marked"] or match["dotted"] or len(digits) > 6 or agrees(digits, beside.entry.hs_code)
        )
        if len(digits) in _HS_LENGTHS and is_sure and not _has_unit(left, match):
            heard.hs_code = digits
            left = blanked(left, [match.span()])
    return left


def agrees(asked: str, certified: str) -> bool:
    """Say whether two HS codes are the same as far as both go."""
    return bool(certified) and (certified.startswith(asked) or asked.startswith(certified))


def _has_unit(left: str, match: re.Match[str]) -> bool:
    return match["plain"] is not None and bool(_unit_behind().match(left, match.end()))


@lru_cache(maxsize=1)
def _unit_behind() -> re.Pattern[str]:
    return re.compile(rf"\s?{unit_pattern()}|\s?{words.counted_pattern()}")


def _read_values(asked: AskedText, left: str, beside: Listed, heard: Heard) -> tuple[str, list[AskedValue]]:
    numbers = read_numbers(left, beside.own_units)
    heard.vague += [asked.shown[start:end].strip() for start, end in numbers.spans]
    heard.vague += words.vague_signs(left)
    values = [
        value
        for value in numbers.values
        if value.unit is not None and _word_before(left, value.start) not in beside.leads
    ]
    taken = [*numbers.spans, *numbers.counts, *((value.start, value.end) for value in values)]
    return blanked(left, taken), values


def _word_before(left: str, start: int) -> str:
    match = re.search(r"(?<![^\W_])([^\W\d_]+) ?$", left[max(0, start - 40) : start])
    return match[1] if match else ""


def _read_words(left: str, beside: Listed, heard: Heard) -> tuple[str, list[tuple[int, int, str]]]:
    """Read the words, Thai and others; return what is left and the properties that were named."""
    labels: list[tuple[int, int, str]] = []
    for name in beside.names:
        for place in places(of_shown(left.replace("\0", " ")), name):
            if "\0" not in left[place.start : place.end]:
                heard.is_whole_product = True
                heard.product.append(name.shown)
                left = blanked(left, [(place.start, place.end)])
    for kind, start, end in _worded(left, beside):
        word = left[start:end]
        if kind == "property":
            labels.append((start, end, words.property_of(word)))
        elif kind != "neutral":
            {"product": heard.product, "vague": heard.vague, "word": heard.words}[kind].append(word)
        left = blanked(left, [(start, end)])
    return left, labels


def _worded(left: str, beside: Listed) -> Iterator[tuple[str, int, int]]:
    """Yield kind and place of each word that is known, and of all that is Thai."""
    for run in _unit_or_thai().finditer(left):
        if run["unit"] is not None:
            yield "neutral", run.start(), run.end()
            left = blanked(left, [run.span()])
            continue
        at = run.start()
        for part, kind in words.split_thai(run[0], beside.thai_name):
            yield kind, at, at + len(part)
            at += len(part)
    for match in re.finditer(label_pattern(), left):
        if not left[max(0, match.start() - 1) : match.start()].isalnum():
            yield "property", match.start(), match.end()
            left = blanked(left, [match.span()])
    for chunk in _CHUNK.finditer(left):
        yield from _worded_chunk(chunk, beside)


def _worded_chunk(chunk: re.Match[str], beside: Listed) -> Iterator[tuple[str, int, int]]:
    parts = list(re.finditer(r"[^\s\-.,/]+", chunk[0]))
    kinds = [_kind_of_latin(part[0], beside) for part in parts]
    if any(kind is None for kind in kinds):
        return
    for part, kind in zip(parts, kinds, strict=True):
        yield str(kind), chunk.start() + part.start(), chunk.start() + part.end()


def _kind_of_latin(word: str, beside: Listed) -> str | None:
    if word in words.property_words():
        return "property"
    if word in beside.latin_names or (
        len(word) > words.SHORTEST_NAME and word.removesuffix("s") in beside.latin_names
    ):
        return "product"
    if word in words.vague_words():
        return "vague"
    return "neutral" if word in words.neutral_words() else None


@lru_cache(maxsize=1)
def _unit_or_thai() -> re.Pattern[str]:
    return re.compile(rf"(?<![{THAI}a-z0-9])(?P<unit>{sure_unit_pattern()})(?![{THAI}a-z0-9])|[{THAI}]+")


def _read_codes(asked: AskedText, left: str, beside: Listed, heard: Heard) -> None:
    """Sort what is left into codes, words and numbers."""
    for start, end in _joined(left):
        text, shown = left[start:end].strip("-.,/ "), asked.shown[start:end].strip("-.,/ ")
        if text == "x" or not any(sign.isalnum() for sign in text):
            continue
        has_letter = any(sign.isalpha() for sign in _BETWEEN_NUMBERS.sub("", text))
        has_digit = any(sign.isdigit() for sign in text)
        if not has_letter and has_digit:
            heard.numbers.append(shown)
        elif has_digit and alike(same(text)).replace(".", "").isdigit():
            heard.blurred.append(shown)
        elif has_digit or same(text) in beside.leads:
            heard.codes.append(shown)
        else:
            heard.words.append(shown)


def _joined(left: str) -> Iterator[tuple[int, int]]:
    """Yield the places of what belongs together: ``NYY 2 x 10`` is one code."""
    start = end = -1
    for chunk in _CHUNK.finditer(left):
        before, text = left[start:end], chunk[0]
        is_near = start >= 0 and left[end : chunk.start()] == " "
        if is_near and _continues(before, text):
            end = chunk.end()
            continue
        if start >= 0:
            yield start, end
        start, end = chunk.span()
    if start >= 0:
        yield start, end


def _continues(before: str, text: str) -> bool:
    """Say whether *text* carries on the code *before*, a space between."""
    if text[0].isdigit():
        return before[-1] == "x" or not any(sign.isdigit() for sign in before)
    return text == "x" and before[-1].isdigit()
