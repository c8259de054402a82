"""QR text -> matrix of modules, SVG and PNG; the only door to ``qrcode``.

Error correction is level M; the mask is fixed, because every mask is readable and scoring the
eight of them is most of the cost (formats 2.5).  ``qrcode`` finds the byte and numeric segments
by itself, so the digits of the address cost 3.33 bits each.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import lru_cache

import qrcode  # type: ignore[import-untyped]  # has no stubs
from PIL import Image
from qrcode.exceptions import DataOverflowError  # type: ignore[import-untyped]  # has no stubs

from mit.errors import InputError

#: Modules of white that a reader needs around the symbol (ISO/IEC 18004).
QUIET_ZONE_MODULES = 4
#: Every mask is readable; this one breaks up both stripes and chequers.
_MASK = 4
#: No text longer than this fits below version 10 at level M, not even digits; knowing it spares
#: ``qrcode`` from writing the data out once more.
_MOST_IN_VERSION_9 = 432
_MODULES_OF_VERSION_1 = 21
_MODULES_PER_VERSION = 4

_DARK = re.compile(rb"\x01+")

Matrix = tuple[tuple[bool, ...], ...]


@lru_cache(maxsize=64)
def qr_matrix(text: str) -> Matrix:
    """Return the symbol of *text* as rows of dark (True) and light modules, without quiet zone.

    Raises:
        InputError: ``qr_too_long`` when not even version 40 holds the text.
    """
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0, mask_pattern=_MASK)
    code.add_data(text)
    try:
        code.best_fit(start=10 if len(text) > _MOST_IN_VERSION_9 else 1)
        code.make(fit=False)
    except (DataOverflowError, ValueError) as error:
        raise InputError("qr_too_long", where="qr_text", length=len(text)) from error
    return tuple(tuple(bool(module) for module in row) for row in code.modules)


def qr_version(text: str) -> int:
    """Return the version of the symbol, 1 to 40; version 12 has 65 modules a side.

    Raises:
        InputError: ``qr_too_long``.
    """
    return (len(qr_matrix(text)) - _MODULES_OF_VERSION_1) // _MODULES_PER_VERSION + 1


def dark_runs(matrix: Matrix) -> Iterator[tuple[int, int, int]]:
    """Yield ``(row, first column, length)`` of every horizontal run of dark modules."""
    for row, modules in enumerate(matrix):
        for run in _DARK.finditer(bytes(modules)):
            yield row, run.start(), run.end() - run.start()


def qr_svg(text: str, *, title: str = "") -> str:
    """Return the symbol with its quiet zone as one SVG picture of a single path, one unit a module.

    *title* is what a screen reader says; it must not hold markup of its own.

    Raises:
        InputError: ``qr_too_long``.
    """
    matrix = qr_matrix(text)
    side = len(matrix) + 2 * QUIET_ZONE_MODULES
    path = "".join(
        f"M{column + QUIET_ZONE_MODULES} {row + QUIET_ZONE_MODULES}h{length}v1h-{length}z"
        for row, column, length in dark_runs(matrix)
    )
    named = f'role="img" aria-label="{_attribute(title)}"' if title else 'aria-hidden="true"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" {named} '
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path fill="#000" d="{path}"/></svg>'
    )


def qr_png(text: str, *, module_pixels: int = 8) -> bytes:
    """Return the symbol with its quiet zone as a black and white PNG.

    Raises:
        InputError: ``qr_too_long``.
    """
    matrix = qr_matrix(text)
    side = len(matrix) + 2 * QUIET_ZONE_MODULES
    picture = Image.new("1", (side, side), 1)
    for row, column, length in dark_runs(matrix):
        y, x = row + QUIET_ZONE_MODULES, column + QUIET_ZONE_MODULES
        picture.paste(0, (x, y, x + length, y + 1))
    large = picture.resize((side * module_pixels, side * module_pixels), Image.Resampling.NEAREST)
    stream = io.BytesIO()
    large.save(stream, format="PNG")
    return stream.getvalue()


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
