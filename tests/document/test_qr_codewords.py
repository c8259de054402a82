"""Our bytes of a QR symbol are ``qrcode``'s own, for every version, and correct what was damaged."""

from __future__ import annotations

import pytest
import qrcode
from hypothesis import given
from hypothesis import strategies as st
from qrcode import base, util

from mit.document.qr_codewords import BYTES, NUMERIC, Block, Segment, codewords, correction

M = qrcode.constants.ERROR_CORRECT_M


def segments_of(data: list[util.QRData], version: int) -> list[Segment]:
    return [Segment(part.mode, part.data, util.length_in_bits(part.mode, version)) for part in data]


def blocks_of(version: int) -> list[Block]:
    return [
        Block(block.data_count, block.total_count - block.data_count) for block in base.rs_blocks(version, M)
    ]


def parts(*texts: tuple[str, int]) -> list[util.QRData]:
    return [util.QRData(text.encode(), mode=mode) for text, mode in texts]


@pytest.mark.parametrize("version", range(1, 41))
def test_every_version_has_the_bytes_of_qrcode(version: int) -> None:
    capacity = sum(block.data_bytes for block in blocks_of(version))
    data = parts(("https://x/v/"[: capacity // 4], BYTES), ("1234567890" * (capacity // 8), NUMERIC))
    assert codewords(segments_of(data, version), blocks_of(version)) == util.create_data(version, M, data)


@given(st.text("0123456789", min_size=1, max_size=470), st.binary(min_size=1, max_size=30))
def test_any_address_and_digits_have_the_bytes_of_qrcode(digits: str, address: bytes) -> None:
    data = [util.QRData(address, mode=BYTES), util.QRData(digits.encode(), mode=NUMERIC)]
    assert codewords(segments_of(data, 12), blocks_of(12)) == util.create_data(12, M, data)


@given(st.integers(0, 12), st.integers(2, 16))
def test_a_symbol_that_is_full_or_nearly_so_is_ended_as_qrcode_does(short_by: int, version: int) -> None:
    capacity = sum(block.data_bytes for block in blocks_of(version))
    room = capacity * 8 - 4 - util.length_in_bits(BYTES, version)
    data = [util.QRData(b"a" * max(1, room // 8 - short_by), mode=BYTES)]
    assert codewords(segments_of(data, version), blocks_of(version)) == util.create_data(version, M, data)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        codewords([Segment(BYTES, b"a" * 200, 8)], blocks_of(1))


@given(st.binary(min_size=1, max_size=60), st.integers(2, 30))
def test_data_and_correction_together_leave_no_rest(data: bytes, count: int) -> None:
    assert correction(data + correction(data, count), count) == bytes(count)


@given(st.binary(min_size=2, max_size=60), st.data())
def test_a_damaged_byte_leaves_a_rest(data: bytes, chance: st.DataObject) -> None:
    whole = bytearray(data + correction(data, 18))
    at = chance.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= chance.draw(st.integers(1, 255))
    assert correction(bytes(whole), 18) != bytes(18)
