"""The strict reader of JSON members."""

from __future__ import annotations

import unicodedata

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


def test_no_sign_that_people_see_is_refused_and_no_sign_that_turns_the_reading_is_seen() -> None:
    printable = [sign for sign in map(chr, range(0x110000)) if sign.isprintable()]
    unusable = {"Cc", "Cs", "Co", "Cn"}
    assert not unusable & {unicodedata.category(sign) for sign in printable}
    assert not {"\u202a", "\u202e", "\u2066", "\u2069", "\u200e", "\u200f"} & set(printable)


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


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("x" * 500, "x" * 500),
        ("ก" * 500, "ก" * 500),
        (" " * 250 + "x" * 250, "x" * 250),
        ("a \u00a0\u2003\u3000\t\r\n b", "a b"),  # every kind of space is a space
        ("e\u0301" * 250, "é" * 250),
        ("\u0e4d\u0e32", "\u0e4d\u0e32"),
    ],
)
def test_a_text_of_the_longest_kind_is_still_read(text: str, kept: str) -> None:
    assert read_text(text, "x") == kept


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x" * 501, "text_too_long"),
        (" " * 501, "text_too_long"),
        ("x" + " " * 500, "text_too_long"),
        ("\ufb2c" * 200, "text_too_long"),  # its one form has three signs for each
        ("", "text_empty"),
        (" \t\n\u00a0\u3000", "text_empty"),
        ("a\x00", "text_unusable"),
        ("a\x7f", "text_unusable"),
        ("a\x85b\x9f", "text_unusable"),
        ("\ud800", "text_unusable"),
        ("\ue000", "text_unusable"),
        ("\U0010ffff", "text_unusable"),
        ("a\u200eb", "text_unusable"),
        ("a\u2067b", "text_unusable"),
    ],
)
def test_a_text_that_cannot_be_kept_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_text(text, "product.name_th")
    assert (caught.value.code, caught.value.where) == (code, "product.name_th")
    if code == "text_too_long":
        assert caught.value.params == {"limit": 500}


def test_what_a_reader_says_of_a_value_is_made_harmless_and_numbers_stay_numbers() -> None:
    def refuse(value: object, where: str) -> str:
        raise InputError("x", where=where, text=f"{value}\ud800\x00", limit=7, flag=True)

    faults: list[Fault] = []
    members = Members({"a": "ก", "b": ["ข"]}, "p", faults)
    assert members.read("a", refuse, "stand-in") == "stand-in"
    assert members.texts("b", refuse) == ()
    assert faults == [
        Fault("x", "p.a", {"text": "ก\ufffd\ufffd", "limit": 7, "flag": True}),
        Fault("x", "p.b[1]", {"text": "ข\ufffd\ufffd", "limit": 7, "flag": True}),
    ]


def test_what_is_inside_an_absent_object_is_not_missed_and_inside_a_wrong_one_is_said_once() -> None:
    faults: list[Fault] = []
    members = Members({"wrong": [], "empty": {}}, "", faults)
    for name in ("absent", "wrong", "empty"):
        inner = members.inside(name)
        inner.need("a")
        inner.only(frozenset())
        assert inner.place("a") == f"{name}.a"
        assert inner.raw("a") is None
        assert not inner.flag("a", default=False)
        assert inner.flag("a", default=True)
    assert [(fault.code, fault.where) for fault in faults] == [
        ("object_expected", "wrong"),
        ("member_missing", "empty.a"),
    ]


@pytest.mark.parametrize("count", [0, 1, 5])
def test_a_list_up_to_its_limit_is_read_whole(count: int) -> None:
    faults: list[Fault] = []
    found = Members({"a": list(range(count))}, "", faults).items("a", 5)
    assert found == [(n, f"a[{n + 1}]") for n in range(count)]
    assert faults == []


@pytest.mark.parametrize("value", ["x", {"a": 1}, 5, True, ("a",)])
def test_only_a_list_is_a_list(value: object) -> None:
    faults: list[Fault] = []
    assert Members({"a": value}, "b", faults).items("a", 5) == []
    assert faults == [Fault("list_expected", "b.a")]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("abcd"), st.none() | st.integers()), st.sets(st.sampled_from("abcd")))
def test_what_is_needed_and_what_is_known_are_noted_apart(
    document: dict[str, int | None], names: set[str]
) -> None:
    faults: list[Fault] = []
    members = Members(document, "", faults)
    members.need(*sorted(names))
    members.only(frozenset(names))
    assert {f.where for f in faults if f.code == "member_missing"} == {
        name for name in names if document.get(name) is None
    }
    assert {f.where for f in faults if f.code == "member_unknown"} == document.keys() - names
