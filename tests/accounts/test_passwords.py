"""Passwords: long enough, readable, kept at the promised cost, compared in even time."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.accounts.passwords import LONGEST, SHORTEST, Passwords, password_faults
from mit.errors import InputError
from tests.support.people import CHEAP

GOOD = "correct horse battery staple"
readable = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), min_size=SHORTEST, max_size=LONGEST // 4
).filter(lambda text: not password_faults(text))


@settings(max_examples=50, deadline=None)
@given(password=readable)
def test_a_password_matches_its_own_hash(password: str) -> None:
    assert CHEAP.matches(password, CHEAP.hash(password))


@settings(max_examples=50, deadline=None)
@given(password=readable, other=readable)
def test_another_password_does_not(password: str, other: str) -> None:
    if password != other:
        hashed = CHEAP.hash(password)
        assert not CHEAP.matches(other + "x", hashed)


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=200))
def test_whatever_is_typed_gets_an_answer(text: str) -> None:
    assert not CHEAP.matches(text, CHEAP.hash(GOOD)) or text == GOOD
    if password_faults(text):
        with pytest.raises(InputError):
            CHEAP.hash(text)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password_short"),
        ("a" * 14, "password_short"),
        ("ก" * 14, "password_short"),
        ("a" * 129, "password_long"),
        ("a lone surrogate \ud800", "text_unreadable"),
        ("a line\nbreak in the middle", "text_unreadable"),
        ("a zero byte \x00 in the middle", "text_unreadable"),
    ],
)
def test_what_cannot_be_a_password_is_refused_with_the_reason(password: str, code: str) -> None:
    assert [fault.code for fault in password_faults(password)] == [code]
    with pytest.raises(InputError) as caught:
        CHEAP.hash(password)
    assert caught.value.faults[0].where == "password"


@pytest.mark.parametrize("password", ["a" * 15, "ก" * 15, "a" * 128, " " * 15, "สวัสดีครับ ผมชื่อสมชาย"])
def test_there_are_no_rules_of_composition(password: str) -> None:
    assert password_faults(password) == []


def test_two_spellings_of_the_same_letters_are_the_same_password() -> None:
    composed, decomposed = "café au lait, s'il vous plaît", "café au lait, s'il vous plaît"
    assert CHEAP.matches(decomposed, CHEAP.hash(composed))


@pytest.mark.parametrize("typed", ["e\u0301" * 100, "\u1100\u1161" * 128])
def test_a_password_that_may_be_set_may_be_typed_however_many_signs_the_keyboard_sends(typed: str) -> None:
    assert len(typed) > LONGEST
    assert password_faults(typed) == []
    assert CHEAP.matches(typed, CHEAP.hash(typed))


@pytest.mark.parametrize(
    "typed", ["a" * (LONGEST + 1), "\ufb03" * (LONGEST // 3 + 1), "a line\n" * 3, "\ud800" * 20]
)
def test_what_could_never_be_set_matches_nothing_and_costs_no_hash(typed: str) -> None:
    class Unused(Passwords):
        """Counts how often a hash would have been looked at."""

        looked = 0

        def _decoy(self) -> str:
            self.looked += 1
            return CHEAP.hash(GOOD)

    passwords = Unused(memory_kib=8, passes=1, lanes=1)
    assert password_faults(typed)
    assert not passwords.matches(typed, None)
    assert passwords.looked == 0
    assert not passwords.matches(GOOD, None)
    assert passwords.looked == 1


def test_nobody_matches_a_password_without_a_hash() -> None:
    assert not CHEAP.matches(GOOD, None)
    assert not CHEAP.matches("nobody has this password", None)


@pytest.mark.parametrize("damaged", ["", "x", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuv"])
def test_a_damaged_hash_matches_nothing(damaged: str) -> None:
    assert not CHEAP.matches(GOOD, damaged)


def test_the_same_password_never_hashes_alike() -> None:
    assert CHEAP.hash(GOOD) != CHEAP.hash(GOOD)


def test_the_real_cost_is_the_promised_one() -> None:
    hashed = Passwords().hash(GOOD)
    assert re.match(r"^\$argon2id\$v=19\$m=65536,t=3,p=4\$", hashed)
    assert Passwords().matches(GOOD, hashed)


def test_a_hash_of_another_cost_asks_to_be_made_anew() -> None:
    assert Passwords().needs_new_hash(CHEAP.hash(GOOD))
    assert not CHEAP.needs_new_hash(CHEAP.hash(GOOD))
