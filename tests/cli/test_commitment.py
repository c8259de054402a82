"""``mit commitment check``: an auditor with two files, no network, no database, three exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mit.cli.commitment import commitment
from mit.cli.entrance import Entrance
from mit.errors import InputError, MitError
from mit.values.clock import FrozenClock
from mit.verify import trust_file
from tests.support.committed import committed_claims, opening_document
from tests.support.specimens import PUBLIC_URL, claims
from tests.support.trusting import NOW, issue, record, signer, trusted

ISSUED = issue(committed_claims())
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command on a credential and an opening; whoever asks for the application fails the test."""

    def never(*given: object) -> Any:
        pytest.fail("the command asked for settings or an application")

    def call(*words: str, token: str = ISSUED.made.token, opening: Any = None, trust: Any = None) -> Result:
        (tmp_path / "certificate.jwt").write_text(token)
        document = opening_document(ISSUED.claims) if opening is None else opening
        (tmp_path / "opening.json").write_text(json.dumps(document), encoding="utf-8")
        more = list(words)
        if trust is not None:
            (tmp_path / "trust.json").write_bytes(trust)
            more += ["--trust", str(tmp_path / "trust.json")]
        asked = ["check", str(tmp_path / "certificate.jwt"), str(tmp_path / "opening.json"), *more]
        entrance = Entrance(settings=never, make_app=never, clock=FrozenClock(NOW))
        return CliRunner().invoke(commitment, asked, obj=entrance)

    return call


def trust_bytes(*keys: Any, records: Any = ()) -> bytes:
    """Return a trust file with the keys named, or with ours."""
    by = signer()
    document = trust_file.trust_document(
        list(keys) or [trusted(by)], records, lists=[], public_url=PUBLIC_URL, now=NOW, is_complete=True
    )
    signed = trust_file.signing_input(document, by.public_key)
    return trust_file.assemble(document, signed, by.sign(signed))


def answer(result: Result) -> Any:
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return json.loads(result.stdout)


def changed(amount: str) -> dict[str, Any]:
    document = opening_document(ISSUED.claims)
    document["products"][0]["sheet"]["lines"][0]["amount"] = amount
    return document


def test_the_opened_sheets_are_confirmed_with_exit_code_0(run: Run) -> None:
    result = run("--json")
    document = answer(result)
    assert (result.exit_code, document["answer"], document["number"]) == (0, "confirmed", ISSUED.number)
    assert [
        (one["commitment"], one["formula"], one["threshold"], one["met"]) for one in document["products"]
    ] == [
        ("matches", "direct", "40", True),
        ("matches", "tariff_shift", None, True),
    ]
    assert document["signature"] == [
        {"check": "signature", "outcome": "not_checked", "reason": "no_trust_file"}
    ]


@pytest.mark.parametrize("amount", ["180.01", "179.99", "179.00", "180.0", "181.00"])
def test_one_changed_satang_is_exit_code_1(run: Run, amount: str) -> None:
    result = run("--json", opening=changed(amount))
    document = answer(result)
    assert (result.exit_code, document["answer"]) == (1, "refuted")
    assert [one["reason"] for one in document["products"]] == ["commitment_differs", "ok"]
    assert document["products"][0]["met"] is None, "nothing is run on a sheet that is not the one"


def test_a_certificate_from_before_commitments_is_exit_code_2(run: Run) -> None:
    old = issue(claims(2))
    opening = opening_document(old.claims)
    result = run("--json", token=old.made.token, opening=opening)
    assert (result.exit_code, answer(result)["answer"]) == (2, "cannot_tell")
    assert {one["reason"] for one in answer(result)["products"]} == {"no_commitment"}


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize(
    ("opening", "th", "en"),
    [
        (None, "ผ่านเกณฑ์ด้วยสูตรทางตรง เกณฑ์ร้อยละ 40", "meets by the direct formula, threshold 40 percent"),
        (changed("180.01"), "แม้ต่างกันเพียงหนึ่งสตางค์ก็ไม่ตรง", "one satang is enough to differ"),
    ],
    ids=["good", "changed"],
)  # fmt: skip
def test_people_read_it_in_both_languages(run: Run, language: str, opening: Any, th: str, en: str) -> None:
    lines = run(opening=opening).stdout.split("\n\n")[0 if language == "th" else 1]
    assert (th if language == "th" else en) in lines
    assert ISSUED.number in lines
    assert ("ยังไม่ได้ตรวจลายเซ็น" if language == "th" else "was not checked") in lines


