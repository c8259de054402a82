"""The seal: judged by pyHanko with trust, by poppler, and by what a changed byte does to it."""

from __future__ import annotations

import io
import random
import re
import subprocess
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from mit.document.certificate_pdf import draw_certificate
from mit.document.pades import seal
from mit.document.seal_chain import SealMaterial, make_test_chain
from mit.errors import UnreadableFileError
from tests.document.archive_rules import broken_rules
from tests.document.papers import paper
from tests.document.test_seal_chain import self_signed
from tests.support.require import program

NOW = datetime(2026, 11, 20, tzinfo=UTC)
AT = datetime(2026, 11, 21, 3, 4, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def material() -> SealMaterial:
    return make_test_chain(NOW, common_name="MiT TEST Seal")


@pytest.fixture(scope="module")
def pages() -> bytes:
    return draw_certificate(paper(2))


@pytest.fixture(scope="module")
def sealed(pages: bytes, material: SealMaterial) -> bytes:
    return seal(pages, material=material, at=AT)


def judged(pdf: bytes, material: SealMaterial) -> PdfSignatureStatus:
    root = x509.Certificate.load(material.certificates_der()[-1])
    context = ValidationContext(trust_roots=[root], allow_fetching=False, moment=AT)
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    return validate_pdf_signature(signature, context)


def test_pyhanko_calls_the_seal_intact_valid_and_trusted(sealed: bytes, material: SealMaterial) -> None:
    status = judged(sealed, material)
    assert status.intact
    assert status.valid
    assert status.trusted
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert status.bottom_line


def test_the_seal_is_pades_and_dated_as_told(sealed: bytes) -> None:
    (signature,) = PdfFileReader(io.BytesIO(sealed)).embedded_signatures
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.self_reported_timestamp == AT
    kinds = {attribute["type"].native for attribute in signature.signer_info["signed_attrs"]}
    assert kinds == {"content_type", "message_digest", "signing_certificate_v2"}


def test_the_time_of_another_zone_is_the_same_instant(pages: bytes, material: SealMaterial) -> None:
    bangkok = seal(pages, material=material, at=AT.astimezone(timezone(timedelta(hours=7))))
    (signature,) = PdfFileReader(io.BytesIO(bangkok)).embedded_signatures
    assert signature.self_reported_timestamp == AT


def test_sealing_twice_gives_the_same_bytes(pages: bytes, sealed: bytes, material: SealMaterial) -> None:
    assert seal(pages, material=material, at=AT) == sealed


def test_another_instant_key_or_page_gives_other_bytes(
    pages: bytes, sealed: bytes, material: SealMaterial
) -> None:
    other = make_test_chain(NOW, common_name="MiT TEST Seal")
    assert seal(pages, material=material, at=AT + timedelta(seconds=1)) != sealed
    assert seal(pages, material=other, at=AT) != sealed
    assert seal(draw_certificate(paper(3)), material=material, at=AT) != sealed


def test_the_seal_adds_to_the_file_and_changes_nothing_before(pages: bytes, sealed: bytes) -> None:
    assert sealed.startswith(pages)
    assert len(sealed) - len(pages) < 10_000


def test_the_sealed_file_keeps_the_archive_rules(sealed: bytes) -> None:
    assert broken_rules(sealed) == []


def test_the_field_is_there_but_takes_no_room_on_the_page(sealed: bytes) -> None:
    with pikepdf.open(io.BytesIO(sealed)) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        assert str(field.T) == "MitSeal"
        assert [float(edge) for edge in field.Rect] == [0, 0, 0, 0]
        assert int(pdf.Root.AcroForm.SigFlags) == 3


def test_poppler_accepts_the_seal(sealed: bytes, tmp_path: Path) -> None:
    assert poppler_accepts(sealed, tmp_path)


def poppler_accepts(data: bytes, folder: Path) -> bool:
    """Say whether pdfsig calls the one seal valid and over the whole file."""
    path = folder / "sealed.pdf"
    path.write_bytes(data)
    command = [program("poppler", "pdfsig"), "-nocert", str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    wanted = ("Signature Validation: Signature is Valid.", "Total document signed", "MiT TEST Seal")
    return all(words in said for words in wanted)


def test_any_changed_byte_outside_the_seals_own_digits_breaks_it(
    pages: bytes, sealed: bytes, material: SealMaterial
) -> None:
    chance = random.Random(20261121)
    start = sealed.index(b"/Contents <", len(pages))
    end = sealed.index(b">", start)
    for _ in range(40):
        at = chance.choice((chance.randrange(len(pages)), chance.randrange(end + 1, len(sealed))))
        changed = bytearray(sealed)
        changed[at] ^= 1 << chance.randrange(8)
        assert not is_whole(bytes(changed), material), at


def is_whole(pdf: bytes, material: SealMaterial) -> bool:
    """Say whether pyHanko finds one seal over the whole file, and it is intact."""
    try:
        status = judged(pdf, material)
    except Exception:  # noqa: BLE001 - a file that cannot be read is not whole
        return False
    return bool(status.intact and status.valid and status.coverage is SignatureCoverageLevel.ENTIRE_FILE)


def test_something_appended_leaves_the_seal_no_longer_over_the_whole_file(
    sealed: bytes, material: SealMaterial
) -> None:
    with pikepdf.open(io.BytesIO(sealed)) as pdf:
        pdf.Root.Extra = pikepdf.String("added")
        saved = io.BytesIO()
        pdf.save(saved)
    assert not is_whole(saved.getvalue(), material)
    assert not is_whole(sealed + b"\n% more\n", material)


@pytest.mark.parametrize("bits", [2048, 3072])
def test_an_rsa_key_seals_as_well(pages: bytes, bits: int) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    material = SealMaterial(key, self_signed(key))
    sealed = seal(pages, material=material, at=AT)
    (signature,) = PdfFileReader(io.BytesIO(sealed)).embedded_signatures
    status = validate_pdf_signature(signature, ValidationContext(trust_roots=[], allow_fetching=False))
    assert status.intact
    assert status.valid


def test_the_reserved_room_is_little_more_than_the_signature_needs(sealed: bytes) -> None:
    (digits,) = re.findall(rb"/Contents <([0-9a-fA-F]+)>", sealed)
    padding = len(digits) - len(digits.rstrip(b"0"))
    assert 0 < padding < 200


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"no pdf at all" * 50])
def test_what_is_no_pdf_cannot_be_sealed(data: bytes, material: SealMaterial) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        seal(data, material=material, at=AT)
    assert caught.value.code == "pdf_unreadable"
