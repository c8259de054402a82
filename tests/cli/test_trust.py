"""``mit trust export``: the file that verifiers without network need."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mit.cli.entrance import Entrance
from mit.cli.trust import trust
from mit.cli.verify import verify
from mit.errors import InputError, MitError, NotFoundError
from mit.values.clock import FrozenClock
from mit.verify.trust_file import read_trust_file
from tests.support import specimens
from tests.support.databases import Databases
from tests.verify.conftest import Shelf, desk, shelf, shelve

__all__ = ["desk", "shelf"]
Run = Callable[..., Result]


@pytest.fixture
def database_url(databases: Databases) -> str:
    """One kind is enough here; both export in tests/upkeep/test_publish.py."""
    return databases.clean("sqlite")


@pytest.fixture
def run(shelf: Shelf, tmp_path: Path) -> Run:
    """Run ``mit trust export`` on this test's register."""

    def call(*words: str) -> Result:
        entrance = Entrance(
            settings=lambda: shelf.desk.authority.settings,
            make_app=lambda _settings: shelf.desk.app,
            clock=FrozenClock(shelf.desk.now),
        )
        return CliRunner().invoke(trust, ["export", *words], obj=entrance)

    return call


def error_of(result: Result) -> MitError:
    assert isinstance(result.exception, MitError), result.exception
    return result.exception


def test_the_file_is_written_and_its_key_is_told(run: Run, shelf: Shelf, tmp_path: Path) -> None:
    out = tmp_path / "trust.json"
    result = run("--out", str(out))
    assert result.exit_code == 0, result.output
    known = read_trust_file(out.read_bytes())
    assert set(known.trust.records) == {shelf.number}
    assert result.output.count(known.signed_by.public.thumbprint) == 2
    assert "ไฟล์ความเชื่อถือ" in result.output
    assert "Wrote the trust file" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["trust.json"]


def test_with_json_the_answer_is_one_object(run: Run, tmp_path: Path) -> None:
    answer = json.loads(run("--out", str(tmp_path / "trust.json"), "--json").output)
    assert (answer["name"], answer["count"]) == ("trust.json", 1)
    assert set(answer["detail"]) == {"th", "en"}


@pytest.mark.parametrize("spelling", ["each", "all"])
def test_only_some_certificates_can_be_asked_for(
    run: Run, shelf: Shelf, tmp_path: Path, spelling: str
) -> None:
    second, third = shelve(shelf.desk), shelve(shelf.desk)
    out = tmp_path / "trust.json"
    numbers = [second.number, third.number.lower().replace("-", " ")]
    words = ["--only", numbers[0], "--only", numbers[1]] if spelling == "each" else ["--only", *numbers]
    assert run("--out", str(out), *words).exit_code == 0
    known = read_trust_file(out.read_bytes())
    assert set(known.trust.records) == {second.number, third.number}
    assert not known.is_complete


def test_numbers_need_only_before_them(run: Run, shelf: Shelf, tmp_path: Path) -> None:
    error = error_of(run("--out", str(tmp_path / "trust.json"), shelf.number))
    assert isinstance(error, InputError)
    assert error.code == "trust_numbers_without_only"


def test_a_number_that_was_never_issued_is_refused_and_nothing_is_written(run: Run, tmp_path: Path) -> None:
    never = str(specimens.claims(running=9_999_999).number)
    error = error_of(run("--out", str(tmp_path / "trust.json"), "--only", never))
    assert isinstance(error, NotFoundError)
    assert error.params["number"] == never
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_told(run: Run, tmp_path: Path) -> None:
    error = error_of(run("--out", str(tmp_path / "nowhere" / "trust.json")))
    assert (error.code, error.params["name"]) == ("trust_not_written", "trust.json")


def test_what_was_exported_verifies_what_was_issued(run: Run, shelf: Shelf, tmp_path: Path) -> None:
    out = tmp_path / "trust.json"
    (tmp_path / "certificate.pdf").write_bytes(shelf.pdf)
    assert run("--out", str(out)).exit_code == 0
    clock = FrozenClock(shelf.desk.now + timedelta(hours=2))
    entrance = Entrance(settings=pytest.fail, make_app=pytest.fail, clock=clock)  # type: ignore[arg-type]
    for shown in (shelf.qr_text, shelf.credential, str(tmp_path / "certificate.pdf")):
        result = CliRunner().invoke(verify, [shown, "--trust", str(out), "--json"], obj=entrance)
        assert result.exit_code == 0, result.output
        assert json.loads(result.output)["notices"] == ["sample"]
