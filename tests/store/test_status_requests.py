"""What is asked to be done to certificates: the rows, what they refuse, portions, and what is counted."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from mit.errors import NotFoundError
from mit.store import status_requests
from mit.store.db import OpenSession, transaction, viewing
from mit.store.status_requests import StatusRequest, Touched, settle, touched_by, write_request
from tests.support import register
from tests.support.people import Cast

MINUTE = timedelta(minutes=1)


def request(cast: Cast, now: datetime, **changes: object) -> StatusRequest:
    """Return a request of Malee's that is written nowhere yet: about one certificate, or an incident's."""
    about: dict[str, object] = {
        "action": "revoke", "reason": "wrong_information", "asked_by_id": cast.malee.user_id, "asked_at": now,
    }  # fmt: skip
    return StatusRequest(**about | changes)


def written(session: OpenSession, row: StatusRequest, *numbers: str) -> int:
    write_request(session, row, [Touched(number, 1) for number in numbers])
    return row.seq


def confirm(session: OpenSession, seq: int, cast: Cast, now: datetime) -> None:
    row = status_requests.lock_request(session, seq)
    row.confirmed_by_id, row.confirmed_at = cast.anan.user_id, now
    session.flush()


WRONG = {
    "an act that nobody knows": {"action": "burn"},
    "suspending, which takes one person": {"action": "suspend"},
    "confirmed by who asked": {"confirmed_by_id": "malee", "confirmed_at": True},
    "confirmed by nobody": {"confirmed_at": True},
    "confirmed at no time": {"confirmed_by_id": "anan"},
    "dropped by nobody": {"dropped_at": True},
    "dropped at no time": {"dropped_by_id": "malee"},
    "confirmed and dropped": {
        "confirmed_by_id": "anan", "confirmed_at": True, "dropped_by_id": "malee", "dropped_at": True,
    },
    "finished before it was confirmed": {"finished_at": True},
    "about one and about a selection": {"selection": "{}"},
    "about a number that nobody has": {"certificate_number": "MIT-2569-0000099-X"},
    "about nothing": {"certificate_number": None},
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_the_table_refuses_a_request_that_cannot_be(
    cast: Cast, now: datetime, wrong: dict[str, object]
) -> None:
    number = register.prepared(cast, now=now).number
    real = {"malee": cast.malee.user_id, "anan": cast.anan.user_id, True: now}
    given = {name: real.get(value, value) for name, value in wrong.items()}  # type: ignore[call-overload]
    with pytest.raises(IntegrityError), transaction() as session:
        written(session, request(cast, now, **{"certificate_number": number} | given), number)


def test_a_request_is_about_something(cast: Cast, now: datetime) -> None:
    number = register.prepared(cast, now=now).number
    with pytest.raises(IntegrityError), transaction() as session:
        row = request(cast, now, certificate_number=number)
        row.certificates = 0
        session.add(row)
        session.flush()


def test_one_certificate_waits_for_one_second_person_at_a_time(cast: Cast, now: datetime) -> None:
    number, other = (register.prepared(cast, now=now).number for _ in range(2))
    with transaction() as session:
        first = written(session, request(cast, now, certificate_number=number), number)
        written(session, request(cast, now, certificate_number=other), other)
        written(session, request(cast, now, selection="{}"), number, other)  # an incident is no such request
    with pytest.raises(IntegrityError), transaction() as session:
        written(session, request(cast, now, certificate_number=number, action="withdraw"), number)
    with transaction() as session:
        confirm(session, first, cast, now)
        second = written(session, request(cast, now, certificate_number=number), number)
    with viewing() as session:
        waiting = status_requests.open_request_about(session, number)
        assert waiting is not None
        assert waiting.seq == second
        assert status_requests.open_request_about(session, "MIT-2569-0000099-X") is None


def test_what_waits_is_listed_the_oldest_first_and_incidents_the_newest_first(
    cast: Cast, now: datetime
) -> None:
    numbers = [register.prepared(cast, now=now).number for _ in range(3)]
    with transaction() as session:
        ended = written(session, request(cast, now, certificate_number=numbers[0]), numbers[0])
        waits = written(session, request(cast, now, certificate_number=numbers[1]), numbers[1])
        dropped = written(session, request(cast, now, certificate_number=numbers[2]), numbers[2])
        incidents = [written(session, request(cast, now, selection="{}"), *numbers) for _ in range(3)]
        confirm(session, ended, cast, now)
        confirm(session, incidents[0], cast, now)
        row = status_requests.lock_request(session, dropped)
        row.dropped_by_id, row.dropped_at = cast.malee.user_id, now
    with viewing() as session:
        listed = status_requests.open_requests(session)
        assert [row.seq for row in listed] == [waits, *incidents[1:]]
        assert all(row.is_open for row in listed)
        assert not status_requests.get_request(session, ended).is_open
        assert not status_requests.get_request(session, dropped).is_open
        newest = [row.seq for row in status_requests.latest_incidents(session, limit=2)]
        assert newest == incidents[:0:-1]


def test_an_incident_is_done_in_portions_by_number_until_nothing_is_left(cast: Cast, now: datetime) -> None:
    numbers = [register.prepared(cast, now=now).number for _ in range(5)]
    with transaction() as session:
        seq = written(session, request(cast, now, selection="{}"), *reversed(numbers))
        row = status_requests.get_request(session, seq)
        assert row.certificates == 5
        assert [one.certificate_number for one in touched_by(session, seq)] == numbers
        assert status_requests.count_outcomes(session, seq) == {"waiting": 5}
    done: list[str] = []
    for outcome in ("done", "passed_over", "done"):
        with transaction() as session:
            portion = status_requests.next_portion(session, seq, 2)
            done += [one.certificate_number for one in portion]
            settle(portion, outcome, now=now + MINUTE)
    assert done == numbers
    with viewing() as session:
        assert status_requests.next_portion(session, seq, 2) == []
        assert status_requests.count_outcomes(session, seq) == {"done": 3, "passed_over": 2}
        assert {one.done_at for one in touched_by(session, seq)} == {now + MINUTE}


@pytest.mark.parametrize("outcome", [None, "lost", ""])
def test_an_outcome_is_one_of_two_and_has_its_instant(cast: Cast, now: datetime, outcome: str | None) -> None:
    number = register.prepared(cast, now=now).number
    with pytest.raises(IntegrityError), transaction() as session:
        seq = written(session, request(cast, now, selection="{}"), number)
        (row,) = touched_by(session, seq)
        row.outcome, row.done_at = outcome, now
        session.flush()


@pytest.mark.parametrize("seq", [0, -1, 1, 2**31, 2**63 - 1, 2**63, 10**30])
def test_a_request_that_does_not_exist_is_not_found(cast: Cast, seq: int) -> None:
    for find in (status_requests.get_request, status_requests.lock_request):
        with pytest.raises(NotFoundError, match="status_request_not_found"), transaction() as session:
            find(session, seq)
