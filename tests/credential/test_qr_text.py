from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date, timedelta

import cbor2
import pytest
import qrcode
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.credential import cose, qr_text
from mit.credential.claims import QrClaims, StatusSlot
from mit.credential.signatures import KeySigner, throwaway_signer
from mit.document.qr_image import qr_version
from mit.errors import InputError, UnknownPresentationError
from mit.i18n import knows
from mit.values.identifiers import CertificateNumber
from tests.support.specimens import (
    LONG_NAME,
    PUBLIC_URL,
    claims,
    digits_of,
    issued,
    juristic_number,
    natural_person,
    product,
    qr_claims_strategy,
    signed_digits,
)

DIGEST = bytes(range(32))
SIMPLE = QrClaims(
    number=CertificateNumber(2569, 12345),
    juristic_number=juristic_number(),
    name_th="บริษัท ทดสอบ จำกัด",
    issued_on=date(2026, 11, 21),
    expires_on=date(2027, 11, 20),
    slot=StatusSlot(2700, 77),
    lines=None,
    count=1,
    credential_sha256=DIGEST,
)


@pytest.fixture(scope="module")
def signer() -> KeySigner:
    return throwaway_signer()


def members(**changes: object) -> dict[int, object]:
    """Return the members of a good payload with some of them changed; ``k2=None`` leaves one out."""
    good: dict[int, object] = cbor2.loads(qr_text.encode_claims(SIMPLE))
    for name, value in changes.items():
        key = int(name[1:])
        if value is None:
            good.pop(key)
        else:
            good[key] = value
    return good


def refusal(payload: bytes) -> str:
    """Return the code with which a payload is refused."""
    with pytest.raises(UnknownPresentationError) as caught:
        qr_text.decode_claims(payload)
    return caught.value.code


@given(qr_claims_strategy())
@settings(deadline=None, max_examples=200)
def test_claims_come_back_from_the_payload_as_they_went_in(drawn: QrClaims) -> None:
    payload = qr_text.encode_claims(drawn)
    assert qr_text.decode_claims(payload) == drawn
    assert qr_text.encode_claims(qr_text.decode_claims(payload)) == payload


@given(st.binary(min_size=1, max_size=490).filter(lambda data: data[0] != 0))
@settings(deadline=None)
def test_bytes_come_back_from_the_digits_as_they_went_in(data: bytes) -> None:
    assert qr_text.from_digits(qr_text.to_digits(data)) == data


def test_a_certificate_is_read_back_from_the_address_in_its_qr(signer: KeySigner) -> None:
    made = issued(claims(3), signer)
    assert made.qr_url.startswith(f"{PUBLIC_URL}/v/")
    envelope = cose.open_envelope(qr_text.from_digits(qr_text.digits_in(made.qr_url)))
    assert cose.verify(envelope, signer.public_key)
    assert qr_text.decode_claims(envelope.payload) == made.qr


def test_the_keys_of_the_payload_are_those_of_the_contract() -> None:
    payload = cbor2.loads(qr_text.encode_claims(SIMPLE))
    assert payload == {
        1: [69, 12345],
        2: int(juristic_number()),
        3: SIMPLE.name_th.encode("cp874"),
        4: (date(2026, 11, 21) - date(2020, 1, 1)).days,
        5: (date(2027, 11, 20) - date(2020, 1, 1)).days,
        6: [2700, 77],
        7: [1],
        8: DIGEST,
    }


def test_key_two_is_absent_for_a_natural_person(signer: KeySigner) -> None:
    qr = issued(natural_person(claims()), signer).qr
    assert qr.juristic_number is None
    assert 2 not in cbor2.loads(qr_text.encode_claims(qr))


