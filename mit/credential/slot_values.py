"""One value for each slot of a status list, and the two packings that are published from it.

0 is valid, 1 invalid for good, 2 suspended.  W3C counts from the most significant bit of a byte
(Bitstring Status List 1.0 section 3.1), IETF from the least (Token Status List section 4.1).  A
whole list is packed in a few passes over bytes; no slot is touched alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from mit.credential.claims import SLOTS_IN_A_LIST
from mit.errors import InputError

VALID, INVALID, SUSPENDED = 0, 1, 2
#: Which value the bit of a purpose stands for.
VALUE_OF_PURPOSE: Final[Mapping[str, int]] = {"revocation": INVALID, "suspension": SUSPENDED}
#: Slots in one byte of a bitstring, and in one byte of two bits each.
_IN_BITS, _IN_PAIRS = 8, 4
_PAIRS = [[byte >> shift & 3 for shift in (0, 2, 4, 6)] for byte in range(256)]
#: Bytes that hold no pair 3: that value is nobody's.
_KNOWN_PAIRS = bytes(byte for byte, pairs in enumerate(_PAIRS) if 3 not in pairs)


def slot_values(indexes: Mapping[int, Iterable[int]], *, slots: int = SLOTS_IN_A_LIST) -> bytes:
    """Return one byte for each of *slots*: the value under which the slot stands in *indexes*, or 0.

    Raises:
        InputError: ``status_list_index`` for a slot outside the list.
    """
    values = bytearray(slots)
    for value, chosen in indexes.items():
        for index in chosen:
            if not 0 <= index < slots:
                raise InputError("status_list_index")
            values[index] = value
    return bytes(values)


def bitstring(values: bytes, value: int) -> bytes:
    """Return one bit for each slot, set where it has *value*; the first slot is the highest bit."""
    return _packed(values, _IN_BITS, lambda at: _table({value: 0x80 >> at}))


def pairs(values: bytes) -> bytes:
    """Return two bits for each slot; the first slot is the lowest two bits."""
    return _packed(values, _IN_PAIRS, lambda at: _table({value: value << 2 * at for value in (1, 2, 3)}))


def bits_of_pairs(packed: bytes, value: int) -> bytes:
    """Return the bitstring of *value* from slots of two bits each."""
    high, low = _NIBBLES[value]
    front, back = packed[::2].translate(high), packed[1::2].translate(low)
    return _joined([front, back], len(front))


def has_unknown_value(packed: bytes) -> bool:
    """Say whether a slot of two bits holds the value 3."""
    return bool(packed.translate(None, _KNOWN_PAIRS))


def _packed(values: bytes, slots_in_byte: int, table_at: Callable[[int], bytes]) -> bytes:
    planes = [values[at::slots_in_byte].translate(table_at(at)) for at in range(slots_in_byte)]
    return _joined(planes, len(planes[0]))


def _joined(planes: list[bytes], length: int) -> bytes:
    """Return the bytes that have every bit that one of *planes* has."""
    whole = 0
    for plane in planes:
        whole |= int.from_bytes(plane.ljust(length, b"\0"), "big")
    return whole.to_bytes(length, "big")


def _table(marks: Mapping[int, int]) -> bytes:
    return bytes(marks.get(value, 0) for value in range(256))


def _nibble(pair_values: list[int], value: int) -> int:
    return sum(8 >> at for at, held in enumerate(pair_values) if held == value)


_NIBBLES = {
    value: (
        bytes(_nibble(held, value) << 4 for held in _PAIRS),
        bytes(_nibble(held, value) for held in _PAIRS),
    )
    for value in (INVALID, SUSPENDED)
}
