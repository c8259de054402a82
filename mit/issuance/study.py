"""What an officer sees of a case: the application, what the machine noticed, and all that was said."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from mit.credential import canonical_json
from mit.errors import Fault
from mit.issuance.ask import round_of
from mit.issuance.case import LARGEST_DOCUMENT, Case
from mit.issuance.compare import Beside, compare
from mit.issuance.differences import Difference, differences
from mit.issuance.look import ApplicationView, view_of
from mit.issuance.queue import due_on
from mit.issuance.remarks import Remark, remarks_on_holder, remarks_on_product
from mit.issuance.sheet_facts import facts_of
from mit.issuance.take import obstacle, officers_case
from mit.issuance.wish import ProductDecision
from mit.roles.actor import Actor
from mit.store import (
    accounts,
    applications,
    approval_contents,
    audit,
    case_holds,
    case_notes,
    case_questions,
    certificates,
    evidence,
    renewals,
)
from mit.store.applications import AssessedOnce
from mit.store.db import OpenSession, viewing
from mit.store.evidence import Evidence
from mit.values.thai_date import bangkok_day


@dataclass(frozen=True, slots=True)
class Holding:
    """Who has the case, and since when."""

    name: str
    email: str
    taken_at: datetime
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Note:
    """A note that only staff see."""

    product_position: int | None
    words: str
    author: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the applicant and its answer; not sent: the applicant does not know of it yet."""

    question_id: UUID
    round: int
    product_position: int | None
    place: str
    words: str
    asked_by: str
    asked_at: datetime
    sent_at: datetime | None
    answer: str | None
    answered_by: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One act on the application; an act by the machine has no name; ``version`` is what it led to."""

    event: str
    at: datetime
    name: str
    reasons: str
    version: int


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The first pair of eyes: who, when, what of each product, and what has changed since.

    Attributes:
        is_known: whether what was seen was kept, so that it can be compared.
        is_same: whether what stands now is, to the letter, what was recommended.
    """

    name: str
    given_at: datetime
    note: str
    decisions: tuple[ProductDecision, ...]
    is_known: bool
    is_same: bool
    changes: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class ProductStudy:
    """What was noticed about one product, and how it differs from the round before."""

    remarks: tuple[Remark, ...]
    is_new: bool
    earlier: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class File:
    """A file that backs the application; ``product`` is 0 for the whole application."""

    number: int
    product: int
    kind: str
    name: str
    media_type: str
    size_bytes: int
    uploaded_at: datetime
    is_present: bool


@dataclass(frozen=True, slots=True)
class CaseStudy:
    """A case as one officer sees it.

    Attributes:
        waits_since: the last act on it.
        due_on: the day by which it is to be decided; None where it does not wait for FTI.
        obstacle: why this officer may not decide it now; None where they may.
        products: by the same order as ``view.products``.
    """

    view: ApplicationView
    round: int
    submitted_at: datetime
    waits_since: datetime
    due_on: date | None
    holding: Holding | None
    obstacle: Fault | None
    may_write: bool
    remarks: tuple[Remark, ...]
    products: tuple[ProductStudy, ...]
    notes: tuple[Note, ...]
    questions: tuple[Asked, ...]
    files: tuple[File, ...]
    history: tuple[HistoryEntry, ...]
    recommendation: Recommendation | None

    @property
    def unsent(self) -> tuple[Asked, ...]:
        """Return the questions that the next return would send."""
        return tuple(asked for asked in self.questions if asked.sent_at is None)


def study(actor: Actor, number: str, *, now: datetime) -> CaseStudy:
    """Return the case of an application number as the officer sees it.

    Raises:
        NotFoundError: ``application_not_found``.
    """
    with viewing() as session:
        case = officers_case(session, actor, number, locked=False)
        names = _Names(session)
        certificate = certificates.certificate_of(session, case.application.id)
        view = view_of(actor, case, certificate.number if certificate else "")
        history = _history(session, case, names)
        files = tuple(_file(row) for row in evidence.evidence_of(session, case.application.id))
        error = obstacle(actor, case)
        beside = compare(session, case, view.products, today=bangkok_day(now))
        return CaseStudy(
            view=view,
            round=round_of(case),
            submitted_at=case.application.submitted_at or now,
            waits_since=_waits_since(case, history),
            due_on=due_on(case.state, case.application.submitted_at, bangkok_day(now)),
            holding=_holding(session, actor, case),
            obstacle=error.faults[0] if error else None,
            may_write=not _is_applicants(actor, case),
            remarks=remarks_on_holder(case.holder) + beside.on_files(),
            products=_products(session, case, view, files, beside),
            notes=tuple(
                Note(row.product_position, row.words, name, row.written_at)
                for row, name in case_notes.notes_of(session, case.application.id)
            ),
            questions=_questions(session, case, names),
            files=files,
            history=history,
            recommendation=_recommendation(session, case, names),
        )


