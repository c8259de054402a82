"""``mit doctor``: what is missing, in words, in both languages."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

import mit
from mit import worker
from mit.app import create_app
from mit.cli.doctor import doctor
from mit.cli.entrance import Entrance
from mit.config import Settings
from mit.errors import SettingsError
from mit.i18n import catalogue
from mit.issuance.rotate_keys import mark_compromised
from mit.lifecycle.mails import Letter, Mail
from mit.store import mails
from mit.store.db import dispose_engines, transaction
from mit.upkeep.examine import FONTS, examine_machine
from mit.upkeep.examined import Examined, Grade
from mit.upkeep.publish import publish_status_lists
from mit.values.clock import FrozenClock
from tests.notify.test_outgoing import server
from tests.support.databases import Databases
from tests.support.forgery import forge
from tests.verify.conftest import Shelf, desk, shelf

__all__ = ["desk", "shelf"]


@pytest.fixture
def database_url(databases: Databases) -> str:
    """One kind is enough here; what differs between them is examined below."""
    return databases.clean("sqlite")


def run(settings: Settings, app: Flask, now: Any, *words: str) -> Result:
    entrance = Entrance(settings=lambda: settings, make_app=lambda _settings: app, clock=FrozenClock(now))
    return CliRunner().invoke(doctor, list(words), obj=entrance)


def ask(shelf: Shelf, now: Any = None, **changes: Any) -> Result:
    """Run the doctor over the shelf's installation, its settings changed."""
    settings = replace(shelf.desk.authority.settings, **changes)
    return run(settings, shelf.desk.app, now or shelf.now, "--json")


def grades(result: Result) -> dict[str, str]:
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return {one["name"]: one["grade"] for one in json.loads(result.output)["examined"]}


def test_an_installation_that_lacks_nothing_is_ready(shelf: Shelf) -> None:
    publish_status_lists(shelf.desk.authority, now=shelf.now)
    result = ask(shelf)
    found = grades(result)
    assert result.exit_code == 0, found
    assert "lacking" not in found.values()
    assert (found["credential_key"], found["issuer"]) == ("hint", "hint")
    assert json.loads(result.output)["lacking"] == 0


def test_people_read_thai_first_then_english(shelf: Shelf) -> None:
    publish_status_lists(shelf.desk.authority, now=shelf.now)
    words = run(shelf.desk.authority.settings, shelf.desk.app, shelf.now).output
    thai, _, english = words.partition("\n\n")
    assert thai.startswith("✓ Python 3.")
    assert thai.splitlines()[-1] == "พร้อมทำงาน ไม่มีสิ่งใดขาด"
    assert english.splitlines()[-1] == "Ready for work; nothing is missing."
    assert len(thai.splitlines()) == len(english.splitlines())


def test_status_lists_that_are_missing_or_old_are_told(shelf: Shelf) -> None:
    forge("DELETE FROM published")
    assert grades(ask(shelf))["status_lists"] == "lacking"
    publish_status_lists(shelf.desk.authority, now=shelf.now)
    assert grades(ask(shelf))["status_lists"] == "good"
    later = ask(shelf, shelf.now + timedelta(hours=25))
    assert (later.exit_code, grades(later)["status_lists"]) == (1, "lacking")


def test_a_key_out_of_use_is_told(shelf: Shelf) -> None:
    mark_compromised(None, 1, from_at=shelf.now, reason="stolen", now=shelf.now)
    found = grades(ask(shelf))
    assert (found["credential_key"], found["seal_key"]) == ("lacking", "hint")


def test_mail_is_examined_without_sending_any(shelf: Shelf) -> None:
    assert grades(ask(shelf))["mail"] == "hint"
    with server({"RSET": "250 ok"}) as running:
        found = ask(shelf, mail_server=f"127.0.0.1:{running.port}", mail_security="none")
    assert grades(found)["mail"] == "good"
    assert running.messages == []
    refused = ask(shelf, mail_server=f"127.0.0.1:{running.port}", mail_security="none")
    assert (refused.exit_code, grades(refused)["mail"]) == (1, "lacking")
    assert "MIT_MAIL_SERVER" in refused.output


@pytest.mark.parametrize(("free", "grade"), [(199, "lacking"), (200, "hint"), (2047, "hint"), (2048, "good")])
def test_a_disk_that_is_nearly_full_is_told(shelf: Shelf, monkeypatch, free: int, grade: str) -> None:
    usage = shutil.disk_usage("/")._replace(free=free * 1024 * 1024)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert grades(ask(shelf))["disk"] == grade


def test_a_clock_behind_the_audit_log_is_told(shelf: Shelf) -> None:
    assert grades(ask(shelf))["clock_order"] == "good"
    behind = ask(shelf, shelf.now - timedelta(days=30))
    assert (behind.exit_code, grades(behind)["clock_order"]) == (1, "lacking")


def test_daily_work_that_was_not_done_is_told(shelf: Shelf) -> None:
    assert grades(ask(shelf))["daily_work"] == "hint"
    worker.keep_up(shelf.desk.app, now=shelf.now)
    worker.run_once(shelf.desk.app, now=shelf.now)
    assert grades(ask(shelf))["daily_work"] == "good"
    assert grades(ask(shelf, shelf.now + timedelta(days=3)))["daily_work"] == "hint"


