"""The guards that the table of moves names: one small function for each name.

Each takes who acts, the case as it stands under lock and what is wished, and raises when the guard
does not hold.  They are reached through ``GUARDS`` only, so that a test can take out one at a time
and show that the campaign finds it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mit.errors import ConflictError, Fault, InputError, NotFoundError, StaleVersionError
from mit.issuance.case import Case
from mit.issuance.wish import Wish
from mit.lifecycle.application_states import ApplicationAction, Guard
from mit.roles.actor import Actor
from mit.roles.four_eyes import require_second_person, require_stranger
from mit.roles.permissions import acts_for, may_read_application

GuardFunction = Callable[[Actor, Case, Wish], None]


def may_know(actor: Actor, case: Case) -> None:
    """Hide the application from everyone who may not read it.

    Raises:
        NotFoundError: ``application_not_found``, the same as for one that does not exist.
    """
    if not may_read_application(actor, case.application.organisation_id):
        raise NotFoundError("application_not_found")


def own_organisation(actor: Actor, case: Case, wish: Wish) -> None:
    """Let only users of the organisation that applies pass."""
    del wish
    if not acts_for(actor, case.application.organisation_id):
        raise NotFoundError("application_not_found")


def has_products(actor: Actor, case: Case, wish: Wish) -> None:
    """Ask for at least one product; the database refuses more than 200."""
    del actor, wish
    if not case.products:
        raise InputError("application_without_products", where="products")


def reasons_given(actor: Actor, case: Case, wish: Wish) -> None:
    """Ask for reasons in words."""
    del actor, case
    if not wish.reasons:
        raise InputError("reasons_missing", where="reasons")


def stranger_to_applicant(actor: Actor, case: Case, wish: Wish) -> None:
    """Refuse who ever acted for the applicant, by the whole recorded history."""
    del wish
    mine = {actor.user_id} if actor.organisation_id == case.application.organisation_id else set()
    require_stranger(actor.user_id, acted_for_applicant=case.acted_for_applicant | mine)


def second_person(actor: Actor, case: Case, wish: Wish) -> None:
    """Refuse who reviewed this application, now or in an earlier round."""
    del wish
    require_second_person(actor.user_id, first_persons=case.reviewers)


def version_as_seen(actor: Actor, case: Case, wish: Wish) -> None:
    """Refuse when somebody saved since the actor looked."""
    del actor
    if wish.seen.version != case.application.version:
        raise StaleVersionError("stale_version")


def content_as_seen(actor: Actor, case: Case, wish: Wish) -> None:
    """Refuse unless the content computed now is what was submitted and what the officer saw."""
    del actor
    now = case.content_digest()
    if now != case.application.content_digest:
        raise StaleVersionError("content_changed")
    if now != wish.seen.content_digest:
        raise StaleVersionError("stale_content")


def every_product_decided(actor: Actor, case: Case, wish: Wish) -> None:
    """Ask for one decision on each product and a reason for each refusal."""
    del actor
    positions = [decision.position for decision in wish.decisions]
    if positions != [product.position for product in case.products]:
        raise InputError("decisions_incomplete", where="decisions", count=len(case.products))
    silent = [d for d in wish.decisions if not d.keep and not d.reason]
    if silent:
        faults = [Fault("decision_without_reason", f"products[{d.position}].reason") for d in silent]
        raise InputError("decision_without_reason", faults=faults)


def kept_products_meet(actor: Actor, case: Case, wish: Wish) -> None:
    """Ask that something is kept, that it meets, and that the approver adds nothing."""
    del actor
    kept = [decision.position for decision in wish.decisions if decision.keep]
    if not kept:
        raise InputError("nothing_kept", where="decisions")
    assessments = {product.position: case.assessments.get(product.id) for product in case.products}
    failing = [at for at in kept if not (found := assessments.get(at)) or not found.meets]
    if failing:
        raise ConflictError("product_does_not_meet", where=f"products[{failing[0]}]", position=failing[0])
    if wish.action == ApplicationAction.APPROVE:
        _only_recommended(kept, case)


def _only_recommended(kept: list[int], case: Case) -> None:
    recommended = case.kept_positions("recommendation")
    added = [position for position in kept if position not in recommended]
    if added:
        raise ConflictError("product_not_recommended", where=f"products[{added[0]}]", position=added[0])


#: The guards by the name in the table of moves.
GUARDS: Final[dict[Guard, GuardFunction]] = {
    Guard.OWN_ORGANISATION: own_organisation,
    Guard.HAS_PRODUCTS: has_products,
    Guard.REASONS_GIVEN: reasons_given,
    Guard.STRANGER_TO_APPLICANT: stranger_to_applicant,
    Guard.SECOND_PERSON: second_person,
    Guard.VERSION_AS_SEEN: version_as_seen,
    Guard.CONTENT_AS_SEEN: content_as_seen,
    Guard.EVERY_PRODUCT_DECIDED: every_product_decided,
    Guard.KEPT_PRODUCTS_MEET: kept_products_meet,
}
