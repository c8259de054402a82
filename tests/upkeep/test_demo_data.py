"""The demo world, built small on both databases: every state, every rule, nobody's real number."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from mit import worker
from mit.accounts import factories, organisations
from mit.accounts.passwords import Passwords
from mit.config import Settings
from mit.errors import SettingsError
from mit.lifecycle.application_states import ApplicationState
from mit.roles.actor import Role
from mit.store import accounts, inventory
from mit.store.db import viewing
from mit.upkeep import demo_data
from mit.upkeep.demo_companies import demo_companies
from mit.upkeep.demo_people import DemoLogin, read_cast
from mit.upkeep.demo_plan import first_day, plan_applications
from mit.upkeep.self_check import check_world
from mit.values.identifiers import is_natural_person
from mit.values.thai_date import bangkok_day, first_instant
from mit.verify.scan import verify_number
from tests.support.desk import cheap_authority
from tests.support.world import assert_whole_world, rows

NOW = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)
TODAY = bangkok_day(NOW)
#: Enough for every fate, three natural persons among the holders, and two that expired.
SIZE = 24


def build(app: Flask) -> list[DemoLogin]:
    """Build a small world in the database of *app*."""
    app.extensions["mit.authority"] = cheap_authority(worker.authority_of(app))
    return demo_data.build_world(
        worker.authority_of(app),
        now=NOW,
        run_jobs=lambda at: worker.run_once(app, now=at),
        progress=lambda done, whole: None,
        size=SIZE,
    )


def test_a_small_world_keeps_every_rule(app: Flask, settings: Settings) -> None:
    logins = build(app)
    assert_whole_world(NOW, settings.var_dir)
    check_states_and_days(settings)
    check_natural_persons()
    check_logins(logins)
    check_forms_keepers_and_factories()
    check_the_walking_clock()
    check_the_plan_was_kept()
    check_that_waiting_cases_have_evidence()


def check_that_waiting_cases_have_evidence() -> None:
    waiting = rows("SELECT id FROM applications WHERE state IN ('submitted', 'recommended')")
    files = rows("SELECT application_id, sha256 FROM evidence")
    assert waiting
    assert {file["application_id"] for file in files} == {case["id"] for case in waiting}
    assert len({file["sha256"] for file in files}) == len(files)


def check_states_and_days(settings: Settings) -> None:
    report = check_world(settings.var_dir, now=NOW)
    assert report.troubles == ()
    assert set(report.applications) == {str(state) for state in ApplicationState}
    assert report.certificates == {"active": report.applications["approved"]}
    assert report.applications["approved"] == report.leaves == SIZE * 120 // 200
    with viewing() as session:
        certificates = inventory.every_certificate(session)
    statuses = [verify_number(each.number, now=NOW).certificate.status for each in certificates]
    assert {"active", "expired"} <= set(statuses)
    assert all(each.sample for each in certificates)
    for each in certificates:
        assert first_day(TODAY) < each.issued_on < TODAY
        assert bangkok_day(each.signed_at) == each.issued_on


def check_natural_persons() -> None:
    natural = {c.tax_number: c.name.th for c in demo_companies() if is_natural_person(c.tax_number)}
    held = rows(
        "SELECT holder_name_th, holder_juristic_number, claims, credential, qr_text FROM certificates"
    )
    persons = [row for row in held if row["holder_name_th"] in natural.values()]
    assert persons
    assert all(row["holder_juristic_number"] is None for row in persons)
    for row in held:
        for number in natural:
            assert number not in row["claims"] + row["credential"] + row["qr_text"]


def check_logins(logins: list[DemoLogin]) -> None:
    assert {login.role for login in logins} == {str(role) for role in Role}
    passwords = Passwords()
    with viewing() as session:
        for login in logins:
            user = accounts.find_user(session, login.email)
            assert user
            assert passwords.matches(login.password, user.password_hash)
            assert not passwords.matches(login.password + "x", user.password_hash)
        quiet = accounts.find_user(session, "applicant@bk.example")
        assert quiet
        assert not any(passwords.matches(login.password, quiet.password_hash) for login in logins)


def check_forms_keepers_and_factories() -> None:
    cast = read_cast()
    for company in demo_companies():
        applicant = cast.applicants[company.code]
        own = organisations.read_own(applicant)
        assert own.is_kept_by_me
        assert (own.form, own.registration_number) == (company.form, company.registration_number)
        numbers = {factory.registration_number for factory in factories.list_own(applicant)}
        assert numbers == {factory.number for factory in company.factories}


def check_the_walking_clock() -> None:
    """The clock never went back, and nothing happened before the first day or after now."""
    with viewing() as session:
        instants = [event.at for event in inventory.every_event(session)]
    assert instants == sorted(instants)
    assert instants[0] == first_instant(first_day(TODAY))
    assert instants[-1] < NOW


def check_the_plan_was_kept() -> None:
    planned = plan_applications(TODAY, size=SIZE)
    made = rows("SELECT o.tax_number FROM applications a JOIN organisations o ON o.id = a.organisation_id")
    assert sorted(row["tax_number"] for row in made) == sorted(a.company.tax_number for a in planned)
    first = rows("SELECT event, actor_id FROM audit_events ORDER BY seq LIMIT 1")[0]
    assert first == {"event": "administrator:user:create", "actor_id": None}


def test_production_refuses_a_demo() -> None:
    with pytest.raises(SettingsError) as caught:
        demo_data.demo_place(Settings(env="production"))
    assert caught.value.code == "demo_in_production"


def test_a_demo_lies_in_folders_of_its_own(tmp_path: Path) -> None:
    base = Settings(
        var_dir=tmp_path / "var",
        keys_dir=tmp_path / "keys",
        database_url="postgresql://elsewhere/",
        mail_server="smtp.elsewhere.example:587",
    )
    place = demo_data.demo_place(base)
    settings = demo_data.demo_settings(base, place, public_url="http://localhost:8123")
    assert settings.env == "demo"
    assert settings.mail_server == ""  # nobody is mailed by a demo
    assert settings.effective_database_url == f"sqlite:///{tmp_path}/var/demo/mit.sqlite3"
    assert (settings.var_dir, settings.keys_dir) == (tmp_path / "var/demo", tmp_path / "keys/demo")
    assert settings.public_url == "http://localhost:8123"


def test_secrets_are_made_once_and_are_the_owners_alone(tmp_path: Path) -> None:
    base = Settings(var_dir=tmp_path / "var", keys_dir=tmp_path / "keys")
    place = demo_data.demo_place(base)
    first = demo_data.demo_settings(base, place, public_url="http://localhost:8000")
    again = demo_data.demo_settings(base, place, public_url="http://localhost:8000")
    assert first == again
    assert first.key_passphrase != first.secret_key
    assert min(len(first.key_passphrase), len(first.secret_key)) >= 32
    for path in (place.passphrase, place.secret_key):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_private_file_that_was_open_to_others_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "open"
    path.write_text("old and much longer than what follows")
    path.chmod(0o644)
    demo_data.write_private(path, "new")
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_world_is_complete_only_with_marker_logins_secrets_and_keys(tmp_path: Path) -> None:
    place = demo_data.DemoPlace(tmp_path / "demo", tmp_path / "keys")
    place.keys_dir.mkdir()
    (place.keys_dir / "signing-00001.pem").write_text("key")
    login = DemoLogin("reviewer", "reviewer@demo.example", "a password")
    demo_data.demo_settings(Settings(), place, public_url="http://localhost:8000")
    assert not place.is_complete()
    demo_data.mark_complete(place, [login], now=NOW)
    assert place.is_complete()
    assert demo_data.read_logins(place) == [login]
    assert json.loads(place.logins.read_text()) == [login.to_document()]
    for lost in (place.marker, place.logins, place.passphrase, place.keys_dir / "signing-00001.pem"):
        kept = lost.read_text()
        lost.unlink()
        assert not place.is_complete(), lost
        lost.write_text(kept)
    demo_data.clear_away(place)
    assert not place.folder.exists()
    assert not place.keys_dir.exists()


def test_another_process_finds_the_same_demo_by_its_environment(tmp_path: Path) -> None:
    base = replace(
        Settings(var_dir=tmp_path / "var", keys_dir=tmp_path / "keys"),
        trusted_hosts=("localhost",),
        issuer_file=tmp_path / "issuer.json",
        upload_limit_bytes=1000,
    )
    place = demo_data.demo_place(base)
    settings = demo_data.demo_settings(base, place, public_url="http://localhost:8123")
    environ = demo_data.demo_environment(settings, place)
    assert Settings.from_environ(environ) == settings
    assert not any(
        settings.secret_key in value or settings.key_passphrase in value for value in environ.values()
    )
    assert {name for name in environ if not name.startswith("MIT_")} == {"PATH", "LANG"}


def test_a_login_is_not_shown_with_its_password() -> None:
    assert "secret" not in repr(DemoLogin("reviewer", "a@b.example", "secret"))


def test_what_was_built_in_the_scratch_folder_is_moved_in_and_the_scratch_is_gone(tmp_path: Path) -> None:
    place = demo_data.DemoPlace(tmp_path / "demo", tmp_path / "keys")
    place.folder.mkdir()
    (place.folder / "kept").write_text("kept")
    with demo_data.scratch_folder(place) as scratch:
        assert stat.S_IMODE(scratch.stat().st_mode) == 0o700
        (scratch / "documents").mkdir()
        (scratch / "documents" / "one").write_text("one")
        demo_data.move_in(scratch, place)
    assert not scratch.exists()
    assert (place.folder / "documents" / "one").read_text() == "one"
    assert (place.folder / "kept").read_text() == "kept"
