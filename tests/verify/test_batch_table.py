"""The lines of a batch beside each other: who shows the same, what comes first, what machines are told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.store.batches import Portion
from mit.verify.batch_table import (
    MOST_NAMED,
    ToldLine,
    counts_of,
    lines_of,
    problems_first,
    result_json,
    twins_of,
)
from mit.verify.verdict import Answer

SHELL: dict[str, Any] = {
    "before": '{"verdict":"VALID","certificate":',
    "as_of": ',"as_of":"2026-11-25","known_at":"',
    "known_at": "2026-11-25T07:30:00Z",
    "behind": '","answer":{}}',
    "answer": "VALID",
    "reason": "ok",
    "notices": [],
}
ONE, TWO = "MIT-2569-0000001-G", "MIT-2569-0000002-E"
HASH, OTHER_HASH = "a" * 64, "b" * 64


def line(position: int, bidder: str = "", mark: str = "", **more: Any) -> ToldLine:
    """Return a judged line."""
    made = ToldLine(position, bidder, f"given {position}", "", mark=mark, shell=SHELL)
    return replace(made, **more)


def answered(position: int, answer: Answer | None, **more: Any) -> ToldLine:
    """Return a line with an answer; None for one that waits."""
    shell = SHELL | {"answer": answer.value} if answer else None
    return line(position, shell=shell, **more)


@pytest.mark.parametrize(
    ("bidders", "kinds"),
    [
        (["A", "B"], ["other_bidder", "other_bidder"]),
        (["A", "A"], ["same_bidder", "same_bidder"]),
        (["", ""], ["unnamed", "unnamed"]),
        (["A", ""], ["unnamed", "unnamed"]),
        (["A", "A", "B"], ["other_bidder", "other_bidder", "other_bidder"]),
        (["A", "A", ""], ["same_bidder", "same_bidder", "unnamed"]),
        (["A", "B", ""], ["other_bidder", "other_bidder", "unnamed"]),
        (["Siam  Supply", "SIAM SUPPLY"], ["same_bidder", "same_bidder"]),
        (["Ｓｉａｍ", "siam"], ["same_bidder", "same_bidder"]),
        (["รายที่หนึ่ง", "รายที่ หนึ่ง"], ["same_bidder", "same_bidder"]),
        (["รายที่หนึ่ง", "รายที่สอง"], ["other_bidder", "other_bidder"]),
    ],
)
def test_who_shows_the_same_certificate_is_said_of_each_line(bidders: list[str], kinds: list[str]) -> None:
    twins = twins_of([line(at, bidder, ONE) for at, bidder in enumerate(bidders, 1)])
    assert [twins[at].kind for at in range(1, len(bidders) + 1)] == kinds


def test_each_line_names_the_others_and_the_first() -> None:
    twins = twins_of([line(1, "A", ONE), line(2, "B", TWO), line(3, "B", ONE), line(4, "C", ONE)])
    assert {at: one.named for at, one in twins.items()} == {1: (3, 4), 3: (1, 4), 4: (1, 3)}
    assert {one.first for one in twins.values()} == {1}
    assert {one.count for one in twins.values()} == {2}


def test_what_cannot_be_read_is_nobodys_twin_but_the_same_bytes_are() -> None:
    assert twins_of([line(1), line(2), line(3, "A")]) == {}
    twins = twins_of([line(1, sha256=HASH), line(2, sha256=HASH), line(3, sha256=OTHER_HASH)])
    assert set(twins) == {1, 2}
    assert all(one.is_same_file for one in twins.values())


def test_the_same_certificate_in_another_file_is_a_twin_without_the_same_bytes() -> None:
    twins = twins_of(
        [line(1, "A", ONE, sha256=HASH), line(2, "B", ONE, sha256=OTHER_HASH), line(3, "C", ONE, sha256=HASH)]
    )
    assert {at: one.is_same_file for at, one in twins.items()} == {1: True, 2: False, 3: True}


def test_of_very_many_twins_the_first_are_named_and_the_rest_counted() -> None:
    twins = twins_of([line(at, "A", ONE) for at in range(1, 3001)])
    assert twins[1].named == tuple(range(2, MOST_NAMED + 2))
    assert twins[5].named == (*range(1, 5), *range(6, MOST_NAMED + 2))
    assert twins[3000].named == tuple(range(1, MOST_NAMED + 1))
    assert {one.count for one in twins.values()} == {2999}


_LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "A", "B", "b "]), st.sampled_from(["", ONE, TWO]), st.sampled_from(["", HASH])
    ),
    max_size=12,
)


@settings(max_examples=200)
@given(_LINES)
def test_twins_are_those_that_a_walk_over_all_pairs_finds(drawn: Sequence[tuple[str, str, str]]) -> None:
    lines = [line(at, who, mark, sha256=sha) for at, (who, mark, sha) in enumerate(drawn, 1)]
    twins = twins_of(lines)
    for one in lines:
        shown = one.mark or one.sha256
        others = [two for two in lines if two is not one and shown and (two.mark or two.sha256) == shown]
        assert (one.position in twins) == bool(others)
        if not others:
            continue
        own = one.bidder.strip().casefold()
        names = {two.bidder.strip().casefold() for two in others}
        expected = "unnamed"
        if own and names - {own, ""}:
            expected = "other_bidder"
        elif own in names and own:
            expected = "same_bidder"
        assert twins[one.position].kind == expected
        assert twins[one.position].named == tuple(two.position for two in others)


def test_answers_are_counted_and_so_is_what_waits() -> None:
    lines = [
        answered(1, Answer.VALID),
        answered(2, Answer.NOT_VALID),
        answered(3, None),
        answered(4, Answer.VALID),
        answered(5, Answer.CANNOT_TELL),
    ]
    assert counts_of(lines) == {"VALID": 2, "NOT_VALID": 1, "CANNOT_TELL": 1, "waiting": 1}
    assert counts_of([]) == {"VALID": 0, "NOT_VALID": 0, "CANNOT_TELL": 0, "waiting": 0}


def test_problems_come_first_and_otherwise_the_order_is_kept() -> None:
    lines = [
        answered(1, Answer.VALID),
        answered(2, Answer.VALID, bidder="A", mark=ONE),
        answered(3, None),
        answered(4, Answer.CANNOT_TELL),
        answered(5, Answer.NOT_VALID),
        answered(6, Answer.VALID, bidder="B", mark=ONE),
        answered(7, Answer.CANNOT_TELL),
        answered(8, Answer.VALID, bidder="C", mark=TWO),
        answered(9, Answer.VALID, bidder="C", mark=TWO),
    ]
    ordered = [one.position for one in problems_first(lines, twins_of(lines))]
    assert ordered == [5, 4, 7, 3, 2, 6, 1, 8, 9]


@settings(max_examples=100)
@given(st.lists(st.sampled_from([*Answer, None]), max_size=30))
def test_sorting_loses_and_doubles_nothing(answers: list[Answer | None]) -> None:
    lines = [answered(at, answer) for at, answer in enumerate(answers, 1)]
    ordered = problems_first(lines, {})
    assert sorted(one.position for one in ordered) == list(range(1, len(lines) + 1))
    groups = [one.answer for one in ordered]
    assert groups == sorted(groups, key=[Answer.NOT_VALID, Answer.CANNOT_TELL, None, Answer.VALID].index)


def test_a_waiting_portion_shows_what_was_sent_and_no_answer() -> None:
    asked = [
        {"given": "x", "bidder": "A", "model": "", "text": "x"},
        {"given": "f.pdf", "bidder": "", "model": "M", "name": "f.pdf", "sha256": HASH},
        {"given": "g.pdf", "bidder": "", "model": "", "name": "g.pdf", "sha256": None},
    ]
    found = list(lines_of(Portion(2, 11, 3, asked=asked)))
    assert [(one.position, one.bidder, one.given, one.model) for one in found] == [
        (11, "A", "x", ""),
        (12, "", "f.pdf", "M"),
        (13, "", "g.pdf", ""),
    ]
    assert [one.sha256 for one in found] == ["", HASH, ""]
    assert {(one.answer, one.reason, one.is_sample) for one in found} == {(None, "", False)}


def test_a_judged_portion_finds_its_words_again() -> None:
    ok = SHELL | {"before": [0, 1], "as_of": 2, "behind": 3}
    revoked = ok | {"before": [4, 1], "answer": "NOT_VALID", "reason": "revoked"}
    told = {
        "pieces": ['{"verdict":"VALID",', '"certificate":', ',"known_at":"', '"}', '{"verdict":"NOT_VALID",'],
        "shells": [ok, revoked],
        "lines": [
            {"given": "g1", "shell": 1, "certificate": [ONE, "revoked", None, TWO], "bidder": "B"},
            {"given": "g2", "shell": 0, "mark": HASH},
            {"given": "g3", "shell": 1, "model": "M", "sha256": HASH},
        ],
    }
    found = list(lines_of(Portion(1, 1, 3, told=told)))
    assert [one.reason for one in found] == ["revoked", "ok", "revoked"]
    assert [one.answer for one in found] == [Answer.NOT_VALID, Answer.VALID, Answer.NOT_VALID]
    assert [one.mark for one in found] == [ONE, HASH, ""], "the certificate's own number stands once"
    assert [(one.bidder, one.model, one.sha256) for one in found] == [
        ("B", "", ""),
        ("", "", ""),
        ("", "M", HASH),
    ]
    assert found[0].certificate == {
        "number": ONE,
        "status": "revoked",
        "supersedes": None,
        "superseded_by": TWO,
    }
    assert found[1].verdict_json() == b'{"verdict":"VALID","certificate":null,"known_at":"%s"}' % (
        SHELL["known_at"].encode()
    )


def test_a_sample_is_said_apart_from_what_else_is_to_know() -> None:
    notices = [{"code": "later_revoked", "detail": {"th": "ก", "en": "a"}}, {"code": "sample", "detail": {}}]
    told = line(1, shell=SHELL | {"notices": notices})
    assert told.is_sample
    assert [one["code"] for one in told.notices] == ["later_revoked"]
    assert not line(2).is_sample


@pytest.mark.parametrize(
    ("position", "duplicate_of", "others"), [(1, None, [2, 4]), (2, 1, [1, 4]), (4, 1, [1, 2])]
)
def test_machines_are_told_the_verdict_and_which_lines_show_the_same(
    position: int, duplicate_of: int | None, others: list[int]
) -> None:
    certificate = {"number": ONE}
    lines = [line(at, "A", ONE, certificate=certificate) for at in (1, 2)]
    lines += [line(3, "", TWO, certificate=certificate), line(4, "B", ONE, certificate=certificate)]
    twins = twins_of(lines)
    told = next(one for one in lines if one.position == position)
    document = json.loads(result_json(told, twins.get(position)))
    assert document["verdict"] == "VALID"
    assert document["certificate"] == certificate
    assert document["known_at"] == "2026-11-25T07:30:00Z"
    assert (document["position"], document["given"]) == (position, f"given {position}")
    assert (document["duplicate"], document["duplicate_of"]) == ("other_bidder", duplicate_of)
    assert document["duplicate_positions"] == others


def test_machines_are_told_null_where_nothing_was_said() -> None:
    document = json.loads(result_json(line(3), None))
    assert (
        document["bidder"] is document["model"] is document["duplicate"] is document["duplicate_of"] is None
    )
    assert document["duplicate_positions"] == []
    assert document["is_same_file"] is False


@pytest.mark.parametrize("bidder", ['"', "\\", "ก\u2028", "\ud800", "</script>", "\x00"])
def test_any_name_of_a_bidder_makes_good_json(bidder: str) -> None:
    document = json.loads(result_json(line(1, bidder), None))
    assert document["bidder"] == bidder.encode("utf-8", "replace").decode()
