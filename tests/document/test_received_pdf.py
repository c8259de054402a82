"""PDFs that come back to us: ours, changed, encrypted, hostile; and the same through the sandbox."""

from __future__ import annotations

import io
import random
import tracemalloc
import zlib
from datetime import UTC, datetime

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, Stream
from pyhanko.pdf_utils.reader import PdfFileReader

from mit.document.certificate_pdf import draw_certificate
from mit.document.pades import seal
from mit.document.received_pdf import read
from mit.document.seal_chain import make_test_chain
from mit.errors import UnreadableFileError
from mit.i18n import knows
from mit.sandbox.child import Reader, run, run_reader
from tests.document.papers import CREDENTIAL, paper

AT = datetime(2026, 11, 21, 3, 4, 5, tzinfo=UTC)
MATERIAL = make_test_chain(AT, common_name="MiT TEST Seal")
PAGES = draw_certificate(paper(2))
SEALED = seal(PAGES, material=MATERIAL, at=AT)
SEALED_READER = Reader("mit.document.received_pdf:read", is_sealed=True)


def changed(edit: object, data: bytes = PAGES, **options: object) -> bytes:
    """Return *data* after *edit* was let loose on it."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        edit(pdf)  # type: ignore[operator]
        saved = io.BytesIO()
        pdf.save(saved, **options)  # type: ignore[arg-type]
        return saved.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read(data)
    assert knows(f"errors.{caught.value.code}")
    return caught.value.code


def test_our_own_certificate_gives_credential_pages_and_one_good_seal() -> None:
    assert read(SEALED) == {
        "credential": CREDENTIAL.decode(),
        "pages": 1,
        "extras": [],
        "seals": [
            {
                "intact": True,
                "covers_whole_file": True,
                "later": "nothing",
                "signer_sha256": MATERIAL.sha256,
                "claimed_at": "2026-11-21T03:04:05+00:00",
            }
        ],
    }


def test_the_pages_are_counted() -> None:
    assert read(draw_certificate(paper(30)))["pages"] == 4


def test_a_paper_without_a_seal_has_none() -> None:
    answer = read(PAGES)
    assert answer["credential"] == CREDENTIAL.decode()
    assert answer["seals"] == []


def test_a_changed_page_leaves_the_credential_but_breaks_the_seal() -> None:
    at = SEALED.index(b"endobj") - 40
    data = bytearray(SEALED)
    data[at] ^= 1
    (facts,) = read(bytes(data))["seals"]  # type: ignore[misc]
    assert not facts["intact"]


def test_something_appended_is_not_covered() -> None:
    (facts,) = read(SEALED + b"\n% more\n")["seals"]  # type: ignore[misc]
    assert facts["intact"]
    assert not facts["covers_whole_file"]


def test_a_file_saved_anew_has_no_good_seal() -> None:
    for facts in read(changed(lambda pdf: None, SEALED))["seals"]:  # type: ignore[attr-defined]
        assert not (facts["intact"] and facts["covers_whole_file"])


def test_the_seal_of_another_names_another() -> None:
    other = make_test_chain(AT, common_name="MiT TEST Seal")
    (facts,) = read(seal(PAGES, material=other, at=AT))["seals"]  # type: ignore[misc]
    assert facts["intact"]
    assert facts["signer_sha256"] == other.sha256 != MATERIAL.sha256


def test_a_digit_changed_in_the_digest_or_the_signature_is_not_intact() -> None:
    (signature,) = PdfFileReader(io.BytesIO(SEALED)).embedded_signatures
    parts = signature.compute_digest(), signature.signer_info["signature"].native
    for part in parts:
        at = SEALED.lower().index(part.hex().encode(), len(PAGES)) + 21
        data = bytearray(SEALED)
        data[at] = ord("0") if data[at] != ord("0") else ord("1")
        assert not any(facts["intact"] for facts in read(bytes(data))["seals"])  # type: ignore[attr-defined]


@pytest.mark.parametrize("password", ["", "secret"])
def test_an_encrypted_file_is_refused_with_its_reason(password: str) -> None:
    data = changed(lambda pdf: None, encryption=pikepdf.Encryption(owner="owner", user=password))
    assert refusal(data) == "pdf_encrypted"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "pdf_not_pdf"),
        (b"GIF89a" * 400, "pdf_not_pdf"),
        (b"PK\x03\x04" + bytes(2000), "pdf_not_pdf"),
        (b"%PDF-1.7\n", "pdf_unreadable"),
        (b"%PDF-1.7\n" + b"\x00\xff" * 5000, "pdf_unreadable"),
    ],
)
def test_what_is_no_pdf_is_refused_with_its_reason(data: bytes, code: str) -> None:
    assert refusal(data) == code


def attach(pdf: pikepdf.Pdf, stream: Stream, name: str = "certificate.jwt") -> None:
    specification = pdf.make_indirect(
        Dictionary(Type=Name.Filespec, F=name, UF=name, EF=Dictionary(F=stream))
    )
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([pikepdf.String(name), specification])))


def test_a_paper_without_attachment_has_no_credential() -> None:
    def strip(pdf: pikepdf.Pdf) -> None:
        del pdf.Root.Names
        del pdf.Root.AF

    assert read(changed(strip))["credential"] is None


def test_an_attachment_of_another_name_is_not_taken() -> None:
    data = changed(lambda pdf: attach(pdf, Stream(pdf, b"eyJ"), "other.jwt"))
    assert read(data)["credential"] is None


@pytest.mark.parametrize("content", [b"\xff\xfe", "กข".encode(), b"", b"  \n "])
def test_an_attachment_that_is_no_ascii_text_is_no_credential(content: bytes) -> None:
    assert read(changed(lambda pdf: attach(pdf, Stream(pdf, content))))["credential"] is None


def test_a_credential_that_unpacks_too_far_is_refused_before_it_is_unpacked() -> None:
    bomb = zlib.compress(b"A" * 60_000_000, 9)
    data = changed(
        lambda pdf: attach(pdf, Stream(pdf, bomb, Filter=Name.FlateDecode)), compress_streams=False
    )
    assert len(data) < 200_000
    tracemalloc.start()
    try:
        assert refusal(data) == "pdf_too_large"
        assert tracemalloc.get_traced_memory()[1] < 12_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("filter_name", ["/ASCIIHexDecode", "/Nonsense"])
def test_an_attachment_packed_in_another_way_is_no_credential(filter_name: str) -> None:
    data = changed(
        lambda pdf: attach(pdf, Stream(pdf, b"41424344>", Filter=Name(filter_name))), compress_streams=False
    )
    assert read(data)["credential"] is None


def test_a_file_of_very_many_pages_is_refused() -> None:
    def grow(pdf: pikepdf.Pdf) -> None:
        for _ in range(2_001):
            pdf.add_blank_page()

    assert refusal(changed(grow)) == "pdf_too_large"


def outcome(data: bytes) -> object:
    """Return the answer or the refusal's code; anything else is an error of ours in the sandbox only."""
    try:
        return read(data)
    except UnreadableFileError as error:
        return error.code


