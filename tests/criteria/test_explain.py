"""An assessment in words: every figure, both languages, with what backs it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mit.criteria.assess import assess
from mit.criteria.assessment import Assessment
from mit.criteria.cost_sheet import parse_cost_sheet
from mit.criteria.explain import LISTED_LINES, explain
from mit.i18n import catalogue
from tests.support.sheets import OTHER_HEADING, Document, cost, full_sheet, material, rule_set, sheet

THAI = re.compile("[\u0e00-\u0e7f]")


def judged(document: Document, **changed: Any) -> Assessment:
    return assess(rule_set(**changed), parse_cost_sheet(document))


def said(document: Document, **changed: Any) -> tuple[str, str]:
    explanation = judged(document, **changed).explanation
    return "\n".join(explanation["th"]), "\n".join(explanation["en"])


SHEETS: list[tuple[Document, Document]] = [
    (full_sheet(), {}),
    (sheet("100.00"), {}),
    (sheet("100.00", material("130.00", hs_code=None)), {}),
    (sheet("100.00", material("10.00", "unproven"), profit="1.00"), {"de_minimis_on": True}),
    (sheet("100.00", material("10.00", country="VN")), {"asean_counts_as_domestic": True}),
    (sheet("100.00", material("10.00", "domestic")), {"domestic_needs_certificate": True}),
    (sheet("100.00", cost("labour", "1.00"), process=["cutting"]), {}),
    (full_sheet(), {"direct_on": False, "tariff_shift_on": False}),
    (
        sheet("100.00", cost("labour", "1.00")),
        {"direct_divided_by": "materials", "direct_counts": ["labour"]},
    ),
]


@pytest.mark.parametrize(("document", "changed"), SHEETS)
def test_both_languages_say_the_same_in_the_same_order(document: Document, changed: Document) -> None:
    explanation = judged(document, **changed).explanation
    assert len(explanation["th"]) == len(explanation["en"])
    for thai, english in zip(explanation["th"], explanation["en"], strict=True):
        assert THAI.search(thai)
        assert not THAI.search(english)
        figures = re.compile(r"-?\d[\d,]*\.\d\d")
        assert figures.findall(thai) == figures.findall(english)


@pytest.mark.parametrize(("document", "changed"), SHEETS)
def test_no_sentence_is_left_with_a_hole(document: Document, changed: Document) -> None:
    for sentences in judged(document, **changed).explanation.values():
        for sentence in sentences:
            assert sentence == sentence.strip()
            assert "{" not in sentence
            assert not re.search(r"criteria\.[a-z_]", sentence)
            assert "  " not in sentence


def test_every_figure_of_the_full_sheet_is_said() -> None:
    for text in said(full_sheet()):
        for figure in (
            "13,375.00",
            "12,500.00",
            "3,200.00",
            "1,500.00",
            "900.00",
            "300.00",
            "5,500.00",
            "1,100.00",
            "7,000.00",
            "56.00",
            "44.00",
            "40",
        ):
            assert figure in text


def test_each_formula_names_its_sources_and_says_what_is_not_confirmed() -> None:
    thai, english = said(full_sheet())
    assert "FTI, criteria for considering MiT" in english
    assert "ATIGA, article 28" in english
    assert "ส.อ.ท. หลักเกณฑ์การพิจารณา MiT" in thai
    assert "In part a default not yet confirmed by FTI" in english
    assert "ยังไม่ยืนยันกับ ส.อ.ท." in thai


def test_what_is_verified_is_not_called_a_default() -> None:
    build_down = next(s for s in judged(full_sheet()).explanation["en"] if s.startswith("Build-down"))
    assert "Source:" in build_down
    assert "confirmed" not in build_down


def test_settings_that_are_switched_off_are_not_read_out() -> None:
    quiet, loud = said(full_sheet())[1], said(full_sheet(), de_minimis_on=True)[1]
    assert "at most 10 %" not in quiet
    assert "at most 10 %" in loud


@pytest.mark.parametrize(
    ("document", "changed", "words"),
    [
        (full_sheet(), {}, "7 % VAT"),
        (sheet("100.00", material("10.00", "unproven")), {}, "origin is not proven"),
        (
            sheet("100.00", material("10.00", "domestic")),
            {"domestic_needs_certificate": True},
            "without a certificate",
        ),
        (
            sheet("100.00", material("10.00", country="VN")),
            {"asean_counts_as_domestic": True},
            "counts as domestic",
        ),
        (sheet("100.00", profit="40.00"), {}, "unexplained and counts for nobody"),
        (sheet("100.00"), {}, "not declared; derived"),
        (sheet("100.00", material("70.00", hs_code=None)), {}, "no HS code"),
        (sheet("100.00", material("70.00", hs_code=OTHER_HEADING)), {}, "HS 7409.11): differs"),
        (sheet("100.00", material("70.00")), {}, "same first 4 digits"),
        (sheet("100.00", material("8.00")), {"de_minimis_on": True}, "up to 10 % may stay"),
        (sheet("100.00", process=["cutting", "mixing"]), {}, "minimal operations alone (cutting, mixing)"),
        (sheet("100.00"), {"build_down_on": False}, "does not use the formula"),
        (
            sheet("100.00"),
            {"direct_divided_by": "materials", "direct_counts": ["labour"]},
            "nothing to divide by",
        ),
        (sheet("100.00"), {}, "meets the criteria, by the direct formula"),
        (sheet("100.00", material("70.00", hs_code=OTHER_HEADING)), {}, "by the tariff-shift formula"),
        (sheet("100.00", material("70.00")), {}, "does not meet the criteria"),
        (sheet("100.00", material("70.00", hs_code=None)), {}, "cannot be decided yet"),
    ],
)
def test_what_matters_is_said(document: Document, changed: Document, words: str) -> None:
    assert words in said(document, **changed)[1]


def test_a_long_list_of_lines_is_cut_and_the_rest_is_counted() -> None:
    lines = [material("1.00", hs_code=f"{7200 + i}.11") for i in range(40)]
    thai, english = said(sheet("100.00", *lines))
    assert f"12 and {40 - LISTED_LINES} more" in english
    assert f"12 และอีก {40 - LISTED_LINES} รายการ" in thai
    assert "13," not in english


def test_nothing_of_the_suppliers_is_said() -> None:
    for text in said(full_sheet()):
        assert "0105556000751" not in text
        assert "เหล็กไทย" not in text


def test_the_explanation_is_the_same_when_asked_again() -> None:
    assessment = judged(full_sheet())
    assert explain(assessment) == assessment.explanation


def test_every_sentence_of_the_catalogue_is_thai_first_and_english_second() -> None:
    thai, english = catalogue("criteria", "th"), catalogue("criteria", "en")
    bare = {"criteria.lines_more"}
    for key in thai:
        assert THAI.search(thai[key]), key
        assert not THAI.search(english[key]), key
        assert re.search("[a-z]", english[key]) or key in bare
