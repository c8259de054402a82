"""A command that is called wrongly says so: exit code 2, both languages, and one document for machines.

The program is run from its entrance, as a shell runs it; each case is somebody's slip at a terminal or a
script's mistake, and nothing of it may end in a trace or leave something behind.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest

from mit import __main__ as program
from mit.cli.entrance import sentence
from mit.store.db import dispose_engines
from mit.upkeep import schema
from tests.support.databases import Databases, bare_app
from tests.support.world import rows


@dataclass(frozen=True)
class Ended:
    """How a call ended."""

    code: int
    out: str
    err: str

    @property
    def problem(self) -> dict[str, Any]:
        """Return the one document on standard output."""
        lines = self.out.splitlines()
        assert len(lines) == 1, self.out
        document: dict[str, Any] = json.loads(lines[0])
        return document


Call = Callable[..., Ended]


@pytest.fixture(scope="module")
def url(databases: Databases) -> Iterator[str]:
    """The address of one migrated database; no call of this file changes it."""
    address = databases.clean("sqlite")
    yield address


@pytest.fixture
def call(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Call]:
    """Call ``mit …`` in a folder of this test's own, with some files in it."""
    folder = tmp_path / "folder"
    (folder / "a folder").mkdir(parents=True)
    (folder / "list.json").write_text("[]")
    (folder / "broken.json").write_text("{")
    (folder / "large.pem").write_bytes(b"x" * (256 * 1024 + 1))
    (folder / "words.pem").write_text("no key")
    monkeypatch.chdir(folder)
    given = {"ENV": "test", "DATABASE_URL": url, "KEY_PASSPHRASE": "a passphrase of the tests"}
    for name, value in given.items():
        monkeypatch.setenv(f"MIT_{name}", value)
    for name in ("VAR_DIR", "KEYS_DIR"):
        monkeypatch.setenv(f"MIT_{name}", str(tmp_path / name))

    def run(*words: str, typed: str = "") -> Ended:
        monkeypatch.setattr(sys, "argv", ["mit", *words])
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as ended:
            program.main()
        said = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Ended(ended.value.code, said.out, said.err)

    before = sorted(path.name for path in folder.iterdir())
    yield run
    assert sorted(path.name for path in folder.iterdir()) == before, "a call that failed left a file"


def both(code: str, **params: str | int) -> tuple[str, str]:
    """Return the sentence of a code in Thai and English."""
    return sentence(code, "th", params), sentence(code, "en", params)


# --- the words of the call themselves


@dataclass(frozen=True)
class Slip:
    """Words that no command takes so, the command that is named, and what is quoted of them."""

    words: str
    command: str
    quoted: str


