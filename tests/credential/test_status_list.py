from __future__ import annotations

import gzip
import random
import tracemalloc
import zlib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.credential import base64url, canonical_json, jose
from mit.credential.claims import SLOTS_IN_A_LIST
from mit.credential.signatures import throwaway_signer
from mit.credential.status_list import (
    LIST_LIFE,
    build_status_list,
    read_status_list,
    status_list_signing_input,
)
from mit.credential.vc import TYP
from mit.errors import InputError, UnknownPresentationError
from mit.i18n import knows
from tests.support.specimens import PUBLIC_URL

NOW = datetime(2026, 11, 21, 10, 30, 15, 999_999, UTC)


def built(*indexes: int, purpose: str = "revocation", list_number: int = 2700) -> dict[str, Any]:
    return build_status_list(purpose, list_number, indexes, public_url=PUBLIC_URL, now=NOW)


def payload(**changes: Any) -> bytes:
    made = built(1, 2, 3)
    subject = {**made["credentialSubject"], **changes.pop("subject", {})}
    return canonical_json.write({**made, "credentialSubject": subject, **changes})


@given(
    st.sets(st.integers(0, SLOTS_IN_A_LIST - 1), max_size=300), st.sampled_from(["revocation", "suspension"])
)
@settings(deadline=None, max_examples=30)
def test_the_set_slots_come_back_and_no_other(indexes: set[int], purpose: str) -> None:
    made = build_status_list(purpose, 2701, indexes, public_url=PUBLIC_URL, now=NOW)
    bits = read_status_list(canonical_json.write(made))
    assert (bits.purpose, bits.list_number) == (purpose, 2701)
    assert all(bits.is_set(index) for index in indexes)
    assert sum(byte.bit_count() for byte in bits.bits) == len(indexes)


@given(
    st.sets(st.integers(0, SLOTS_IN_A_LIST - 1), max_size=40),
    st.lists(st.integers(0, SLOTS_IN_A_LIST - 1), min_size=1, max_size=200),
)
@settings(deadline=None, max_examples=30)
def test_a_slot_is_set_exactly_where_it_was_set_its_neighbours_too(
    set_ones: set[int], asked: list[int]
) -> None:
    bits = read_status_list(canonical_json.write(built(*set_ones)))
    around = {index + step for index in set_ones for step in range(-9, 10)}
    for index in {*asked, *around} & set(range(SLOTS_IN_A_LIST)):
        assert bits.is_set(index) is (index in set_ones)


def test_an_empty_list_has_no_slot_set() -> None:
    bits = read_status_list(canonical_json.write(built()))
    assert not any(bits.is_set(index) for index in range(0, SLOTS_IN_A_LIST, 997))


@pytest.mark.parametrize("times", [1, 2, 64])
def test_a_longer_list_is_read_to_its_own_end(times: int) -> None:
    data = payload(subject=packed(gzip.compress(FULL * times + (b"" if times == 64 else b"\x01"))))
    bits = read_status_list(data)
    last = 8 * len(bits.bits) - 1
    assert bits.is_set(last) is (times != 64)
    with pytest.raises(UnknownPresentationError):
        bits.is_set(last + 1)


def test_a_list_of_more_than_all_that_is_ever_read_is_refused() -> None:
    with pytest.raises(UnknownPresentationError):
        read_status_list(payload(subject=packed(gzip.compress(FULL * 64 + b"\x00"))))


@pytest.mark.parametrize("seconds", [0, 1, 253_402_300_799])
def test_every_instant_that_can_be_held_is_read(seconds: int) -> None:
    bits = read_status_list(payload(iat=0, exp=seconds))
    assert (int(bits.issued_at.timestamp()), int(bits.expires_at.timestamp())) == (0, seconds)
    with pytest.raises(UnknownPresentationError):
        read_status_list(payload(exp=253_402_300_800))


@pytest.mark.parametrize("list_number", [0, 1, 2700, 9999])
def test_the_number_of_the_list_stands_in_its_address(list_number: int) -> None:
    made = built(list_number=list_number, purpose="suspension")
    assert made["id"] == f"{PUBLIC_URL}/status/suspension/{list_number}"
    assert read_status_list(canonical_json.write(made)).list_number == list_number


@pytest.mark.parametrize(
    "address",
    [
        "/status/revocation/2700",
        f"{PUBLIC_URL}/status/revocation/",
        f"{PUBLIC_URL}/status/revocation/27000",
        f"{PUBLIC_URL}/status/revocation/2700/",
        f"{PUBLIC_URL}/status/revocation/2700\n",
        f"{PUBLIC_URL}/status/REVOCATION/2700",
        f"{PUBLIC_URL}/status/revocation/๒๗๐๐",
        f"a b{PUBLIC_URL}/status/revocation/2700",
        "x" * 301 + "/status/revocation/2700",
        2700,
        None,
    ],
)
def test_an_address_that_is_no_list_s_is_refused(address: object) -> None:
    with pytest.raises(UnknownPresentationError) as caught:
        read_status_list(payload(id=address))
    assert caught.value.code == "status_list_malformed"


