"""The QR code of an issued certificate as a picture, for its holder's people and for staff to print."""

from __future__ import annotations

from mit.document import qr_image
from mit.errors import NotFoundError
from mit.roles.actor import Actor
from mit.roles.permissions import may_read_paper
from mit.store import certificates
from mit.store.db import viewing

#: Pixels of one module: a large symbol prints at 300 dpi with modules of 1 mm.
MODULE_PIXELS = 12


def read_qr_svg(actor: Actor, number: str) -> bytes:
    """Return the QR code as SVG.

    Raises:
        NotFoundError: ``certificate_not_found``: there is none that the actor has a part in.
    """
    return qr_image.qr_svg(_qr_text(actor, number), title=number).encode("utf-8")


def read_qr_png(actor: Actor, number: str) -> bytes:
    """Return the QR code as a black and white PNG.

    Raises:
        NotFoundError: as ``read_qr_svg``.
    """
    return qr_image.qr_png(_qr_text(actor, number), module_pixels=MODULE_PIXELS)


def _qr_text(actor: Actor, number: str) -> str:
    with viewing() as session:
        row = certificates.find_certificate(session, number)
    if row is None or row.qr_text is None or row.state != "active":
        raise NotFoundError("certificate_not_found", where="number", number=number)
    if not may_read_paper(actor, row.organisation_id):
        raise NotFoundError("certificate_not_found", where="number", number=number)
    return str(row.qr_text)
