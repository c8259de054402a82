"""The mark for products: artwork for the holder of a certificate, while that is in force and no longer.

No published rules for the mark were found (domain 4.3), so its terms are a dated text of ours that
says so; the drawing is our own neutral one, nobody's logo.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from mit.document.artwork import Artwork, ArtworkKind, MarkText, draw_artwork
from mit.document.artwork_files import artwork_pdf, artwork_png, artwork_svg
from mit.errors import ConflictError, NotFoundError
from mit.i18n import say
from mit.roles.actor import Actor
from mit.roles.permissions import may_read_paper
from mit.store import certificates
from mit.store.applications import Application
from mit.store.certificates import Certificate
from mit.store.db import viewing
from mit.values.dated_text import DatedText, read_dated_texts
from mit.values.in_force import pick
from mit.values.thai_date import bangkok_day

_TERMS = Path(__file__).parent / "mark_terms" / "texts.json"


#: Forms of file: by the ending of the name, the media type.
MEDIA_TYPES = {"svg": "image/svg+xml", "pdf": "application/pdf", "png": "image/png"}


@dataclass(frozen=True, slots=True)
class MarkFile:
    """One file of the mark."""

    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What the page of the mark shows: the number, its last day, the terms, and whether it may be used."""

    number: str
    application_number: str
    expires_on: date
    is_in_force: bool
    terms: DatedText


def read_mark(actor: Actor, number: str, *, now: datetime) -> Mark:
    """Return what is to know of the mark of one's own certificate.

    Raises:
        NotFoundError: ``certificate_not_found``: there is none that the actor has a part in;
            ``no_mark_terms_in_force``.
    """
    today = bangkok_day(now)
    row, application_number = _own(actor, number)
    terms = pick(read_dated_texts(_TERMS), today)
    if terms is None:
        raise NotFoundError("no_mark_terms_in_force", day=today.isoformat())
    return Mark(number, application_number, row.expires_on, _is_in_force(row, today), terms)


def draw_mark(actor: Actor, number: str, name: str, *, public_url: str, now: datetime) -> MarkFile:
    """Return the artwork as the file *name*: ``full`` or ``small``, a dot, and ``svg``, ``pdf`` or ``png``.

    Raises:
        NotFoundError: ``certificate_not_found``, or ``not_found``: there is no such file.
        ConflictError: ``mark_not_in_force``: the certificate is not, on the Bangkok day of *now*.
    """
    kind, _, form = name.partition(".")
    if kind not in set(ArtworkKind) or form not in MEDIA_TYPES:
        raise NotFoundError
    row, _ = _own(actor, number)
    if not _is_in_force(row, bangkok_day(now)):
        raise ConflictError("mark_not_in_force", where="number", number=number)
    art = draw_artwork(ArtworkKind(kind), _text(row, ArtworkKind(kind), public_url))
    return MarkFile(_as_file(art, form), MEDIA_TYPES[form])


def _as_file(art: Artwork, form: str) -> bytes:
    if form == "svg":
        return artwork_svg(art).encode("utf-8")
    return artwork_pdf(art) if form == "pdf" else artwork_png(art)


def _own(actor: Actor, number: str) -> tuple[Certificate, str]:
    """Return an issued certificate that the actor has a part in, and the number of its application."""
    with viewing() as session:
        row = certificates.find_certificate(session, number)
        if row is None or row.state != "active" or not may_read_paper(actor, row.organisation_id):
            raise NotFoundError("certificate_not_found", where="number", number=number[:40])
        return row, session.get_one(Application, row.application_id).number


def _is_in_force(row: Certificate, today: date) -> bool:
    return row.status == "active" and row.issued_on <= today <= row.expires_on


def _text(row: Certificate, kind: ArtworkKind, public_url: str) -> MarkText:
    is_full = kind is ArtworkKind.FULL
    host = urlsplit(public_url).netloc
    return MarkText(
        number=row.number,
        qr_text=str(row.qr_text) if is_full else f"{public_url}/c/{row.number}",
        name_th=say("document.mark_words", "th"),
        name_en=say("document.mark_words", "en"),
        host=say("document.mark_check", "th", host=host),
        sample=row.sample,
    )
