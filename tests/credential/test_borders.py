"""Every codec at its borders: the last thing that is taken, and beside it the first that is not."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from mit.credential import base64url, canonical_json, cose, jose, text, vc
from mit.credential.claims import SLOTS_IN_A_LIST
from mit.credential.coverage import in_reading_order, parse_coverage
from mit.credential.issuer import parse_issuer_profiles
from mit.credential.public_keys import (
    LARGEST_KEY_ID,
    did_document,
    issuer_did,
    public_key,
    public_key_from_jwk,
    public_key_from_pem,
)
from mit.credential.signatures import throwaway_signer
from mit.credential.slot_values import INVALID, SUSPENDED, slot_values
from mit.credential.status_list import instant, read_status_list, status_list_of_bits
from mit.credential.token_list import build_token_list, read_token_list
from mit.credential.untp import in_both
from mit.errors import InputError, UnknownPresentationError
from tests.credential.test_issuer import entry
from tests.support.specimens import PUBLIC_URL, claims, natural_person, product

NOW = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)
SIGNER = throwaway_signer()


# --- the issuer


def issuer_faults(*entries: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    with pytest.raises(InputError) as refused:
        parse_issuer_profiles(json.dumps(entries))
    return [(fault.code, fault.where, dict(fault.params)) for fault in refused.value.faults]


def test_an_issuer_may_be_in_force_for_a_single_day_and_not_for_less() -> None:
    (profile,) = parse_issuer_profiles(json.dumps([entry(in_force_until="2020-01-01")]))
    assert profile.in_force_from == profile.in_force_until
    assert issuer_faults(entry(in_force_until="2019-12-31")) == [
        ("issuer_period", "in_force_from 2020-01-01", {})
    ]


def test_six_odd_members_are_named_each_by_forty_signs() -> None:
    many = {f"{'x' * 60}{at}": "" for at in range(9)}
    ((code, where, params),) = issuer_faults({**entry(), **many})
    named = params["members"].split(", ")
    assert (code, where, named) == ("issuer_members", "[1]", ["x" * 40] * 6)


def test_one_member_too_few_and_one_too_many_are_both_named() -> None:
    odd = entry(logo="x.png")
    del odd["name_en"]
    ((_, _, params),) = issuer_faults(odd)
    assert params == {"members": "logo, name_en"}


def test_the_members_that_may_be_left_out_are_not_asked_for() -> None:
    without = entry()
    del without["digits"]
    assert parse_issuer_profiles(json.dumps([without]))[0].digits == "arabic"
    assert parse_issuer_profiles(json.dumps([entry(digits="thai")]))[0].digits == "thai"


def test_a_profile_with_a_fault_and_one_without_are_refused_together() -> None:
    faults = issuer_faults(entry(), entry(name_th=""), entry(mark="x", digits="y"))
    assert [(code, where) for code, where, _ in faults] == [
        ("issuer_text", "[2].name_th"),
        ("issuer_mark", "[3].mark"),
        ("issuer_digits", "[3].digits"),
    ]


# --- keys


@pytest.mark.parametrize(
    ("kid", "is_taken"), [(0, False), (1, True), (65_535, True), (65_536, False), (-1, False)]
)
def test_a_serial_fits_into_two_bytes_and_is_not_zero(kid: int, is_taken: bool) -> None:
    assert LARGEST_KEY_ID == 65_535
    key = SIGNER.public_key.key
    if is_taken:
        assert public_key_from_jwk(public_key(kid, key, demo=False).jwk()).kid == kid
        return
    with pytest.raises(InputError, match="key_id_range"):
        public_key(kid, key, demo=False)


def pem_of(key: Any) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: ec.generate_private_key(ec.SECP384R1()), "key_not_p256"),
        (lambda: ec.generate_private_key(ec.SECP256K1()), "key_not_p256"),
        (ed25519.Ed25519PrivateKey.generate, "key_not_p256"),
        (lambda: rsa.generate_private_key(65_537, 2_048), "key_not_p256"),
    ],
    ids=["P-384", "secp256k1", "Ed25519", "RSA"],
)
def test_only_keys_on_p256_are_taken(make: Callable[[], Any], code: str) -> None:
    with pytest.raises(InputError, match=code):
        public_key_from_pem(1, pem_of(make()))


def test_a_key_from_a_file_is_no_demo_key_unless_it_is_said() -> None:
    pem = pem_of(ec.generate_private_key(ec.SECP256R1()))
    assert public_key_from_pem(1, pem).demo is False
    assert public_key_from_pem(1, pem, demo=True).demo is True
    for spoiled in (
        "",
        "no key",
        pem.replace("BEGIN PUBLIC", "BEGIN PRIVATE"),
        pem[:-60],
        "\ud800"[:0] + "x",
    ):
        with pytest.raises(InputError, match="key_malformed"):
            public_key_from_pem(1, spoiled)


JWK = SIGNER.public_key.jwk()
JWK_TWINS: list[tuple[str, dict[str, Any], str]] = [
    ("its private half", {"d": "AA"}, "key_malformed"),
    ("another algorithm", {"alg": "ES384"}, "key_malformed"),
    ("no algorithm", {"alg": None}, "key_malformed"),
    ("serial as text", {"mit_kid": "1"}, "key_malformed"),
    ("serial as a truth value", {"mit_kid": True}, "key_malformed"),
    ("no serial", {"mit_kid": None}, "key_malformed"),
    ("serial out of range", {"mit_kid": 65_536}, "key_id_range"),
    ("another thumbprint", {"kid": "A" * 43}, "key_malformed"),
    ("another kind", {"kty": "RSA"}, "key_not_p256"),
    ("another curve", {"crv": "P-384"}, "key_not_p256"),
    ("a short coordinate", {"x": base64url.encode(bytes(31))}, "key_malformed"),
    ("a long coordinate", {"y": base64url.encode(bytes(33))}, "key_malformed"),
    ("a coordinate as a number", {"x": 5}, "key_malformed"),
    ("padded", {"x": str(JWK["x"]) + "="}, "key_malformed"),
    ("off the curve", {"y": base64url.encode(bytes(31) + b"\x05")}, "key_malformed"),
]


@pytest.mark.parametrize(("what", "change", "code"), JWK_TWINS, ids=[row[0] for row in JWK_TWINS])
def test_a_published_key_with_a_flaw_is_refused(what: str, change: dict[str, Any], code: str) -> None:
    assert public_key_from_jwk(JWK) == SIGNER.public_key
    with pytest.raises(InputError) as refused:
        public_key_from_jwk({**JWK, **change})
    assert refused.value.code == code


@pytest.mark.parametrize("document", [None, [], "{}", 5, {}])
def test_what_is_no_key_at_all_is_refused(document: object) -> None:
    with pytest.raises(InputError, match="key_not_p256"):
        public_key_from_jwk(document)


@pytest.mark.parametrize(
    ("url", "did"),
    [
        ("https://verify.mit.example", "did:web:verify.mit.example"),
        ("https://VERIFY.mit.example/", "did:web:verify.mit.example"),
        ("http://localhost:8000", "did:web:localhost%3A8000"),
        ("https://a.example/one/two/", "did:web:a.example:one:two"),
        ("http://[::1]:8000", "did:web:%5B%3A%3A1%5D%3A8000"),
    ],
)
def test_the_name_of_the_issuer_follows_from_the_address(url: str, did: str) -> None:
    assert issuer_did(url) == did
    document = did_document(url, [SIGNER.public_key])
    assert document["id"] == did
    assert document["assertionMethod"] == [f"{did}#{SIGNER.public_key.thumbprint}"]


# --- words in a QR


@pytest.mark.parametrize("value", [None, 5, [], {}, b"", "", 1.5, ("ก",)])
def test_a_word_of_a_qr_is_bytes_or_text_and_not_empty(value: object) -> None:
    with pytest.raises(UnknownPresentationError, match="qr_text_kind"):
        text.from_qr_text(value)


@pytest.mark.parametrize("byte", [0x00, 0x1F, 0x7F, 0x80, 0xA0, 0xDB, 0xDE, 0xFC, 0xFF])
def test_a_byte_that_readers_take_differently_is_refused(byte: int) -> None:
    with pytest.raises(UnknownPresentationError, match="qr_text_bytes"):
        text.from_qr_text(b"A" + bytes([byte]))


@pytest.mark.parametrize("byte", [0x20, 0x7E, 0xA1, 0xDA, 0xDF, 0xFB])
def test_the_bytes_beside_it_are_taken_and_come_back(byte: int) -> None:
    read = text.from_qr_text(bytes([byte]))
    assert text.to_qr_text(read) == bytes([byte])


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("สยาม", "qr_text_spelling"),
        ("plain", "qr_text_spelling"),
        ("Café\u202e", "qr_text_sign"),
        ("Café\x00", "qr_text_sign"),
        ("É\ud800", "qr_text_sign"),
    ],
)
def test_a_text_that_would_have_fitted_or_holds_a_forbidden_sign_is_refused(value: str, code: str) -> None:
    with pytest.raises(UnknownPresentationError, match=code):
        text.from_qr_text(value)


def test_a_text_that_fits_into_no_byte_is_taken() -> None:
    assert text.from_qr_text("Café") == "Café"


# --- tokens


def token(header: bytes, payload: bytes = b"{}", signature: bytes = bytes(64)) -> str:
    return ".".join(map(base64url.encode, (header, payload, signature)))


def head(**members: Any) -> bytes:
    return canonical_json.write({"alg": "ES256", "kid": "k", "typ": "t"} | members)


def test_a_header_of_1024_signs_is_read_and_one_sign_more_is_not() -> None:
    room = 768 - len(head(iss=""))  # 768 bytes are 1,024 signs
    longest = token(head(iss="x" * room))
    assert len(longest.partition(".")[0]) == 1_024
    assert jose.parse(longest, typ="t").header["iss"] == "x" * room
    with pytest.raises(UnknownPresentationError, match="token_header"):
        jose.parse(token(head(iss="x" * (room + 1))), typ="t")


def test_a_token_is_as_long_as_is_allowed_and_no_longer() -> None:
    whole = token(head())
    assert jose.parse(whole, typ="t", most_characters=len(whole)).payload == b"{}"
    with pytest.raises(UnknownPresentationError, match="token_too_long"):
        jose.parse(whole, typ="t", most_characters=len(whole) - 1)


@pytest.mark.parametrize(
    ("made", "code"),
    [
        ("a.b", "token_shape"),
        ("a.b.c.d", "token_shape"),
        ("a..c", "token_shape"),
        (token(head(), signature=bytes(63)), "token_signature"),
        (token(head(), signature=bytes(65)), "token_signature"),
        (token(head(alg="none")), "token_algorithm"),
        (token(head(alg="HS256")), "token_algorithm"),
        (token(head(typ="T")), "token_type"),
        (token(head(jwk="x")), "token_header"),
        (token(head(crit="x")), "token_header"),
        (token(head(kid=5)), "token_header"),
        (token(b'{"alg":"ES256","kid":"k"}'), "token_header"),
        (token(b'{"typ":"t","kid":"k","alg":"ES256"}'), "token_header"),
        (token(b"[]"), "token_header"),
        (token(b'"x"'), "token_header"),
        (token(head()).replace(".", "=.", 1), "token_base64url"),
    ],
)
def test_a_token_of_another_shape_is_refused_by_name(made: str, code: str) -> None:
    with pytest.raises(UnknownPresentationError) as refused:
        jose.parse(made, typ="t")
    assert refused.value.code == code


# --- the place in the status lists


def credential(change: Callable[[dict[str, Any]], None]) -> bytes:
    document = deepcopy(vc.credential_document(claims(), public_url=PUBLIC_URL))
    change(document)
    return canonical_json.write(document)


@dataclass(frozen=True)
class Place:
    """A list and an index as texts of a credential, and whether they are a place."""

    list_text: str
    index_text: str
    is_place: bool


PLACES = [
    Place("2700", "0", True),
    Place("0", "0", True),
    Place("9999", str(SLOTS_IN_A_LIST - 1), True),
    Place("10000", "0", False),
    Place("2700", str(SLOTS_IN_A_LIST), False),
    Place("2700", "00", False),
    Place("02700", "0", False),
    Place("2700", "-1", False),
    Place("2700", "+1", False),
    Place("2700", "1.0", False),
    Place("2700", " 1", False),
    Place("2700", "", False),
    Place("2700", "๑", False),
    Place("2700", "²", False),
    Place("2700", "1" * 5_000, False),
    Place("x", "1", False),
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.list_text} {place.index_text[:9]}")
def test_a_place_in_the_lists_is_two_whole_numbers_within_them(place: Place) -> None:
    def change(document: dict[str, Any]) -> None:
        for one in document["credentialStatus"]:
            start = one["statusListCredential"].rpartition("/")[0]
            one["statusListCredential"] = f"{start}/{place.list_text}"
            one["statusListIndex"] = place.index_text

    payload = credential(change)
    if place.is_place:
        slot = vc.read_credential(payload).slot
        assert (str(slot.list_number), str(slot.index)) == (place.list_text, place.index_text)
        return
    with pytest.raises(UnknownPresentationError) as refused:
        vc.read_credential(payload)
    assert (refused.value.code, refused.value.where) == ("credential_malformed", "credentialStatus")


def _drop_one(document: dict[str, Any]) -> None:
    del document["credentialStatus"][1]


def _add_one(document: dict[str, Any]) -> None:
    document["credentialStatus"].append(document["credentialStatus"][0])


def _other_order(document: dict[str, Any]) -> None:
    document["credentialStatus"].reverse()


def _two_places(document: dict[str, Any]) -> None:
    document["credentialStatus"][1]["statusListIndex"] = "9"


def _no_list(document: dict[str, Any]) -> None:
    document["credentialStatus"] = document["credentialStatus"][0]


def _as_a_number(document: dict[str, Any]) -> None:
    document["credentialStatus"][0]["statusListIndex"] = 9


@pytest.mark.parametrize("change", [_drop_one, _add_one, _other_order, _two_places, _no_list, _as_a_number])
def test_a_credential_has_one_place_for_both_purposes_in_their_order(
    change: Callable[[dict[str, Any]], None],
) -> None:
    with pytest.raises(UnknownPresentationError, match="credential_malformed"):
        vc.read_credential(credential(change))


@given(st.integers(-(2**64), 2**64) | st.booleans() | st.none() | st.text(max_size=3))
def test_a_signed_instant_is_a_whole_number_of_seconds_that_a_calendar_has(value: object) -> None:
    try:
        at = instant(value)
    except UnknownPresentationError as refused:
        assert refused.code == "status_list_malformed"
        return
    assert type(value) is int
    assert at.timestamp() == value


# --- lists at their smallest and largest


def bitstring_list(bits: bytes) -> bytes:
    return canonical_json.write(status_list_of_bits("revocation", 2700, bits, public_url=PUBLIC_URL, now=NOW))


@pytest.mark.parametrize(("size", "is_taken"), [(16_383, False), (16_384, True), (16_385, True)])
def test_a_bitstring_has_a_place_for_every_slot(size: int, is_taken: bool) -> None:
    payload = bitstring_list(bytes(size))
    if is_taken:
        assert len(read_status_list(payload).bits) == size
        return
    with pytest.raises(UnknownPresentationError, match="status_list_malformed"):
        read_status_list(payload)


def token_list(packed: bytes, **changes: Any) -> bytes:
    members = cose.decode(build_token_list(bytes(SLOTS_IN_A_LIST), 2700, public_url=PUBLIC_URL, now=NOW))
    assert isinstance(members, dict)
    members[65_533] = {"bits": 2, "lst": zlib.compress(packed), **changes}
    return cose.encode(members)


_SIZE = SLOTS_IN_A_LIST // 4


@pytest.mark.parametrize(
    ("packed", "is_taken"),
    [
        (bytes(_SIZE), True),
        (bytes(_SIZE + 2), True),
        (bytes(_SIZE - 2), False),
        (bytes(_SIZE + 1), False),  # a byte that is no pair of bytes
        (bytes(64 * _SIZE), True),
        (bytes(64 * _SIZE + 2), False),
        (bytes(_SIZE - 1) + b"\x03", False),  # the value 3 is nobody's
        (bytes(_SIZE - 1) + b"\x02", True),
    ],
    ids=["least", "two more", "two less", "odd", "most", "beyond", "value 3", "value 2"],
)
def test_a_token_list_is_no_smaller_no_larger_and_has_known_values(packed: bytes, is_taken: bool) -> None:
    if is_taken:
        assert len(read_token_list(token_list(packed)).packed) == len(packed)
        return
    with pytest.raises(UnknownPresentationError, match="status_list_malformed"):
        read_token_list(token_list(packed))


@pytest.mark.parametrize(
    "changes",
    [
        {"bits": 1},
        {"bits": 4},
        {"bits": True},
        {"bits": "2"},
        {"lst": "text"},
        {"lst": b"no zlib"},
        {"lst": zlib.compress(bytes(_SIZE)) + b"more"},
        {"lst": zlib.compress(bytes(_SIZE))[:-4]},
    ],
    ids=str,
)
def test_a_token_list_of_another_shape_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(UnknownPresentationError, match="status_list_malformed"):
        read_token_list(token_list(bytes(_SIZE), **changes))


@given(
    st.dictionaries(st.integers(0, SLOTS_IN_A_LIST - 1), st.sampled_from([INVALID, SUSPENDED]), max_size=9)
)
def test_both_kinds_of_list_say_the_same_of_every_slot(changed: dict[int, int]) -> None:
    by_value = {value: [at for at, own in changed.items() if own == value] for value in (INVALID, SUSPENDED)}
    values = slot_values(by_value)
    read = read_token_list(build_token_list(values, 2700, public_url=PUBLIC_URL, now=NOW))
    for at in {*changed, 0, SLOTS_IN_A_LIST - 1}:
        assert read.value(at) == changed.get(at, 0)
    for at in (-1, SLOTS_IN_A_LIST):
        with pytest.raises(UnknownPresentationError, match="status_list_index"):
            read.value(at)
        with pytest.raises(InputError, match="status_list_index"):
            slot_values({INVALID: [at]})


# --- coverage and the credential's words


def test_members_are_read_in_their_own_order_whatever_order_they_came_in() -> None:
    document = product(1, ranges=True).coverage.to_document()
    mixed = {name: document[name] for name in sorted(document, reverse=True)}
    mixed["ranges"] = [dict(sorted(span.items())) for span in document["ranges"]]  # type: ignore[attr-defined]
    ordered = in_reading_order(mixed)
    assert (
        list(ordered)
        == list(document)
        == ["product_th", "product_en", "brand", "models", "hs_code", "ranges"]
    )
    assert list(ordered["ranges"][0]) == ["property", "unit", "from", "to", "from_included", "to_included"]
    assert parse_coverage(ordered) == product(1, ranges=True).coverage
    for name in document:
        with pytest.raises(KeyError, match=name):
            in_reading_order({other: value for other, value in document.items() if other != name})


def test_a_text_stands_with_its_twin_where_there_is_one() -> None:
    assert in_both("สายไฟ", "Cable") == "สายไฟ / Cable"
    assert in_both("สายไฟ", "") == "สายไฟ"


def test_what_is_assessed_is_named_and_counted_from_one() -> None:
    subject = vc.credential_document(claims(3), public_url=PUBLIC_URL)["credentialSubject"]
    address = f"{PUBLIC_URL}/c/{claims().number}"
    assert [one["id"] for one in subject["assessment"]] == [f"{address}#product-{at}" for at in (1, 2, 3)]
    assert subject["assessment"][1]["name"] == "หม้อแปลงไฟฟ้าชนิดที่ 2 / Transformer type 2"
    assert subject["issuedToParty"]["name"] == f"{claims().holder.name_th} / {claims().holder.name_en}"


@pytest.mark.parametrize(
    ("threshold", "is_taken"),
    [("1", True), ("40", True), ("99", True), ("100", True), ("0", False), ("101", False), ("040", False),
     ("40.0", False), ("40 ", False), ("๔๐", False), ("", False), ("x" * 90, False)],
)  # fmt: skip
def test_a_threshold_is_a_whole_percent_from_1_to_100(threshold: str, is_taken: bool) -> None:
    one = claims()
    made = replace(one, products=(replace(one.products[0], threshold=threshold),))
    if is_taken:
        subject = vc.credential_document(made, public_url=PUBLIC_URL)["credentialSubject"]
        declared = subject["assessment"][0]["declaredValue"][0]
        assert declared["metricValue"] == {"value": int(threshold), "unit": "P1"}
        return
    with pytest.raises(InputError, match="threshold_malformed") as refused:
        vc.credential_document(made, public_url=PUBLIC_URL)
    assert refused.value.params == {"text": threshold[:40]}


def test_of_a_natural_person_neither_number_nor_address_is_signed() -> None:
    person, company = (
        canonical_json.write(vc.credential_document(one, public_url=PUBLIC_URL)).decode()
        for one in (natural_person(claims()), claims())
    )
    for secret in (claims().holder.address_th, claims().holder.address_en):
        assert secret in company
        assert secret not in person
    assert "registeredId" in company
    assert "registeredId" not in person
