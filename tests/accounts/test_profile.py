"""One's own profile: what may be said, what not, and that it is kept."""

from __future__ import annotations

from datetime import datetime

import pytest

from mit.accounts.profile import Profile, change, read
from mit.errors import InputError
from tests.accounts.test_sessions import begin
from tests.support.people import Cast


def test_what_is_saved_is_read_again(cast: Cast, now: datetime) -> None:
    live = begin(cast.somchai, now)
    change(live, Profile(" สมชาย ใจดี ", " 02-345-1000 ต่อ".removesuffix(" ต่อ"), "en"), now=now)
    assert read(live) == Profile("สมชาย ใจดี", "02-345-1000", "en")


@pytest.mark.parametrize("telephone", ["", "+66 2 345 1000", "02-345-1000 #12", "(02) 345 1000/2"])
def test_telephones_as_people_write_them(cast: Cast, now: datetime, telephone: str) -> None:
    live = begin(cast.somchai, now)
    change(live, Profile("Somchai", telephone), now=now)
    assert read(live).telephone == telephone


@pytest.mark.parametrize(
    ("wrong", "faults"),
    [
        (Profile(""), [("text_missing", "name")]),
        (Profile("x" * 201), [("text_long", "name")]),
        (Profile("Somchai", "call me"), [("telephone_malformed", "telephone")]),
        (Profile("Somchai", "1" * 31), [("telephone_malformed", "telephone")]),
        (Profile("Somchai", "๐๒"), [("telephone_malformed", "telephone")]),
        (Profile("Somchai", "", "de"), [("language_unknown", "language")]),
        (
            Profile("", "x", "x"),
            [
                ("text_missing", "name"),
                ("telephone_malformed", "telephone"),
                ("language_unknown", "language"),
            ],
        ),
    ],
)
def test_every_wrong_field_is_told_at_once_and_nothing_is_saved(
    cast: Cast, now: datetime, wrong: Profile, faults: list[tuple[str, str]]
) -> None:
    live = begin(cast.somchai, now)
    before = read(live)
    with pytest.raises(InputError) as refused:
        change(live, wrong, now=now)
    assert [(fault.code, fault.where) for fault in refused.value.faults] == faults
    assert read(live) == before
