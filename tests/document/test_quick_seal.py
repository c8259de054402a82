"""The quick seal: what pyHanko alone would seal, it seals too; what is not ours it leaves alone."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader

from mit.document.certificate_pdf import draw_certificate
from mit.document.pades import seal, seal_plainly
from mit.document.quick_seal import seal_quickly
from mit.document.seal_chain import SealMaterial, make_test_chain
from mit.document.seal_cms import seal_cms
from tests.document.archive_rules import broken_rules
from tests.document.papers import paper
from tests.document.test_pades import AT, NOW, is_whole, poppler_accepts

PAGES = draw_certificate(paper(2))


@pytest.fixture(scope="module")
def material() -> SealMaterial:
    return make_test_chain(NOW, common_name="MiT TEST Seal")


@pytest.mark.parametrize("way", ["quick", "plain"])
def test_both_ways_are_accepted_by_pyhanko_and_poppler(
    way: str, material: SealMaterial, tmp_path: Path
) -> None:
    signer = seal_cms(material)
    made = seal_quickly(PAGES, signer, AT) if way == "quick" else seal_plainly(PAGES, signer, AT)
    assert made is not None
    assert made.startswith(PAGES)
    assert is_whole(made, material)
    assert broken_rules(made) == []
    assert poppler_accepts(made, tmp_path)


def test_both_ways_say_the_same(material: SealMaterial) -> None:
    signer = seal_cms(material)

    def said(data: bytes | None) -> tuple[object, ...]:
        (signature,) = PdfFileReader(io.BytesIO(data or b"")).embedded_signatures
        kinds = [each["type"].native for each in signature.signer_info["signed_attrs"]]
        return signature.field_name, signature.self_reported_timestamp, kinds, signature.signer_cert.sha256

    assert said(seal_quickly(PAGES, signer, AT)) == said(seal_plainly(PAGES, signer, AT))


def test_a_certificate_goes_the_quick_way_and_the_same_gives_the_same(material: SealMaterial) -> None:
    assert seal(PAGES, material=material, at=AT) == seal_quickly(PAGES, seal_cms(material), AT)


@settings(deadline=None, max_examples=12)
@given(
    count=st.integers(1, 40),
    at=st.datetimes(datetime(2026, 11, 21), datetime(2029, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_every_certificate_is_sealed_whole(count: int, at: datetime, material: SealMaterial) -> None:
    assert is_whole(seal(draw_certificate(paper(count)), material=material, at=at), material)


def test_a_file_of_another_form_is_left_to_pyhanko(material: SealMaterial) -> None:
    with pikepdf.open(io.BytesIO(PAGES)) as pdf:
        saved = io.BytesIO()
        pdf.save(saved)
    signer = seal_cms(material)
    cut = seal(PAGES, material=material, at=AT)[:-1]
    for other in (saved.getvalue(), PAGES + b"\n", PAGES[:-20], b"", cut):
        assert seal_quickly(other, signer, AT) is None
    assert is_whole(seal(saved.getvalue(), material=material, at=AT), material)
