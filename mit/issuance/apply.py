"""What a manufacturer does: begin an application, save it, submit it, resubmit it, withdraw it.

Each function is one transaction.  Nothing here is public yet, so no step outlives it but the commit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from mit.credential import canonical_json
from mit.credential.coverage import parse_coverage
from mit.criteria.assessment import ENGINE_VERSION
from mit.criteria.cost_sheet import CostSheet, coverage_document, sheet_document
from mit.criteria.members import read_text
from mit.criteria.rule_set import RuleSet
from mit.errors import InputError, NotAllowedError
from mit.failpoints import reach
from mit.issuance.authority import Authority
from mit.issuance.case import Case, sha256_of, subject_of
from mit.issuance.chain import Chain, leanings_of, look_up, named_in_sheet, refuse_circles
from mit.issuance.move import Standing, check_move, enter_state, record_move, standing, take_up, was_done
from mit.issuance.reckon import Reckoned, reckon, reckon_ahead
from mit.issuance.rehearse import Terms, lint_submission
from mit.issuance.wish import Seen, Wish, read_reasons
from mit.lifecycle.application_states import ApplicationAction, find_move
from mit.roles.actor import Actor, Role
from mit.roles.permissions import require_role
from mit.store import applications, audit, leanings
from mit.store.applications import MAX_PRODUCTS, Application, ApplicationProduct, AssessmentRecord
from mit.store.db import OpenSession, add, new_id, transaction
from mit.values.thai_date import bangkok_day, year_be


@dataclass(frozen=True, slots=True)
class Draft:
    """What a manufacturer writes down: a cost sheet for each product, and where it is made.

    Attributes:
        cost_sheets: 1 to 200 when it is submitted; a draft may have none yet.
        site_th, site_en: the factory's name or address, in Thai and English.
        factory_number: its registration number; each may be empty.
    """

    cost_sheets: Sequence[CostSheet] = ()
    site_th: str = ""
    site_en: str = ""
    factory_number: str = ""


def create_draft(actor: Actor, draft: Draft, *, now: datetime) -> Standing:
    """Begin an application for the actor's own organisation.

    Raises:
        NotAllowedError: ``role_needed``, or ``organisation_needed`` for a person without one.
        InputError: as ``save_draft``.
    """
    with transaction() as session:
        application = begin(session, actor, draft, now=now)
        record_begun(session, actor, application, now=now, products=len(draft.cost_sheets))
        return standing(session, application)


def begin(session: OpenSession, actor: Actor, draft: Draft, *, now: datetime) -> Application:
    """Write the rows of a new application for the actor's own organisation; ``record_begun`` follows.

    Raises:
        NotAllowedError, InputError: as ``create_draft``.
    """
    move = find_move(None, ApplicationAction.CREATE)
    require_role(actor, Role(move.role))
    if actor.organisation_id is None:
        raise NotAllowedError("organisation_needed")
    products = _products(draft)
    application = Application(
        id=new_id(),
        number=applications.next_application_number(session, year_be(bangkok_day(now))),
        organisation_id=actor.organisation_id,
        author_id=actor.user_id,
        state=str(move.next_state),
        version=1,
        created_at=now,
        changed_at=now,
    )
    _write_site(application, draft)
    add(session, application)
    applications.replace_products(session, application.id, products, now=now)
    return application


def record_begun(
    session: OpenSession, actor: Actor, application: Application, *, now: datetime, **told: str | int
) -> None:
    """Record that an application was begun, with what is *told* besides."""
    move = find_move(None, ApplicationAction.CREATE)
    payload: dict[str, object] = {"from": None, "to": str(move.next_state), "version": 1, "products": 0}
    audit.record(
        session,
        move.event,
        subject=subject_of(application.number),
        actor_id=actor.user_id,
        now=now,
        payload=payload | told,
    )


def save_draft(actor: Actor, application_id: UUID, *, draft: Draft, seen: Seen, now: datetime) -> Standing:
    """Put *draft* in the place of what was written; both approvals are void from then on.

    What was already submitted falls back to a draft and must be submitted again.

    Raises:
        NotFoundError: there is no such application of the actor's organisation.
        IllegalMoveError: it was decided or withdrawn.
        StaleVersionError: ``stale_version``: a colleague saved in between.
        InputError: ``too_many_products`` or what a text, a model or a range is refused for.
    """
    products = _products(draft)
    wish = Wish(ApplicationAction.SAVE, seen, content_sha256=_content_sha256(draft, products))
    with transaction() as session:
        case = take_up(session, actor, application_id)
        if not was_done(actor, case, wish):
            move = check_move(actor, case, wish)
            _write_site(case.application, draft)
            applications.replace_products(session, application_id, products, now=now)
            enter_state(session, case, move, now=now)
            record_move(session, actor, case, move=move, wish=wish, now=now)
        return standing(session, case.application)


def submit(
    actor: Actor, application_id: UUID, *, seen: Seen, now: datetime, authority: Authority
) -> Standing:
    """Submit a draft: assess every product by the rule set of the day and fix what is decided on.

    A product that does not meet may be submitted; it can be refused, never certified.

    Raises:
        NotFoundError: there is no such application of the actor's organisation, or
            ``no_rule_set_in_force``.
        ConflictError: it is no draft any more, or somebody saved in between.
        InputError: ``application_without_products``, a sheet cannot be reckoned, ``chain_circle``, or
            ``submission_not_certifiable`` with every text that could not stand on a certificate.
    """
    return _submit(actor, application_id, Wish(ApplicationAction.SUBMIT, seen), now=now, authority=authority)


def resubmit(
    actor: Actor, application_id: UUID, *, seen: Seen, now: datetime, authority: Authority
) -> Standing:
    """Submit again what was returned, assessed anew by the rule set of the day.

    Raises:
        NotFoundError, ConflictError, InputError: as ``submit``.
    """
    return _submit(
        actor, application_id, Wish(ApplicationAction.RESUBMIT, seen), now=now, authority=authority
    )


def withdraw(actor: Actor, application_id: UUID, *, seen: Seen, now: datetime, reasons: str = "") -> Standing:
    """Withdraw an application that was not decided yet.

    Raises:
        NotFoundError: there is no such application of the actor's organisation.
        ConflictError: it was decided, or somebody saved in between.
        InputError: the reasons cannot be kept as text.
    """
    wish = Wish(ApplicationAction.WITHDRAW, seen, reasons=read_reasons(reasons))
    with transaction() as session:
        case = take_up(session, actor, application_id)
        if not was_done(actor, case, wish):
            move = check_move(actor, case, wish)
            case.application.reasons = wish.reasons
            enter_state(session, case, move, now=now)
            record_move(session, actor, case, move=move, wish=wish, now=now)
        return standing(session, case.application)


def _submit(
    actor: Actor, application_id: UUID, wish: Wish, *, now: datetime, authority: Authority
) -> Standing:
    rule_set = authority.rulebook.in_force(bangkok_day(now))
    ahead = reckon_ahead(actor, application_id, wish, rule_set, on=bangkok_day(now))
    with transaction() as session:
        case = take_up(session, actor, application_id)
        if not was_done(actor, case, wish):
            move = check_move(actor, case, wish)
            application = case.application
            application.rule_set_id, application.rule_set_sha256 = rule_set.id, rule_set.sha256
            application.profile_version = authority.profile_version
            application.submitted_at = now
            application.reasons = ""
            assessed = _assess(session, case, rule_set, ahead, now=now)
            _refuse_unsignable(assessed, rule_set, now=now, authority=authority)
            application.content_digest = assessed.content_digest()
            enter_state(session, case, move, now=now)
            record_move(session, actor, case, move=move, wish=wish, now=now)
            reach("submit.before_commit")
        # Durable after this commit: the submission with its assessments; a crash before it leaves
        # the draft, and the manufacturer submits again.
        return standing(session, case.application)


def _refuse_unsignable(case: Case, rule_set: RuleSet, *, now: datetime, authority: Authority) -> None:
    today = bangkok_day(now)
    terms = Terms(
        rule_set=rule_set,
        issuer=authority.issuer_on(today),
        issued_on=today,
        sample=False,
        public_url=authority.settings.public_url,
    )
    faults = lint_submission(case, terms)
    if faults:
        raise InputError("submission_not_certifiable", faults=faults)


def _assess(
    session: OpenSession,
    case: Case,
    rule_set: RuleSet,
    ahead: Mapping[tuple[str, Chain], Reckoned],
    *,
    now: datetime,
) -> Case:
    """Write down what the rule set says of every product, and which supplier's certificate each leans on."""
    chains = {
        product: look_up(session, named_in_sheet(product.cost_sheet), on=bangkok_day(now))
        for product in case.products
    }
    places = {f"products[{product.position}]": chain for product, chain in chains.items()}
    refuse_circles(session, case.application.organisation_id, places)
    records = {
        product.id: _record(
            product,
            ahead.get((product.cost_sheet, chain)) or reckon(product.cost_sheet, rule_set, chain),
            rule_set,
            now=now,
        )
        for product, chain in chains.items()
    }
    applications.write_assessments(session, records.values())
    every = [row for product, chain in chains.items() for row in leanings_of(product, chain, now=now)]
    leanings.write(session, every)
    return replace(case, assessments=records)


