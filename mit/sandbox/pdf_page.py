"""Draw one page of a PDF as a picture, in the child process: nothing of the file itself is shown.

The question stands before the file: the number of the page, counted from 1, and a line feed.  Forms,
scripts and links are not drawn and not run; fonts that are not embedded are not looked for.
"""

from __future__ import annotations

import base64
import io

import pypdfium2  # type: ignore[import-untyped]  # has no stubs
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]  # has no stubs
from PIL import Image
from PIL import PngImagePlugin as _PngImagePlugin  # noqa: F401 - Pillow would load it too late

from mit.errors import UnreadableFileError

Image.preinit()  # loads the plug-ins before the doors are closed
#: The picture fits into this many pixels: sharp enough to read a page of A4 on a desk.
WIDTH_PIXELS, HEIGHT_PIXELS = 1_240, 1_754
#: A small page is enlarged at most this much: points to pixels.
_LARGEST_SCALE = 3.0
#: Longest number of a page.
_MOST_DIGITS = 6
#: Colours of the picture: pages are mostly black on white, and it is stored and sent.
_COLOURS = 256


def read(data: bytes) -> dict[str, object]:
    """Return ``{"pages": n, "png": base64}`` of the page that is asked for, or of the last one.

    Raises:
        UnreadableFileError: ``pdf_encrypted`` or ``pdf_unreadable``.
    """
    asked, _, file = data[: _MOST_DIGITS + 1].partition(b"\n")
    file = data[len(asked) + 1 :]
    try:
        document = pypdfium2.PdfDocument(file)
        pages = len(document)
        if not pages:
            raise UnreadableFileError("pdf_unreadable")
        drawn = _draw(document[min(max(1, int(asked)), pages) - 1])
    except pypdfium2.PdfiumError as error:
        is_locked = error.err_code == pdfium.FPDF_ERR_PASSWORD
        raise UnreadableFileError("pdf_encrypted" if is_locked else "pdf_unreadable") from error
    return {"pages": pages, "png": base64.b64encode(drawn).decode("ascii")}


def _draw(page: pypdfium2.PdfPage) -> bytes:
    width, height = page.get_size()
    if not width > 0 < height:
        raise UnreadableFileError("pdf_unreadable")
    scale = min(WIDTH_PIXELS / width, HEIGHT_PIXELS / height, _LARGEST_SCALE)
    picture = page.render(scale=scale, may_draw_forms=False, optimize_mode="print").to_pil()
    kept = io.BytesIO()
    picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(kept, "PNG")
    return kept.getvalue()
