"""Read the QR codes in a PNG or JPEG picture, in the child process."""

from __future__ import annotations

import io

import zxingcpp
from PIL import Image, UnidentifiedImageError
from PIL import MpoImagePlugin as _MpoImagePlugin  # noqa: F401 - Pillow would load it too late

from mit.errors import UnreadableFileError

_FORMATS = ("PNG", "JPEG")
Image.preinit()  # loads the plug-ins before the doors are closed
_QR_ONLY = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
PIXEL_LIMIT = 50_000_000
TEXT_LIMIT = 4_000
CODE_LIMIT = 20


def read(data: bytes) -> list[str]:
    """Return the texts of the QR codes in the picture, at most 20; empty where there is none.

    Raises:
        UnreadableFileError: ``picture_not_readable`` or ``picture_too_large``.
    """
    Image.MAX_IMAGE_PIXELS = None  # our own cap stands below
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            if picture.width * picture.height > PIXEL_LIMIT:
                raise UnreadableFileError("picture_too_large", limit=PIXEL_LIMIT // 1_000_000)
            picture.draft("L", picture.size)
            grey = picture.convert("L")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise UnreadableFileError("picture_not_readable") from error
    codes = zxingcpp.read_barcodes(grey, formats=_QR_ONLY)
    return [code.text[:TEXT_LIMIT] for code in codes[:CODE_LIMIT]]