def _record(
    product: ApplicationProduct, reckoned: Reckoned, rule_set: RuleSet, *, now: datetime
) -> AssessmentRecord:
    return AssessmentRecord(
        application_product_id=product.id,
        rule_set_id=rule_set.id,
        rule_set_sha256=rule_set.sha256,
        input_sha256=reckoned.input_sha256,
        engine_version=ENGINE_VERSION,
        meets=reckoned.meets,
        deciding_formula=reckoned.deciding_formula,
        document=reckoned.document,
        document_sha256=sha256_of(reckoned.document),
        assessed_on=bangkok_day(now),
        assessed_at=now,
    )


def _products(draft: Draft) -> list[ApplicationProduct]:
    if len(draft.cost_sheets) > MAX_PRODUCTS:
        raise InputError("too_many_products", where="products", limit=MAX_PRODUCTS)
    return [_product(sheet, position) for position, sheet in enumerate(draft.cost_sheets, start=1)]


def _content_sha256(draft: Draft, products: Sequence[ApplicationProduct]) -> str:
    site = [draft.site_th, draft.site_en, draft.factory_number]
    return sha256_of("\n".join([*site, *(product.cost_sheet for product in products)]))


def _product(sheet: CostSheet, position: int) -> ApplicationProduct:
    coverage = parse_coverage(coverage_document(sheet.product), where=f"products[{position}]")
    text = canonical_json.write(sheet_document(sheet)).decode("utf-8")
    return ApplicationProduct(
        position=position,
        name_th=sheet.product.name_th,
        name_en=sheet.product.name_en,
        hs_code=sheet.product.hs_code,
        price_ex_works_satang=sheet.price_ex_works.satang,
        cost_sheet=text,
        cost_sheet_sha256=sha256_of(text),
        coverage=canonical_json.write(coverage.to_document()).decode("utf-8"),
    )


def _write_site(application: Application, draft: Draft) -> None:
    for name in ("site_th", "site_en", "factory_number"):
        text = getattr(draft, name)
        setattr(application, name, read_text(text, name) if text.strip() else "")
