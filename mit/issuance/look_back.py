"""What an officer sees of last time: which certificate, and how a product differs from it.

Last time is the certificate that is renewed; without one, where the same product was certified before.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from mit.issuance.compare import last_time
from mit.issuance.differences import Difference, differences
from mit.issuance.take import find_case
from mit.roles.actor import Actor
from mit.store import applications, certificates, compared, renewals
from mit.store.compared import CertifiedBefore
from mit.store.db import OpenSession, viewing
from mit.store.renewals import ProductOutline
from mit.values.thai_date import bangkok_day


@dataclass(frozen=True, slots=True)
class LookBack:
    """An application beside the one whose certificate it renews, or that certified the same product.

    Attributes:
        is_renewal: whether it renews that certificate.
        earlier: the number of that application.
        is_late: whether it was first submitted after the certificate had ended, so that it counts as new.
        is_new: whether the product that is shown was not certified last time.
        changes: how its cost sheet differs from last time.
        left_out: names (Thai) of what was certified last time and is not applied for again.
    """

    is_renewal: bool
    certificate_number: str
    expires_on: date
    earlier: str
    is_late: bool
    is_new: bool
    changes: tuple[Difference, ...]
    left_out: tuple[str, ...]


def look_back(actor: Actor, number: str, *, position: int) -> LookBack | None:
    """Return how the product at *position* of a case differs from last time; None without one.

    Raises:
        NotFoundError: ``application_not_found``.
    """
    with viewing() as session:
        application_id = find_case(session, actor, number)
        renewed = renewals.renewed_certificate(session, application_id)
        if not renewed:
            return _certified_before(session, application_id, position)
        certificate = certificates.get_certificate(session, renewed)
        now = renewals.outlines_of(session, application_id)
        before = [
            outline
            for outline in renewals.outlines_of(session, certificate.application_id)
            if outline.decision == "certified"
        ]
        pairs = pair_products(before, now)
        submitted_at = renewals.first_submitted_at(session, application_id)
        return LookBack(
            is_renewal=True,
            certificate_number=renewed,
            expires_on=certificate.expires_on,
            earlier=applications.get_application(session, certificate.application_id).number,
            is_late=submitted_at is not None and bangkok_day(submitted_at) > certificate.expires_on,
            is_new=position not in pairs,
            changes=_changes(session, pairs.get(position), position, now),
            left_out=tuple(one.name_th for one in before if one not in pairs.values()),
        )


def _certified_before(session: OpenSession, application_id: UUID, position: int) -> LookBack | None:
    """Return how a product differs from where the same one was certified last; None where it never was."""
    application = applications.get_application(session, application_id)
    now = renewals.outlines_of(session, application_id)
    present = next((one for one in now if one.position == position), None)
    if present is None or application.submitted_at is None:
        return None
    names = {present.name_th}
    before = compared.certified_before(session, application, names, until=application.submitted_at)
    last = last_time(before, present.name_th, present.hs_code)
    if last is None:
        return None
    return LookBack(
        is_renewal=False,
        certificate_number=last.certificate_number,
        expires_on=last.expires_on,
        earlier=last.application_number,
        is_late=False,
        is_new=False,
        changes=_changes(session, last, position, now),
        left_out=(),
    )


def pair_products(
    before: Sequence[ProductOutline], now: Sequence[ProductOutline]
) -> dict[int, ProductOutline]:
    """Return for each product of now, by position, the one of before that it continues.

    The same cost sheet or the same Thai name is the same product; where both have as many, those left over
    are paired in their order, because a name may have been corrected.
    """
    left, pairs = list(before), dict[int, ProductOutline]()
    for is_alike in (_has_same_sheet, _has_same_name):
        for one in now:
            found = next((old for old in left if is_alike(old, one)), None)
            if one.position not in pairs and found is not None:
                pairs[one.position] = found
                left.remove(found)
    new = [one.position for one in now if one.position not in pairs]
    return pairs | dict(zip(new, left, strict=True)) if len(before) == len(now) else pairs


def _has_same_sheet(before: ProductOutline, now: ProductOutline) -> bool:
    return before.cost_sheet_sha256 == now.cost_sheet_sha256


def _has_same_name(before: ProductOutline, now: ProductOutline) -> bool:
    return before.name_th == now.name_th


def _changes(
    session: OpenSession,
    before: ProductOutline | CertifiedBefore | None,
    position: int,
    now: Sequence[ProductOutline],
) -> tuple[Difference, ...]:
    present = next((one for one in now if one.position == position), None)
    if before is None or present is None or before.cost_sheet_sha256 == present.cost_sheet_sha256:
        return ()
    old, new = (renewals.cost_sheet_of(session, one.product_id) for one in (before, present))
    return differences(json.loads(old), json.loads(new))
