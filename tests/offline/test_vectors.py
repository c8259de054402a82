"""The frozen samples through the page's own verifier: word for word what the service says to them.

Modules without a build step and without a library; here in Node, in a browser in ``test_page_browser.py``.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mit.credential import canonical_json
from mit.values.thai_date import parse_iso_day
from mit.web.script_words import script_words
from tests.offline.asked import Asked, Questions, answers_of_node
from tests.vectors.make_vectors import FOLDER

INDEX = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))
LISTS = {"bitstring", "token", "history"}
#: A PDF is opened by the service alone; without network its QR or the credential inside is shown.
VECTORS = [vector for vector in INDEX["vectors"] if vector["kind"] != "pdf"]
#: The finer reasons that our reader gives, beside the verdict.
FINER = {"qr": "qr.json", "credential": "credential.json"}


def questions_of_the_index() -> Questions:
    """Return every sample's question, in the order of the index."""
    questions = Questions([], words=script_words())
    for vector in VECTORS:
        lists = (*vector["status"], *([vector["file"]] if vector["kind"] in LISTS else []))
        for name in (vector["trust"], *lists):
            questions.files[name] = (FOLDER / name).read_bytes()
        text = (FOLDER / (vector["shown"] or vector["file"])).read_text(encoding="utf-8-sig")
        on = parse_iso_day(vector["on"]) if vector["on"] else None
        questions.asked.append(
            Asked(text, vector["trust"], datetime.fromisoformat(vector["now"]), on, tuple(lists))
        )
    return questions


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("modules")


@pytest.fixture(scope="module")
def answers(place: Path) -> list[dict[str, Any]]:
    return answers_of_node(questions_of_the_index(), place)


def test_every_sample_has_its_verdict_in_the_pages_verifier_too(answers: list[dict[str, Any]]) -> None:
    assert len(answers) == len(VECTORS) == 90
    for vector, answer in zip(VECTORS, answers, strict=True):
        said = (answer["verdict"], answer["reasons"], answer["notices"])
        promised = (vector["verdict"], vector["reasons"], vector["notices"])
        if vector["verdict"] == "REFUSED":
            promised = (vector["verdict"], vector["reasons"], [])
        assert said == promised, (vector["file"], vector["why"])


def test_the_whole_answer_is_the_services_letter_for_letter(answers: list[dict[str, Any]]) -> None:
    """Findings, sentences in both languages, certificate, days, instants: not only the verdict."""
    for vector, answer, service in zip(
        VECTORS, answers, questions_of_the_index().answers_of_the_service(), strict=True
    ):
        assert answer == service, (vector["file"], vector["why"])


def test_all_three_answers_and_a_refusal_are_among_them(answers: list[dict[str, Any]]) -> None:
    verdicts = {answer["verdict"] for answer in answers}
    assert verdicts == {"VALID", "NOT_VALID", "CANNOT_TELL", "REFUSED"}
    reasons = {reason for answer in answers for reason in answer["reasons"]}
    assert reasons >= {
        "expired",
        "revoked",
        "suspended",
        "bad_signature",
        "unknown_key",
        "no_status",
        "stale",
    }


def test_without_sentences_the_codes_are_the_same(place: Path, answers: list[dict[str, Any]]) -> None:
    bare = answers_of_node(replace(questions_of_the_index(), words=None), place)
    for one, other in zip(bare, answers, strict=True):
        assert (one["verdict"], one["reasons"]) == (other["verdict"], other["reasons"])
        for finding in one.get("findings", []):
            assert "detail" not in finding


def test_where_nothing_is_known_no_key_is(place: Path) -> None:
    questions = questions_of_the_index()
    asked = [replace(one, trust=None, lists=()) for one in questions.asked]
    answers = answers_of_node(Questions(asked, words=script_words()), place)
    assert answers == Questions(asked).answers_of_the_service()
    assert {answer["verdict"] for answer in answers} == {"CANNOT_TELL"}
    assert {reason for answer in answers for reason in answer["reasons"]} == {"unknown_key", "unreadable"}


