"""The recipe of CONTRIBUTING: a new rule set is a file dropped into a folder, and no Python."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mit.criteria.assess import assess
from mit.criteria.cost_sheet import parse_cost_sheet
from mit.criteria.rulebook import load_rulebook
from mit.errors import RulebookError
from tests.cli.test_assess import THAI, mit
from tests.support.sheets import RULE_SET_FILE, Document, material, product, rule_document, sheet

ROOT = Path(__file__).parents[2]
NAME = "mit-2570-1.json"


def example() -> Document:
    """Return what the recipe says that comes into the copy."""
    (found,) = re.findall(r"```json\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.DOTALL)
    document: Document = json.loads(found)
    return document


def followed() -> Document:
    """Return the newest file with the example in it."""
    wanted = example()
    return rule_document() | wanted | {"cases": [*rule_document()["cases"], *wanted["cases"]]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of rule sets into which the new one was dropped."""
    shutil.copy(RULE_SET_FILE, tmp_path)
    (tmp_path / NAME).write_text(json.dumps(followed(), ensure_ascii=False), encoding="utf-8")
    return tmp_path


def transformer(hs_code: str, share: int) -> Document:
    foreign = material(f"{100 - share}.00", hs_code=hs_code)
    return sheet("100.00", foreign, product=product(hs_code=hs_code))


def test_the_file_is_taken_up_from_its_first_day_and_the_old_one_stays_as_it_is(folder: Path) -> None:
    book = load_rulebook(folder)
    assert book.in_force(date(2027, 2, 28)) == load_rulebook().by_id("mit-2563-1")
    assert book.in_force(date(2027, 3, 1)).id == "mit-2570-1"
    assert book.in_force(date(2040, 1, 1)).id == "mit-2570-1"


@pytest.mark.parametrize(
    ("hs_code", "share", "before", "after"),
    [
        ("8544.49", 49, True, False),
        ("8544.49", 50, True, True),
        ("7413.00", 45, True, False),
        ("7412.20", 45, True, True),
        ("8504.40", 45, True, True),
    ],
)
def test_it_judges_from_then_on_and_only_its_own_products_otherwise(
    folder: Path, hs_code: str, share: int, before: bool, after: bool
) -> None:
    book, judged = load_rulebook(folder), parse_cost_sheet(transformer(hs_code, share))
    assert assess(book.in_force(date(2027, 2, 28)), judged).meets is before
    assert assess(book.in_force(date(2027, 3, 1)), judged).meets is after


def test_the_commands_of_the_recipe_check_it_and_try_a_sheet_by_it(folder: Path) -> None:
    path = folder / NAME
    checked = mit("rules", "check", path, "--json")
    assert (checked.code, checked.err) == (0, "")
    assert checked.answer["notice"] == {"days": 60, "given_days": 76}
    assert [
        (one["group"], one["hs_prefixes"], one["setting"], one["value"])
        for one in checked.answer["overrides"]
    ] == [
        (None, ["841821"], "tariff_shift_digits", 6),
        ("cables", ["8544", "7413"], "threshold_percent", "50"),
    ]
    tried = folder / "cable.json"
    tried.write_text(json.dumps(transformer("8544.49", 45)), encoding="utf-8")
    by_new, by_old = mit("assess", tried, "--ruleset", path, "--json"), mit("assess", tried, "--json")
    assert (by_new.code, by_new.answer["ruleset"]["sha256"]) == (1, checked.answer["sha256"])
    assert (by_old.code, by_old.answer["ruleset"]["id"]) == (0, "mit-2563-1")


def test_it_is_said_in_both_languages_what_counts_for_whom_and_why(folder: Path) -> None:
    told = mit("rules", "check", folder / NAME).out
    assert THAI.search(told)
    assert "For the group “Cables and wire” (HS codes that begin with 8544, 7413)" in told
    assert "50 % counts, because copper is made in Thailand by now" in told
    assert "สินค้ากลุ่มสายไฟและลวด (พิกัดที่ขึ้นต้นด้วย 8544, 7413) ใช้เกณฑ์เฉพาะ: นับที่ร้อยละ 50" in told
    assert "76 days of notice (at least 60 are demanded)" in told
    assert "คือล่วงหน้า 76 วัน (กำหนดไว้อย่างน้อย 60 วัน)" in told


def test_the_rule_set_that_ships_says_that_its_notice_is_not_known() -> None:
    told = mit("rules", "check", RULE_SET_FILE)
    assert "does not say how many days of notice it needs" in told.out
    assert mit("rules", "check", RULE_SET_FILE, "--json").answer["notice"] is None


@pytest.mark.parametrize(
    ("spoil", "code", "where"),
    [
        (lambda d: d["notice"].update(announced_on="2027-01-01"), "rule_notice_short", "notice.announced_on"),
        (lambda d: d["cases"].pop(), "rule_override_untried", "overrides.by_hs_prefix.841821"),
        (lambda d: d.update(id="mit-2563-1"), "rule_id_twice", "id"),
    ],
)
def test_a_folder_with_one_that_does_not_follow_it_does_not_open(
    folder: Path, spoil: Any, code: str, where: str
) -> None:
    document = followed()
    spoil(document)
    (folder / NAME).write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(RulebookError) as caught:
        load_rulebook(folder)
    assert (code, f"{NAME}: {where}") in [(fault.code, fault.where) for fault in caught.value.faults]


def test_what_is_neither_a_file_nor_an_id_is_no_rule_set(folder: Path) -> None:
    tried = folder / "sheet.json"
    tried.write_text(json.dumps(transformer("8504.40", 45)), encoding="utf-8")
    assert mit("assess", tried, "--ruleset", "mit-2570-1", "--json").answer["code"] == "no_such_rule_set"
    assert mit("assess", tried, "--ruleset", tried, "--json").code == 2
