"""Certificates: numbers, what is filled in once, and who finds what."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask

from mit.errors import NotFoundError
from mit.store.certificates import (
    Certificate,
    certificate_of,
    get_certificate,
    lock_certificate,
    next_running,
    products_certified,
    store_issued,
    store_printed,
    store_signed,
)
from mit.store.db import transaction, viewing
from mit.store.documents import store_document
from tests.support import register
from tests.support.parallel import at_once
from tests.support.people import Cast


def test_each_year_has_numbers_of_its_own(app: Flask) -> None:
    with transaction() as session:
        assert [next_running(session, year) for year in (2569, 2569, 2570)] == [1, 2, 1]


def test_a_new_certificate_is_prepared_and_nothing_more(cast: Cast, now: datetime) -> None:
    made = register.prepared(cast, now=now)
    with viewing() as session:
        row = get_certificate(session, made.number)
    assert (row.state, row.status, row.credential, row.signed_at, row.issued_at) == (
        "prepared", "active", None, None, None,
    )  # fmt: skip


def test_signing_fills_in_the_forms_once(cast: Cast, now: datetime) -> None:
    made = register.prepared(cast, now=now)
    first = register.forms(made.number, now=now)
    other = register.forms("another signature", now=now + timedelta(seconds=1))
    with transaction() as session:
        assert store_signed(session, made.number, first)
        assert not store_signed(session, made.number, other), "twice is harmless: the first stays"
        assert get_certificate(session, made.number).credential == first.credential
    with transaction() as session:
        assert not store_signed(session, made.number, other)
    with viewing() as session:
        row = get_certificate(session, made.number)
    assert (row.credential, row.credential_sha256, row.qr_text, row.signed_at) == (
        first.credential, first.credential_sha256, first.qr_text, now,
    )  # fmt: skip


def test_of_many_signers_one_wins(app: Flask, cast: Cast, now: datetime) -> None:
    made = register.prepared(cast, now=now)

    def sign(n: int) -> bool:
        with transaction() as session:
            return store_signed(session, made.number, register.forms(f"signer {n}", now=now))

    won = at_once(app, [lambda n=n: sign(n) for n in range(8)])  # type: ignore[misc]
    assert sorted(won, key=str) == [False] * 7 + [True]


def test_an_unsigned_certificate_cannot_be_issued(cast: Cast, now: datetime) -> None:
    made = register.prepared(cast, now=now)
    with pytest.raises(Exception, match="active_is_signed"), transaction() as session:
        store_issued(session, made.number, now=now)


def test_it_is_issued_once(cast: Cast, now: datetime) -> None:
    made = register.prepared(cast, now=now)
    with transaction() as session:
        store_signed(session, made.number, register.forms(made.number, now=now))
        assert store_issued(session, made.number, now=now)
        assert not store_issued(session, made.number, now=now + timedelta(days=1))
    with viewing() as session:
        row = get_certificate(session, made.number)
    assert (row.state, row.issued_at) == ("active", now)


def test_it_is_printed_once(cast: Cast, now: datetime, workplace: object) -> None:
    made = register.issued(cast, now=now)
    with transaction() as session:
        papers = [
            store_document(session, workplace, paper, media_type="application/pdf", now=now)  # type: ignore[arg-type]
            for paper in (b"one", b"two")
        ]
        assert store_printed(session, made.number, papers[0])
        assert not store_printed(session, made.number, papers[1])
        assert get_certificate(session, made.number).pdf_sha256 == papers[0]


def test_a_paper_that_was_not_stored_cannot_be_named(cast: Cast, now: datetime) -> None:
    made = register.issued(cast, now=now)
    with pytest.raises(Exception, match=r"pdf_sha256|FOREIGN KEY"), transaction() as session:
        store_printed(session, made.number, "b" * 64)


@pytest.mark.parametrize("find", [get_certificate, lock_certificate])
def test_an_unknown_number_is_not_found(app: Flask, find: object) -> None:
    with pytest.raises(NotFoundError), transaction() as session:
        find(session, "MIT-2569-0000001-G")  # type: ignore[operator]


def test_a_certificate_is_found_by_its_application(cast: Cast, now: datetime) -> None:
    made = register.prepared(cast, now=now)
    with viewing() as session:
        found = certificate_of(session, made.application_id)
        assert found is not None
        assert found.number == made.number
        assert certificate_of(session, uuid4()) is None


def test_what_is_certified_is_read_in_its_order(cast: Cast, now: datetime) -> None:
    made = register.prepared(cast, now=now)
    with viewing() as session:
        (line,) = products_certified(session, made.number)
    assert (line.position, line.formula, line.application_product_id) == (1, "direct", made.product_id)


def test_locking_reads_what_is_in_the_database_now(app: Flask, cast: Cast, now: datetime) -> None:
    made = register.issued(cast, now=now)
    with transaction() as session:
        assert get_certificate(session, made.number).status == "active"
        session.connection().exec_driver_sql("UPDATE certificates SET status = 'suspended'")
        assert lock_certificate(session, made.number).status == "suspended"
        assert session.query(Certificate).count() == 1
