"""What stands beside an application: the same files, what was certified before, and what others declare."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from mit.store import compared
from mit.store.applications import Application, ApplicationProduct, replace_products
from mit.store.compared import INVOICES, MOST_UNDER_HEADING, DeclaredPrice, SameFile
from mit.store.db import add, transaction, viewing
from mit.store.documents import Document
from mit.store.evidence import KINDS, Evidence, next_number
from mit.store.renewals import Renewal
from mit.values.thai_date import bangkok_day
from tests.support import register
from tests.support.people import Cast

DAY = timedelta(days=1)


def submitted(cast: Cast, now: datetime, *products: ApplicationProduct) -> UUID:
    """Write a submitted application, with these products where any are given."""
    with transaction() as session:
        row = register.submitted(session, cast, now=now)
        if products:
            replace_products(session, row.id, products, now=now)
        return row.id


def product(name: str, hs_code: str, price_satang: int, unit: str = "เมตร") -> ApplicationProduct:
    made = register.product(name, price_satang=price_satang)
    made.hs_code, made.cost_sheet = hs_code, json.dumps({"product": {"unit": unit}})
    return made


def file(application_id: UUID, cast: Cast, now: datetime, *, sha: str = "a", kind: str = "purchase") -> None:
    """Put a file beside an application; *sha* says which bytes."""
    with transaction() as session:
        if session.get(Document, sha * 64) is None:
            add(session, Document(sha256=sha * 64, media_type="image/png", size_bytes=1, stored_at=now))
        number = next_number(session, application_id)
        row = Evidence(
            application_id=application_id, number=number, kind=kind, file_name=f"{kind}-{number}.png",
            media_type="image/png", size_bytes=1, sha256=sha * 64, uploaded_by_id=cast.somchai.user_id,
            uploaded_at=now,
        )  # fmt: skip
        add(session, row)


def same_files(application_id: UUID, cast: Cast) -> list[SameFile]:
    with viewing() as session:
        return compared.same_files_elsewhere(session, application_id, cast.siam_cable_id)


def number_of(application_id: UUID) -> str:
    with viewing() as session:
        return session.get_one(Application, application_id).number


# --- the same file twice


@pytest.mark.parametrize("kind", KINDS)
def test_of_ones_own_only_invoices_are_there_twice_and_of_others_everything(
    cast: Cast, now: datetime, kind: str
) -> None:
    first, second, own = (submitted(cast, now) for _ in range(3))
    foreign = submitted(register.rivals(cast), now)
    for application in (first, own):
        file(application, cast, now, sha="a", kind=kind)
    for application in (second, foreign):
        file(application, cast, now, sha="b", kind=kind)
    twice = [SameFile(f"{kind}-1.png", number_of(own), is_own=True)] if kind in INVOICES else []
    assert same_files(first, cast) == twice
    assert same_files(second, cast) == [SameFile(f"{kind}-1.png", number_of(foreign), is_own=False)]


def test_only_files_that_are_there_and_of_what_was_submitted_count(cast: Cast, now: datetime) -> None:
    mine = submitted(cast, now)
    with transaction() as session:
        draft = register.draft(session, register.rivals(cast), now=now).id
    gone, foreign = submitted(register.rivals(cast), now), submitted(register.rivals(cast), now)
    for application in (mine, draft, gone):
        file(application, cast, now)
    with transaction() as session:
        for row in session.query(Evidence).filter_by(application_id=gone):
            row.removed_at = now
    assert same_files(mine, cast) == []
    file(foreign, cast, now)
    assert len(same_files(mine, cast)) == 1
    with transaction() as session:
        for row in session.query(Evidence).filter_by(application_id=mine):
            row.removed_at = now
    assert same_files(mine, cast) == []


def test_a_file_is_named_once_for_each_side_with_the_first_application(cast: Cast, now: datetime) -> None:
    mine, *own = (submitted(cast, now) for _ in range(3))
    foreign = [submitted(register.rivals(cast), now) for _ in range(2)]
    for application in (mine, *own, *foreign):
        file(application, cast, now)
    assert same_files(mine, cast) == [
        SameFile("purchase-1.png", number_of(foreign[0]), is_own=False),
        SameFile("purchase-1.png", number_of(own[0]), is_own=True),
    ]


# --- what was certified before


def certified(application_id: UUID, names: list[str], until: datetime) -> list[tuple[str, bool]]:
    with viewing() as session:
        row = session.get_one(Application, application_id)
        found = compared.certified_before(session, row, names, until=until)
    return [(one.certificate_number, one.is_renewed) for one in found]


def test_ones_own_products_of_that_name_come_newest_first(cast: Cast, now: datetime) -> None:
    old, new = register.issued(cast, now=now), register.issued(cast, now=now + DAY)
    register.issued(register.rivals(cast), now=now)  # another holder's
    register.prepared(cast, now=now)  # not issued yet
    mine = submitted(cast, now + 2 * DAY)
    assert certified(mine, ["สายไฟ"], now + DAY) == [(new.number, False), (old.number, False)]
    assert certified(mine, ["สายไฟ"], now) == [(old.number, False)]
    assert certified(mine, ["สายไฟ"], now - DAY) == []
    assert certified(mine, ["สาย"], now + DAY) == []
    assert certified(mine, [], now + DAY) == []
    assert certified(new.application_id, ["สายไฟ"], now + DAY) == [(old.number, False)]  # never itself


def test_what_is_renewed_is_found_whatever_it_is_called_now(cast: Cast, now: datetime) -> None:
    renewed, other = register.issued(cast, now=now), register.issued(cast, now=now)
    mine = submitted(cast, now + DAY)
    with transaction() as session:
        add(session, Renewal(application_id=mine, certificate_number=renewed.number))
    assert certified(mine, [], now + DAY) == [(renewed.number, True)]
    both = certified(mine, ["สายไฟ"], now + DAY)
    assert sorted(both) == sorted([(renewed.number, True), (other.number, False)])


# --- what others declare


def prices(cast: Cast, *headings: str) -> list[DeclaredPrice]:
    with viewing() as session:
        found = compared.prices_of_others(session, cast.siam_cable_id, headings)
    return sorted(found, key=lambda one: (one.heading, one.price_satang))


def test_prices_of_others_go_by_the_heading_and_never_by_ones_own(cast: Cast, now: datetime) -> None:
    theirs = [
        product("ก", "8544", 100), product("ข", "85444932", 200, "กก."), product("ค", "854511", 300),
        product("ง", "7408", 400),
    ]  # fmt: skip
    submitted(register.rivals(cast), now, *theirs)
    submitted(cast, now, product("ก", "8544", 900))
    wire = cast.krungthep_wire_id
    assert prices(cast, "8544") == [
        DeclaredPrice("8544", "เมตร", wire, 100), DeclaredPrice("8544", "กก.", wire, 200),
    ]  # fmt: skip
    assert [one.price_satang for one in prices(cast, "8544", "7408")] == [400, 100, 200]
    assert prices(cast, "9999") == prices(cast) == []


def test_drafts_and_products_that_were_taken_out_declare_nothing(cast: Cast, now: datetime) -> None:
    changed = submitted(register.rivals(cast), now, product("ก", "8544", 100))
    with transaction() as session:
        one = session.query(ApplicationProduct).filter_by(application_id=changed).one()
        add(session, register.assessment(one.id, now=now))
        replace_products(session, changed, [product("ข", "7408", 200)], now=now)
        draft = register.draft(session, register.rivals(cast), now=now)
        replace_products(session, draft.id, [product("ค", "8544", 300)], now=now)
    assert prices(cast, "8544") == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_of_very_many_under_one_heading_the_newest_count(cast: Cast, now: datetime) -> None:
    for at in range(3):
        many = [product(f"{at}-{n}", "8544", 1_000 * at + n + 1) for n in range(30)]
        submitted(register.rivals(cast), now + at * DAY, *many)
    found = prices(cast, "8544")
    assert len(found) == MOST_UNDER_HEADING
    assert {one.price_satang // 1_000 for one in found} == {1, 2}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_issued_certificates_stand_in_the_register(cast: Cast, now: datetime) -> None:
    issued, waiting = register.issued(cast, now=now), register.prepared(cast, now=now)
    unknown = [f"MIT-2569-{at:07d}-X" for at in range(100, 700)]
    with viewing() as session:
        found = compared.in_register(session, [*unknown[:499], issued.number, *unknown[499:], waiting.number])
        assert compared.in_register(session, []) == {}
    assert found.keys() == {issued.number}
    one = found[issued.number]
    assert (one.number, one.status) == (issued.number, "active")
    assert one.expires_on > bangkok_day(now)
