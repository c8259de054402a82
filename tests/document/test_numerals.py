"""Thai digits: in our own Thai words where the issuer wants them, and nowhere else."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pikepdf

from mit.document.certificate_pdf import CertificatePaper, draw_certificate
from mit.i18n import say
from tests.document.papers import HOST, ISSUER, claims, paper, qr_text
from tests.document.printed import read_pages
from tests.document.structure_rules import reading_order

THAI = re.compile("[๐-๙]")


def drawn(count: int) -> bytes:
    made = replace(claims(count), issuer=replace(ISSUER, digits="thai"))
    return draw_certificate(replace(paper(count), claims=made))


def thai_lines(count: int) -> set[str]:
    return {line.text for page in read_pages(drawn(count)) for line in page.lines if THAI.search(line.text)}


def test_days_pages_counts_and_threshold_are_written_in_thai_digits() -> None:
    lines = thai_lines(30)
    assert "๒๑ พฤศจิกายน พ.ศ. ๒๕๖๙" in lines
    assert "๒๐ พฤศจิกายน พ.ศ. ๒๕๗๐" in lines
    assert "หน้า ๒ จาก ๔ / Page 2 of 4" in lines
    assert say("document.formula_direct", "th", threshold="๔๐") in lines
    assert say("document.schedule_follows", "th", count="๓๐", pages="๔") in lines
    assert any(line.endswith("๒๐ พ.ย. ๒๕๗๐") for line in lines)


def test_codes_names_addresses_and_english_keep_their_digits() -> None:
    """Whatever is left when our own Thai sentences are taken away has no Thai digit in it."""
    plain = {line.text for page in read_pages(draw_certificate(paper(30))) for line in page.lines}
    made = {line.text for page in read_pages(drawn(30)) for line in page.lines}
    changed = made - plain
    assert changed == thai_lines(30)
    assert not any(re.search(r"MIT-|\d-\d\d-|HS|mit\.example|[A-Z]{2}-", line) for line in changed)
    with pikepdf.open(io.BytesIO(drawn(30))) as pdf:
        cells = [text for kind, text in reading_order(pdf) if kind == "TD"]
    assert not any(THAI.search(cell) for cell in cells)


def test_the_qr_code_is_the_same() -> None:
    symbols = []
    for data in (drawn(1), draw_certificate(paper(1))):
        with pikepdf.open(io.BytesIO(data)) as pdf:
            symbols.append(pdf.pages[0].Resources.XObject.Qr.read_bytes())
    assert symbols[0] == symbols[1]


def test_an_issuer_that_says_nothing_gets_the_usual_digits() -> None:
    text = "".join(page.text for page in read_pages(draw_certificate(paper(3))))
    assert not THAI.search(text)
    assert CertificatePaper(claims(1), qr_text(), HOST, b"").claims.issuer.digits == "arabic"
