"""Make the PDF samples, once: ``python -m tests.vectors.make_pdfs`` writes only where there are none.

They are frozen as bytes, because a paper that was issued once must be answered for ever, however the
page looks that is drawn today.
"""

from __future__ import annotations

import hashlib
import io
import json

from reportlab.pdfgen.canvas import Canvas

from tests.support.files import pdf_of
from tests.support.trusting import Issued
from tests.vectors.make_vectors import TRUSTED
from tests.vectors.sample import FOLDER, HELD, PDF_NUMBERS, certificate


def papers() -> dict[str, bytes]:
    """Return the files by name."""
    issued = {
        name: pdf_of(Issued(*certificate(number, count=2), TRUSTED)) for name, number in PDF_NUMBERS.items()
    }
    good = issued["issued"]
    at = good.index(b"stream\n") + 100
    return {
        **issued,
        "bad-a-byte-changed": good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :],
        "bad-something-behind": good + b"\n% something that the seal does not cover\n%%EOF\n",
        "bad-no-credential-inside": _look_alike(),
    }


def _look_alike() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=True)
    canvas.drawString(72, 720, "Made in Thailand  MIT-2569-0000501")
    canvas.save()
    return buffer.getvalue()


def main() -> None:
    """Write what is not there, and which credential each file holds."""
    if (FOLDER / HELD).exists():
        return
    (FOLDER / "pdf").mkdir(exist_ok=True)
    for name, data in papers().items():
        (FOLDER / "pdf" / f"{name}.pdf").write_bytes(data)
    held = {
        name: hashlib.sha256(certificate(number, count=2)[1].token.encode("ascii")).hexdigest()
        for name, number in PDF_NUMBERS.items()
    }
    (FOLDER / HELD).write_text(json.dumps(held, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
