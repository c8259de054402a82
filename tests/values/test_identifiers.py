"""Numbers that people write are read forgivingly and checked strictly."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from mit.errors import MalformedNumberError
from mit.values.identifiers import (
    CertificateNumber,
    application_number,
    is_juristic_number,
    is_natural_person,
    juristic_check_digit,
    parse_certificate_number,
    parse_hs_code,
    parse_tax_number,
    plain_letters,
    shown_hs_code,
    shown_tax_number,
)

NUMBERS = st.builds(CertificateNumber, st.integers(2500, 2999), st.integers(1, 9_999_999))
THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
FULL_WIDTH = str.maketrans("0123456789MIT-", "０１２３４５６７８９ＭＩＴ－")


def test_the_printed_form_is_the_one_of_the_contract() -> None:
    assert str(CertificateNumber(2569, 12345)) == "MIT-2569-0012345-B"


@given(NUMBERS)
@example(CertificateNumber(2500, 1))
@example(CertificateNumber(2569, 999))
@example(CertificateNumber(2569, 1_000))
@example(CertificateNumber(2999, 9_999_999))
def test_the_check_character_is_that_of_the_library(number: CertificateNumber) -> None:
    body = f"MIT{number.year_be:04d}{number.running:07d}"
    assert number.check_character == mod_37_36.calc_check_digit(body)
    assert mod_37_36.is_valid(str(number).replace("-", ""))


@given(NUMBERS)
def test_every_number_comes_back_however_it_is_typed(number: CertificateNumber) -> None:
    printed = str(number)
    for typed in (
        printed,
        printed.lower(),
        printed.replace("-", ""),
        printed.replace("-", " "),
        printed.removeprefix("MIT-"),
        printed.translate(THAI),
        printed.translate(FULL_WIDTH),
        f"  {printed}\u200b\n",
        printed.replace("-", "\u2013"),
    ):
        assert parse_certificate_number(typed) == number


@given(NUMBERS, st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(number: CertificateNumber, place: int, shift: int) -> None:
    printed = str(number)
    digits = [match.start() for match in re.finditer(r"\d", printed[:-1])]
    at = digits[place % len(digits)]
    wrong = printed[:at] + str((int(printed[at]) + shift) % 10) + printed[at + 1 :]
    with pytest.raises(MalformedNumberError):
        parse_certificate_number(wrong)


def test_two_neighbours_swapped_are_nearly_always_noticed() -> None:
    """MOD 37,36 is a hybrid system: single errors always, swaps of neighbours nearly always."""
    swaps = missed = 0
    for running in range(1, 9_999_999, 7_919):
        body = str(CertificateNumber(2569, running)).replace("-", "")
        for at in range(3, len(body) - 1):
            swapped = body[:at] + body[at + 1] + body[at] + body[at + 2 :]
            if swapped != body:
                swaps += 1
                missed += is_a_number(swapped)
    assert swaps > 10_000
    assert missed / swaps < 0.01


def is_a_number(text: str) -> bool:
    try:
        parse_certificate_number(text)
    except MalformedNumberError:
        return False
    return True


@pytest.mark.parametrize(
    "typed", ["", "MIT", "12345", "MIT-2569-0000000-0", "MIT-1999-0012345-B", "\ud800", "x" * 10_000]
)
def test_what_is_not_a_number_is_refused(typed: str) -> None:
    with pytest.raises(MalformedNumberError):
        parse_certificate_number(typed)


@pytest.mark.parametrize(("year", "running"), [(2499, 1), (3000, 1), (2569, 0), (2569, 10_000_000)])
def test_a_number_outside_the_printed_form_cannot_be_made(year: int, running: int) -> None:
    with pytest.raises(MalformedNumberError):
        CertificateNumber(year, running)


def test_application_numbers_carry_a_check_character_too() -> None:
    assert re.fullmatch(r"APP-2569-0000123-[0-9A-Z]", application_number(2569, 123))


@pytest.mark.parametrize(
    "number", ["0105556000751", "0107537001510", "0107536000374", "0735560003739", "0993000133978"]
)
def test_the_published_juristic_numbers_are_good(number: str) -> None:
    assert parse_tax_number(number) == number
    assert juristic_check_digit(number[:12]) == number[12]
    assert not is_natural_person(number)
    assert parse_tax_number(shown_tax_number(number).translate(THAI)) == number


def test_the_published_bad_number_is_refused() -> None:
    with pytest.raises(MalformedNumberError) as refused:
        parse_tax_number("0994000617723")
    assert refused.value.code == "tax_number_check"


@given(st.integers(0, 10**12 - 1), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_of_a_tax_number_is_noticed(body: int, place: int, shift: int) -> None:
    first = f"{body:012d}"
    good = first + juristic_check_digit(first)
    wrong = good[:place] + str((int(good[place]) + shift) % 10) + good[place + 1 :]
    # The published rule folds the remainders 0 and 10 onto the check digits 1 and 0 (weights mod 11,
    # then mod 10), so a pair of sums that differ by 10 is the one thing it cannot tell apart.
    if juristic_check_digit(wrong[:12]) != wrong[12]:
        with pytest.raises(MalformedNumberError):
            parse_tax_number(wrong)


def test_of_a_citizen_number_only_the_last_four_digits_are_shown() -> None:
    shown = shown_tax_number("1234567890121")
    assert shown.endswith("0121")
    assert sum(sign.isdigit() for sign in shown) == 4


@pytest.mark.parametrize(
    ("text", "digits", "shown"),
    [
        ("8504.40", "850440", "8504.40"),
        ("85044090", "85044090", "8504.40.90"),
        ("8504.40.90.000", "85044090000", "8504.40.90.000"),
        ("๘๕๐๔๔๐", "850440", "8504.40"),
    ],
)
def test_an_hs_code_is_read_with_dots_and_thai_digits(text: str, digits: str, shown: str) -> None:
    assert parse_hs_code(text) == digits
    assert shown_hs_code(digits) == shown


@pytest.mark.parametrize("text", ["", "85", "8504", "850440901", "85044O", "abc", "850440900001"])
def test_an_hs_code_of_another_length_is_refused(text: str) -> None:
    with pytest.raises(MalformedNumberError):
        parse_hs_code(text)


@pytest.mark.parametrize(
    ("read", "good", "junk"),
    [
        (parse_certificate_number, "MIT-2569-0012345-B", " " * 90 + "X"),
        (parse_tax_number, "0105536112014", "-" * 90 + "9"),
        (parse_hs_code, "8504.40", "." * 40 + "90000"),
    ],
)
def test_a_number_is_never_cut_out_of_a_longer_text(read, good: str, junk: str) -> None:
    assert read(good + " " * 100) == read(good)
    with pytest.raises(MalformedNumberError) as refused:
        read(good + junk)
    assert refused.value.code.endswith("_malformed")


@dataclass(frozen=True)
class Refused:
    """One text, the reader that refuses it, and the code that a person is told."""

    read: Callable[[str], object]
    text: str
    code: str


REFUSED = [
    Refused(parse_certificate_number, "", "certificate_number_malformed"),
    Refused(parse_certificate_number, "MIT-2569-0012345", "certificate_number_malformed"),
    Refused(parse_certificate_number, "MIT-2569-0012345-BB", "certificate_number_malformed"),
    Refused(parse_certificate_number, "MIT-2569-012345-B", "certificate_number_malformed"),
    Refused(parse_certificate_number, "MITX-2569-0012345-B", "certificate_number_malformed"),
    Refused(parse_certificate_number, "MIT-3000-0012345-B", "certificate_number_malformed"),
    # years of a form that could be read, before the first that a certificate can have
    Refused(parse_certificate_number, "MIT-2499-0012345-B", "certificate_number_malformed"),
    Refused(parse_certificate_number, "MIT-2400-0000000-B", "certificate_number_malformed"),
    Refused(parse_certificate_number, "MIT-2569-0000000-B", "certificate_number_malformed"),
    Refused(parse_certificate_number, "MIT-2569-0012345-C", "certificate_number_check"),
    Refused(parse_certificate_number, "MIT-2569-0012354-B", "certificate_number_check"),
    Refused(parse_certificate_number, "MIT-2568-0012345-B", "certificate_number_check"),
    Refused(parse_tax_number, "", "tax_number_malformed"),
    Refused(parse_tax_number, "010553611201", "tax_number_malformed"),
    Refused(parse_tax_number, "01055361120144", "tax_number_malformed"),
    Refused(parse_tax_number, "010553611201X", "tax_number_malformed"),
    Refused(parse_tax_number, "0105536112014,", "tax_number_malformed"),
    Refused(parse_tax_number, "0105536112015", "tax_number_check"),
    Refused(parse_hs_code, "8504", "hs_code_malformed"),
    Refused(parse_hs_code, "8504.4", "hs_code_malformed"),
    Refused(parse_hs_code, "8504.40.9", "hs_code_malformed"),
    Refused(parse_hs_code, "8504.40.90.0", "hs_code_malformed"),
    Refused(parse_hs_code, "8504.40.90.0000", "hs_code_malformed"),
    Refused(parse_hs_code, "8504,40", "hs_code_malformed"),
    Refused(parse_hs_code, "HS850440", "hs_code_malformed"),
    # superscripts and fractions are no digits, though other alphabets' digits are
    Refused(parse_hs_code, "85044\u2189", "hs_code_malformed"),
    Refused(parse_hs_code, "85044\u0bf0", "hs_code_malformed"),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case.code}-{case.text}")
def test_each_refusal_says_what_is_wrong(case: Refused) -> None:
    with pytest.raises(MalformedNumberError) as refused:
        case.read(case.text)
    assert refused.value.code == case.code


@pytest.mark.parametrize("read", [parse_tax_number, parse_hs_code])
@pytest.mark.parametrize("text", ["", "x", "0105536112015"])
def test_a_refusal_names_the_field_that_was_asked_about(read, text: str) -> None:
    with pytest.raises(MalformedNumberError) as refused:
        read(text, where="lines[3].number")
    assert [fault.where for fault in refused.value.faults] == ["lines[3].number"]


@pytest.mark.parametrize(("year", "running"), [(2500, 1), (2999, 9_999_999), (2569, 9_999_999), (2500, 2)])
def test_the_first_and_the_last_number_of_the_printed_form_exist(year: int, running: int) -> None:
    number = CertificateNumber(year, running)
    assert parse_certificate_number(str(number)) == number


def test_a_number_that_cannot_be_printed_says_so() -> None:
    with pytest.raises(MalformedNumberError) as refused:
        CertificateNumber(2569, 10_000_000)
    assert refused.value.code == "certificate_number_range"


@given(st.lists(NUMBERS, max_size=8))
def test_numbers_are_sorted_as_they_were_given_and_as_they_are_printed(
    numbers: list[CertificateNumber],
) -> None:
    in_order = sorted(numbers)
    assert [(number.year_be, number.running) for number in in_order] == sorted(
        (number.year_be, number.running) for number in numbers
    )
    assert [str(number)[:16] for number in in_order] == sorted(str(number)[:16] for number in numbers)


@given(st.integers(2500, 2999), st.integers(1, 9_999_999))
def test_an_application_and_a_certificate_are_never_mistaken_for_one_another(year: int, running: int) -> None:
    number = application_number(year, running)
    assert number[4:8] == f"{year:04d}"
    with pytest.raises(MalformedNumberError):
        parse_certificate_number(number)


@pytest.mark.parametrize(("first", "is_person"), [(digit, digit in "12345678") for digit in "0123456789"])
def test_the_first_digit_tells_persons_from_companies(first: str, is_person: bool) -> None:
    assert is_natural_person(first + "0" * 12) is is_person
    assert ("•" in shown_tax_number(first + "0" * 12)) is is_person


@given(st.integers(0, 10**11 - 1))
def test_a_number_that_begins_with_nine_belongs_to_nobody(body: int) -> None:
    digits = f"9{body:011d}"
    with pytest.raises(MalformedNumberError) as refused:
        parse_tax_number(digits + juristic_check_digit(digits))
    assert refused.value.code == "tax_number_check"


@given(st.integers(0, 10**11 - 1))
def test_a_juristic_number_is_shown_in_the_groups_of_the_register(body: int) -> None:
    digits = f"0{body:011d}"
    number = digits + juristic_check_digit(digits)
    shown = shown_tax_number(number)
    assert [len(part) for part in shown.split("-")] == [1, 2, 1, 3, 5, 1]
    assert shown.replace("-", "") == number == parse_tax_number(shown)


@given(st.sampled_from([6, 8, 11]), st.integers(0, 10**11 - 1))
def test_every_hs_code_comes_back_from_what_people_read(length: int, value: int) -> None:
    digits = f"{value:011d}"[-length:]
    shown = shown_hs_code(digits)
    assert parse_hs_code(shown) == parse_hs_code(shown.translate(THAI)) == digits
    assert all(part for part in shown.split("."))


@given(st.text(max_size=60))
def test_plain_letters_have_no_separators_and_stay_as_they_are(text: str) -> None:
    once = plain_letters(text)
    assert not any(sign.isspace() for sign in once)
    assert not set(once) & set("-‐‑‒–—―−_./")


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        (" mit-2569 ", "MIT2569"),
        ("\u200bm\u200ci\u2060t\ufeff", "MIT"),
        ("m\u00adit", "MIT"),  # a soft hyphen is no sign of its own
        ("\u202eMIT\u202c", "MIT"),
        ("١٢٣ ௧௨௩ １２３", "123123123"),
        ("a.b/c_d-e\u2014f\tg\nh", "ABCDEFGH"),
        ("ﬁ", "FI"),
    ],
)
def test_what_cannot_be_seen_makes_no_difference(typed: str, plain: str) -> None:
    assert plain_letters(typed) == plain


def is_taken_as_juristic(digits: str) -> bool:
    try:
        return not is_natural_person(parse_tax_number(digits))
    except MalformedNumberError:
        return False


@given(st.sampled_from("0123456789"), st.text("0123456789", min_size=11, max_size=11), st.integers(0, 9))
def test_a_juristic_number_in_plain_digits_is_told_as_the_library_tells_it(
    first: str, others: str, step: int
) -> None:
    begin = first + others
    digits = begin + str((int(juristic_check_digit(begin)) + step) % 10)
    assert is_juristic_number(digits) is is_taken_as_juristic(digits)
    assert is_juristic_number(begin + juristic_check_digit(begin)) is (first == "0")
