"""The invoices of the demo world: marked as made up, the same each time, and never the same twice."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pikepdf
import pypdfium2 as pdfium
import pytest

from mit.criteria.cost_sheet import CostSheet, parse_cost_sheet
from mit.i18n import say
from mit.issuance.evidence import Upload, type_of
from mit.store.evidence import KINDS
from mit.upkeep.demo_companies import DemoCompany, demo_companies
from mit.upkeep.demo_evidence import purchase_invoice
from mit.upkeep.demo_products import Outcome, demo_cost_sheet, product_catalogue, supplier_of

NOW = datetime(2026, 11, 2, 3, tzinfo=UTC)
FIRST, SECOND = demo_companies()[:2]


def sheet_of(company: DemoCompany, at: int = 0, outcome: Outcome = Outcome.COMFORTABLE) -> CostSheet:
    """Return what a made-up company declares of one of its products."""
    return parse_cost_sheet(demo_cost_sheet(company, company.products[at], outcome))


def invoice(company: DemoCompany = FIRST, *, position: int = 1, now: datetime = NOW) -> Upload:
    return purchase_invoice(company, sheet_of(company), position, now=now)


def test_an_invoice_is_a_pdf_that_the_service_takes_as_evidence() -> None:
    file = invoice()
    assert (type_of(file.data), file.kind in KINDS, file.product) == ("application/pdf", True, 1)
    assert file.file_name.endswith(".pdf")


def test_an_invoice_says_that_it_is_made_up_and_who_sold_what_to_whom() -> None:
    with pikepdf.open(io.BytesIO(invoice().data)) as pdf:
        assert len(pdf.pages) == 1
        title, author = str(pdf.docinfo["/Title"]), str(pdf.docinfo["/Author"])
    assert "ตัวอย่าง" in title
    assert author in {supplier_of(at) for at in range(10)}


def test_the_same_invoice_is_the_same_bytes() -> None:
    assert invoice().data == invoice().data


@pytest.mark.parametrize(
    "other", [invoice(SECOND), invoice(now=NOW + timedelta(days=1))], ids=["another company", "another day"]
)
def test_no_two_invoices_are_the_same_file(other: Upload) -> None:
    assert other.data != invoice().data


def test_a_sheet_without_domestic_materials_still_has_its_invoice() -> None:
    document = demo_cost_sheet(FIRST, FIRST.products[0], Outcome.COMFORTABLE)
    lines = document["lines"]
    assert isinstance(lines, list)
    document["lines"] = [line for line in lines if line.get("origin") != "domestic"]
    file = purchase_invoice(FIRST, parse_cost_sheet(document), 2, now=NOW)
    assert type_of(file.data) == "application/pdf"


def test_every_supplier_is_marked_as_made_up() -> None:
    assert all("(ตัวอย่าง)" in supplier_of(at) for at in range(len(product_catalogue())))


def test_every_domestic_material_names_its_supplier_and_every_sheet_its_process() -> None:
    sheet = sheet_of(FIRST)
    assert all(line.supplier for line in sheet.lines if line.origin == "domestic")
    assert sheet.process


def test_an_invoice_is_dated_by_the_day_in_bangkok_and_stamped_like_every_sample() -> None:
    late = invoice(now=datetime(2026, 11, 2, 18, tzinfo=UTC))
    with pdfium.PdfDocument(late.data) as pdf:
        said = pdf[0].get_textpage().get_text_range()
    assert "3 พฤศจิกายน พ.ศ. 2569" in said
    assert say("document.sample", "th") in said
    assert "2026-11" not in said
