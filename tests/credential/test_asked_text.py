"""Folding: what is spelled alike, what only looks alike, and where something listed stands as a whole."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.credential.asked_text import alike, fold, places, same


@pytest.mark.parametrize(
    ("typed", "listed"),
    [
        ("ＮＰ－１００", "NP-100"),
        ("np 100", "NP-100"),
        ("NP\u2013100", "NP-100"),
        ("NP\u2014100", "NP-100"),
        ("NP\u2011100", "NP-100"),
        ("NP\u2212100", "NP-100"),
        ("NP_100", "NP-100"),
        ("NP\u00ad100", "NP-100"),
        ("NP\u00a0100", "NP-100"),
        ("NP\u200b100", "NP-100"),
        ("NP\t100\n", "NP-100"),
        ("NP-๑๐๐", "NP-100"),
        ("NP-१००", "NP-100"),
        ("2×2.5", "2x2.5"),
        ("2✕2.5", "2x2.5"),
        ("IEC 01 (THW)", "iec01thw"),
        ("SIAM®", "siam"),
        ("SIAM™", "siam"),
        ("5 ㎜", "5mm"),
        ("mm²", "mm2"),
        ("น้ำ", "น\u0e49\u0e4d\u0e32"),
        ("น\u0e4d\u0e49\u0e32", "น้ำ"),
        ("เเบบ", "แบบ"),
        ("2″", '2"'),
        ("2”", '2"'),
        ("1½", "1 1/2"),
        ("é", "e\u0301"),
    ],
)
def test_these_are_the_same(typed: str, listed: str) -> None:
    assert same(typed) == same(listed)


@pytest.mark.parametrize(
    ("one", "other"),
    [("NP-100", "NP-10"), ("2.5", "25"), ("2/5", "25"), ("NP-1O0", "NP-100"), ("10⁵", "105"), ("1½", "11/2")],
)
def test_these_are_not_the_same(one: str, other: str) -> None:
    assert fold(one).low != fold(other).low
    if one != "1½":
        assert same(one) != same(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("NP-1O0", "NP-100"),
        ("NP-I00", "NP-100"),
        ("NP-l00", "NP-100"),
        ("NP-|00", "NP-100"),
        ("АВЕ-1", "ABE-1"),
        ("ΑΒΕ-1", "ABE-1"),
        ("2,5", "2.5"),
    ],
)
def test_these_only_look_alike(one: str, other: str) -> None:
    assert same(one) != same(other)
    assert alike(same(one)) == alike(same(other))


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("NP-100", True),
        ("(NP-100)", True),
        ("NP-100.", True),
        ("NP-100, NP-150", True),
        ("รุ่นNP-100", True),
        ("NP-100รุ่น", True),
        ("model:NP-100", True),
        ("NP-100 - B", True),
        ("- NP-100", True),
        ("NP-100-B", False),
        ("NP-100A", False),
        ("NP-1000", False),
        ("NP-100.5", False),
        ("NP-100/2", False),
        ("NP-100,5", False),
        ("ANP-100", False),
        ("A-NP-100", False),
        ("5.NP-100", False),
        ("N-P-1", False),
    ],
)
def test_a_listed_thing_stands_there_as_a_whole_or_not_at_all(text: str, stands: bool) -> None:
    assert bool(list(places(fold(text), fold("NP-100")))) is stands


@pytest.mark.parametrize(
    ("text", "listed", "is_gapped"),
    [
        ("K-01 2", "K-012", True),
        ("K-012", "K-01 2", False),
        ("A11-2", "A1-12", True),
        ("A1-12", "A1-12", False),
        ("K 012", "K-012", False),
    ],
)
def test_digits_that_stand_apart_are_noticed(text: str, listed: str, is_gapped: bool) -> None:
    assert [place.is_gapped for place in places(fold(text), fold(listed))] == [is_gapped]


def test_places_are_those_of_the_text_as_it_was_typed() -> None:
    asked = fold("รุ่น  N P-1 00 !")
    place = next(places(asked, fold("NP-100")))
    assert asked.shown[place.start : place.end] == "N P-1 00"


def test_nothing_stands_nowhere() -> None:
    assert list(places(fold("abc"), fold(" - "))) == []


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing_and_lower_case_keeps_its_places(text: str) -> None:
    once = fold(text)
    assert fold(once.shown).low == once.low
    assert len(once.shown) == len(once.low)
    assert len(once.solid) == len(once.at) == len(alike(once.solid))
    assert all(once.low[place] == sign for place, sign in zip(once.at, once.solid, strict=True))
    assert not any(unicodedata.category(sign) in {"Cc", "Cf", "Cs"} for sign in once.shown)


@given(st.text(max_size=30), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_every_form_of_unicode_is_the_same(text: str, form: str) -> None:
    plain = text.translate(dict.fromkeys(map(ord, "′″‘’“”®™©_"), "x"))
    letters = "".join(sign for sign in plain if unicodedata.category(sign)[0] in "LMZ")
    assert same(unicodedata.normalize(form, letters)) == same(letters)  # type: ignore[arg-type]