def test_a_key_that_ends_soon_without_another_is_told(shelf: Shelf) -> None:
    assert grades(ask(shelf))["credential_key_end"] == "good"
    for days, grade in ((10, "hint"), (60, "good")):
        day = (shelf.now + timedelta(days=days)).date().isoformat()
        forge(f"UPDATE signing_keys SET verify_only_from_on = '{day}' WHERE kid = 1")
        result = ask(shelf)
        assert grades(result)["credential_key_end"] == grade
        assert day in result.output


def test_letters_that_were_given_up_are_told(shelf: Shelf) -> None:
    assert grades(ask(shelf))["letters"] == "good"
    with transaction() as session:
        mail = Mail("nobody@example.com", "th", Letter.PASSWORD_CHANGED)
        mails.queue(session, mail, key="1", about="user:1", now=shelf.now)
        mails.end(
            session, mails.lock_mail(session, f"{Letter.PASSWORD_CHANGED}:1"), now=shelf.now, error="no"
        )
    assert grades(ask(shelf))["letters"] == "hint"


def test_a_broken_audit_chain_is_told(shelf: Shelf) -> None:
    assert grades(ask(shelf))["audit_chain"] == "good"
    forge("UPDATE audit_events SET payload = '{}' WHERE seq = 2")
    assert grades(ask(shelf))["audit_chain"] == "lacking"


def test_a_key_whose_file_is_gone_is_told(shelf: Shelf) -> None:
    for path in shelf.desk.authority.settings.keys_dir.glob("signing-*.pem"):
        path.rename(path.with_suffix(".away"))
    found = grades(ask(shelf))
    assert found["credential_key_file"] == "lacking"
    assert "credential_key" not in found


def test_key_files_open_to_others_are_named(shelf: Shelf) -> None:
    (path,) = shelf.desk.authority.settings.keys_dir.glob("signing-*.pem")
    path.chmod(0o644)
    result = ask(shelf)
    assert grades(result)["key_files"] == "lacking"
    assert path.name in result.output


def test_a_missing_key_folder_and_passphrase_are_told(shelf: Shelf, tmp_path: Path) -> None:
    found = grades(ask(shelf, keys_dir=tmp_path / "none", key_passphrase=""))
    assert (found["keys_dir"], found["passphrase"]) == ("lacking", "lacking")
    assert "key_files" not in found


def test_a_folder_that_cannot_be_written_is_told(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert grades(ask(shelf, var_dir=tmp_path / "file"))["var_dir"] == "lacking"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_empty_database_needs_its_schema(
    kind: str, databases: Databases, workplace: Path, now: Any, tmp_path: Path
) -> None:
    settings = Settings(
        env="test",
        database_url=databases.empty(kind),
        var_dir=tmp_path / "var",
        keys_dir=tmp_path / "keys",
        secret_key="x" * 40,
        key_passphrase="y" * 40,
    )
    app = create_app(settings)
    result = run(settings, app, now, "--json")
    with app.app_context():
        dispose_engines()
    found = grades(result)
    assert result.exit_code == 1
    assert "lacking" in {found.get("schema"), found["database"]}
    assert "credential_key" not in found


def test_an_application_that_cannot_be_made_is_told_and_the_rest_is_still_examined(
    shelf: Shelf,
) -> None:
    def broken(settings: Settings) -> Flask:
        raise SettingsError("settings_value", where="MIT_ISSUER_FILE")

    entrance = Entrance(lambda: shelf.desk.authority.settings, broken, FrozenClock(shelf.now))
    result = CliRunner().invoke(doctor, [], obj=entrance)
    assert result.exit_code == 1
    assert "✗ MIT_ISSUER_FILE: " in result.output
    as_json = json.loads(CliRunner().invoke(doctor, ["--json"], obj=entrance).output)
    assert as_json["error"]["code"] == "settings_value"
    assert {one["name"] for one in as_json["examined"]} >= {"python", "fonts", "sandbox"}


def test_settings_that_cannot_be_read_end_the_command(shelf: Shelf) -> None:
    def broken() -> Settings:
        raise SettingsError("settings_unknown", where="MIT_TYPO")

    entrance = Entrance(broken, lambda settings: shelf.desk.app, FrozenClock(shelf.now))
    result = CliRunner().invoke(doctor, [], obj=entrance)
    assert isinstance(result.exception, SettingsError)


def test_programs_that_only_tests_need_are_hints_and_never_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, now: Any
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = {one.name: one.grade for one in examine_machine(Settings(var_dir=tmp_path), now=now)}
    parts = {name: grade for name, grade in found.items() if name.startswith("test_")}
    assert set(parts) == {"test_browser", "test_poppler", "test_zbar", "test_node", "test_openssl"}
    assert set(parts.values()) == {Grade.HINT}


def test_the_fonts_that_it_looks_for_are_those_that_ship() -> None:
    for name in FONTS:
        assert (Path(mit.__file__).parent / name).is_file()


def test_every_sentence_can_be_said_with_what_is_told() -> None:
    """Each sentence's placeholders are among the parameters that its examination gives."""
    given: dict[str, str | int] = dict.fromkeys(
        (
            "version",
            "folder",
            "names",
            "code",
            "day",
            "name_th",
            "name_en",
            "unverified",
            "current",
            "newest",
            "server",
            "said",
            "at",
        ),
        "x",
    )
    given |= {"kid": 1, "count": 2, "old": 1, "free": 9, "least": 8, "given_up": 1, "waiting": 2}
    for key in catalogue("doctor", "th"):
        name, _, grade = key.removeprefix("doctor.").rpartition("_")
        if name == "summary":
            continue
        for language in ("th", "en"):
            assert Examined(name, Grade(grade), given).sentence(language)  # type: ignore[arg-type]
