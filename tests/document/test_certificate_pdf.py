"""The certificate on paper: what stands on it, what never does, and that everything can be read."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mit.credential.claims import Claims, Holder
from mit.document import ornament, page_foot, styles
from mit.document.certificate_pdf import CertificatePaper, draw_certificate
from mit.document.sheet import MM, PAGE_HEIGHT, PAGE_WIDTH
from mit.errors import InputError
from mit.i18n import say, say_both
from tests.document.hard_words import HARD_LINES, HARD_WORDS
from tests.document.papers import (
    CREDENTIAL,
    HOLDER,
    HOST,
    ISSUER,
    LONG_HOLDER,
    NATURAL_PERSON,
    claims,
    mixed_paper,
    paper,
    product,
    qr_text,
)
from tests.document.printed import Box, Page, read_pages
from tests.support.require import program

INSIDE = Box(16.2 * MM, 16.2 * MM, PAGE_WIDTH - 16.2 * MM, PAGE_HEIGHT - 16.2 * MM)
PAPERS = {
    "1": paper(1),
    "3": paper(3),
    "10": paper(10),
    "50 mixed": mixed_paper(50),
    "200": paper(200),
    "sample": paper(2, sample=True),
    "natural person": paper(1, holder=NATURAL_PERSON, sample=True),
    "long": paper(4, holder=LONG_HOLDER, sample=True),
    "long, one product": paper(1, holder=LONG_HOLDER),
    "mixed, few": mixed_paper(3),
}


@cache
def drawn(name: str) -> bytes:
    return draw_certificate(PAPERS[name])


@cache
def pages_of(name: str) -> list[Page]:
    return read_pages(drawn(name))


def one_line(text: str) -> str:
    return re.sub(r"\s+", "", text)


def whole_text(name: str) -> str:
    return one_line("".join(page.text for page in pages_of(name)))


def with_claims(made: Claims) -> CertificatePaper:
    return CertificatePaper(made, qr_text(), HOST, CREDENTIAL)


@pytest.mark.parametrize("name", PAPERS)
def test_the_same_paper_gives_the_same_bytes(name: str) -> None:
    assert draw_certificate(PAPERS[name]) == drawn(name)


def test_another_paper_gives_other_bytes() -> None:
    assert len({drawn(name) for name in PAPERS}) == len(PAPERS)


def test_everything_that_is_certified_stands_on_the_paper() -> None:
    text = whole_text("3")
    for words in (
        "ใบรับรองสินค้าที่ผลิตในประเทศไทย",
        "Made in Thailand Certificate",
        "MIT-2569-0012345-B",
        HOLDER.name_th,
        HOLDER.name_en,
        "0-10-5-536-11201-4",
        HOLDER.address_th,
        HOLDER.address_en,
        HOLDER.site_th,
        HOLDER.site_en,
        HOLDER.factory_number,
        "21 พฤศจิกายน พ.ศ. 2569",
        "21 November 2026",
        "20 พฤศจิกายน พ.ศ. 2570",
        "20 November 2027",
        ISSUER.name_th,
        ISSUER.name_en,
        ISSUER.address_th,
        ISSUER.telephone,
        ISSUER.signatory_name_th,
        ISSUER.signatory_position_th,
        f"{ISSUER.signatory_name_en}, {ISSUER.signatory_position_en}",
        HOST,
        say("document.verify_heading", "th"),
        say("document.verify_heading", "en"),
        "mit-2563-1",
        "ไม่ต่ำกว่าเกณฑ์ร้อยละ 40",
        "at or above the threshold of 40 %",
    ):
        assert one_line(words) in text, words


@pytest.mark.parametrize("name", ["3", "50 mixed", "200"])
def test_every_product_stands_on_the_paper_with_its_names_models_and_hs_code(name: str) -> None:
    text = whole_text(name)
    for certified in PAPERS[name].claims.products:
        entry = certified.coverage
        for words in (entry.product_th, entry.product_en, entry.brand, ", ".join(entry.models)):
            assert one_line(words) in text
    assert one_line("8504.34.19.000") in text or name == "3"


def test_all_formulas_are_named_and_numbered_where_there_are_several() -> None:
    text = "\n".join(page.text for page in pages_of("mixed, few"))
    for sign, formula in (("(1)", "direct"), ("(2)", "build_down"), ("(3)", "tariff_shift")):
        words = say_both(f"document.formula_{formula}", threshold="40")
        assert f"{sign} {words['th']}" in text
        assert words["en"] in text


def test_a_single_formula_is_not_numbered() -> None:
    assert "(1)" not in "\n".join(page.text for page in pages_of("3"))


def test_the_threshold_is_the_only_percentage_on_the_paper() -> None:
    text = "\n".join(page.text for name in PAPERS for page in pages_of(name))
    assert set(re.findall(r"([\d.]+) ?%", text)) == {"40"}
    assert set(re.findall(r"ร้อยละ ?([\d.]+)", text)) == {"40"}


def test_a_tariff_shift_alone_claims_no_percentage() -> None:
    made = replace(claims(1), products=(product(0, "tariff_shift"),))
    text = "\n".join(page.text for page in read_pages(draw_certificate(with_claims(made))))
    assert "%" not in text
    assert "ร้อยละ" not in text
    assert say("document.formula_tariff_shift", "th") in text


def test_a_natural_person_has_no_number_on_the_paper() -> None:
    text = "\n".join(page.text for page in pages_of("natural person"))
    assert say("document.juristic_number", "th") not in text
    assert not re.search(r"\d-\d{2}-\d-\d{3}", text)


def test_a_citizen_number_given_by_mistake_is_not_printed() -> None:
    careless = replace(NATURAL_PERSON, juristic_number="1101700230708")
    data = draw_certificate(with_claims(claims(1, holder=careless)))
    text = one_line("".join(page.text for page in read_pages(data)))
    assert "1101700230708" not in text.replace("-", "")
    assert "0708" not in text.replace("-", "")
    assert say("document.juristic_number", "th") not in text


@pytest.mark.parametrize("name", PAPERS)
def test_titles_are_set_in_full_size_so_nothing_had_to_be_shrunk(name: str) -> None:
    first = pages_of(name)[0]
    (title,) = [line for line in first.lines if line.text == "ใบรับรองสินค้าที่ผลิตในประเทศไทย"]
    assert title.size == pytest.approx(25)


@pytest.mark.parametrize("name", PAPERS)
def test_every_page_has_its_number_the_certificate_s_number_and_the_qr_code(name: str) -> None:
    pages = pages_of(name)
    for number, page in enumerate(pages, 1):
        assert f"หน้า {number} จาก {len(pages)} / Page {number} of {len(pages)}" in page.text
        assert page.text.count("MIT-2569-0012345-B") >= 2
        assert HOST in page.text
        page.picture("Qr")


def test_few_products_stand_on_one_page_and_many_on_a_schedule() -> None:
    assert [len(pages_of(name)) for name in ("1", "3", "10")] == [1, 1, 2]
    assert len(pages_of("200")) in range(10, 17)
    first = pages_of("200")[0].text
    assert "200 certified products" in first
    assert f"{len(pages_of('200'))}" in first
    assert product(0).coverage.product_th not in first


def test_a_schedule_of_one_page_is_named_in_the_singular() -> None:
    first = pages_of("10")[0].text
    assert "listed on page 2," in first
    assert "ในหน้า 2 ซึ่ง" in first


def test_every_page_of_the_schedule_repeats_holder_and_days() -> None:
    for page in pages_of("50 mixed")[1:]:
        assert HOLDER.name_th in page.text
        assert "21 พ.ย. 2569" in page.text
        assert "20 Nov 2027" in page.text


@pytest.mark.parametrize("name", PAPERS)
def test_a_sample_is_stamped_on_every_page_and_nothing_else_is(name: str) -> None:
    is_sample = PAPERS[name].claims.sample
    for page in pages_of(name):
        stamps = [line for line in page.lines if not line.is_straight]
        assert [stamp.text for stamp in stamps] == (["ตัวอย่าง / SAMPLE"] if is_sample else [])
        assert ("SAMPLE, of no effect" in page.text) == is_sample


def test_the_stamp_is_pale_and_lies_under_the_text() -> None:
    (page,) = pages_of("sample")
    stamp = next(line for line in page.lines if not line.is_straight)
    assert min(stamp.colour) > 0.8
    assert page.lines.index(stamp) == 0


def overlaps(page: Page) -> list[tuple[str, str]]:
    """Return every pair of things on a page that lie on top of each other."""
    lines = [line for line in page.lines if line.is_straight]
    boxes = [(line.text, line.box) for line in lines]
    boxes += [(name, box) for name, box in page.pictures if name in {"Qr", "Mark", "GoldRosette"}]
    return [
        (name, other)
        for at, (name, box) in enumerate(boxes)
        for other, other_box in boxes[at + 1 :]
        if box.overlaps(other_box)
    ]


@pytest.mark.parametrize("name", PAPERS)
def test_nothing_lies_on_anything_else_and_all_is_inside_the_frame(name: str) -> None:
    for page in pages_of(name):
        assert overlaps(page) == []
        for line in page.lines:
            assert not line.is_straight or line.box.within(INSIDE), line


LONG_TEXTS = st.builds(
    lambda words, times: " ".join(words * times),
    st.lists(st.sampled_from([*HARD_WORDS, *HARD_LINES, "จำกัด (มหาชน)", "X" * 60]), min_size=1, max_size=5),
    st.integers(min_value=1, max_value=5),
)


@settings(deadline=None, max_examples=12)
@given(
    names=st.tuples(LONG_TEXTS, LONG_TEXTS, LONG_TEXTS, LONG_TEXTS),
    signatory=LONG_TEXTS,
    count=st.sampled_from([1, 2, 5]),
    host=st.sampled_from([HOST, "verify." * 12 + "example.or.th", "x.th"]),
)
def test_texts_of_any_length_are_fitted_in(
    names: tuple[str, str, str, str], signatory: str, count: int, host: str
) -> None:
    holder = Holder(names[0], names[1], "0105536112014", names[2], names[3], names[3], names[2], "1/2-3")
    made = claims(count, holder=holder, sample=True)
    issuer = replace(
        ISSUER, signatory_name_th=signatory, signatory_position_en=signatory, name_th=names[1][:120]
    )
    data = draw_certificate(CertificatePaper(replace(made, issuer=issuer), qr_text(), host, CREDENTIAL))
    for page in read_pages(data):
        assert overlaps(page) == []
        for line in page.lines:
            assert not line.is_straight or line.box.within(INSIDE), line
    text = one_line("".join(page.text for page in read_pages(data)))
    assert one_line(names[0]) in text
    assert one_line(signatory) in text


@pytest.mark.parametrize("name", ["1", "10", "sample"])
def test_the_qr_code_is_exactly_40_mm_with_its_quiet_zone(name: str) -> None:
    for page in pages_of(name):
        box = page.picture("Qr")
        assert box.right - box.left == pytest.approx(40 * MM, abs=0.01)
        assert box.top - box.bottom == pytest.approx(40 * MM, abs=0.01)
        assert box.within(INSIDE)


def raster(data: bytes, folder: Path, *, dpi: int) -> list[Path]:
    """Return a PNG of every page."""
    path = folder / "paper.pdf"
    path.write_bytes(data)
    subprocess.run(
        [program("poppler", "pdftoppm"), "-r", str(dpi), "-png", str(path), str(folder / "page")], check=True
    )
    return sorted(folder.glob("page*.png"))


@pytest.mark.parametrize("name", ["1", "sample", "10", "50 mixed"])
def test_zxing_reads_the_printed_qr_code_at_150_dpi(name: str, tmp_path: Path) -> None:
    for picture in raster(drawn(name), tmp_path, dpi=150):
        (found,) = zxingcpp.read_barcodes(Image.open(picture))
        assert found.text == qr_text()
        assert found.ec_level == "M"


@pytest.mark.parametrize("name", ["1", "sample", "10", "50 mixed"])
def test_zbar_reads_the_printed_qr_code_at_150_dpi(name: str, tmp_path: Path) -> None:
    zbarimg = program("zbar", "zbarimg")
    for picture in raster(drawn(name), tmp_path, dpi=150):
        said = subprocess.check_output([zbarimg, "-q", "--raw", str(picture)], text=True)
        assert said.strip() == qr_text()


def test_the_quiet_zone_and_the_edge_of_the_page_are_white(tmp_path: Path) -> None:
    (picture,) = raster(drawn("sample"), tmp_path, dpi=100)
    image = Image.open(picture).convert("L")
    box = pages_of("sample")[0].picture("Qr")
    scale = 100 / 72
    left, top = box.left * scale, (PAGE_HEIGHT - box.top) * scale
    edge = image.crop((int(left) + 1, int(top) + 1, int(left + 40 * MM * scale) - 1, int(top) + 6))
    assert edge.getextrema() == (255, 255)
    assert image.getpixel((2, 2)) == 255


@cache
def hard_paper() -> bytes:
    texts = [*HARD_WORDS, *HARD_LINES]
    made = claims(len(texts))
    products = tuple(
        replace(each, coverage=replace(each.coverage, product_th=text, product_en=f"Item {text}", brand=text))
        for text, each in zip(texts, made.products, strict=True)
    )
    return draw_certificate(with_claims(replace(made, products=products)))


@pytest.mark.parametrize("mode", ["default", "-layout", "-raw"])
def test_poppler_gives_hard_thai_back_exactly(mode: str, tmp_path: Path) -> None:
    path = tmp_path / "hard.pdf"
    path.write_bytes(hard_paper())
    options = [] if mode == "default" else [mode]
    said = subprocess.check_output([program("poppler", "pdftotext"), *options, str(path), "-"], text=True)
    for text in (*HARD_WORDS, *HARD_LINES):
        assert said.count(text) >= 3, text
        assert f"Item {text}" in said
    for text in ("ใบรับรองสินค้าที่ผลิตในประเทศไทย", HOLDER.name_th, "21 พฤศจิกายน พ.ศ. 2569"):
        assert text in said


def test_pdfium_gives_hard_thai_back_exactly() -> None:
    document = pypdfium2.PdfDocument(hard_paper())
    said = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    for text in (*HARD_WORDS, *HARD_LINES):
        assert said.count(text) >= 3, text
    assert HOLDER.name_th in said


def test_a_letter_that_we_lack_is_a_square_and_harms_nothing() -> None:
    holder = replace(HOLDER, name_th="บริษัท 漢字 😀 จำกัด", name_en="\ud800 & Co.")
    (page,) = read_pages(draw_certificate(with_claims(claims(1, holder=holder))))
    assert "บริษัท 漢字 😀 จำกัด" in page.text


def test_a_text_too_long_for_a_qr_code_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        draw_certificate(replace(paper(1), qr_text="9" * 8000))
    assert caught.value.code == "qr_too_long"


def test_the_foot_block_begins_above_the_qr_code() -> None:
    box = pages_of("1")[0].picture("Qr")
    assert box.top < page_foot.TOP < box.top + 25 * MM
    assert box.left == pytest.approx(styles.LEFT, abs=0.01)


def test_the_marks_are_ours_and_drawn_not_pictures() -> None:
    names = {name for page in pages_of("3") for name, _ in page.pictures}
    assert names == {"Watermark", "Frame", "Mark", "Qr", "GoldRosette"}
    assert b"/Image" not in drawn("3")
    assert "/" not in ornament.mark().operators


def test_the_reader_of_this_test_sees_what_pdfium_sees() -> None:
    document = pypdfium2.PdfDocument(io.BytesIO(drawn("1")))
    said = one_line(document[0].get_textpage().get_text_range())
    document.close()
    mine = sorted(one_line(pages_of("1")[0].text))
    assert sorted(said) == mine
