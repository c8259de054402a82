"""Look at a file that backs an application inside the page: a PDF page by page, as pictures.

The file itself never reaches the page.  Its pages are drawn in the sandbox, within its limits, and kept
by the content's hash; so is that a page cannot be drawn, so that a costly file costs once.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore

from mit.errors import NotFoundError, TamperedError, UnreadableFileError
from mit.issuance import evidence
from mit.issuance.read_evidence import read_evidence
from mit.roles.actor import Actor
from mit.sandbox import child
from mit.sandbox.limits import Limits
from mit.store import previews

#: A page has to be drawn within these; who reads waits for it.
LIMITS = Limits(answer_bytes=12 * 1024 * 1024, cpu_seconds=5, wall_seconds=10)
#: Highest page that can be asked for.
LAST_PAGE = 99_999
#: Pages that one process draws at a time; its other threads keep answering.
PAGES_AT_ONCE = 2
#: Part of the name under which a page is kept: changed when pages are drawn in another way.
_FORM = "1"
_PNG = b"\x89PNG\r\n\x1a\n"
#: Why there is no picture: code of the sandbox → the word that stands for it; the others: ``unreadable``.
_REFUSALS = {
    "pdf_encrypted": "encrypted",
    "file_too_costly": "costly",
    "file_too_large": "costly",
    "file_answer_too_long": "costly",
    "file_reader_busy": "busy",
}
_drawing = BoundedSemaphore(PAGES_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a file, to be shown.

    Attributes:
        number: which page, counted from 1.
        last: how many there are; 0 where that is not known.
        refusal: why there is no picture: ``encrypted``, ``costly``, ``unreadable``, ``busy``, ``lost``,
            or ``kind`` for a file that is not shown by pages; empty where there is one.
        png: the picture; empty without one.
    """

    number: int
    last: int
    refusal: str
    png: bytes

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height of the picture in pixels, as its head says."""
        return int.from_bytes(self.png[16:20], "big"), int.from_bytes(self.png[20:24], "big")


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that is looked at: its name (empty where its bytes are lost), its type, one of its pages."""

    file_name: str
    media_type: str
    page: Page


def look_as_holder(actor: Actor, number: str, running: int, page: int, *, var_dir: Path) -> Looked:
    """Return a page of a file of an application, for the applicant's own people.

    Raises:
        NotFoundError: ``application_not_found`` or ``evidence_not_found``.
    """
    try:
        file, data = evidence.read(actor, number, running, var_dir=var_dir)
    except TamperedError:
        return _LOST
    shown = draw_page(data, media_type=file.media_type, sha256=file.sha256, page=page, var_dir=var_dir)
    return Looked(file.file_name, file.media_type, shown)


def look_as_officer(actor: Actor, number: str, running: int, page: int, *, var_dir: Path) -> Looked:
    """Return a page of a file of a case.

    Raises:
        NotFoundError: there is no such case, or no such file.
    """
    try:
        stored = read_evidence(actor, number, file_number=running, var_dir=var_dir)
    except TamperedError:
        return _LOST
    shown = draw_page(
        stored.data, media_type=stored.media_type, sha256=stored.sha256, page=page, var_dir=var_dir
    )
    return Looked(stored.file_name, stored.media_type, shown)


def picture_of(page: Page) -> bytes:
    """Return the picture of a page as PNG.

    Raises:
        NotFoundError: ``not_found``: there is none.
    """
    if not page.png:
        raise NotFoundError
    return page.png


def draw_page(data: bytes, *, media_type: str, sha256: str, page: int, var_dir: Path) -> Page:
    """Return a page of the file *data*; beyond the last, the last one."""
    if media_type != evidence.PDF:
        return _none("kind")
    page = min(max(1, page), LAST_PAGE)
    name = f"{sha256}-{_FORM}-{page}"
    kept = previews.read_preview(var_dir, name)
    shown = _read(kept, page) if kept else None
    if shown is None:
        drawn = _draw(data, page)
        shown = _read(drawn, page) or _none("unreadable")
        if shown.refusal != "busy":  # which says nothing about the file
            previews.keep_preview(var_dir, name, drawn)
    return shown


def _none(refusal: str) -> Page:
    return Page(1, 0, refusal, b"")


_LOST = Looked("", "", _none("lost"))


def _draw(data: bytes, page: int) -> bytes:
    """Return what is kept of a page: a line of JSON, then the picture, if there is one."""
    if not _drawing.acquire(blocking=False):
        return b'[0, "busy"]\n'
    try:
        pages, png = _checked(child.run("pdf_page", b"%d\n" % page + data, limits=LIMITS))
    except UnreadableFileError as error:
        pages, png, refusal = 0, b"", _REFUSALS.get(error.code, "unreadable")
    else:
        refusal = ""
    finally:
        _drawing.release()
    return json.dumps([pages, refusal]).encode("ascii") + b"\n" + png


def _checked(answer: object) -> tuple[int, bytes]:
    """Return the number of pages and the picture, if the child's answer has their shape."""
    pages, text = (answer.get("pages"), answer.get("png")) if isinstance(answer, dict) else (None, None)
    try:
        png = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (binascii.Error, ValueError):
        png = b""
    if not isinstance(pages, int) or pages < 1 or not png.startswith(_PNG):
        raise UnreadableFileError("file_not_readable")
    return pages, png


def _read(kept: bytes, page: int) -> Page | None:
    """Return what was kept of a page; None where it was damaged."""
    head, _, png = kept.partition(b"\n")
    try:
        last, refusal = json.loads(head)
    except ValueError:
        return None
    if not isinstance(last, int) or bool(png.startswith(_PNG)) == bool(refusal):
        return None
    return Page(min(page, last) or 1, last, str(refusal), png)
