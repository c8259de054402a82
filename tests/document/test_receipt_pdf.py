"""The receipt on paper: everything said once, exactly, within the page, the same every time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mit.credential.issuer import neutral_issuer_profiles
from mit.document.receipt_pdf import ReceiptPaper, ReceivedProduct, draw_receipt
from tests.document.printed import read_pages

CABLE = ReceivedProduct("สายไฟฟ้าแรงต่ำ น้ำหนักเบา ปั๊มนูนใต้ฉนวน", "Low-voltage cable", "85444932")
PAPER = ReceiptPaper(
    number="APP-2569-0000001-0",
    submitted_at=datetime(2026, 12, 31, 17, 5, 9, 123, tzinfo=UTC),
    submitted_by="นายสมชาย กู้เกียรติ์",
    holder_th="บริษัท สยามเคเบิล จำกัด (มหาชน)",
    holder_en="Siam Cable Public Company Limited",
    tax_number="0-10-5-536-11201-4",
    round=1,
    renews="",
    products=(CABLE,),
    content_digest="0123456789abcdef" * 4,
    issuer=neutral_issuer_profiles()[0],
)


def text_of(paper: ReceiptPaper) -> str:
    return "\n".join(page.text for page in read_pages(draw_receipt(paper)))


def test_everything_stands_on_it_in_both_languages_and_reads_back_exactly() -> None:
    text = text_of(PAPER)
    for said in (
        "ใบรับคำขอรับรอง", "Receipt of an application", PAPER.number, "1 มกราคม พ.ศ. 2570 00:05 น.",
        "1 January 2027, 00:05 (Bangkok)", PAPER.submitted_by, PAPER.holder_th, PAPER.holder_en,
        PAPER.tax_number, CABLE.name_th, CABLE.name_en, "8544.49.32", PAPER.content_digest[:32],
        PAPER.content_digest[32:], "ขั้นตอนต่อไป / What happens next", "A second person decides on it.",
        "โทร. 0 2000 0000", "ข้อมูลติดต่อนี้ยังไม่ได้ยืนยัน", "This receipt is not a certificate",
        "หน้า 1 จาก 1 / Page 1 of 1",
    ):  # fmt: skip
        assert said in text
    assert "ยื่นครั้งที่" not in text
    assert "ต่ออายุ" not in text


def test_a_round_a_renewal_and_a_sample_are_said() -> None:
    text = text_of(replace(PAPER, round=3, renews="MIT-2568-0000001-T", is_sample=True))
    for said in ("ยื่นครั้งที่", "MIT-2568-0000001-T", "ตัวอย่าง / SAMPLE"):
        assert said in text


def test_a_verified_contact_is_not_called_unverified() -> None:
    issuer = replace(PAPER.issuer, mark="verified")
    assert "ยังไม่ได้ยืนยัน" not in text_of(replace(PAPER, issuer=issuer))


@pytest.mark.parametrize("count", [1, 12, 200])
def test_every_product_stands_on_it_once_inside_the_pages(count: int) -> None:
    long = "ชื่อที่ยาวมาก" * 30
    products = [
        replace(CABLE, name_th=f"แบบที่ {at} {long if at % 7 == 0 else ''}") for at in range(1, count + 1)
    ]
    pages = read_pages(draw_receipt(replace(PAPER, products=products)))
    lines = [line for page in pages for line in page.lines if line.is_straight]
    said = "\n".join(line.text for line in lines)
    assert all(f"แบบที่ {at}" in said for at in range(1, count + 1))
    assert sum(line.text == CABLE.name_en for line in lines) == count
    assert all(line.box.left > 50 and line.box.right < 545 and line.box.bottom > 30 for line in lines)
    assert "".join(pages[-1].text.splitlines()[-2:]).startswith(PAPER.number)


def test_the_same_receipt_gives_the_same_bytes() -> None:
    assert draw_receipt(PAPER) == draw_receipt(PAPER)


def test_letters_that_the_paper_lacks_break_nothing() -> None:
    assert draw_receipt(replace(PAPER, submitted_by="漢字 😀 \ud800 \u202e")).startswith(b"%PDF-")
