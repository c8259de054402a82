from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask

from mit.cli.entrance import Entrance
from mit.cli.keys import keys
from mit.config import Settings
from mit.credential.public_keys import public_key_from_jwk
from mit.document.seal_chain import make_test_chain
from mit.errors import ConflictError, IllegalMoveError, InputError, MitError, NotAllowedError
from mit.values.clock import FrozenClock

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the keyring fast: its strength is tested in test_keyring."""
    monkeypatch.setattr("mit.store.keyring.Keyring.__init__.__kwdefaults__", {"rounds": 1_000})


@pytest.fixture
def run(app: Flask, make_app: Callable[..., Flask], settings: Settings, clock: FrozenClock) -> Run:
    """Run ``mit keys …`` on this test's database."""

    def call(*words: str, env: str = "test") -> Result:
        asked = Settings(**{**{name: getattr(settings, name) for name in settings.__slots__}, "env": env})
        entrance = Entrance(settings=lambda: asked, make_app=lambda _settings: app, clock=clock)
        return CliRunner().invoke(keys, list(words), obj=entrance)

    return call


def answer(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def error_of(result: Result) -> MitError:
    assert isinstance(result.exception, MitError)
    return result.exception


def test_the_whole_ceremony_from_nothing_to_a_compromise(run: Run, clock: FrozenClock) -> None:
    assert "mit keys create" in run("list").output
    assert answer(run("create", "--json")) == {"kid": 1}
    assert answer(run("activate", "1", "--json")) == {"kid": 1, "day": "2026-11-25"}
    assert answer(run("create", "--json")) == {"kid": 2}
    assert answer(run("activate", "2", "--from", "25/12/2569", "--json")) == {"kid": 2, "day": "2026-12-25"}
    listed = answer(run("list", "--json"))["keys"]
    assert [(key["kid"], key["state"], key["verify_only_from_on"]) for key in listed] == [
        (1, "active", "2026-12-25"),
        (2, "planned", None),
    ]
    at = "2026-11-25T05:00:00+00:00"
    assert run("compromise", "1", "--from", at, "--reason", "lost").exit_code == 0
    assert answer(run("list", "--json"))["keys"][0]["state"] == "compromised"


def test_sentences_come_in_both_languages(run: Run) -> None:
    told = run("create").output
    assert "กุญแจหมายเลข 1" in told
    assert "Key 1 is made" in told
    assert "ใช้ลงนาม" in (run("activate", "1"), run("list"))[1].output


def test_a_key_is_ended_and_retired(run: Run, clock: FrozenClock) -> None:
    run("create")
    run("activate", "1")
    assert answer(run("end", "1", "--from", "2026-11-30", "--json"))["day"] == "2026-11-30"
    assert isinstance(error_of(run("retire", "1")), IllegalMoveError)
    clock.set(clock.now().replace(month=12))
    assert answer(run("retire", "1", "--json"))["day"] == "2026-12-25"


def test_the_export_is_the_public_key_set(run: Run) -> None:
    run("create")
    run("create", "--demo")
    exported = json.loads(run("export").output)["keys"]
    assert [public_key_from_jwk(key).demo for key in exported] == [False, True]
    assert all("d" not in key for key in exported)


def test_a_seal_is_made_or_taken_in(run: Run, clock: FrozenClock, tmp_path: Path) -> None:
    assert answer(run("create", "--seal", "--json")) == {"kid": 1}
    material = make_test_chain(clock.now(), common_name="From a CA")
    key, certificates = tmp_path / "seal.key", tmp_path / "seal.pem"
    key.write_bytes(material.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    certificates.write_bytes(material.certificates_pem())
    taken = run("create", "--seal-key", str(key), "--seal-certificates", str(certificates), "--json")
    assert answer(taken) == {"kid": 2}
    listed = answer(run("list", "--json"))["keys"]
    assert [(one["purpose"], one["demo"], one["state"]) for one in listed] == [
        ("seal", True, "verify_only"),
        ("seal", False, "active"),
    ]


def test_wrong_words_are_refused_by_name(run: Run, tmp_path: Path) -> None:
    run("create")
    missing = str(tmp_path / "nothing")
    for words, kind, code in (
        (("activate", "1", "--from", "soon"), InputError, "day_malformed"),
        (("activate", "1", "--from", "2020-01-01"), ConflictError, "key_too_early"),
        (("compromise", "1", "--from", "yesterday", "--reason", "x"), InputError, "instant_malformed"),
        (
            ("compromise", "1", "--from", "2026-11-25T05:00:00", "--reason", "x"),
            InputError,
            "instant_malformed",
        ),
        (("create", "--seal-key", missing), InputError, "seal_needs_both"),
        (("create", "--seal-key", missing, "--seal-certificates", missing), InputError, "file_unreadable"),
    ):
        error = error_of(run(*words))
        assert isinstance(error, kind)
        assert error.code == code
    assert run("activate", "0").exit_code == 2
    assert run("activate", "65536").exit_code == 2


@pytest.mark.parametrize(
    "at",
    [
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-25T24:01:00Z", "20261125"),
        *("", "2569-11-25T03:00:00", "๒๐๒๖-๑๑-๒๕T03:00:00Z", "now"),
    ],
)
def test_an_instant_that_is_none_is_refused_and_the_key_stays_good(run: Run, at: str) -> None:
    run("create")
    error = error_of(run("compromise", "1", "--from", at, "--reason", "lost"))
    assert (error.code, error.where) == ("instant_malformed", "--from")
    assert answer(run("list", "--json"))["keys"][0]["state"] == "planned"


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("", "reason_missing"),
        (" \n ", "reason_missing"),
        ("lost\udcff", "text_unusable"),
        ("lost\u202etsol", "text_unusable"),
        ("a\x01b", "text_unusable"),
        ("x" * 4001, "text_too_long"),
    ],
)
def test_a_reason_that_cannot_be_kept_is_refused_before_anything_is_written(
    run: Run, reason: str, code: str
) -> None:
    run("create")
    at = "2026-11-25T03:00:00Z"
    assert error_of(run("compromise", "1", "--from", at, "--reason", reason)).code == code
    if reason.strip():
        assert error_of(run("activate", "1", "--waive-lead-time", reason)).code == code
    assert answer(run("list", "--json"))["keys"][0]["state"] == "planned"


