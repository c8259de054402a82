"""What is told about an answer: what matched, the nearest in their order, and each difference."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.credential.coverage import CoverageEntry, ValueRange
from mit.credential.coverage_answer import NEAREST_LIMIT, entry_of, report_coverage
from tests.support.coverages import BOARD, BOLT, CABLE, FREEZER, VALVE, WIRE


def differs(text: str, *entries: CoverageEntry) -> list[tuple[str, str, str]]:
    """Return field, asked and certified of every difference."""
    return [(one.field, one.asked, one.certified) for one in report_coverage(entries, text).differs]


def nearest(text: str, *entries: CoverageEntry) -> list[tuple[int, str]]:
    return [(one.position, one.model) for one in report_coverage(entries, text).nearest]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RUNGROJ NYY 4x16", [("model", "NYY 4x16", "NYY 4x10")]),
        ("NYY 4x1O", [("model", "NYY 4x1O", "NYY 4x10")]),
        ("NYY 4x10 ยี่ห้อ YAZAKI", [("brand", "YAZAKI", "RUNGROJ")]),
        ("NYY 4x10 HS 7213", [("hs_code", "7213", "85444949")]),
        ("NYY 4x10 เก้าอี้", [("product", "เก้าอี้", "สายไฟฟ้าทองแดง")]),
        ("NYY 4x10 ประมาณ", [("other", "ประมาณ", "")]),
        ("NYY 4x10 99", [("other", "99", "")]),
        ("T-9 โต๊ะ", [("model", "T-9", ""), ("product", "โต๊ะ", "สายไฟฟ้าทองแดง")]),
        ("RUNGROJ", [("model", "", "THW-A 10")]),
        ("5 kg", [("range", "5 kg", "")]),
        ("NYY 4x10", []),
    ],
)
def test_each_field_that_differs_is_named_as_it_was_asked_and_is_certified(
    text: str, expected: list[tuple[str, str, str]]
) -> None:
    assert differs(text, WIRE) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ยาว 250 มม.", [("range", "250 มม.", "10 < ความยาว < 200 mm")]),
        ("250 mm 50 mm", [("range", "250 mm, 50 mm", "10 < ความยาว < 200 mm")]),
        ("สลักเกลียว", [("range", "", "10 < ความยาว < 200 mm")]),
        ("5O mm", [("range", "", "10 < ความยาว < 200 mm"), ("other", "5O", "")]),
        ("5 kg", [("range", "", "10 < ความยาว < 200 mm"), ("range", "5 kg", "")]),
    ],
)
def test_a_range_differs_by_what_was_asked_of_it(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert differs(text, BOLT) == expected


def test_only_the_range_that_differs_is_named() -> None:
    assert differs("กว้าง 90 ซม. ยาว 4 ม.", BOARD) == [("range", "4 ม.", "100 ≤ ความยาว ≤ 300 ซม.")]
    assert differs("90 x 400 cm", BOARD) == [("range", "400 cm", "100 ≤ ความยาว ≤ 300 ซม.")]
    assert differs("FZ-300 7 ชั้น", FREEZER) == [("range", "7 ชั้น", "2 ≤ ชั้นวาง ≤ 6 ชั้น")]


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("GV-5O", [(4, 4)]),
        ("รุ่น GV 5O", [(4, 4)]),
        ("GV-lI", [(3, 3)]),
        ("gv11", [(3, 4)]),
    ],
)
def test_the_doubtful_letters_are_named_by_their_places(text: str, letters: list[tuple[int, int]]) -> None:
    one = report_coverage([VALVE], text).differs[0]
    assert list(one.letters) == letters
    for at, listed_at in letters:
        assert one.asked[at] != one.certified[listed_at]
    document = one.to_document()
    assert document["letters"] == [{"asked": a, "certified": b} for a, b in letters]


def test_a_difference_has_only_the_members_that_it_needs() -> None:
    plain = report_coverage([WIRE], "NYY 4x16").differs[0].to_document()
    assert plain == {"field": "model", "asked": "NYY 4x16", "certified": "NYY 4x10"}
    span = report_coverage([BOLT], "ยาว 250 มม.").differs[0].to_document()
    assert span["property"] == "ความยาว"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("NYY 4x16", [(1, "NYY 4x10"), (1, "THW-A 16")]),
        ("THW-A 25", [(1, "THW-A 10"), (1, "THW-A 16")]),
        ("THW-A 116", [(1, "THW-A 16"), (1, "THW-A 10")]),
        ("GV-60", [(2, "GV-50"), (2, "GV-SO")]),
        ("สลักเกลียว 500 มม.", [(3, ""), (1, "THW-A 10")]),
        ("GV-5O", [(2, "GV-50")]),
        ("", [(1, "THW-A 10"), (1, "THW-A 16")]),
        ("x" * 600, [(1, "THW-A 10")]),
    ],
)
def test_the_nearest_come_first(text: str, first: list[tuple[int, str]]) -> None:
    found = nearest(text, WIRE, VALVE, BOLT)
    assert found[: len(first)] == first
    assert len(found) == NEAREST_LIMIT


def test_what_is_covered_is_told_with_each_model_and_nothing_differs() -> None:
    report = report_coverage([BOLT, WIRE], "NYY 4x10 และ THW-A 16 NYY 4x10")
    assert sorted((one.position, one.model) for one in report.matched) == [(2, "NYY 4x10"), (2, "THW-A 16")]
    assert (report.nearest, report.differs) == ((), ())
    twice = report_coverage([WIRE, WIRE], "NYY 4x10")
    assert [one.position for one in twice.matched] == [1, 2]


def test_the_document_has_the_members_of_the_contract() -> None:
    told: dict[str, Any] = report_coverage([BOLT], "ยาว 50 มม.").to_document()
    assert list(told)[:1] == ["outcome"]
    assert told["matched"] == [
        {
            "entry": 1,
            "model": None,
            "product_th": "สลักเกลียว",
            "product_en": "Hexagon bolt",
            "brand": "NOTDEE",
            "hs_code": "731815",
            "ranges": [span.to_document() for span in BOLT.ranges],
        }
    ]
    assert report_coverage([BOLT], "เก้าอี้").to_document()["matched"] is None


@pytest.mark.parametrize("entry", [WIRE, BOLT, BOARD, CABLE, FREEZER, VALVE])
def test_an_entry_comes_back_from_its_document(entry: CoverageEntry) -> None:
    assert entry_of(entry.to_document()) == entry


def test_a_range_is_written_in_one_line() -> None:
    assert ValueRange("หนา", "mm", "1", "2").to_text() == "1 ≤ หนา ≤ 2 mm"
    assert ValueRange("หนา", "mm", None, "2", to_included=False).to_text() == "หนา < 2 mm"
    assert ValueRange("หนา", "", "1", None, from_included=False).to_text() == "1 < หนา"


@given(st.text(max_size=60))
def test_whatever_is_typed_gets_a_whole_answer(text: str) -> None:
    report = report_coverage([WIRE, BOLT, BOARD, FREEZER, VALVE], text)
    told = report.to_document()
    assert bool(told["matched"]) == (told["outcome"] == "covered")
    assert len(told["nearest"]) == (0 if told["matched"] else NEAREST_LIMIT)