class _Names:
    """The names of people, each read once."""

    def __init__(self, session: OpenSession) -> None:
        self._session = session

    def __call__(self, person_id: UUID | None) -> str:
        return accounts.get_user(self._session, person_id).name if person_id else ""


def _is_applicants(actor: Actor, case: Case) -> bool:
    return actor.user_id in case.acted_for_applicant


def _waits_since(case: Case, history: Sequence[HistoryEntry]) -> datetime:
    """Return when the application came into its state; a save of what was returned changes nothing."""
    moved = [entry.at for entry in history if not entry.event.endswith(":save")]
    return moved[-1] if moved else case.application.changed_at


def _history(session: OpenSession, case: Case, names: _Names) -> tuple[HistoryEntry, ...]:
    rows = audit.events_about(session, case.subject)
    return tuple(
        HistoryEntry(
            event=row.event,
            at=row.at,
            name=names(row.actor_id),
            reasons=str(act.payload.get("reasons") or ""),
            version=int(act.payload.get("version") or 0),
        )
        for row, act in zip(rows, case.acts, strict=False)
    )


def _holding(session: OpenSession, actor: Actor, case: Case) -> Holding | None:
    held = case_holds.live_hold(session, case.application.id)
    if held is None:
        return None
    person = accounts.get_user(session, held.person_id)
    return Holding(person.name, person.email, held.taken_at, person.id == actor.user_id)


def _questions(session: OpenSession, case: Case, names: _Names) -> tuple[Asked, ...]:
    return tuple(
        Asked(
            question_id=row.id,
            round=row.round,
            product_position=row.product_position,
            place=row.place,
            words=row.words,
            asked_by=names(row.asked_by_id),
            asked_at=row.asked_at,
            sent_at=row.sent_at,
            answer=row.answer,
            answered_by=names(row.answered_by_id),
            answered_at=row.answered_at,
        )
        for row in case_questions.questions_of(session, case.application.id)
    )


def _file(row: Evidence) -> File:
    return File(
        number=row.number,
        product=row.product,
        kind=row.kind,
        name=row.file_name,
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        uploaded_at=row.uploaded_at,
        is_present=row.removed_at is None,
    )


def _products(
    session: OpenSession, case: Case, view: ApplicationView, files: Sequence[File], beside: Beside
) -> tuple[ProductStudy, ...]:
    sha256s = [product.cost_sheet_sha256 for product in case.products]
    renewed = renewals.earlier_application(session, case.application.id)
    elsewhere = applications.same_sheets_elsewhere(session, case.application.id, sha256s, besides=renewed)
    earlier = _round_before(session, case)
    changes = _changes(session, case, earlier)
    has_evidence = any(file.is_present for file in files)
    return tuple(
        ProductStudy(
            remarks=remarks_on_product(
                shown,
                others=view.products,
                sheet_elsewhere=elsewhere.get(product.cost_sheet_sha256, ""),
                has_evidence=has_evidence,
                beside=beside.on_product(product, facts_of(shown)),
            ),
            is_new=bool(earlier) and product.position not in earlier,
            earlier=changes.get(product.position, ()),
        )
        for product, shown in zip(case.products, view.products, strict=True)
    )


def _round_before(session: OpenSession, case: Case) -> dict[int, AssessedOnce]:
    """Return what was assessed, by position, in the round before the present one."""
    rounds: dict[datetime, dict[int, AssessedOnce]] = {}
    for once in applications.every_assessed(session, case.application.id):
        rounds.setdefault(once.assessed_at, {})[once.position] = once
    before = list(rounds)[-2:-1]
    return rounds[before[0]] if before else {}


def _changes(
    session: OpenSession, case: Case, earlier: Mapping[int, AssessedOnce]
) -> dict[int, tuple[Difference, ...]]:
    """Return how each product's cost sheet differs from the round before, by position, where it does."""
    changed = [
        (earlier[product.position].product_id, product)
        for product in case.products
        if product.position in earlier
        and earlier[product.position].cost_sheet_sha256 != product.cost_sheet_sha256
    ]
    sheets = applications.cost_sheets_of(session, [key for key, _ in changed]) if changed else {}
    return {
        product.position: differences(json.loads(sheets[key]), json.loads(product.cost_sheet))
        for key, product in changed
    }


def _recommendation(session: OpenSession, case: Case, names: _Names) -> Recommendation | None:
    row = case.approval("recommendation")
    if row is None:
        return None
    kept = approval_contents.content_of(session, row.id)
    seen = canonical_json.read(kept.encode("utf-8"), limit_bytes=LARGEST_DOCUMENT) if kept else None
    decided = canonical_json.read(row.decisions.encode("utf-8"))
    return Recommendation(
        name=names(row.person_id),
        given_at=row.given_at,
        note=row.note,
        decisions=tuple(ProductDecision(one["position"], one["keep"], one["reason"]) for one in decided),
        is_known=seen is not None,
        is_same=row.content_digest == case.content_digest(),
        changes=differences(seen, case.content()) if seen is not None else (),
    )
