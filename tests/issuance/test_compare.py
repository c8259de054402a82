"""What is noticed beside other papers: last time's, other applicants', the register's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from mit.criteria.cost_sheet import parse_cost_sheet
from mit.issuance.apply import Draft, create_draft, submit
from mit.issuance.evidence import Upload, upload
from mit.issuance.look_back import look_back
from mit.issuance.move import Standing
from mit.issuance.remarks import Remark
from mit.issuance.study import study
from mit.issuance.wish import Seen
from mit.lifecycle.certificate_states import CertificateAction
from mit.roles.actor import Actor, Role
from mit.store.accounts import Organisation
from mit.store.db import add, new_id, transaction
from mit.values.identifiers import juristic_check_digit
from tests.support.desk import Desk, sheet_document
from tests.support.officers import changed, suspended
from tests.support.pdfs import plain_pdf
from tests.support.people import invite


def begun(
    desk: Desk, by: Actor, price: str = "12500.00", *, product: dict[str, Any] | None = None, **line: Any
) -> Standing:
    """Let somebody begin an application whose one material says *line*."""
    document = sheet_document(1)
    material = document["lines"][0] | {"amount": "1.00", "supplier": "ก"} | line
    document |= {"price_ex_works": price, "lines": [material], "process": ["รีด"]}
    document["product"] |= product or {}
    del document["profit"]
    whole = Draft([parse_cost_sheet(document)], "โรงงาน", "Plant", "3-72-1/42สป")
    return create_draft(by, whole, now=desk.tick())


def submitted(desk: Desk, by: Actor, standing: Standing) -> Standing:
    seen, authority = Seen(standing.version), desk.authority
    return submit(by, standing.application_id, seen=seen, now=desk.tick(), authority=authority)


def noticed(desk: Desk, standing: Standing, now: datetime | None = None) -> list[Remark]:
    """Return what the officer is asked to look at beside other papers."""
    found = study(desk.cast.malee, standing.number, now=now or desk.now)
    every = [*found.remarks, *(remark for product in found.products for remark in product.remarks)]
    return [one for one in every if one.code.startswith(("price_", "same_file", "supplier_certificate_"))]


def others(desk: Desk, prices: list[str], **product: Any) -> None:
    """Let as many other makers declare these prices."""
    for at, price in enumerate(prices):
        digits = f"010556900{at:03}"
        row = Organisation(
            id=new_id(),
            kind="manufacturer",
            tax_number=digits + juristic_check_digit(digits),
            name_th=f"บริษัท ผู้ผลิต {at} จำกัด",
            name_en=f"Maker {at}",
            address_th="กรุงเทพฯ",
            address_en="Bangkok",
            created_at=desk.now,
        )
        with transaction() as session:
            add(session, row)
        maker = invite(f"Maker{at}{len(price)} X", Role.MANUFACTURER, row.id, now=desk.now)
        submitted(desk, maker, begun(desk, maker, price, product=product))


# --- prices


def test_a_price_far_from_what_others_declare_is_asked_about_and_no_figure_told(desk: Desk) -> None:
    somchai, codes = desk.cast.somchai, {}
    others(desk, ["100.00", "120.00", "133.33", "150.00", "999.00"])
    for price in ("399.99", "400.00", "44.45", "44.44"):
        found = noticed(desk, submitted(desk, somchai, begun(desk, somchai, price)))
        codes[price] = [one.code for one in found]
        assert all(one.is_unverified and one.params == {"times": 3} for one in found)
    assert codes == {
        "399.99": [], "400.00": ["price_above_others"], "44.45": [], "44.44": ["price_below_others"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("count", "product"),
    [(4, {}), (5, {"unit": "ม้วน"}), (5, {"hs_code": "85451100"})],
    ids=["too few", "another unit", "another heading"],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_price_is_compared_with_enough_others_and_with_what_is_alike_only(
    desk: Desk, count: int, product: dict[str, Any]
) -> None:
    others(desk, ["100.00"] * count, **product)
    assert noticed(desk, submitted(desk, desk.cast.somchai, begun(desk, desk.cast.somchai))) == []


def test_a_price_far_from_last_time_is_asked_about_with_what_it_was(desk: Desk) -> None:
    somchai, last = desk.cast.somchai, desk.issued()
    asked = {
        price: noticed(desk, submitted(desk, somchai, begun(desk, somchai, price)))
        for price in ("16250.00", "16250.01", "8750.00", "8749.99")
    }
    codes = {price: [one.code for one in found] for price, found in asked.items()}
    assert codes == {
        "16250.00": [], "16250.01": ["price_above_last"], "8750.00": [], "8749.99": ["price_below_last"],
    }  # fmt: skip
    assert asked["8749.99"][0].params == {
        "number": last.number, "then": "12,500.00", "now": "8,749.99", "percent": 30,
    }  # fmt: skip
    for product in ({"unit": "ม้วน"}, {"name_th": "สายอื่น"}, {"hs_code": "85444211"}):
        other = submitted(desk, somchai, begun(desk, somchai, "1.00", product=product))
        assert noticed(desk, other) == []
    krit = desk.cast.krit
    assert noticed(desk, submitted(desk, krit, begun(desk, krit, "1.00"))) == []


def test_the_same_product_is_shown_beside_how_it_was_certified_last(desk: Desk) -> None:
    somchai, malee, last = desk.cast.somchai, desk.cast.malee, desk.issued()
    document = sheet_document(1) | {"price_ex_works": "12600.00"}
    again = Draft([parse_cost_sheet(document), parse_cost_sheet(sheet_document(7))], "โรงงาน", "Plant", "1")
    mine = submitted(desk, somchai, create_draft(somchai, again, now=desk.tick()))
    shown = look_back(malee, mine.number, position=1)
    assert shown is not None
    assert (shown.is_renewal, shown.certificate_number) == (False, last.certificate_number)
    assert (shown.earlier, shown.is_new, shown.left_out) == (last.number, False, ())
    assert [(one.where, one.before, one.after) for one in shown.changes] == [
        ("price_ex_works", "12500.00", "12600.00")
    ]
    assert look_back(malee, mine.number, position=2) is None
    assert look_back(malee, last.number, position=1) is None  # what came later is no last time


# --- files


def with_file(desk: Desk, by: Actor, kind: str, content: bytes) -> Standing:
    standing = begun(desk, by)
    file = Upload(kind, 0, f"{kind}.pdf", content)
    upload(by, standing.number, file, var_dir=desk.authority.settings.var_dir, now=desk.tick())
    return submitted(desk, by, standing)


def test_the_same_file_in_two_applications_is_asked_about_by_number_only(desk: Desk) -> None:
    somchai, krit, paper = desk.cast.somchai, desk.cast.krit, plain_pdf()
    first = with_file(desk, somchai, "purchase", paper)
    assert noticed(desk, first) == []
    own, foreign = with_file(desk, somchai, "purchase", paper), with_file(desk, krit, "purchase", paper)
    factory = with_file(desk, somchai, "factory", plain_pdf() + b"\n% another paper\n")
    again = with_file(desk, somchai, "factory", plain_pdf() + b"\n% another paper\n")
    assert [(one.code, one.params) for one in noticed(desk, own)] == [
        ("same_file_foreign", {"title": "purchase.pdf", "number": foreign.number}),
        ("same_file_own", {"title": "purchase.pdf", "number": first.number}),
    ]
    assert [one.params["number"] for one in noticed(desk, foreign)] == [first.number]
    assert noticed(desk, factory) == noticed(desk, again) == []  # one's own factory papers serve every year


# --- suppliers' certificates


def test_a_suppliers_certificate_is_asked_of_the_register_whenever_somebody_looks(desk: Desk) -> None:
    krit, number = desk.cast.krit, desk.issued().certificate_number
    typed = number.lower().replace("-", " ")
    mine = submitted(desk, krit, begun(desk, krit, supplier_certificate=typed))
    assert noticed(desk, mine) == []
    (expired,) = noticed(desk, mine, desk.now + timedelta(days=400))
    assert expired.code == "supplier_certificate_expired"
    suspended(desk, number)
    (one,) = noticed(desk, mine)
    assert one.code == "supplier_certificate_suspended"
    changed(desk, number, CertificateAction.REVOKE)
    (revoked,) = noticed(desk, mine)
    assert (revoked.code, revoked.where) == ("supplier_certificate_revoked", "lines[1].supplier_certificate")
    assert revoked.params == {"number": typed}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("written", ["MIT-2569-0000999-X", "Form D 12/2569"])
def test_a_suppliers_certificate_that_is_not_in_the_register_is_asked_about(desk: Desk, written: str) -> None:
    krit = desk.cast.krit
    mine = submitted(desk, krit, begun(desk, krit, supplier_certificate=written))
    assert [(one.code, one.params) for one in noticed(desk, mine)] == [
        ("supplier_certificate_unknown", {"number": written})
    ]
