"""``mit demo`` from the outside: what it leaves behind, what it says, and what it refuses."""

from __future__ import annotations

import json
import re
import socket
import stat
import subprocess
import sys
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result

from mit.__main__ import mit
from mit.app import create_app
from mit.cli import demo_steps
from mit.config import Settings
from mit.credential import jose
from mit.criteria.cost_sheet import parse_cost_sheet
from mit.errors import SettingsError
from mit.i18n import LANGUAGES, catalogue
from mit.store.db import dispose_engines
from mit.upkeep import demo_data
from mit.upkeep.demo_companies import demo_dealer
from mit.upkeep.demo_main_job import main_company, main_cost_sheet, with_one_digit_changed
from tests.support.require import program

#: One application of each fate.
SMALLEST = ("--size", "1")
LEFT_BEHIND = {
    "cost-sheet.json",
    "certificate.pdf",
    "certificate.jwt",
    "certificate.qr.txt",
    "trust.json",
    "logins.json",
}


@dataclass(frozen=True)
class Performed:
    """A demo that was run once, with its output."""

    folder: Path
    keys: Path
    output: str
    environ: dict[str, str]

    def text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def path(self, name: str) -> str:
        return str(self.folder / name)


def run(environ: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(mit, ["demo", *arguments], env=environ)


def environ_in(folder: Path) -> dict[str, str]:
    return {"MIT_VAR_DIR": str(folder / "var"), "MIT_KEYS_DIR": str(folder / "keys")}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Performed:
    """A demo of the smallest world, run once for all tests of this file over a half-built one."""
    folder = tmp_path_factory.mktemp("demo")
    environ = environ_in(folder)
    leave_half_built(folder)
    result = run(environ, "--once", *SMALLEST)
    assert result.exit_code == 0, result.output
    return Performed(folder / "var" / "demo", folder / "keys" / "demo", result.output, environ)


def leave_half_built(folder: Path) -> None:
    """Leave what a demo leaves that was cut short."""
    for place in (folder / "var" / "demo", folder / "keys" / "demo"):
        place.mkdir(parents=True)
    (folder / "var" / "demo" / "mit.sqlite3").write_bytes(b"this was cut short")
    (folder / "keys" / "demo" / "signing-00001.pem").write_text("nobody can open this")


def verify(demo: Performed, shown: str) -> tuple[int, dict[str, object]]:
    """Verify offline, in a process of its own, far from the demo's settings."""
    command = [sys.executable, "-m", "mit", "verify", shown, "--trust", demo.path("trust.json"), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, env={}, timeout=60, check=False)
    return done.returncode, json.loads(done.stdout)


def test_the_promised_files_are_there(demo: Performed) -> None:
    assert {path.name for path in demo.folder.iterdir()} >= LEFT_BEHIND
    assert parse_cost_sheet(json.loads(demo.text("cost-sheet.json")))
    assert (demo.folder / "certificate.pdf").read_bytes().startswith(b"%PDF-")


def test_the_qr_holds_the_demos_own_address_and_digits(demo: Performed) -> None:
    text = demo.text("certificate.qr.txt")
    assert re.fullmatch(r"http://localhost:8000/v/[0-9]{200,1200}", text)


@pytest.mark.parametrize("name", ["certificate.pdf", "certificate.jwt"])
def test_what_was_left_behind_verifies_offline(demo: Performed, name: str) -> None:
    status, verdict = verify(demo, demo.path(name))
    assert (status, verdict["verdict"]) == (0, "VALID")
    assert verdict["certificate"]["holder"]["name_th"] == main_company().name.th
    assert "sample" in verdict["notices"]


def test_the_text_in_the_qr_verifies_and_a_changed_copy_does_not(demo: Performed) -> None:
    text = demo.text("certificate.qr.txt")
    assert verify(demo, text)[1]["verdict"] == "VALID"
    changed, at = with_one_digit_changed(text)
    assert sum(a != b for a, b in zip(text, changed, strict=True)) == 1
    assert text[at - 1] != changed[at - 1]
    status, verdict = verify(demo, changed)
    assert (status, verdict["verdict"], verdict["reasons"]) == (1, "NOT_VALID", ["bad_signature"])


def test_whichever_digit_is_changed_the_copy_is_never_valid(demo: Performed) -> None:
    text = demo.text("certificate.qr.txt")
    first = len(text) - len(text.rpartition("/")[2])
    for at in (first, first + 1, first + 200, len(text) - 1):
        changed = text[:at] + str((int(text[at]) + 5) % 10) + text[at + 1 :]
        assert verify(demo, changed)[1]["verdict"] != "VALID", at


def test_everything_is_stamped_as_a_sample(demo: Performed) -> None:
    jws = jose.parse(demo.text("certificate.jwt"), typ="vc+jwt")
    assert "ตัวอย่าง / SAMPLE" in jws.payload.decode()
    pdftotext = program("poppler", "pdftotext")
    done = subprocess.run(
        [pdftotext, demo.path("certificate.pdf"), "-"], capture_output=True, text=True, check=True
    )
    assert "SAMPLE" in done.stdout
    assert "ตัวอย่าง" in done.stdout
    assert main_company().name.th in re.sub(r"\s+", " ", done.stdout)


def test_no_percentage_leaves_the_house(demo: Performed) -> None:
    jws = jose.parse(demo.text("certificate.jwt"), typ="vc+jwt")
    assert "56.00" not in jws.payload.decode()
    assert "56.00" not in demo.text("trust.json")


def test_logins_are_for_every_role_and_the_owners_alone(demo: Performed) -> None:
    logins = json.loads(demo.text("logins.json"))
    with_codes = {"administrator", "reviewer", "approver"}
    for login in logins:
        asked = {"role", "email", "password"} | ({"code_key"} if login["role"] in with_codes else set())
        assert login.keys() == asked
    assert {login["role"] for login in logins} >= {"administrator", "reviewer", "approver", "manufacturer"}
    assert len({login["email"] for login in logins}) == len(logins)
    for name in ("logins.json", "key-passphrase", "secret-key"):
        assert stat.S_IMODE((demo.folder / name).stat().st_mode) == 0o600
    for login in logins:
        assert login["email"] in demo.output
        assert login["password"] in demo.output


def test_demo_keys_are_encrypted_marked_and_closed_to_others(demo: Performed) -> None:
    private = [*demo.keys.glob("signing-*.pem"), demo.keys / "seal-00002.pem"]
    assert len(private) == 2
    for path in private:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert '"mit_sample": true' in (demo.keys / "signing-00001.jwk.json").read_text()
    assert demo.text("key-passphrase") not in demo.output


def test_every_step_is_said_in_both_languages(demo: Performed) -> None:
    for name in ("head_assess", "head_issue", "head_files", "head_verify", "head_changed", "head_checks"):
        for language in ("th", "en"):
            assert catalogue("demo", language)[f"demo.{name}"] in demo.output
    for language in ("th", "en"):
        assert catalogue("demo", language)["demo.as_it_should"] in demo.output
        assert catalogue("demo", language)["demo.checks_good"] in demo.output


def test_the_figures_of_the_cost_sheet_are_shown(demo: Performed) -> None:
    assert "7,000.00" in demo.output
    assert "56.00" in demo.output
    assert "Meets the “Made in Thailand” criteria" in demo.output


def test_the_forged_copy_is_refused_with_the_reason_in_words(demo: Performed) -> None:
    said = demo.output.partition(catalogue("demo", "en")["demo.head_changed"])[2]
    assert catalogue("verify", "th")["verify.signature_bad_signature"] in said
    assert catalogue("verify", "en")["verify.signature_bad_signature"] in said


def test_a_second_run_keeps_the_world_and_issues_once_more(demo: Performed) -> None:
    built, secret = demo.text("world.json"), demo.text("key-passphrase")
    number = json.loads(verify_json(demo))["certificate"]["number"]
    result = run(demo.environ, "--once", *SMALLEST)
    assert result.exit_code == 0, result.output
    assert (demo.text("world.json"), demo.text("key-passphrase")) == (built, secret)
    kept = catalogue("demo", "en")["demo.world_kept"].partition("{folder}")[2]
    assert kept.strip() in result.output
    assert json.loads(verify_json(demo))["certificate"]["number"] > number


def verify_json(demo: Performed) -> str:
    return json.dumps(verify(demo, demo.path("certificate.jwt"))[1])


def test_a_half_built_world_is_thrown_away_and_built_again(demo: Performed) -> None:
    said = catalogue("demo", "en")["demo.cleared"].partition("{folder}")[2]
    assert said.strip() in demo.output
    assert "nobody can open this" not in (demo.keys / "signing-00001.pem").read_text()


@pytest.mark.parametrize("page", ["", "/sheet"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_letter_to_a_dealer_that_is_told_is_good_and_names_dealer_certificate_and_range(
    demo: Performed, lang: str, page: str
) -> None:
    base = Settings.from_environ(demo.environ)
    place = demo_data.demo_place(base)
    app = create_app(demo_data.demo_settings(base, place, public_url="http://localhost:8000"))
    letter = demo.output.partition("http://localhost:8000/d/")[2].split()[0]
    shown = app.test_client().get(f"/d/{letter}{page}?lang={lang}")
    with app.app_context():
        dispose_engines()
    assert shown.status_code == 200
    if not page:
        assert 'data-verdict="VALID"' in shown.text
    told = catalogue("demo", lang)["demo.letter_issued"].format(number=letter, dealer=demo_dealer().name.th)
    assert told in demo.output
    (span,) = parse_cost_sheet(json.loads(main_cost_sheet())).product.ranges
    for words in (demo_dealer().name.th, demo_dealer().name.en, span.property, f"18200 {span.unit}"):
        assert escape(words, quote=False) in shown.text
    assert json.loads(verify_json(demo))["certificate"]["number"][:8] in shown.text


def test_a_taken_port_is_said_before_anything_is_done(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run(environ_in(tmp_path), "--port", str(port))
    assert isinstance(result.exception, SettingsError)
    assert result.exception.code == "port_taken"
    assert result.exception.params == {"port": port}
    assert not (tmp_path / "var").exists()


def test_production_refuses_a_demo(tmp_path: Path) -> None:
    environ = {
        **environ_in(tmp_path),
        "MIT_ENV": "production",
        "MIT_SECRET_KEY": "s" * 40,
        "MIT_KEY_PASSPHRASE": "p" * 40,
        "MIT_PUBLIC_URL": "https://verify.mit.example",
        "MIT_MAIL_SERVER": "smtp.mit.example:587",
        "MIT_MAIL_FROM": "mit@mit.example",
    }
    result = run(environ, "--once")
    assert isinstance(result.exception, SettingsError)
    assert result.exception.code == "demo_in_production"
    assert not (tmp_path / "var").exists()


def test_the_main_job_is_the_worked_example_of_the_scheme() -> None:
    sheet = parse_cost_sheet(json.loads(main_cost_sheet()))
    assert sheet.price_ex_works.to_text() == "12500.00"
    assert main_company().brand == sheet.product.brand


def test_paths_are_shown_as_they_would_be_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert demo_steps.shown(tmp_path / "var" / "x") == "var/x"
    assert demo_steps.shown(Path("/elsewhere/x")) == "/elsewhere/x"


def test_every_address_that_is_told_is_one_of_ours(demo: Performed) -> None:
    told = {
        urlsplit(url).netloc for url in re.findall(r"https?://[^\s\"]+", demo.output.split("Where to go")[1])
    }
    assert told == {"localhost:8000"}


def test_a_folder_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where a folder should be")
    result = run(environ_in(tmp_path), "--once", *SMALLEST)
    assert isinstance(result.exception, SettingsError)
    assert result.exception.code == "demo_folder"


def test_another_database_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where a folder should be")
    environ = {**environ_in(tmp_path), "MIT_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/nothing"}
    result = run(environ, "--once", *SMALLEST)
    assert catalogue("demo", "en")["demo.own_database"] in result.output
