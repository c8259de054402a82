"""``mit covers``: answers, exit codes, one document for machines; nothing that is typed makes a trace."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from mit import __main__ as program
from tests.support.coverages import BOARD, BOLT, WIRE

Call = Callable[..., tuple[int, str, str]]
THAI = re.compile("[\u0e00-\u0e7f]")
ENTRIES = [entry.to_document() for entry in (WIRE, BOLT, BOARD)]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Call ``mit covers …`` in a folder with files good and bad; return code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    write("good.json", json.dumps(ENTRIES))
    write("indented.json", "\ufeff" + json.dumps(ENTRIES, indent=1, ensure_ascii=False))
    write("empty.json", "")
    write("list.json", "[]")
    write("many.json", json.dumps(ENTRIES[:1] * 201))
    write("object.json", json.dumps(ENTRIES[0]))
    write("words.json", json.dumps(["x", 7]))
    write("short.json", json.dumps([{"brand": "x"}]))
    write("number.json", json.dumps([{**ENTRIES[0], "models": [7]}]))
    write("float.json", json.dumps([{**ENTRIES[1], "ranges": [{**ENTRIES[1]["ranges"][0], "from": 1.5}]}]))
    write("reversed.json", json.dumps([{**ENTRIES[1], "ranges": [{**ENTRIES[1]["ranges"][0], "to": "1"}]}]))
    write("twice.json", '[{"brand": "a", "brand": "b"}]')
    write("nan.json", "[NaN]")
    write("deep.json", "[" * 100_000)
    Path("latin.json").write_bytes('["สายไฟ"]'.encode("cp874"))
    Path("huge.json").write_bytes(b" " * (4 * 1024 * 1024 + 1))
    Path("folder").mkdir()

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["mit", "covers", *arguments])
        with pytest.raises(SystemExit) as ended:
            program.main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def write(name: str, text: str) -> None:
    Path(name).write_text(text, encoding="utf-8")


def document(out: str) -> dict[str, Any]:
    assert len(out.splitlines()) == 1
    told: dict[str, Any] = json.loads(out)
    return told


@pytest.mark.parametrize("file", ["good.json", "indented.json", json.dumps(ENTRIES)])
@pytest.mark.parametrize(
    ("asked", "code", "outcome"),
    [
        ("NYY 4x10", 0, "covered"),
        ("สลักเกลียว ยาว 50 มม.", 0, "covered"),
        ("RUNGROJ NYY 4x16", 1, "other_model"),
        ("เก้าอี้ K-01", 1, "not_covered"),
        ("NYY 4x1O", 2, "cannot_tell"),
        ("", 2, "cannot_tell"),
    ],
)
def test_the_outcome_is_the_exit_code(call: Call, file: str, asked: str, code: int, outcome: str) -> None:
    ended, out, err = call(file, asked, "--json")
    told = document(out)
    assert (ended, told["outcome"], err) == (code, outcome, "")
    assert told.keys() >= {"outcome", "matched", "nearest", "differs"}
    assert (told["matched"] is None) == (outcome != "covered")


def test_what_matched_the_nearest_and_the_differences_are_told(call: Call) -> None:
    covered = document(call("good.json", "NYY 4x10", "--json")[1])
    assert [(one["entry"], one["model"]) for one in covered["matched"]] == [(1, "NYY 4x10")]
    assert (covered["nearest"], covered["differs"]) == ([], [])
    other = document(call("good.json", "NYY 4x16", "--json")[1])
    assert len(other["nearest"]) == 5
    assert other["nearest"][0]["model"] == "NYY 4x10"
    assert other["differs"] == [{"field": "model", "asked": "NYY 4x16", "certified": "NYY 4x10"}]
    alike = document(call("good.json", "NYY 4x1O", "--json")[1])
    assert alike["differs"][0]["letters"] == [{"asked": 7, "certified": 7}]


def test_people_read_it_in_both_languages(call: Call) -> None:
    code, out, err = call("good.json", "NYY 4x16")
    thai, english = out.split("\n\n")
    assert (code, err) == (1, "")
    assert "ไม่ครอบคลุม" in thai
    assert english.startswith("Not covered")
    for text in (thai, english):
        assert "NYY 4x16 ↔ NYY 4x10" in text


@pytest.mark.parametrize("asked", ["-0.45 mm", "--", "-x", "--on"])
def test_what_begins_with_a_dash_is_text(call: Call, asked: str) -> None:
    if asked == "--":
        return
    code, out, _ = call("good.json", asked, "--json")
    assert code in {1, 2}
    assert "outcome" in document(out)


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("missing.json", "coverage_file_missing"),
        ("folder", "coverage_file_missing"),
        ("a\0b", "coverage_file_missing"),
        ("", "coverage_file_missing"),
        ("x" * 5000, "coverage_file_missing"),
        ("empty.json", "json_broken"),
        ("[", "json_broken"),
        ("twice.json", "json_broken"),
        ("nan.json", "json_broken"),
        ("deep.json", "json_too_deep"),
        ("latin.json", "json_not_utf8"),
        ("huge.json", "coverage_too_large"),
        ("list.json", "coverage_not_list"),
        ("many.json", "coverage_not_list"),
        ("object.json", "coverage_not_list"),
        ("words.json", "coverage"),
        ("short.json", "coverage"),
        ("number.json", "coverage"),
        ("float.json", "coverage"),
        ("reversed.json", "coverage"),
    ],
)
def test_a_file_that_is_no_coverage_is_refused_in_one_document(call: Call, file: str, code: str) -> None:
    ended, out, err = call(file, "NYY 4x10", "--json")
    problem = document(out)
    assert (ended, problem["code"], err) == (2, code, "")
    assert THAI.search(problem["sentence"]["th"])
    assert not THAI.search(problem["sentence"]["en"])
    ended, out, err = call(file, "NYY 4x10")
    assert (ended, out) == (2, "")
    assert THAI.search(err)


@pytest.mark.parametrize(
    ("file", "places"),
    [
        ("words.json", ["[1]", "[2]"]),
        ("number.json", ["[1].models"]),
        ("reversed.json", ["[1].ranges[1]"]),
    ],
)
def test_every_fault_is_named_with_its_place(call: Call, file: str, places: list[str]) -> None:
    problem = document(call(file, "x", "--json")[1])
    assert [fault["where"] for fault in problem["errors"]] == places


@pytest.mark.parametrize("arguments", [[], ["good.json"], ["good.json", "a", "b"]])
def test_a_call_without_both_is_a_wrong_call(call: Call, arguments: list[str]) -> None:
    code, out, _ = call(*arguments, "--json")
    assert (code, document(out)["code"]) == (2, "call_malformed")


@pytest.mark.parametrize(
    "asked",
    [
        "NYY 4x10 " * 11_000,
        "9" * 100_000,
        "1,000" * 20_000,
        "0.5 x " * 16_000,
        "(" * 100_000,
        "ก" * 100_000,
        "\u0e4d\u0e48" * 50_000,
        "\ufdfa" * 500,
        "½" * 500,
        "9/" * 250,
        "1,000" * 100,
        "0.5x" * 125,
        "- " * 250,
        "x" * 500,
        "หนา" * 166,
        "ยี่ห้อ" * 80,
        "จำนวน1" * 80,
        "a-" * 250,
        "\x00\x01\x1b[2J\x7f\u202e\ufffe",
        "\udcff NYY",
        "\t\n\r NYY 4x16",
    ],
    ids=lambda text: f"{len(text)} of {text[:4]!a}",
)
def test_nothing_that_is_typed_takes_long_or_makes_a_trace(call: Call, asked: str) -> None:
    """Work is bounded by what is read, not by what is typed: the longest text is the shortest answer."""
    before = time.process_time()
    code, out, err = call("good.json", asked, "--json")
    assert time.process_time() - before < 1
    assert code in {0, 1, 2}
    assert err == ""
    assert "\x1b" not in out
    told = document(out)
    assert told["outcome"] in {"other_model", "not_covered", "cannot_tell"}
    assert (told["why"] == "too_long") == (len(asked) > 500)


def test_the_command_is_listed_and_says_what_its_codes_mean() -> None:
    command = program.mit.get_command(click.Context(program.mit), "covers")  # type: ignore[attr-defined]
    assert command is not None
    assert "0 covered, 1 another model or not covered, 2 cannot tell" in " ".join(
        (command.help or "").split()
    )
