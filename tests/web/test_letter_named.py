"""A dealer's letter typed where certificates are asked for; and a verdict with one member more."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.verify.verdict_json import verdict_json, with_member
from mit.web.pages.bidder import letter_named
from tests.web import verdicts

LETTER = "DLR-2569-7K3QW-M9T2X-D"


@pytest.mark.parametrize(
    "typed",
    [
        LETTER,
        LETTER.lower(),
        "dlr25697k3qwm9t2xd",
        f"https://mit.example/d/{LETTER}",
        f"https://mit.example/d/{LETTER}.jwt",
        f"https://mit.example/d/{LETTER}?on=2026-11-25&lang=th",
        f"https://mit.example/d/{LETTER}/sheet",
        f"http://localhost:8000/under/a/path/d/{LETTER}#bidder",
    ],
)
def test_a_letter_is_recognised_by_its_number_or_its_address(typed: str) -> None:
    assert letter_named(typed) == LETTER


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "x",
        "MIT-2569-0012345-B",
        "https://mit.example/c/MIT-2569-0012345-B",
        "https://mit.example/v/123456789",
        "https://mit.example/d/",
        "https://mit.example/d/MIT-2569-0012345-B",
        f"https://mit.example/d/{LETTER[:-1]}E",
        f"javascript://mit.example/d/{LETTER}",
        f"//mit.example/d/{LETTER}",
        f"https://mit.example/d/{LETTER} and more",
        f"x https://mit.example/d/{LETTER}",
        "https://mit.example/d/" + "7" * 5000,
        "1" * 600,
    ],
)
def test_anything_else_is_left_to_the_verifier(typed: str) -> None:
    assert letter_named(typed) == ""


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
        st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.booleans(),
        max_size=5,
    )
)
def test_a_member_more_leaves_all_others_as_they_are(member: dict[str, object]) -> None:
    plain = verdict_json(verdicts.VALID)
    told = json.loads(with_member(plain, "bidder", member))
    assert told.pop("bidder") == member
    assert told == json.loads(plain)
    assert list(told) == list(json.loads(plain))
