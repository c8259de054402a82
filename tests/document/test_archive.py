"""The finished file: PDF/A-3u by our own rule check, its description, its attachment, its size."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from mit.document.archive import CREDENTIAL_FILE
from mit.document.certificate_pdf import CertificatePaper, draw_certificate
from mit.document.received_pdf import CREDENTIAL_FILE as RECEIVED_FILE
from tests.document.archive_rules import broken_rules
from tests.document.papers import CREDENTIAL, HOLDER, LONG_HOLDER, NATURAL_PERSON, mixed_paper, paper
from tests.support.require import program

PAPERS = {
    "one product": paper(1),
    "further pages": mixed_paper(40),
    "natural person, sample": paper(2, holder=NATURAL_PERSON, sample=True),
    "long names": paper(2, holder=LONG_HOLDER),
    "signs of XML": paper(1, holder=replace(HOLDER, name_th="ก & ข <จำกัด> \"ค\" 'ง'", name_en="A & B <Ltd>")),
    "letters we lack": paper(1, holder=replace(HOLDER, name_th="ก 漢字 😀")),
}


@pytest.mark.parametrize("name", PAPERS)
def test_every_paper_keeps_the_rules_of_the_archive(name: str) -> None:
    assert broken_rules(draw_certificate(PAPERS[name])) == []


def test_the_rule_check_itself_finds_what_is_wrong() -> None:
    good = draw_certificate(paper(1))

    def harmed(edit: object, **options: object) -> list[str]:
        with pikepdf.open(io.BytesIO(good)) as pdf:
            edit(pdf)  # type: ignore[operator]
            saved = io.BytesIO()
            pdf.save(saved, **options)  # type: ignore[arg-type]
        return broken_rules(saved.getvalue())

    def no_meaning(pdf: pikepdf.Pdf) -> None:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and "/ToUnicode" in item:
                del item.ToUnicode

    def another_title(pdf: pikepdf.Pdf) -> None:
        pdf.trailer.Info.Title = pikepdf.String("other")

    def no_intent(pdf: pikepdf.Pdf) -> None:
        del pdf.Root.OutputIntents

    def loose_file(pdf: pikepdf.Pdf) -> None:
        del pdf.Root.AF

    assert harmed(lambda pdf: None) == []
    assert any("ToUnicode" in rule for rule in harmed(no_meaning))
    assert any("differ" in rule for rule in harmed(another_title))
    assert any("output intent" in rule for rule in harmed(no_intent))
    assert any("associated file" in rule for rule in harmed(loose_file))


def test_the_file_names_itself_in_both_languages_and_its_language_is_thai() -> None:
    with pikepdf.open(io.BytesIO(draw_certificate(paper(1)))) as pdf:
        assert str(pdf.Root.Lang) == "th"
        title = str(pdf.trailer.Info.Title)
        assert "ใบรับรองสินค้าที่ผลิตในประเทศไทย เลขที่ MIT-2569-0012345-B" in title
        assert "Made in Thailand Certificate No. MIT-2569-0012345-B" in title
        assert HOLDER.name_th in str(pdf.trailer.Info.Subject)
        assert str(pdf.trailer.Info.CreationDate) == "D:20261121000000+07'00'"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle


def test_the_credential_is_attached_byte_for_byte_as_the_source() -> None:
    with pikepdf.open(io.BytesIO(draw_certificate(paper(1)))) as pdf:
        (specification,) = pdf.Root.AF
        assert str(specification.AFRelationship) == "/Source"
        assert str(specification.UF) == CREDENTIAL_FILE == RECEIVED_FILE
        assert specification.EF.F.read_bytes() == CREDENTIAL
        assert str(specification.EF.F.Subtype) == "/application/vc+jwt"
        assert pdf.attachments[CREDENTIAL_FILE].get_file().read_bytes() == CREDENTIAL


def test_poppler_finds_the_attachment(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(draw_certificate(paper(1)))
    subprocess.run([program("poppler", "pdfdetach"), "-saveall", "-o", str(tmp_path), str(path)], check=True)
    assert (tmp_path / CREDENTIAL_FILE).read_bytes() == CREDENTIAL


def test_nothing_of_the_drawing_library_is_left_behind() -> None:
    data = draw_certificate(paper(1))
    assert b"Helvetica" not in data
    with pikepdf.open(io.BytesIO(data)) as pdf:
        names = {
            str(item.BaseFont)
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and "/BaseFont" in item
        }
    assert {name[7:] for name in names} == {"+Sarabun-Regular", "+Sarabun-Bold"}
    assert all(re.fullmatch(r"/[A-Z]{6}\+.*", name) for name in names)


def test_shared_pictures_are_stored_once_for_all_pages() -> None:
    with pikepdf.open(io.BytesIO(draw_certificate(paper(60)))) as pdf:
        assert len(pdf.pages) > 3
        assert len({page.obj.Resources.objgen for page in pdf.pages}) == 1
        forms = [
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Form"
        ]
        assert len(forms) == 8


@pytest.mark.parametrize(("count", "most_bytes"), [(1, 42_000), (10, 46_000), (50, 65_000), (200, 115_000)])
def test_the_files_stay_small(count: int, most_bytes: int) -> None:
    assert len(draw_certificate(paper(count))) < most_bytes


def test_a_large_credential_is_attached_whole() -> None:
    plain = paper(1)
    large = bytes(range(48, 123)) * 4_000
    data = draw_certificate(CertificatePaper(plain.claims, plain.qr_text, plain.verify_host, large))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert pdf.attachments[CREDENTIAL_FILE].get_file().read_bytes() == large


def test_qpdf_finds_no_fault() -> None:
    with pikepdf.open(io.BytesIO(draw_certificate(mixed_paper(12)))) as pdf:
        assert pdf.check_pdf_syntax() == []
