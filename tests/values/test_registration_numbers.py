"""The numbers of factories and registrations: both forms, forgiving in, and a citizen number never shown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.errors import MalformedNumberError
from mit.values.identifiers import (
    LONGEST_FACTORY_NUMBER,
    parse_factory_number,
    parse_registration_number,
    shown_factory_number,
    shown_registration_number,
)

FACTORIES = [
    ("10110012325504", "10110012325504"),
    ("๑๐๑๑๐๐๑๒๓๒๕๕๐๔", "10110012325504"),
    ("1-0-11-00123-2550-4", "10110012325504"),
    ("1 0 11 00123 2550 4 ", "10110012325504"),
    ("１０１１００１２３２５５０４", "10110012325504"),
    ("3-101-3/44สบ", "3-101-3/44สบ"),
    (" ๓-๑๐๑-๓/๔๔ สบ ", "3-101-3/44สบ"),
    ("3–101–3/44สบ", "3-101-3/44สบ"),
    ("ข3-64(13)-10/50ปท", "ข3-64(13)-10/50ปท"),
    ("น.34-1/2540", "น.34-1/2540"),
]
WRONG_FACTORIES = [
    "", " ", "x", "1" * 13, "1" * 15, "3-101-3", "/44สบ", "3-101-3/44<b>", "3-101-3/44สบ'", "3-101-3\x00/44",
    "\ud800", "3-101-3/44" + "ก" * 7, "(3)-101/44", "9" * 10_000, "=1+1/44",
]  # fmt: skip
REGISTRATIONS = [
    ("0105562000015", "0105562000015"),
    (" ๔-๑๐-๐๒-๐๓/๑-๐๐๐๑ ", "4-10-02-03/1-0001"),
    ("ทค. 12/2560", "ทค.12/2560"),
    ("a-1", "A-1"),
]
WRONG_REGISTRATIONS = [
    "",
    "  ",
    "12",
    "กขค",
    "1" * 41,
    "<b>1</b>",
    "1;2;3",
    "\x001234",
    "\ud80012",
    "1" * 10_000,
]


@pytest.mark.parametrize(("typed", "kept"), FACTORIES)
def test_a_factory_number_is_read_forgivingly(typed: str, kept: str) -> None:
    assert parse_factory_number(typed) == kept
    assert parse_factory_number(kept) == kept


@pytest.mark.parametrize("typed", WRONG_FACTORIES)
def test_what_is_no_factory_number_is_told(typed: str) -> None:
    with pytest.raises(MalformedNumberError) as caught:
        parse_factory_number(typed, where="registration_number")
    (fault,) = caught.value.faults
    assert (fault.code, fault.where) == ("factory_number_malformed", "registration_number")


def test_fourteen_digits_are_shown_in_their_groups_and_the_old_form_as_it_is() -> None:
    assert shown_factory_number("10110012325504") == "1-0-11-00123-2550-4"
    assert shown_factory_number("3-101-3/44สบ") == "3-101-3/44สบ"


@pytest.mark.parametrize(("typed", "kept"), REGISTRATIONS)
def test_a_registration_number_is_read_forgivingly(typed: str, kept: str) -> None:
    assert parse_registration_number(typed) == kept
    assert parse_registration_number(kept) == kept


@pytest.mark.parametrize("typed", WRONG_REGISTRATIONS)
def test_what_is_no_registration_number_is_told(typed: str) -> None:
    with pytest.raises(MalformedNumberError, match="registration_number_malformed"):
        parse_registration_number(typed)


@pytest.mark.parametrize("number", ["1101700203450", "1-1017-00203-45-0", "1/101700203450"])
def test_a_registration_that_is_a_citizen_number_is_shown_by_its_last_four(number: str) -> None:
    shown = shown_registration_number(number)
    assert shown == "•••••••••3450"


@pytest.mark.parametrize("number", ["0105562000015", "4-10-02-03/1-0001", "110170020345", "ทค.12/2560"])
def test_any_other_registration_is_shown_whole(number: str) -> None:
    assert shown_registration_number(number) == number


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=90))
def test_whatever_is_typed_is_a_number_or_a_fault(text: str) -> None:
    for parse, longest in ((parse_factory_number, LONGEST_FACTORY_NUMBER), (parse_registration_number, 40)):
        try:
            number = parse(text)
        except MalformedNumberError:
            continue
        assert number == parse(number)
        assert 3 <= len(number) <= longest
        assert number.isprintable()
