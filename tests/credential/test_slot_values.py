"""The two packings of one value for each slot: bit orders, neighbours, and the way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.credential.slot_values import (
    INVALID,
    SUSPENDED,
    bits_of_pairs,
    bitstring,
    has_unknown_value,
    pairs,
    slot_values,
)
from mit.errors import InputError

VALUES = st.lists(st.sampled_from([0, 0, 0, 1, 2]), min_size=8, max_size=400).map(
    lambda values: bytes(values[: len(values) // 8 * 8])
)


def test_two_bits_a_slot_are_packed_as_the_draft_shows() -> None:
    """draft-ietf-oauth-status-list section 4.1: twelve statuses, the first in the lowest bits."""
    assert pairs(bytes([1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3])) == bytes.fromhex("c944f9")


def test_one_bit_a_slot_is_packed_from_the_highest() -> None:
    assert bitstring(bytes([1, 2, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 2]), INVALID) == b"\x81\x80"
    assert bitstring(bytes([1, 2, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 2]), SUSPENDED) == b"\x40\x01"


@given(VALUES)
def test_both_packings_hold_each_slot_where_a_reader_looks(values: bytes) -> None:
    two, revoked, suspended = pairs(values), bitstring(values, INVALID), bitstring(values, SUSPENDED)
    for at, value in enumerate(values):
        assert two[at // 4] >> 2 * (at % 4) & 3 == value
        assert (revoked[at // 8] >> 7 - at % 8 & 1, suspended[at // 8] >> 7 - at % 8 & 1) == (
            value == INVALID,
            value == SUSPENDED,
        )
    assert (bits_of_pairs(two, INVALID), bits_of_pairs(two, SUSPENDED)) == (revoked, suspended)


@given(VALUES, st.data())
def test_the_value_that_is_nobodys_is_noticed(values: bytes, draw: st.DataObject) -> None:
    assert not has_unknown_value(pairs(values))
    at = draw.draw(st.integers(0, len(values) - 1))
    assert has_unknown_value(pairs(values[:at] + b"\3" + values[at + 1 :]))


@pytest.mark.parametrize("index", [-1, 16])
def test_a_slot_outside_the_list_is_refused(index: int) -> None:
    with pytest.raises(InputError, match="status_list_index"):
        slot_values({INVALID: [index]}, slots=16)
    assert slot_values({INVALID: [0], SUSPENDED: [15]}, slots=16) == b"\1" + bytes(14) + b"\2"
