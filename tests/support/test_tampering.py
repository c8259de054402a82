from __future__ import annotations

from collections import Counter

from mit.credential import cose, qr_text
from mit.credential.signatures import ORDER, throwaway_signer
from tests.support.specimens import claims, digits_of, issued
from tests.support.tampering import (
    additions,
    exchanged_neighbours,
    flipped_bits,
    other_key_ids,
    qr_variants,
    signed_by_another,
    swapped_digits,
    token_variants,
    truncations,
    twin,
)

SIGNER = throwaway_signer()
MADE = issued(claims(), SIGNER)
DIGITS = digits_of(MADE)


def test_no_variant_is_the_original() -> None:
    assert all(digits != DIGITS for _, digits in qr_variants(DIGITS, foreign=throwaway_signer()))
    assert all(token != MADE.token for _, token in token_variants(MADE.token))


def test_every_bit_every_digit_and_every_cut_is_there() -> None:
    data = qr_text.from_digits(DIGITS)
    kinds = Counter(kind for kind, _ in qr_variants(DIGITS, foreign=throwaway_signer()))
    assert kinds["bit"] == 8 * len(data)
    assert kinds["digit"] == 9 * len(DIGITS)
    assert kinds["cut short"] == kinds["cut in front"] == len(DIGITS)
    assert kinds["cut bytes"] == len(data) - 1
    assert kinds["twin"] == kinds["foreign key"] == 1


def test_the_variants_of_a_kind_differ_from_each_other() -> None:
    for variants in (flipped_bits, swapped_digits, additions, other_key_ids):
        texts = [digits for _, digits in variants(DIGITS)]
        assert len(set(texts)) == len(texts)


def test_neighbours_are_exchanged_and_nothing_else() -> None:
    for _, digits in exchanged_neighbours("1123"):
        assert sorted(digits) == list("1123")
    assert [digits for _, digits in exchanged_neighbours("1123")] == ["1213", "1132"]


def test_the_cuts_are_prefixes_and_suffixes() -> None:
    for kind, digits in truncations(DIGITS):
        if kind == "cut short":
            assert DIGITS.startswith(digits)
        if kind == "cut in front":
            assert DIGITS.endswith(digits)


def test_the_twin_has_the_other_s() -> None:
    one, other = (cose.open_envelope(qr_text.from_digits(digits)) for digits in (DIGITS, twin(DIGITS)[1]))
    assert one.payload == other.payload
    low, high = (int.from_bytes(envelope.signature[32:], "big") for envelope in (one, other))
    assert low + high == ORDER


def test_another_signer_signs_the_same_claims_under_the_same_serial() -> None:
    foreign = throwaway_signer()
    envelope = cose.open_envelope(qr_text.from_digits(signed_by_another(DIGITS, foreign)[1]))
    assert cose.verify(envelope, foreign.public_key)
    assert not cose.verify(envelope, SIGNER.public_key)
    assert qr_text.decode_claims(envelope.payload) == MADE.qr
