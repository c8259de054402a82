"""``mit rules preview``: what a new rule set would change, in words and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mit.cli.entrance import Entrance
from mit.cli.rules import rules
from mit.config import Settings
from mit.criteria.rule_set import FORMULA_IDS
from mit.criteria.rulebook import check_rule_set
from mit.errors import InputError, RulebookError, UnreadableFileError
from mit.i18n import LANGUAGES, say
from mit.values.clock import FrozenClock
from tests.support.desk import Desk, desk
from tests.support.sheets import changed_rules, overriding, with_case
from tests.web.test_rules_preview import higher_threshold

__all__ = ["desk"]


def preview(desk: Desk, data: bytes, folder: Path, *options: str) -> Result:
    path = folder / "new.json"
    path.write_bytes(data)
    entrance = Entrance(settings=Settings, make_app=lambda _: desk.app, clock=FrozenClock(desk.now))
    return CliRunner().invoke(rules, ["preview", str(path), *options], obj=entrance)


def test_it_says_how_many_would_flip_and_which(desk: Desk, tmp_path: Path) -> None:
    issued, waiting = desk.issued(at=1), desk.submitted(True, False, at=11)
    result = preview(desk, higher_threshold(), tmp_path)
    assert result.exit_code == 0, result.output
    assert "of 3 products" in result.output
    assert "2 would not meet any more and 0 would meet" in result.output
    assert "HS chapter 85 (3 products): 2 would not meet any more" in result.output
    assert f"{issued.certificate_number} · 1 · Low-voltage cable: met, would not meet" in result.output
    assert f"{waiting.number} · 1 · สายไฟฟ้าแรงต่ำ แบบที่ 11: เดิมผ่าน จะไม่ผ่าน" in result.output
    answer = json.loads(preview(desk, higher_threshold(), tmp_path, "--json").output)
    assert (answer["standing"], answer["products"], answer["lost"], answer["gained"]) == (3, 3, 2, 0)
    assert [(flip["application"], flip["meets_before"]) for flip in answer["flips"]] == [
        (issued.number, True),
        (waiting.number, True),
    ]


def test_a_rule_set_that_fails_its_own_cases_previews_nothing(desk: Desk, tmp_path: Path) -> None:
    for data, kind in [
        (json.dumps(changed_rules(threshold_percent="99")).encode(), InputError),
        (b"{", UnreadableFileError),
    ]:
        with pytest.raises(kind):
            raise preview(desk, data, tmp_path).exception or AssertionError


def grouped(**groups: tuple[list[str], str]) -> bytes:
    """Return a rule set that asks another share of each group."""
    document = overriding(
        by_group={key: (codes, {"threshold_percent": share}) for key, (codes, share) in groups.items()}
    )
    refused = {"meets": False, "shown_percent": "50.00"}
    for codes, share in groups.values():
        fails = {"meets": False, "direct": refused, "build_down": refused} if int(share) > 50 else {}
        document = with_case(document, f"{codes[0]}00"[:6], **fails)
    document["notice"] = {
        "days": 30,
        "announced_on": "2020-10-01",
        "mark": "unknown",
        "sources": [],
        "text": {"th": "ประกาศ", "en": "announced"},
    }
    return json.dumps(document).encode()


def test_it_is_told_group_by_group_in_both_languages_and_as_json(desk: Desk, tmp_path: Path) -> None:
    desk.issued(at=1)
    data = grouped(cables=(["8544"], "90"), steel=(["7206"], "60"))
    told = preview(desk, data, tmp_path).output
    assert "group goods cables (cables) (1 products): 1 would not meet any more, 0 would meet" in told
    assert "กลุ่มสินค้า สินค้า cables (cables) (1 รายการ): ไม่ผ่านอีกต่อไป 1 ผ่านเพิ่ม 0" in told
    assert "steel" not in told
    assert "82 days of notice (at least 30 are demanded)" in told
    answer = json.loads(preview(desk, data, tmp_path, "--json").output)
    assert answer["by_group"] == {"cables": {"products": 1, "lost": 1, "gained": 0}}
    assert "by_hs_prefix" not in answer


def test_products_of_no_group_are_counted_beside_the_groups(desk: Desk, tmp_path: Path) -> None:
    desk.issued(at=1)
    answer = json.loads(preview(desk, grouped(steel=(["7206"], "60")), tmp_path, "--json").output)
    assert answer["by_group"] == {"": {"products": 1, "lost": 0, "gained": 0}}
    assert json.loads(preview(desk, higher_threshold(), tmp_path, "--json").output)["by_group"] == {}


def shirts(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["overrides"]["by_hs_prefix"]["6109"]["settings"]
    return found


REFUSALS: list[tuple[str, Any]] = [
    ("rule_hs_prefix", lambda d: d["overrides"]["by_hs_prefix"].update({"851": {}})),
    ("rule_group_unknown", lambda d: d["groups"].pop("cables")),
    ("rule_group_malformed", lambda d: d["groups"].update({"A B": d["groups"]["cables"]})),
    ("rule_override_empty", lambda d: shirts(d).clear()),
    ("rule_override_twice", lambda d: d["groups"]["cables"]["hs_prefixes"].append("6109")),
    ("rule_override_untried", lambda d: d["cases"].pop()),
    ("rule_threshold_whole", lambda d: d["settings"]["threshold_percent"].update(value="40.5")),
    (
        "rule_not_overridable",
        lambda d: d["overrides"]["by_hs_prefix"]["6109"]["settings"].update(vat_percent={}),
    ),
    (
        "rule_no_formula_on",
        lambda d: [d["settings"][f"{name}_on"].update(value=False) for name in FORMULA_IDS],
    ),
]


@pytest.mark.parametrize(("code", "spoil"), REFUSALS, ids=[code for code, _ in REFUSALS])
def test_what_is_wrong_in_a_rule_set_is_said_with_its_place_in_both_languages(
    tmp_path: Path, code: str, spoil: Any
) -> None:
    document = overriding(
        {"6109": {"threshold_percent": "45"}}, {"cables": (["8544"], {"threshold_percent": "50"})}
    )
    document = with_case(with_case(document, "8544.49"), "6109.10")
    assert check_rule_set(document) == []
    spoil(document)
    path = tmp_path / "new.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(RulebookError) as caught:
        raise CliRunner().invoke(rules, ["check", str(path)]).exception or AssertionError
    (fault, *_) = [one for one in caught.value.faults if one.code == code]
    assert fault.where
    said = {language: say(f"errors.{code}", language, **fault.params) for language in LANGUAGES}
    assert len(set(said.values())) == len(LANGUAGES)
    assert all("{" not in sentence for sentence in said.values())
