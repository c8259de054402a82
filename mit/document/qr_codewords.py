"""The bytes inside a QR symbol, error correction included, by table instead of by polynomial.

``qrcode`` writes bit after bit and divides polynomials coefficient by coefficient; for a symbol of
version 12 that is a third of the whole certificate's time.  This gives the same bytes, and the
tests hold them against ``qrcode``'s own.  Source: ISO/IEC 18004, 7.4 (data) and 7.5 (correction).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

NUMERIC, BYTES = 1, 4
#: x⁸ + x⁴ + x³ + x² + 1, the field polynomial of QR codes.
_FIELD = 0x11D
_PADS = (0xEC, 0x11)
_MODE_BITS = 4
_MOST_TERMINATOR_BITS = 4
#: Bits of three, two and one digits.
_DIGIT_BITS = {3: 10, 2: 7, 1: 4}


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the text in one mode; ``count_bits`` is the width of its count field."""

    mode: int
    data: bytes
    count_bits: int


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a symbol: how many bytes of data and of correction it holds."""

    data_bytes: int
    correction_bytes: int


def codewords(segments: Iterable[Segment], blocks: Sequence[Block]) -> list[int]:
    """Return every byte of the symbol in the order in which they are placed.

    Raises:
        ValueError: the segments do not fit.
    """
    data = _padded(segments, sum(block.data_bytes for block in blocks))
    cut, at = [], 0
    for block in blocks:
        cut.append(data[at : at + block.data_bytes])
        at += block.data_bytes
    corrections = [correction(part, block.correction_bytes) for part, block in zip(cut, blocks, strict=True)]
    return _interleaved(cut) + _interleaved(corrections)


def correction(data: bytes, count: int) -> bytes:
    """Return the *count* Reed–Solomon bytes that follow *data*."""
    table, top = _table(count), 8 * (count - 1)
    kept = (1 << top) - 1
    rest = 0
    for byte in data:
        rest = ((rest & kept) << 8) ^ table[(rest >> top) ^ byte]
    return rest.to_bytes(count, "big")


def _padded(segments: Iterable[Segment], capacity: int) -> bytes:
    """Return the segments as bytes, ended and filled up to *capacity*."""
    bits, length = 0, 0
    for segment in segments:
        for value, width in (
            (segment.mode, _MODE_BITS),
            (len(segment.data), segment.count_bits),
            _written(segment),
        ):
            bits, length = bits << width | value, length + width
    room = 8 * capacity - length
    if room < 0:
        raise ValueError("the segments do not fit into the symbol")
    end = min(room, _MOST_TERMINATOR_BITS)
    end += -(length + end) % 8
    data = (bits << end).to_bytes((length + end) // 8, "big")
    pads = capacity - len(data)
    return data + bytes(_PADS[at % 2] for at in range(pads))


def _written(segment: Segment) -> tuple[int, int]:
    """Return the segment's bits as a number, and how many there are."""
    if segment.mode == BYTES:
        return int.from_bytes(segment.data, "big"), 8 * len(segment.data)
    bits, length = 0, 0
    for at in range(0, len(segment.data), 3):
        digits = segment.data[at : at + 3]
        width = _DIGIT_BITS[len(digits)]
        bits, length = bits << width | int(digits), length + width
    return bits, length


def _interleaved(parts: Sequence[bytes]) -> list[int]:
    """Return the first byte of each part, then the second of each, and so on."""
    longest = max(map(len, parts))
    return [part[at] for at in range(longest) for part in parts if at < len(part)]


@cache
def _table(count: int) -> tuple[int, ...]:
    """Return what each leading byte subtracts from the *count* bytes behind it."""
    generator = [1]
    root = 1
    for _ in range(count):
        shifted = [*generator, 0]
        for at, coefficient in enumerate(generator, 1):
            shifted[at] ^= _times(coefficient, root)
        generator, root = shifted, _times(root, 2)
    return tuple(
        int.from_bytes(bytes(_times(lead, coefficient) for coefficient in generator[1:]), "big")
        for lead in range(256)
    )


def _times(a: int, b: int) -> int:
    """Return the product of two elements of the field."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = a << 1 ^ (_FIELD if a & 0x80 else 0)
        b >>= 1
    return product
