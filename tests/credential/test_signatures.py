from __future__ import annotations

import copy
import pickle

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.credential.signatures import (
    ORDER,
    KeySigner,
    is_low_s,
    is_signed_by,
    raw_low_s,
    throwaway_signer,
)

PRIVATE = ec.generate_private_key(ec.SECP256R1())
SIGNER = KeySigner(PRIVATE, 9, demo=False)


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_what_was_signed_is_recognised_and_always_has_low_s(data: bytes) -> None:
    signature = SIGNER.sign(data)
    assert is_low_s(signature)
    assert is_signed_by(SIGNER.public_key, data, signature)
    assert SIGNER.sign(data) == signature


@given(st.binary(min_size=1, max_size=100), st.data())
@settings(deadline=None)
def test_one_flipped_bit_is_refused(data: bytes, draw: st.DataObject) -> None:
    signature = bytearray(SIGNER.sign(data))
    at = draw.draw(st.integers(0, 511))
    signature[at // 8] ^= 1 << (at % 8)
    assert not is_signed_by(SIGNER.public_key, data, bytes(signature))
    changed = bytearray(data)
    at = draw.draw(st.integers(0, 8 * len(data) - 1))
    changed[at // 8] ^= 1 << (at % 8)
    assert not is_signed_by(SIGNER.public_key, bytes(changed), SIGNER.sign(data))


@given(st.binary(max_size=50))
@settings(deadline=None)
def test_any_der_signature_is_brought_to_low_s_and_still_verifies(data: bytes) -> None:
    der = PRIVATE.sign(data, ec.ECDSA(hashes.SHA256()))
    r, s = decode_dss_signature(der)
    for form in (der, encode_dss_signature(r, ORDER - s)):
        assert raw_low_s(form) == r.to_bytes(32, "big") + min(s, ORDER - s).to_bytes(32, "big")
        assert is_signed_by(SIGNER.public_key, data, raw_low_s(form))


def test_the_twin_satisfies_the_equation_and_is_refused() -> None:
    signature = SIGNER.sign(b"x")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    PRIVATE.public_key().verify(encode_dss_signature(r, ORDER - s), b"x", ec.ECDSA(hashes.SHA256()))
    twin = signature[:32] + (ORDER - s).to_bytes(32, "big")
    assert not is_low_s(twin)
    assert not is_signed_by(SIGNER.public_key, b"x", twin)


NUMBERS = (0, 1, ORDER // 2, ORDER // 2 + 1, ORDER - 1, ORDER, 2**256 - 1)


@pytest.mark.parametrize("r", NUMBERS)
@pytest.mark.parametrize("s", NUMBERS)
def test_numbers_outside_their_range_are_refused_before_the_curve_is_asked(r: int, s: int) -> None:
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    assert is_low_s(signature) is (0 < r < ORDER and 0 < s <= ORDER // 2)
    assert not is_signed_by(SIGNER.public_key, b"x", signature)


@pytest.mark.parametrize("length", [0, 1, 63, 65, 128])
def test_a_signature_of_another_length_is_refused(length: int) -> None:
    assert not is_signed_by(SIGNER.public_key, b"x", bytes(length))


def test_the_order_is_that_of_the_curve() -> None:
    with pytest.raises(ValueError, match=r".*"):
        ec.derive_private_key(ORDER, ec.SECP256R1())
    last = ec.derive_private_key(ORDER - 1, ec.SECP256R1()).public_key().public_numbers()
    first = ec.derive_private_key(1, ec.SECP256R1()).public_key().public_numbers()
    assert last.x == first.x  # (n − 1)·G is −G


def test_a_signer_shows_its_number_and_nothing_of_its_key() -> None:
    secret = PRIVATE.private_numbers().private_value
    for shown in (repr(SIGNER), str(SIGNER), f"{SIGNER}"):
        assert shown == "KeySigner(kid=9)"
        assert str(secret) not in shown
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            attempt(SIGNER)


def test_throwaway_keys_differ_and_are_marked() -> None:
    first, second = throwaway_signer(), throwaway_signer()
    assert first.public_key.thumbprint != second.public_key.thumbprint
    assert first.public_key.demo
    assert not is_signed_by(second.public_key, b"x", first.sign(b"x"))
