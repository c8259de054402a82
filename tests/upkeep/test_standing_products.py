"""Which products stand: by the state of their application, of their certificate, and the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from mit.issuance.apply import withdraw
from mit.issuance.move import Standing
from mit.issuance.review import refuse, return_with_reasons
from mit.issuance.wish import Seen
from mit.lifecycle.certificate_states import CertificateAction
from mit.store.db import viewing
from mit.store.standing_products import StandingProduct, count_standing, standing_products
from mit.values.thai_date import bangkok_day
from tests.support.desk import Desk
from tests.support.officers import changed


def standing(desk: Desk, *, later_days: int = 0) -> list[StandingProduct]:
    today = bangkok_day(desk.now) + timedelta(days=later_days)
    with viewing() as session:
        found = standing_products(session, today=today, after=("", 0), most=50)
        assert count_standing(session, today=today) == len(found)
    return found


def returned(desk: Desk) -> Standing:
    case = desk.submitted(True, False)
    seen = desk.seen(desk.cast.malee, case)
    return return_with_reasons(
        desk.cast.malee, case.application_id, seen=seen, reasons="โปรดแก้ไข", now=desk.tick()
    )


def refused(desk: Desk) -> Standing:
    case = desk.submitted(True, False)
    seen = desk.seen(desk.cast.malee, case)
    return refuse(desk.cast.malee, case.application_id, reasons="ไม่ผ่าน", seen=seen, now=desk.tick())


def withdrawn(desk: Desk) -> Standing:
    case = desk.submitted(True, False)
    return withdraw(desk.cast.somchai, case.application_id, seen=Seen(case.version), now=desk.tick())


@pytest.mark.parametrize(
    ("reach", "positions", "is_certified"),
    [
        (lambda desk: desk.draft(True, False), [], False),
        (lambda desk: desk.submitted(True, False), [1, 2], False),
        (returned, [1, 2], False),
        (lambda desk: desk.recommended(True, False), [1, 2], False),
        (lambda desk: desk.approved(True, False), [1], True),
        (lambda desk: desk.issued(True, False), [1], True),
        (refused, [], False),
        (withdrawn, [], False),
    ],
    ids=["draft", "submitted", "returned", "recommended", "approved", "issued", "refused", "withdrawn"],
)
def test_what_is_open_stands_whole_and_of_what_is_decided_only_what_was_certified(
    desk: Desk, reach: Callable[[Desk], Standing], positions: list[int], is_certified: bool
) -> None:
    case = reach(desk)
    found = standing(desk)
    assert [one.position for one in found] == positions
    assert {one.application for one in found} <= {case.number}
    assert all(bool(one.certificate) is is_certified for one in found)
    assert [one.meets for one in found] == [position == 1 for position in positions]


@pytest.mark.parametrize(
    ("acts", "stands"),
    [
        ([CertificateAction.SUSPEND], True),
        ([CertificateAction.SUSPEND, CertificateAction.REINSTATE], True),
        ([CertificateAction.REVOKE], False),
        ([CertificateAction.WITHDRAW], False),
        ([CertificateAction.SUSPEND, CertificateAction.REVOKE], False),
    ],
    ids=["suspended", "reinstated", "revoked", "withdrawn", "suspended, then revoked"],
)
def test_a_certificate_stands_while_it_may_come_back(
    desk: Desk, acts: list[CertificateAction], stands: bool
) -> None:
    issued = desk.issued(True)
    for act in acts:
        changed(desk, issued.certificate_number, act)
    assert [one.certificate for one in standing(desk)] == ([issued.certificate_number] if stands else [])


def test_the_last_day_of_a_certificate_is_one_on_which_it_stands(desk: Desk) -> None:
    issued = desk.issued(True)
    assert [len(standing(desk, later_days=days)) for days in (0, 363, 364, 365, 4000)] == [1, 1, 1, 0, 0]
    assert standing(desk)[0].certificate == issued.certificate_number


def test_what_was_said_last_of_a_product_is_what_counts_before(desk: Desk) -> None:
    waiting = desk.submitted(False)
    (one,) = standing(desk)
    assert (one.meets, one.deciding_formula, one.hs_code, one.application) == (
        False,
        None,
        "85444932",
        waiting.number,
    )
    assert '"9900.00"' in one.cost_sheet
    assert one.name_en == "Low-voltage cable"


def test_portions_follow_one_another_without_a_gap_or_a_double(desk: Desk) -> None:
    for at in (1, 11, 21):
        desk.submitted(True, False, True, at=at)
    today, whole = bangkok_day(desk.now), standing(desk)
    assert [(one.application, one.position) for one in whole] == sorted(
        (one.application, one.position) for one in whole
    )
    for most in (1, 2, 4, 9):
        after, read = ("", 0), list[StandingProduct]()
        while True:
            with viewing() as session:
                portion = standing_products(session, today=today, after=after, most=most)
            if not portion:
                break
            read += portion
            after = (portion[-1].application, portion[-1].position)
        assert read == whole
