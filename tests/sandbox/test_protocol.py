"""What goes between parent and child."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.errors import Fault, InputError, UnreadableFileError
from mit.sandbox.protocol import FAULT_LIMIT, read_answer, write_answer, write_refusal

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@settings(deadline=None)
@given(JSON)
def test_an_answer_arrives_as_it_was_sent(answer: object) -> None:
    assert read_answer(write_answer(answer)) == answer


def test_a_refusal_arrives_with_all_its_faults() -> None:
    sent = InputError("x", faults=[Fault("file_bomb", "a", {"n": 1}), Fault("file_lying", "b", {"t": "ก"})])
    with pytest.raises(UnreadableFileError) as caught:
        read_answer(write_refusal(sent))
    assert list(caught.value.faults) == list(sent.faults)
    assert caught.value.code == "file_bomb"


def test_a_refusal_of_one_fault_keeps_its_place_and_parameters() -> None:
    with pytest.raises(UnreadableFileError) as caught:
        read_answer(write_refusal(UnreadableFileError("json_broken", where="x", line=3, column=7)))
    assert (caught.value.code, caught.value.where) == ("json_broken", "x")
    assert caught.value.params == {"line": 3, "column": 7}


def test_more_faults_than_anyone_reads_are_cut() -> None:
    many = [["file_bomb", "", {}]] * (FAULT_LIMIT + 50)
    with pytest.raises(UnreadableFileError) as caught:
        read_answer(json.dumps({"refused": "x", "faults": many}).encode())
    assert len(caught.value.faults) == FAULT_LIMIT


def test_long_texts_in_a_refusal_are_cut() -> None:
    with pytest.raises(UnreadableFileError) as caught:
        read_answer(
            json.dumps({"refused": "x", "faults": [["file_bomb", "w" * 999, {"t": "p" * 999}]]}).encode()
        )
    assert len(caught.value.where) == len(str(caught.value.params["t"])) == 200


@pytest.mark.parametrize("sign", ["\ud800", "\udfff"])
def test_a_refusal_can_always_be_shown(sign: str) -> None:
    fault = ["json_member_twice", f"a{sign}", {"name": f"{sign}b", f"c{sign}": 1}]
    with pytest.raises(UnreadableFileError) as caught:
        read_answer(json.dumps({"refused": "x", "faults": [fault]}).encode())
    assert caught.value.faults == (Fault("json_member_twice", "a?", {"name": "?b", "c?": 1}),)


FAULTS_THAT_ARE_NONE = [
    ("no list", "file_bomb"),
    ("two parts", ["file_bomb", ""]),
    ("four parts", ["file_bomb", "", {}, 1]),
    ("code as a number", [1, "", {}]),
    ("code with a sign", ["file-bomb", "", {}]),
    ("code in capitals", ["FILE", "", {}]),
    ("code of a path", ["../x", "", {}]),
    ("code that is too long", ["a" * 61, "", {}]),
    ("place as a number", ["file_bomb", 1, {}]),
    ("parameters as a list", ["file_bomb", "", []]),
    ("a parameter as a list", ["file_bomb", "", {"a": []}]),
    ("a parameter that is null", ["file_bomb", "", {"a": None}]),
    ("a parameter with a point", ["file_bomb", "", {"a": 1.5}]),
]


@pytest.mark.parametrize(
    ("what", "entry"), FAULTS_THAT_ARE_NONE, ids=[what for what, _ in FAULTS_THAT_ARE_NONE]
)
def test_a_reason_of_another_shape_is_dropped(what: str, entry: object) -> None:
    alone = json.dumps({"refused": "file_bomb", "faults": [entry]}).encode()
    with pytest.raises(UnreadableFileError) as caught:
        read_answer(alone)
    assert caught.value.code == "file_not_readable"
    beside = json.dumps({"refused": "x", "faults": [entry, ["file_lying", "", {}]]}).encode()
    with pytest.raises(UnreadableFileError) as caught:
        read_answer(beside)
    assert caught.value.faults == (Fault("file_lying"),)


@pytest.mark.parametrize("data", [b"", b"null", b"[]", b"{}", b'{"answers": 1}', b"\xff", b"[" * 200_000])
def test_an_answer_that_makes_no_sense_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        read_answer(data)
    assert caught.value.code == "file_not_readable"


def test_a_refusal_beside_an_answer_is_a_refusal() -> None:
    both = {"answer": 1, "refused": "x", "faults": [["file_bomb", "", {}]]}
    with pytest.raises(UnreadableFileError, match="file_bomb"):
        read_answer(json.dumps(both).encode())


def test_no_more_faults_are_sent_than_are_taken() -> None:
    many = InputError("x", faults=[Fault("file_bomb")] * (FAULT_LIMIT + 1))
    assert len(json.loads(write_refusal(many))["faults"]) == FAULT_LIMIT


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=40) | JSON.map(lambda value: json.dumps(value).encode()))
def test_whatever_arrives_is_an_answer_or_a_refusal(data: bytes) -> None:
    try:
        read_answer(data)
    except UnreadableFileError as error:
        assert error.faults
