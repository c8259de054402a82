"""What an organisation's own headings mean: said once, remembered, seen and taken back; only the words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mit.accounts.membership import lock_own, own_organisation_id, record
from mit.criteria import headings
from mit.criteria.cost_table import has_enough
from mit.criteria.headings import Chosen
from mit.errors import Fault, InputError, NotFoundError
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import Actor
from mit.store import heading_choices
from mit.store.db import OpenSession, new_id, transaction, viewing
from mit.store.heading_choices import LONGEST_HEADING, MOST_CHOICES, HeadingChoice

#: What is answered for a column that is not to be read.
NOT_READ = "-"
COLUMN_MEMBERS = tuple(member for member in headings.COLUMNS if member)
FIELD_PATHS = tuple(headings.FIELDS)
_MEMBERS = {"column": COLUMN_MEMBERS, "field": FIELD_PATHS}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one heading or label is said to mean; ``where`` is the field of the form that says so."""

    place: str
    words: str
    member: str
    where: str


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """One choice as it is shown; ``member`` is empty for what is not read."""

    choice_id: UUID
    place: str
    words: str
    member: str
    chosen_at: datetime


def chosen_of(session: OpenSession, organisation_id: UUID) -> Chosen:
    """Return what an organisation said its words mean."""
    found: dict[str, dict[str, str]] = {place: {} for place in heading_choices.PLACES}
    for row in heading_choices.choices_of(session, organisation_id):
        found[row.place][row.heading] = row.member
    return Chosen(columns=found["column"], fields=found["field"])


def list_choices(by: Actor) -> Sequence[ChoiceView]:
    """Return every choice of one's organisation.

    Raises:
        NotAllowedError: ``role_needed``.
        NotFoundError: one acts for none.
    """
    organisation_id = own_organisation_id(by)
    with viewing() as session:
        rows = heading_choices.choices_of(session, organisation_id)
        return [ChoiceView(row.id, row.place, row.shown, row.member, row.chosen_at) for row in rows]


def remember(by: Actor, answers: Sequence[Answer], *, now: datetime) -> None:
    """Remember what headings and labels mean, in the place of what was said before.

    Raises:
        NotAllowedError: ``role_needed``.
        NotFoundError: one acts for no organisation.
        InputError: every answer that cannot be: ``column_unanswered``, ``column_member_unknown``,
            ``column_twice``, ``columns_incomplete``, ``columns_too_many``.
    """
    _check(answers)
    with transaction() as session:
        organisation = lock_own(session, by)
        rows = {(row.place, row.heading): row for row in heading_choices.choices_of(session, organisation.id)}
        changed = 0
        for answer in answers:
            key = (answer.place, headings.plain(answer.words)[:LONGEST_HEADING])
            row = rows.get(key)
            if not key[1] or (row is None and _is_known(answer)):
                continue
            changed += row is None or row.member != _member(answer)
            if row is None:
                rows[key] = row = HeadingChoice(id=new_id(), organisation_id=organisation.id)
                row.place, row.heading = key
                session.add(row)
            row.shown, row.member = answer.words[:LONGEST_HEADING], _member(answer)
            row.chosen_at, row.chosen_by_id = now, by.user_id
        if len(rows) > MOST_CHOICES:
            raise InputError("columns_too_many", where="columns", limit=MOST_CHOICES)
        session.flush()
        if changed:
            record(session, AuditEvent.HEADINGS_CHOSEN, organisation.id, by=by, now=now, headings=changed)


def forget(by: Actor, choice_id: UUID, *, now: datetime) -> None:
    """Forget one choice; a heading that is not known is then asked about again.

    Raises:
        NotAllowedError: ``role_needed``.
        NotFoundError: there is none such, or it is another organisation's.
    """
    with transaction() as session:
        organisation = lock_own(session, by)
        if not heading_choices.forget_choice(session, organisation.id, choice_id):
            raise NotFoundError
        record(session, AuditEvent.HEADING_FORGOTTEN, organisation.id, by=by, now=now, heading=choice_id)


def _is_known(answer: Answer) -> bool:
    """Say whether the words mean this anyway, so that nothing has to be remembered."""
    words: Mapping[str, Sequence[str]] = headings.COLUMNS if answer.place == "column" else headings.FIELDS
    return headings.find(answer.words, headings.table_of({k: tuple(v) for k, v in words.items()})) == _member(
        answer
    )


def _member(answer: Answer) -> str:
    return "" if answer.member == NOT_READ else answer.member


def _check(answers: Sequence[Answer]) -> None:
    faults: list[Fault] = []
    taken: dict[str, set[str]] = {place: set() for place in _MEMBERS}
    for answer in answers:
        if not answer.member:
            faults.append(Fault("column_unanswered", answer.where, {"heading": answer.words[:40]}))
        elif answer.member not in (*_MEMBERS[answer.place], NOT_READ):
            faults.append(Fault("column_member_unknown", answer.where))
        elif answer.place == "column" and answer.member in taken["column"]:
            faults.append(Fault("column_twice", answer.where, {"heading": answer.words[:40]}))
        elif answer.member != NOT_READ:
            taken[answer.place].add(answer.member)
    columns = [answer for answer in answers if answer.place == "column"]
    if not faults and columns and not has_enough(taken["column"]):
        faults.append(Fault("columns_incomplete", columns[0].where))
    if faults:
        raise InputError("columns_wrong", faults=faults)
