"""Numbers of dealers' letters: one form, forgiving reading, one wrong sign always noticed."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.errors import MalformedNumberError
from mit.values.identifiers import parse_certificate_number
from mit.values.letter_number import (
    ALPHABET,
    DRAWN_SIGNS,
    LetterNumber,
    draw_letter_number,
    parse_letter_number,
)

EXAMPLE = "DLR-2569-7K3QW-M9T2X-D"
numbers = st.integers(0, 2**64).map(lambda seed: draw_letter_number(2569, choose=Random(seed).randrange))


@given(numbers)
def test_what_is_drawn_reads_back_from_what_is_printed(number: LetterNumber) -> None:
    assert parse_letter_number(str(number)) == number
    assert str(number).startswith("DLR-2569-")
    assert len(number.drawn) == DRAWN_SIGNS
    assert set(number.drawn + number.check_character) <= set(ALPHABET)


@given(numbers, st.integers(0, 14), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_always_noticed(number: LetterNumber, place: int, sign: str) -> None:
    plain = str(number).replace("-", "")[3:]
    wrong = plain[:place] + sign + plain[place + 1 :]
    if wrong == plain:
        return
    with pytest.raises(MalformedNumberError):
        parse_letter_number(wrong)


def test_two_neighbours_in_the_wrong_order_are_nearly_always_noticed() -> None:
    """ISO 7064 MOD 37,36 overlooks some pairs of neighbours, two swaps in a thousand."""
    chance = Random(7064)
    overlooked = swaps = 0
    for _ in range(1_000):
        plain = str(draw_letter_number(2569, choose=chance.randrange)).replace("-", "")[3:]
        for place in range(4, 13):
            swapped = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
            if swapped != plain:
                swaps += 1
                overlooked += is_taken(swapped)
    assert swaps > 8_000
    assert 0 < overlooked < swaps / 300


def is_taken(text: str) -> bool:
    try:
        parse_letter_number(text)
    except MalformedNumberError:
        return False
    return True


@pytest.mark.parametrize(
    "typed",
    [
        EXAMPLE,
        EXAMPLE.lower(),
        "2569-7K3QW-M9T2X-D",
        "25697K3QWM9T2XD",
        "  dlr 2569 7k3qw m9t2x d ",
        "ＤＬＲ－２５６９－７Ｋ３ＱＷ－Ｍ９Ｔ２Ｘ－Ｄ",
        "DLR-๒๕๖๙-๗K๓QW-M๙T๒X-D",
        "DLR–2569–7K3QW–M9T2X–D",
    ],
)
def test_a_number_is_read_however_it_is_typed(typed: str) -> None:
    assert str(parse_letter_number(typed)) == EXAMPLE


@pytest.mark.parametrize(("sign", "alike"), [("0", "O"), ("0", "o"), ("1", "I"), ("1", "l"), ("1", "L")])
def test_signs_that_look_alike_are_the_same_sign(sign: str, alike: str) -> None:
    number = next(
        one
        for seed in range(200)
        if sign in (one := draw_letter_number(2569, choose=Random(seed).randrange)).drawn
    )
    drawn = number.drawn.replace(sign, alike)
    assert parse_letter_number(f"DLR 2569 {drawn} {number.check_character}") == number


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "letter_number_malformed"),
        ("DLR", "letter_number_malformed"),
        ("MIT-2569-0012345-B", "letter_number_malformed"),
        ("DLR-2569-7K3QW-M9T2X", "letter_number_malformed"),
        ("DLR-2569-7K3QW-M9T2X-DD", "letter_number_malformed"),
        ("DLR-2569-7K3QW-M9T2U-D", "letter_number_malformed"),
        ("DLR-1569-7K3QW-M9T2X-D", "letter_number_malformed"),
        (EXAMPLE + " " * 90 + "x", "letter_number_malformed"),
        ("DLR-2569-7K3QW-M9T2X-E", "letter_number_check"),
        ("DLR-2570-7K3QW-M9T2X-D", "letter_number_check"),
    ],
)
def test_anything_else_is_refused_with_a_reason(typed: str, code: str) -> None:
    with pytest.raises(MalformedNumberError) as caught:
        parse_letter_number(typed)
    assert caught.value.code == code


def test_no_letter_is_read_as_a_certificate() -> None:
    with pytest.raises(MalformedNumberError):
        parse_certificate_number(EXAMPLE)


@pytest.mark.parametrize("drawn", ["", "7K3QWM9T2", "7K3QWM9T2XX", "7K3QWM9T2U", "7k3qwm9t2x", "7K3QWM9T2 "])
def test_a_number_outside_its_form_cannot_be_made(drawn: str) -> None:
    with pytest.raises(MalformedNumberError):
        LetterNumber(2569, drawn)


def test_numbers_are_drawn_by_chance_and_not_by_counting() -> None:
    chance = Random(7)
    drawn = [draw_letter_number(2569, choose=chance.randrange).drawn for _ in range(300)]
    assert len(set(drawn)) == 300
    for place in range(DRAWN_SIGNS):
        assert len({one[place] for one in drawn}) > len(ALPHABET) * 3 // 4