BAD_MEMBERS = [
    ("no number", members(k1=None), "qr_claims_members"),
    ("a member more", members(k9=1), "qr_claims_members"),
    ("text as a key", {**members(), "1": 1}, "qr_claims_members"),
    ("number of three", members(k1=[69, 1, 2]), "qr_claims_number"),
    ("number with a truth value", members(k1=[True, 1]), "qr_claims_number"),
    ("running number 0", members(k1=[69, 0]), "qr_claims_number"),
    ("running number of eight digits", members(k1=[69, 10_000_000]), "qr_claims_number"),
    ("year before 2500", members(k1=[-1, 1]), "qr_claims_number"),
    ("year from 3000 on", members(k1=[500, 1]), "qr_claims_number"),
    ("a citizen number", members(k2=1101700203450), "qr_claims_juristic"),
    ("check digit of the juristic number", members(k2=int(juristic_number()) + 1), "qr_claims_juristic"),
    ("juristic number as text", members(k2=juristic_number()), "qr_claims_juristic"),
    ("juristic number of fourteen digits", members(k2=10**13), "qr_claims_juristic"),
    ("negative juristic number", members(k2=-1), "qr_claims_juristic"),
    ("no name", members(k3=b""), "qr_text_kind"),
    ("name as a number", members(k3=7), "qr_text_kind"),
    ("euro sign in windows-874", members(k3=b"\x80"), "qr_text_bytes"),
    ("no-break space in windows-874", members(k3=b"a\xa0b"), "qr_text_bytes"),
    ("curly quote in windows-874", members(k3=b"\x93a\x94"), "qr_text_bytes"),
    ("a control", members(k3=b"a\nb"), "qr_text_bytes"),
    ("a byte that is no letter", members(k3=b"\xdb"), "qr_text_bytes"),
    ("text that would have fitted", members(k3="ทดสอบ"), "qr_text_spelling"),
    ("bidi override", members(k3="ทดสอบ\u202eé"), "qr_text_sign"),
    ("line separator", members(k3="é\u2028"), "qr_text_sign"),
    ("day as text", members(k4="2026-11-21"), "qr_claims_dates"),
    ("negative day", members(k4=-1), "qr_claims_dates"),
    ("expiry before issue", members(k5=1), "qr_claims_dates"),
    ("a day too far", members(k5=65_536), "qr_claims_dates"),
    ("slot of one", members(k6=[2700]), "qr_claims_slot"),
    ("slot beyond its list", members(k6=[2700, 131_072]), "qr_claims_slot"),
    ("list beyond the last", members(k6=[10_000, 1]), "qr_claims_slot"),
    ("negative slot", members(k6=[2700, -1]), "qr_claims_slot"),
    ("no product", members(k7=[]), "qr_claims_lines"),
    ("count 0", members(k7=[0]), "qr_claims_lines"),
    ("count 201", members(k7=[201]), "qr_claims_lines"),
    ("count as a truth value", members(k7=[True]), "qr_claims_lines"),
    ("two counts", members(k7=[1, 2]), "qr_claims_lines"),
    ("a percentage", members(k7=[3, "40.25"]), "qr_claims_lines"),
    ("line with a percentage", members(k7=[[b"A", 85043199, 4025]]), "qr_claims_lines"),
    ("HS of nine digits", members(k7=[[b"A", 850431991]]), "qr_claims_lines"),
    ("HS of four digits", members(k7=[[b"A", 8504]]), "qr_claims_lines"),
    ("negative HS", members(k7=[[b"A", -85043199]]), "qr_claims_lines"),
    ("HS as text", members(k7=[[b"A", b"85043199"]]), "qr_claims_lines"),
    ("line without model", members(k7=[[b"", 85043199]]), "qr_text_kind"),
    ("short digest", members(k8=bytes(31)), "qr_claims_digest"),
    ("digest as text", members(k8="x" * 32), "qr_claims_digest"),
    ("not a map", [1, 2, 3], "qr_claims_members"),
    ("nothing", None, "qr_claims_members"),
]


@pytest.mark.parametrize(("what", "value", "code"), BAD_MEMBERS, ids=[row[0] for row in BAD_MEMBERS])
def test_every_wrong_member_is_refused_by_name(what: str, value: object, code: str) -> None:
    assert refusal(cose.encode(value)) == code
    assert knows(f"errors.{code}")


