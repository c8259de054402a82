from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from mit.credential.issuer import neutral_issuer_profiles, parse_issuer_profiles
from mit.errors import InputError
from mit.i18n import knows
from mit.values.in_force import pick


def entry(**changes: Any) -> dict[str, Any]:
    profile = neutral_issuer_profiles()[0]
    texts = {name: getattr(profile, name) for name in profile.__slots__}
    return {**texts, "in_force_from": "2020-01-01", "in_force_until": None, **changes}


def test_the_repository_ships_one_neutral_issuer_that_says_so() -> None:
    (profile,) = neutral_issuer_profiles()
    assert profile.mark == "unverified"
    assert profile.in_force_until is None
    assert "สภาอุตสาหกรรม" not in profile.name_th


def test_the_issuer_of_a_day_is_the_one_in_force_then() -> None:
    text = json.dumps(
        [
            entry(in_force_from="2026-07-01", signatory_name_en="New"),
            entry(in_force_until="2026-06-30", signatory_name_en="Old"),
        ]
    )
    profiles = parse_issuer_profiles(text)
    assert [profile.signatory_name_en for profile in profiles] == ["Old", "New"]
    for day, name in ((date(2026, 6, 30), "Old"), (date(2026, 7, 1), "New")):
        found = pick(profiles, day)
        assert found is not None
        assert found.signatory_name_en == name


BAD = [
    ("not JSON", "{", "issuer_malformed"),
    ("no list", "{}", "issuer_malformed"),
    ("empty", "[]", "issuer_malformed"),
    ("deep", "[" * 100_000, "issuer_malformed"),
    ("no object", "[1]", "issuer_members"),
    ("a member less", json.dumps([{"mark": "verified"}]), "issuer_members"),
    ("a member more", json.dumps([entry(logo="x.png")]), "issuer_members"),
    ("empty name", json.dumps([entry(name_th=" ")]), "issuer_text"),
    ("name as a number", json.dumps([entry(name_th=1)]), "issuer_text"),
    ("another mark", json.dumps([entry(mark="official")]), "issuer_mark"),
    ("other digits", json.dumps([entry(digits="roman")]), "issuer_digits"),
    ("digits as a number", json.dumps([entry(digits=1)]), "issuer_text"),
    ("no first day", json.dumps([entry(in_force_from=None)]), "day_malformed"),
    ("a B.E. day", json.dumps([entry(in_force_from="1/1/2563")]), "day_malformed"),
    ("an impossible day", json.dumps([entry(in_force_until="2026-02-30")]), "day_malformed"),
    ("ends before it begins", json.dumps([entry(in_force_until="2019-12-31")]), "issuer_period"),
]


@pytest.mark.parametrize(("what", "text", "code"), BAD, ids=[row[0] for row in BAD])
def test_a_malformed_issuer_file_is_refused_by_name(what: str, text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_issuer_profiles(text)
    assert code in {fault.code for fault in caught.value.faults}
    assert knows(f"errors.{code}")


def test_all_faults_of_the_file_are_listed_at_once() -> None:
    text = json.dumps([entry(name_en=""), entry(mark="x", in_force_from="y")])
    with pytest.raises(InputError) as caught:
        parse_issuer_profiles(text)
    assert [fault.where for fault in caught.value.faults] == [
        "[1].name_en",
        "[2].mark",
        "[2].in_force_from",
    ]
