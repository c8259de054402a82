"""The QR code on a printed letter to a dealer: the address of its page, nothing signed."""

from __future__ import annotations

from mit.document import qr_image


def letter_qr_svg(address: str, *, title: str) -> str:
    """Return the QR code of a letter's page as SVG; *title* is what a screen reader says of it."""
    return qr_image.qr_svg(address, title=title)
