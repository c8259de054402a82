"""Pictures of QR codes as a camera sees them."""

from __future__ import annotations

import io

import qrcode
from PIL import Image


def picture_of(text: str) -> bytes:
    """Return a QR code of *text* as a JPEG of the size of a camera's frame."""
    code = qrcode.make(text, error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    frame = Image.new("RGB", (960, 720), "#8a8f94")
    frame.paste(code.get_image().convert("RGB").resize((620, 620)), (170, 50))
    out = io.BytesIO()
    frame.save(out, "JPEG", quality=92)
    return out.getvalue()
