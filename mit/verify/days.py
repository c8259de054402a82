"""Several days in one answer: bid, contract and delivery side by side, from one state of knowledge.  Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from mit.i18n import Language, say
from mit.values.thai_date import format_day
from mit.verify.question import Question
from mit.verify.verdict import Answer, Verdict

#: The days that count in a purchase, in the order in which they should come.
DAYS = ("bid", "contract", "delivery")

_STOPS = frozenset({"suspended", "revoked", "superseded", "withdrawn"})

#: A named day with the answer on it.
DayAnswer = tuple[str, Verdict]


def on_each_day(judge_on: Callable[[Question], Verdict], question: Question) -> Verdict:
    """Return the verdict on the asked day (today where none was named) with those on each named day."""
    verdict = judge_on(question.about(question.on))
    if not question.days:
        return verdict
    return replace(verdict, days=tuple((name, judge_on(question.about(day))) for name, day in question.days))


def reasons_on_days(days: Sequence[DayAnswer]) -> tuple[str, ...]:
    """Return every reason that counts on some of the days, each once, in the order of the days."""
    return tuple(dict.fromkeys(reason for _, answer in days for reason in answer.reasons))


def day_sentences(days: Sequence[DayAnswer], language: Language) -> list[str]:
    """Return in words on which days it is good, on which not, and what follows from that."""
    return [*_answers(days, language), *_advice(days, language)]


def _answers(days: Sequence[DayAnswer], language: Language) -> Iterator[str]:
    answers = {answer.answer for _, answer in days}
    for said in Answer:
        names = [name for name, answer in days if answer.answer is said]
        if len(answers) == 1 and len(names) > 1:
            yield say(f"verify.days_all_{said}", language)
        elif names:
            yield say(f"verify.days_some_{said}", language, days=_listed(names, language))


def _advice(days: Sequence[DayAnswer], language: Language) -> Iterator[str]:
    """Say what to do where days differ, and where they were perhaps typed one for another."""
    leading = [(name, answer.leading_reason) for name, answer in days]
    certificate = next((answer.certificate for _, answer in days if answer.certificate), None)
    expired = [name for name, reason in leading if reason == "expired"]
    early = [name for name, reason in leading if reason == "not_yet_in_force"]
    future = [name for name, reason in leading if reason == "future_date"]
    stopped = any(reason in _STOPS for _, reason in leading)
    if certificate and expired and len(expired) < len(days):
        last = format_day(certificate.expires_on, language)
        yield say("verify.days_expires", language, days=_listed(expired, language), expires_on=last)
    if certificate and early:
        first = format_day(certificate.issued_on, language)
        yield say("verify.days_begins", language, days=_listed(early, language), issued_on=first)
    if stopped and len({answer.answer for _, answer in days}) > 1:
        yield say("verify.days_stopped", language)
    if future:
        yield say("verify.days_future", language, days=_listed(future, language))
    if _is_out_of_order(days):
        yield say("verify.days_order", language)


def _is_out_of_order(days: Sequence[DayAnswer]) -> bool:
    named = [answer.as_of for name, answer in days if name in DAYS]
    return named != sorted(named)


def _listed(names: Sequence[str], language: Language) -> str:
    """Return names of days as one reads them aloud: ``a, b and c``."""
    words = [say(f"verify.day_{name}", language) for name in names]
    if len(words) == 1:
        return words[0]
    return say("verify.days_and", language, before=", ".join(words[:-1]), last=words[-1])
