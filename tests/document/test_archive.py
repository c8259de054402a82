"""The finished file: PDF/A-3a by our own rule check, its description, its attachment, its size."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from mit.document.archive import CREDENTIAL_FILE
from mit.document.certificate_pdf import CertificatePaper, draw_certificate
from mit.document.received_pdf import CREDENTIAL_FILE as RECEIVED_FILE
from tests.document.archive_rules import broken_rules
from tests.document.papers import CREDENTIAL, HOLDER, LONG_HOLDER, NATURAL_PERSON, mixed_paper, paper
from tests.document.structure_rules import reading_order
from tests.support.require import program

PAPERS = {
    "one product": paper(1),
    "further pages": mixed_paper(40),
    "natural person, sample": paper(2, holder=NATURAL_PERSON, sample=True),
    "long names": paper(2, holder=LONG_HOLDER),
    "signs of XML": paper(1, holder=replace(HOLDER, name_th="ก & ข <จำกัด> \"ค\" 'ง'", name_en="A & B <Ltd>")),
    "letters we lack": paper(1, holder=replace(HOLDER, name_th="ก 漢字 😀")),
}


GOOD = draw_certificate(paper(2))


@pytest.mark.parametrize("name", PAPERS)
def test_every_paper_keeps_the_rules_of_the_archive(name: str) -> None:
    assert broken_rules(draw_certificate(PAPERS[name])) == []


def _first(pdf: pikepdf.Pdf, kind: str) -> pikepdf.Object:
    return next(
        item
        for item in pdf.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/S") == kind and "/P" in item
    )


def _without(name: str, *, of: str = "") -> Callable[[pikepdf.Pdf], None]:
    def edit(pdf: pikepdf.Pdf) -> None:
        del (_first(pdf, of) if of else pdf.Root)[name]

    return edit


def _in_content(old: bytes, new: bytes) -> Callable[[pikepdf.Pdf], None]:
    def edit(pdf: pikepdf.Pdf) -> None:
        content = pdf.pages[0].obj.Contents
        before = content.read_bytes()
        assert old in before
        content.write(before.replace(old, new, 1))

    return edit


def _set(name: str, value: object, *, of: str) -> Callable[[pikepdf.Pdf], None]:
    def edit(pdf: pikepdf.Pdf) -> None:
        _first(pdf, of)[name] = value

    return edit


def _no_meaning(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and "/ToUnicode" in item:
            del item.ToUnicode


def _no_font_file(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and "/FontFile2" in item:
            del item.FontFile2


def _another_title(pdf: pikepdf.Pdf) -> None:
    pdf.trailer.Info.Title = pikepdf.String("other")


def _untagged_page(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[0].obj.StructParents


def _loose_tabs(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[0].obj.Tabs


def _unknown_owner(pdf: pikepdf.Pdf) -> None:
    nums = pdf.Root.StructTreeRoot.ParentTree.Nums
    nums[1] = pikepdf.Array([*list(nums[1])[1:], nums[1][0]])


def _field_outside(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.AcroForm.Fields[0].StructParent


def _script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def _lower_claim(pdf: pikepdf.Pdf) -> None:
    stream = pdf.Root.Metadata
    stream.write(stream.read_bytes().replace(b"conformance>A<", b"conformance>U<"))


#: What is done to a good file -> words of the rule that it then breaks.
HARMS: dict[str, tuple[Callable[[pikepdf.Pdf], None], str]] = {
    "no meaning of glyphs": (_no_meaning, "ToUnicode"),
    "no font embedded": (_no_font_file, "6.2.11.4"),
    "information unlike XMP": (_another_title, "6.6.3"),
    "another conformance": (_lower_claim, "6.6.4"),
    "no colour": (_without("/OutputIntents"), "6.2.3"),
    "file without association": (_without("/AF"), "6.8"),
    "a script": (_script, "6.5"),
    "not marked": (_without("/MarkInfo"), "6.7.2.2"),
    "no language": (_without("/Lang"), "6.7.4"),
    "no structure": (_without("/StructTreeRoot"), "6.7.3.3"),
    "figure without words": (_without("/Alt", of="/Figure"), "14.9.3"),
    "heading without scope": (_without("/A", of="/TH"), "14.8.5.7"),
    "paragraph in a row": (_set("/S", pikepdf.Name.P, of="/TD"), "a row of"),
    "heading that skips": (_set("/S", pikepdf.Name.P, of="/H1"), "H2 after level 0"),
    "unknown element": (_set("/S", pikepdf.Name.Blob, of="/P"), "unknown kind"),
    "page outside": (_untagged_page, "marks that nobody owns"),
    "marks of another": (_unknown_owner, "belongs to another element"),
    "order of tabs": (_loose_tabs, "order of tabs"),
    "field outside": (_field_outside, "outside of the structure"),
    "paint outside of marks": (
        _in_content(b"/Artifact", b"0 0 m 9 9 l S /Artifact"),
        "outside of every mark",
    ),
    "English said to be Thai": (_in_content(b"/Lang(en)", b""), "14.9.2"),
    "a number twice": (_in_content(b"/MCID 2/", b"/MCID 1/"), "numbers of marks"),
}


def _harmed(edit: Callable[[pikepdf.Pdf], None]) -> list[str]:
    with pikepdf.open(io.BytesIO(GOOD)) as pdf:
        edit(pdf)
        saved = io.BytesIO()
        pdf.save(saved)
    return broken_rules(saved.getvalue())


def test_a_file_saved_anew_keeps_the_rules() -> None:
    assert _harmed(lambda pdf: None) == []


@pytest.mark.parametrize("name", HARMS)
def test_the_rule_check_finds_what_is_wrong(name: str) -> None:
    edit, words = HARMS[name]
    assert any(words in rule for rule in _harmed(edit))


def test_a_voice_reads_the_first_page_from_the_name_of_the_issuer_to_its_address() -> None:
    made = paper(2)
    with pikepdf.open(io.BytesIO(draw_certificate(made))) as pdf:
        read = reading_order(pdf)
    texts = [text for _, text in read]
    order = [
        next(at for at, text in enumerate(texts) if words in text)
        for words in (
            made.claims.issuer.name_th,
            "ใบรับรองสินค้าที่ผลิตในประเทศไทย",
            "Made in Thailand Certificate",
            HOLDER.name_th,
            HOLDER.name_en,
            "ที่อยู่",
            HOLDER.site_th,
            "เป็นสินค้าที่ผลิตในประเทศไทย",
            "ลำดับ",
            "พิกัดศุลกากร",
            made.claims.products[0].coverage.product_th,
            made.claims.products[1].coverage.product_th,
            "ออกให้ ณ วันที่",
            "คิวอาร์โค้ด",
            "Verify this certificate",
            "นายสมมติ",
            made.claims.issuer.address_th,
        )
    ]
    assert order == sorted(order)
    assert [kind for kind, _ in read if kind == "H1"] == ["H1"]


def test_a_table_over_several_pages_is_read_as_one_its_headings_once() -> None:
    made = mixed_paper(60)
    with pikepdf.open(io.BytesIO(draw_certificate(made))) as pdf:
        assert len(pdf.pages) > 3
        read = reading_order(pdf)
    assert [text for kind, text in read if kind == "TH"].count("ลำดับ Item") == 1
    items = [text for kind, text in read if kind == "TD" and text.isdigit()]
    assert items == [str(item) for item in range(1, 61)]


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


@pytest.mark.parametrize(("count", "most_bytes"), [(1, 67_000), (10, 73_000), (50, 92_000), (200, 160_000)])
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
