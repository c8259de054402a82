"""Members of a signed document: each is of the type that is asked for, or refused by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mit.credential.members import Members
from mit.errors import UnknownPresentationError

READ = Members("credential_malformed")
DOCUMENT: dict[str, Any] = {
    "object": {"a": 1},
    "list": [1, "2"],
    "text": "ทองแดง",
    "whole": 7,
    "true": True,
    "part": 7.0,
    "nothing": None,
}
ASKED: dict[str, Callable[[object, str], object]] = {
    "object": READ.member,
    "list": READ.entries,
    "text": READ.text,
    "whole": READ.whole,
}


@pytest.mark.parametrize("kind", ASKED)
def test_a_member_of_the_type_that_is_asked_for_is_given_as_it_is(kind: str) -> None:
    assert ASKED[kind](DOCUMENT, kind) is DOCUMENT[kind]


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in ASKED for name in [*DOCUMENT, "missing"] if name != kind]
)
def test_a_member_of_another_type_or_none_is_refused_by_its_name(kind: str, name: str) -> None:
    with pytest.raises(UnknownPresentationError) as refused:
        ASKED[kind](DOCUMENT, name)
    assert (refused.value.code, refused.value.where) == ("credential_malformed", name)


@pytest.mark.parametrize("document", [None, [], "text", 7, [["text", "a"]]])
@pytest.mark.parametrize("kind", ASKED)
def test_what_is_no_object_has_no_members(kind: str, document: object) -> None:
    with pytest.raises(UnknownPresentationError, match="credential_malformed"):
        ASKED[kind](document, kind)


def test_what_is_demanded_is_so_or_the_document_is_refused_by_the_code_of_its_kind() -> None:
    letters = Members("dealer_letter_malformed")
    letters.demand(True, "iat")
    with pytest.raises(UnknownPresentationError) as refused:
        letters.demand(False, "iat")
    assert (refused.value.code, refused.value.where) == ("dealer_letter_malformed", "iat")
