"""Write a note on a case, for staff only: it is never shown to the applicant, changed or deleted."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from mit.errors import InputError
from mit.issuance.case import Case
from mit.issuance.take import officers_case, record, require_stranger_to
from mit.issuance.wish import read_reasons
from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import Actor
from mit.store.case_notes import CaseNote, last_note
from mit.store.db import add, transaction

#: Within this time the same words again are a page that was sent twice.
AGAIN_WITHIN = timedelta(minutes=10)


def write_note(
    actor: Actor, number: str, words: str, *, now: datetime, product_position: int | None = None
) -> None:
    """Write down a note about a case, or about one of its products (counted from 1).

    The same note once more within ``AGAIN_WITHIN`` is a second click: nothing is written.

    Raises:
        NotFoundError: there is no such case.
        FourEyesError: the actor once acted for the applicant.
        InputError: ``note_missing``, ``product_unknown``, or the words cannot be kept as text.
    """
    text = read_reasons(words, where="note")
    if not text:
        raise InputError("note_missing", where="note")
    with transaction() as session:
        case = officers_case(session, actor, number)
        require_stranger_to(actor, case)
        require_product(case, product_position, where="note_product")
        last = last_note(session, case.application.id)
        if last and _is_again(last, (actor.user_id, product_position, text), now):
            return
        note = CaseNote(
            application_id=case.application.id,
            product_position=product_position,
            words=text,
            author_id=actor.user_id,
            written_at=now,
        )
        add(session, note)
        record(session, AuditEvent.CASE_NOTED, actor, case, now=now, note=note.seq)


def _is_again(last: CaseNote, note: tuple[UUID, int | None, str], now: datetime) -> bool:
    return (
        last.author_id,
        last.product_position,
        last.words,
    ) == note and now - last.written_at < AGAIN_WITHIN


def require_product(case: Case, position: int | None, *, where: str) -> None:
    """Ask that the position, if one is given, is that of a product.

    Raises:
        InputError: ``product_unknown``.
    """
    if position is not None and position not in {product.position for product in case.products}:
        raise InputError("product_unknown", where=where)