#: What people type, paste and scan besides; all of it is answered alike, and none of it is VALID.
TYPED = (
    "", "   ", "MIT-2569-0012345-B", "mit 2569 0012345 b", "๒๕๖๙๐๐๑๒๓๔๕b", "２５６９００１２３４５Ｂ",
    "\u200bMIT‑2569—0012345–B\u200b", "MIT-2569-0012345-A", "MIT-2569-0000000-B", "2469-0012345-B",
    "MIT-2569-0012345-B\x1f", "\x85MIT_2569.0012345/B\x85", "\ufeffMIT-2569-0012345-B",
    "M\u0131T-2569-0012345-B", "https://verify.mit.example/c/MIT-2569-0012345-B",
    "/c/MIT-2569-0012345-B.jwt?lang=en", "https://verify.mit.example/c/x\u00a0y", "/c/",
    "http:///c/MIT-2569-0012345-B", "/v/", "/v/0", "/v/1", "/v/123x", "/v#12345",
    "https://a.example/v/12345/?x#y", "https://a b/v/12345", "1" * 39, "1" * 40, "1" * 1200, "1" * 1201,
    "๑" * 50, "0" + "1" * 50, "a.b.c", "a..", "a.b", "eyJhbGciOiJub25lIn0..", "x" * 81, "5" * 9000,
    "MIT-2569-0012345-B and more", "ใบรับรอง", "\ud7ff", "\U0001d7d0" * 50, "-" * 60, "." * 80,
)  # fmt: skip


def test_whatever_is_typed_is_answered_like_the_service_answers_it(place: Path) -> None:
    questions = questions_of_the_index()
    (first, *_) = questions.asked
    asked = [replace(first, text=text) for text in TYPED]
    mine = Questions(asked, questions.files, script_words())
    for text, answer, service in zip(
        TYPED, answers_of_node(mine, place), mine.answers_of_the_service(), strict=True
    ):
        assert answer == service, text[:60]
        assert answer["verdict"] == "CANNOT_TELL"
        assert answer["reasons"] in (["unreadable"], ["unreachable"])


PUBLIC_URL = "https://verify.mit.example"


def test_an_address_that_is_not_ours_is_noticed_as_the_service_notices_it(place: Path) -> None:
    questions = questions_of_the_index()
    first = next(one for one in questions.asked if one.text.startswith(f"{PUBLIC_URL}/v/"))
    digits = first.text.strip().rpartition("/")[2]
    hosts = (
        "https://evil.example",
        "http://verify.mit.example",
        "https://verify.mit.\u0435xample",
        PUBLIC_URL,
    )
    texts = [f"{host}{way}" for host in hosts for way in (f"/v/{digits}", "/c/MIT-2569-0012345-B", "/v/12")]
    asked = [replace(first, text=text, public_url=PUBLIC_URL) for text in (*texts, digits, *TYPED)]
    mine = Questions(asked, questions.files, script_words())
    answers = answers_of_node(mine, place)
    assert answers == mine.answers_of_the_service()
    noticed = [
        text for text, answer in zip(texts, answers, strict=False) if "foreign_host" in answer["notices"]
    ]
    assert noticed == [text for text in texts[:9] if not text.endswith("/v/12")]
    assert answers[0]["verdict"] == "VALID", "what was signed is as good as it is"


DAYS = (
    "2026-11-20",
    "2026-11-21",
    "2027-05-19",
    "2027-05-20",
    "2027-05-21",
    "2027-11-20",
    "2027-11-21",
    "0001-01-02",
)


def test_every_day_is_answered_alike(place: Path) -> None:
    questions = questions_of_the_index()
    asked = [replace(one, on=parse_iso_day(day)) for one in questions.asked for day in DAYS]
    mine = Questions(asked, questions.files, script_words())
    assert answers_of_node(mine, place) == mine.answers_of_the_service()


@pytest.mark.parametrize("name", FINER.values())
def test_what_cannot_be_read_has_the_readers_own_finer_reason(name: str, place: Path) -> None:
    """The hint behind ``unreadable`` is the same sentence: a person is told the same thing to do."""
    documents = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    assert documents
    texts = [text for text in _texts(documents) if len(text) > 20]
    questions = questions_of_the_index()
    asked = [replace(questions.asked[0], text=text) for text in texts]
    mine = Questions(asked, questions.files, script_words())
    assert answers_of_node(mine, place) == mine.answers_of_the_service()


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in _texts(one)]


def test_the_trust_files_are_canonical_json_that_both_read(place: Path) -> None:
    """A trust file with one more space says the same to people and is refused by both."""
    questions = questions_of_the_index()
    one = questions.asked[0]
    spaced = questions.files[one.trust or ""].replace(b'":', b'": ', 1)
    assert json.loads(spaced) == canonical_json.read(questions.files[one.trust or ""].strip())
    mine = Questions([replace(one, trust="spaced")], {"spaced": spaced})
    assert [answer["reasons"] for answer in answers_of_node(mine, place)] == [["trust_malformed"]]
    assert [answer["reasons"] for answer in mine.answers_of_the_service()] == [["trust_malformed"]]
