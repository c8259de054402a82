from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.credential import cose
from mit.credential.signatures import KeySigner, throwaway_signer
from mit.errors import UnknownPresentationError
from mit.i18n import knows

SIGNER: KeySigner = throwaway_signer()
KID = SIGNER.public_key.kid
payloads = st.binary(max_size=cose.LARGEST_PAYLOAD_BYTES)


def sealed(payload: bytes) -> bytes:
    return cose.assemble(KID, payload, SIGNER.sign(cose.to_be_signed(KID, payload)))


@given(st.integers(1, 65_535), payloads, st.binary(min_size=64, max_size=64))
@settings(deadline=None)
def test_an_envelope_is_read_back_by_position(kid: int, payload: bytes, signature: bytes) -> None:
    data = cose.assemble(kid, payload, signature)
    assert cose.open_envelope(data) == cose.Envelope(kid, payload, signature)


@given(st.integers(1, 65_535), payloads, st.binary(min_size=64, max_size=64))
@settings(deadline=None)
def test_the_bytes_are_those_of_a_cbor_library(kid: int, payload: bytes, signature: bytes) -> None:
    protected = cbor2.dumps({1: -7, 4: kid.to_bytes(2, "big")}, canonical=True)
    envelope = cbor2.CBORTag(18, [protected, {}, payload, signature])
    assert cose.assemble(kid, payload, signature) == cbor2.dumps(envelope, canonical=True)
    structure = ["Signature1", protected, b"MIT-QR-v1", payload]
    assert cose.to_be_signed(kid, payload) == cbor2.dumps(structure, canonical=True)


@given(payloads)
@settings(deadline=None)
def test_a_good_signature_verifies_under_its_own_key_alone(payload: bytes) -> None:
    envelope = cose.open_envelope(sealed(payload))
    assert cose.verify(envelope, SIGNER.public_key)
    assert not cose.verify(envelope, throwaway_signer().public_key)


def test_the_same_key_under_another_serial_does_not_verify() -> None:
    envelope = cose.open_envelope(sealed(b"x"))
    other = cose.Envelope(KID - 1, envelope.payload, envelope.signature)
    assert not cose.verify(other, SIGNER.public_key)
    assert not cose.verify(envelope, replace(SIGNER.public_key, kid=KID - 1))


GOOD = sealed(b"payload")
HEAD = GOOD[: GOOD.index(b"payload") - 1]
BAD = [
    ("nothing", b"", "qr_shape"),
    ("a byte", b"\xd2", "qr_shape"),
    ("no tag", GOOD[1:], "qr_shape"),
    ("another tag", b"\xd1" + GOOD[1:], "qr_shape"),
    ("the tag in its long form", b"\xd8\x12" + GOOD[1:], "qr_shape"),
    ("CWT tag in front", b"\xd8\x3d" + GOOD, "qr_shape"),
    ("array of five", GOOD[:1] + b"\x85" + GOOD[2:], "qr_shape"),
    ("array of indefinite length", GOOD[:1] + b"\x9f" + GOOD[2:] + b"\xff", "qr_shape"),
    ("only the head", GOOD[:2], "qr_header"),
    ("EdDSA", GOOD.replace(b"\xa2\x01\x26", b"\xa2\x01\x27"), "qr_header"),
    ("ES384", GOOD.replace(b"\xa2\x01\x26", b"\xa2\x01\x38\x22"), "qr_header"),
    ("ESP256", GOOD.replace(b"\x47\xa2\x01\x26", b"\x47\xa2\x01\x28"), "qr_header"),
    (
        "kid of one byte",
        GOOD.replace(b"\x47\xa2\x01\x26\x04\x42\xff\xff", b"\x46\xa2\x01\x26\x04\x41\xff"),
        "qr_header",
    ),
    ("empty protected header", b"\xd2\x84\x40" + GOOD[10:], "qr_header"),
    ("something unprotected", GOOD.replace(b"\xff\xff\xa0", b"\xff\xff\xa1\x01\x26"), "qr_header"),
    ("unprotected of indefinite length", GOOD.replace(b"\xff\xff\xa0", b"\xff\xff\xbf\xff"), "qr_header"),
    ("key id 0", GOOD.replace(b"\x42\xff\xff", b"\x42\x00\x00"), "qr_key_id"),
    ("no payload", HEAD, "qr_length"),
    ("payload as text", HEAD + b"\x67payload" + GOOD[-66:], "qr_length"),
    ("null payload", HEAD + b"\xf6" + GOOD[-66:], "qr_length"),
    ("payload length in its long form", HEAD + b"\x58\x07payload" + GOOD[-66:], "qr_length"),
    ("payload length in its longer form", HEAD + b"\x59\x00\x07payload" + GOOD[-66:], "qr_length"),
    ("payload length of four bytes", HEAD + b"\x5a\x00\x00\x00\x07payload" + GOOD[-66:], "qr_length"),
    ("payload longer than it says", HEAD + b"\x46payload" + GOOD[-66:], "qr_length"),
    ("payload shorter than it says", HEAD + b"\x48payload" + GOOD[-66:], "qr_length"),
    ("payload too long", HEAD + b"\x59\x04\x01" + bytes(1025) + GOOD[-66:], "qr_length"),
    ("signature of 63 bytes", HEAD + b"\x47payload\x58\x3f" + GOOD[-63:], "qr_length"),
    ("signature of 65 bytes", HEAD + b"\x47payload\x58\x41" + GOOD[-64:] + b"\x00", "qr_length"),
    ("signature with another head", GOOD[:-66] + b"\x78\x40" + GOOD[-64:], "qr_length"),
    ("signature with the length of another", GOOD[:-66] + b"\x58\x41" + GOOD[-64:], "qr_length"),
    ("trailing byte", GOOD + b"\x00", "qr_length"),
    ("cut short", GOOD[:-1], "qr_length"),
]


