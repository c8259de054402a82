"""The lines of a cost sheet, written at once for its hash: byte for byte the canonical JSON of each."""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria import sheet_text
from mit.criteria.cost_line import KINDS, ORIGINS, CostLine
from mit.criteria.cost_sheet import CostSheet, parse_cost_sheet, sheet_document, sheet_sha256
from mit.criteria.members import canonical_json
from mit.criteria.sheet_text import lines_json
from mit.values.money import Money
from tests.support.sheets import cost, full_sheet, material, sheet

LINE = CostLine(1, "material", "ทองแดง", Money(123_405), "domestic")
#: Signs that JSON spells otherwise, and some that it leaves as they are.
SPELLED = ['"', "\\", "\n", "\t", "\x00", "\x1f", 'ท่อ 3/4"', '","name":"x', "\\u0041", '"}', "%s", "{}"]
LEFT = ["/", "\x7f", "\u2028", "\ufffe", "é", "ก้", "😀", " ", "'", "<&>", "%d"]
TEXTS = st.sampled_from(["", *SPELLED, *LEFT]) | st.text(
    st.characters(exclude_categories=("Cs",)), max_size=6
)
LINES = st.builds(
    CostLine,
    position=st.integers(1, 20_000),
    kind=st.sampled_from(KINDS),
    name=TEXTS,
    amount=st.integers(-(10**6), 10**14).map(Money),
    origin=st.sampled_from([*ORIGINS, None]),
    evidence=st.lists(TEXTS, max_size=2).map(tuple),
    **{
        one.name: TEXTS
        for one in fields(CostLine)
        if one.name not in {"position", "kind", "name", "amount", "origin", "evidence"}
    },
)


def by_the_plain_way(lines: list[CostLine]) -> str:
    return canonical_json([line.to_document() for line in lines]).decode()


@settings(deadline=None)
@given(st.lists(LINES, max_size=4))
def test_lines_are_written_as_their_documents_are(lines: list[CostLine]) -> None:
    assert lines_json(lines) == by_the_plain_way(lines)


@pytest.mark.parametrize("text", SPELLED + LEFT)
@pytest.mark.parametrize("member", ["name", "supplier", "unit"])
def test_one_odd_sign_among_plain_lines_is_spelled_as_json_does(member: str, text: str) -> None:
    odd: Any = {member: text}
    lines = [LINE, replace(LINE, **odd), replace(LINE, kind="labour", origin=None)]
    assert lines_json(lines) == by_the_plain_way(lines)


@pytest.mark.parametrize(
    ("satang", "written"),
    [
        (0, "0.00"),
        (1, "0.01"),
        (10, "0.10"),
        (99, "0.99"),
        (100, "1.00"),
        (123_405, "1234.05"),
        (10**14 - 1, "999999999999.99"),
        (-1, "-0.01"),
        (-12_345, "-123.45"),
    ],
)
def test_an_amount_is_written_with_two_decimals(satang: int, written: str) -> None:
    line = replace(LINE, amount=Money(satang))
    assert f'"amount":"{written}"' in lines_json([line])
    assert lines_json([line, LINE]) == by_the_plain_way([line, LINE])


@pytest.mark.parametrize("count", [0, 1, 2])
def test_there_may_be_any_number_of_lines(count: int) -> None:
    assert lines_json([LINE] * count) == by_the_plain_way([LINE] * count)


def test_evidence_stands_where_the_alphabet_puts_it() -> None:
    line = replace(LINE, evidence=("IV-1", 'a "b"'), country="TH", hs_code="740911")
    assert lines_json([LINE, line, LINE]) == by_the_plain_way([LINE, line, LINE])


def test_every_text_of_a_line_is_written() -> None:
    """A member that is added to the line has to be added here, or two sheets would have one hash."""
    written = {"amount", "evidence", *sheet_text._NAMES}
    assert written == {one.name for one in fields(CostLine)} - {"position"}
    assert list(sheet_text._NAMES) == sorted(sheet_text._NAMES)
    assert sheet_text._NAMES[0] > "amount"


SHEETS = [
    full_sheet(),
    sheet("100.00", material("60.00"), cost("labour", "10.00")),
    sheet("100.00", cost("labour", "10.00", name='"lines":[]'), profit="-1.00", process=['"lines":[]']),
    sheet("100.00", vat_included=True),
]


@pytest.mark.parametrize("document", SHEETS, ids=["full", "plain", "named like the list", "without lines"])
def test_the_hash_is_that_of_the_whole_canonical_document(document: Any) -> None:
    read = parse_cost_sheet(document)
    assert sheet_sha256(read) == hashed(read)


@pytest.mark.parametrize("one", [one.name for one in fields(CostLine) if one.name != "position"])
def test_a_change_of_any_member_of_a_line_changes_the_hash(one: str) -> None:
    read = parse_cost_sheet(full_sheet())
    other: Any = {"kind": "other", "origin": "unproven", "amount": Money(7), "evidence": ("x",)}
    line = replace(read.lines[0], **{one: other.get(one, "changed")})
    changed = replace(read, lines=(line, *read.lines[1:]))
    assert sheet_sha256(changed) == hashed(changed) != sheet_sha256(read)


def test_the_place_of_a_line_counts_by_its_order_alone() -> None:
    read = parse_cost_sheet(full_sheet())
    assert sheet_sha256(replace(read, lines=read.lines[::-1])) != sheet_sha256(read)
    renumbered = tuple(replace(line, position=7) for line in read.lines)
    assert sheet_sha256(replace(read, lines=renumbered)) == sheet_sha256(read)


def hashed(read: CostSheet) -> str:
    return hashlib.sha256(canonical_json(sheet_document(read))).hexdigest()
