"""What the pages say is so: settings, commands, targets, files and links that they name are there."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import pytest

from mit.__main__ import COMMANDS, mit
from mit.config import TEST_NAMES, Settings
from mit.upkeep.examine import TEST_PROGRAMS
from tests.docs.pages import PAGES as PATHS
from tests.docs.pages import ROOT, Said, all_code, links_in, name_of, read, spans, table_under, words_of

PAGES = [name_of(path) for path in PATHS]
DECLARED = {f"MIT_{field.name.upper()}" for field in fields(Settings)}
SECRET_FILES = {
    "MIT_SECRET_KEY_FILE",
    "MIT_KEY_PASSPHRASE_FILE",
    "MIT_MAIL_PASSWORD_FILE",
    "MIT_LIMITS_STORE_FILE",
}
_COMMAND = re.compile(r"^(?:\.venv/bin/)?mit ([a-z].*)")
_TARGET = re.compile(r"^make ([a-z]+)")
_TOP = {path.name for path in ROOT.iterdir()}


def test_there_are_pages_to_look_at() -> None:
    assert {"README.md", "docs/api.md", "docs/operations.md", "CONTRIBUTING.md"} <= set(PAGES)


# --- settings


def settings_rows() -> dict[str, str]:
    return {spans(row[0])[0]: row[1] for row in table_under("docs/operations.md", "## Settings")}


def test_the_table_of_settings_names_every_setting_once_and_none_besides() -> None:
    rows = table_under("docs/operations.md", "## Settings")
    named = [spans(row[0])[0] for row in rows]
    assert sorted(named) == sorted(DECLARED)
    assert all(row[2] for row in rows)


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("MIT_ENV", Settings().env),
        ("MIT_VAR_DIR", str(Settings().var_dir)),
        ("MIT_KEYS_DIR", str(Settings().keys_dir)),
        ("MIT_PUBLIC_URL", Settings().public_url),
        ("MIT_TRUSTED_HOSTS", ",".join(Settings().trusted_hosts)),
        ("MIT_JOBS_INLINE", str(int(Settings().jobs_inline))),
        ("MIT_UPLOAD_LIMIT_BYTES", f"{Settings().upload_limit_bytes // 2**20} MiB"),
        ("MIT_KEY_LEAD_DAYS", str(Settings().key_lead_days)),
        ("MIT_KEY_PASSPHRASE", Settings().key_passphrase or "—"),
        ("MIT_SECRET_KEY", Settings().secret_key or "—"),
        ("MIT_MAIL_SERVER", Settings().mail_server or "—"),
        ("MIT_MAIL_SECURITY", Settings().mail_security),
        ("MIT_MAIL_USER", Settings().mail_user or "—"),
        ("MIT_MAIL_PASSWORD", Settings().mail_password or "—"),
        ("MIT_MAIL_FROM", Settings().mail_from),
        ("MIT_FAILPOINT", Settings().failpoint or "—"),
    ],
)
def test_each_default_is_the_one_that_is_written(name: str, default: str) -> None:
    assert settings_rows()[name].strip("`") == default


def test_what_the_page_says_of_production_is_what_production_demands() -> None:
    said = {spans(row[0])[0]: row[2] for row in table_under("docs/operations.md", "## Settings")}
    for name, least in (("MIT_KEY_PASSPHRASE", 20), ("MIT_SECRET_KEY", 32)):
        assert f"at least {least} signs" in said[name]
        good = {
            "MIT_ENV": "production",
            "MIT_KEY_PASSPHRASE": "p" * 20,
            "MIT_SECRET_KEY": "s" * 32,
            "MIT_PUBLIC_URL": "https://mit.example",
            "MIT_MAIL_SERVER": "smtp.example:587",
            "MIT_MAIL_FROM": "mit@mit.example",
        }
        assert Settings.from_environ(good).env == "production"
        with pytest.raises(Exception, match=name):
            Settings.from_environ({**good, name: "x" * (least - 1)})


@pytest.mark.parametrize("page", [*PAGES, "Makefile"])
def test_every_variable_that_is_named_is_declared(page: str) -> None:
    named = set(re.findall(r"\bMIT_[A-Z][A-Z_]*[A-Z]\b", read(page)))
    assert named <= DECLARED | TEST_NAMES | SECRET_FILES, page


def test_every_variable_of_the_tests_is_declared() -> None:
    """``Settings`` refuses an unknown ``MIT_`` name, so a new one has to be declared first."""
    for path in (ROOT / "tests" / "support").glob("*.py"):
        named = set(re.findall(r"environ(?:\.get\(|\[)\"(MIT_[A-Z_]+)\"", path.read_text(encoding="utf-8")))
        assert named <= TEST_NAMES, path.name


# --- commands


def commands() -> list[Said]:
    """Return every call of ``mit`` that a page shows, from its first word on."""
    found = [(said, _COMMAND.match(said.text)) for said in all_code()]
    return [Said(said.page, match[1]) for said, match in found if match]


def walk(words: list[str]) -> tuple[click.Command, list[str]]:
    """Return the command that *words* lead to, and the words that are left for it."""
    command: click.Command = mit
    left = list(words)
    while isinstance(command, click.Group) and left:
        found = command.get_command(click.Context(command), left[0])
        assert found, f"there is no command {left[0]}"
        command = found
        left.pop(0)
    return command, left


@pytest.mark.parametrize("said", commands(), ids=str)
def test_every_command_that_is_shown_exists_with_its_options(said: Said) -> None:
    command, left = walk(words_of(said.text))
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in left if word.startswith("-")} <= known


def test_the_pages_show_most_of_the_commands() -> None:
    shown = {words_of(said.text)[0] for said in commands()}
    assert shown >= set(COMMANDS) - {"demo"}


def every_command(group: click.Group, path: tuple[str, ...] = ()) -> list[Any]:
    found = []
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command
        if isinstance(command, click.Group):
            found += every_command(command, (*path, name))
        found.append(pytest.param(command, id=" ".join((*path, name))))
    return found


@pytest.mark.parametrize("command", every_command(mit))
def test_every_command_says_what_it_does_and_every_option_what_it_is_for(command: click.Command) -> None:
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert parameter.help, parameter.name


# --- targets of make


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))


@pytest.mark.parametrize("said", [said for said in all_code() if _TARGET.match(said.text)], ids=str)
def test_every_target_that_is_shown_exists(said: Said) -> None:
    match = _TARGET.match(said.text)
    assert match
    assert match[1] in targets()


def test_every_target_is_listed_with_a_line_about_it() -> None:
    listed = set(re.findall(r"^([a-z]+):.*## \S", read("Makefile"), re.MULTILINE))
    phony = set(re.search(r"^\.PHONY: (.*)$", read("Makefile"), re.MULTILINE)[1].split())  # type: ignore[index]
    assert targets() == listed == phony


# --- files and links


def files() -> list[Said]:
    """Return every file of this repository that a page names in code."""
    named = [
        Said(said.page, word.rstrip(",.;:"))
        for said in all_code()
        for word in said.text.split()
        if re.fullmatch(r"[\w.*-]+/[\w./*-]+", word)
    ]
    made_at_work = ("var/", ".venv/")
    return [
        said for said in named if said.text.split("/")[0] in _TOP and not said.text.startswith(made_at_work)
    ]


@pytest.mark.parametrize("said", sorted(set(files()), key=str), ids=str)
def test_every_file_that_is_named_is_there(said: Said) -> None:
    assert list(ROOT.glob(said.text)), said


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file(page: str) -> None:
    folder = (ROOT / page).parent
    for link in links_in(page):
        assert (folder / link).exists(), link


def test_the_decisions_are_numbered_without_a_gap_and_each_says_what_lost() -> None:
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(path.name[:4])}. "), path.name
        for part in ("**Context.**", "**Options that lost.**", "**Decision.**", "**Consequences.**"):
            assert part in text, f"{path.name}: {part}"


def test_the_parts_that_the_tests_may_demand_are_those_that_the_doctor_looks_for() -> None:
    hints = read("tests/support/require.py")
    for part in TEST_PROGRAMS:
        assert f'"{part}"' in hints, part


def test_every_room_says_what_it_holds() -> None:
    for path in Path(ROOT / "mit").rglob("__init__.py"):
        assert path.read_text(encoding="utf-8").startswith('"""'), name_of(path)
