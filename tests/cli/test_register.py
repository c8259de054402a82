"""A database that is away, empty or old is said in words by every command that needs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from mit.__main__ import _database_errors, mit
from mit.app import create_app
from mit.cli.entrance import Entrance, problem_document, report, sentence
from mit.config import Settings
from mit.errors import Fault, InputError, LintError, MitError, SettingsError
from mit.i18n import say
from mit.store.db import dispose_engines
from mit.upkeep import schema
from mit.values.clock import FrozenClock, SystemClock
from tests.conftest import NOW
from tests.support.databases import KINDS, Databases, bare_app

AWAY = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
#: Every command that works with the register, and what it is told at least.
NEEDING = (
    ("accounts", "create-admin", "--email", "chief@example.com", "--name", "Chief"),
    ("keys", "create"),
    ("keys", "create", "--seal"),
    ("keys", "list"),
    ("keys", "activate", "1"),
    ("keys", "end", "1"),
    ("keys", "retire", "1"),
    ("keys", "compromise", "1", "--from", "2026-11-25T03:00:00Z", "--reason", "lost"),
    ("keys", "export"),
    ("trust", "export", "--out", "trust.json"),
    ("serve", "--port", "0"),
    ("worker", "--once"),
    ("worker", "--revive"),
)


def program(*words: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in *folder*, with nothing of ours in its environment but *environ*."""
    given = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **environ}
    command = [sys.executable, "-m", "mit", *words]
    return subprocess.run(
        command, capture_output=True, text=True, env=given, cwd=folder, timeout=60, check=False
    )


@pytest.fixture
def away(workplace: Path) -> Iterator[Flask]:
    """An application whose database does not answer."""
    app = create_app(Settings(env="test", database_url=AWAY, var_dir=workplace / "var"))
    yield app
    with app.app_context():
        dispose_engines()


def refusal(app: Flask, words: tuple[str, ...], folder: Path) -> MitError:
    """Return how the command *words* refuses to work."""
    settings = Settings(env="test", var_dir=folder / "var", keys_dir=folder / "keys", key_passphrase="p" * 20)
    entrance = Entrance(settings=lambda: settings, make_app=lambda _: app, clock=FrozenClock(NOW))
    group = mit.get_command(None, words[0])  # type: ignore[attr-defined, arg-type]
    typed = "a password of many words\n"
    result = CliRunner().invoke(group, list(words[1:]), obj=entrance, input=typed)
    assert isinstance(result.exception, MitError), (words, result.exception, result.output)
    assert not list(folder.glob("*.json"))
    assert not (folder / "keys").exists()
    return result.exception


@pytest.mark.parametrize("words", NEEDING, ids=" ".join)
def test_no_command_works_on_a_database_without_tables(
    databases: Databases, workplace: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workplace)
    with bare_app(databases.empty("sqlite")) as app:
        assert refusal(app, words, workplace).code == "schema_not_migrated"


@pytest.mark.parametrize("words", NEEDING, ids=" ".join)
def test_every_command_says_that_the_database_is_away(
    away: Flask, workplace: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workplace)
    assert refusal(away, words, workplace).code == "database_unreachable"


@pytest.mark.parametrize("kind", KINDS)
def test_a_database_of_an_earlier_revision_is_refused_until_it_is_migrated(
    databases: Databases, kind: str
) -> None:
    with bare_app(databases.empty(kind)):
        schema.migrate("0001")
        with pytest.raises(SettingsError, match="schema_not_migrated"):
            schema.require_ready()
        schema.migrate()
        schema.require_ready()


def test_a_file_that_nobody_made_yet_is_an_empty_database(workplace: Path) -> None:
    url = f"sqlite:///{workplace / 'nothing' / 'mit.sqlite3'}"
    with bare_app(url), pytest.raises(SettingsError, match="schema_not_migrated"):
        schema.require_ready()
    assert not (workplace / "nothing").exists()


@pytest.mark.parametrize("words", [("db", "current"), ("db", "check", "--json")], ids=" ".join)
def test_the_program_tells_a_database_that_is_away_without_a_trace(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    ended = program(*words, folder=tmp_path, MIT_DATABASE_URL=AWAY)
    assert ended.returncode == 2
    assert "Traceback" not in ended.stdout + ended.stderr
    assert "nobody@127" not in ended.stdout + ended.stderr
    if "--json" in words:
        assert json.loads(ended.stdout)["code"] == "database_unreachable"
    else:
        assert say("errors.database_unreachable", "th") in ended.stderr
        assert say("errors.database_unreachable", "en") in ended.stderr


def test_a_working_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(SettingsError) as refused:
        create_app(Settings(env="test", var_dir=tmp_path / "file"))
    assert (refused.value.code, refused.value.where) == ("settings_value", "MIT_VAR_DIR")


def test_only_what_a_database_raises_is_taken_for_a_database_that_is_away() -> None:
    kinds = _database_errors()
    assert kinds
    assert not any(issubclass(kind, (ValueError, OSError, MitError)) for kind in kinds)


# --- how an error is said


MANY = InputError(
    "cost_sheet", faults=[Fault("text_missing", "name"), Fault("text_long", "brand", {"longest": 9})]
)


@pytest.mark.parametrize("error", [SettingsError("settings_value", where="MIT_ENV"), MANY, LintError("lint")])
def test_an_error_is_one_document_for_machines(error: MitError, capsys: pytest.CaptureFixture[str]) -> None:
    report(error, as_json=True)
    said = capsys.readouterr()
    document: dict[str, Any] = json.loads(said.out)
    assert said.err == ""
    assert document == problem_document(error)
    assert document["type"] == f"urn:mit:problem:{error.code}"
    assert [(one["code"], one["where"]) for one in document["errors"]] == [
        (fault.code, fault.where) for fault in error.faults
    ]


def test_people_read_every_fault_with_its_place_in_both_languages_on_standard_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report(MANY, as_json=False)
    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["name", "name", "brand", "brand"]
    assert say("errors.text_long", "en", longest=9) in lines[3]
    report(LintError("lint"), as_json=False)
    assert capsys.readouterr().err.splitlines()[1] == say("errors.lint", "en")


def test_a_code_that_no_catalogue_knows_is_said_as_it_is() -> None:
    error = MitError("brand_new")
    assert sentence("brand_new", "th", {}) == "brand_new"
    assert problem_document(error)["sentence"] == {"th": "brand_new", "en": "brand_new"}


def test_settings_and_application_are_made_only_when_a_command_asks(tmp_path: Path) -> None:
    made: list[str] = []

    def settings() -> Settings:
        made.append("settings")
        return Settings(env="test", var_dir=tmp_path)

    def application(given: Settings) -> Flask:
        made.append("application")
        return Flask("x")

    entrance = Entrance(settings=settings, make_app=application, clock=SystemClock())
    assert made == []
    with entrance.app() as app:
        assert app.name == "x"
    assert made == ["settings", "application"]
