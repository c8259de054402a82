"""Begin an application with what an earlier one of the same organisation says; evidence is not copied."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mit.issuance.draft_sections import Place, find_own, gather, start, write_sections
from mit.issuance.move import Standing
from mit.roles.actor import Actor
from mit.store import applications
from mit.store.db import transaction, viewing


def copy_application(actor: Actor, number: str, *, now: datetime) -> Standing:
    """Begin an application with the factory, products and cost sheets of application *number*.

    Raises:
        NotAllowedError: as ``start``.
        NotFoundError: ``application_not_found``: there is none of the actor's own organisation.
    """
    with viewing() as session:
        earlier = gather(session, find_own(session, actor, number))
    sections = [] if earlier.factory.is_blank else [earlier.factory]
    for at, product in enumerate(earlier.products, start=1):
        sections.append(replace(product.described, place=Place("product", at)))
        sections.append(replace(product.sheet, place=Place("sheet", at)))
    begun = start(actor, now=now)
    with transaction() as session:
        application = applications.lock_application(session, begun.application_id)
        write_sections(session, application, sections, by=actor.user_id, now=now)
    return begun
