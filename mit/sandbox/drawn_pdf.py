"""What a reader of a PDF sees: the words drawn on its pages, and the QR codes, in the child process."""

from __future__ import annotations

import codecs

import pypdfium2  # type: ignore[import-untyped]  # has no stubs
import zxingcpp
from PIL import Image

from mit.errors import UnreadableFileError

# Both would be loaded after the doors are closed.
Image.preinit()
codecs.lookup("utf-16-le")
#: Most pages whose words are read; ours have up to 40.
_TEXT_PAGES = 60
#: Pages whose QR codes are looked for, from the first on; and the last.
_QR_PAGES = 3
_MOST_CHARACTERS = 200_000
_QR_CHARACTERS = 4_000
#: A page is drawn at 150 dpi, or smaller where it is larger than this.
_SCALE = 150 / 72
_MOST_PIXELS = 6_000_000
_QR_ONLY = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def read(data: bytes) -> dict[str, object]:
    """Return ``{"text", "qr_texts"}``: all words that are drawn, and each QR text once, in order.

    Raises:
        UnreadableFileError: ``pdf_unreadable``.
    """
    try:
        document = pypdfium2.PdfDocument(data)
        pages = len(document)
        text = "\n".join(_words(document[at]) for at in range(min(pages, _TEXT_PAGES)))
        looked_at = sorted({*range(min(pages, _QR_PAGES)), *range(max(0, pages - 1), pages)})
        found = [code for at in looked_at for code in _codes(document[at])]
    except pypdfium2.PdfiumError as error:
        raise UnreadableFileError("pdf_unreadable") from error
    return {"text": text[:_MOST_CHARACTERS], "qr_texts": list(dict.fromkeys(found))}


def _words(page: pypdfium2.PdfPage) -> str:
    words = page.get_textpage().get_text_bounded()[:_MOST_CHARACTERS]
    return str(words).encode("utf-8", "replace").decode("utf-8")


def _codes(page: pypdfium2.PdfPage) -> list[str]:
    width, height = page.get_size()
    if not width > 0 < height:
        return []
    scale = min(_SCALE, (_MOST_PIXELS / (width * height)) ** 0.5)
    picture = page.render(scale=scale, grayscale=True, may_draw_forms=True).to_pil()
    codes = zxingcpp.read_barcodes(picture, formats=_QR_ONLY)
    return [code.text[:_QR_CHARACTERS] for code in codes]
