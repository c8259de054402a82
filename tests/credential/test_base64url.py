from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.credential import base64url
from mit.errors import InputError


@given(st.binary(max_size=100))
def test_bytes_come_back_as_they_went_in(data: bytes) -> None:
    text = base64url.encode(data)
    assert base64url.decode(text) == data
    assert text == base64.urlsafe_b64encode(data).decode().rstrip("=")


@pytest.mark.parametrize(
    "text", ["A", "AA=", "AA==", "AB", "AAB", "A+AA", "A/AA", "AA AA", "AAAA\n", "ก", "AAAAA", "é", "\ud800"]
)
def test_every_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        base64url.decode(text)
    assert caught.value.code == "base64url_malformed"


@given(st.text(alphabet="AQgw_-09=+/. \n", max_size=12))
def test_no_text_is_a_second_spelling(text: str) -> None:
    try:
        data = base64url.decode(text)
    except InputError:
        return
    assert base64url.encode(data) == text
