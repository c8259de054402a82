"""Which application renews which certificate, and what is read when one is begun or looked at."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from mit.store import renewals
from mit.store.applications import Application, replace_products
from mit.store.db import add, transaction, viewing
from mit.store.renewals import ProductOutline, Renewal
from tests.support import register
from tests.support.people import Cast

DAY = timedelta(days=1)


@pytest.fixture
def issued(cast: Cast, now: datetime) -> register.Prepared:
    return register.issued(cast, now=now)


def begun(cast: Cast, number: str, now: datetime) -> UUID:
    """Begin a renewal of a certificate."""
    with transaction() as session:
        row = register.draft(session, cast, now=now)
        add(session, Renewal(application_id=row.id, certificate_number=number))
        return row.id


def ended(application_id: UUID, cast: Cast, state: str, now: datetime) -> None:
    with transaction() as session:
        row = session.get_one(Application, application_id)
        row.state, row.submitted_at, row.profile_version, row.content_digest = "submitted", now, "1", "d" * 64
        session.flush()
        row.state, row.decided_at = state, now
        row.refused_by_id = cast.malee.user_id if state == "refused" else None


def live(number: str) -> UUID | None:
    with viewing() as session:
        found = renewals.live_renewal(session, number)
        return found.id if found else None


def all_live(cast: Cast) -> dict[str, tuple[str, str]]:
    with viewing() as session:
        return renewals.live_renewals(session, cast.siam_cable_id)


@pytest.mark.parametrize("state", ["refused", "withdrawn"])
def test_what_was_refused_or_withdrawn_renews_nothing_and_leaves_room(
    issued: register.Prepared, cast: Cast, now: datetime, state: str
) -> None:
    assert live(issued.number) is None
    first = begun(cast, issued.number, now)
    assert live(issued.number) == first
    ended(first, cast, state, now + DAY)
    assert live(issued.number) is None
    assert all_live(cast) == {}
    second = begun(cast, issued.number, now + DAY)
    assert live(issued.number) == second
    with viewing() as session:
        number = session.get_one(Application, second).number
    assert all_live(cast) == {issued.number: (number, "draft")}


def test_an_application_knows_what_it_renews_for_good(
    issued: register.Prepared, cast: Cast, now: datetime
) -> None:
    made = begun(cast, issued.number, now)
    with viewing() as session:
        assert renewals.renewed_certificate(session, made) == issued.number
        earlier = session.get_one(Application, issued.application_id).number
        assert renewals.earlier_application(session, made) == earlier
        for unknown in (issued.application_id, uuid4()):
            assert renewals.renewed_certificate(session, unknown) == ""
            assert renewals.earlier_application(session, unknown) == ""
    for statement in (
        "UPDATE renewals SET certificate_number = certificate_number || 'x'",
        "UPDATE renewals SET application_id = application_id",
        "DELETE FROM renewals",
    ):
        with pytest.raises(IntegrityError, match="never"), transaction() as session:
            session.execute(text(statement))
    with pytest.raises(IntegrityError), transaction() as session:
        add(session, Renewal(application_id=made, certificate_number=issued.number))  # twice
    with pytest.raises(IntegrityError), transaction() as session:
        row = register.draft(session, cast, now=now)
        add(session, Renewal(application_id=row.id, certificate_number="MIT-2569-0000099-X"))


def test_only_issued_certificates_of_ones_own_are_listed_with_their_applications(
    issued: register.Prepared, cast: Cast, now: datetime
) -> None:
    register.prepared(cast, now=now)
    theirs = register.issued(register.rivals(cast), now=now)
    with viewing() as session:
        mine = renewals.issued_to(session, cast.siam_cable_id)
        others = renewals.issued_to(session, cast.krungthep_wire_id)
        assert renewals.issued_to(session, cast.tambon_office_id) == []
        own_number = session.get_one(Application, issued.application_id).number
    assert [(row.number, number) for row, number in mine] == [(issued.number, own_number)]
    assert [row.number for row, _ in others] == [theirs.number]


def test_the_first_submission_counts_however_often_it_was_submitted(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        row = register.submitted(session, cast, now=now)
        assert renewals.first_submitted_at(session, row.id) is None
        one = session.query(register.ApplicationProduct).filter_by(application_id=row.id).one()
        for days in (3, 1, 2):
            add(session, register.assessment(one.id, now=now + days * DAY))
        replace_products(session, row.id, [register.product("ใหม่")], now=now + 4 * DAY)
        application_id = row.id
    with viewing() as session:
        assert renewals.first_submitted_at(session, application_id) == now + DAY


def test_outlines_are_of_what_is_there_now_in_its_order(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        row = register.submitted(session, cast, now=now)
        gone = session.query(register.ApplicationProduct).filter_by(application_id=row.id).one()
        add(session, register.assessment(gone.id, now=now))
        two, one = register.product("ข"), register.product("ก")
        one.hs_code = None
        replace_products(session, row.id, [one, two], now=now)
        application_id = row.id
    with viewing() as session:
        found = renewals.outlines_of(session, application_id)
        assert found == [
            ProductOutline(one.id, 1, "ก", "Cable", register.digest('{"product":"ก"}'), None, None),
            ProductOutline(two.id, 2, "ข", "Cable", register.digest('{"product":"ข"}'), None, "854449"),
        ]
        assert renewals.cost_sheet_of(session, two.id) == '{"product":"ข"}'
        assert renewals.outlines_of(session, uuid4()) == []
