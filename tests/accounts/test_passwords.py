"""Passwords: long enough, readable, kept at the promised cost, compared in even time."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.accounts.leaked_passwords import ENTRY_BYTES, LIST
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
            CHEAP.hash_new(text, about=())


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
        ("passwordpassword", "password_leaked"),
        ("PassWordPassWord", "password_leaked"),
        ("123456789012345", "password_leaked"),
        ("correcthorsebatterystaple", "password_leaked"),
        ("a" * 128, "password_pattern"),
        ("ก" * 15, "password_pattern"),
        (" " * 15, "password_pattern"),
        ("ฟหกดฟหกดฟหกดฟหกด", "password_pattern"),
        ("zyxwvutsrqp9876543210", "password_pattern"),
        ("made in thailand 2569", "password_about_you"),
        ("mit-fti-mit-fti-2569", "password_about_you"),
    ],
)
def test_what_cannot_be_a_password_is_refused_with_the_reason(password: str, code: str) -> None:
    assert [fault.code for fault in password_faults(password)] == [code]
    with pytest.raises(InputError) as caught:
        CHEAP.hash_new(password, about=())
    assert caught.value.faults[0].where == "password"


@pytest.mark.parametrize(
    "password",
    ["onlysmallletters", "สวัสดีครับ ผมชื่อสมชาย", "20 ปี 3 เดือน 16 วัน", "!@#$%^&*()_+!@#", "x7" + "kq" * 63],
)
def test_there_are_no_rules_of_composition(password: str) -> None:
    assert password_faults(password) == []


SOMCHAI = ("somchai@siamcable.example", "Somchai Jaidee", "บริษัท สยามเคเบิล จำกัด", "Siam Cable Co., Ltd.")


@pytest.mark.parametrize(
    "password",
    ["siamcable-somchai1", "SomchaiJaidee2569", "บริษัทสยามเคเบิลจำกัด2569", "somchai@siamcable.example"],
)
def test_words_about_the_owner_do_not_count(password: str) -> None:
    assert [fault.code for fault in password_faults(password, about=SOMCHAI)] == ["password_about_you"]
    assert password_faults(f"{password} sings to the moon", about=SOMCHAI) == []
    assert password_faults(password, about=("krit@example.com", "Krit")) == []


@settings(max_examples=100, deadline=None)
@given(password=st.text(max_size=60), about=st.lists(st.text(max_size=30), max_size=4))
def test_whatever_is_known_of_somebody_every_password_gets_an_answer(password: str, about: list[str]) -> None:
    codes = {fault.code for fault in password_faults(password, about=about)}
    assert codes - {"password_about_you"} == {fault.code for fault in password_faults(password)}


def test_a_password_that_was_chosen_before_the_list_was_made_still_works() -> None:
    assert CHEAP.matches("passwordpassword", CHEAP.hash("passwordpassword"))


def test_the_list_is_sorted_and_holds_nothing_twice() -> None:
    entries = LIST.read_bytes()
    each = [entries[at : at + ENTRY_BYTES] for at in range(0, len(entries), ENTRY_BYTES)]
    assert len(each) > 300_000
    assert all(left < right for left, right in pairwise(each))


def test_two_spellings_of_the_same_letters_are_the_same_password() -> None:
    composed, decomposed = "café au lait, s'il vous plaît", "café au lait, s'il vous plaît"
    assert CHEAP.matches(decomposed, CHEAP.hash(composed))


@pytest.mark.parametrize("typed", ["un chat noir" + "e\u0301" * 100, "un chat noir" + "\u1100\u1161" * 100])
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