@settings(deadline=None, max_examples=60)
@given(st.integers(min_value=0, max_value=len(SEALED) - 1), st.integers(min_value=1, max_value=255))
def test_no_single_changed_byte_passes_for_the_sealed_file(at: int, flip: int) -> None:
    data = bytearray(SEALED)
    data[at] ^= flip
    answer = outcome(bytes(data))
    if isinstance(answer, dict):
        inside = SEALED.rindex(b"/Contents <") <= at <= SEALED.rindex(b">", 0, len(SEALED) - 200)
        good = [facts for facts in answer["seals"] if facts["intact"] and facts["covers_whole_file"]]
        assert not good or inside


def test_truncated_files_are_refused_or_have_no_seal() -> None:
    chance = random.Random(5)
    for _ in range(25):
        answer = outcome(SEALED[: chance.randrange(len(SEALED))])
        if isinstance(answer, dict):
            assert not any(facts["covers_whole_file"] for facts in answer["seals"])


def test_the_sandbox_reads_it_with_every_door_closed() -> None:
    assert run_reader(SEALED_READER, SEALED) == read(SEALED)


def test_the_sandbox_hands_on_the_reasons() -> None:
    encrypted = changed(lambda pdf: None, encryption=pikepdf.Encryption(owner="o", user=""))
    for data, code in ((encrypted, "pdf_encrypted"), (b"%PDF-1.7\n", "pdf_unreadable")):
        with pytest.raises(UnreadableFileError) as caught:
            run("pdf", data)
        assert caught.value.code == code


def test_a_page_tree_that_bites_its_tail_harms_nobody() -> None:
    def knot(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Pages.Kids.append(pdf.Root.Pages)

    with pytest.raises(UnreadableFileError):
        run_reader(SEALED_READER, changed(knot))
