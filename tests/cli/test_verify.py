"""``mit verify``: three answers, three exit codes, no network, no database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mit.cli.entrance import Entrance
from mit.cli.verify import verify
from mit.credential import qr_text
from mit.credential.signatures import KeySigner
from mit.credential.slot_values import INVALID, slot_values
from mit.credential.token_list import build_token_list, sign_token_list
from mit.errors import InputError, MitError
from mit.values.clock import FrozenClock
from mit.verify import trust_file
from tests.support.files import pdf_of
from tests.support.specimens import PUBLIC_URL
from tests.support.trusting import NOW, changes, issue, record, signed_list, signer, trusted

ISSUED = issue()
FILE = pdf_of(ISSUED)
SLOT = ISSUED.claims.slot
Run = Callable[..., Result]


def trust_bytes(**more: Any) -> bytes:
    """Return a trust file of ours, made at ``NOW``."""
    by = signer()
    document = trust_file.trust_document(
        [trusted(by)],
        more.get("records", [record(ISSUED, pdf=FILE, **more.get("record", {}))]),
        lists=[signed_list(kind, SLOT.list_number, []) for kind in ("revocation", "suspension")],
        public_url=PUBLIC_URL,
        now=NOW,
        is_complete=True,
    )
    signed = trust_file.signing_input(document, by.public_key)
    return trust_file.assemble(document, signed, by.sign(signed))


@pytest.fixture
def trust_path(tmp_path: Path) -> Path:
    path = tmp_path / "trust.json"
    path.write_bytes(trust_bytes())
    return path


@pytest.fixture
def run(trust_path: Path) -> Run:
    """Run ``mit verify``; whoever asks for the application or the settings fails the test."""

    def never(*given: object) -> Any:
        pytest.fail("the command asked for settings or an application")

    def call(*words: str, now: Any = NOW, trust: Path = trust_path) -> Result:
        entrance = Entrance(settings=never, make_app=never, clock=FrozenClock(now))
        return CliRunner().invoke(verify, [*words, "--trust", str(trust)], obj=entrance)

    return call


def answer(result: Result) -> Any:
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return json.loads(result.stdout)


def test_valid_is_exit_code_0_in_every_form(run: Run, tmp_path: Path) -> None:
    (tmp_path / "certificate.jwt").write_text(ISSUED.made.token)
    (tmp_path / "certificate.pdf").write_bytes(FILE)
    (tmp_path / "certificate.qr.txt").write_text(ISSUED.made.qr_url + "\n")
    texts = [ISSUED.made.qr_url, qr_text.digits_in(ISSUED.made.qr_url), ISSUED.made.token]
    files = [str(tmp_path / name) for name in ("certificate.jwt", "certificate.pdf", "certificate.qr.txt")]
    for shown in (*texts, *files):
        result = run(shown, "--json")
        document = answer(result)
        assert (result.exit_code, document["verdict"], document["reasons"]) == (0, "VALID", [])
        assert document["certificate"]["number"] == ISSUED.number
        assert document["known_at"] == "2027-05-20T05:00:00Z"
        assert document["trust"]["key"] == signer().public_key.thumbprint


def test_an_address_of_somebody_else_is_said_beside_the_answer(run: Run) -> None:
    digits = qr_text.digits_in(ISSUED.made.qr_url)
    result = run(f"https://verify.mit.example.evil.com/v/{digits}", "--json")
    document = answer(result)
    assert (result.exit_code, document["verdict"]) == (0, "VALID")
    assert "foreign_host" in document["notices"]
    told = next(one for one in document["notice_details"] if one["code"] == "foreign_host")
    assert (told["address"], told["genuine"]) == ("https://verify.mit.example.evil.com", PUBLIC_URL)
    assert "foreign_host" not in answer(run(ISSUED.made.qr_url, "--json"))["notices"]
    assert "verify.mit.example.evil.com" in run(f"https://verify.mit.example.evil.com/v/{digits}").stdout


def test_not_valid_is_exit_code_1(run: Run) -> None:
    digits = qr_text.digits_in(ISSUED.made.qr_url)
    changed = digits[:-9] + str((int(digits[-9]) + 1) % 10) + digits[-8:]
    result = run(changed, "--json")
    assert (result.exit_code, answer(result)["verdict"]) == (1, "NOT_VALID")
    assert answer(result)["reasons"] == ["bad_signature"]


def test_cannot_tell_is_exit_code_2(run: Run) -> None:
    for shown, reason in ((ISSUED.number, "unreachable"), ("hello", "unreadable"), ("", "unreadable")):
        result = run(shown, "--json")
        assert (result.exit_code, answer(result)["reasons"]) == (2, [reason])


def token_of(revoked: list[int], *, at: datetime, by: KeySigner | None = None) -> bytes:
    values = slot_values({INVALID: revoked})
    claims = build_token_list(values, SLOT.list_number, public_url=PUBLIC_URL, now=at)
    return sign_token_list(claims, by or signer())


def test_a_list_fetched_later_counts_over_the_trust_file(run: Run, tmp_path: Path) -> None:
    """An inspector renews the trust of the morning with one small file."""
    fresh = tmp_path / "2700.cwt"
    later = NOW + timedelta(days=9)
    shown = ISSUED.made.qr_url
    assert answer(run(shown, "--json", now=later))["reasons"] == ["stale"]
    fresh.write_bytes(token_of([], at=later))
    document = answer(run(shown, "--status", str(fresh), "--json", now=later))
    assert (document["verdict"], document["known_at"]) == ("VALID", "2027-05-29T05:00:00Z")
    fresh.write_bytes(token_of([SLOT.index], at=later))
    result = run(shown, "--status", str(fresh), "--json", now=later)
    assert (result.exit_code, answer(result)["reasons"]) == (1, ["revoked"])
    for purpose, indexes in (("revocation", [SLOT.index]), ("suspension", [])):
        (tmp_path / purpose).write_text(signed_list(purpose, SLOT.list_number, indexes, at=later))
    words = ["--status", str(tmp_path / "revocation"), "--status", str(tmp_path / "suspension")]
    assert answer(run(shown, *words, "--json", now=later))["reasons"] == ["revoked"]


def test_a_list_of_another_signer_is_no_list(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "2700.cwt"
    path.write_bytes(token_of([], at=NOW, by=signer(9)))
    for name, code in (
        (str(path), "status_file_signature"),
        (str(tmp_path / "none"), "status_file_unreadable"),
    ):
        with pytest.raises(InputError, match=code):
            raise_of(run(ISSUED.made.qr_url, "--status", name))


def raise_of(result: Result) -> None:
    assert result.exception is not None
    raise result.exception


def test_a_changed_file_is_exit_code_1(run: Run, tmp_path: Path) -> None:
    changed = bytearray(FILE)
    changed[len(changed) // 2] ^= 1
    path = tmp_path / "changed.pdf"
    path.write_bytes(changed)
    result = run(str(path), "--json")
    assert (result.exit_code, answer(result)["reasons"]) == (1, ["not_the_issued_file"])


def test_a_file_of_unknown_hash_shows_the_verdict_of_the_credential_inside(tmp_path: Path, run: Run) -> None:
    trust = tmp_path / "without.json"
    trust.write_bytes(trust_bytes(records=[]))
    (tmp_path / "certificate.pdf").write_bytes(FILE)
    result = run(str(tmp_path / "certificate.pdf"), "--json", trust=trust)
    assert result.exit_code == 2
    assert answer(result)["reasons"] == ["file_unknown"]
    assert answer(result)["inner"]["verdict"] == "VALID"
    words = run(str(tmp_path / "certificate.pdf"), trust=trust).stdout
    assert "The credential inside the file" in words


@pytest.mark.parametrize(
    ("day", "exit_code", "reasons"),
    [
        ("2027-05-20", 0, []),
        ("20/5/2570", 0, []),
        ("๒๐ พฤษภาคม ๒๕๗๐", 0, []),
        ("2026-11-20", 1, ["not_yet_in_force"]),
        ("2027-11-21", 1, ["expired"]),
        ("2027-05-21", 2, ["future_date"]),
    ],
)
def test_another_day_can_be_asked_for(run: Run, day: str, exit_code: int, reasons: list[str]) -> None:
    result = run(ISSUED.made.qr_url, "--on", day, "--json")
    assert (result.exit_code, answer(result)["reasons"]) == (exit_code, reasons)


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "1/1/69"])
def test_a_day_that_is_none_is_an_error(run: Run, day: str) -> None:
    result = run(ISSUED.made.qr_url, "--on", day)
    assert isinstance(result.exception, InputError)
    assert result.exception.where == "--on"


def test_a_model_can_be_asked_for(run: Run) -> None:
    assert run(ISSUED.made.token, "--model", "st-0001/22kv").exit_code == 0
    result = run(ISSUED.made.token, "--model", "ST-9", "--json")
    assert (result.exit_code, answer(result)["reasons"]) == (1, ["other_model"])


def test_an_old_trust_file_is_told(run: Run) -> None:
    result = run(ISSUED.made.qr_url, "--json", now=NOW + timedelta(days=3))
    assert (result.exit_code, answer(result)["notices"]) == (0, ["stale"])
    result = run(ISSUED.made.qr_url, "--json", now=NOW + timedelta(days=8))
    assert (result.exit_code, answer(result)["reasons"]) == (2, ["stale"])


def test_people_read_thai_first_then_english(run: Run) -> None:
    words = run(ISSUED.made.qr_url).stdout
    thai, _, english = words.partition("\n\n")
    assert thai.startswith("ใช้ได้: ")
    assert english.startswith("VALID: ")
    for shown in (ISSUED.number, ISSUED.claims.holder.name_th, "ST-0001/22kV"):
        assert shown in thai
        assert shown in english


def test_a_revocation_in_the_trust_file_counts(run: Run, tmp_path: Path) -> None:
    trust = tmp_path / "revoked.json"
    revoked_on = (NOW - timedelta(days=10)).date()
    trust.write_bytes(trust_bytes(record={"history": changes((revoked_on, "revoked"))}))
    result = run(ISSUED.made.qr_url, "--json", trust=trust)
    assert (result.exit_code, answer(result)["reasons"]) == (1, ["revoked"])


# --- the trust file itself


def error_of(result: Result) -> MitError:
    assert isinstance(result.exception, MitError), result.exception
    return result.exception


def test_a_broken_trust_file_is_refused_before_anything_is_answered(run: Run, trust_path: Path) -> None:
    data = bytearray(trust_path.read_bytes())
    data[len(data) // 2] ^= 1
    trust_path.write_bytes(data)
    assert error_of(run(ISSUED.made.qr_url)).code in {"trust_signature", "trust_malformed"}


def test_a_missing_trust_file_is_told_by_its_name(run: Run, tmp_path: Path) -> None:
    error = error_of(run(ISSUED.made.qr_url, trust=tmp_path / "nowhere.json"))
    assert (error.code, error.params["name"]) == ("trust_unreadable", "nowhere.json")


def test_the_key_of_the_trust_file_can_be_demanded(run: Run) -> None:
    good = signer().public_key.thumbprint
    assert run(ISSUED.made.qr_url, "--key", good).exit_code == 0
    assert error_of(run(ISSUED.made.qr_url, "--key", "x" * 43)).code == "trust_pinned"


def test_a_text_too_long_for_a_file_name_is_a_text(run: Run) -> None:
    result = run("9" * 5_000, "--json")
    assert (result.exit_code, answer(result)["reasons"]) == (2, ["unreadable"])


def test_a_folder_cannot_be_opened_as_a_file(run: Run, tmp_path: Path) -> None:
    assert error_of(run(str(tmp_path))).code == "file_unopenable"


# --- as a whole program

#: What an offline verdict must never load: it would cost time, or reach out.
HEAVY = (
    "flask",
    "sqlalchemy",
    "flask_sqlalchemy",
    "reportlab",
    "pikepdf",
    "pyhanko",
    "openpyxl",
    "marshmallow",
    "psycopg",
)
PROBE = """
import socket, sys
def refuse(*given, **more): raise AssertionError("network")
socket.socket.connect = refuse
socket.getaddrinfo = refuse
from mit.__main__ import main
try:
    main()