GOOD = qr_text.encode_claims(SIMPLE)
BAD_CBOR = [
    ("nothing at all", b"", "qr_claims_cbor"),
    ("cut short", GOOD[:-1], "qr_claims_cbor"),
    ("trailing byte", GOOD + b"\x00", "qr_claims_not_canonical"),
    ("a key twice", bytes([GOOD[0] + 1]) + GOOD[1:] + b"\x08\x40", "qr_claims_not_canonical"),
    ("keys out of order", cbor2.dumps(dict(reversed(members().items()))), "qr_claims_not_canonical"),
    ("map of indefinite length", b"\xbf" + GOOD[1:] + b"\xff", "qr_claims_not_canonical"),
    ("long form of a key", GOOD[:1] + b"\x18\x01" + GOOD[2:], "qr_claims_not_canonical"),
    ("a tag", b"\xd8\x2a" + GOOD, "qr_claims_members"),
    ("a date", b"\xc1\x1a\x69\x55\xb9\x00", "qr_claims_not_canonical"),
    ("big number as an integer", b"\xc2\x41\x05", "qr_claims_not_canonical"),
    ("shared reference", bytes.fromhex("d81c81d81d00"), "qr_claims_cbor"),
    ("invalid UTF-8", b"\x61\xff", "qr_claims_cbor"),
    ("lone surrogate in UTF-8", b"\x63\xed\xa0\x80", "qr_claims_cbor"),
    ("huge length", b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff", "qr_claims_cbor"),
    ("huge array", b"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff", "qr_claims_cbor"),
    ("deep nesting", b"\x81" * 900 + b"\x00", "qr_claims_cbor"),
    ("break outside", b"\xff", "qr_claims_cbor"),
    ("reserved head", b"\x1c", "qr_claims_cbor"),
    ("regular expression that is none", cbor2.dumps(cbor2.CBORTag(35, "(")), "qr_claims_cbor"),
    ("fraction with denominator 0", cbor2.dumps(cbor2.CBORTag(30, [1, 0])), "qr_claims_cbor"),
    ("date beyond all dates", cbor2.dumps(cbor2.CBORTag(1, 2**80)), "qr_claims_cbor"),
    ("list as a key", b"\xa1\x80\x01", "qr_claims_members"),
]


@pytest.mark.parametrize(("what", "payload", "code"), BAD_CBOR, ids=[row[0] for row in BAD_CBOR])
def test_every_other_spelling_of_the_payload_is_refused_by_name(what: str, payload: bytes, code: str) -> None:
    assert refusal(payload) in {code, "qr_claims_cbor", "qr_claims_not_canonical", "qr_claims_members"}
    assert refusal(payload) == code


@given(st.binary(max_size=200))
@settings(deadline=None, max_examples=400)
def test_no_payload_escapes_as_another_error(payload: bytes) -> None:
    try:
        qr_text.decode_claims(payload)
    except UnknownPresentationError as error:
        assert knows(f"errors.{error.code}")


@given(st.data())
@settings(deadline=None, max_examples=300)
def test_no_change_of_a_good_payload_escapes_as_another_error(data: st.DataObject) -> None:
    payload = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = qr_text.decode_claims(bytes(payload))
    except UnknownPresentationError as error:
        assert knows(f"errors.{error.code}")
    else:
        assert qr_text.encode_claims(read) == bytes(payload)


DIGIT_REFUSALS = [
    ("", "qr_digits"),
    ("12a4", "qr_digits"),
    ("๑๒๓", "qr_digits"),
    ("１２", "qr_digits"),
    ("12\n", "qr_digits"),
    ("+12", "qr_digits"),
    ("-12", "qr_digits"),
    ("1_2", "qr_digits"),
    ("0", "qr_leading_zero"),
    ("0123", "qr_leading_zero"),
    ("1" * 1201, "qr_digits_too_many"),
    ("9" * 100_000, "qr_digits_too_many"),
]


@pytest.mark.parametrize(("digits", "code"), DIGIT_REFUSALS)
def test_digits_are_refused_by_name(digits: str, code: str) -> None:
    with pytest.raises(UnknownPresentationError) as caught:
        qr_text.from_digits(digits)
    assert caught.value.code == code
    assert knows(f"errors.{code}")


def test_a_lower_bound_of_python_itself_is_a_refusal_by_name() -> None:
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)
    try:
        with pytest.raises(UnknownPresentationError) as caught:
            qr_text.from_digits("1" * 700)
    finally:
        sys.set_int_max_str_digits(before)
    assert caught.value.code == "qr_digits_too_many"


