"""The quick spelling of a verdict is the slow one, letter for letter."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.errors import Fault
from mit.verify.judge import Question, judge
from mit.verify.presentation import read_text
from mit.verify.trust import Trust
from mit.verify.verdict import Check, Finding, Notice, Outcome, Verdict, in_order
from mit.verify.verdict_json import spell, spelled, verdict_json
from tests.support import specimens
from tests.support.trusting import NOW, TODAY, changes, issue, offline, record, register

ISSUED, TEN = issue(), issue(specimens.claims(10, running=777))
TRUSTS: list[Trust] = [register(record(ISSUED), record(TEN)), offline(record(ISSUED)), register(), offline()]
SHOWN = [ISSUED.made.qr_url, ISSUED.made.token, ISSUED.number, TEN.made.token, "unreadable", "\ud800\x1b"]

texts = st.text(max_size=20)
findings = st.builds(
    Finding,
    st.sampled_from([check for check in Check if check is not Check.LOG]),
    st.sampled_from(Outcome),
    st.just("ok"),
    st.just((("issued_on", TODAY), ("expires_on", TODAY), ("model", "x"))),
)


@pytest.mark.parametrize("trust", TRUSTS, ids=["register", "file", "empty register", "empty file"])
@pytest.mark.parametrize("days", [0, -1, 1, 400])
def test_every_verdict_is_spelled_as_its_document(trust: Trust, days: int) -> None:
    for text in SHOWN:
        verdict = judge(read_text(text), trust, Question(NOW, TODAY + timedelta(days=days), "ST-0001/22kV"))
        assert verdict_json(verdict) == spelled(verdict.to_document())
        assert json.loads(verdict_json(verdict)) == verdict.to_document()


@settings(deadline=None, max_examples=80)
@given(st.lists(findings, max_size=8), st.lists(st.sampled_from(["sample", "stale"]), max_size=2))
def test_any_findings_and_notices_are_spelled_as_their_document(
    found: list[Finding], codes: list[str]
) -> None:
    notices = tuple(Notice(code, (("known_at", NOW),)) for code in codes)
    verdict = Verdict(in_order(found), notices, None, TODAY, NOW)
    assert verdict_json(verdict) == spelled(verdict.to_document())


@settings(deadline=None, max_examples=50)
@given(texts)
def test_a_hint_with_any_text_is_spelled_as_its_document(text: str) -> None:
    hint = Fault("certificate_number_malformed", params={"text": text})
    finding = Finding(Check.SIGNATURE, Outcome.UNKNOWN, "unreadable", hint=hint)
    verdict = Verdict(in_order([finding]), (), None, TODAY, NOW)
    assert verdict_json(verdict) == spelled(verdict.to_document())
    verdict_json(verdict).decode("utf-8")


def test_the_verdict_inside_a_file_is_spelled_too() -> None:
    inner = judge(read_text(ISSUED.made.token), TRUSTS[0], Question(NOW))
    assert verdict_json(inner.with_inner(inner)) == spelled(inner.with_inner(inner).to_document())


def test_the_same_answer_later_differs_in_its_instant_alone() -> None:
    verdict = judge(read_text(ISSUED.number), TRUSTS[0], Question(NOW))
    first = verdict_json(verdict)
    later = verdict.known_since(NOW + timedelta(seconds=61))
    assert later.kept is verdict.kept
    assert verdict_json(later) == spelled(later.to_document())
    assert verdict_json(later) == first.replace(b"05:00:00Z", b"05:01:01Z")


def test_answers_on_two_certificates_share_the_words_of_their_findings() -> None:
    verdicts = [judge(read_text(one.number), TRUSTS[0], Question(NOW)) for one in (ISSUED, TEN)]
    first, second = map(spell, verdicts)
    assert first.findings is second.findings
    assert first.further is second.further
    assert first.certificate != second.certificate


def test_a_changed_verdict_never_inherits_what_was_spelled() -> None:
    verdict = judge(read_text(ISSUED.number), TRUSTS[0], Question(NOW))
    verdict_json(verdict)
    other = judge(
        read_text(ISSUED.number),
        register(record(ISSUED, history=changes((TODAY, "revoked")))),
        Question(NOW),
    )
    changed = replace(verdict, findings=other.findings)
    assert changed.kept == {}
    assert json.loads(verdict_json(changed))["verdict"] == "NOT_VALID"
