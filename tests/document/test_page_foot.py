"""The foot of the pages: dates, how to verify, signatory, number and page."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pikepdf
import pytest

from mit.credential.claims import Claims
from mit.document import page_foot, styles
from mit.document.sheet import MM, Sheet
from mit.i18n import LANGUAGES, say
from tests.document.papers import HOST, ISSUER, claims
from tests.document.printed import Page, _Reader, as_pdf


def block(made: Claims, host: str = HOST) -> Page:
    sheet = Sheet()
    page_foot.draw_foot_block(sheet, made, host)
    return finished(sheet)


def foot(made: Claims, *, page: int = 1, pages: int = 1) -> Page:
    sheet = Sheet()
    page_foot.draw_foot(sheet, made, page=page, pages=pages)
    return finished(sheet)


def finished(sheet: Sheet) -> Page:
    sheet.end_page()
    with pikepdf.open(io.BytesIO(as_pdf(sheet))) as pdf:
        return _Reader().read(pdf.pages[0])


@pytest.mark.parametrize(
    ("day", "thai", "english"),
    [
        (date(2026, 11, 21), "21 พฤศจิกายน พ.ศ. 2569", "21 November 2026"),
        (date(2028, 2, 29), "29 กุมภาพันธ์ พ.ศ. 2571", "29 February 2028"),
        (date(2027, 1, 1), "1 มกราคม พ.ศ. 2570", "1 January 2027"),
    ],
)
def test_days_are_formal_in_buddhist_era_and_in_common_era(day: date, thai: str, english: str) -> None:
    page = block(replace(claims(1), issued_on=day))
    assert thai in page.text
    assert english in page.text


def test_the_issue_day_stands_left_of_the_last_day() -> None:
    page = block(claims(1))
    (issued,) = [line for line in page.lines if line.text == "21 พฤศจิกายน พ.ศ. 2569"]
    (expires,) = [line for line in page.lines if line.text == "20 พฤศจิกายน พ.ศ. 2570"]
    assert issued.box.right < expires.box.left
    assert issued.box.bottom == expires.box.bottom


def test_the_host_stands_in_clear_beside_the_qr_code() -> None:
    page = block(claims(1))
    qr = page.picture("Qr")
    (host,) = [line for line in page.lines if line.text == HOST]
    assert qr.right < host.box.left < qr.right + 15 * MM
    assert qr.bottom < host.box.bottom < qr.top
    assert host.size == 10


@pytest.mark.parametrize(
    "host", ["x.th", "verify.mit.fti.example.or.th", "a" * 63 + "." + "b" * 63 + ".or.th"]
)
def test_a_host_of_any_length_stays_between_qr_code_and_signatory(host: str) -> None:
    page = block(claims(1), host)
    shown = "".join(line.text for line in page.lines).replace(" ", "")
    assert host in shown
    middle = [line for line in page.lines if line.box.left < 126 * MM and line.box.top < 66 * MM]
    assert all(line.box.right < 126 * MM for line in middle)


def test_the_signatory_of_the_issuer_is_named_under_the_line() -> None:
    page = block(claims(1))
    for words in (
        ISSUER.signatory_name_th,
        ISSUER.signatory_position_th,
        f"{ISSUER.signatory_name_en}, {ISSUER.signatory_position_en}",
    ):
        (line,) = [line for line in page.lines if line.text == words]
        assert line.box.left > 120 * MM


def test_a_signatory_with_a_long_title_is_fitted_between_rosette_and_foot() -> None:
    issuer = replace(ISSUER, signatory_position_th="ผู้อำนวยการสำนักรับรองคุณภาพและมาตรฐานผลิตภัณฑ์อุตสาหกรรม " * 4)
    page = block(replace(claims(1), issuer=issuer))
    rosette, qr = page.picture("GoldRosette"), page.picture("Qr")
    right = [line for line in page.lines if line.box.left > 120 * MM and line.box.top < qr.top]
    assert right
    assert all(qr.bottom - 1 < line.box.bottom and line.box.top < rosette.bottom + 1 for line in right)


def test_the_foot_names_number_issuer_and_page() -> None:
    page = foot(claims(1), page=3, pages=15)
    assert "หน้า 3 จาก 15 / Page 3 of 15" in page.text
    assert "MIT-2569-0012345-B" in page.text
    for words in (ISSUER.name_th, ISSUER.telephone, ISSUER.website):
        assert words in page.text.replace("\n", " ")


@pytest.mark.parametrize("gone", ["address_th", "website"])
def test_what_the_issuer_has_not_leaves_no_dot_behind(gone: str) -> None:
    page = foot(replace(claims(1), issuer=replace(ISSUER, **{gone: ""})))
    assert "· ·" not in page.text
    assert "··" not in page.text
    assert not any(line.text.startswith("·") or line.text.endswith("· ") for line in page.lines)


def test_the_foot_keeps_inside_the_frame() -> None:
    issuer = replace(ISSUER, address_th=ISSUER.address_th * 4)
    page = foot(replace(claims(1), issuer=issuer), page=1, pages=200)
    assert min(line.box.bottom for line in page.lines) > 16.2 * MM
    assert max(line.box.top for line in page.lines) < 24 * MM
    assert max(line.box.right for line in page.lines) <= styles.RIGHT + 0.1


@pytest.mark.parametrize("host", ["x.th", HOST, "a" * 63 + "." + "b" * 63 + ".or.th"])
def test_the_host_stands_in_an_address_bar_between_the_qr_code_and_the_signatory(host: str) -> None:
    bar = page_foot._address_bar(host)
    left = bar.words.x - page_foot._LOCK_ROOM
    assert left == page_foot._VERIFY_LEFT
    assert left + bar.width < page_foot._SIGN_LEFT
    assert bar.height > bar.words.height
    lines = [line for line in block(claims(1), host).lines if line.text and line.text in host]
    assert lines
    assert all(line.box.right <= left + bar.width for line in lines)


def test_the_paper_says_which_site_is_genuine_and_what_to_do_with_another() -> None:
    said = block(claims(1)).text.replace("\n", " ")
    for lang in LANGUAGES:
        steps = say("document.verify_steps", lang)
        assert "".join(steps.split()) in "".join(said.split())
        otherwise = say("document.verify_compare", lang, host=HOST)
        assert "".join(otherwise.split()) in "".join(said.split())
        assert f"{HOST}/verify" in otherwise
