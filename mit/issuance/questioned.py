"""What an officer asked about: in a returned application only that is open, the rest stays as it was.

A question names a place (``store.case_questions``); one about ``other`` opens the whole product, or
the whole application where it names no product.  A return without questions opens everything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from mit.issuance.case import subject_of
from mit.issuance.typed import TABLES, Typed
from mit.lifecycle.application_states import ApplicationState
from mit.lifecycle.audit_events import AuditEvent
from mit.store import audit, case_questions
from mit.store.applications import Application
from mit.store.db import OpenSession

_SUBMISSIONS = frozenset({AuditEvent.APPLICATION_SUBMITTED, AuditEvent.APPLICATION_RESUBMITTED})
_ROW = re.compile(r"(lines|ranges)\[([0-9]{1,5})\](?:\.([a-z_]+))?", re.ASCII)
_WHOLE = "*"


@dataclass(frozen=True, slots=True)
class Question:
    """One question of this round, as the applicant sees it.

    Attributes:
        index: counts from 1 within the round.
        product: the product's number in the draft, 0 for the application.
        answer: empty while it waits.
    """

    index: int
    question_id: UUID
    product: int
    place: str
    words: str
    asked_at: datetime
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Open:
    """What may be changed: everything, or the places of the questions.

    Attributes:
        places: (product's number in the draft, place), ``*`` for the whole of it.
    """

    is_all: bool = True
    places: frozenset[tuple[int, str]] = frozenset()
    questions: tuple[Question, ...] = field(default=())

    def allows(self, section: str, product: int, place: str = "") -> bool:
        """Say whether a field may be changed; whether anything of the section where *place* is empty."""
        if self.is_all or self._is_whole(product) or section == "declaration":
            return True
        mine = {self._in_section(where) for of, where in self.places if of == product}
        here = {name for name in mine if name and name[0] == section}
        if not place:
            return bool(here)
        row = place.rpartition(".")[0] if place.startswith(("lines[", "ranges[")) else ""
        table = place.partition("[")[0]
        return any(name[1] in {place, row, _WHOLE, table} for name in here if name)

    def keep_closed(self, section: str, product: int, before: Typed, wanted: Typed) -> Typed:
        """Return *wanted*, with what is not open as it was *before*."""
        if self.is_all or self._is_whole(product) or section == "declaration":
            return wanted
        table = TABLES.get(section, ("", (), 0))[0]
        kept: dict[str, Any] = {
            name: wanted[name] if self.allows(section, product, name) else before[name] for name in before
        }
        if table and not self.allows(section, product, table):
            rows = zip(before[table], [*wanted[table], *before[table][len(wanted[table]) :]], strict=False)
            kept[table] = [
                {
                    name: new[name] if self.allows(section, product, f"{table}[{at}].{name}") else old[name]
                    for name in old
                }
                for at, (old, new) in enumerate(rows, start=1)
            ]
        return kept

    @property
    def unanswered(self) -> tuple[Question, ...]:
        """Return the questions that wait for an answer."""
        return tuple(question for question in self.questions if not question.answer)

    def _is_whole(self, product: int) -> bool:
        return (0, _WHOLE) in self.places or (product > 0 and (product, _WHOLE) in self.places)

    @staticmethod
    def _in_section(place: str) -> tuple[str, str] | None:
        if place == "factory":
            return ("factory", _WHOLE)
        if place.startswith("product"):
            return ("product", place.removeprefix("product").removeprefix(".").partition("[")[0] or _WHOLE)
        if place.startswith(("lines", "price_ex_works", "vat_included", "profit", "process")):
            match = _ROW.fullmatch(place)
            return ("sheet", place if match else place.partition("[")[0])
        return ("evidence", _WHOLE) if place == "evidence" else None


def what_is_open(session: OpenSession, application: Application, numbers: Sequence[int]) -> Open:
    """Return what may be changed; *numbers* are the products' numbers in the draft, in their order."""
    state = ApplicationState(application.state)
    if state != ApplicationState.RETURNED:
        return Open(is_all=state == ApplicationState.DRAFT)
    sent = case_questions.sent_questions(session, application.id)
    submissions = sum(
        row.event in _SUBMISSIONS for row in audit.events_about(session, subject_of(application.number))
    )
    questions = [question for question in sent if question.round == submissions] if sent else []
    if not questions:
        return Open()
    asked = tuple(
        Question(
            index,
            question.id,
            _number_of(question.product_position, numbers),
            question.place,
            question.words,
            question.asked_at,
            question.answer or "",
        )
        for index, question in enumerate(questions, start=1)
    )
    places = frozenset((one.product, _WHOLE if one.place == "other" else one.place) for one in asked)
    return Open(is_all=(0, _WHOLE) in places, places=places, questions=asked)


def _number_of(position: int | None, numbers: Sequence[int]) -> int:
    return numbers[position - 1] if position and position <= len(numbers) else 0
