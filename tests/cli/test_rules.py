"""``mit rules preview``: what a new rule set would change, in words and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mit.cli.entrance import Entrance
from mit.cli.rules import rules
from mit.config import Settings
from mit.errors import InputError, UnreadableFileError
from mit.values.clock import FrozenClock
from tests.support.desk import Desk, desk
from tests.support.sheets import changed_rules
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
