"""The IETF Token Status List: what is signed, how it is read, and everything that is refused."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.credential import status_cwt
from mit.credential.claims import SLOTS_IN_A_LIST
from mit.credential.cose import EXTERNAL_AAD
from mit.credential.signatures import ORDER, throwaway_signer
from mit.credential.slot_values import INVALID, SUSPENDED, slot_values
from mit.credential.status_list import LIST_LIFE
from mit.credential.token_list import build_token_list, read_token_list, sign_token_list
from mit.errors import UnknownPresentationError
from mit.i18n import knows
from tests.support.specimens import PUBLIC_URL

NOW = datetime(2026, 11, 21, 10, 30, 15, 999_999, UTC)
SIGNER = throwaway_signer()
SLOTS = st.integers(0, SLOTS_IN_A_LIST - 1)
EMPTY = bytes(SLOTS_IN_A_LIST // 4)


def built(revoked: Any = (), suspended: Any = (), list_number: int = 2700) -> bytes:
    values = slot_values({INVALID: revoked, SUSPENDED: suspended})
    return build_token_list(values, list_number, public_url=PUBLIC_URL, now=NOW)


TOKEN = sign_token_list(built([5, SLOTS_IN_A_LIST - 1], [0, 4]), SIGNER)


def claims(**changes: Any) -> bytes:
    """Return the claims of an empty list with members changed by name; None leaves one out."""
    names = {"sub": 2, "exp": 4, "iat": 6, "ttl": 65_534, "status_list": 65_533}
    members = cbor2.loads(built()) | {names[name]: value for name, value in changes.items()}
    return cbor2.dumps({key: value for key, value in members.items() if value is not None}, canonical=True)


def listed(packed: bytes = EMPTY, **changes: Any) -> bytes:
    return claims(status_list={"bits": 2, "lst": zlib.compress(packed), **changes})


@given(st.sets(SLOTS, max_size=60), st.sets(SLOTS, max_size=60))
@settings(deadline=None, max_examples=20)
def test_every_slot_comes_back_with_its_value_and_no_other(revoked: set[int], suspended: set[int]) -> None:
    read = read_token_list(built(revoked - suspended, suspended))
    around = {index + step for index in revoked | suspended for step in (-4, -1, 0, 1, 4)}
    for index in around & set(range(SLOTS_IN_A_LIST)):
        expected = SUSPENDED if index in suspended else INVALID if index in revoked else 0
        assert read.value(index) == expected
        assert read.bits("revocation").is_set(index) is (expected == INVALID)
        assert read.bits("suspension").is_set(index) is (expected == SUSPENDED)
    assert sum(byte.bit_count() for byte in read.packed) == len(revoked | suspended)


def test_it_says_where_it_lives_how_old_it_is_and_how_long_it_may_be_used() -> None:
    members = cbor2.loads(built(list_number=2801))
    begin = int(NOW.timestamp())
    assert {key: value for key, value in members.items() if key != 65_533} == {
        2: f"{PUBLIC_URL}/status/token/2801",
        4: begin + 7 * 24 * 3600,
        6: begin,
        65_534: 300,
    }
    read = read_token_list(built(list_number=2801))
    assert read.list_number == 2801
    assert read.issued_at == NOW.replace(microsecond=0)
    assert read.expires_at - read.issued_at == LIST_LIFE


def test_the_envelope_is_a_tagged_cose_sign1_with_type_and_serial() -> None:
    tagged = cbor2.loads(TOKEN)
    protected, unprotected, payload, signature = tagged.value
    assert tagged.tag == 18
    kid = SIGNER.public_key.kid.to_bytes(2, "big")
    assert cbor2.loads(protected) == {1: -7, 4: kid, 16: "application/statuslist+cwt"}
    assert (unprotected, payload, len(signature)) == ({}, built([5, SLOTS_IN_A_LIST - 1], [0, 4]), 64)


def test_a_slot_beyond_the_end_is_refused() -> None:
    read = read_token_list(built())
    assert read.value(SLOTS_IN_A_LIST - 1) == 0
    for index in (-1, SLOTS_IN_A_LIST):
        with pytest.raises(UnknownPresentationError, match="status_list_index"):
            read.value(index)


BAD = [
    ("nothing", b""),
    ("no map", cbor2.dumps([1])),
    ("not the one spelling", claims() + b"\0"),
    ("no address", claims(sub=None)),
    ("another kind's address", claims(sub=f"{PUBLIC_URL}/status/revocation/2700")),
    ("address with a zero in front", claims(sub=f"{PUBLIC_URL}/status/token/02700")),
    ("no instant", claims(iat=None)),
    ("an instant as text", claims(iat="2026-11-21")),
    ("no end", claims(exp=None)),
    ("an end beyond all years", claims(exp=10**15)),
    ("no time to live", claims(ttl=None)),
    ("no list", claims(status_list=None)),
    ("list as bytes", claims(status_list=EMPTY)),
    ("one bit a slot", listed(bits=1)),
    ("bits as a truth value", listed(bits=True)),
    ("no bits", claims(status_list={"lst": zlib.compress(EMPTY)})),
    ("lst as text", listed(lst="x")),
    ("gzip instead of zlib", listed(lst=zlib.compress(EMPTY, wbits=31))),
    ("cut short", listed(lst=zlib.compress(EMPTY)[:-1])),
    ("something behind it", listed(lst=zlib.compress(EMPTY) + b"x")),
    ("too small for the herd", listed(EMPTY[:-2])),
    ("an odd number of bytes", listed(EMPTY + b"\0")),
    ("a bomb", listed(bytes(16 * 1024 * 1024))),
    ("a value that is nobody's", listed(EMPTY[:-1] + b"\xc0")),
]


@pytest.mark.parametrize(("what", "data"), BAD, ids=[row[0] for row in BAD])
def test_everything_else_is_refused_by_name(what: str, data: bytes) -> None:
    with pytest.raises(UnknownPresentationError) as caught:
        read_token_list(data)
    assert caught.value.code == "status_list_malformed"
    assert read_token_list(listed()).value(0) == 0, "the control is a list"


def is_genuine(data: bytes) -> bool:
    try:
        return status_cwt.verify(status_cwt.open_token(data), SIGNER.public_key)
    except UnknownPresentationError as error:
        assert knows(f"errors.{error.code}")
        return False


def test_no_byte_can_be_changed_cut_or_added() -> None:
    assert is_genuine(TOKEN)
    for at in range(len(TOKEN)):
        for mask in (1, 0x80):
            assert not is_genuine(TOKEN[:at] + bytes([TOKEN[at] ^ mask]) + TOKEN[at + 1 :]), at
        assert not is_genuine(TOKEN[:at]), at
    assert not is_genuine(TOKEN + b"\0")


def test_a_twin_a_stranger_and_another_purpose_are_refused() -> None:
    kid, payload = SIGNER.public_key.kid, built()
    s = int.from_bytes(TOKEN[-32:], "big")
    with_aad = status_cwt.to_be_signed(kid, payload).replace(
        b"\x40" + b"\x58", b"\x49" + EXTERNAL_AAD + b"\x58", 1
    )
    for data in (
        TOKEN[:-32] + (ORDER - s).to_bytes(32, "big"),
        sign_token_list(payload, throwaway_signer()),
        status_cwt.assemble(kid, payload, SIGNER.sign(with_aad)),
        status_cwt.assemble(kid, payload, SIGNER.sign(payload)),
    ):
        assert status_cwt.open_token(data)
        assert not is_genuine(data)


@pytest.mark.parametrize("size", [23, 24, 255, 256, 65_535, 65_536, 70_000])
def test_a_payload_of_any_length_is_read_back(size: int) -> None:
    payload = bytes(size)
    signature = SIGNER.sign(status_cwt.to_be_signed(65_535, payload))
    envelope = status_cwt.open_token(status_cwt.assemble(65_535, payload, signature))
    assert (envelope.payload, envelope.signature) == (payload, signature)
    assert status_cwt.verify(envelope, SIGNER.public_key)


def test_what_is_longer_than_any_list_is_not_looked_at() -> None:
    with pytest.raises(UnknownPresentationError, match="token_too_long"):
        status_cwt.open_token(TOKEN + bytes(status_cwt.MOST_BYTES))
    with pytest.raises(UnknownPresentationError, match="token_header"):
        status_cwt.open_token(TOKEN.replace(b"\xff\xff\x10", b"\0\0\x10", 1))
    with pytest.raises(UnknownPresentationError, match="token_header"):
        status_cwt.assemble(0, b"", bytes(64))


def test_an_hour_makes_the_list_an_hour_younger_and_nothing_else() -> None:
    later = build_token_list(
        bytes(SLOTS_IN_A_LIST), 2700, public_url=PUBLIC_URL, now=NOW + timedelta(hours=1)
    )
    first, second = cbor2.loads(built()), cbor2.loads(later)
    assert {key for key in first if first[key] != second[key]} == {4, 6}
