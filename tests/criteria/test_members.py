"""The strict reader of JSON members."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria.members import Members, canonical_json, one_of, read_flag, read_text, shown
from mit.errors import Fault, InputError


def test_a_place_is_a_path_that_a_person_can_follow() -> None:
    assert Members({}, "", []).place("lines") == "lines"
    assert Members({}, "lines[3]", []).place("amount") == "lines[3].amount"
    assert Members({}, "lines[3]", []).place("") == "lines[3]"


def test_what_is_no_object_is_noted_once_and_lacks_nothing() -> None:
    faults: list[Fault] = []
    members = Members([], "x", faults)
    members.need("a", "b")
    members.only(frozenset())
    assert [fault.code for fault in faults] == ["object_expected"]
    assert members.read("a", read_text, "stand-in") == "stand-in"


def test_a_member_whose_name_is_no_text_is_unknown() -> None:
    faults: list[Fault] = []
    Members({1: "x"}, "", faults).only(frozenset({"a"}))
    assert [(fault.code, fault.params) for fault in faults] == [("member_unknown", {"name": "1"})]


def test_a_list_gives_places_from_one() -> None:
    assert Members({"a": ["x", "y"]}, "b", []).items("a", 5) == [("x", "b.a[1]"), ("y", "b.a[2]")]


def test_a_list_over_its_limit_is_not_read_at_all() -> None:
    faults: list[Fault] = []
    assert Members({"a": [1, 2, 3]}, "", faults).items("a", 2) == []
    assert faults == [Fault("list_too_long", "a", {"limit": 2})]


@pytest.mark.parametrize("value", [0, 1, "true", None, [], "yes"])
def test_only_true_and_false_are_flags(value: object) -> None:
    with pytest.raises(InputError, match="flag_expected"):
        read_flag(value, "x")


def test_a_choice_names_what_may_be_chosen() -> None:
    reader = one_of(("a", "b"), "kind_unknown")
    assert reader("a", "x") == "a"
    with pytest.raises(InputError) as caught:
        reader("c", "x")
    assert caught.value.params == {"text": "c", "choices": "a, b"}


@pytest.mark.parametrize("value", [[], {}, 1.5, 10**400, object()])
def test_a_choice_of_another_type_is_refused_in_words(value: object) -> None:
    with pytest.raises(InputError):
        one_of(("a",), "kind_unknown")(value, "x")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (True, "true"),
        (5, "5"),
        (10**400, "int"),
        (2.5, "float"),
        ([], "list"),
        ("a\ud800", "a\ufffd"),
    ],
)
def test_a_value_is_shown_short_and_harmless(value: object, text: str) -> None:
    assert shown(value) == text


@settings(deadline=None)
@given(st.text(max_size=200))
def test_what_is_shown_can_always_be_printed(text: str) -> None:
    assert len(shown(text)) <= 40
    assert shown(text).encode("utf-8").decode("utf-8") == shown(text)


@settings(deadline=None)
@given(st.text(max_size=600))
def test_a_text_that_is_read_is_read_again_unchanged(text: str) -> None:
    try:
        read = read_text(text, "x")
    except InputError:
        return
    assert read
    assert read_text(read, "x") == read
    assert read.encode("utf-8")


@pytest.mark.parametrize("sign", ["\u200b", "\u200c", "\u200d", "\ufeff"])
def test_joiners_are_taken_between_letters(sign: str) -> None:
    assert sign in read_text(f"ก{sign}ข", "x")


def test_the_canonical_spelling_sorts_members_and_keeps_thai() -> None:
    assert canonical_json({"b": "ก", "a": [1, True, None]}) == '{"a":[1,true,null],"b":"ก"}'.encode()
