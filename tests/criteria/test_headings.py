"""The words that a workbook may use."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from mit.criteria import headings
from mit.criteria.cost_line import KINDS, MEMBERS, ORIGINS
from mit.criteria.settings_of_rules import PROCESS_CODES

FIELDS = headings.table_of(headings.FIELDS)
COLUMNS = headings.table_of(headings.COLUMNS)


@pytest.mark.parametrize(
    "words",
    [
        headings.FIELDS,
        headings.COLUMNS,
        headings.KIND_WORDS,
        headings.ORIGIN_WORDS,
        headings.PROCESS_WORDS,
        headings.FLAG_WORDS,
    ],
)
def test_no_word_means_two_things(words: Mapping[str, tuple[str, ...]]) -> None:
    plain = [(headings.plain(word), meaning) for meaning, several in words.items() for word in several]
    meanings: dict[str, str] = {}
    for word, meaning in plain:
        assert meanings.setdefault(word, meaning) == meaning, word


def test_every_member_of_a_line_has_a_column_in_both_languages() -> None:
    assert set(headings.COLUMNS) - {""} == MEMBERS
    for words in headings.COLUMNS.values():
        assert any(word.isascii() for word in words)
        assert not all(word.isascii() for word in words)


def test_every_code_has_its_word() -> None:
    assert set(headings.KIND_WORDS) == set(KINDS)
    assert set(headings.ORIGIN_WORDS) == set(ORIGINS)
    assert set(headings.PROCESS_WORDS) == set(PROCESS_CODES)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("จำนวนเงิน", "amount"),
        ("จำนวนเงิน (บาท)", "amount"),
        ("จํานวนเงิน", "amount"),
        (" Amount ", "amount"),
        ("AMOUNT (THB)", "amount"),
        ("จำนวนเงิน / Amount", "amount"),
        ("จำนวนเงิน (บาท) / Amount (baht)", "amount"),
        ("จำนวนเงิน\nAmount", "amount"),
        ("Unit-price:", "unit_price"),
        ("waste_percent", "waste_percent"),
        ("HS Code*", "hs_code"),
        ("ลำดับที่", ""),
        ("จำนวน / Amount", None),
        ("ราคา", None),
        ("", None),
        ("สี", None),
    ],
)
def test_a_heading_is_recognised_whatever_its_dress(text: str, meaning: str | None) -> None:
    assert headings.find(text, COLUMNS) == meaning


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("ชื่อสินค้า", "product.name_th"),
        ("ชื่อสินค้า (ไทย)", "product.name_th"),
        ("ชื่อสินค้า (อังกฤษ)", "product.name_en"),
        ("ชื่อสินค้า (English)", "product.name_en"),
        ("Product name (Thai)", "product.name_th"),
        ("Product name:", "product.name_en"),
        ("ราคาหน้าโรงงาน (บาท)", "price_ex_works"),
        ("Ex-works price (THB)", "price_ex_works"),
        ("price_ex_works", "price_ex_works"),
        ("vat included", "vat_included"),
        ("กำไร", "profit"),
        ("รุ่น", "product.models"),
    ],
)
def test_a_label_is_recognised_whatever_its_dress(text: str, path: str) -> None:
    assert headings.find(text, FIELDS) == path
