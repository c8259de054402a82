"""Finding certificates: by words for staff, page by page, and by what an incident has in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from mit.store import certificate_search
from mit.store.certificate_search import Common, Found
from mit.store.certificates import CertificateProduct
from mit.store.db import OpenSession, transaction, viewing
from mit.values.thai_date import bangkok_day
from tests.support import register
from tests.support.people import Cast

DAY = timedelta(days=1)
SIAM, WIRE = "0105536112014", "0105550000015"


def search(words: str = "", *, status: str = "", page: int = 1, size: int = 50) -> tuple[list[str], int]:
    with viewing() as session:
        found, total = certificate_search.search(session, words, status=status, page=page, size=size)
    return [one.number for one in found], total


def in_common(common: Common, limit: int | None = None) -> list[str]:
    with viewing() as session:
        found = certificate_search.in_common(session, common, limit=limit)
        count = certificate_search.count_in_common(session, common)
    assert count >= len(found) if limit is not None else count == len(found)
    return [one.number for one in found]


def end(session: OpenSession, number: str, event: str, now: datetime) -> None:
    status = {"suspended": "suspended", "revoked": "revoked", "withdrawn": "withdrawn"}[event]
    wanted = register.change(event, status, bangkok_day(now))
    register.record(session, number, wanted, actor_id=None, now=now)


# --- by words


def test_the_newest_come_first_across_the_years(cast: Cast, now: datetime) -> None:
    next_year = register.issued(cast, now=now + 365 * DAY).number
    first, second = (register.issued(cast, now=now).number for _ in range(2))
    assert search() == ([next_year, second, first], 3)


@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_pages_follow_each_other_and_each_knows_the_whole(cast: Cast, now: datetime, size: int) -> None:
    every = [register.prepared(cast, now=now).number for _ in range(5)][::-1]
    paged: list[str] = []
    for page in range(1, 7):
        found, total = search(page=page, size=size)
        assert total == 5
        paged += found
    assert paged[:5] == every
    assert len(paged) == min(5, 6 * size)


@dataclass(frozen=True, slots=True)
class Words:
    """What is typed, and whether it names the certificate of Siam Cable, of Krungthep Wire, or both."""

    text: str
    siam: bool = False
    wire: bool = False


WORDS = [
    Words("", siam=True, wire=True),
    Words("mit-2569", siam=True, wire=True),
    Words("0000002", wire=True),
    Words("สยามเคเบิล", siam=True, wire=True),  # the register of the tests names both holders alike
    Words("ทองแดง", siam=True),
    Words("COPPER rod", siam=True),
    Words("ยี่ห้อก", siam=True),
    Words("หม้อแปลง", wire=True),
    Words("%"),
    Words("_"),
    Words("\\"),
    Words("\0"),
    Words("mit-2569\0"),
    Words("' OR 1=1 --"),
]


def test_words_are_looked_for_in_number_holder_and_products_as_they_are(cast: Cast, now: datetime) -> None:
    mine = register.prepared(cast, now=now)
    other = register.prepared(register.rivals(cast), now=now)
    rename(mine.number, name_th="แท่งทองแดง", name_en="Copper rod", brand="ยี่ห้อก")
    rename(other.number, name_th="หม้อแปลง", name_en="Transformer", brand="")
    for words in WORDS:
        expected = [one.number for one, found in ((other, words.wire), (mine, words.siam)) if found]
        assert search(words.text) == (expected, len(expected)), words


def rename(number: str, **names: str) -> None:
    """Give a certificate's product other names: past the guard, which keeps them for ever."""
    with transaction() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            triggers = (
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'certificate_products'"
            )
            for (name,) in session.execute(text(triggers)).all():
                session.execute(text(f"DROP TRIGGER {name}"))
        row = session.query(CertificateProduct).filter_by(certificate_number=number).one()
        for name, value in names.items():
            setattr(row, name, value)


def test_a_state_sifts_and_the_count_goes_by_it(cast: Cast, now: datetime) -> None:
    running, gone, held = (register.issued(cast, now=now).number for _ in range(3))
    with transaction() as session:
        end(session, gone, "revoked", now)
        end(session, held, "suspended", now)
    assert search(status="active") == ([running], 1)
    assert search(status="revoked") == ([gone], 1)
    assert search(status="suspended") == ([held], 1)
    assert search(status="expired") == ([], 0)  # expiry is never stored
    assert search(gone, status="active") == ([], 0)


def test_what_is_found_is_what_a_list_shows(cast: Cast, now: datetime) -> None:
    made = register.prepared(cast, now=now)
    with viewing() as session:
        (found,), _ = certificate_search.search(session, made.number, status="", page=1, size=1)
    today = bangkok_day(now)
    assert found == Found(
        made.number, "บริษัท สยามเคเบิล จำกัด", "Siam Cable Co., Ltd.", "prepared", "active", today,
        today.replace(year=today.year + 1) - DAY, cast.siam_cable_id,
    )  # fmt: skip


# --- by what an incident has in common


def test_an_incident_selects_by_everything_that_is_said_together(cast: Cast, now: datetime) -> None:
    mine = register.issued(cast, now=now).number
    later = register.issued(cast, now=now + 2 * DAY).number
    other = register.issued(register.rivals(cast), now=now).number
    first, last = bangkok_day(now), bangkok_day(now + 2 * DAY)
    kid = register.issued(cast, now=now).kid
    cases = {
        Common(): 4,
        Common(tax_number=SIAM): 3,
        Common(tax_number=WIRE): [other],
        Common(tax_number="0994000000014"): [],
        Common(kid=kid): 4,
        Common(kid=kid + 1): [],
        Common(rule_set_id="mit-test"): 4,
        Common(rule_set_id="mit"): [],
        Common(rule_set_id="mit-test\0"): [],
        Common(issued_from=last): [later],
        Common(issued_from=first, issued_to=first): 3,
        Common(issued_to=first - DAY): [],
        Common(issued_from=last, issued_to=first): [],
        Common(tax_number=SIAM, issued_from=first + DAY): [later],
        Common(tax_number=WIRE, issued_from=first + DAY): [],
    }
    for common, expected in cases.items():
        found = in_common(common)
        assert found == sorted(found)
        assert (len(found) if isinstance(expected, int) else found) == expected, common
    assert in_common(Common(tax_number=SIAM), limit=1) == [mine]


@pytest.mark.parametrize("event", ["revoked", "withdrawn"])
def test_what_has_ended_is_nothing_that_an_incident_could_change(
    cast: Cast, now: datetime, event: str
) -> None:
    left, gone = register.issued(cast, now=now).number, register.issued(cast, now=now).number
    waiting = register.prepared(cast, now=now).number
    with transaction() as session:
        end(session, left, "suspended", now)
        end(session, gone, event, now)
    assert in_common(Common(tax_number=SIAM)) == [left, waiting]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_holders_are_told_apart_however_many_numbers_there_are(cast: Cast, now: datetime) -> None:
    mine = [register.prepared(cast, now=now).number for _ in range(2)]
    other = register.prepared(register.rivals(cast), now=now).number
    unknown = [f"MIT-2569-{at:07d}-X" for at in range(100, 1200)]
    with viewing() as session:
        found = certificate_search.holders_of(
            session, [mine[1], *unknown[:498], other, *unknown[498:], mine[0]]
        )
        assert certificate_search.holders_of(session, []) == {}
    assert found.keys() == {cast.siam_cable_id, cast.krungthep_wire_id}
    assert sorted(found[cast.siam_cable_id]) == mine
    assert found[cast.krungthep_wire_id] == [other]
