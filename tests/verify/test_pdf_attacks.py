"""Sixty attack files of the published classes: none is ever VALID, each is told what it shows."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from mit.document import received_pdf
from mit.errors import UnreadableFileError
from mit.i18n import LANGUAGES
from mit.sandbox import drawn_pdf
from mit.verify.content import sha256_hex
from mit.verify.judge import Question, judge
from mit.verify.presentation import ShownFile, read_file
from mit.verify.trust import Trust
from mit.verify.verdict import Answer, Verdict
from tests.support.files import pdf_of
from tests.support.pdf_attacks import CASES, FILE, ISSUED, OTHER, Case
from tests.support.trusting import NOW, listed, offline, record, register

SLOT = ISSUED.claims.slot
LISTS = {SLOT.list_number: listed(SLOT.list_number)}
KNOWN = (record(ISSUED, pdf=FILE), record(OTHER, pdf=pdf_of(OTHER)))
REGISTER, TRUST_FILE = register(*KNOWN), offline(*KNOWN)
#: Knows both certificates but neither file: nothing but the file itself can be looked at.
HASH_WITHHELD = offline(record(ISSUED), record(OTHER), lists=LISTS)
EVERY = pytest.mark.parametrize("case", CASES, ids=[f"{case.family}: {case.name}" for case in CASES])
THROUGH_THE_SANDBOX = ("USF", "ISA", "SWA", "shadow", "EAA", "SSA", "scripts")


def opened_here(data: bytes) -> object:
    """Open a PDF as the two children do, without starting them: what a library raises is a refusal."""
    found = refusing(received_pdf.read, data)
    try:
        drawn = refusing(drawn_pdf.read, data)
    except UnreadableFileError:
        drawn = None
    return {**found, "drawn": drawn}


def refusing(read: object, data: bytes) -> dict[str, object]:
    try:
        return read(data)  # type: ignore[operator,no-any-return]
    except UnreadableFileError:
        raise
    except Exception as error:  # what the child's own broad except turns into a refusal
        raise UnreadableFileError("file_not_readable") from error


@cache
def file_of(case: Case) -> bytes:
    return case.build()


@cache
def facts_of(case: Case) -> object:
    try:
        return opened_here(file_of(case))
    except UnreadableFileError as error:
        return error


def ask(case: Case, trust: Trust) -> Verdict:
    def opened(data: bytes) -> object:
        facts = facts_of(case)
        if isinstance(facts, Exception):
            raise facts
        return facts

    data = file_of(case)
    return judge(ShownFile(sha256_hex(data), data, opened), trust, Question(NOW))


def signs(verdict: Verdict) -> set[str]:
    return {notice.code for notice in verdict.notices if notice.code.startswith("file_")}


def test_there_are_more_than_forty_of_every_published_class() -> None:
    families = Counter(case.family for case in CASES)
    assert len(CASES) >= 60
    assert families.keys() >= {"USF", "ISA", "SWA", "shadow", "EAA", "SSA"}
    assert len({file_of(case) for case in CASES} - {FILE}) == len(CASES), "each is a file of its own"


@EVERY
@pytest.mark.parametrize("trust", [REGISTER, TRUST_FILE], ids=["register", "trust file"])
def test_where_the_hash_is_known_it_is_not_the_issued_file(case: Case, trust: Trust) -> None:
    verdict = ask(case, trust)
    assert verdict.answer is Answer.NOT_VALID
    assert verdict.reasons == ("not_the_issued_file",)
    assert verdict.certificate is None


@EVERY
def test_where_the_hash_is_withheld_it_is_never_valid_and_says_why(case: Case) -> None:
    verdict = ask(case, HASH_WITHHELD)
    assert verdict.answer is not Answer.VALID
    found = signs(verdict)
    assert not case.signs or found & case.signs, found
    for language in LANGUAGES:
        assert all(notice.detail(language) for notice in verdict.notices)
    if verdict.answer is Answer.CANNOT_TELL:
        assert case.name in CANNOT_BE_TOLD, verdict.reasons


#: Without the hash these agree with themselves, or cannot be opened: the most that may be said is
#: that nobody can tell.
CANNOT_BE_TOLD = {
    "sealed by somebody of the same name",
    "locked with an empty password",
    "printed again as a picture",
    "cut in the middle",
    "the page taken out",
}


def test_the_issued_file_itself_shows_no_sign_and_cannot_be_told_without_its_hash() -> None:
    genuine = Case("none", "the issued file", lambda: FILE)
    verdict = ask(genuine, HASH_WITHHELD)
    assert (verdict.answer, verdict.reasons) == (Answer.CANNOT_TELL, ("file_unknown",))
    assert signs(verdict) == set()
    assert ask(genuine, REGISTER).answer is Answer.VALID
    assert ask(genuine, TRUST_FILE).answer is Answer.VALID


def test_a_control_that_believes_the_credential_inside_is_fooled_by_most() -> None:
    inner = [ask(case, HASH_WITHHELD).inner for case in CASES]
    assert sum(one is not None and one.answer is Answer.VALID for one in inner) > 40


def test_a_control_that_believes_an_intact_seal_is_fooled_by_some() -> None:
    """Whoever asks only whether some seal is intact takes updates, copies and forgers' seals."""
    fooled = 0
    for case in CASES:
        facts = facts_of(case)
        seals = facts["seals"] if isinstance(facts, dict) else []
        fooled += any(seal["intact"] for seal in seals)
    assert fooled > 15


@pytest.mark.parametrize("family", THROUGH_THE_SANDBOX)
def test_the_sandbox_says_the_same_as_its_readers_here(family: str) -> None:
    case = next(case for case in reversed(CASES) if case.family == family)
    data = file_of(case)
    shown = read_file(data, name="certificate.pdf")
    assert isinstance(shown, ShownFile)
    assert judge(shown, HASH_WITHHELD, Question(NOW)).reasons == ask(case, HASH_WITHHELD).reasons
