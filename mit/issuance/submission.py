"""From what was typed to a submission: what is missing, the draft it makes, submit and submit again.

The draft is stored in one transaction and submitted in the next.  A crash between them leaves a saved
draft and everything that was typed; the manufacturer submits again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mit.criteria.rule_set import RuleSet
from mit.errors import ConflictError, Fault, InputError, StaleVersionError
from mit.issuance import apply, weigh
from mit.issuance.apply import Draft
from mit.issuance.authority import Authority
from mit.issuance.declaration import declaration_on
from mit.issuance.draft_sections import (
    DraftProduct,
    Place,
    Section,
    WrittenApplication,
    find_own,
    read,
    save,
)
from mit.issuance.look import ApplicationView, look_at
from mit.issuance.move import Standing
from mit.issuance.reckon import reckon_typed
from mit.issuance.typed import TICKED
from mit.issuance.wish import Seen
from mit.lifecycle.application_states import ApplicationState
from mit.roles.actor import Actor
from mit.store.db import viewing
from mit.values.thai_date import bangkok_day


@dataclass(frozen=True, slots=True)
class Signature:
    """What the person who submits saw and declares.

    Attributes:
        seen: ``WrittenApplication.seen`` of what they checked.
        accepted: whether the declaration was ticked.
    """

    seen: str
    accepted: bool


def find_missing(written: WrittenApplication) -> tuple[Fault, ...]:
    """Return what stands between the application and its submission, each at its section.

    It goes by what was wrong when each section was saved; submitting reads everything again.
    Places: ``factory``, ``products``, ``products/<n>``, ``products/<n>/sheet``, ``evidence``, ``questions``.
    """
    missing: list[Fault] = []
    if not written.factory.is_done:
        missing.append(Fault("section_incomplete", "factory", {"count": _left(written.factory)}))
    if not written.products:
        missing.append(Fault("application_without_products", "products"))
    for product in written.products:
        missing.extend(_missing_of(product))
    if written.lacks_evidence:
        missing.append(Fault("renewal_without_evidence", "evidence"))
    if written.opened.unanswered:
        waiting = len(written.opened.unanswered)
        missing.append(Fault("questions_unanswered", "questions", {"count": waiting}))
    return tuple(missing)


def submit(
    actor: Actor, number: str, signature: Signature, *, authority: Authority, now: datetime
) -> Standing:
    """Submit an application as it was typed, or submit again what was returned.

    Raises:
        NotFoundError: ``application_not_found``, ``no_rule_set_in_force``.
        ConflictError: it is not being written, or somebody saved since it was checked.
        InputError: ``application_incomplete`` with everything that is missing,
            ``declaration_missing``, or what ``apply.submit`` refuses.
    """
    rule_set = authority.rulebook.in_force(bangkok_day(now))
    written = read(actor, number)
    if not written.is_open:
        raise ConflictError("application_not_open", where="number")
    _require_ready(written, signature)
    draft = draft_of(written)
    reckon_typed(draft.cost_sheets, rule_set)
    _declare(actor, written, rule_set=rule_set, now=now)
    identity, seen = written.application_id, Seen(written.version)
    saved = apply.save_draft(actor, identity, draft=draft, seen=seen, now=now)
    hand_in = apply.resubmit if written.state == ApplicationState.RETURNED else apply.submit
    return hand_in(actor, identity, seen=Seen(saved.version), now=now, authority=authority)


def withdraw(actor: Actor, number: str, *, version: int, reasons: str, now: datetime) -> Standing:
    """Withdraw an application that was not decided yet.

    Raises:
        NotFoundError, ConflictError, InputError: as ``apply.withdraw``.
    """
    with viewing() as session:
        application_id = find_own(session, actor, number).id
    return apply.withdraw(actor, application_id, seen=Seen(version), now=now, reasons=reasons)


def look(actor: Actor, number: str) -> ApplicationView:
    """Return an application of the actor's own organisation as it was submitted.

    Raises:
        NotFoundError: ``application_not_found``.
    """
    with viewing() as session:
        application_id = find_own(session, actor, number).id
    return look_at(actor, application_id)


def draft_of(written: WrittenApplication) -> Draft:
    """Return what was typed as the draft that ``apply`` stores.

    Raises:
        InputError: a section is not good enough yet.
    """
    site = written.factory.content
    return Draft(
        cost_sheets=[
            weigh.cost_sheet_of(product.described.content, product.sheet.content)
            for product in written.products
        ],
        site_th=site["site_th"],
        site_en=site["site_en"],
        factory_number=site["factory_number"],
    )


def _require_ready(written: WrittenApplication, signature: Signature) -> None:
    missing = find_missing(written)
    if missing:
        raise InputError("application_incomplete", faults=missing)
    if not signature.accepted:
        raise InputError("declaration_missing", where="accepted")
    if signature.seen != written.seen():
        raise StaleVersionError("section_stale", where="accepted")


def _declare(actor: Actor, written: WrittenApplication, *, rule_set: RuleSet, now: datetime) -> None:
    words = declaration_on(bangkok_day(now))
    content = {"accepted": TICKED, "text_id": words.id, "text_sha256": words.sha256}
    section = Section(Place("declaration"), content, written.declaration.version)
    save(actor, written.number, section, rule_set=rule_set, now=now)


def _missing_of(product: DraftProduct) -> list[Fault]:
    where, params = f"products/{product.number}", {"position": product.position}
    missing: list[Fault] = []
    for section, place, code in (
        (product.described, where, "product_incomplete"),
        (product.sheet, f"{where}/sheet", "sheet_incomplete"),
    ):
        if not section.is_done:
            missing.append(Fault(code, place, {**params, "count": _left(section)}))
    return missing


def _left(section: Section) -> int:
    return max(1, section.fault_count)