def test_the_first_slot_is_the_most_significant_bit_as_w3c_counts() -> None:
    bits = read_status_list(canonical_json.write(built(0, 9, SLOTS_IN_A_LIST - 1))).bits
    assert bits[0] == 0b1000_0000
    assert bits[1] == 0b0100_0000
    assert bits[-1] == 0b0000_0001
    assert len(bits) * 8 == SLOTS_IN_A_LIST >= 131_072


def test_it_says_how_old_it_is_and_how_long_it_may_be_used() -> None:
    made = built()
    begin = NOW.replace(microsecond=0)
    assert made["iat"] == int(begin.timestamp())
    assert made["exp"] - made["iat"] == 7 * 24 * 3600
    assert made["credentialSubject"]["ttl"] == 300_000
    assert (made["validFrom"], made["validUntil"]) == ("2026-11-21T10:30:15Z", "2026-11-28T10:30:15Z")
    bits = read_status_list(canonical_json.write(made))
    assert bits.issued_at == begin
    assert bits.expires_at == begin + LIST_LIFE


def test_the_clock_of_another_time_zone_makes_no_difference() -> None:
    bangkok = NOW.astimezone(timezone(timedelta(hours=7)))
    assert build_status_list("revocation", 2700, [], public_url=PUBLIC_URL, now=bangkok) == built()


def test_it_is_secured_like_any_credential() -> None:
    signer = throwaway_signer()
    signed = status_list_signing_input(built(5), key=signer.public_key, public_url=PUBLIC_URL)
    jws = jose.parse(jose.assemble(signed, signer.sign(signed)), typ=TYP)
    assert jose.verify(jws, signer.public_key)
    assert read_status_list(jws.payload).is_set(5)


def test_the_same_slots_give_the_same_bytes() -> None:
    assert canonical_json.write(built(3, 1, 2)) == canonical_json.write(built(1, 2, 3, 2))


def test_a_list_of_fifty_thousand_stays_small() -> None:
    revoked = random.Random(1).sample(range(SLOTS_IN_A_LIST), 500)
    assert len(canonical_json.write(built(*revoked))) < 3_000


@pytest.mark.parametrize("index", [-1, SLOTS_IN_A_LIST, 10**9])
def test_a_slot_outside_the_list_is_neither_set_nor_read(index: int) -> None:
    with pytest.raises(InputError) as caught:
        built(index)
    assert caught.value.code == "status_list_index"
    with pytest.raises(UnknownPresentationError) as read:
        read_status_list(payload()).is_set(index)
    assert read.value.code == "status_list_index"


def test_there_are_two_purposes_and_no_third() -> None:
    with pytest.raises(InputError) as caught:
        built(purpose="message")
    assert caught.value.code == "status_list_purpose"


def packed(data: bytes) -> dict[str, str]:
    return {"encodedList": "u" + base64url.encode(data)}


FULL = bytes(SLOTS_IN_A_LIST // 8)
BAD = [
    ("not JSON", b"{"),
    ("a list", b"[]"),
    ("another address", payload(id="https://verify.mit.example/lists/2700")),
    ("list number with a zero in front", payload(id=f"{PUBLIC_URL}/status/revocation/02700")),
    ("purpose and address differ", payload(subject={"statusPurpose": "suspension"})),
    ("no subject", payload(credentialSubject=None)),
    ("no list", payload(subject={"encodedList": None})),
    ("without multibase prefix", payload(subject={"encodedList": base64url.encode(gzip.compress(FULL))})),
    ("not base64url", payload(subject={"encodedList": "u+++"})),
    ("not gzip", payload(subject=packed(b"abc"))),
    ("zlib instead of gzip", payload(subject=packed(zlib.compress(FULL)))),
    ("gzip cut short", payload(subject=packed(gzip.compress(FULL)[:-4]))),
    ("gzip with a wrong sum", payload(subject=packed(gzip.compress(FULL)[:-8] + bytes(8)))),
    ("something behind the gzip", payload(subject=packed(gzip.compress(FULL) + b"x"))),
    ("a second gzip behind the first", payload(subject=packed(gzip.compress(FULL) * 2))),
    ("too small for the herd", payload(subject=packed(gzip.compress(FULL[:-1])))),
    ("a bomb", payload(subject=packed(gzip.compress(bytes(64 * 1024 * 1024))))),
    ("no iat", payload(iat=None)),
    ("iat as text", payload(iat="2026-11-21")),
    ("negative iat", payload(iat=-1)),
    ("iat as a truth value", payload(iat=True)),
    ("exp beyond all years", payload(exp=10**15)),
]


@pytest.mark.parametrize(("what", "data"), BAD, ids=[row[0] for row in BAD])
def test_everything_else_is_refused_by_name(what: str, data: bytes) -> None:
    with pytest.raises(UnknownPresentationError) as caught:
        read_status_list(data)
    assert caught.value.code == "status_list_malformed"
    assert knows("errors.status_list_malformed")


def test_a_bomb_is_never_inflated() -> None:
    data = payload(subject=packed(gzip.compress(bytes(256 * 1024 * 1024), compresslevel=1)))
    tracemalloc.start()
    try:
        with pytest.raises(UnknownPresentationError):
            read_status_list(data)
        assert tracemalloc.get_traced_memory()[1] < 16 * 1024 * 1024
    finally:
        tracemalloc.stop()
