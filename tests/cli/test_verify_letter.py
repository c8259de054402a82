"""``mit verify LETTER.jwt``: recognised by what it is, judged without network, said in both languages."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mit.i18n import LANGUAGES, say
from tests.cli.test_verify import ISSUED, Run, answer, run, trust_bytes, trust_path
from tests.support.made_letters import made_letter, signed_letter
from tests.support.trusting import NOW, TODAY, changes, record, signer

__all__ = ["run", "trust_path"]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def token(kid: int = 1, **changed: Any) -> str:
    days = {"issued_at": NOW - HOUR, "from_on": TODAY}
    return signed_letter(made_letter(ISSUED, **days | changed), signer(kid))


def test_a_fresh_letter_is_valid_as_text_and_as_a_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "letter.jwt").write_text(token() + "\n")
    for shown in (token(), str(tmp_path / "letter.jwt")):
        result = run(shown, "--json")
        told = answer(result)
        assert (result.exit_code, told["verdict"], told["reasons"]) == (0, "VALID", [])
        assert told["notices"] == ["letter_end_unknown"]
        assert told["letter"]["certificate_number"] == ISSUED.number
        assert told["certificate"]["verdict"] == "VALID"
        assert told["trust"]["key"] == signer().public_key.thumbprint


@pytest.mark.parametrize(
    ("shown", "now", "on", "code", "reasons"),
    [
        (token(), NOW + 8 * DAY, "", 2, ["stale", "certificate_cannot_tell"]),
        (token(), NOW, "2027-05-19", 1, ["not_yet_in_force"]),
        (token(), NOW, "1/7/2570", 1, ["expired", "certificate_cannot_tell"]),
        (token(), NOW, "21/5/2570", 2, ["future_date", "certificate_cannot_tell"]),
        (token(2), NOW, "", 2, ["unknown_key"]),
        (token()[:-9] + "AAAAAAAAA", NOW, "", 1, ["bad_signature"]),
    ],
)
def test_each_answer_has_its_exit_code(
    run: Run, shown: str, now: Any, on: str, code: int, reasons: list[str]
) -> None:
    result = run(shown, "--json", *(["--on", on] if on else []), now=now)
    assert (result.exit_code, answer(result)["reasons"]) == (code, reasons)


def test_a_letter_dies_with_its_certificate_in_the_trust_file(run: Run, tmp_path: Path) -> None:
    stopped = tmp_path / "stopped.json"
    stopped.write_bytes(trust_bytes(records=[record(ISSUED, history=changes((TODAY, "revoked")))]))
    result = run(token(), "--json", trust=stopped)
    told = answer(result)
    assert (result.exit_code, told["reasons"]) == (1, ["certificate_not_valid"])
    assert told["certificate"]["reasons"] == ["revoked"]


def test_people_read_it_in_both_languages(run: Run) -> None:
    said = run(token(tender="ประกวดราคา 12/2570")).stdout
    for language in LANGUAGES:
        assert say("dealers.reason_ok", language) in said
        assert say("verify.label_behind", language) in said
    for words in ("บริษัท บางนาการไฟฟ้า จำกัด", "ประกวดราคา 12/2570", ISSUED.number):
        assert said.count(words) >= 2


def test_what_only_resembles_a_letter_is_judged_as_before(run: Run, tmp_path: Path) -> None:
    (tmp_path / "large.jwt").write_bytes(b"x" * 1_000_001)
    (tmp_path / "thai.jwt").write_text("หนังสือ", "utf-8")
    for shown in ("a.b.c", str(tmp_path / "large.jwt"), str(tmp_path / "thai.jwt")):
        told = answer(run(shown, "--json"))
        assert (told["verdict"], told["reasons"], told.get("letter")) == ("CANNOT_TELL", ["unreadable"], None)
