"""Documents inside a page: drawn once, kept by their content, and a calm word where they cannot be."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from mit.errors import NotFoundError
from mit.issuance import preview_evidence
from mit.issuance.evidence import PDF, XLSX, Upload, upload
from mit.issuance.preview_evidence import Page, draw_page, look_as_holder, picture_of
from mit.store import documents
from tests.support.desk import Desk
from tests.support.pdfs import locked_pdf, plain_pdf
from tests.support.written import begun

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def draw(data: bytes, folder: Path, page: int = 1, media_type: str = PDF) -> Page:
    name = sha256(data).hexdigest()
    return draw_page(data, media_type=media_type, sha256=name, page=page, var_dir=folder)


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "previews").glob("*"))


def test_a_page_is_drawn_once_and_kept(tmp_path: Path) -> None:
    shown = draw(plain_pdf(3), tmp_path, 2)
    assert (shown.number, shown.last, shown.refusal) == (2, 3, "")
    assert shown.size == (1240, 1754)
    (file,) = kept(tmp_path)
    before = file.stat().st_mtime_ns
    assert draw(plain_pdf(3), tmp_path, 2) == shown
    assert file.stat().st_mtime_ns == before


def test_beyond_the_last_page_stands_the_last(tmp_path: Path) -> None:
    assert (draw(plain_pdf(3), tmp_path, 7).number, draw(plain_pdf(3), tmp_path, -7).number) == (3, 1)


def test_that_a_page_cannot_be_drawn_is_kept_too(tmp_path: Path) -> None:
    shown = draw(locked_pdf(), tmp_path)
    assert (shown.refusal, shown.last, shown.png) == ("encrypted", 0, b"")
    assert len(kept(tmp_path)) == 1
    with pytest.raises(NotFoundError):
        picture_of(shown)


def test_a_damaged_picture_is_drawn_again(tmp_path: Path) -> None:
    shown = draw(plain_pdf(), tmp_path)
    (file,) = kept(tmp_path)
    for damaged in (b"", b"[1, ", b'[1, ""]\nno picture', b'["x", ""]\n' + shown.png):
        file.write_bytes(damaged)
        assert draw(plain_pdf(), tmp_path) == shown


def test_a_workbook_is_not_shown_by_pages(tmp_path: Path) -> None:
    assert draw(b"PK\x03\x04", tmp_path, media_type=XLSX).refusal == "kind"


def test_who_comes_when_all_places_are_taken_is_told_so_and_nothing_is_kept(tmp_path: Path) -> None:
    places = preview_evidence._drawing
    for _ in range(preview_evidence.PAGES_AT_ONCE):
        assert places.acquire(blocking=False)
    try:
        assert draw(plain_pdf(), tmp_path).refusal == "busy"
        assert kept(tmp_path) == []
    finally:
        for _ in range(preview_evidence.PAGES_AT_ONCE):
            places.release()
    assert draw(plain_pdf(), tmp_path).refusal == ""


@ONE
def test_a_file_that_was_lost_or_changed_is_said_to_be(desk: Desk) -> None:
    number, var_dir = begun(desk.cast.somchai, now=desk.tick()).number, desk.authority.settings.var_dir
    file = Upload("origin", 0, "a.pdf", plain_pdf())
    upload(desk.cast.somchai, number, file, var_dir=var_dir, now=desk.tick())
    documents.document_path(var_dir, sha256(file.data).hexdigest()).write_bytes(b"another")
    assert look_as_holder(desk.cast.somchai, number, 1, 1, var_dir=var_dir).page.refusal == "lost"
    with pytest.raises(NotFoundError):
        look_as_holder(desk.cast.somchai, number, 2, 1, var_dir=var_dir)
