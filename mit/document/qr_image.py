"""QR text -> matrix of modules, SVG and PNG; the only door to ``qrcode``.

Error correction is level M; the mask is fixed, because every mask is readable and scoring the
eight of them is most of the cost (formats 2.5).  ``qrcode`` finds the byte and numeric segments
by itself, so the digits of the address cost 3.33 bits each; the bytes are made by ``qr_codewords``.
Where each bit goes is asked of ``qrcode`` once for every version, and then looked up: the same
symbol, many times faster.
"""

from __future__ import annotations

import io
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import isqrt
from operator import itemgetter

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

_DARK = re.compile(rb"\x01+")
_DIGITS = bytes.maketrans(b"01", b"\0\1")

Matrix = tuple[tuple[bool, ...], ...]


def qr_matrix(text: str) -> Matrix:
    """Return the symbol of *text* as rows of dark (True) and light modules, without quiet zone.

    Raises:
        InputError: ``qr_too_long`` when not even version 40 holds the text.
    """
    return tuple(tuple(map(bool, row)) for row in qr_rows(text))


@lru_cache(maxsize=64)
def qr_rows(text: str) -> tuple[bytes, ...]:
    """Return the symbol of *text* as rows with a byte for each module, 1 for a dark one.

    Raises:
        InputError: ``qr_too_long``.
    """
    code = _read(text)
    if not all(part.mode in {NUMERIC, BYTES} for part in code.data_list):
        code.make(fit=False)
        return tuple(map(bytes, code.modules))
    data = codewords(_segments(code), _blocks(code.version))
    layout = _layout(code.version)
    bits = f"{int.from_bytes(bytes(data), 'big'):0{8 * len(data)}b}0"
    modules = int("".join(layout.pick(bits)), 2) ^ layout.empty
    flat = f"{modules:0{layout.side**2}b}".encode("ascii").translate(_DIGITS)
    return tuple(flat[at : at + layout.side] for at in range(0, len(flat), layout.side))


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things are in the symbols of one version.

    Attributes:
        side: modules in a row.
        empty: the symbol of zeros alone, its modules row by row as one number.
        pick: takes from the bits of a symbol, with a zero behind them, that of each module in turn.
    """

    side: int
    empty: int
    pick: Callable[[str], tuple[str, ...]]


@cache
def _layout(version: int) -> _Layout:
    """Ask ``qrcode`` where it puts every bit: one symbol for each binary digit of their places."""
    count = sum(block.data_bytes + block.correction_bytes for block in _blocks(version))
    empty = _placed(version, bytes(count))
    bits = 8 * count
    places = [0] * len(empty)
    for digit in range(bits.bit_length()):
        asked = int("".join("01"[place >> digit & 1] for place in range(bits)), 2).to_bytes(count, "big")
        for module, (before, after) in enumerate(zip(empty, _placed(version, asked), strict=True)):
            places[module] |= (before != after) << digit
    for module, (before, after) in enumerate(zip(empty, _placed(version, b"\xff" * count), strict=True)):
        if before == after:
            places[module] = bits  # belongs to the symbol itself
    number = int("".join("01"[dark] for dark in empty), 2)
    return _Layout(isqrt(len(empty)), number, itemgetter(*places))


def _placed(version: int, data: bytes) -> list[bool]:
    """Return every module of the symbol that ``qrcode`` makes of *data*, row by row."""
    code = qrcode.QRCode(version, error_correction=qrcode.ERROR_CORRECT_M, border=0, mask_pattern=_MASK)
    code.data_cache = list(data)
    code.make(fit=False)
    return [bool(module) for row in code.modules for module in row]


def _read(text: str) -> qrcode.QRCode:
    """Return *text* cut into parts by their modes, and the least version that holds them.

    Raises:
        InputError: ``qr_too_long``.
    """
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0, mask_pattern=_MASK)
    code.add_data(text)
    code.version = _least_version(code.data_list, len(text))
    return code


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
    version: int = _read(text).version
    return version


def dark_runs(matrix: Sequence[Sequence[bool] | bytes]) -> Iterator[tuple[int, int, int]]:
    """Yield ``(row, first column, length)`` of every horizontal run of dark modules."""
    for row, modules in enumerate(matrix):
        for run in _DARK.finditer(bytes(modules)):
            start, end = run.span()
            yield row, start, end - start


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
