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


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=40) | JSON.map(lambda value: json.dumps(value).encode()))
def test_whatever_arrives_is_an_answer_or_a_refusal(data: bytes) -> None:
    try:
        read_answer(data)
    except UnreadableFileError as error:
        assert error.faults
