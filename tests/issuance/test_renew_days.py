"""Renewing on the days at the edges of its window, leap days too, in every state, by everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from flask import Flask

from mit.criteria.rulebook import load_rulebook
from mit.errors import ConflictError, MitError, NotAllowedError, NotFoundError
from mit.issuance import renew as renewing
from mit.issuance.apply import withdraw
from mit.issuance.issue import issue
from mit.issuance.renew import Held, renewed_by, urgent_first
from mit.issuance.timeline import list_own
from mit.issuance.wish import Seen
from mit.lifecycle.certificate_states import CertificateAction
from mit.lifecycle.renewal import RenewalState
from mit.roles.actor import Actor, Role
from mit.values.thai_date import bangkok_day, first_instant
from tests.issuance.test_supersede import decided
from tests.support.desk import Desk, open_desk
from tests.support.officers import changed, suspended
from tests.support.people import invite
from tests.support.world import rows, untouched

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
RULES = load_rulebook()
renew, held_by = partial(renewing.renew, rulebook=RULES), partial(renewing.held_by, rulebook=RULES)


def last_day(number: str) -> date:
    (row,) = rows("SELECT expires_on FROM certificates WHERE number = :number", number=number)
    return date.fromisoformat(str(row["expires_on"]))


@dataclass(frozen=True, slots=True)
class Year:
    """A day of issue, the last valid day that follows from it, and the first day of its renewal."""

    issued_at: str
    last: date
    opens: date


YEARS = [
    Year("2026-11-25T07:30:00+00:00", date(2027, 11, 24), date(2027, 9, 25)),
    Year("2028-02-29T03:00:00+00:00", date(2029, 2, 28), date(2028, 12, 30)),  # a leap day
    Year("2027-03-01T03:00:00+00:00", date(2028, 2, 29), date(2027, 12, 31)),  # ends on one
    Year("2026-12-31T16:59:00+00:00", date(2027, 12, 30), date(2027, 10, 31)),  # a minute before midnight
    Year("2026-12-31T17:00:00+00:00", date(2027, 12, 31), date(2027, 11, 1)),  # the new year in Bangkok
]


@pytest.mark.parametrize("year", YEARS, ids=lambda year: year.issued_at)
def test_the_window_opens_and_closes_at_midnight_in_bangkok(app: Flask, year: Year) -> None:
    at = datetime.fromisoformat(year.issued_at)
    desk = open_desk(app, at)
    number = desk.approved().certificate_number
    issue(number, now=desk.now, authority=desk.authority)
    assert last_day(number) == year.last
    somchai = desk.cast.somchai
    before, after = first_instant(year.opens) - SECOND, first_instant(year.last + DAY)
    with untouched():
        for instant, code, day in (
            (before, "renewal_too_early", year.opens), (after, "renewal_lapsed", year.opens),
        ):  # fmt: skip
            with pytest.raises(ConflictError) as caught:
                renew(somchai, number, now=instant)
            assert caught.value.code == code
            assert caught.value.params == {"number": number, "day": day.isoformat()}
    begun = renew(somchai, number, now=first_instant(year.opens))
    with untouched():
        assert renew(somchai, number, now=after - SECOND).number == begun.number
        assert renew(somchai, number, now=after + DAY).number == begun.number  # what was begun goes on
    withdraw(somchai, begun.application_id, seen=Seen(begun.version), now=after)
    begun = renew(somchai, number, now=after - SECOND)  # the last second of the last day
    withdraw(somchai, begun.application_id, seen=Seen(begun.version), now=after)
    with untouched(), pytest.raises(ConflictError, match="renewal_lapsed"):
        renew(somchai, number, now=after)


def test_only_what_is_in_force_is_renewed(desk: Desk) -> None:
    held, gone, ended = desk.active(), desk.active(), desk.active()
    waiting = desk.approved().certificate_number
    suspended(desk, held)
    changed(desk, gone, CertificateAction.REVOKE)
    changed(desk, ended, CertificateAction.WITHDRAW)
    now = first_instant(last_day(held)) + timedelta(hours=1)
    with untouched():
        for number in (held, gone, ended):
            with pytest.raises(ConflictError, match="renewal_stopped"):
                renew(desk.cast.somchai, number, now=now)
        with pytest.raises(NotFoundError, match="certificate_not_found"):
            renew(desk.cast.somchai, waiting, now=now)
    changed(desk, held, CertificateAction.REINSTATE)
    assert renew(desk.cast.somchai, held, now=now).state == "draft"


def test_what_was_renewed_is_not_renewed_again_unless_that_was_refused(desk: Desk) -> None:
    number = desk.active()
    desk.now = first_instant(last_day(number) - 30 * DAY)
    begun = renew(desk.cast.somchai, number, now=desk.tick())
    approved = decided(desk, begun)
    assert approved.certificate_number not in {"", number}
    with untouched(), pytest.raises(ConflictError) as caught:
        renew(desk.cast.somchai, number, now=desk.tick())
    assert (caught.value.code, caught.value.params) == ("renewal_done", {"number": number})
    other = desk.active()
    desk.now = first_instant(last_day(other))
    first = renew(desk.cast.somchai, other, now=desk.tick())
    withdraw(desk.cast.somchai, first.application_id, seen=Seen(first.version), now=desk.tick())
    second = renew(desk.cast.somchai, other, now=desk.tick())
    assert second.number != first.number
    (row,) = rows("SELECT status, superseded_by FROM certificates WHERE number = :n", n=number)
    assert (row["status"], row["superseded_by"]) == ("active", None)  # renewing supersedes nothing


def test_only_the_holders_own_people_renew(desk: Desk) -> None:
    number = desk.active()
    now = first_instant(last_day(number))
    cast = desk.cast
    nobody = Actor(cast.somchai.user_id, frozenset({Role.MANUFACTURER}))
    told: list[tuple[Actor, type[MitError]]] = [
        (cast.krit, NotFoundError), (nobody, NotFoundError), (cast.malee, NotAllowedError),
        (cast.anan, NotAllowedError), (cast.napha, NotAllowedError),
    ]  # fmt: skip
    with untouched():
        for actor, error in told:
            with pytest.raises(error):
                renew(actor, number, now=now)
    nok = invite("Nok Dee", Role.MANUFACTURER, cast.siam_cable_id, now=desk.now)
    begun = renew(nok, number, now=now)
    assert renew(cast.somchai, number, now=now).number == begun.number  # a colleague finds the same one
    assert renewed_by(cast.somchai, begun.number, today=bangkok_day(now)) is not None
    with pytest.raises(NotFoundError):
        renewed_by(cast.krit, begun.number, today=bangkok_day(now))


def test_what_one_holds_says_how_it_stands_to_renewal(desk: Desk) -> None:
    early, renewed = desk.active(), None
    desk.now += 40 * DAY
    late = desk.active()
    today = last_day(early)
    held = held_by(desk.cast.somchai, today=today)
    by_number = {one.number: one for one in held.values()}
    assert by_number[early].renewal.state == by_number[late].renewal.state == RenewalState.OPEN
    assert (by_number[early].renewal.days_left, by_number[late].renewal.days_left) == (0, 40)
    assert all(one.is_open and one.is_urgent for one in by_number.values())
    listed = list_own(desk.cast.somchai)
    assert [held[one.number].number for one in listed] == [late, early]  # the newest first
    assert [held[one.number].number for one in urgent_first(listed, held)] == [early, late]
    renewed = renew(desk.cast.somchai, early, now=first_instant(today))
    again: Held = next(one for one in held_by(desk.cast.somchai, today=today).values() if one.number == early)
    assert (again.renewed_in, again.is_open, again.is_urgent, again.is_renewed) == (
        renewed.number,
        False,
        True,
        False,
    )
    for nobody in (desk.cast.malee, desk.cast.krit):
        assert held_by(nobody, today=today) == {}
    before = {
        one.number: one.renewal.state for one in held_by(desk.cast.somchai, today=today - 61 * DAY).values()
    }
    assert before == {early: RenewalState.EARLY, late: RenewalState.EARLY}
    after = {one.number: one.renewal.state for one in held_by(desk.cast.somchai, today=today + DAY).values()}
    assert after == {early: RenewalState.LAPSED, late: RenewalState.OPEN}