def test_no_more_than_1200_digits_are_ever_made() -> None:
    with pytest.raises(InputError) as caught:
        qr_text.to_digits(b"\xd2" * 499)
    assert caught.value.code == "qr_digits_too_many"
    assert len(qr_text.to_digits(b"\xd2" * 498)) == 1_200
    with pytest.raises(InputError):
        qr_text.to_digits(b"\xd2" * 100_000)


TEXTS_WITH_DIGITS = [
    "https://verify.mit.example/v/123",
    "http://localhost:8000/v/123",
    "https://verify.mit.example/v/123?on=2026-11-21&lang=en",
    "https://verify.mit.example/v/123/",
    "https://verify.mit.example/v/123#x",
    "https://verify.mit.example/v#123",
    "https://verify.mit.example/some/where/v/123",
    "/v/123",
    "123",
    "  123\n",
    "\r\nhttps://verify.mit.example/v/123\r\n",
]


@pytest.mark.parametrize("text", TEXTS_WITH_DIGITS)
def test_the_digits_are_found_in_address_path_and_alone(text: str) -> None:
    assert qr_text.digits_in(text) == "123"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v/123",
        "/w/123",
        "https://verify.mit.example/v/",
        "https://verify.mit.example/v/12x3",
        "https://verify.mit.example/v/๑๒๓",
        "javascript:/v/123",
        "https:///v/123",
        "https://verify.mit.example/v/123 and more",
        "MIT-2569-0012345-B",
        "1" * 8_001,
        "/v/1\ud800",
    ],
)
def test_a_text_that_is_not_ours_is_refused(text: str) -> None:
    with pytest.raises(UnknownPresentationError) as caught:
        qr_text.digits_in(text)
    assert caught.value.code == "qr_text_not_ours"


@given(st.text())
@settings(deadline=None)
def test_no_text_escapes_as_another_error(text: str) -> None:
    try:
        qr_text.from_digits(qr_text.digits_in(text))
    except UnknownPresentationError as error:
        assert knows(f"errors.{error.code}")


@pytest.mark.parametrize(
    ("count", "has_lines"),
    [(1, True), (2, True), (6, True), (7, True), (8, False), (12, False), (50, False), (200, False)],
)
def test_lines_stand_in_the_qr_while_its_symbol_stays_small(
    signer: KeySigner, count: int, has_lines: bool
) -> None:
    made = issued(claims(count), signer)
    assert (made.qr.lines is not None) is has_lines
    assert made.qr.count == count
    assert qr_version(made.qr_url) <= qr_text.LARGEST_VERSION_WITH_LINES


def test_a_product_with_ranges_or_without_models_leaves_the_count(signer: KeySigner) -> None:
    for odd in (product(2, ranges=True), product(2, models=())):
        mixed = replace(claims(1), products=(product(1), odd))
        qr = issued(mixed, signer).qr
        assert (qr.lines, qr.count) == (None, 2)


def test_every_model_has_its_line(signer: KeySigner) -> None:
    two = replace(claims(1), products=(product(1, models=("A-1", "A-2")), product(2, models=("B",))))
    qr = issued(two, signer).qr
    assert qr.lines == (("A-1", "85043199"), ("A-2", "85043199"), ("B", "85043199"))


