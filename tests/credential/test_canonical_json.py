from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.credential import canonical_json
from mit.errors import InputError
from tests.support.specimens import wild_texts

_names = st.text(alphabet="abcdefghijklmnopqrstuvwxyz_@", min_size=1, max_size=8)
_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
documents = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | _texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_names, inner, max_size=4),
    max_leaves=20,
)


@given(documents)
@settings(deadline=None)
def test_a_document_comes_back_as_it_went_in(document: object) -> None:
    data = canonical_json.write(document)
    assert canonical_json.read(data) == document
    assert canonical_json.write(canonical_json.read(data)) == data


def test_members_are_sorted_and_nothing_is_spent_on_spaces() -> None:
    assert canonical_json.write({"b": [1, True, None], "a": "ที่"}) == '{"a":"ที่","b":[1,true,null]}'.encode()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"b":1,"a":2}', "json_not_canonical"),
        (b'{"a": 1}', "json_not_canonical"),
        (b'{"a":1}\n', "json_not_canonical"),
        (b'{"a":"\\u0e01"}', "json_not_canonical"),
        (b'{"a":-0}', "json_not_canonical"),
        (b'"\\/"', "json_not_canonical"),
        (b'"\\ud800"', "json_not_canonical"),
        (b'{"a":1,"a":1}', "json_malformed"),
        (b'{"a":1.0}', "json_malformed"),
        (b'{"a":1e3}', "json_malformed"),
        (b'{"a":NaN}', "json_malformed"),
        (b'{"a":Infinity}', "json_malformed"),
        (b'{"a":9007199254740992}', "json_malformed"),
        (b'{"a":' + b"9" * 5000 + b"}", "json_malformed"),
        (b"", "json_malformed"),
        (b"{", "json_malformed"),
        (b"\xff", "json_malformed"),
        (b'\xef\xbb\xbf{"a":1}', "json_malformed"),
        (b"[" * 100_000, "json_malformed"),
        (b"1" * 4_000_001, "json_too_long"),
    ],
)
def test_every_other_spelling_is_refused_by_name(data: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        canonical_json.read(data)
    assert caught.value.code == code


@pytest.mark.parametrize("document", [1.5, float("nan"), {"a": b"x"}, {1, 2}, "\ud800", {1: 2}, 2**53])
def test_what_has_no_spelling_is_refused(document: object) -> None:
    with pytest.raises(InputError) as caught:
        canonical_json.write(document)
    assert caught.value.code == "json_not_canonical"


def test_a_document_that_holds_itself_is_refused() -> None:
    circle: list[object] = []
    circle.append(circle)
    with pytest.raises(InputError):
        canonical_json.write(circle)


@given(st.binary(max_size=60) | wild_texts.map(lambda text: json.dumps(text).encode()))
@settings(deadline=None)
def test_no_bytes_escape_as_another_error(data: bytes) -> None:
    try:
        document = canonical_json.read(data)
    except InputError:
        return
    assert canonical_json.write(document) == data
