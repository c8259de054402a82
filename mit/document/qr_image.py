"""QR text -> matrix of modules, SVG and PNG; the only door to ``qrcode``.

Error correction is level M; the mask is fixed, because every mask is readable and scoring the
eight of them is most of the cost (formats 2.5).  ``qrcode`` finds the byte and numeric segments
by itself, so the digits of the address cost 3.33 bits each, and places the modules; the bytes are
made by ``qr_codewords``, which is several times faster and gives the same.
"""

from __future__ import annotations

import io
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

import qrcode  # type: ignore[import-untyped]  # has no stubs
from PIL import Image
from qrcode import base, util

from mit.document.qr_codewords import BYTES, NUMERIC, Block, Segment, codewords
from mit.errors import InputError

#: Modules of white that a reader needs around the symbol (ISO/IEC 18004).
QUIET_ZONE_MODULES = 4
#: Every mask is readable; this one breaks up both stripes and chequers.
_MASK = 4
#: The count field of a part grows after these versions.
_LAST_VERSIONS = (9, 26, 40)
_MODE_BITS = 4
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
    code.version = _least_version(code.data_list, len(text))
    if all(part.mode in {NUMERIC, BYTES} for part in code.data_list):
        code.data_cache = codewords(_segments(code), _blocks(code.version))
    code.make(fit=False)
    return tuple(tuple(map(bool, row)) for row in code.modules)


def _least_version(parts: Sequence[util.QRData], length: int) -> int:
    """Return the least version whose room at level M the parts of a text fill.

    Raises:
        InputError: ``qr_too_long``, naming the *length* of the text.
    """
    room = util.BIT_LIMIT_TABLE[qrcode.ERROR_CORRECT_M]
    for last in _LAST_VERSIONS:
        bits = sum(_MODE_BITS + util.length_in_bits(part.mode, last) + _bits(part) for part in parts)
        version = bisect_left(room, bits, 1)
        if version <= last:
            return version
    raise InputError("qr_too_long", where="qr_text", length=length)


def _bits(part: util.QRData) -> int:
    """Return how many bits the content of a part takes in its mode."""
    if part.mode == NUMERIC:
        return 10 * (len(part) // 3) + (0, 4, 7)[len(part) % 3]
    if part.mode == BYTES:
        return 8 * len(part)
    return 11 * (len(part) // 2) + 6 * (len(part) % 2)


def _segments(code: qrcode.QRCode) -> list[Segment]:
    return [
        Segment(part.mode, part.data, util.length_in_bits(part.mode, code.version)) for part in code.data_list
    ]


@cache
def _blocks(version: int) -> tuple[Block, ...]:
    blocks = base.rs_blocks(version, qrcode.ERROR_CORRECT_M)
    return tuple(Block(block.data_count, block.total_count - block.data_count) for block in blocks)


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
