"""The heads of the pages: names that shrink to fit, places side by side, and what is left out."""

from __future__ import annotations

import io
from dataclasses import replace

import pikepdf
import pytest

from mit.credential.claims import Claims, Holder
from mit.document import styles
from mit.document.certificate_head import Head, first_head, further_head, lead_to_schedule
from mit.document.product_table import Criterion
from mit.document.sheet import Sheet
from mit.i18n import say
from tests.document.papers import HOLDER, HOST, ISSUER, LONG_HOLDER, NATURAL_PERSON, claims
from tests.document.printed import Line, Page, _Reader, as_pdf

TOP, ROOM = 790.0, 560.0


def printed(head: Head, *, room: float = ROOM) -> Page:
    sheet = Sheet()
    head.draw(sheet, TOP, room)
    sheet.end_page()
    with pikepdf.open(io.BytesIO(as_pdf(sheet))) as pdf:
        return _Reader().read(pdf.pages[0])


def further(made: Claims, host: str = HOST) -> Page:
    sheet = Sheet()
    further_head(made, host).draw(sheet, TOP)
    sheet.end_page()
    with pikepdf.open(io.BytesIO(as_pdf(sheet))) as pdf:
        return _Reader().read(pdf.pages[0])


def criteria(*formulas: str) -> list[Criterion]:
    return [Criterion(formula, "" if formula == "tariff_shift" else "40") for formula in formulas]


def head_of(holder: Holder = HOLDER, *formulas: str) -> Head:
    return first_head(claims(1, holder=holder), criteria(*(formulas or ("direct",))))


def line_with(page: Page, text: str) -> Line:
    (found,) = [line for line in page.lines if text in line.text]
    return found


def test_a_short_name_is_set_large_and_a_long_one_smaller_on_two_lines() -> None:
    short, long = printed(head_of()), printed(head_of(LONG_HOLDER))
    assert line_with(short, HOLDER.name_th).size == 19
    parts = [line for line in long.lines if line.text in LONG_HOLDER.name_th and line.size > 10.5]
    assert 1 < len(parts) <= 3
    assert parts[0].size < 19


def test_everything_is_centred_but_the_places() -> None:
    page = printed(head_of())
    middle = styles.CENTRE
    off = [line for line in page.lines if abs((line.box.left + line.box.right) / 2 - middle) > 0.5]
    assert {round(line.box.left, 1) for line in off} == {
        round(styles.LEFT, 1),
        round(styles.LEFT + 243.78, 1),
    }


def test_address_and_place_of_production_begin_at_the_same_height() -> None:
    page = printed(head_of())
    address, site = line_with(page, "ที่อยู่ / Address"), line_with(page, "สถานที่ผลิต / Place of production")
    assert address.box.top == site.box.top
    assert address.box.right < site.box.left


def test_address_and_place_are_set_in_the_same_size() -> None:
    page = printed(head_of(replace(HOLDER, address_th=HOLDER.address_th * 3)))
    sizes = {line.size for line in page.lines if "ตำบล" in line.text}
    assert len(sizes) == 1


def test_an_address_alone_is_centred() -> None:
    page = printed(head_of(NATURAL_PERSON))
    label = line_with(page, "ที่อยู่ / Address")
    assert (label.box.left + label.box.right) / 2 == pytest.approx(styles.CENTRE, abs=0.1)
    assert say("document.site", "th") not in page.text


def test_a_factory_number_alone_makes_a_place_of_production() -> None:
    holder = replace(NATURAL_PERSON, factory_number="3-72-5/52สป")
    page = printed(head_of(holder))
    assert "3-72-5/52สป" in page.text
    assert say("document.site", "th") in page.text


@pytest.mark.parametrize("missing", ["name_en", "address_en", "site_en", "site_th"])
def test_an_empty_text_leaves_no_line(missing: str) -> None:
    page = printed(head_of(replace(HOLDER, **{missing: ""})))
    assert all(line.text.strip() for line in page.lines)


def test_gaps_grow_with_the_room_and_texts_do_not() -> None:
    tight, wide = printed(head_of(), room=430), printed(head_of(), room=560)
    assert [line.text for line in tight.lines] == [line.text for line in wide.lines]
    assert [line.size for line in tight.lines] == [line.size for line in wide.lines]
    assert min(line.box.bottom for line in wide.lines) < min(line.box.bottom for line in tight.lines)


def test_a_head_without_enough_room_is_shrunk_as_a_whole() -> None:
    page = printed(head_of(LONG_HOLDER), room=250)
    assert min(line.box.bottom for line in page.lines) >= TOP - 250
    assert line_with(page, "Made in Thailand Certificate").size < 13


def test_each_formula_has_its_own_line_in_the_order_given() -> None:
    made = claims(2)
    products = tuple(
        replace(each, formula=formula)
        for each, formula in zip(made.products, ("tariff_shift", "direct"), strict=True)
    )
    page = printed(first_head(replace(made, products=products), criteria("tariff_shift", "direct")))
    first, second = line_with(page, "(1) วัตถุดิบ"), line_with(page, "(2) สัดส่วน")
    assert first.box.bottom > second.box.bottom


def test_several_rule_sets_are_all_named() -> None:
    made = claims(2)
    products = (made.products[0], replace(made.products[1], rule_set_id="mit-2570-1"))
    page = printed(first_head(replace(made, products=products), criteria("direct")))
    assert "mit-2563-1, mit-2570-1" in page.text


def test_the_further_head_is_as_high_as_the_qr_code_or_its_words() -> None:
    usual = further_head(claims(30), HOST)
    long = further_head(claims(30, holder=LONG_HOLDER, sample=True), HOST)
    assert 0 <= usual.height - (styles.QR_SIDE + 11.34) < 4
    assert long.height > usual.height


def test_the_words_of_a_further_head_stay_left_of_the_qr_code() -> None:
    page = further(claims(30, holder=LONG_HOLDER, sample=True), "very-long-host-name." * 4 + "example.or.th")
    qr = page.picture("Qr")
    assert all(line.box.right <= qr.left for line in page.lines)
    assert qr.right == pytest.approx(styles.RIGHT, abs=0.01)


def test_a_schedule_of_one_page_and_of_many_are_announced_differently() -> None:
    def words(pages: int) -> str:
        sheet = Sheet()
        lead_to_schedule(9, pages, ISSUER).draw(sheet, 500)
        sheet.end_page()
        with pikepdf.open(io.BytesIO(as_pdf(sheet))) as pdf:
            return _Reader().read(pdf.pages[0]).text

    assert "page 2," in words(2)
    assert "pages 2 to 3," in words(3)
    assert "9 certified products" in words(2)
    assert "สินค้าที่รับรองมี 9 รายการ" in words(3)
