"""Begin an application with a cost sheet that was typed before there was one, right or wrong."""

from __future__ import annotations

from datetime import datetime

from mit.criteria.rule_set import RuleSet
from mit.issuance import typed, weigh
from mit.issuance.apply import Draft, begin, record_begun
from mit.issuance.draft_sections import Place, Section, write_sections
from mit.issuance.move import Standing, standing
from mit.issuance.typed import Typed
from mit.roles.actor import Actor
from mit.store.db import transaction


def carry(actor: Actor, hs_code: str, sheet: Typed, *, rule_set: RuleSet, now: datetime) -> Standing:
    """Begin an application whose first product has *sheet* and the HS code *hs_code*, as typed.

    Raises:
        NotAllowedError: ``role_needed``, or ``organisation_needed`` for a person without one.
    """
    product = typed.as_typed("product", {"hs_code": hs_code})
    costs = typed.as_typed("sheet", sheet)
    sections = [
        Section(
            Place("product", 1), product, version=1, fault_count=len(weigh.weigh_product(product).faults)
        ),
        Section(
            Place("sheet", 1),
            costs,
            version=1,
            fault_count=len(weigh.weigh_sheet(rule_set, product, costs).faults),
        ),
    ]
    with transaction() as session:
        application = begin(session, actor, Draft(), now=now)
        write_sections(session, application, sections, by=actor.user_id, now=now)
        record_begun(session, actor, application, now=now)
        return standing(session, application)
