"""Four questions: each is answered by its own checks, the worst of them first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.verify.four_questions import QUESTIONS, four_questions
from mit.verify.verdict import Answer, Check, Finding, Outcome, Verdict, in_order
from tests.web import verdicts


def test_every_check_answers_exactly_one_question() -> None:
    assert sorted(check for _, checks in QUESTIONS for check in checks) == sorted(Check)


@pytest.mark.parametrize(
    ("finding", "question"),
    [
        (Finding(Check.SIGNATURE, Outcome.FAIL, "bad_signature"), "genuine"),
        (Finding(Check.KEY, Outcome.UNKNOWN, "unknown_key"), "genuine"),
        (Finding(Check.INTEGRITY, Outcome.FAIL, "not_the_issued_file"), "genuine"),
        (Finding(Check.IN_FORCE, Outcome.FAIL, "expired"), "in_force"),
        (Finding(Check.STATUS, Outcome.FAIL, "suspended"), "in_force"),
        (Finding(Check.FRESHNESS, Outcome.UNKNOWN, "stale"), "in_force"),
        (Finding(Check.COVERAGE, Outcome.FAIL, "other_model"), "covers"),
    ],
)
def test_a_finding_that_counts_decides_its_question_and_no_other(finding: Finding, question: str) -> None:
    for settled in four_questions(verdicts.with_finding(finding)):
        if settled.question == question:
            assert (settled.outcome, settled.finding) == (finding.outcome, finding)
        else:
            assert settled.outcome in {Outcome.PASS, Outcome.NOT_CHECKED}


def test_the_same_maker_is_for_the_reader_to_see() -> None:
    maker = next(one for one in four_questions(verdicts.VALID) if one.question == "maker")
    assert maker.outcome is Outcome.NOT_CHECKED
    assert maker.finding is None


def test_a_failure_decides_before_what_is_not_known() -> None:
    unknown = Finding(Check.SIGNATURE, Outcome.UNKNOWN, "unreadable")
    failed = Finding(Check.INTEGRITY, Outcome.FAIL, "not_found")
    verdict = Verdict(in_order([unknown, failed]), (), None, verdicts.TODAY, verdicts.NOW)
    assert four_questions(verdict)[0].finding is failed


_FINDINGS = st.tuples(
    *(st.builds(Finding, st.just(c), st.sampled_from(Outcome), st.just("ok")) for c in Check)
)


@given(_FINDINGS)
def test_the_questions_together_say_what_the_verdict_says(findings: tuple[Finding, ...]) -> None:
    verdict = Verdict(findings, (), None, verdicts.TODAY, verdicts.NOW)
    outcomes = {settled.outcome for settled in four_questions(verdict)}
    assert (Outcome.FAIL in outcomes) is (verdict.answer is Answer.NOT_VALID)
    assert (outcomes <= {Outcome.PASS, Outcome.NOT_CHECKED}) is (verdict.answer is Answer.VALID)
