"""Check 8: what was asked, in the words of both languages, by credential and by QR."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import product as every

import pytest

from mit.credential.coverage_answer import CoverageReport, entry_of, report_coverage
from mit.credential.coverage_question import Coverage, Why
from mit.i18n import LANGUAGES, Language, catalogue
from mit.verify.content import content_of_own
from mit.verify.coverage import (
    check_coverage,
    coverage_finding,
    coverage_lines,
    coverage_of,
    covered_text,
    difference_words,
)
from mit.verify.judge import judge
from mit.verify.opening import open_qr
from mit.verify.presentation import ShownQr, read_text
from mit.verify.question import Question
from mit.verify.verdict import Answer, Outcome
from mit.verify.verdict_json import verdict_json
from tests.support.coverages import BOARD, BOLT, WIRE
from tests.support.trusting import NOW, issue, offline, record, register
from tests.vectors.make_vectors import FOLDER

ISSUED = issue()
THAI = re.compile("[\u0e00-\u0e7f]")
CORPUS = json.loads((FOLDER / "covers" / "corpus.json").read_text(encoding="utf-8"))


def wire(text: str) -> CoverageReport:
    return report_coverage([WIRE], text)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("ST-0001/22kV", (Outcome.PASS, "ok")),
        (" st-0001 / 22 KV ", (Outcome.PASS, "ok")),
        ("ST-OOO1/22kV", (Outcome.UNKNOWN, "coverage_unclear")),
        ("ST-0001-22kV", (Outcome.UNKNOWN, "coverage_unclear")),
        ("ST-0001", (Outcome.FAIL, "other_model")),
        ("ST-0002/22kV", (Outcome.FAIL, "other_model")),
        ("เก้าอี้", (Outcome.FAIL, "not_covered")),
        ("", (Outcome.UNKNOWN, "coverage_unclear")),
    ],
)
def test_a_certificate_is_asked_about_a_model(model: str, expected: tuple[Outcome, str]) -> None:
    content = content_of_own(ISSUED.made.token)
    finding = check_coverage(model, coverage_of(content, model))
    assert finding is not None
    assert (finding.outcome, finding.reason) == expected


def test_nobody_asked() -> None:
    content = content_of_own(ISSUED.made.token)
    assert coverage_of(content, None) is None
    assert check_coverage(None, None) is None


def test_a_bare_count_cannot_tell() -> None:
    counted = replace(content_of_own(ISSUED.made.token), products=())
    assert coverage_of(counted, "ST-0001/22kV") is None
    finding = check_coverage("ST-0001/22kV", None)
    assert finding is not None
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, "not_listed")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("ST-0001/22kV", ("covered", "model")),
        ("ST-0002/22kV", ("other_model", "model")),
        ("ST-0001/22kV 5 kg", ("cannot_tell", "not_in_qr")),
        ("หม้อแปลงไฟฟ้า", ("cannot_tell", "not_in_qr")),
        ("0.45 mm", ("cannot_tell", "too_little")),
    ],
)
def test_a_qr_holds_models_alone_and_says_so(asked: str, expected: tuple[str, str]) -> None:
    shown = read_text(ISSUED.made.qr_url)
    assert isinstance(shown, ShownQr)
    content = open_qr(shown, offline()).content
    assert content is not None
    report = coverage_of(content, asked)
    assert report is not None
    assert (report.outcome, report.why) == expected


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_answer_of_the_corpus_has_its_own_sentence(lang: Language) -> None:
    """A sentence for each outcome and what it rests on; none names what it does not know."""
    known = catalogue("verify", lang)
    for pair in CORPUS["pairs"]:
        report = report_coverage(map_entries(pair["coverage"]), pair["asked"])
        finding = coverage_finding(report)
        assert f"verify.coverage_{finding.wording}" in known, (pair["asked"], finding.wording)
        sentence = finding.detail(lang)
        assert "{" not in sentence
        assert "“”" not in sentence, (pair["asked"], sentence)
        assert bool(THAI.search(re.sub("“.*?”", "", sentence))) or lang == "en"


def map_entries(name: str) -> list:  # type: ignore[type-arg]
    return [entry_of(document) for document in CORPUS["coverages"][name]]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("outcome", "why"), list(every(Coverage, Why)))
def test_no_answer_is_without_words(outcome: Coverage, why: Why, lang: Language) -> None:
    report = CoverageReport(outcome, why, "X-1", (), (), ())
    assert coverage_finding(report).detail(lang)
    assert coverage_lines(report, lang)[0] == catalogue("verify", lang)[f"verify.covers_{outcome}"]


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("NYY 4x10", ("NYY 4x10",)),
        ("RUNGROJ NYY 4x16", ("NYY 4x16", "NYY 4x10")),
        ("NYY 4x1O", ("NYY 4x1O", "NYY 4x10")),
        ("NYY 4x10 ยี่ห้อ YAZAKI", ("YAZAKI", "RUNGROJ")),
        ("RUNGR0J NYY 4x10", ("RUNGR0J", "RUNGROJ")),
        ("NYY 4x10 HS 7213", ("7213", "85444949")),
        ("NYY 4x10 XLPE", ("XLPE",)),
    ],
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sentence_names_what_was_found_and_what_differs(
    asked: str, named: tuple[str, ...], lang: Language
) -> None:
    sentence = coverage_finding(wire(asked)).detail(lang)
    assert all(name in sentence for name in named), sentence


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_value_outside_is_named_with_its_range(lang: Language) -> None:
    sentence = coverage_finding(report_coverage([BOLT], "ยาว 250 มม.")).detail(lang)
    assert "250 มม." in sentence
    assert "10 < ความยาว < 200 mm" in sentence


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_missing_value_is_named_by_its_range(lang: Language) -> None:
    sentence = coverage_finding(report_coverage([BOARD], "กว้าง 90 ซม.")).detail(lang)
    assert "100 ≤ ความยาว ≤ 300 ซม." in sentence
    assert "ความกว้าง" not in sentence


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_lines_name_what_matched_or_what_differs_and_the_nearest(lang: Language) -> None:
    covered = "\n".join(coverage_lines(wire("NYY 4x10"), lang))
    assert "✓ 1." in covered
    assert "≠" not in covered
    other = "\n".join(coverage_lines(wire("NYY 4x16"), lang))
    assert "NYY 4x16 ↔ NYY 4x10" in other
    assert other.index("NYY 4x10") < other.index("THW-A 10")
    assert ("รุ่น NYY 4x10" if lang == "th" else "Models NYY 4x10") in other


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_not_stated_is_said_to_be_missing(lang: Language) -> None:
    missing = report_coverage([BOARD], "กว้าง 90 ซม.").differs[0]
    assert difference_words(missing, lang)[:2] == (
        "ความยาว",
        {"th": "ไม่ได้ระบุ", "en": "not stated"}[lang],
    )
    foreign = wire("โต๊ะ T-9").differs[0]
    assert difference_words(foreign, lang)[2] == {"th": "ไม่มีในใบรับรอง", "en": "not in the certificate"}[lang]


def test_a_covered_thing_is_named_by_the_one_model() -> None:
    one = wire("NYY 4x10").matched[0]
    assert (
        covered_text(one, "en") == "1. Copper building wire · RUNGROJ · Models NYY 4x10 · HS code 8544.49.49"
    )


def test_the_verdict_carries_the_answer_where_something_vouches_for_it() -> None:
    question = Question(NOW, model="ST-0009/22kV")
    verdict = judge(read_text(ISSUED.made.token), register(record(ISSUED)), question)
    assert verdict.answer is Answer.NOT_VALID
    assert verdict.coverage is not None
    told = json.loads(verdict_json(verdict))
    assert told == verdict.to_document()
    assert told["coverage"]["nearest"][0]["model"] == "ST-0001/22kV"
    forged = judge(read_text(ISSUED.made.token[:-6] + "AAAAAA"), offline(record(ISSUED)), question)
    assert forged.coverage is None
    assert "coverage" not in forged.to_document()


def test_two_questions_on_one_certificate_are_spelled_apart() -> None:
    """Parts of an answer are remembered by their findings; another question is never given them."""
    told = []
    for model in ("ST-0009/22kV", "ST-0008/22kV", "ST-0001/22kV"):
        verdict = judge(read_text(ISSUED.made.token), register(record(ISSUED)), Question(NOW, model=model))
        told.append(json.loads(verdict_json(verdict))["coverage"]["asked"])
    assert told == ["ST-0009/22kV", "ST-0008/22kV", "ST-0001/22kV"]
