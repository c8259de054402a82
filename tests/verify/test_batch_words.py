"""What is said around certificates is kept once and found again to the letter."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mit.store.batches import Portion, pack, unpack
from mit.verify.batch_table import lines_of
from mit.verify.batch_words import Words, shells_in
from mit.verify.judge import Question, judge
from mit.verify.presentation import read_text
from mit.verify.verdict import Notice, Verdict
from mit.verify.verdict_json import spelled, verdict_json
from tests.support import specimens
from tests.support.trusting import NOW, TODAY, changes, issue, record, register

ISSUED = [issue(specimens.claims(1 + at, running=200 + at)) for at in range(4)]
DAY = timedelta(days=1)
TRUST = register(
    *(record(one) for one in ISSUED[:3]),
    replace(record(ISSUED[3]), history=changes((TODAY - 3 * DAY, "revoked"))),
)


def verdicts_on(*days: int) -> list[Verdict]:
    """Return what is said of four certificates, two unknown numbers and nonsense, days away from today."""
    texts = [*(one.number for one in ISSUED), "MIT-2569-0012345-B", "MIT-2560-0012345-M", "nonsense"]
    questions = [Question(NOW, TODAY + at * DAY, model) for at in days for model in (None, "ST-0001/22kV")]
    return [judge(read_text(text), TRUST, question) for question in questions for text in texts]


def kept(verdicts: list[Verdict]) -> tuple[list[int], dict[str, Any]]:
    """Return the place of each wording, and all of them as they come back from the database."""
    words = Words()
    places = [words.index_of(verdict) for verdict in verdicts]
    document = unpack(pack(words.to_document()))
    assert isinstance(document, dict)
    return places, document


@pytest.mark.parametrize("days", [(0,), (0, -1, 1, 400), (-4000,)])
def test_every_wording_is_found_again_to_the_letter(days: tuple[int, ...]) -> None:
    verdicts = verdicts_on(*days)
    places, document = kept(verdicts)
    shells = shells_in(document)
    for verdict, place in zip(verdicts, places, strict=True):
        shell = shells[place]
        certificate = spelled(verdict.certificate.to_document() if verdict.certificate else None).decode()
        behind = f"{shell['as_of']}{shell['known_at']}{shell['behind']}"
        assert (shell["before"] + certificate + behind).encode() == verdict_json(verdict)
        assert (shell["answer"], shell["reason"]) == (verdict.answer.value, verdict.leading_reason)
        assert shell["notices"] == [notice.to_document() for notice in verdict.notices]


def test_what_is_said_twice_is_kept_once() -> None:
    verdicts = verdicts_on(0, 0, 0)
    places, document = kept([*verdicts, *verdicts])
    assert places[: len(verdicts)] == places[len(verdicts) :]
    assert len(document["shells"]) == len(set(places)) == max(places) + 1
    assert len(document["pieces"]) == len(set(document["pieces"]))
    assert all(
        json.dumps(document["shells"]).count(piece) == 0
        for piece in document["pieces"][1:]
        if len(piece) > 20
    )


def test_findings_that_two_wordings_share_stand_once() -> None:
    active, revoked = (judge(read_text(one.number), TRUST, Question(NOW)) for one in (ISSUED[0], ISSUED[3]))
    _, document = kept([active, revoked])
    first, second = (set(shell["before"]) for shell in document["shells"])
    own = {document["pieces"][at] for at in second - first}
    assert len(own) == 2, "the head with its reasons, and the finding of the status"
    assert any('"check":"status"' in piece for piece in own)


def test_the_same_words_at_another_instant_or_with_a_notice_are_not_the_same() -> None:
    verdict = judge(read_text(ISSUED[0].number), TRUST, Question(NOW))
    later = verdict.known_since(NOW + DAY)
    foreign = verdict.with_notices(
        [Notice("foreign_host", (("address", "http://x"), ("genuine", "http://y")))]
    )
    places, document = kept([verdict, later, foreign, verdict.known_since(NOW)])
    assert places == [0, 1, 2, 0]
    known = [shell["known_at"] for shell in shells_in(document)]
    assert known[0] != known[1]
    assert known[0] == known[2]


def test_answers_that_are_gone_leave_their_place_to_nobody() -> None:
    """An object's identity is taken again as soon as it is free; the words must not be those of the first."""
    words = Words()
    for at in range(60):
        verdict = judge(read_text(ISSUED[at % 4].number), TRUST, Question(NOW, TODAY + at * DAY))
        place = words.index_of(verdict)
        shell = shells_in(words.to_document())[place]
        assert shell["as_of"] == f',"as_of":"{verdict.as_of.isoformat()}","known_at":"'
        del verdict


def test_a_line_is_told_by_its_place() -> None:
    verdicts = verdicts_on(0)[:4]
    places, document = kept(verdicts)
    lines = [{"given": "x", "shell": place} for place in places]
    told = list(lines_of(Portion(1, 1, 4, told={**document, "lines": lines})))
    assert [one.reason for one in told] == ["ok", "ok", "ok", "revoked"]
    assert [json.loads(one.verdict_json())["verdict"] for one in told] == [*["VALID"] * 3, "NOT_VALID"]
