"""``mit assess`` and ``mit rules check``: answers, exit codes, errors for people and for machines."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.sheets import RULE_SET_FILE, cost, full_sheet, material, rule_document, sheet
from tests.support.workbooks import Book, sheet_rows, write_workbook

THAI = re.compile("[\u0e00-\u0e7f]")
MEETS = full_sheet()
FAILS = sheet("100.00", material("70.00"))
OPEN = sheet("100.00", material("70.00", hs_code=None))


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        lines = self.out.splitlines()
        assert len(lines) == 1
        return json.loads(lines[0])


def mit(*arguments: str | Path) -> Outcome:
    done = subprocess.run(
        [sys.executable, "-m", "mit", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def saved(tmp_path: Path) -> Any:
    def save(document: object, name: str = "sheet.json") -> Path:
        path = tmp_path / name
        data = document if isinstance(document, bytes) else json.dumps(document).encode()
        path.write_bytes(data)
        return path

    return save


@pytest.mark.parametrize(
    ("document", "meets", "code"), [(MEETS, True, 0), (FAILS, False, 1), (OPEN, None, 1)]
)
def test_the_answer_is_one_json_object_and_the_exit_code_says_it_too(
    saved: Any, document: object, meets: bool | None, code: int
) -> None:
    outcome = mit("assess", saved(document), "--json")
    assert outcome.code == code
    assert outcome.err == ""
    answer = outcome.answer
    assert answer["meets"] is meets
    assert [formula["id"] for formula in answer["formulas"]] == ["direct", "build_down", "tariff_shift"]
    assert answer["ruleset"]["id"] == "mit-2563-1"
    assert answer["notices"] == []
    assert answer["explanation"]["th"]
    assert answer["explanation"]["en"]


def test_a_workbook_gives_the_same_answer_and_its_notices(saved: Any) -> None:
    rows = sheet_rows(MEETS, numeric=True)
    path = saved(Book(rows, hidden_rows=frozenset({len(rows)})).to_bytes(), "sheet.xlsx")
    outcome = mit("assess", path, "--json")
    assert outcome.code == 0
    same = mit("assess", saved(MEETS), "--json").answer
    answer = outcome.answer
    assert [notice["code"] for notice in answer.pop("notices")] == ["row_hidden"]
    same.pop("notices")
    assert answer == same


def test_people_read_the_answer_in_thai_first_then_in_english(saved: Any) -> None:
    outcome = mit("assess", saved(MEETS))
    thai, _, english = outcome.out.partition("Meets the “Made in Thailand” criteria")
    assert outcome.code == 0
    assert thai.startswith("ผ่านเกณฑ์")
    assert "56.00" in thai
    assert "56.00" in english
    assert not THAI.search(english)


def test_doubts_and_notices_are_shown_to_people_with_their_cells(saved: Any) -> None:
    lines = [material("1.00", "domestic", quantity="2", unit_price="2") for _ in range(30)]
    outcome = mit("assess", saved(write_workbook(sheet("100.00", *lines)), "sheet.xlsx"))
    assert "! แบบแสดงต้นทุน!C9: The declared 1.00 baht is not quantity × unit price" in outcome.out
    assert "and 10 more remarks" in outcome.out


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--on", "2020-12-21"], "no_rule_set_in_force"),
        (["--on", "2020-12-32"], "day_malformed"),
        (["--on", "tomorrow"], "day_malformed"),
        (["--ruleset", "mit-1999"], "no_such_rule_set"),
    ],
)
def test_a_wrong_option_is_a_problem_document(saved: Any, options: list[str], code: str) -> None:
    outcome = mit("assess", saved(MEETS), *options, "--json")
    assert outcome.code == 2
    assert outcome.answer["code"] == code
    assert {"type", "title", "detail", "errors"} <= outcome.answer.keys()


@pytest.mark.parametrize(
    "options", [["--on", "2020-12-22"], ["--on", "22/12/2563"], ["--ruleset", "mit-2563-1"]]
)
def test_the_rule_set_may_be_chosen_by_day_or_by_id(saved: Any, options: list[str]) -> None:
    assert mit("assess", saved(MEETS), *options, "--json").answer["ruleset"]["id"] == "mit-2563-1"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"nonsense", "file_kind_unknown"),
        (b"{", "json_broken"),
        (b"{}", "cost_sheet"),
        (b"PK\x03\x04", "file_not_workbook"),
        (b'{"price_ex_works": 5}', "cost_sheet"),
        (json.dumps(sheet("10.00", material("9.00"), profit="1.01")).encode(), "declared_exceeds_price"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_problem_document_and_exit_code_two(
    saved: Any, data: bytes, code: str
) -> None:
    outcome = mit("assess", saved(data), "--json")
    assert outcome.code == 2
    assert outcome.answer["code"] == code
    for error in outcome.answer["errors"]:
        assert THAI.search(error["sentence"]["th"])
        assert error["sentence"]["en"]


def test_a_wrong_amount_is_named_with_position_and_member(saved: Any) -> None:
    document = sheet("100.00", material("60.00"), cost("labour", "10.001"))
    answer = mit("assess", saved(document), "--json").answer
    named = [(error["code"], error["where"]) for error in answer["errors"]]
    assert named == [("amount_decimals", "lines[2].amount")]


def test_people_read_an_error_in_both_languages(saved: Any) -> None:
    outcome = mit("assess", saved(sheet("100.00", material("-1.00"))))
    assert outcome.code == 2
    assert outcome.out == ""
    assert "lines[1].amount" in outcome.err
    assert "ติดลบไม่ได้" in outcome.err
    assert "is negative" in outcome.err


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    outcome = mit("assess", tmp_path / "none.json", "--json")
    assert (outcome.code, outcome.answer["code"]) == (2, "sheet_file_missing")
    assert mit("assess", tmp_path, "--json").answer["code"] == "sheet_file_missing"
    assert mit("assess", "x" * 5000, "--json").answer["code"] == "sheet_file_missing"


def test_a_cost_sheet_may_be_given_as_text() -> None:
    assert mit("assess", json.dumps(MEETS), "--json").answer["meets"] is True


def test_half_letters_in_a_sheet_do_not_break_the_answer(saved: Any) -> None:
    data = json.dumps(sheet("\ud800", material("\udc00"))).encode()
    outcome = mit("assess", saved(data), "--json")
    assert (outcome.code, outcome.answer["code"]) == (2, "cost_sheet")
    assert mit("assess", saved(data)).code == 2


def test_the_rule_set_that_ships_is_well_formed() -> None:
    outcome = mit("rules", "check", RULE_SET_FILE)
    assert outcome.code == 0
    assert outcome.out.startswith("ชุดหลักเกณฑ์ mit-2563-1 ใช้ได้")
    assert "Default not yet confirmed by FTI" in outcome.out
    answer = mit("rules", "check", RULE_SET_FILE, "--json").answer
    assert answer["id"] == "mit-2563-1"
    assert len(answer["sha256"]) == 64


def test_a_rule_set_that_is_not_well_formed_is_refused_with_its_places(saved: Any) -> None:
    document = rule_document()
    document["settings"]["threshold_percent"]["value"] = 40
    del document["settings"]["vat_percent"]
    path = saved(document, "rules.json")
    outcome = mit("rules", "check", path, "--json")
    assert outcome.code == 2
    assert outcome.answer["code"] == "rule_set"
    assert {error["where"] for error in outcome.answer["errors"]} == {
        "settings.vat_percent",
        "settings.threshold_percent.value",
    }
    assert "settings.vat_percent" in mit("rules", "check", path).err


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b'{"a":1,"a":2}'])
def test_a_rule_file_that_is_no_json_is_refused(saved: Any, data: bytes) -> None:
    outcome = mit("rules", "check", saved(data, "rules.json"), "--json")
    assert (outcome.code, outcome.answer["code"]) == (2, "rule_not_json")


def test_a_rule_set_whose_own_case_differs_is_refused(saved: Any) -> None:
    document = rule_document()
    document["cases"][0]["expected"]["meets"] = False
    outcome = mit("rules", "check", saved(document, "rules.json"), "--json")
    assert (outcome.code, outcome.answer["errors"][0]["code"]) == (2, "rule_case_differs")
