"""The lines of a cost sheet as columns: what a tuple of lines would say, and what a line by itself is."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria.cost_line import KINDS, ORIGINS, CostLine, read_line
from mit.criteria.cost_lines import LINE_LIMIT, CostLines, LineEntries, read_lines
from mit.errors import Fault
from mit.values.money import Money
from tests.support.sheets import cost, material

LINE = CostLine(1, "material", "ทองแดง", Money(123_405), "domestic")
TEXTS = [one.name for one in fields(CostLine) if one.name not in {"position", "amount", "evidence"}]
WORDS = st.sampled_from(["", "x", "ก", "740911"])
LINES = st.builds(
    CostLine,
    position=st.integers(1, 9),
    kind=st.sampled_from(KINDS),
    name=WORDS,
    amount=st.integers(0, 3).map(Money),
    origin=st.sampled_from([*ORIGINS, None]),
    evidence=st.lists(WORDS, max_size=2).map(tuple),
    **{name: WORDS for name in TEXTS if name not in {"kind", "name", "origin"}},
)


@settings(deadline=None)
@given(st.lists(LINES, max_size=4))
def test_they_are_read_as_a_tuple_is(lines: list[CostLine]) -> None:
    columns = CostLines.of(lines)
    assert (list(columns), len(columns)) == (lines, len(lines))
    assert [columns[at] for at in range(len(lines))] == lines
    assert columns[::-1] == tuple(lines[::-1])
    assert columns[1:3] == tuple(lines[1:3])
    assert CostLines.of(columns) == columns
    assert list(reversed(columns)) == lines[::-1]


@settings(deadline=None)
@given(st.lists(LINES, max_size=4), st.lists(LINES, max_size=4))
def test_equal_lines_are_equal_columns_and_others_are_not(one: list[CostLine], other: list[CostLine]) -> None:
    assert (CostLines.of(one) == CostLines.of(other)) == (one == other)


@pytest.mark.parametrize("at", [-1, -2, 1])
def test_a_place_is_counted_from_either_end(at: int) -> None:
    lines = (LINE, replace(LINE, position=2, name="x"))
    assert CostLines.of(lines)[at] == lines[at]


def test_where_there_is_no_line_there_is_none() -> None:
    with pytest.raises(IndexError):
        CostLines.of([LINE])[1]
    assert not CostLines.of(())
    assert CostLines.of(()) == CostLines(range(1, 1), (), {})


@pytest.mark.parametrize("name", TEXTS)
def test_a_member_has_a_column_where_any_line_has_it(name: str) -> None:
    said: Any = {name: "imported" if name == "origin" else "x"}
    columns = CostLines.of([replace(LINE, name="", origin=None), replace(LINE, position=2, **said)])
    assert columns.texts[name][1] == said[name]
    assert list(columns.column(name)) == list(columns.texts[name])
    assert list(columns.texts) == sorted({"kind", "name", "origin", name})
    assert list(CostLines.of([replace(LINE, name="")]).column(name)) == [
        getattr(replace(LINE, name=""), name)
    ]


def test_lines_that_follow_each_other_are_a_range_others_are_named() -> None:
    later = [replace(LINE, position=position) for position in (4, 5, 6)]
    assert CostLines.of(later).positions == range(4, 7)
    assert CostLines.of([*later[::-1]]).positions == (6, 5, 4)


@settings(deadline=None)
@given(st.lists(LINES, max_size=4), st.sampled_from(["country", "hs_code", "origin"]))
def test_a_member_may_be_left_out_of_all(lines: list[CostLine], name: str) -> None:
    nothing: Any = {name: None if name == "origin" else ""}
    assert CostLines.of(lines).without(name) == CostLines.of(replace(line, **nothing) for line in lines)


@settings(deadline=None)
@given(st.lists(LINES, min_size=1, max_size=4), st.lists(LINES, max_size=2), st.integers(1, 5))
def test_a_line_is_exchanged_for_another_of_its_position(
    lines: list[CostLine], others: list[CostLine], first: int
) -> None:
    lines = [replace(line, position=first + at) for at, line in enumerate(lines)]
    new = {first + at: replace(line, position=first + at) for at, line in enumerate(others[: len(lines)])}
    exchanged = CostLines.of(lines).exchanged(tuple(new.values()))
    assert list(exchanged) == [new.get(line.position, line) for line in lines]
    assert exchanged == CostLines.of(exchanged)


def test_a_position_that_no_line_has_cannot_be_exchanged() -> None:
    with pytest.raises(KeyError):
        CostLines.of([LINE]).exchanged([replace(LINE, position=2)])


def one_by_one(entries: list[Any], faults: list[Fault]) -> list[CostLine]:
    return [read_line(entry, f"lines[{at}]", at, faults) for at, entry in enumerate(entries, 1)]


GOOD: list[Any] = [
    material("1.00", "domestic", supplier="  บริษัท  ก "),
    material("2.5", "imported", hs_code="7409.11", country="CN", unit=" kg  x"),
    material("2.5", "unproven", currency="usd", rate="35.10", rate_on="2026-11-25", unit_price="1.50"),
    material("3", quantity="2.50", unit_price="1", waste_percent="0.0", evidence=["IV-1", " IV 2 "]),
    cost("labour", "0.10"),
    cost("other", "7.00", origin="imported", country=None, evidence=None, evidence_=None),
]  # fmt: skip
del GOOD[5]["evidence_"]
WRONG: list[Any] = [
    None,
    "x",
    [],
    {},
    {"kind": "labour", "name": "x"},
    {"kind": "labour", "amount": "1.00"},
    {"name": "x", "amount": "1.00"},
    material("1.00", None),
    material("1.00", ""),
    material("1.00", 1),
    material("1.00", name=""),
    material("1.00", name=None),
    material("1.00", name=["x"]),
    material("1.005"),
    material("-1.00"),
    material(None),
    material(1),
    material("1.00", hs_code="12"),
    material("1.00", currency="baht"),
    material("1.00", rate_on="yesterday"),
    material("1.00", rate="1,000"),
    material("1.00", quantity=True),
    material("1.00", evidence="IV-1"),
    material("1.00", evidence=[1]),
    material("1.00", evidence=["x"] * 501),
    material("1.00", strange="x"),
    cost("profit", "1.00"),
    cost("labour", "1.00", origin="thai"),
]


@settings(deadline=None)
@given(st.lists(st.sampled_from([*GOOD, *GOOD, *WRONG]), max_size=6))
def test_read_together_they_are_what_they_are_one_by_one(entries: list[Any]) -> None:
    together, alone = list[Fault](), list[Fault]()
    lines = read_lines(entries, together)
    said = one_by_one(entries, alone)
    assert together == alone
    assert list(lines) == ([] if alone else said)


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
@pytest.mark.parametrize("at", [0, 63, 64, 99])
def test_one_wrong_line_among_many_is_named_by_its_place(wrong: Any, at: int) -> None:
    entries = [*([GOOD[3]] * at), wrong, *([GOOD[3]] * (99 - at))]
    together, alone = list[Fault](), list[Fault]()
    assert len(read_lines(entries, together)) == 0
    one_by_one(entries, alone)
    assert together == alone != []


@pytest.mark.parametrize("how_many", [1, 64, 65, 200])
def test_lines_that_only_a_closer_look_takes_are_all_there(how_many: int) -> None:
    """A mapping that is no plain object is read one by one, wherever it stands."""

    class Object(dict[str, Any]):
        pass

    entries = [GOOD[at % len(GOOD)] for at in range(how_many - 1)] + [Object(GOOD[0])]
    faults: list[Fault] = []
    lines = read_lines(entries, faults)
    assert (list(lines), faults) == (one_by_one(entries, []), [])


def test_there_may_be_no_line_and_there_may_be_twenty_thousand() -> None:
    assert len(read_lines([], [])) == 0
    assert LINE_LIMIT == 20_000
    lines = read_lines([GOOD[0]] * 3, [])
    assert [line.position for line in lines] == [1, 2, 3]


def by_columns(entries: list[Any]) -> LineEntries:
    names = list(dict.fromkeys(name for entry in entries for name in entry))
    return LineEntries(len(entries), {name: [entry.get(name) for entry in entries] for name in names})


OBJECTS = [entry for entry in [*GOOD, *WRONG] if isinstance(entry, dict)]


@settings(deadline=None)
@given(st.lists(st.sampled_from(OBJECTS), max_size=6))
def test_a_document_by_columns_is_read_as_one_of_objects(entries: list[Any]) -> None:
    objects, columns = list[Fault](), list[Fault]()
    assert list(read_lines(by_columns(entries), columns)) == list(read_lines(entries, objects))
    assert columns == objects


@settings(deadline=None)
@given(st.lists(st.sampled_from(OBJECTS), max_size=6), st.slices(6))
def test_columns_give_the_objects_that_they_stand_for(entries: list[Any], part: slice) -> None:
    said = [{name: value for name, value in entry.items() if value is not None} for entry in entries]
    columns = by_columns(entries)
    assert (list(columns), len(columns), bool(columns)) == (said, len(said), bool(said))
    assert list(columns[part]) == said[part]
    assert [columns[-at] for at in range(1, len(said) + 1)] == said[::-1]
    with pytest.raises(IndexError):
        columns[len(said)]


def test_columns_without_a_needed_member_miss_it_in_every_line() -> None:
    faults: list[Fault] = []
    assert len(read_lines(LineEntries(2, {"name": ["x", "y"]}), faults)) == 0
    assert [(fault.code, fault.where) for fault in faults] == [
        ("member_missing", f"lines[{at}].{name}") for at in (1, 2) for name in ("kind", "amount")
    ]


def test_lines_of_which_nothing_is_said_are_lines() -> None:
    faults: list[Fault] = []
    assert len(LineEntries(3, {})) == len(list(LineEntries(3, {}))) == 3
    read_lines(LineEntries(3, {}), faults)
    assert len(faults) == 9
