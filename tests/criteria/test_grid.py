"""The cells that the sandbox hands over are believed only when every shape fits."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria.grid import (
    SEPARATOR,
    Cell,
    Grid,
    PackedRows,
    Row,
    Sheet,
    column_letters,
    parse_grid,
)
from mit.errors import UnreadableFileError
from mit.sandbox.sheet_xml import column_number, shortest_number
from tests.support.workbooks import packed

GOOD: dict[str, Any] = {
    "date_1904": False,
    "sheets": [
        {
            "name": "แผ่น1",
            "hidden": False,
            "hidden_columns": [[2, 3]],
            **packed([1, False, [1, 3], "sN", ["ก", "1.5"]], [4, True, [1], "F", [""]]),
        }
    ],
}


def test_a_grid_is_read() -> None:
    grid = parse_grid(GOOD)
    assert spread(grid) == Grid(
        counts_from_1904=False,
        sheets=(
            Sheet(
                "แผ่น1",
                False,
                ((2, 3),),
                (
                    Row(1, False, (Cell(1, "s", "ก", False), Cell(3, "n", "1.5", True))),
                    Row(4, True, (Cell(1, "", "", True),)),
                ),
            ),
        ),
    )


def spread(grid: Grid) -> Grid:
    """Return a grid with each of its rows made."""
    return replace(grid, sheets=tuple(replace(sheet, rows=tuple(sheet.rows)) for sheet in grid.sheets))


def test_an_address_is_what_a_person_finds() -> None:
    sheet = parse_grid(GOOD).sheets[0]
    assert sheet.address(3, 7) == "แผ่น1!C7"
    assert sheet.address(28, 100) == "แผ่น1!AB100"
    assert [sheet.is_column_hidden(column) for column in (1, 2, 3, 4)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("column", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA"), (16_384, "XFD")]
)
def test_columns_have_letters(column: int, letters: str) -> None:
    assert column_letters(column) == letters
    assert column_number(letters) == column


@settings(deadline=None)
@given(st.integers(1, 16_384))
def test_letters_and_numbers_are_one_to_one(column: int) -> None:
    assert column_number(column_letters(column)) == column


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "grid",
        {},
        {"date_1904": False},
        {"date_1904": False, "sheets": {}},
        {"date_1904": False, "sheets": [None]},
        {"date_1904": False, "sheets": [{"name": "x"}]},
        {"date_1904": False, "sheets": [{**GOOD["sheets"][0], "name": 5}]},
        {"date_1904": False, "sheets": [{**GOOD["sheets"][0], "hidden_columns": [[1]]}]},
        {"date_1904": False, "sheets": [{**GOOD["sheets"][0], "hidden_columns": [[0, 1]]}]},
        *(
            {"date_1904": False, "sheets": [{**GOOD["sheets"][0], **packed(row)}]}
            for row in (
                [1],
                [1, False],
                [1, False, [], "", []],
                ["1", False, [1], "s", ["a"]],
                [9**9, False, [1], "s", ["a"]],
                [0, False, [1], "s", ["a"]],
                [1, False, [1], "x", ["a"]],
                [1, False, [1], "%", ["5"]],
                [1, False, [1], ["s"], ["a"]],
                [1, False, [1], "s", [5]],
                [1, False, [1], "s", "a"],
                [1, False, {"1": 1}, "s", ["a"]],
                [1, False, [99_999], "s", ["a"]],
                [1, False, [0], "s", ["a"]],
                [1, False, ["1"], "s", ["a"]],
                [1, False, [1, 2], "s", ["a", "b"]],
                [1, False, [1, 2], "ss", ["a"]],
                [1, False, [1], "ss", ["a", "b"]],
                [1, False, [2, 1], "ss", ["a", "b"]],
                [1, False, [1, 1], "ss", ["a", "b"]],
                [1, False, [1], "s", ["a"], "more"],
            )
        ),
    ],
)
def test_another_shape_is_refused(document: object) -> None:
    with pytest.raises(UnreadableFileError, match="file_not_readable"):
        parse_grid(document)


@pytest.mark.parametrize(
    ("sign", "kind"), [("n", "n"), ("p", "%"), ("s", "s"), ("b", "b"), ("e", "e"), ("F", "")]
)
def test_a_capital_letter_is_a_formula(sign: str, kind: str) -> None:
    (cell,) = parse_grid(having(sign, "1")).sheets[0].rows[0].cells
    assert (cell.type, cell.has_formula) == (kind, sign == "F")
    (other,) = parse_grid(having(sign.upper(), "1")).sheets[0].rows[0].cells
    assert (other.type, other.has_formula) == (kind, True)


def having(kind: str, value: str) -> dict[str, Any]:
    return {**GOOD, "sheets": [{**GOOD["sheets"][0], **packed([1, False, [1], kind, [value]])}]}


@pytest.mark.parametrize("kind", ["n", "p", "N", "P"])
@pytest.mark.parametrize(
    "value", ["", "abc", "NaN", "Infinity", "1e5", "1.", ".5", "+1", " 1", "๑", "1,0", "1" * 23]
)
def test_a_number_that_is_none_is_refused_though_the_sandbox_says_so(kind: str, value: str) -> None:
    with pytest.raises(UnreadableFileError, match="file_not_readable"):
        parse_grid(having(kind, value))
    assert parse_grid(having("s", value)).sheets[0].rows[0].cells[0].value == value


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: abs(number) < 1e22))
def test_every_number_that_the_reader_writes_is_taken(number: float) -> None:
    written = shortest_number(repr(number))
    assert parse_grid(having("n", written)).sheets[0].rows[0].cells[0].value == written


@pytest.mark.parametrize("place", ["name", "cell"])
def test_a_text_that_cannot_be_shown_is_refused(place: str) -> None:
    document = having("s", "a\ud800" if place == "cell" else "a")
    if place == "name":
        document = {**GOOD, "sheets": [{**GOOD["sheets"][0], "name": "\udfff"}]}
    with pytest.raises(UnreadableFileError, match="file_not_readable"):
        parse_grid(document)


@pytest.mark.parametrize("word", [1, "true", None, 0, []])
def test_only_true_is_true(word: object) -> None:
    sheet = {**GOOD["sheets"][0], "hidden": word, **packed([1, word, [1], "s", ["a"]])}
    grid = parse_grid({"date_1904": word, "sheets": [sheet]})
    (read,) = grid.sheets
    assert not (grid.counts_from_1904 or read.is_hidden or read.rows[0].is_hidden)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["date_1904", "sheets", "name", "hidden", "hidden_columns", "spans", "order", "forms"]
            ),
            inner,
        )
    ),
    max_leaves=20,
)


@settings(deadline=None, max_examples=200)
@given(JUNK)
def test_junk_is_refused_or_read_and_nothing_else(junk: object) -> None:
    with contextlib.suppress(UnreadableFileError):
        assert isinstance(parse_grid(junk), Grid)


@pytest.mark.parametrize("columns", [[1.0, 3.0], ["1", "3"], [[1], 3], [1, None], [{}, 3]])
def test_columns_that_only_look_like_those_of_another_row_are_refused(columns: list[Any]) -> None:
    assert_refused(packed([1, False, [1, 3], "ss", ["a", "b"]], [2, False, columns, "ss", ["a", "b"]]))


def assert_refused(rows: dict[str, Any]) -> None:
    with pytest.raises(UnreadableFileError, match="file_not_readable"):
        parse_grid({**GOOD, "sheets": [{**GOOD["sheets"][0], **rows}]})


def test_the_cells_of_a_row_are_cells() -> None:
    for row in parse_grid(GOOD).sheets[0].rows:
        assert all(type(cell) is Cell and cell == Cell(*cell) for cell in row.cells)


#: Four rows of two forms; three of them follow each other.
FOUR: dict[str, Any] = {
    "spans": [[2, 4], [9, 9]],
    "order": [0, 1, 0, 0],
    "forms": [
        [False, [1, 2], "sn", [SEPARATOR.join("กขค"), SEPARATOR.join(("1", "2.5", "3"))]],
        [True, [5], "S", [""]],
    ],
}


def four(**changed: object) -> PackedRows:
    rows = parse_grid({**GOOD, "sheets": [{**GOOD["sheets"][0], **FOUR, **changed}]}).sheets[0].rows
    assert isinstance(rows, PackedRows)
    return rows


def test_rows_stand_in_their_order_whatever_their_forms() -> None:
    rows = four()
    assert list(rows) == [
        Row(2, False, (Cell(1, "s", "ก", False), Cell(2, "n", "1", False))),
        Row(3, True, (Cell(5, "s", "", True),)),
        Row(4, False, (Cell(1, "s", "ข", False), Cell(2, "n", "2.5", False))),
        Row(9, False, (Cell(1, "s", "ค", False), Cell(2, "n", "3", False))),
    ]
    assert len(rows) == 4
    assert [row.number for row in rows[1:3]] == [3, 4] == [row.number for row in rows[-3:-1]]
    assert rows[-1] == rows[3] and rows[3].cells[0].value == "ค"
    with pytest.raises(IndexError):
        rows[4]
    assert [kind.values for kind in rows.kinds] == [(["ก", "ข", "ค"], ["1", "2.5", "3"]), ([""],)]


@pytest.mark.parametrize(
    "spans",
    [
        None,
        [],
        [[2, 4]],
        [[2, 6]],
        [[2, 4], [8, 9]],
        [[2, 4], [4, 4]],
        [[2, 4], [1, 1]],
        [[9, 9], [2, 4]],
        [[4, 2], [5, 9]],
        [[0, 3]],
        [[2, 4], [1_048_577, 1_048_577]],
        [[2, 4, 9], [9, 9]],
        [2, 3, 4, 9],
        [["2", 4], [9, 9]],
        [[2, 4], [9.0, 9]],
    ],
)
def test_numbers_of_rows_that_do_not_add_up_are_refused(spans: object) -> None:
    assert_refused({**FOUR, "spans": spans})


@pytest.mark.parametrize("spans", [[[1, 4]], [[1_048_573, 1_048_576]], [[1, 1], [2, 2], [3, 4]]])
def test_numbers_of_rows_go_to_the_last_row_of_a_workbook(spans: list[list[int]]) -> None:
    numbers = [number for first, last in spans for number in range(first, last + 1)]
    assert [row.number for row in four(spans=spans)] == numbers


@pytest.mark.parametrize(
    "order",
    [
        None,
        "0100",
        [],
        [0, 1, 0],
        [0, 1, 1, 0],
        [0, 0, 0, 0],
        [0, 2, 0, 0],
        [0, -1, 0, 0],
        [0, 1, 0, 2],
        [0, True, 0, 0],
        [0, 1.0, 0, 0],
        [0, "1", 0, 0],
        [0, [1], 0, 0],
    ],
)
def test_an_order_that_does_not_fit_the_forms_is_refused(order: object) -> None:
    assert_refused({**FOUR, "order": order})


@pytest.mark.parametrize(
    "form",
    [
        None,
        [False, [1], "s"],
        [False, [1, 2], "sn", [SEPARATOR.join("กขค"), SEPARATOR.join("12")]],
        [False, [1, 2], "sn", [SEPARATOR.join("กขคง"), SEPARATOR.join("123")]],
        [False, [1, 2], "sn", [SEPARATOR.join("กขค"), SEPARATOR.join("12x")]],
        [False, [1, 2], "sn", [SEPARATOR.join("กขค"), SEPARATOR.join(("1", "", "3"))]],
        [False, [1, 2], "sp", [SEPARATOR.join("กขค"), SEPARATOR.join(("1", "2", ""))]],
        [False, [1, 2], "sn", [SEPARATOR.join(("ก", "\udc00", "ค")), SEPARATOR.join("123")]],
        [False, [1, 2], "sn", [list("กขค"), SEPARATOR.join("123")]],
        [False, [1, 2], "sn", {"ก": 1, "ข": 2}],
        [False, [1, 2], "sn", [SEPARATOR.join("กขค")]],
        [False, [1, 2], "snn", [SEPARATOR.join("กขค"), SEPARATOR.join("123"), SEPARATOR.join("123")]],
    ],
)
def test_values_of_rows_alike_are_checked_all(form: object) -> None:
    assert_refused({**FOUR, "forms": [form, FOUR["forms"][1]]})
