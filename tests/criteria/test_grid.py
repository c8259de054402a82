"""The cells that the sandbox hands over are believed only when every shape fits."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria.grid import Cell, Grid, Row, Sheet, column_letters, parse_grid
from mit.errors import UnreadableFileError
from mit.sandbox.sheet_xml import column_number, shortest_number

GOOD: dict[str, Any] = {
    "date_1904": False,
    "sheets": [
        {
            "name": "แผ่น1",
            "hidden": False,
            "hidden_columns": [[2, 3]],
            "rows": [
                [1, False, [1, 3], "sN", ["ก", "1.5"]],
                [4, True, [1], "F", [""]],
            ],
        }
    ],
}


def test_a_grid_is_read() -> None:
    grid = parse_grid(GOOD)
    assert grid == Grid(
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
            {"date_1904": False, "sheets": [{**GOOD["sheets"][0], "rows": [row]}]}
            for row in (
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
    return {**GOOD, "sheets": [{**GOOD["sheets"][0], "rows": [[1, False, [1], kind, [value]]]}]}


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
    sheet = {**GOOD["sheets"][0], "hidden": word, "rows": [[1, word, [1], "s", ["a"]]]}
    grid = parse_grid({"date_1904": word, "sheets": [sheet]})
    (read,) = grid.sheets
    assert not (grid.counts_from_1904 or read.is_hidden or read.rows[0].is_hidden)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["date_1904", "sheets", "name", "hidden", "hidden_columns", "rows"]), inner
        )
    ),
    max_leaves=20,
)


@settings(deadline=None, max_examples=200)
@given(JUNK)
def test_junk_is_refused_or_read_and_nothing_else(junk: object) -> None:
    with contextlib.suppress(UnreadableFileError):
        assert isinstance(parse_grid(junk), Grid)


@pytest.mark.parametrize("spoilt", [[4, False, [1, 3], "sN", ["ก"]], [4, False, [1, 3], "sN", ["ก", "x"]]])
def test_a_row_of_a_form_that_was_believed_is_checked_again(spoilt: list[Any]) -> None:
    rows = [GOOD["sheets"][0]["rows"][0], spoilt]
    with pytest.raises(UnreadableFileError, match="file_not_readable"):
        parse_grid({**GOOD, "sheets": [{**GOOD["sheets"][0], "rows": rows}]})


@pytest.mark.parametrize("columns", [[1.0, 3.0], ["1", "3"], [[1], 3], [1, None], [{}, 3]])
def test_columns_that_only_look_like_those_of_another_row_are_refused(columns: list[Any]) -> None:
    parse_grid(GOOD)
    rows = [[2, False, columns, "ss", ["a", "b"]]]
    with pytest.raises(UnreadableFileError, match="file_not_readable"):
        parse_grid({**GOOD, "sheets": [{**GOOD["sheets"][0], "rows": rows}]})


def test_the_cells_of_a_row_are_cells() -> None:
    for row in parse_grid(GOOD).sheets[0].rows:
        assert all(type(cell) is Cell and cell == Cell(*cell) for cell in row.cells)
