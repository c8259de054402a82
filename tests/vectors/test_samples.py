"""Every frozen sample through the verifier: the verdict that is promised to other people's verifiers."""

from __future__ import annotations

import json
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mit.errors import InputError
from mit.values.thai_date import parse_iso_day
from mit.verify.judge import Question, judge
from mit.verify.presentation import read_file
from mit.verify.published_lists import with_lists
from mit.verify.trust_file import read_trust_file
from tests.support.require import program
from tests.vectors.make_vectors import FOLDER, text_of
from tests.vectors.sample import KEYS
from tests.vectors.samples import everything, index_document, keys_document

INDEX = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))
LISTS = {"bitstring", "token", "history"}
#: Everything together stays small enough to be copied.
MOST_BYTES = 3_000_000


def data_of(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def answer_to(vector: dict[str, Any]) -> tuple[str, list[str], list[str]]:
    """Return verdict, reasons and notices, as ``mit verify FILE --trust TRUST --status LIST…`` gives them."""
    lists = [*vector["status"], *([vector["file"]] if vector["kind"] in LISTS else [])]
    shown = vector["shown"] or vector["file"]
    now = datetime.fromisoformat(vector["now"])
    on = parse_iso_day(vector["on"]) if vector["on"] else None
    try:
        trust = with_lists(
            read_trust_file(data_of(vector["trust"])).trust, {name: data_of(name) for name in lists}
        )
    except InputError as error:
        return "REFUSED", [error.code], []
    verdict = judge(read_file(data_of(shown), name=Path(shown).name), trust, Question(now, on))
    return verdict.answer.value, list(verdict.reasons), [notice.code for notice in verdict.notices]


@pytest.mark.parametrize("vector", INDEX["vectors"], ids=lambda vector: f"{vector['file']}: {vector['why']}")
def test_every_sample_has_its_verdict(vector: dict[str, Any]) -> None:
    assert answer_to(vector) == (vector["verdict"], vector["reasons"], vector["notices"])


def test_a_verifier_in_another_language_comes_to_the_same_verdicts() -> None:
    """``tests/foreign/verifier.mjs`` shares no code with the service; it reads all but the PDFs."""
    node = program("node", "node")
    script = FOLDER.parent / "foreign" / "run_vectors.mjs"
    done = subprocess.run(
        [node, str(script), str(FOLDER)], capture_output=True, text=True, check=True, timeout=120
    )
    answers = json.loads(done.stdout)
    assert len(answers) == len(INDEX["vectors"])
    for vector, answer in zip(INDEX["vectors"], answers, strict=True):
        if vector["kind"] != "pdf":
            said = {"verdict": vector["verdict"], "reasons": vector["reasons"]}
            assert answer == said, (vector["file"], vector["why"])


def test_the_code_still_makes_exactly_these_samples() -> None:
    made = everything()
    assert text_of(index_document(made)) == (FOLDER / "index.json").read_text(encoding="utf-8")
    assert text_of(keys_document()) == (FOLDER / KEYS).read_text(encoding="utf-8")
    for name, data in made.files.items():
        assert data == data_of(name), name


def test_the_index_names_every_file_and_no_other() -> None:
    named = {vector["file"] for vector in INDEX["vectors"]}
    kinds = ("qr", "credential", "bitstring", "token", "history", "trust", "pdf")
    there = {f"{kind}/{path.name}" for kind in kinds for path in (FOLDER / kind).iterdir()}
    assert named == there
    assert {vector["kind"] for vector in INDEX["vectors"]} == set(kinds)


def test_each_kind_has_good_and_bad_ones_and_all_say_why() -> None:
    for kind in {vector["kind"] for vector in INDEX["vectors"]}:
        verdicts = {vector["verdict"] for vector in INDEX["vectors"] if vector["kind"] == kind}
        assert "VALID" in verdicts, kind
        assert len(verdicts) > 1, kind
    assert all(vector["why"] for vector in INDEX["vectors"])
    assert INDEX["notice"].startswith("TEST KEY")


def test_the_whole_set_stays_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < MOST_BYTES
