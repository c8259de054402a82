"""Does it cover this?  The section of the verdict page: the question, the answer, and what differs."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from mit.credential.coverage_answer import entry_of, report_coverage
from mit.i18n import LANGUAGES, Language, say
from mit.verify.coverage import check_coverage, coverage_finding
from mit.verify.verdict import Verdict
from mit.web.pages.templates import doubtful
from mit.web.pages.verdict_page import verdict_page
from tests.vectors.make_vectors import FOLDER
from tests.web import verdicts
from tests.web.html import Page, read_page

COVERAGES: dict[str, list[dict[str, Any]]] = json.loads(
    (FOLDER / "covers" / "corpus.json").read_text(encoding="utf-8")
)["coverages"]


def answered(coverage: str, asked: str) -> Verdict:
    """Return a good certificate's verdict, asked about something."""
    products = tuple(COVERAGES[coverage])
    report = report_coverage([entry_of(one) for one in products], asked)
    certificate = replace(verdicts.CERTIFICATE, products=products, product_count=len(products))
    return verdicts.with_finding(coverage_finding(report), certificate=certificate, coverage=report)


def markup(web: Flask, verdict: Verdict, address: str) -> str:
    with web.test_request_context(address):
        return verdict_page(verdict, door="number").get_data(as_text=True)


def section(web: Flask, coverage: str, asked: str, lang: str = "th") -> tuple[Page, str]:
    """Return the whole page, and the markup of the section."""
    html = markup(web, answered(coverage, asked), f"/verify?number=x&lang={lang}&model={asked}")
    found = re.search(r'<section class="ask ask-model".*?</section>', html, re.DOTALL)
    assert found
    return read_page(html), found[0]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("coverage", "asked", "outcome", "verdict"),
    [
        ("cable", "สายไฟ VAF 2x2.5 ยี่ห้อ SIAM", "covered", "VALID"),
        ("cable", "VAF 2x4", "other_model", "NOT_VALID"),
        ("steel", "หนา 3 มม.", "other_model", "NOT_VALID"),
        ("chair", "ตู้เย็น RF-9", "not_covered", "NOT_VALID"),
        ("pump", "NP-1OO", "cannot_tell", "CANNOT_TELL"),
        ("sheet", "0.45", "cannot_tell", "CANNOT_TELL"),
    ],
)
def test_the_answer_stands_in_words_and_sign(
    web: Flask, coverage: str, asked: str, outcome: str, verdict: str, lang: Language
) -> None:
    page, part = section(web, coverage, asked, lang)
    assert page.one("main").attributes["data-verdict"] == verdict
    assert f'data-coverage="{outcome}"' in part
    assert say(f"verify.covers_{outcome}", lang) in part
    assert '<svg class="outcome-sign' in part
    told = answered(coverage, asked).findings[-1].detail(lang)
    assert told in page.text
    assert page.one("input", id="model").attributes["value"] == asked


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_covered_names_its_line_and_nothing_that_differs(web: Flask, lang: Language) -> None:
    _, part = section(web, "cable", "VAF 2x2.5", lang)
    assert "1. " in part
    assert "VAF 2x2.5 ·" in part
    assert "THW 1x4" not in part
    assert '<table class="differs"' not in part
    assert say("verify.covers_nearest", lang) not in part


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_differs_stands_field_by_field_beside_the_nearest(web: Flask, lang: Language) -> None:
    page, part = section(web, "cable", "VAF 2x4", lang)
    table = page.one("table", class_="differs").text
    assert table.split()[-5:] == [say("verify.covers_field_model", lang), "VAF", "2x4", "VAF", "2x2.5"]
    assert say("verify.covers_nearest", lang) in part
    assert part.index("VAF 2x1.5") < part.rindex("THW 1x4")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_letters_to_look_at_are_marked_in_both_spellings(web: Flask, lang: Language) -> None:
    _, part = section(web, "pump", "NP-1OO", lang)
    assert "NP-1<mark>O</mark><mark>O</mark>" in part
    assert "NP-1<mark>0</mark><mark>0</mark>" in part


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_value_that_is_missing_is_said_to_be(web: Flask, lang: Language) -> None:
    page, _ = section(web, "steel", "0.5 mm", lang)
    table = page.one("table", class_="differs").text
    assert "600 ≤ ความกว้าง < 1250 mm" in table
    assert say("verify.covers_not_asked", lang) in table


