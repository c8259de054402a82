"""What it would take, in sentences; the words live in ``translations/*/criteria.po``.

The names of lines are what somebody typed; who shows the sentences has to escape them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mit.criteria.cost_line import CostLine
from mit.criteria.explain import LISTED_LINES
from mit.criteria.suggest import Suggestion
from mit.criteria.what_if import Room, Shortfall, WhatIf
from mit.i18n import Language, say
from mit.values.money import Money
from mit.values.share import percent_text

#: Letters of a line's name that a sentence shows.
_LONGEST_NAME = 60


def explain_what_if(answer: WhatIf, language: Language) -> list[str]:
    """Return the sentences in reading order: what is missing, what would help, how much room there is."""
    sentences = [*_shortfalls(answer, language), *_prices(answer, language)]
    sentences += [_suggestion(one, language) for one in answer.suggestions]
    if answer.assessment.is_blocked:
        sentences.append(_say("blocked", language))
    for room in answer.rooms:
        sentences += _room(answer, room, language)
    return sentences


def _say(name: str, language: Language, /, **params: str | int) -> str:
    return say(f"criteria.what_if_{name}", language, **params)


def _formula(formula: str, language: Language) -> str:
    return say(f"criteria.name_{formula}", language)


def _threshold(answer: WhatIf) -> str:
    return percent_text(answer.assessment.rule_set.threshold)


def _shortfalls(answer: WhatIf, language: Language) -> Iterable[str]:
    for short in answer.shortfalls:
        yield _say(
            "missing" if short.is_in_reach else "missing_out_of_reach",
            language,
            formula=_formula(short.result.id, language),
            missing=short.missing.to_shown(),
            counted=short.result.numerator.to_shown(),
            needed=(short.result.numerator + short.missing).to_shown(),
            threshold=_threshold(answer),
        )


def _prices(answer: WhatIf, language: Language) -> Iterable[str]:
    for short in answer.shortfalls:
        if short.price_change is not None:
            yield _price(answer, short, short.price_change, language)


def _price(answer: WhatIf, short: Shortfall, change: Money, language: Language) -> str:
    net = answer.assessment.figures.net_price
    return _say(
        "price_higher" if change.satang > 0 else "price_lower",
        language,
        formula=_formula(short.result.id, language),
        change=Money(abs(change.satang)).to_shown(),
        price=(net + change).to_shown(),
    )


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
        steps=_say("and", language).join(steps),
        amount=suggestion.amount.to_shown(),
        formulas=_say("and", language).join(found),
    )


def _lines(lines: Sequence[CostLine], language: Language) -> str:
    listed = ", ".join(
        _say("line", language, position=line.position, name=line.name[:_LONGEST_NAME])
        for line in lines[:LISTED_LINES]
    )
    left = len(lines) - LISTED_LINES
    return say("criteria.lines_more", language, listed=listed, left=left) if left > 0 else listed


def _room(answer: WhatIf, room: Room, language: Language) -> Iterable[str]:
    formula, threshold = _formula(room.result.id, language), _threshold(answer)
    if room.rise is None:
        yield _say("room_any", language, formula=formula)
    elif room.percent:
        yield _say(
            "room",
            language,
            formula=formula,
            rise=room.rise.to_shown(),
            percent=room.percent,
            threshold=threshold,
        )
    else:
        yield _say("room_first", language, formula=formula, rise=room.rise.to_shown(), threshold=threshold)
    if room.warning is not None:
        said = _say(
            "warning", language, formula=formula, percent=room.result.shown_percent, level=room.warning
        )
        is_open = answer.levels is not None and not answer.levels.is_verified
        yield f"{said} {_say('warning_unverified', language)}" if is_open else said