@pytest.mark.parametrize(("what", "data", "code"), BAD, ids=[row[0] for row in BAD])
def test_every_other_envelope_is_refused_by_name(what: str, data: bytes, code: str) -> None:
    assert data != GOOD
    with pytest.raises(UnknownPresentationError) as caught:
        cose.open_envelope(data)
    assert caught.value.code == code
    assert knows(f"errors.{code}")


@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda more: HEAD + more))
@settings(deadline=None, max_examples=300)
def test_what_is_opened_has_this_one_spelling(data: bytes) -> None:
    try:
        envelope = cose.open_envelope(data)
    except UnknownPresentationError:
        return
    assert cose.assemble(envelope.kid, envelope.payload, envelope.signature) == data


@pytest.mark.parametrize("kid", [0, -1, 65_536])
def test_no_envelope_is_made_under_a_serial_outside_its_range(kid: int) -> None:
    with pytest.raises(UnknownPresentationError) as caught:
        cose.to_be_signed(kid, b"")
    assert caught.value.code == "qr_key_id"


def test_no_envelope_is_made_around_a_payload_that_is_too_long() -> None:
    with pytest.raises(UnknownPresentationError) as caught:
        cose.assemble(1, bytes(cose.LARGEST_PAYLOAD_BYTES + 1), bytes(64))
    assert caught.value.code == "qr_length"


values = st.recursive(
    st.integers(0, 2**64 - 1) | st.binary(max_size=20) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.integers(0, 300), inner, max_size=4),
    max_leaves=12,
)


@given(values)
@settings(deadline=None)
def test_a_value_comes_back_from_deterministic_cbor(value: object) -> None:
    data = cose.encode(value)
    assert cose.decode(data) == value
    assert cose.encode(cose.decode(data)) == data


def test_an_encoder_that_refused_something_refuses_nothing_else() -> None:
    """What is kept for the next value must not remember the last one."""
    endless: list[object] = [1, "a"]
    endless.append(endless)
    for bad in (endless, {1: [object()]}, [{2: endless}], "\ud800"):
        with pytest.raises((cbor2.CBOREncodeError, ValueError)):
            cose.encode(bad)
        assert cose.encode([1, "a"]) == cbor2.dumps([1, "a"], canonical=True)


cbor_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.binary(max_size=30) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.integers(0, 300), inner, max_size=4),
    max_leaves=12,
)


@given(cbor_values, cbor_values)
@settings(deadline=None, max_examples=60)
def test_one_value_after_another_is_written_as_by_a_new_encoder(first: object, second: object) -> None:
    for value in (first, second, first):
        assert cose.encode(value) == cbor2.dumps(value, canonical=True)
        assert cose.decode(cose.encode(value)) == value


def test_threads_do_not_share_an_encoder() -> None:
    values = [{1: [at, "x" * at], 2: bytes(at)} for at in range(200)]
    with ThreadPoolExecutor(4) as pool:
        written = list(pool.map(cose.encode, values * 5))
    assert written == [cbor2.dumps(value, canonical=True) for value in values] * 5