def test_every_product_has_its_sentence_in_both_languages_in_the_json(run: Run) -> None:
    for document in (answer(run("--json")), answer(run("--json", opening=changed("1.00")))):
        for one in (*document["products"], {"detail": document["sentence"]}):
            assert set(one["detail"]) == {"th", "en"}
            assert all(text and "{" not in text and "verify." not in text for text in one["detail"].values())


def test_with_a_trust_file_the_signature_counts_too(run: Run) -> None:
    document = answer(run("--json", trust=trust_bytes(records=[record(ISSUED)])))
    assert document["answer"] == "confirmed"
    found = {one["check"]: one["outcome"] for one in document["signature"]}
    assert (found["signature"], found["key"]) == ("pass", "pass")
    assert set(found) <= {"signature", "key", "integrity"}, "whether it is in force today is not asked"


def test_a_certificate_that_nobody_signed_is_refuted_whatever_it_commits_to(run: Run) -> None:
    head, payload, signature = ISSUED.made.token.split(".")
    forged = ".".join([head, payload, ("A" if signature[0] != "A" else "B") + signature[1:]])
    result = run("--json", token=forged, trust=trust_bytes())
    assert (result.exit_code, answer(result)["answer"]) == (1, "refuted")
    assert [one["reason"] for one in answer(result)["products"]] == ["ok", "ok"]


def test_a_certificate_of_an_unknown_key_cannot_be_told(run: Run) -> None:
    result = run("--json", token=issue(committed_claims(), signer(9)).made.token, trust=trust_bytes())
    assert (result.exit_code, answer(result)["answer"]) == (2, "cannot_tell")


def refused(result: Result) -> str:
    assert isinstance(result.exception, MitError), result.exception
    return result.exception.code


def test_an_opening_of_another_certificate_is_refused(run: Run) -> None:
    other = opening_document(committed_claims(running=99))
    assert refused(run(opening=other)) == "opening_of_another_certificate"


@pytest.mark.parametrize("token", ["", "hello", "MIT-2569-0012345-B", "a.b.c", "ก", "{}"])
def test_what_is_no_credential_is_refused(run: Run, token: str) -> None:
    assert refused(run(token=token)) == "credential_expected"


@pytest.mark.parametrize("opening", [[], "x", {"type": "mit-opening/1"}, {"products": []}])
def test_what_is_no_opening_is_refused(run: Run, opening: Any) -> None:
    result = run(opening=opening)
    assert isinstance(result.exception, InputError)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    entrance = Entrance(settings=pytest.fail, make_app=pytest.fail, clock=FrozenClock(NOW))  # type: ignore[arg-type]
    result = CliRunner().invoke(commitment, ["check", str(tmp_path / "a.jwt"), "b.json"], obj=entrance)
    assert refused(result) == "file_unopenable"


def test_the_real_command_needs_no_settings_and_ends_with_its_code(tmp_path: Path) -> None:
    """From the shell, with a broken environment: the exit codes are those of the process."""
    (tmp_path / "c.jwt").write_text(ISSUED.made.token)
    broken = deepcopy(opening_document(ISSUED.claims))
    broken["products"][0]["salt"] = "0" * 64
    codes = []
    for name, document in (("good", opening_document(ISSUED.claims)), ("bad", broken), ("none", [])):
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(document))
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "mit",
                "commitment",
                "check",
                str(tmp_path / "c.jwt"),
                str(path),
                "--json",
            ],
            capture_output=True,
            check=False,
            env=os.environ | {"MIT_DATABASE_URL": "sqlite:////nowhere/at/all.db"},
        )
        codes.append(done.returncode)
        assert json.loads(done.stdout)
    assert codes == [0, 1, 2]
