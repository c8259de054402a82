"""Several days in one answer: the worst decides, each day is what asking for it alone says, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.i18n import LANGUAGES, Language, say
from mit.verify.days import DAYS, day_sentences, on_each_day, reasons_on_days
from mit.verify.question import Question
from mit.verify.verdict import Answer, Check, Finding, Outcome, Verdict, in_order
from mit.verify.verdict_json import verdict_json
from tests.web import verdicts

BID, CONTRACT, DELIVERY = date(2026, 4, 1), date(2026, 6, 10), date(2027, 4, 1)
FUTURE = verdicts.with_finding(Finding(Check.IN_FORCE, Outcome.UNKNOWN, "future_date"))
EARLY = verdicts.with_finding(Finding(Check.IN_FORCE, Outcome.FAIL, "not_yet_in_force"))
SUSPENDED = verdicts.with_finding(Finding(Check.STATUS, Outcome.FAIL, "suspended"))
KINDS = {
    "valid": verdicts.VALID,
    "expired": verdicts.EXPIRED,
    "future": FUTURE,
    "early": EARLY,
    "suspended": SUSPENDED,
    "revoked": verdicts.REVOKED,
    "forged": verdicts.FORGED,
}


def on_days(*kinds: str) -> tuple[tuple[str, Verdict], ...]:
    """Return the named kinds of answers on bid, contract and delivery."""
    days = zip(DAYS, kinds, (BID, CONTRACT, DELIVERY), strict=False)
    return tuple((name, replace(KINDS[kind], as_of=day)) for name, kind, day in days)


def keys_said(days: tuple[tuple[str, Verdict], ...], language: Language) -> set[str]:
    """Return which of our sentences about days were said, by their first words."""
    said = day_sentences(days, language)
    names = [f"verify.days_{one}" for one in ("expires", "begins", "stopped", "future", "order")]
    fixed = {
        name: say(name, language, days="¤", expires_on="¤", issued_on="¤").partition("¤") for name in names
    }
    return {
        name.rpartition("_")[2]
        for name, (before, _, behind) in fixed.items()
        if any(one.startswith(before) and one.endswith(behind.rpartition("¤")[2]) for one in said)
    }


@pytest.mark.parametrize(
    ("kinds", "decisive"),
    [
        (("valid", "valid", "valid"), Answer.VALID),
        (("valid", "valid", "future"), Answer.CANNOT_TELL),
        (("valid", "future", "expired"), Answer.NOT_VALID),
        (("early", "valid"), Answer.NOT_VALID),
        (("future",), Answer.CANNOT_TELL),
    ],
)
def test_the_worst_of_the_days_decides(kinds: tuple[str, ...], decisive: Answer) -> None:
    verdict = replace(verdicts.VALID, days=on_days(*kinds))
    assert verdict.decisive.answer is decisive
    assert verdict.answer is Answer.VALID, "the answer on the asked day stays beside it"


def test_without_named_days_an_answer_decides_for_itself() -> None:
    assert verdicts.EXPIRED.decisive is verdicts.EXPIRED


def test_of_equally_bad_days_the_first_decides() -> None:
    days = on_days("valid", "revoked", "expired")
    assert replace(verdicts.VALID, days=days).decisive is days[1][1]


@given(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=3))
def test_no_day_is_worse_than_the_one_that_decides(kinds: list[str]) -> None:
    days = on_days(*kinds)
    order = [Answer.VALID, Answer.CANNOT_TELL, Answer.NOT_VALID]
    worst = max(order.index(answer.answer) for _, answer in days)
    assert replace(verdicts.VALID, days=days).decisive.answer is order[worst]
    assert set(reasons_on_days(days)) == {reason for _, answer in days for reason in answer.reasons}
    assert len(set(reasons_on_days(days))) == len(reasons_on_days(days))
    for language in LANGUAGES:
        assert all(day_sentences(days, language))


def judge_by_day(question: Question) -> Verdict:
    """Judge a certificate that is good up to its last day, and say which day was asked."""
    on = question.as_of
    kind = "valid" if on <= verdicts.EXPIRES_ON else "expired"
    return replace(KINDS[kind], as_of=on)


def test_each_named_day_gets_what_asking_for_it_alone_gets() -> None:
    named = (("bid", BID), ("delivery", DELIVERY))
    verdict = on_each_day(judge_by_day, Question(verdicts.NOW, days=named))
    assert verdict.as_of == verdicts.TODAY
    for (name, answer), (asked, day) in zip(verdict.days, named, strict=True):
        assert name == asked
        assert answer == judge_by_day(Question(verdicts.NOW, on=day))


def test_one_day_alone_is_asked_once() -> None:
    asked: list[date] = []

    def judge(question: Question) -> Verdict:
        asked.append(question.as_of)
        return judge_by_day(question)

    on_each_day(judge, Question(verdicts.NOW, on=BID))
    on_each_day(judge, Question(verdicts.NOW, on=BID, days=(("contract", CONTRACT),)))
    assert asked == [BID, BID, CONTRACT]


@pytest.mark.parametrize("question", [{"on": BID}, {"model": "X"}, {"days": (("bid", BID),)}])
def test_only_the_plain_question_of_today_may_be_remembered(question: dict[str, object]) -> None:
    assert Question(verdicts.NOW).is_plain
    assert not Question(verdicts.NOW, **question).is_plain  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        (("valid", "valid", "valid"), set()),
        (("valid", "valid", "expired"), {"expires"}),
        (("expired", "expired", "expired"), set()),
        (("valid", "valid", "future"), {"future"}),
        (("early", "valid"), {"begins"}),
        (("valid", "revoked"), {"stopped"}),
        (("valid", "suspended", "expired"), {"stopped", "expires"}),
        (("revoked", "revoked"), set()),
        (("forged", "forged"), set()),
        (("valid", "future", "expired"), {"future", "expires"}),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_follows_from_the_days_is_said(
    kinds: tuple[str, ...], said: set[str], language: Language
) -> None:
    assert keys_said(on_days(*kinds), language) == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_days_that_agree_are_said_in_one_sentence(language: Language) -> None:
    assert day_sentences(on_days("valid", "valid"), language) == [say("verify.days_all_VALID", language)]
    assert day_sentences(on_days("valid"), language) == [
        say("verify.days_some_VALID", language, days=say("verify.day_bid", language))
    ]


def test_days_are_listed_as_one_reads_them_aloud() -> None:
    days = on_days("valid", "valid", "expired")
    assert day_sentences(days, "en")[:2] == [
        "It is valid on the bid day and the contract day.",
        "It is not valid on the delivery day.",
    ]
    assert day_sentences(days, "th")[0] == "ใช้ได้ในวันยื่นข้อเสนอ และวันทำสัญญา"


@pytest.mark.parametrize("moved", [-1, 0, 1])
def test_days_out_of_their_order_are_asked_about(moved: int) -> None:
    days = (
        ("bid", replace(verdicts.VALID, as_of=BID)),
        ("contract", replace(verdicts.VALID, as_of=BID + timedelta(days=moved))),
        ("on", replace(verdicts.VALID, as_of=date.min)),
    )
    assert ("order" in keys_said(days, "th")) is (moved < 0), "another day may lie anywhere"


def test_the_json_states_each_day_and_keeps_the_answer_of_today() -> None:
    verdict = replace(verdicts.VALID, days=on_days("valid", "future", "expired"))
    document = verdict.to_document()
    assert document["verdict"] == "VALID"
    assert document["days_verdict"] == "NOT_VALID"
    assert document["days"] == {
        "bid": {"verdict": "VALID", "reasons": [], "as_of": "2026-04-01"},
        "contract": {"verdict": "CANNOT_TELL", "reasons": ["future_date"], "as_of": "2026-06-10"},
        "delivery": {"verdict": "NOT_VALID", "reasons": ["expired"], "as_of": "2027-04-01"},
    }
    assert b'"days":' in verdict_json(verdict)
    assert b'"days":' not in verdict_json(verdicts.VALID), "what was spelled for one is not said of the other"


def test_an_answer_that_never_reached_a_certificate_has_no_dates_to_speak_of() -> None:
    bare = Verdict(in_order([Finding(Check.IN_FORCE, Outcome.FAIL, "expired")]), (), None, BID, verdicts.NOW)
    days = (("bid", replace(verdicts.VALID, certificate=None)), ("delivery", bare))
    assert "expires" not in keys_said(days, "th")
