"""``mit reassess``: one answer, an exit code that says it too, and no database behind it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mit.i18n import LANGUAGES, say
from tests.cli.test_assess import THAI, mit
from tests.issuance.test_reassess import FROZEN, frozen, let_it_pass


def test_the_frozen_case_is_the_same_in_words_and_as_json() -> None:
    told, asked = mit("reassess", FROZEN), mit("reassess", FROZEN, "--json")
    assert (told.code, asked.code, told.err, asked.err) == (0, 0, "", "")
    assert THAI.search(told.out)
    assert "everything agrees" in told.out
    assert "✗" not in told.out
    assert asked.answer["same"] is True
    assert all(check["agrees"] for check in asked.answer["checks"])


def test_what_differs_is_said_with_both_sides_and_exit_code_1(tmp_path: Path) -> None:
    case, path = frozen(), tmp_path / "case.json"
    let_it_pass(case, hashes_too=True)
    case["application"] = "\x1b[2J"
    path.write_text(json.dumps(case), encoding="utf-8")
    told, asked = mit("reassess", path), mit("reassess", path, "--json")
    assert (told.code, asked.code) == (1, 1)
    assert "meets: in the file True, reckoned False" in told.out
    assert "\x1b" not in told.out + asked.out
    assert asked.answer["same"] is False
    differing = {check["check"] for check in asked.answer["checks"] if not check["agrees"]}
    assert differing == {"content_named", "answer", "figures", "result"}


def test_a_product_of_any_number_is_said_at_once(tmp_path: Path) -> None:
    case, path = frozen(), tmp_path / "case.json"
    case["products"][1]["position"] = 2**53 - 1
    path.write_text(json.dumps(case), encoding="utf-8")
    told = mit("reassess", path)
    assert told.code == 1
    assert "Product 9007199254740991" in told.out


@pytest.mark.parametrize("data", [b"", b"{}", b"PK\x03\x04", b'{"format": "mit-case-file/1"}'])
def test_what_cannot_be_read_ends_with_exit_code_2(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "case.json"
    path.write_bytes(data)
    outcome = mit("reassess", path, "--json")
    assert outcome.code == 2
    assert outcome.answer["sentence"]["th"]
    assert mit("reassess", tmp_path / "nowhere.json").code == 2


def test_neither_database_nor_network_is_loaded_for_it() -> None:
    script = (
        "import sys\nfrom mit.__main__ import main\n"
        f"sys.argv = ['mit', 'reassess', {str(FROZEN)!r}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert end.code == 0, end.code\n"
        "loaded = {'sqlalchemy', 'flask', 'werkzeug', 'requests', 'httpx'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_anywhere_else_it_comes_out_the_same_to_the_byte(tmp_path: Path) -> None:
    """Another folder, language, time zone and order of sets, and an environment without a word of ours."""
    (tmp_path / "case.json").write_bytes(FROZEN.read_bytes())
    command = [sys.executable, "-m", "mit", "reassess", "case.json", "--json"]
    root = str(Path(__file__).parents[2])
    answers = set()
    for seed, language, zone in (("1", "C", "UTC"), ("2", "th_TH.UTF-8", "Pacific/Kiritimati")):
        environment = {"PYTHONPATH": root, "PYTHONHASHSEED": seed, "LANG": language, "TZ": zone, "PATH": ""}
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        answers.add(done.stdout)
    assert len(answers) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["case.json"]


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("named", lambda case: case["products"][0].update(name_th="ทองคำแท่ง")),
        ("decisions", lambda case: case["products"][1].update(decision="certified")),
        ("in_force", lambda case: case["products"][0]["assessment"].update(assessed_at="yesterday")),
        ("approval", lambda case: case["approvals"][0].update(content_digest="0" * 64)),
        ("rule_set", lambda case: case.update(rule_set_sha256="0" * 64)),
        ("engine", lambda case: case["products"][0]["assessment"].update(engine_version="0.9.9")),
    ],
)
def test_each_difference_is_said_in_both_languages(tmp_path: Path, code: str, change: Any) -> None:
    case, path = frozen(), tmp_path / "case.json"
    change(case)
    path.write_text(json.dumps(case), encoding="utf-8")
    told = mit("reassess", path)
    assert told.code == 1
    for language in LANGUAGES:
        assert f"✗ {say(f'reassess.{code}_differs', language)}" in told.out