SLIPS = [
    Slip("certify", "mit", "certify"),
    Slip("--version", "mit", "--version"),
    Slip("accounts create-admin --name Chief", "mit accounts create-admin", "--email"),
    Slip("accounts create-admin --email a@b.example", "mit accounts create-admin", "--name"),
    Slip("accounts reset-second-factor", "mit accounts reset-second-factor", "--email"),
    Slip("accounts remove", "mit accounts", "remove"),
    Slip("assess", "mit assess", "SHEET"),
    Slip("assess one.json two.json", "mit assess", "two.json"),
    Slip("audit verify now", "mit audit verify", "now"),
    Slip("db downgrade", "mit db downgrade", "REVISION"),
    Slip("db drop", "mit db", "drop"),
    Slip("db revision", "mit db revision", "WORDS"),
    Slip("demo --port eighty", "mit demo", "eighty"),
    Slip("doctor --loud", "mit doctor", "--loud"),
    Slip("keys activate", "mit keys activate", "KID"),
    Slip("keys activate first", "mit keys activate", "first"),
    Slip("keys activate 0", "mit keys activate", "0"),
    Slip("keys activate 65536", "mit keys activate", "65536"),
    Slip("keys end 1.5", "mit keys end", "1.5"),
    Slip("keys retire -1", "mit keys retire", "-1"),
    Slip("keys compromise 1 --reason lost", "mit keys compromise", "--from"),
    Slip("keys compromise 1 --from 2026-11-25T03:00:00Z", "mit keys compromise", "--reason"),
    Slip("keys destroy 1", "mit keys", "destroy"),
    Slip("revoke --request --as a@b.example", "mit revoke", "NUMBER"),
    Slip("revoke MIT-2569-0000001-G --request", "mit revoke", "--as"),
    Slip("rules check", "mit rules check", "FILE"),
    Slip("rules check no-such-file.json", "mit rules check", "no-such-file.json"),
    Slip("serve --port 65536", "mit serve", "65536"),
    Slip("serve --processes 0", "mit serve", "0"),
    Slip("trust export", "mit trust export", "--out"),
    Slip("trust import", "mit trust", "import"),
    Slip("verify MIT-2569-0000001-G", "mit verify", "--trust"),
    Slip("verify --trust trust.json", "mit verify", "TEXT"),
    Slip("worker --twice", "mit worker", "--twice"),
]


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.words)
def test_a_call_that_no_command_takes_is_refused_in_both_languages(call: Call, slip: Slip) -> None:
    ended = call(*slip.words.split(" "))
    assert (ended.code, ended.out) == (2, "")
    thai, english = ended.err.splitlines()[-2:]
    assert thai.startswith("เรียกคำสั่งไม่ถูกต้อง")
    assert english.startswith("The command was not called as it is meant")
    for line in (thai, english):
        assert slip.quoted in line
        assert f"{slip.command} --help" in line
    assert "Usage: mit" in ended.err


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.words)
def test_for_a_machine_it_is_one_problem_document(call: Call, slip: Slip) -> None:
    ended = call(*slip.words.split(" "), "--json")
    assert (ended.code, ended.err) == (2, "")
    problem = ended.problem
    assert problem["code"] == "call_malformed"
    assert problem["type"] == "urn:mit:problem:call_malformed"
    assert set(problem["sentence"]) == {"th", "en"}
    assert f"{slip.command} --help" in problem["title"]


def test_a_command_without_json_says_that_it_has_none(call: Call) -> None:
    assert "--json" in call("db", "current", "--json").problem["title"]


@pytest.mark.parametrize("words", ["keys", "accounts", "audit", "db", "rules", "trust", ""])
def test_a_group_alone_shows_what_it_has(call: Call, words: str) -> None:
    ended = call(*words.split())
    assert ended.code == 2
    assert "Commands:" in ended.out + ended.err
    assert "call_malformed" not in ended.out + ended.err
    assert "เรียกคำสั่งไม่ถูกต้อง" not in ended.err


@pytest.mark.parametrize("words", ["--help", "keys --help", "verify --help", "trust export --help"])
def test_help_is_no_error(call: Call, words: str) -> None:
    ended = call(*words.split())
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("Usage: mit")


def test_a_very_long_slip_is_not_said_back_in_full(call: Call) -> None:
    assert len(call("keys", "activate", "9" * 5_000, "--json").problem["title"]) < 600


