"""The table: what stands in its cells, how ranges read, how rows are shared among pages."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.credential.claims import CertifiedProduct
from mit.credential.coverage import CoverageEntry, ValueRange
from mit.document.product_table import Criterion, Table, criterion_of, criterion_sign, lay_out, range_text
from tests.document.papers import product

RANGES = {
    "พื้นที่หน้าตัด 1.5–400 mm²": ValueRange("พื้นที่หน้าตัด", "mm²", "1.5", "400"),
    "กำลัง > 2 kW": ValueRange("กำลัง", "kW", "2", None, from_included=False),
    "กำลัง ≥ 2 kW": ValueRange("กำลัง", "kW", "2", None),
    "กำลัง < 2 kW": ValueRange("กำลัง", "kW", None, "2", to_included=False),
    "กำลัง ≤ 2 kW": ValueRange("กำลัง", "kW", None, "2"),
    "ยาว > 1.5, ≤ 400 m": ValueRange("ยาว", "m", "1.5", "400", from_included=False),
    "ยาว ≥ 1.5, < 400 m": ValueRange("ยาว", "m", "1.5", "400", to_included=False),
    "ยาว > -5, < 5 °C": ValueRange("ยาว", "°C", "-5", "5", from_included=False, to_included=False),
    "แรงดัน 220 V": ValueRange("แรงดัน", "V", "220", "220"),
    "จำนวน 1–3": ValueRange("จำนวน", "", "1", "3"),
    "1–3": ValueRange("", "", "1", "3"),
}


def texts(table: Table, row: int, column: int) -> list[str]:
    return [text for text, _ in table.rows[row].cells[column]]


def entry(**changes: object) -> CertifiedProduct:
    made = product(0)
    return replace(made, coverage=replace(made.coverage, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("words", RANGES)
def test_a_range_reads_as_people_write_it(words: str) -> None:
    assert range_text(RANGES[words]) == words


def test_a_row_holds_names_brand_models_ranges_and_hs_code() -> None:
    table = lay_out([product(0)])
    coverage = product(0).coverage
    assert texts(table, 0, 0) == ["1"]
    assert texts(table, 0, 1) == [coverage.product_th, coverage.product_en]
    assert texts(table, 0, 2) == [coverage.brand, ", ".join(coverage.models), "พื้นที่หน้าตัด 1.5–400 mm²"]
    assert texts(table, 0, 3) == ["8544.49.20"]


def test_a_product_without_brand_models_and_ranges_shows_a_dash() -> None:
    assert texts(lay_out([entry(brand="", models=(), ranges=())]), 0, 2) == ["–"]


def test_items_are_numbered_from_one() -> None:
    table = lay_out([product(item) for item in range(5)])
    assert [texts(table, row, 0) for row in range(5)] == [["1"], ["2"], ["3"], ["4"], ["5"]]


def test_the_column_of_formulas_appears_only_where_there_are_several() -> None:
    one = lay_out([product(0), product(1)])
    several = lay_out([product(0), product(1, "tariff_shift"), product(2)])
    assert len(one.columns) + 1 == len(several.columns)
    assert several.criteria == (Criterion("direct", "40"), Criterion("tariff_shift", ""))
    assert [texts(several, row, 3) for row in range(3)] == [["(1)"], ["(2)"], ["(1)"]]


def test_criteria_are_numbered_in_order_of_use() -> None:
    criteria = (Criterion("build_down", "40"), Criterion("direct", "40"), Criterion("direct", "50"))
    assert [criterion_sign(criteria, one) for one in criteria] == ["(1)", "(2)", "(3)"]


@pytest.mark.parametrize(
    ("asked", "signs"),
    [
        ([("direct", "40"), ("direct", "40")], []),
        ([("direct", "40"), ("direct", "50")], ["(1)", "(2)"]),
        ([("direct", "50"), ("direct", "40"), ("direct", "50")], ["(1)", "(2)", "(1)"]),
        ([("direct", "40"), ("build_down", "40")], ["(1)", "(2)"]),
        ([("tariff_shift", "40"), ("tariff_shift", "50")], []),
        ([("tariff_shift", "50"), ("direct", "50"), ("tariff_shift", "40")], ["(1)", "(2)", "(1)"]),
    ],
)
def test_the_same_formula_with_another_share_is_another_criterion(
    asked: list[tuple[str, str]], signs: list[str]
) -> None:
    table = lay_out(
        [replace(product(at, formula), threshold=share) for at, (formula, share) in enumerate(asked)]
    )
    has_column = len(table.columns) == 5
    assert has_column is bool(signs)
    assert [texts(table, row, 3) for row in range(len(asked)) if has_column] == [[sign] for sign in signs]


CERTIFIED = st.tuples(
    st.sampled_from(["direct", "build_down", "tariff_shift"]), st.sampled_from(["40", "45", "50", "100"])
)


@settings(deadline=None, max_examples=40)
@given(st.lists(CERTIFIED, min_size=1, max_size=12))
def test_every_sign_leads_to_the_criterion_of_its_product(asked: list[tuple[str, str]]) -> None:
    products = [replace(product(at, formula), threshold=share) for at, (formula, share) in enumerate(asked)]
    table = lay_out(products)
    assert len(set(table.criteria)) == len(table.criteria)
    for row in table.rows:
        one = products[row.item - 1]
        criterion = table.criteria[table.criteria.index(criterion_of(one))]
        assert criterion.formula == one.formula
        assert criterion.threshold == ("" if one.formula == "tariff_shift" else one.threshold)
        if len(table.columns) == 5 and row.part == 0:
            assert row.cells[3][0][0] == criterion_sign(table.criteria, criterion)


@pytest.mark.parametrize("formulas", [("direct",), ("direct", "build_down", "tariff_shift")])
def test_the_columns_fill_the_width_without_gaps(formulas: tuple[str, ...]) -> None:
    columns = lay_out([product(item, formula) for item, formula in enumerate(formulas)]).columns
    for left, right in itertools.pairwise(columns):
        assert left.left + left.width == pytest.approx(right.left)
    assert sum(column.width for column in columns) == pytest.approx(166 * 72 / 25.4)


def test_a_product_with_very_many_models_goes_over_several_rows() -> None:
    models = tuple(f"MODEL-{number:04d}" for number in range(400))
    table = lay_out([entry(models=models)])
    assert len(table.rows) > 5
    assert texts(table, 1, 0) == []
    shown = " ".join(text for row in range(len(table.rows)) for text in texts(table, row, 2))
    assert all(model in shown for model in models)
    assert max(row.height for row in table.rows) < 180


def test_the_parts_of_a_row_are_even_and_follow_each_other_without_a_seam() -> None:
    """Eleven lines are six and five, never ten and a lonely one."""
    models = tuple(f"{number:02d}-" + "X" * 20 for number in range(10))
    table = lay_out([entry(models=models, brand="B", ranges=())])
    assert [len(row.cells[2]) for row in table.rows] == [6, 5]
    assert [row.part for row in table.rows] == [0, 1]
    lines = sum(style.leading for row in table.rows for _, style in row.cells[2])
    assert sum(row.height for row in table.rows) == pytest.approx(lines + 2 * 3.6)


@settings(deadline=None, max_examples=30)
@given(count=st.integers(min_value=1, max_value=200), room=st.floats(min_value=220, max_value=700))
def test_every_row_stands_on_exactly_one_page_and_every_page_fits(count: int, room: float) -> None:
    table = lay_out([product(item) for item in range(count)])
    pages = table.pages(room)
    assert tuple(row for page in pages for row in page) == table.rows
    for page in pages:
        assert page
        assert sum(row.height for row in page) + table.head_height <= room + 0.001


def test_pages_are_as_full_as_they_can_be() -> None:
    table = lay_out([product(item) for item in range(80)])
    pages = table.pages(500)
    for page, following in itertools.pairwise(pages):
        taken = sum(row.height for row in page) + table.head_height
        assert taken + following[0].height > 500


def test_the_table_is_as_high_as_its_rows() -> None:
    table = lay_out([product(item) for item in range(3)])
    assert table.height == pytest.approx(table.head_height + sum(row.height for row in table.rows))


def test_an_english_name_may_be_missing() -> None:
    coverage = CoverageEntry("ปูนซีเมนต์", "", "", (), "252329", ())
    table = lay_out([CertifiedProduct(coverage, "direct", "mit-2563-1", "ab" * 32, "40")])
    assert texts(table, 0, 1) == ["ปูนซีเมนต์"]
    assert texts(table, 0, 3) == ["2523.29"]
