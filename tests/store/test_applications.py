"""Applications: numbers, products that are replaced but not forgotten, the newest assessment."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import pytest
from flask import Flask

from mit.errors import NotFoundError
from mit.lifecycle.application_states import ApplicationState
from mit.store.applications import (
    STATES,
    ApplicationProduct,
    authors_for,
    get_application,
    latest_assessments,
    lock_application,
    next_application_number,
    products_of,
    replace_products,
)
from mit.store.db import add, transaction, viewing
from tests.support import register
from tests.support.parallel import at_once
from tests.support.people import Cast


def test_applications_are_numbered_without_gaps(app: Flask) -> None:
    with transaction() as session:
        numbers = [next_application_number(session, 2569) for _ in range(2)]
    assert [number[:16] for number in numbers] == ["APP-2569-0000001", "APP-2569-0000002"]


@pytest.mark.parametrize("read", [get_application, lock_application])
def test_an_unknown_application_is_not_found(app: Flask, read: object) -> None:
    with pytest.raises(NotFoundError), transaction() as session:
        read(session, uuid4())  # type: ignore[operator]


def test_locking_reads_what_is_in_the_database_now(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        row = register.draft(session, cast, now=now)
        session.connection().exec_driver_sql("UPDATE applications SET version = 9")
        assert lock_application(session, row.id).version == 9


def test_a_locked_application_waits_for_its_holder(app: Flask, cast: Cast, now: datetime) -> None:
    with transaction() as session:
        application_id = register.draft(session, cast, now=now).id

    def raise_version() -> int:
        with transaction() as session:
            row = lock_application(session, application_id)
            row.version += 1
            return row.version

    assert sorted(at_once(app, [raise_version] * 8), key=str) == list(range(2, 10))


def test_products_keep_their_order(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        row = register.draft(session, cast, now=now)
        replace_products(session, row.id, [register.product(name) for name in "กขค"], now=now)
        found = products_of(session, row.id)
    assert [(one.position, one.name_th) for one in found] == [(1, "ก"), (2, "ข"), (3, "ค")]


def test_products_never_assessed_are_deleted_when_replaced(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        row = register.draft(session, cast, now=now)
        replace_products(session, row.id, [register.product("ใหม่")], now=now)
        assert session.query(ApplicationProduct).count() == 1


def test_an_assessed_product_stays_behind_with_its_trace(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        row = register.draft(session, cast, now=now)
        (old,) = products_of(session, row.id)
        add(session, register.assessment(old.id, now=now))
        replace_products(session, row.id, [register.product("ใหม่")], now=now)
        assert [one.name_th for one in products_of(session, row.id)] == ["ใหม่"]
        assert session.get_one(ApplicationProduct, old.id).removed_at == now
        assert old.id not in latest_assessments(session, row.id)


def test_two_present_products_cannot_stand_in_one_place(cast: Cast, now: datetime) -> None:
    with pytest.raises(Exception, match="application_products"), transaction() as session:
        row = register.draft(session, cast, now=now)
        twin = register.product("แฝด")
        twin.application_id, twin.position = row.id, 1
        add(session, twin)


def test_the_newest_assessment_counts(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        row = register.draft(session, cast, now=now)
        (one,) = products_of(session, row.id)
        first = register.assessment(one.id, now=now, meets=False)
        second = register.assessment(one.id, now=now)
        add(session, first, second)
        assert latest_assessments(session, row.id)[one.id].seq == second.seq


def test_the_authors_of_an_organisation_are_known(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        register.draft(session, cast, now=now)
        register.draft(session, cast, now=now)
        assert authors_for(session, cast.siam_cable_id) == {cast.somchai.user_id}
        assert authors_for(session, cast.krungthep_wire_id) == frozenset()


def test_the_table_knows_every_state() -> None:
    assert set(STATES) == {str(state) for state in ApplicationState}


def test_money_is_whole_satang_however_large(cast: Cast, now: datetime) -> None:
    price = 99_999_999_999_999
    with transaction() as session:
        row = register.draft(session, cast, now=now)
        replace_products(session, row.id, [register.product(price_satang=price)], now=now)
    with viewing() as session:
        assert [one.price_ex_works_satang for one in products_of(session, row.id)] == [price]