@pytest.mark.parametrize("words", [("--json",), ()], ids=["json", "people"])
def test_who_stops_a_command_is_told_so(
    call: Call, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    def stop(_ctx: click.Context) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(program.mit, "invoke", stop)
    ended = call("keys", *words)
    assert ended.code == 1
    if words:
        assert ended.problem["code"] == "call_stopped"
    else:
        assert all(told in ended.err for told in both("call_stopped"))


def test_nothing_is_dropped_where_the_question_is_answered_with_no(call: Call) -> None:
    ended = call("db", "downgrade", "base", typed="n\n")
    assert ended.code == 1
    assert "Traceback" not in ended.err
    assert all(told in ended.err for told in both("call_stopped"))
    assert call("db", "current").out.strip() not in {"", "–"}


# --- what the call is about


@dataclass(frozen=True)
class Refusal:
    """A call that is well formed, the code of its refusal, and which option it is about."""

    words: tuple[str, ...]
    code: str
    where: str = ""
    has_json: bool = True
    typed: str = ""


NUMBER = "MIT-2569-0000001-G"
WRONG_NUMBER = "MIT-2569-0000001-H"
ADMIN = ("accounts", "create-admin", "--name", "Chief", "--email")
REVOKE = ("revoke", NUMBER, "--as", "nobody@example.com")
REFUSALS = [
    Refusal(
        (*ADMIN, "chief"), "email_malformed", "email", has_json=False, typed="a password of many words\n"
    ),
    Refusal((*ADMIN, "c@d.example"), "password_short", "password", has_json=False, typed="short\n"),
    Refusal((*ADMIN, "c@d.example"), "password_short", "password", has_json=False),
    Refusal(
        ("accounts", "reset-second-factor", "--email", "no@one.example"),
        "user_unknown",
        "email",
        has_json=False,
    ),
    Refusal(("assess", "no-such-file.json"), "sheet_file_missing", "no-such-file.json"),
    Refusal(("assess", "a folder"), "sheet_file_missing", "a folder"),
    Refusal(("assess", ""), "sheet_file_missing"),
    Refusal(("assess", "list.json"), "cost_sheet"),
    Refusal(("assess", "broken.json"), "json_broken"),
    Refusal(("assess", "{}"), "cost_sheet"),
    Refusal(("assess", "{}", "--ruleset", "mit-9"), "no_such_rule_set"),
    Refusal(("assess", "{}", "--on", "30/02/2569"), "day_malformed", "--on"),
    Refusal(("assess", "{}", "--on", "2400-01-01"), "day_year", "--on"),
    Refusal(("assess", "{}", "--on", "1999-12-31"), "no_rule_set_in_force"),
    Refusal(("audit", "verify", "--expect", "5"), "audit_mark_malformed", "--expect"),
    Refusal(("audit", "verify", "--expect", f"0:{'a' * 64}"), "audit_mark_malformed", "--expect"),
    Refusal(("audit", "verify", "--expect", f"1:{'A' * 64}"), "audit_mark_malformed", "--expect"),
    Refusal(("audit", "verify", "--expect", f"๑:{'a' * 64}"), "audit_mark_malformed", "--expect"),
    Refusal(("db", "upgrade", "9999"), "revision_unknown", "revision", has_json=False),
    Refusal(("db", "downgrade", "9999", "--yes"), "revision_unknown", "revision", has_json=False),
    Refusal(("keys", "activate", "9"), "not_found"),
    Refusal(("keys", "activate", "9", "--from", "tomorrow"), "day_malformed", "--from"),
    Refusal(("keys", "activate", "9", "--from", "29/02/2569"), "day_malformed", "--from"),
    Refusal(("keys", "end", "9"), "not_found"),
    Refusal(("keys", "end", "9", "--from", "2026-11-31"), "day_malformed", "--from"),
    Refusal(("keys", "retire", "9"), "not_found"),
    Refusal(
        ("keys", "compromise", "9", "--from", "2026-11-25", "--reason", "x"), "instant_malformed", "--from"
    ),
    Refusal(
        ("keys", "compromise", "9", "--from", "2026-11-25T10:00:00", "--reason", "x"),
        "instant_malformed",
        "--from",
    ),
    Refusal(
        ("keys", "compromise", "9", "--from", "0001-01-01T00:00:00+14:00", "--reason", "x"),
        "instant_malformed",
        "--from",
    ),
    Refusal(("keys", "compromise", "9", "--from", "2026-11-25T03:00:00Z", "--reason", "x"), "not_found"),
    Refusal(("keys", "create", "--seal-key", "words.pem"), "seal_needs_both", "--seal-key"),
    Refusal(("keys", "create", "--seal-certificates", "words.pem"), "seal_needs_both", "--seal-key"),
    Refusal(
        ("keys", "create", "--seal-key", "none.pem", "--seal-certificates", "words.pem"),
        "file_unreadable",
        "none.pem",
    ),
    Refusal(
        ("keys", "create", "--seal-key", "words.pem", "--seal-certificates", "large.pem"),
        "file_unreadable",
        "large.pem",
    ),
    Refusal(
        ("keys", "create", "--seal-key", "words.pem", "--seal-certificates", "words.pem"), "seal_unusable"
    ),
    Refusal(REVOKE, "revoke_step_missing", "--request"),
    Refusal(("revoke", WRONG_NUMBER, "--as", "x", "--drop"), "certificate_number_check"),
    Refusal(("revoke", "12", "--as", "x", "--confirm"), "certificate_number_malformed"),
    Refusal((*REVOKE, "--request", "--on", "yesterday"), "day_malformed", "--on"),
    Refusal((*REVOKE, "--request"), "sign_in_failed", typed="a password of many words\n\n"),
    Refusal(("rules", "check", "list.json"), "rule_set"),
    Refusal(("rules", "check", "broken.json"), "rule_not_json"),
    Refusal(("trust", "export", "--out", "out.json", NUMBER), "trust_numbers_without_only", NUMBER),
    Refusal(("trust", "export", "--out", "out.json", "--only", WRONG_NUMBER), "certificate_number_check"),
    Refusal(("trust", "export", "--out", "out.json", "--only", NUMBER, "x"), "certificate_number_malformed"),
    Refusal(("trust", "export", "--out", "out.json"), "no_active_key"),
    Refusal(("verify", NUMBER, "--trust", "none.json"), "trust_unreadable", "--trust"),
    Refusal(("verify", NUMBER, "--trust", "a folder"), "trust_unreadable", "--trust"),
    Refusal(("verify", NUMBER, "--trust", "list.json"), "trust_malformed"),
    Refusal(("verify", NUMBER, "--trust", "broken.json"), "trust_malformed"),
    Refusal(("verify", NUMBER, "--trust", "list.json", "--on", "31/09/2569"), "day_malformed", "--on"),
    Refusal(("serve", "--host", "no.such.host.invalid", "--port", "0"), "port_refused", has_json=False),
]


def _name(refusal: Refusal) -> str:
    return " ".join(refusal.words)


@pytest.mark.parametrize("refusal", [one for one in REFUSALS if one.has_json], ids=_name)
def test_a_refusal_is_one_problem_document_with_its_code(call: Call, refusal: Refusal) -> None:
    ended = call(*refusal.words, "--json", typed=refusal.typed)
    assert (ended.code, ended.err) == (2, "")
    problem = ended.problem
    assert refusal.code in {problem["code"], *(fault["code"] for fault in problem["errors"])}
    for fault in problem["errors"]:
        assert fault["sentence"]["th"] != fault["sentence"]["en"] != fault["code"]
    if refusal.where:
        assert refusal.where in {fault["where"] for fault in problem["errors"]}


@pytest.mark.parametrize("refusal", REFUSALS, ids=_name)
def test_people_read_it_in_both_languages_on_standard_error(call: Call, refusal: Refusal) -> None:
    ended = call(*refusal.words, typed=refusal.typed)
    assert (ended.code, ended.out) == (2, "")
    assert "Traceback" not in ended.err
    lines = ended.err.splitlines()
    assert len(lines) >= 2
    assert len(lines) % 2 == 0
    for thai, english in zip(lines[::2], lines[1::2], strict=True):
        assert any("ก" <= letter <= "๛" for letter in thai)
        assert thai != english
        assert english.strip()
        if refusal.where:
            assert thai.partition(": ")[0] == english.partition(": ")[0]


def test_no_refusal_changed_the_register(call: Call, url: str) -> None:
    for refusal in REFUSALS:
        call(*refusal.words, typed=refusal.typed)
    with bare_app(url):
        assert rows("SELECT kid FROM signing_keys") == []
        assert {row["event"] for row in rows("SELECT event FROM audit_events")} <= {"visitor:session:fail"}
        assert rows("SELECT email FROM users") == []
        assert schema.read_state().is_as_needed
        dispose_engines()