def test_every_form_of_hs_code_survives() -> None:
    codes = ("010121", "01012100", "01012100000", "850431", "85043199", "85043199000")
    listed = replace(SIMPLE, lines=tuple(("A", code) for code in codes), count=len(codes))
    assert qr_text.decode_claims(qr_text.encode_claims(listed)) == listed


#: The encoder parts digits from other letters from twenty on; a signature alone has 150.
@given(st.integers(20, 1_200), st.sampled_from(["https://mit.example", "http://localhost:8000", PUBLIC_URL]))
@settings(deadline=None, max_examples=25)
def test_the_version_is_the_one_that_the_encoder_chooses(digits: int, public_url: str) -> None:
    expected = qr_version(f"{public_url}/v/" + "7" * digits)
    assert abs((qr_text.symbol_version(public_url, digits) or 99) - expected) <= (":8" in public_url)


def test_the_table_of_code_words_is_the_standards() -> None:
    for version, words in enumerate(qr_text._CODE_WORDS_M, start=1):
        blocks = qrcode.base.rs_blocks(version, qrcode.ERROR_CORRECT_M)
        assert sum(block.data_count for block in blocks) == words
    assert qr_text.symbol_version(PUBLIC_URL, 9_999) is None


def test_a_lone_surrogate_never_reaches_the_signer() -> None:
    with pytest.raises(InputError) as caught:
        qr_text.encode_claims(replace(SIMPLE, name_th="ก\ud800"))
    assert caught.value.code == "text_forbidden_sign"


def test_thai_letters_cost_one_byte_each() -> None:
    longer = replace(SIMPLE, name_th=LONG_NAME)
    more = len(qr_text.encode_claims(longer)) - len(qr_text.encode_claims(SIMPLE))
    assert more - (len(LONG_NAME) - len(SIMPLE.name_th)) <= 1


def test_signed_nonsense_is_refused_by_name(signer: KeySigner) -> None:
    for value in (b"", b"\xf6", cose.encode({1: 2}), b"\xff" * 40):
        digits = signed_digits(value, signer)
        envelope = cose.open_envelope(qr_text.from_digits(digits))
        assert cose.verify(envelope, signer.public_key)
        assert refusal(envelope.payload).startswith("qr_claims_")


def test_the_date_range_of_the_qr_covers_this_century() -> None:
    assert qr_text.EPOCH + timedelta(days=65_535) >= date(2199, 1, 1)
    assert digits_of(issued(claims(), throwaway_signer())).isdigit()


