"""What the verifier reads of a certificate's past, and which status lists there are."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from mit.errors import MitError
from mit.store.db import transaction
from mit.store.status_slots import allot_slot
from mit.store.verdict_rows import list_numbers, status_history
from mit.values.thai_date import bangkok_day
from tests.support import register
from tests.support.people import Cast
from tests.support.register import change


def test_the_history_is_read_in_the_order_of_recording(cast: Cast, now: datetime) -> None:
    made, other = register.issued(cast, now=now), register.issued(cast, now=now)
    later = now + timedelta(days=2)
    for event, status in (("suspended", "suspended"), ("reinstated", "active")):
        with transaction() as session:
            wanted = change(event, status, bangkok_day(later))
            register.record(session, made.number, wanted, actor_id=None, now=later)
    found = status_history(made.number)
    assert [(row.event, row.status) for row in found] == [
        ("issued", "active"), ("suspended", "suspended"), ("reinstated", "active"),
    ]  # fmt: skip
    assert [row.effective_on for row in found] == [bangkok_day(now)] + [bangkok_day(later)] * 2
    assert found[-1].recorded_at == later
    assert len(status_history(other.number)) == 1


def test_an_unknown_number_has_no_history(app: Flask) -> None:
    assert status_history("MIT-2569-0000001-G") == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_register_that_is_away_is_said_to_be(app: Flask) -> None:
    with transaction() as session:
        session.connection().exec_driver_sql("DROP TABLE certificate_events")
    with pytest.raises(MitError, match="register_unreachable"):
        status_history("MIT-2569-0000001-G")


def test_every_list_with_an_allotted_place_is_known(app: Flask, now: datetime) -> None:
    assert list_numbers() == []
    with transaction() as session:
        for place, year in enumerate((2028, 2027, 2027)):
            allot_slot(session, date(year, 1, 1), choose=lambda _, n=place: n, now=now)  # type: ignore[misc]
    assert list_numbers() == [2700, 2800]
