"""Renewal: in its window, once, with what was certified, linked for ever; the old certificate stays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from mit.criteria.rulebook import load_rulebook, make_rulebook
from mit.errors import ConflictError, InputError, NotFoundError
from mit.issuance import draft_sections, submission
from mit.issuance.draft_sections import Place
from mit.issuance.evidence import Upload, upload
from mit.issuance.look_back import look_back, pair_products
from mit.issuance.move import Standing
from mit.issuance.renew import held_by, renew, renewed_by, urgent_first
from mit.issuance.study import study
from mit.issuance.submission import Signature
from mit.issuance.timeline import list_own
from mit.store import certificates
from mit.store.db import new_id, transaction, viewing
from mit.store.renewals import ProductOutline
from tests.support import world
from tests.support.desk import Desk
from tests.support.parallel import at_once
from tests.support.pdfs import plain_pdf
from tests.support.sheets import changed_rules, rule_document
from tests.support.written import keep

#: The desk issues on 25 November 2026; its certificates are valid until 24 November 2027.
OPEN = datetime(2027, 10, 1, 3, 0, tzinfo=UTC)
EARLY = datetime(2027, 9, 24, 3, 0, tzinfo=UTC)
BOOK = load_rulebook()
LAPSED = datetime(2027, 11, 24, 17, 0, tzinfo=UTC)  # midnight in Bangkok


@pytest.fixture
def issued(desk: Desk) -> Standing:
    """An issued certificate of two products, and a third that was refused."""
    return desk.issued(True, True, False)


def number_of(desk: Desk, standing: Standing) -> str:
    with viewing() as session:
        found = certificates.certificate_of(session, standing.application_id)
    assert found is not None
    return found.number


def submit(desk: Desk, number: str, now: datetime) -> None:
    written = draft_sections.read(desk.cast.somchai, number)
    signature = Signature(written.seen(), accepted=True)
    submission.submit(desk.cast.somchai, number, signature, authority=desk.authority, now=now)


def test_a_renewal_copies_what_was_certified_and_names_the_certificate(desk: Desk, issued: Standing) -> None:
    somchai, certificate = desk.cast.somchai, number_of(desk, issued)
    begun = renew(somchai, certificate, rulebook=BOOK, now=OPEN)
    written = draft_sections.read(somchai, begun.number)
    assert [product.name_th[-1] for product in written.products] == ["1", "2"]
    assert written.factory.content["site_en"] == "Bang Pu plant"
    assert not written.declaration.version
    assert (written.renews, written.lacks_evidence) == (certificate, True)
    renewed = renewed_by(somchai, begun.number, today=OPEN.date())
    assert renewed is not None
    assert (renewed.expires_on, renewed.is_late) == (date(2027, 11, 24), False)
    (event,) = world.rows(
        "SELECT payload FROM audit_events WHERE subject = :s", s=f"application:{begun.number}"
    )
    assert certificate in str(event["payload"])
    assert renew(somchai, certificate, rulebook=BOOK, now=OPEN + timedelta(days=1)).number == begun.number
    (row,) = world.rows("SELECT status, superseded_by FROM certificates")
    assert (row["status"], row["superseded_by"]) == ("active", None)


@pytest.mark.parametrize(
    ("clicked_at", "code"),
    [(EARLY, "renewal_too_early"), (LAPSED, "renewal_lapsed")],
    ids=["early", "lapsed"],
)
def test_outside_its_window_nothing_is_begun(
    desk: Desk, issued: Standing, clicked_at: datetime, code: str
) -> None:
    with pytest.raises(ConflictError, match=code):
        renew(desk.cast.somchai, number_of(desk, issued), rulebook=BOOK, now=clicked_at)
    assert len(list_own(desk.cast.somchai)) == 1


@pytest.mark.parametrize(("days", "mark"), [(30, "unknown"), (54, "unknown"), (90, "sourced")])
def test_how_long_the_window_is_stands_in_the_rule_set_of_the_day(
    desk: Desk, issued: Standing, days: int, mark: str
) -> None:
    later = changed_rules(renewal_window_days=days) | {"id": "mit-2570-1"}
    later["in_force"]["from"] = "2027-01-01"
    later["settings"]["renewal_window_days"]["mark"] = mark
    book = make_rulebook({"first.json": rule_document(), "later.json": later})
    somchai, number = desk.cast.somchai, number_of(desk, issued)
    held = held_by(somchai, rulebook=book, today=OPEN.date())[issued.number]  # 54 days before the last
    assert held.is_open is (days >= 54)
    assert held.renewal.opens_on == date(2027, 11, 24) - timedelta(days=days)
    assert held.renewal.is_verified is (mark == "sourced")
    if days >= 54:
        assert renew(somchai, number, rulebook=book, now=OPEN).number
    else:
        with pytest.raises(ConflictError, match="renewal_too_early") as caught:
            renew(somchai, number, rulebook=book, now=OPEN)
        assert caught.value.params["day"] == "2027-10-25"


def test_a_foreign_certificate_is_as_if_it_did_not_exist(desk: Desk, issued: Standing) -> None:
    for number in (number_of(desk, issued), "MIT-2569-9999999-X", "\ud800", ""):
        with pytest.raises(NotFoundError, match="certificate_not_found"):
            renew(desk.cast.krit, number, rulebook=BOOK, now=OPEN)


def test_clicks_at_the_same_time_begin_one_renewal(desk: Desk, issued: Standing) -> None:
    somchai, certificate = desk.cast.somchai, number_of(desk, issued)
    found = at_once(desk.app, [lambda: renew(somchai, certificate, rulebook=BOOK, now=OPEN).number] * 4)
    assert len(set(found)) == 1


def test_a_renewal_is_submitted_with_new_evidence_and_the_officer_sees_what_differs(
    desk: Desk, issued: Standing
) -> None:
    somchai, malee, certificate = desk.cast.somchai, desk.cast.malee, number_of(desk, issued)
    begun = renew(somchai, certificate, rulebook=BOOK, now=OPEN)
    written = draft_sections.read(somchai, begun.number)
    first, second = written.products
    rules = desk.authority.rulebook.in_force(OPEN.date())
    sheet = first.sheet.content | {"price_ex_works": "13000.00"}
    keep(somchai, begun.number, Place("sheet", first.number), sheet, rules=rules, now=OPEN)
    draft_sections.remove_product(somchai, begun.number, second.number, now=OPEN)
    with pytest.raises(InputError) as caught:
        submit(desk, begun.number, OPEN)
    assert [fault.code for fault in caught.value.faults] == ["renewal_without_evidence"]
    file = Upload("origin", 0, "a.pdf", plain_pdf())
    upload(somchai, begun.number, file, var_dir=desk.authority.settings.var_dir, now=OPEN)
    submit(desk, begun.number, OPEN)
    shown = look_back(malee, begun.number, position=1)
    assert shown is not None
    assert (shown.certificate_number, shown.earlier, shown.is_late) == (certificate, issued.number, False)
    assert [(one.where, one.before, one.after) for one in shown.changes] == [
        ("price_ex_works", "12500.00", "13000.00")
    ]
    assert shown.left_out == ("สายไฟฟ้าแรงต่ำ แบบที่ 2",)
    assert look_back(malee, issued.number, position=1) is None
    with pytest.raises(NotFoundError):
        look_back(somchai, begun.number, position=1)


def test_what_is_submitted_after_the_end_counts_as_new(desk: Desk, issued: Standing) -> None:
    somchai = desk.cast.somchai
    begun = renew(somchai, number_of(desk, issued), rulebook=BOOK, now=OPEN)
    file = Upload("origin", 0, "a.pdf", plain_pdf())
    upload(somchai, begun.number, file, var_dir=desk.authority.settings.var_dir, now=OPEN)
    submit(desk, begun.number, LAPSED)
    shown = look_back(desk.cast.malee, begun.number, position=1)
    assert shown is not None
    assert (shown.is_late, shown.changes, shown.left_out) == (True, (), ())
    found = study(desk.cast.malee, begun.number, now=LAPSED)
    remarks = [remark.code for product in found.products for remark in product.remarks]
    assert "same_sheet" not in remarks  # the one that is renewed is no double


def test_what_runs_out_first_stands_first_until_it_is_renewed(desk: Desk, issued: Standing) -> None:
    somchai = desk.cast.somchai
    desk.draft(at=7)
    held = held_by(somchai, rulebook=BOOK, today=OPEN.date())
    assert held[issued.number].is_open
    assert next(one.number for one in urgent_first(list_own(somchai), held)) == issued.number
    early = held_by(somchai, rulebook=BOOK, today=EARLY.date())
    assert [one.number for one in urgent_first(list_own(somchai), early)][-1] == issued.number
    begun = renew(somchai, number_of(desk, issued), rulebook=BOOK, now=OPEN)
    found = held_by(somchai, rulebook=BOOK, today=OPEN.date())[issued.number]
    assert (found.is_open, found.renewed_in, found.is_renewed) == (False, begun.number, False)
    assert held_by(desk.cast.krit, rulebook=BOOK, today=OPEN.date()) == {}


def test_the_database_keeps_the_link(desk: Desk, issued: Standing) -> None:
    renew(desk.cast.somchai, number_of(desk, issued), rulebook=BOOK, now=OPEN)
    for statement in ("DELETE FROM renewals", "UPDATE renewals SET certificate_number = 'x'"):
        with pytest.raises(DatabaseError, match="renewals: a row is never"), transaction() as session:
            session.execute(text(statement))


def outline(position: int, name: str, sheet: str) -> ProductOutline:
    return ProductOutline(new_id(), position, name, "", sheet, "certified")


def test_products_are_paired_by_sheet_then_name_then_order() -> None:
    before = [outline(1, "a", "1"), outline(2, "b", "2"), outline(3, "c", "3")]
    moved = [outline(1, "c", "9"), outline(2, "x", "2"), outline(3, "y", "8")]
    assert {at: old.name_th for at, old in pair_products(before, moved).items()} == {1: "c", 2: "b", 3: "a"}
    fewer = [outline(1, "c", "3"), outline(2, "new", "7")]
    assert {at: old.name_th for at, old in pair_products(before, fewer).items()} == {1: "c"}