def with_lines(size: int, signer: KeySigner) -> tuple[QrClaims, str]:
    """Return claims whose lines take *size* letters, as issuing makes them, and the QR with all lines."""
    models = tuple(f"{n:02d}" + "A" * 38 for n in range(size // 40))
    models += ("B" * (size % 40),) if size % 40 else ()
    stated = replace(claims(1), products=(product(1, models=models),))
    made = qr_text.qr_claims(stated, DIGEST, public_url=PUBLIC_URL)
    lines = tuple((model, "85043199") for model in models)
    full = qr_text.encode_claims(replace(made, lines=lines, count=len(lines)))
    return made, f"{PUBLIC_URL}/v/{signed_digits(full, signer)}"


def test_lines_stand_in_the_qr_up_to_the_very_last_letter_that_fits(signer: KeySigner) -> None:
    seen = set()
    for size in range(60, 200):
        made, url = with_lines(size, signer)
        fits = qr_text.symbol_version(PUBLIC_URL, len(url.rpartition("/")[2])) == 15
        too_large = qr_text.symbol_version(PUBLIC_URL, len(url.rpartition("/")[2])) == 16
        if fits or too_large:
            assert (made.lines is not None) is fits, size
            seen.add(fits)
    assert seen == {True, False}


@pytest.mark.parametrize("version", range(3, 17))
def test_each_version_holds_as_many_digits_as_the_encoder_says(version: int) -> None:
    address = "https://mit.example"
    held = [digits for digits in range(25, 1_100) if qr_text.symbol_version(address, digits) == version]
    assert held == list(range(held[0], held[-1] + 1))
    for digits, expected in ((held[0], version), (held[-1], version), (held[-1] + 1, version + 1)):
        assert qr_version(f"{address}/v/" + "7" * digits) == expected


def test_a_stroke_at_the_end_of_the_public_address_takes_no_room() -> None:
    for digits in (1, 300, 900):
        assert qr_text.symbol_version(f"{PUBLIC_URL}/", digits) == qr_text.symbol_version(PUBLIC_URL, digits)
    assert qr_text.qr_url(f"{PUBLIC_URL}/", b"\xd2\x84") == qr_text.qr_url(PUBLIC_URL, b"\xd2\x84")


@pytest.mark.parametrize("count", [199, 200, 201])
def test_more_models_than_products_may_be_certified_leave_the_count(count: int) -> None:
    many = replace(claims(1), products=(product(1, models=tuple(f"{n}" for n in range(count))),))
    made = qr_text.qr_claims(many, DIGEST, public_url=PUBLIC_URL)
    assert (made.lines, made.count) == (None, 1)


EDGES = [
    ("first number", {"k1": [0, 1]}),
    ("last number", {"k1": [499, 9_999_999]}),
    ("first day of the epoch", {"k4": 0}),
    ("last day there is", {"k5": 65_535}),
    ("one day only", {"k4": 500, "k5": 500}),
    ("first slot", {"k6": [0, 0]}),
    ("last slot", {"k6": [9_999, 131_071]}),
    ("one product", {"k7": [1]}),
    ("two hundred products", {"k7": [200]}),
    ("two hundred lines", {"k7": [[b"A", 85043199]] * 200}),
    ("the least HS code", {"k7": [[b"A", 10121]]}),
    ("the greatest HS code", {"k7": [[b"A", 99_999_999_999]]}),
    ("Thai and Latin and neither", {"k3": "ก A é"}),
]


@pytest.mark.parametrize(("what", "changes"), EDGES, ids=[row[0] for row in EDGES])
def test_the_outermost_values_are_read_and_spelled_the_same(what: str, changes: dict[str, object]) -> None:
    payload = cose.encode(members(**changes))
    assert qr_text.encode_claims(qr_text.decode_claims(payload)) == payload


BEYOND = [
    ("two hundred and one lines", {"k7": [[b"A", 85043199]] * 201}, "qr_claims_lines"),
    ("a line and a count", {"k7": [[b"A", 85043199], 1]}, "qr_claims_lines"),
    ("a line of one", {"k7": [[b"A"]]}, "qr_claims_lines"),
    ("an HS code of nought", {"k7": [[b"A", 0]]}, "qr_claims_lines"),
    ("an HS code of twelve digits", {"k7": [[b"A", 10**11]]}, "qr_claims_lines"),
    ("an HS code as a truth value", {"k7": [[b"A", True]]}, "qr_claims_lines"),
    ("a model as a number", {"k7": [[5, 85043199]]}, "qr_text_kind"),
    ("days as truth values", {"k4": False, "k5": True}, "qr_claims_dates"),
    ("a slot with a truth value", {"k6": [2700, True]}, "qr_claims_slot"),
    ("a list before the first", {"k6": [-1, 1]}, "qr_claims_slot"),
    ("a juristic number as a truth value", {"k2": True}, "qr_claims_juristic"),
    ("a running number as text", {"k1": [69, "1"]}, "qr_claims_number"),
    ("a digest that is too long", {"k8": bytes(33)}, "qr_claims_digest"),
]


@pytest.mark.parametrize(("what", "changes", "code"), BEYOND, ids=[row[0] for row in BEYOND])
def test_what_lies_just_beyond_is_refused_by_name(what: str, changes: dict[str, object], code: str) -> None:
    assert refusal(cose.encode(members(**changes))) == code
