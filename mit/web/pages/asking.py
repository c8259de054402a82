"""What a person asks beside the presentation: days and a model; and the fields to ask about others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import request

from mit.credential.coverage_question import LONGEST_ASKED
from mit.values.thai_date import parse_day
from mit.verify.days import DAYS
from mit.verify.question import Question
from mit.web import context

#: Every field of the question, as the address has them.
ASKED = ("on", *DAYS, "model")


@dataclass(frozen=True, slots=True)
class DayQuestion:
    """How to ask the same thing about other days or a model.

    Attributes:
        action: where the form goes.
        kept: hidden fields: name and value.
        typed: what was typed this time, by the names of ``ASKED``; empty where nothing was.
        plain: the same question as of today and about no model; empty where it was that.
    """

    action: str
    kept: tuple[tuple[str, str], ...]
    typed: tuple[tuple[str, str], ...]
    plain: str

    def __getitem__(self, name: str) -> str:
        """Return what was typed into one field."""
        return dict(self.typed).get(name, "")

    @property
    def days(self) -> tuple[tuple[str, str], ...]:
        """Return what was typed into the fields of days, by name."""
        return tuple((name, self[name]) for name in (*DAYS, "on"))

    @property
    def is_dated(self) -> bool:
        """Say whether some day was typed."""
        return any(text for _, text in self.days)


def day_question(action: str = "") -> DayQuestion:
    """Return how to ask what this request asks, or what *action* does, about other days or a model."""
    is_question = request.method in {"GET", "HEAD"}
    kept = {name: text for name, text in request.args.items() if is_question and name not in ASKED}
    typed = {name: text for name in ASKED if (text := request.args.get(name, "")).strip() and is_question}
    return DayQuestion(
        action=action or context.local_path(request.path if is_question else "/verify"),
        kept=tuple(kept.items()),
        typed=tuple(typed.items()),
        plain=context.same_page(**dict.fromkeys(ASKED, "")) if typed else "",
    )


def asked() -> Question:
    """Return the question of this request: days as people type them, and a model; blank ones left out.

    One day alone is the day of the answer; of several, or of one that has a name, each gets its own.

    Raises:
        InputError: ``day_malformed`` or ``day_year`` (422).
    """
    model = request.args.get("model", "").strip()[: LONGEST_ASKED + 1] or None
    on, named = _day("on"), tuple(_named_days())
    if named and on:
        named = (*named, ("on", on))
    return Question(context.now(), on, model, named, context.settings().public_url)


def _named_days() -> Iterator[tuple[str, date]]:
    for name in DAYS:
        if day := _day(name):
            yield name, day


def _day(name: str) -> date | None:
    text = request.args.get(name, "").strip()
    return parse_day(text, where=name) if text else None
