"""The cell of each member, found when it is asked for; what is wrong stands at it, or at what holds it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.criteria.grid import Cell, Row, Sheet, column_letters, find_address
from mit.criteria.sheet_report import Places, Report, cell_of

SHEET = Sheet("แผ่น 1", is_hidden=False, hidden_columns=((3, 4),), rows=())


def places(*rows: int) -> Places:
    made = Places("แผ่น 1")
    made.fields = {
        "price_ex_works": "แผ่น 1!B6",
        "product.models[2]": "แผ่น 1!C3",
        "product.models": "แผ่น 1!B3",
    }
    made.columns = {"kind": "A", "amount": "C"}
    made.rows = list(rows)
    made.first_column = "A"
    return made


@given(st.lists(st.integers(1, 1_048_576), max_size=20))
def test_every_path_has_its_cell_and_there_are_as_many_as_it_says(rows: list[int]) -> None:
    made = places(*rows)
    paths = list(made)
    assert len(paths) == len(set(paths)) == len(made)
    for path in paths:
        assert made[path].startswith("แผ่น 1!")
    for at, row in enumerate(rows, 1):
        assert made[f"lines[{at}].amount"] == f"แผ่น 1!C{row}"
        assert made[f"lines[{at}]"] == f"แผ่น 1!A{row}"


@pytest.mark.parametrize(
    "path",
    ["", "lines", "lines[0]", "lines[3]", "lines[1].origin", "lines[x].kind", "lines[1].kind.x", "profit"],
)
def test_what_has_no_cell_has_none(path: str) -> None:
    assert path not in places(8, 9)
    with pytest.raises(KeyError):
        places(8, 9)[path]


@pytest.mark.parametrize(
    ("where", "cell"),
    [
        ("price_ex_works", "แผ่น 1!B6"),
        ("lines[2].amount", "แผ่น 1!C9"),
        ("lines[2].origin", "แผ่น 1!A9"),
        ("lines[2].evidence[3]", "แผ่น 1!A9"),
        ("product.models[2]", "แผ่น 1!C3"),
        ("product.models[7]", "แผ่น 1!B3"),
        ("product.name_th", "product.name_th"),
        ("lines[7].amount", "lines[7].amount"),
        ("", ""),
    ],
)
def test_a_fault_stands_at_its_cell_or_at_what_holds_it(where: str, cell: str) -> None:
    assert cell_of(where, places(8, 9)) == cell


@given(st.integers(1, 16_384), st.integers(1, 1_048_576))
def test_an_address_leads_back_to_its_cell(column: int, row: int) -> None:
    assert find_address(SHEET, SHEET.address(column, row)) == (column, row)


@pytest.mark.parametrize(
    "address", ["", "C7", "แผ่น 1!C", "แผ่น 1!7", "แผ่น 2!C7", "แผ่น 1!C07", "แผ่น 1!c7", "x!แผ่น 1!C7"]
)
def test_an_address_of_something_else_leads_nowhere(address: str) -> None:
    assert find_address(SHEET, address) is None


def test_a_cell_is_usable_unless_it_holds_an_error_or_a_formula_never_reckoned() -> None:
    report, row = Report(SHEET), Row(7, is_hidden=False, cells=())
    assert report.is_usable(Cell(1, "s", "ก", has_formula=False), row)
    assert report.is_usable(Cell(2, "n", "5", has_formula=True), row)
    assert not report.is_usable(Cell(3, "e", "#REF!", has_formula=False), row)
    assert not report.is_usable(Cell(4, "", "", has_formula=True), row)
    assert [(fault.code, fault.where) for fault in report.faults] == [
        ("cell_error", "แผ่น 1!C7"),
        ("cell_formula_without_value", "แผ่น 1!D7"),
    ]
    assert [(notice.code, notice.where) for notice in report.notices] == [
        ("cell_formula", "แผ่น 1!B7"),
        ("column_hidden", "แผ่น 1!C"),
        ("column_hidden", "แผ่น 1!D"),
    ]
    assert column_letters(4) == "D"
