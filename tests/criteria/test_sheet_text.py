"""The columns of a cost sheet, written for its hash: byte for byte the canonical JSON of each."""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria.cost_line import KINDS, ORIGINS, CostLine
from mit.criteria.cost_lines import CostLines
from mit.criteria.cost_sheet import CostSheet, parse_cost_sheet, sheet_document, sheet_sha256
from mit.criteria.members import canonical_json
from mit.criteria.sheet_text import columns_json
from mit.values.money import Money
from tests.support.sheets import cost, full_sheet, material, sheet

LINE = CostLine(1, "material", "ทองแดง", Money(123_405), "domestic")
#: Signs that JSON spells otherwise, and some that it leaves as they are.
SPELLED = ['"', "\\", "\n", "\t", "\x00", "\x1f", 'ท่อ 3/4"', '","name":"x', "\\u0041", '"}', "%s", "{}"]
LEFT = ["/", "\x7f", "\u2028", "\ufffe", "é", "ก้", "😀", " ", "'", "<&>", "%d"]
TEXTS = st.sampled_from(["", *SPELLED, *LEFT]) | st.text(
    st.characters(exclude_categories=("Cs",)), max_size=6
)
MEMBERS = [one.name for one in fields(CostLine) if one.name not in {"position", "amount"}]
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


def plain_columns(lines: list[CostLine]) -> dict[str, list[Any]]:
    """Return what ``sheet_sha256`` says that stands under ``lines``, member by member."""
    columns: dict[str, list[Any]] = {"amount_satang": [line.amount.satang for line in lines]}
    for name in MEMBERS:
        column = [getattr(line, name) for line in lines]
        if any(column):
            columns[name] = [list(value) if name == "evidence" else value or "" for value in column]
    return columns


def by_the_plain_way(lines: list[CostLine]) -> bytes:
    return canonical_json(plain_columns(lines))


def written(lines: list[CostLine]) -> bytes:
    return b"".join(columns_json(CostLines.of(lines)))


@settings(deadline=None)
@given(st.lists(LINES, max_size=4))
def test_columns_are_written_as_json_does(lines: list[CostLine]) -> None:
    assert written(lines) == by_the_plain_way(lines)


@pytest.mark.parametrize("text", SPELLED + LEFT)
@pytest.mark.parametrize("member", ["name", "supplier", "unit"])
def test_one_odd_sign_among_plain_lines_is_spelled_as_json_does(member: str, text: str) -> None:
    odd: Any = {member: text}
    lines = [LINE, replace(LINE, **odd), replace(LINE, kind="labour", origin=None)]
    assert written(lines) == by_the_plain_way(lines)


@pytest.mark.parametrize("satang", [0, 1, 99, 100, 123_405, 10**14 - 1, -1, -12_345])
def test_an_amount_is_written_in_whole_satang(satang: int) -> None:
    line = replace(LINE, amount=Money(satang))
    assert written([line, LINE]).startswith(b'{"amount_satang":[%d,123405],"kind":' % satang)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_there_may_be_any_number_of_lines(count: int) -> None:
    assert written([LINE] * count) == by_the_plain_way([LINE] * count)


def test_evidence_stands_where_the_alphabet_puts_it() -> None:
    line = replace(LINE, evidence=("IV-1", 'a "b"'), country="TH", hs_code="740911")
    assert written([LINE, line, LINE]) == by_the_plain_way([LINE, line, LINE])


@pytest.mark.parametrize(
    "name", [name for name in MEMBERS if name not in {"kind", "name", "origin", "evidence"}]
)
def test_a_member_is_written_where_any_line_has_it(name: str) -> None:
    said: Any = {name: "x"}
    assert f'"{name}"'.encode() not in written([LINE, LINE])
    assert f'"{name}":["","x",""]'.encode() in written([LINE, replace(LINE, **said), LINE])


def test_lines_that_say_nothing_are_told_from_no_lines() -> None:
    assert written([]) == b'{"amount_satang":[]}' != written([replace(LINE, name="")])


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
    changed = replace(read, lines=CostLines.of((line, *read.lines[1:])))
    assert sheet_sha256(changed) == hashed(changed) != sheet_sha256(read)


def test_the_place_of_a_line_counts_by_its_order_alone() -> None:
    read = parse_cost_sheet(full_sheet())
    assert sheet_sha256(replace(read, lines=CostLines.of(read.lines[::-1]))) != sheet_sha256(read)
    renumbered = CostLines.of(replace(line, position=7) for line in read.lines)
    assert sheet_sha256(replace(read, lines=renumbered)) == sheet_sha256(read)


def hashed(read: CostSheet) -> str:
    document = sheet_document(read) | {"lines": plain_columns(list(read.lines))}
    return hashlib.sha256(canonical_json(document)).hexdigest()
