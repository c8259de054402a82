"""Begin an application with what an earlier one of the same organisation says; evidence is not copied."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from mit.issuance.apply import Draft, begin, record_begun
from mit.issuance.draft_sections import Place, Section, WrittenApplication, find_own, gather, write_sections
from mit.issuance.move import Standing, standing
from mit.roles.actor import Actor
from mit.store.applications import Application
from mit.store.db import OpenSession, transaction


def copy_application(actor: Actor, number: str, *, now: datetime) -> Standing:
    """Begin an application with the factory, products and cost sheets of application *number*.

    Raises:
        NotAllowedError: as ``start``.
        NotFoundError: ``application_not_found``: there is none of the actor's own organisation.
    """
    with transaction() as session:
        return standing(session, begin_copy(session, actor, number, now=now))


def begin_copy(session: OpenSession, actor: Actor, number: str, *, now: datetime) -> Application:
    """Write the copy of application *number*, recorded as begun; flush, never commit.

    Raises:
        NotAllowedError, NotFoundError: as ``copy_application``.
    """
    earlier = gather(session, find_own(session, actor, number))
    application = begin(session, actor, Draft(), now=now)
    write_sections(session, application, copied_sections(earlier), by=actor.user_id, now=now)
    record_begun(session, actor, application, now=now)
    return application


def copied_sections(earlier: WrittenApplication, *, keep: Collection[int] | None = None) -> list[Section]:
    """Return the factory, products and sheets of an application, the products numbered from 1.

    *keep* names the positions of the products that are copied; all where it is not given.
    """
    sections = [] if earlier.factory.is_blank else [earlier.factory]
    kept = [product for product in earlier.products if keep is None or product.position in keep]
    for at, product in enumerate(kept, start=1):
        sections.append(replace(product.described, place=Place("product", at)))
        sections.append(replace(product.sheet, place=Place("sheet", at)))
    return sections
