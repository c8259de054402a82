"""What was shown to us: a QR's text, a certificate number, a credential, or a file.

Nothing is believed here.  What cannot be read is a presentation too (``Unreadable``), so that
every text and every file gets a verdict.  PDF and pictures are opened only in the sandbox child.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from mit.credential import cose, jose, qr_text, vc
from mit.errors import Fault, InputError, MalformedNumberError, UnreadableFileError
from mit.sandbox import child
from mit.values.identifiers import parse_certificate_number
from mit.verify.content import sha256_hex

#: Longer texts are neither an address, a number nor a credential of ours.
MOST_CHARACTERS = 2_000_000
#: Shorter runs of digits are a certificate number with a sign lost; longer ones are a QR's digits.
_FEWEST_QR_DIGITS = 40
#: Room for any spacing a person may type into a certificate number.
_LONGEST_NUMBER = 80
_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*", re.ASCII)
_PAGE_ADDRESS = re.compile(
    r"(?:https?://[^/?#\s]{1,255}(?:/[^?#\s]{0,255})?)?/c/([^/?#\s]{1,60}?)(?:\.jwt)?/?(?:[?#]\S{0,255})?",
    re.ASCII,
)
_PICTURE_HEADS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
#: A reader looks for the head within the first 1,024 bytes and for the tail within the last.
_PDF_WINDOW = 1_024
_PDF_MARKS_AT_END = (b"startxref", b"%%EOF")


@dataclass(frozen=True, slots=True)
class ShownQr:
    """The signed envelope out of a QR; its signature is not yet checked.

    ``address`` is the text around it, where there was more than digits: whose page it leads to.
    """

    data: bytes
    envelope: cose.Envelope
    address: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class ShownCredential:
    """A full credential as text; its signature is not yet checked."""

    text: str
    token: jose.Jws


@dataclass(frozen=True, slots=True)
class ShownNumber:
    """A certificate number as printed, made from what a person typed, or from a page's ``address``."""

    number: str
    address: str = field(default="", compare=False)


def _open_in_children(data: bytes) -> object:
    """Return what is inside a PDF and, from a child of its own, what is drawn; None where it cannot be."""
    found = child.run("pdf", data)
    try:
        drawn = child.run("drawn_pdf", data)
    except UnreadableFileError:
        drawn = None
    return {**found, "drawn": drawn} if isinstance(found, dict) else found


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A PDF: what it is follows from its hash, not from what is drawn on it.

    ``opened_by`` finds what is inside and is only called where the hash leaves a question; it is
    the sandbox, except in campaigns that open a million variants of one file.
    """

    sha256: str
    data: bytes = field(repr=False)
    opened_by: Callable[[bytes], object] = field(default=_open_in_children, repr=False)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something that is none of these, with the reason."""

    fault: Fault


Presentation = ShownQr | ShownCredential | ShownNumber | ShownFile | Unreadable


def read_text(text: str) -> Presentation:
    """Return what *text* shows: QR text or its digits, a number, a page's address, a credential."""
    plain = text.strip()
    if len(plain) > MOST_CHARACTERS or not plain:
        return Unreadable(Fault("presentation_empty" if not plain else "presentation_too_long"))
    try:
        if _TOKEN.fullmatch(plain):
            return ShownCredential(plain, jose.parse(plain, typ=vc.TYP))
        if "/c/" in plain and (page := _PAGE_ADDRESS.fullmatch(plain)):
            return replace(_typed_number(page[1]), address=plain)
        if _looks_like_qr(plain):
            return _shown_qr(plain)
        return _typed_number(plain)
    except InputError as error:
        return Unreadable(error.faults[0])


def read_number(text: str) -> Presentation:
    """Return the certificate number in *text*, typed in any way; anything else is unreadable."""
    try:
        return _typed_number(text)
    except InputError as error:
        return Unreadable(error.faults[0])


def read_digits(digits: str) -> Presentation:
    """Return what the digits of a QR show; anything else in their place is unreadable."""
    try:
        return _opened_qr(digits)
    except InputError as error:
        return Unreadable(error.faults[0])


def read_file(data: bytes, *, name: str = "") -> Presentation:
    """Return what a file shows: a PDF, a picture of a QR, a credential, or QR text.

    What it is follows from its content; *name* only helps to see a PDF that lost its first bytes.
    """
    if is_pdf(data, name=name):
        return ShownFile(sha256_hex(data), data)
    if data.startswith(_PICTURE_HEADS):
        return _read_picture(data)
    try:
        return read_text(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return Unreadable(Fault("file_not_recognised"))


def is_pdf(data: bytes, *, name: str = "") -> bool:
    """Say whether *data* is meant as a PDF, a damaged one included: by name, head or tail."""
    tail = data[-_PDF_WINDOW:]
    return (
        name.lower().endswith(".pdf")
        or b"%PDF-" in data[:_PDF_WINDOW]
        or any(mark in tail for mark in _PDF_MARKS_AT_END)
    )


def _typed_number(text: str) -> ShownNumber:
    if len(text) > _LONGEST_NUMBER:
        raise MalformedNumberError("certificate_number_malformed", text=text[:40])
    return _parsed_number(text)


@lru_cache(maxsize=8192)
def _parsed_number(text: str) -> ShownNumber:
    return ShownNumber(str(parse_certificate_number(text)))


def _read_picture(data: bytes) -> Presentation:
    try:
        found: Any = child.run("picture", data)
    except UnreadableFileError as error:
        return Unreadable(error.faults[0])
    texts = [text for text in found if isinstance(text, str)] if isinstance(found, list) else []
    shown = [read_text(text) for text in texts]
    ours = [one for one in shown if isinstance(one, ShownQr)]
    if len(ours) > 1 and len({one.data for one in ours}) > 1:
        return Unreadable(Fault("picture_many_qr"))
    if ours:
        return ours[0]
    return Unreadable(Fault("picture_without_qr" if not texts else "picture_foreign_qr"))


def _looks_like_qr(plain: str) -> bool:
    if "/v/" in plain or "/v#" in plain:
        return True
    digits = sum(sign.isdigit() for sign in plain)
    return len(plain) >= _FEWEST_QR_DIGITS and digits > len(plain) // 2


def _shown_qr(plain: str) -> ShownQr:
    digits = qr_text.digits_in(plain)
    return _opened_qr(digits, address=plain if digits != plain else "")


def _opened_qr(digits: str, *, address: str = "") -> ShownQr:
    data = qr_text.from_digits(digits)
    return ShownQr(data, cose.open_envelope(data), address)
