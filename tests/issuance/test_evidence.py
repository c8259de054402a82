"""Evidence is what it holds, is shown to its own people and staff, and never thrown away."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mit.errors import ConflictError, InputError, NotFoundError, UnreadableFileError
from mit.i18n import knows
from mit.issuance import evidence
from mit.issuance.draft_sections import add_product
from mit.issuance.evidence import JPEG, PDF, PNG, TYPES, XLSX, Upload, clean_name, type_of
from mit.lifecycle.audit_events import AuditEvent
from mit.store import audit
from mit.store.db import viewing
from tests.support.desk import Desk, sheet_document
from tests.support.pdfs import locked_pdf, plain_pdf
from tests.support.workbooks import write_workbook
from tests.support.world import rows, untouched
from tests.support.written import begun


def picture(kind: str = "PNG") -> bytes:
    """Return a small picture."""
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(stream, format=kind)
    return stream.getvalue()


def minimal_pdf() -> bytes:
    """Return a PDF of one empty page."""
    stream = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(stream)
    return stream.getvalue()


@pytest.fixture
def number(desk: Desk) -> str:
    return begun(desk.cast.somchai, now=desk.tick()).number


def send(desk: Desk, number: str, **changes: object) -> int:
    """Send a picture, or what *changes* say instead."""
    file = {"kind": "origin", "product": 0, "file_name": "a.png", "data": picture(), "replaces": 0} | changes
    var_dir: Path = desk.authority.settings.var_dir
    return evidence.upload(
        desk.cast.somchai,
        number,
        Upload(**file),  # type: ignore[arg-type]  # made of one table of fields
        var_dir=var_dir,
        now=desk.tick(),
    )


@pytest.mark.parametrize(
    ("pdf", "code"),
    [
        (locked_pdf(), "evidence_pdf_encrypted"),
        (plain_pdf()[:200], "evidence_pdf_unreadable"),
        (plain_pdf(2_001), "evidence_pdf_too_large"),
    ],
)
def test_what_is_wrong_with_a_pdf_is_said_of_a_document_not_of_a_certificate(pdf: bytes, code: str) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        type_of(pdf)
    assert (caught.value.code, knows(f"errors.{code}")) == (code, True)


def test_each_type_is_known_by_its_content() -> None:
    assert type_of(picture()) == PNG
    assert type_of(picture("JPEG")) == JPEG
    assert type_of(minimal_pdf()) == PDF
    assert type_of(write_workbook(sheet_document())) == XLSX


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90\x00",
        b"<html><script>1</script>",
        b"%PDF-1.7\nno more",
        b"\x89PNG\r\n\x1a\ncut",
        b"\xff\xd8\xffcut",
        b"PK\x03\x04cut",
        b" %PDF-1.7",
        picture()[:-40],
        b"GIF89a" + picture(),
    ],
)
def test_what_is_not_what_it_begins_like_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFileError):
        type_of(data)


def test_a_file_that_is_too_large_is_refused_before_it_is_opened() -> None:
    with pytest.raises(UnreadableFileError, match="file_too_large"):
        type_of(b"%PDF-" + b" " * evidence.LARGEST_BYTES)


def test_the_same_bytes_are_kept_once_under_their_hash_and_never_executable(desk: Desk, number: str) -> None:
    send(desk, number)
    send(desk, number, file_name="b.png")
    first, second = evidence.listed(desk.cast.somchai, number)
    assert first.sha256 == second.sha256
    folder = desk.authority.settings.var_dir / "documents"
    kept = [path for path in folder.rglob("*") if path.is_file() and path.name == first.sha256]
    assert len(kept) == 1
    assert kept[0].stat().st_mode & 0o111 == 0


def test_a_replaced_file_stays_in_the_history(desk: Desk, number: str) -> None:
    first = send(desk, number)
    second = send(desk, number, replaces=first, data=picture("JPEG"), file_name="b.jpeg")
    files = {file.number: file for file in evidence.listed(desk.cast.somchai, number)}
    assert (files[first].is_gone, files[second].is_gone, files[second].replaces) == (True, False, first)
    var_dir = desk.authority.settings.var_dir
    assert evidence.read(desk.cast.somchai, number, first, var_dir=var_dir)[1] == picture()
    with viewing() as session:
        events = [row.event for row in audit.events_about(session, f"application:{number}")]
    assert events.count(AuditEvent.EVIDENCE_ADDED) == 2


def test_taking_a_file_out_is_recorded_once_however_often_one_clicks(desk: Desk, number: str) -> None:
    first = send(desk, number)
    evidence.remove(desk.cast.somchai, number, first, now=desk.tick())
    gone_at = desk.now
    with untouched():
        evidence.remove(desk.cast.somchai, number, first, now=desk.tick())
    (row,) = rows("SELECT removed_at FROM evidence")
    assert str(row["removed_at"]).startswith(f"{gone_at:%Y-%m-%d %H:%M:%S}")
    second = send(desk, number, replaces=first)  # a file that is gone already may still be replaced
    shown = {file.number: file.is_gone for file in evidence.listed(desk.cast.somchai, number)}
    assert shown == {first: True, second: False}
    with untouched(), pytest.raises(NotFoundError, match="evidence_not_found"):
        evidence.remove(desk.cast.somchai, number, second + 1, now=desk.tick())


def test_a_file_names_a_product_of_the_draft(desk: Desk, number: str) -> None:
    product = add_product(desk.cast.somchai, number, now=desk.tick())
    send(desk, number, product=product)
    assert evidence.listed(desk.cast.somchai, number)[0].position == 1
    with pytest.raises(NotFoundError, match="product_not_found"):
        send(desk, number, product=9)
    with pytest.raises(InputError, match="evidence_kind_unknown"):
        send(desk, number, kind="<b>")
    with pytest.raises(NotFoundError, match="evidence_not_found"):
        send(desk, number, replaces=77)


def test_own_people_and_officers_read_a_file_and_nobody_else(desk: Desk, number: str) -> None:
    running = send(desk, number)
    var_dir, cast = desk.authority.settings.var_dir, desk.cast
    for actor in (cast.somchai, cast.malee, cast.anan):
        assert evidence.read(actor, number, running, var_dir=var_dir)[1] == picture()
    with pytest.raises(NotFoundError, match="application_not_found"):
        evidence.read(cast.krit, number, running, var_dir=var_dir)
    with pytest.raises(NotFoundError, match="application_not_found"):
        evidence.listed(cast.krit, number)
    with pytest.raises(NotFoundError, match="application_not_found"):
        evidence.remove(cast.krit, number, running, now=desk.now)


def test_nothing_is_added_to_what_was_submitted(desk: Desk) -> None:
    number = desk.submitted().number
    with pytest.raises(ConflictError, match="application_not_open"):
        send(desk, number)


@given(st.text(max_size=300), st.sampled_from(sorted(TYPES)))
@settings(deadline=None)
def test_a_name_is_never_a_path_and_ends_as_its_content(name: str, media_type: str) -> None:
    cleaned = clean_name(name, media_type)
    assert cleaned.endswith(TYPES[media_type])
    assert not set(cleaned) & set('/\\:*?"<>|\x00\n\r\u202e')
    assert 4 < len(cleaned) <= 130
    assert not cleaned.startswith(".")
    cleaned.encode("utf-8")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd.png"),
        ("C:\\fakepath\\ใบกำกับ.PNG", "ใบกำกับ.png"),
        ("invoice.png.exe", "invoice.png.png"),
        ("", "file.png"),
        ("...", "file.png"),
        ("a\u202egnp.exe", "agnp.png"),
    ],
)
def test_names_are_cleaned(name: str, shown: str) -> None:
    assert clean_name(name, PNG) == shown
