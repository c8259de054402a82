"""What it would take, in sentences; the words live in ``translations/*/criteria.po``.

The names of lines are what somebody typed; who shows the sentences has to escape them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from mit.criteria.cost_line import CostLine
from mit.criteria.explain import LISTED_LINES
from mit.criteria.formulas import FormulaResult
from mit.criteria.suggest import Suggestion
from mit.criteria.what_if import Room, Shortfall, WhatIf
from mit.i18n import Language, say
from mit.values.money import Money
from mit.values.share import percent_text

Params = dict[str, str | int]

#: Letters of a line's name that a sentence shows.
_LONGEST_NAME = 60


def explain_what_if(answer: WhatIf, language: Language) -> list[str]:
    """Return the sentences in reading order: what is missing, what would help, how much room there is.

    What is true of two formulas alike is said once.
    """
    shortfalls = [(short.result, *_missing(answer, short)) for short in answer.shortfalls]
    prices = [
        (short.result, *_price(answer, short.price_change))
        for short in answer.shortfalls
        if short.price_change is not None
    ]
    sentences = [*_said(shortfalls, language), *_said(prices, language)]
    sentences += [_suggestion(one, language) for one in answer.suggestions]
    if answer.assessment.is_blocked:
        sentences.append(_say("blocked", language))
    sentences += _said([(room.result, *_room(answer, room)) for room in answer.rooms], language)
    return sentences + _warnings(answer, language)


def _say(name: str, language: Language, /, **params: str | int) -> str:
    return say(f"criteria.what_if_{name}", language, **params)


def _joined(texts: Sequence[str], language: Language) -> str:
    """Return texts as one; there are few."""
    return reduce(lambda first, second: _say("both", language, first=first, second=second), texts)


def _formula(formula: str, language: Language) -> str:
    return say(f"criteria.name_{formula}", language)


def _said(entries: Sequence[tuple[FormulaResult, str, Params]], language: Language) -> list[str]:
    """Return a sentence for each entry; formulas of which the same is true stand in one."""
    formulas: dict[tuple[str, tuple[tuple[str, str | int], ...]], list[str]] = {}
    for result, name, params in entries:
        formulas.setdefault((name, tuple(params.items())), []).append(_formula(result.id, language))
    said = [
        _say(name, language, formula=_joined(named, language), **dict(params))
        for (name, params), named in formulas.items()
    ]
    return [sentence[:1].upper() + sentence[1:] for sentence in said]


def _missing(answer: WhatIf, short: Shortfall) -> tuple[str, Params]:
    return "missing" if short.is_in_reach else "missing_out_of_reach", {
        "missing": short.missing.to_shown(),
        "counted": short.result.numerator.to_shown(),
        "needed": (short.result.numerator + short.missing).to_shown(),
        "threshold": percent_text(answer.assessment.rule_set.threshold),
    }


def _price(answer: WhatIf, change: Money) -> tuple[str, Params]:
    return "price_higher" if change.satang > 0 else "price_lower", {
        "change": Money(abs(change.satang)).to_shown(),
        "price": (answer.assessment.figures.net_price + change).to_shown(),
    }


def _suggestion(suggestion: Suggestion, language: Language) -> str:
    positions = {line.position for line in suggestion.on_paper}
    bought = [line for line in suggestion.lines if line.position not in positions]
    steps = []
    if suggestion.on_paper:
        steps.append(_say("step_prove", language, lines=_lines(suggestion.on_paper, language)))
    if bought:
        steps.append(_say("step_buy", language, lines=_lines(bought, language)))
    found = [
        _say("share_then", language, formula=_formula(formula, language), percent=percent)
        if formula != "tariff_shift"
        else _formula(formula, language)
        for formula, percent in zip(suggestion.formulas, suggestion.percents, strict=True)
    ]
    return _say(
        "suggestion",
        language,
        steps=_joined(steps, language),
        amount=suggestion.amount.to_shown(),
        formulas=_joined(found, language),
    )


def _lines(lines: Sequence[CostLine], language: Language) -> str:
    listed = ", ".join(
        _say("line", language, position=line.position, name=line.name[:_LONGEST_NAME])
        for line in lines[:LISTED_LINES]
    )
    left = len(lines) - LISTED_LINES
    return say("criteria.lines_more", language, listed=listed, left=left) if left > 0 else listed


def _room(answer: WhatIf, room: Room) -> tuple[str, Params]:
    if room.rise is None:
        return "room_any", {}
    params: Params = {
        "rise": room.rise.to_shown(),
        "threshold": percent_text(answer.assessment.rule_set.threshold),
    }
    if not room.percent:
        return "room_first", params
    return "room", params | {"percent": room.percent}


def _warnings(answer: WhatIf, language: Language) -> list[str]:
    entries: list[tuple[FormulaResult, str, Params]] = [
        (room.result, "warning", {"percent": room.result.shown_percent, "level": room.warning})
        for room in answer.rooms
        if room.warning is not None
    ]
    said = _said(entries, language)
    if answer.levels is None or answer.levels.is_verified:
        return said
    return [f"{one} {_say('warning_unverified', language)}" for one in said]
