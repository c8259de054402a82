"""What an officer sees of a renewal: which certificate, and how a product differs from last time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mit.issuance.differences import Difference, differences
from mit.issuance.take import find_case
from mit.roles.actor import Actor
from mit.store import applications, certificates, renewals
from mit.store.db import OpenSession, viewing
from mit.store.renewals import ProductOutline
from mit.values.thai_date import bangkok_day


@dataclass(frozen=True, slots=True)
class LookBack:
    """A renewal beside the application whose certificate it renews.

    Attributes:
        earlier: the number of that application.
        is_late: whether it was submitted after the certificate had ended, so that it counts as new.
        is_new: whether the product that is shown was not certified last time.
        changes: how its cost sheet differs from last time.
        left_out: names (Thai) of what was certified last time and is not applied for again.
    """

    certificate_number: str
    expires_on: date
    earlier: str
    is_late: bool
    is_new: bool
    changes: tuple[Difference, ...]
    left_out: tuple[str, ...]


def look_back(actor: Actor, number: str, *, position: int) -> LookBack | None:
    """Return how the product at *position* of a case differs from last time; None for no renewal.

    Raises:
        NotFoundError: ``application_not_found``.
    """
    with viewing() as session:
        application_id = find_case(session, actor, number)
        renewed = renewals.renewed_certificate(session, application_id)
        if not renewed:
            return None
        certificate = certificates.get_certificate(session, renewed)
        application = applications.get_application(session, application_id)
        now = renewals.outlines_of(session, application_id)
        before = [
            outline
            for outline in renewals.outlines_of(session, certificate.application_id)
            if outline.decision == "certified"
        ]
        pairs = pair_products(before, now)
        submitted_at = application.submitted_at or application.changed_at
        return LookBack(
            certificate_number=renewed,
            expires_on=certificate.expires_on,
            earlier=applications.get_application(session, certificate.application_id).number,
            is_late=bangkok_day(submitted_at) > certificate.expires_on,
            is_new=position not in pairs,
            changes=_changes(session, pairs.get(position), position, now),
            left_out=tuple(one.name_th for one in before if one not in pairs.values()),
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
    session: OpenSession, before: ProductOutline | None, position: int, now: Sequence[ProductOutline]
) -> tuple[Difference, ...]:
    present = next((one for one in now if one.position == position), None)
    if before is None or present is None or before.cost_sheet_sha256 == present.cost_sheet_sha256:
        return ()
    old, new = (renewals.cost_sheet_of(session, one.product_id) for one in (before, present))
    return differences(json.loads(old), json.loads(new))