def test_at_most_five_are_named_as_nearest(web: Flask) -> None:
    products = tuple({**verdicts.CABLE, "models": [f"MX-{at}0"], "ranges": []} for at in range(12))
    report = report_coverage([entry_of(one) for one in products], "MX-55")
    verdict = verdicts.with_finding(coverage_finding(report), coverage=report)
    page = read_page(markup(web, verdict, "/verify?number=x&model=MX-55"))
    assert len(page.one("ul", class_="coverage-lines").children) == 5
    assert "MX-50" in page.one("ul", class_="coverage-lines").children[0].text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_bare_count_of_products_cannot_tell(web: Flask, lang: Language) -> None:
    finding = check_coverage("VAF 2x2.5", None)
    assert finding is not None
    bare = replace(verdicts.CERTIFICATE, products=(), product_count=12)
    verdict = verdicts.with_finding(finding, certificate=bare)
    page = read_page(markup(web, verdict, f"/v/1?lang={lang}&model=VAF"))
    assert say("verify.covers_cannot_tell", lang) in page.one("section", id="covers").text
    assert finding.detail(lang) in page.text


def test_days_are_kept_when_the_model_is_asked_and_the_model_when_days_are(web: Flask) -> None:
    address = "/verify?number=MIT-1&lang=en&bid=1/4/2569&delivery=2/5/2569&model=VAF"
    page = read_page(markup(web, verdicts.VALID, address))
    sent = {}
    for name in ("ask ask-model", "ask ask-days"):
        form = page.one("section", class_=name)
        sent[name] = {
            field.attributes["name"]: field.attributes.get("value")
            for field in page.all("input")
            if field.attributes.get("name") and _is_inside(form, field)
        }
    asked = {"number": "MIT-1", "lang": "en", "bid": "1/4/2569", "delivery": "2/5/2569", "model": "VAF"}
    for told in sent.values():
        assert {name: text for name, text in told.items() if text} == asked


def _is_inside(element: Any, wanted: Any) -> bool:
    return any(child is wanted or _is_inside(child, wanted) for child in element.children)


def test_without_a_question_there_is_only_the_field(web: Flask) -> None:
    page = read_page(markup(web, verdicts.VALID, "/v/1"))
    part = page.one("section", id="covers")
    assert page.one("input", id="model").attributes["maxlength"] == "500"
    assert "coverage-answer" not in str(part.attributes)
    assert not page.all("div", class_="coverage-answer question-pass")


def test_without_a_certificate_nothing_is_asked_about_its_goods(web: Flask) -> None:
    page = read_page(markup(web, verdicts.FORGED, "/v/1?model=X-1"))
    assert not page.all("section", id="covers")
    assert not page.all("input", name="model")


@pytest.mark.parametrize(
    "asked",
    [
        "<script>alert(1)</script>",
        "\"><img src=x onerror='alert(1)'> NP-1OO",
        "{{7*7}} NP-1OO",
        "NP-1OO<b>",
        "&lt;i&gt; NP-1OO &",
        "\u202eNP-1OO",
    ],
)
def test_hostile_questions_stay_text(web: Flask, asked: str) -> None:
    with web.test_request_context("/verify", query_string={"number": "x", "model": asked}):
        html = verdict_page(answered("pump", asked), door="number").get_data(as_text=True)
    page = read_page(html)
    assert not page.all("script")
    assert not page.all("img")
    assert not page.all("b")
    assert "49" not in page.one("section", id="covers").text
    assert page.one("input", id="model").attributes["value"] == asked


@pytest.mark.parametrize(
    ("text", "places", "expected"),
    [
        ("NP-1OO", [4, 5], "NP-1<mark>O</mark><mark>O</mark>"),
        ("<b>", [0], "<mark>&lt;</mark>b&gt;"),
        ("&", [], "&amp;"),
        ("", [3], ""),
        ("น้ำ", [1], "น<mark>้</mark>ำ"),
    ],
)
def test_marks_are_put_around_escaped_letters(text: str, places: list[int], expected: str) -> None:
    assert doubtful(text, places) == expected
