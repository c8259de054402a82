"""What falls on the turn of a day, a year and a leap day: numbers, last days, lists, keys and verdicts.

In Bangkok a day begins at 17:00 UTC; a certificate's number has the Buddhist year of its issue day, its
place is in a list of the year in which it expires.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from mit import worker
from mit.issuance.move import Standing
from mit.issuance.rotate_keys import activate_key, plan_key
from mit.lifecycle.certificate_states import CertificateAction
from mit.registry.trust_material import status_piece
from mit.store.certificates import Certificate, get_certificate
from mit.store.db import viewing
from mit.upkeep.publish import export_trust, publish_status_lists
from mit.upkeep.self_check import check_world
from mit.values.identifiers import parse_certificate_number
from mit.values.thai_date import bangkok_day, first_instant, last_second
from mit.verify.judge import Question, judge
from mit.verify.presentation import read_text
from mit.verify.scan import verify_number, verify_text
from mit.verify.trust_file import read_trust_file
from tests.support.desk import Desk
from tests.support.officers import changed
from tests.support.world import assert_whole_world, rows

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
NEW_YEAR = first_instant(date(2027, 1, 1))


def approved_at(desk: Desk, at: datetime, *, sheet: int = 1) -> Standing:
    """Let an application be approved at an instant; every act before takes a second."""
    desk.now = at - 4 * SECOND
    standing = desk.approved(at=sheet)
    assert desk.now == at
    return standing


def row_of(standing: Standing) -> Certificate:
    with viewing() as session:
        return get_certificate(session, standing.certificate_number)


@dataclass(frozen=True)
class Border:
    """An instant of approval and what follows from its day in Bangkok."""

    name: str
    at: datetime
    issued_on: date
    expires_on: date
    year_be: int
    list_number: int


BORDERS = [
    Border("last second of a year", NEW_YEAR - SECOND, date(2026, 12, 31), date(2027, 12, 30), 2569, 2700),
    Border("first second of a year", NEW_YEAR, date(2027, 1, 1), date(2027, 12, 31), 2570, 2700),
    Border("second of January", NEW_YEAR + DAY, date(2027, 1, 2), date(2028, 1, 1), 2570, 2800),
    Border(
        "eve of a leap day", first_instant(date(2028, 2, 29)) - SECOND,
        date(2028, 2, 28), date(2029, 2, 27), 2571, 2900,
    ),
    Border(
        "leap day", last_second(date(2028, 2, 29)), date(2028, 2, 29), date(2029, 2, 28), 2571, 2900
    ),
    Border(
        "after a leap day", first_instant(date(2028, 3, 1)), date(2028, 3, 1), date(2029, 2, 28), 2571, 2900
    ),
    Border(
        "a year before a leap day", first_instant(date(2027, 3, 1)),
        date(2027, 3, 1), date(2028, 2, 29), 2570, 2800,
    ),
]  # fmt: skip


@pytest.mark.parametrize("border", BORDERS, ids=lambda border: border.name)
def test_a_certificate_belongs_to_the_day_in_bangkok_on_which_it_was_approved(
    desk: Desk, border: Border
) -> None:
    standing = approved_at(desk, border.at)
    row = row_of(standing)
    assert (row.issued_on, row.expires_on) == (border.issued_on, border.expires_on)
    number = parse_certificate_number(row.number)
    assert (number.year_be, number.running) == (border.year_be, 1)
    assert row.list_number == border.list_number
    worker.run_once(desk.app, now=desk.tick())
    first, last = first_instant(border.issued_on), last_second(border.expires_on)
    for at, reasons in (
        (desk.now, ()),
        (last, ()),
        (last + SECOND, ("expired",)),
    ):
        assert verify_number(row.number, now=at).reasons == reasons, at
    before = verify_number(row.number, now=desk.now, on=bangkok_day(first) - DAY)
    assert before.reasons == ("not_yet_in_force",)


def test_numbers_begin_anew_with_each_year_and_leave_no_gap(desk: Desk) -> None:
    old = [approved_at(desk, NEW_YEAR - 20 * SECOND, sheet=1), approved_at(desk, NEW_YEAR - SECOND, sheet=5)]
    new = [
        approved_at(desk, NEW_YEAR + 10 * SECOND, sheet=9),
        approved_at(desk, NEW_YEAR + 20 * SECOND, sheet=13),
    ]
    worker.run_once(desk.app, now=desk.tick())
    shown = [parse_certificate_number(one.certificate_number) for one in (*old, *new)]
    assert [(number.year_be, number.running) for number in shown] == [
        (2569, 1),
        (2569, 2),
        (2570, 1),
        (2570, 2),
    ]
    counters = {row["name"]: row["value"] for row in rows("SELECT name, value FROM counters")}
    assert (counters["certificate:2569"], counters["certificate:2570"]) == (2, 2)
    assert counters["status_slot:2027"] == 4
    assert check_world(desk.authority.settings.var_dir, now=desk.now).troubles == ()
    assert_whole_world(desk.now, desk.authority.settings.var_dir)


def test_an_application_keeps_the_year_in_which_it_began(desk: Desk) -> None:
    standing = approved_at(desk, NEW_YEAR)
    assert standing.number.startswith("APP-2569-")
    assert standing.certificate_number.startswith("MIT-2570-")


def test_what_was_approved_before_midnight_is_signed_after_it_with_the_days_own_key(desk: Desk) -> None:
    desk.now = NEW_YEAR - 30 * DAY
    kid = plan_key(None, authority=desk.authority, now=desk.now, demo=True)
    activate_key(None, kid, now=desk.now, from_on=date(2027, 1, 1))
    late = approved_at(desk, NEW_YEAR - SECOND)
    early = approved_at(desk, NEW_YEAR + 10 * SECOND, sheet=5)
    worker.run_once(desk.app, now=desk.tick())
    before, after = row_of(late), row_of(early)
    assert (before.kid, after.kid) == (1, kid)
    assert before.signed_at is not None
    assert bangkok_day(before.signed_at) == date(2027, 1, 1) > before.issued_on
    for row in (before, after):
        assert row.state == "active"
        for text in (row.qr_text, row.credential):
            assert verify_text(str(text), now=desk.now).reasons == ()


def test_lists_of_two_years_are_published_side_by_side_and_each_has_its_own_bits(desk: Desk) -> None:
    one, other = approved_at(desk, NEW_YEAR), approved_at(desk, NEW_YEAR + DAY, sheet=5)
    worker.run_once(desk.app, now=desk.tick())
    changed(desk, other.certificate_number, CertificateAction.REVOKE)
    names = publish_status_lists(desk.authority, now=desk.tick())
    published = {row["name"] for row in rows("SELECT name FROM published")}
    lists = [{name.rpartition("/")[2] for name in one} - {"trust"} for one in (published, names)]
    assert lists[0] == {"2700", "2800"}
    assert lists[1] == {"2800"}, "the other says already what is true"
    assert status_piece("revocation", 2700).body != status_piece("revocation", 2800).body
    trust = read_trust_file(export_trust(desk.authority, now=desk.now)).trust
    for standing, reasons in ((one, ()), (other, ("revoked",))):
        shown = read_text(str(row_of(standing).qr_text))
        assert judge(shown, trust, Question(desk.now)).reasons == reasons


def test_offline_the_last_valid_day_is_the_day_in_bangkok(desk: Desk) -> None:
    standing = approved_at(desk, NEW_YEAR)
    desk.now = last_second(date(2027, 12, 31))
    worker.run_once(desk.app, now=desk.now)
    trust = read_trust_file(export_trust(desk.authority, now=desk.now)).trust
    shown = read_text(str(row_of(standing).credential))
    assert judge(shown, trust, Question(desk.now)).reasons == ()
    assert judge(shown, trust, Question(desk.now + SECOND)).reasons == ("expired",)


def test_a_change_at_midnight_counts_from_the_day_that_began(desk: Desk) -> None:
    number = approved_at(desk, NEW_YEAR - 10 * DAY).certificate_number
    worker.run_once(desk.app, now=desk.tick())
    desk.now = NEW_YEAR - SECOND
    changed(desk, number, CertificateAction.SUSPEND)  # it takes a second: the year has begun
    assert desk.now == NEW_YEAR
    assert verify_number(number, now=desk.now, on=date(2026, 12, 31)).reasons == ()
    assert verify_number(number, now=desk.now, on=date(2027, 1, 1)).reasons == ("suspended",)
    (event,) = rows("SELECT effective_on FROM certificate_events WHERE event = 'suspended'")
    assert str(event["effective_on"]) == "2027-01-01"
    assert datetime(2026, 12, 31, 17, tzinfo=UTC) == NEW_YEAR
