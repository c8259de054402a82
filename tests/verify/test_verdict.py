"""Findings → verdict: the three answers, the order of reasons, the JSON shape, both languages."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.errors import Fault
from mit.i18n import LANGUAGES, catalogue, knows
from mit.lifecycle.certificate_states import ChangeReason
from mit.verify.verdict import (
    Answer,
    CertificateShown,
    Check,
    Finding,
    Notice,
    Outcome,
    Verdict,
    in_order,
)
from mit.verify.words import SIGNS, compare_lines, verdict_lines

AS_OF = date(2026, 11, 21)
KNOWN_AT = datetime(2026, 11, 21, 3, 4, 5, 999, tzinfo=UTC)
SHOWN = CertificateShown(
    number="MIT-2569-0012345-B",
    name_th="บริษัท สยามเคเบิล จำกัด",
    name_en="Siam Cable Co., Ltd.",
    juristic_number="0105536112014",
    products=(
        {
            "product_th": "สายไฟ",
            "product_en": "Cable",
            "brand": "SC",
            "models": ["A-1", "A-2"],
            "hs_code": "85444942",
            "ranges": [
                {
                    "property": "พื้นที่หน้าตัด",
                    "unit": "mm²",
                    "from": "1.5",
                    "to": None,
                    "from_included": True,
                    "to_included": False,
                }
            ],
        },
    ),
    product_count=1,
    issued_on=date(2026, 1, 15),
    expires_on=date(2027, 1, 14),
    status="active",
    supersedes="MIT-2568-0000001-X",
)

outcomes = st.sampled_from(list(Outcome))


def finding(check: Check, outcome: Outcome, reason: str = "") -> Finding:
    return Finding(check, outcome, reason or f"{check}-{outcome}")


def verdict(*findings: Finding, **more: object) -> Verdict:
    return Verdict(
        findings=in_order(findings),
        notices=more.get("notices", ()),  # type: ignore[arg-type]
        certificate=more.get("certificate"),  # type: ignore[arg-type]
        as_of=AS_OF,
        known_at=KNOWN_AT,
    )


@settings(deadline=None)
@given(st.lists(outcomes, min_size=8, max_size=8), st.randoms())
def test_any_failure_wins_over_any_unknown_and_not_checked_does_not_count(
    chosen: list[Outcome], random: object
) -> None:
    findings = [finding(check, outcome) for check, outcome in zip(Check, chosen, strict=True)]
    random.shuffle(findings)  # type: ignore[attr-defined]
    judged = verdict(*findings)
    if Outcome.FAIL in chosen:
        assert judged.answer is Answer.NOT_VALID
    elif Outcome.UNKNOWN in chosen:
        assert judged.answer is Answer.CANNOT_TELL
    else:
        assert judged.answer is Answer.VALID
    counted = [f"{c}-{o}" for c, o in zip(Check, chosen, strict=True) if o in {"fail", "unknown"}]
    assert list(judged.reasons) == counted
    assert (judged.answer is Answer.VALID) == (not judged.reasons)


def test_findings_stand_once_each_in_the_order_of_the_checks() -> None:
    judged = verdict(finding(Check.STATUS, Outcome.PASS), finding(Check.SIGNATURE, Outcome.PASS))
    names = [found.check.value for found in judged.findings]
    assert names == [
        "signature",
        "key",
        "integrity",
        "in_force",
        "status",
        "freshness",
        "log",
        "coverage",
    ]


def test_what_was_never_reached_says_so_and_does_not_count() -> None:
    judged = verdict(finding(Check.SIGNATURE, Outcome.PASS, "ok"))
    rest = {found.check: (found.outcome, found.reason) for found in judged.findings[1:]}
    assert rest[Check.LOG] == (Outcome.NOT_CHECKED, "no_log")
    assert rest[Check.COVERAGE] == (Outcome.NOT_CHECKED, "not_asked")
    assert rest[Check.STATUS] == (Outcome.NOT_CHECKED, "not_reached")
    assert judged.answer is Answer.VALID


def test_the_leading_reason_is_a_failure_before_an_unknown() -> None:
    judged = verdict(
        finding(Check.IN_FORCE, Outcome.UNKNOWN, "future_date"),
        finding(Check.STATUS, Outcome.FAIL, "revoked"),
    )
    assert judged.reasons == ("future_date", "revoked")
    assert judged.leading_reason == "revoked"


def test_the_document_has_exactly_the_shape_of_the_contract() -> None:
    document = verdict(
        Finding(Check.SIGNATURE, Outcome.PASS, "ok"),
        Finding(Check.IN_FORCE, Outcome.FAIL, "expired", (("expires_on", date(2026, 1, 1)),)),
        notices=(Notice("later_revoked", (("since_on", date(2026, 12, 1)),)),),
        certificate=SHOWN,
    ).to_document()
    assert document["verdict"] == "NOT_VALID"
    assert document["reasons"] == ["expired"]
    assert document["notices"] == ["later_revoked"]
    assert document["as_of"] == "2026-11-21"
    assert document["known_at"] == "2026-11-21T03:04:05Z"
    assert {"check", "outcome", "reason", "detail"} == set(document["findings"][0])
    assert set(document["findings"][0]["detail"]) == {"th", "en"}
    certificate = document["certificate"]
    assert certificate["number"] == "MIT-2569-0012345-B"
    assert certificate["holder"] == {
        "name_th": "บริษัท สยามเคเบิล จำกัด",
        "name_en": "Siam Cable Co., Ltd.",
        "juristic_number": "0105536112014",
    }
    assert certificate["issued_on"] == "2026-01-15"
    assert certificate["expires_on"] == "2027-01-14"
    assert certificate["status"] == "active"
    assert certificate["supersedes"] == "MIT-2568-0000001-X"
    assert certificate["superseded_by"] is None
    assert document["notice_details"][0]["since_on"] == "2026-12-01"
    assert "inner" not in document
    json.dumps(document, allow_nan=False)


def test_the_inner_verdict_stands_beside_the_outer_one() -> None:
    inner = verdict(Finding(Check.SIGNATURE, Outcome.PASS, "ok"))
    outer = verdict(Finding(Check.INTEGRITY, Outcome.UNKNOWN, "file_unknown")).with_inner(inner)
    document = outer.to_document()
    assert document["verdict"] == "CANNOT_TELL"
    assert document["inner"]["verdict"] == "VALID"


def test_days_are_written_for_each_language() -> None:
    found = Finding(Check.IN_FORCE, Outcome.FAIL, "expired", (("expires_on", date(2026, 1, 14)),))
    assert "14 ม.ค. 2569" in found.detail("th")
    assert "14 Jan 2026" in found.detail("en")


def test_a_hint_follows_the_sentence() -> None:
    hint = Fault("certificate_number_check", params={"text": "MIT-2569-0012345-C"})
    found = Finding(Check.SIGNATURE, Outcome.UNKNOWN, "unreadable", hint=hint)
    for language in LANGUAGES:
        assert "MIT-2569-0012345-C" in found.to_document()["detail"][language]


def test_what_is_repeated_from_a_stranger_cannot_command_a_terminal_or_break_utf_8() -> None:
    hint = Fault("certificate_number_malformed", params={"text": "a\x1b[2J\u202e\ud800\nb"})
    said = Finding(Check.SIGNATURE, Outcome.UNKNOWN, "unreadable", hint=hint).to_document()["detail"]
    model = Finding(Check.COVERAGE, Outcome.FAIL, "other_model", (("model", "\x1b]0;\x07"),)).detail("th")
    for text in (*said.values(), model):
        text.encode("utf-8")
        assert text.isprintable()
        assert "\ufffd" in text


def test_a_hint_without_a_sentence_is_left_out() -> None:
    found = Finding(Check.SIGNATURE, Outcome.UNKNOWN, "unreadable", hint=Fault("no_such_code"))
    assert found.detail("th") == catalogue("verify", "th")["verify.signature_unreadable"]


@pytest.mark.parametrize("answer", list(Answer))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_has_its_words(answer: Answer, language: str) -> None:
    for key in (f"verify.answer_{answer}", f"verify.word_{answer}"):
        assert knows(key)


def test_every_check_and_outcome_has_a_name_and_a_sign() -> None:
    for check in Check:
        assert knows(f"verify.check_{check}")
    for outcome in Outcome:
        assert knows(f"verify.outcome_{outcome}")
    assert len(set(SIGNS.values())) == len(Outcome)


def test_every_reason_that_can_lead_has_its_advice() -> None:
    keys = catalogue("verify", "th")
    sentences = {key.removeprefix("verify.") for key in keys}
    checks = tuple(f"{check}_" for check in Check)
    quiet = {
        "not_reached",
        "no_log",
        "not_asked",
        "register",
        "aged",
        "no_record",
        "file_ok",
        "superseded_by",
    }
    quiet |= {"suspended_listed", "revoked_listed", "register_unreachable", "inside"}
    for name in sentences:
        for check in checks:
            reason = name.removeprefix(check)
            if name.startswith(check) and reason not in quiet and not _is_wording(check, reason):
                assert f"advice_{reason}" in sentences, reason
    assert {f"advice_{reason}" for reason in _COVERAGE_REASONS} <= sentences


#: What the check of coverage gives for a reason; its sentences have many wordings.
_COVERAGE_REASONS = frozenset({"other_model", "not_covered", "coverage_unclear", "not_listed"})


def _is_wording(check: str, reason: str) -> bool:
    """Say whether this is how a reason is said in one case: because of something, a letter, coverage."""
    is_coverage = check == "coverage_" and reason not in _COVERAGE_REASONS
    return is_coverage or reason.endswith("_because") or reason.startswith("letter_")


def test_the_lines_for_people_hold_the_answer_each_finding_and_what_to_compare() -> None:
    judged = verdict(
        Finding(Check.SIGNATURE, Outcome.PASS, "ok"),
        Finding(Check.FRESHNESS, Outcome.PASS, "ok"),
        notices=(Notice("sample"),),
        certificate=SHOWN,
    )
    thai, english = "\n".join(verdict_lines(judged, "th")), "\n".join(verdict_lines(judged, "en"))
    assert thai.startswith("ใช้ได้: ")
    assert english.startswith("VALID: ")
    for shown in ("MIT-2569-0012345-B", "0-10-5-536-11201-4", "A-1, A-2", "8544.49.42", "1.5 ≤ พื้นที่หน้าตัด mm²"):
        assert shown in thai
        assert shown in english
    assert "15 มกราคม พ.ศ. 2569" in thai
    assert "15 January 2026" in english
    assert "ตัวอย่าง" in thai
    assert "SAMPLE" in english
    assert len(thai.splitlines()) == len(english.splitlines())


def test_where_only_a_count_is_known_the_count_is_shown() -> None:
    bare = CertificateShown(
        number="MIT-2569-0012345-B",
        name_th="ก",
        name_en=None,
        juristic_number=None,
        products=(),
        product_count=12,
        issued_on=AS_OF,
        expires_on=AS_OF,
    )
    lines = dict(compare_lines(bare, "en"))
    assert lines["Number of products"] == "12"
    assert "Juristic number" not in lines
    assert bare.to_document()["products"] == []


def test_every_sentence_of_a_finding_can_be_said_in_both_languages() -> None:
    days = {"issued_on", "expires_on", "since_on", "from_on", "until_on"}
    instants = {"known_at", "compromised_at", "ended_at", "since_at"}
    samples = dict.fromkeys(days, AS_OF) | dict.fromkeys(instants, KNOWN_AT)
    texts = {"number": "MIT-2569-0012345-B", "model": "A-1", "superseded_by": "MIT-2569-0012346-9"}
    texts |= dict.fromkeys(("certified", "asked", "name", "index", "tender", "before", "last", "count"), "1")
    params = tuple({**samples, **texts, "because": ChangeReason.CRITERIA_NOT_MET}.items())
    for name, check in itertools.product(catalogue("verify", "th"), Check):
        reason = name.removeprefix(f"verify.{check}_")
        if reason != name:
            said = Finding(check, Outcome.PASS, reason, params).to_document()["detail"]
            assert all(said.values())
            assert "{" not in said["th"] + said["en"]