finally:
    loaded = [name for name in %r if name in sys.modules]
    assert not loaded, loaded
"""


def program(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", PROBE % (HEAVY,), "verify", *words]
    return subprocess.run(
        command, capture_output=True, text=True, env=environ, cwd=cwd, timeout=60, check=False
    )


def test_the_program_answers_without_network_database_or_heavy_parts(tmp_path: Path) -> None:
    (tmp_path / "trust.json").write_bytes(trust_bytes())
    ended = program(ISSUED.made.qr_url, "--trust", "trust.json", "--json", cwd=tmp_path)
    document = json.loads(ended.stdout)
    assert ended.stderr == ""
    # The machine's own clock stands before or after the made-up one: never an answer by accident.
    assert document["verdict"] in {"VALID", "NOT_VALID", "CANNOT_TELL"}
    assert ended.returncode == {"VALID": 0, "NOT_VALID": 1, "CANNOT_TELL": 2}[document["verdict"]]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["trust.json"]


def test_the_program_says_in_both_languages_that_the_trust_file_is_broken(tmp_path: Path) -> None:
    (tmp_path / "trust.json").write_text("{}")
    ended = program(ISSUED.made.qr_url, "--trust", "trust.json", cwd=tmp_path)
    assert ended.returncode == 2
    assert "ไฟล์ความเชื่อถือ" in ended.stderr
    assert "trust file" in ended.stderr
    assert "Traceback" not in ended.stderr
    as_json = program(ISSUED.made.qr_url, "--trust", "trust.json", "--json", cwd=tmp_path)
    assert (as_json.returncode, json.loads(as_json.stdout)["code"]) == (2, "trust_malformed")