def test_an_instant_may_be_told_in_bangkok_s_time(run: Run) -> None:
    run("create")
    told = answer(run("compromise", "1", "--from", "2026-11-25T10:00:00+07:00", "--reason", "lost", "--json"))
    assert told == {"kid": 1, "at": "2026-11-25T10:00:00+07:00"}
    (key,) = answer(run("list", "--json"))["keys"]
    assert (key["state"], key["compromised_from_at"]) == ("compromised", "2026-11-25T03:00:00Z")


def test_a_seal_file_without_end_is_not_read_to_its_end(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").touch()
    (tmp_path / "large.pem").write_bytes(b"-" * (256 * 1024 + 1))
    for endless in ("/dev/zero", str(tmp_path / "large.pem")):
        for pair in ((endless, str(tmp_path / "empty.pem")), (str(tmp_path / "empty.pem"), endless)):
            error = error_of(run("create", "--seal-key", pair[0], "--seal-certificates", pair[1]))
            assert (error.code, error.where) == ("file_unreadable", Path(endless).name)
    assert "mit keys create" in run("list").output


@pytest.mark.parametrize("words", [(), ("--seal",), ("--demo",)], ids=" ".join)
def test_certificates_without_their_key_make_neither_a_seal_nor_another_key(
    run: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "chain.pem").touch()
    error = error_of(run("create", *words, "--seal-certificates", str(tmp_path / "chain.pem")))
    assert (error.code, error.where) == ("seal_needs_both", "--seal-key")
    assert answer(run("list", "--json")) == {"keys": []}


def test_the_list_for_people_has_one_line_for_each_key_and_no_advice_beside(run: Run) -> None:
    run("create")
    run("create", "--demo")
    run("activate", "1")
    lines = run("list").output.splitlines()
    assert [line.split()[:4] for line in lines] == [
        ["1", "credential", "ES256", "active"],
        ["2", "credential", "ES256", "planned"],
    ]
    assert "2026-11-25 … …" in lines[0]
    assert [line.endswith(" SAMPLE") for line in lines] == [False, True]


def test_the_lead_time_of_the_settings_is_kept_unless_it_is_waived(run: Run, settings: Settings) -> None:
    run("create")
    run("activate", "1")
    run("create")
    day = answer(run("activate", "2", "--json"))["day"]
    assert date.fromisoformat(day) == date(2026, 11, 25) + timedelta(days=settings.key_lead_days)
    run("create")
    assert error_of(run("activate", "3", "--waive-lead-time", "moved house")).code == "key_already_planned"


def test_demo_keys_are_refused_in_production(run: Run) -> None:
    for words in (("create", "--demo"), ("create", "--seal")):
        error = error_of(run(*words, env="production"))
        assert isinstance(error, NotAllowedError)
        assert error.code == "demo_key_in_production"


def test_nothing_private_is_ever_printed(run: Run, settings: Settings) -> None:
    shown = "".join(run(*words).output for words in (("create",), ("activate", "1"), ("list",), ("export",)))
    assert "PRIVATE" not in shown
    assert settings.key_passphrase not in shown


WITH_TWO = ("--keeper", "มาลี", "--witness", "Anan", "--place", "ห้องมั่นคง")


def test_the_protocol_of_a_ceremony_has_room_for_two_signatures(run: Run, tmp_path: Path) -> None:
    run("create")
    told = run("ceremony", "1", *WITH_TWO)
    assert told.exit_code == 0, told.output
    assert told.output.count("." * 44) == 2
    assert "(มาลี)" in told.output
    assert "(Anan)" in told.output
    assert "บันทึกพิธีกุญแจ" in told.output
    assert "Protocol of a key ceremony" in told.output
    signed = answer(run("ceremony", "1", *WITH_TWO, "--json"))
    assert signed["protocol"]["acts"][-1]["event"] == "administrator:signing_key:witness"
    page = tmp_path / "protocol.txt"
    assert run("ceremony", "1", *WITH_TWO, "--out", str(page)).output == ""
    assert "พยาน / Witness" in page.read_text(encoding="utf-8")
    assert error_of(run("ceremony", "1", *WITH_TWO, "--out", str(page))).code == "protocol_not_written"


def test_a_ceremony_needs_two_names(run: Run) -> None:
    run("create")
    alone = ("--keeper", "Malee", "--witness", "malee", "--place", "here")
    assert error_of(run("ceremony", "1", *alone)).code == "ceremony_same_person"
    assert run("ceremony", "1", "--keeper", "Malee").exit_code == 2
