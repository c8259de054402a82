"""Findings, and the one verdict that follows from them: VALID, NOT_VALID or CANNOT_TELL.

A refusal by rule is a result, never an exception: a revoked certificate is not an error.  The
words, the order of the checks and the JSON shape are those of contract section 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any

from mit.credential.coverage_answer import CoverageReport
from mit.errors import Fault
from mit.i18n import LANGUAGES, Language, knows, say
from mit.lifecycle.certificate_states import ChangeReason, StateChange
from mit.values.thai_date import format_day, format_instant, utc_text

Param = str | int | date | datetime


class Check(StrEnum):
    """The numbered checks, in the order in which findings stand."""

    SIGNATURE = "signature"
    KEY = "key"
    INTEGRITY = "integrity"
    IN_FORCE = "in_force"
    STATUS = "status"
    FRESHNESS = "freshness"
    LOG = "log"
    COVERAGE = "coverage"


class Outcome(StrEnum):
    """The answer of one check; ``not_checked`` does not count."""

    PASS = "pass"  # noqa: S105 - a word of the contract
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_CHECKED = "not_checked"


class Answer(StrEnum):
    """The three answers."""

    VALID = "VALID"
    NOT_VALID = "NOT_VALID"
    CANNOT_TELL = "CANNOT_TELL"


#: The answers from the best to the worst: which of several days decides.
_WORSE = (Answer.VALID, Answer.CANNOT_TELL, Answer.NOT_VALID)


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer of one check.

    Attributes:
        check: which check.
        outcome: pass, fail, unknown or not checked.
        reason: the stable code, ``ok`` where it passed.
        params: what fills the sentence, by name; days and instants are written for each language.
        hint: why something could not be read, as a fault of ours; said after the sentence.
        wording: another sentence for the same reason, where one reason is met in several ways.
    """

    check: Check
    outcome: Outcome
    reason: str
    params: tuple[tuple[str, Param], ...] = ()
    hint: Fault | None = None
    wording: str = ""

    def detail(self, language: Language) -> str:
        """Return the sentence of this finding."""
        sentence = _say(f"verify.{self.check}_{self.wording or self.reason}", language, self.params)
        if self.hint is None or not knows(f"errors.{self.hint.code}"):
            return sentence
        params = {name: _shown(value, language) for name, value in self.hint.params.items()}
        return f"{sentence} {say(f'errors.{self.hint.code}', language, **params)}"

    def to_document(self) -> dict[str, Any]:
        """Return ``check, outcome, reason, detail {th, en}``."""
        return {
            "check": self.check.value,
            "outcome": self.outcome.value,
            "reason": self.reason,
            "detail": {language: self.detail(language) for language in LANGUAGES},
        }


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know that changes no answer: a stable code and what fills its sentence."""

    code: str
    params: tuple[tuple[str, Param], ...] = ()

    def detail(self, language: Language) -> str:
        """Return the sentence of this notice."""
        return _say(f"verify.notice_{self.code}", language, self.params)

    def to_document(self) -> dict[str, Any]:
        """Return ``code``, its days and instants in ISO form, and ``detail {th, en}``."""
        facts = {name: _plain(value) for name, value in self.params}
        detail = {language: self.detail(language) for language in LANGUAGES}
        return {"code": self.code, **facts, "detail": detail}


@dataclass(frozen=True, slots=True)
class CertificateShown:
    """What the signature or the register vouches for, to be compared with the paper.

    Attributes:
        number: the printed number.
        name_th, name_en: the holder; ``name_en`` is None where the presentation has none.
        juristic_number: 13 digits, None where it is not public.
        products: coverage entries (contract section 5); empty where only a count is known.
        product_count: how many products the certificate lists.
        issued_on, expires_on: first and last valid day, Bangkok.
        status: on the asked day; None where it is not known.
        supersedes, superseded_by: printed numbers, where the register names them.
        history: what happened to it, dated, as far as it is known; all of it is public.
    """

    number: str
    name_th: str
    name_en: str | None
    juristic_number: str | None
    products: tuple[Mapping[str, Any], ...]
    product_count: int
    issued_on: date
    expires_on: date
    status: str | None = None
    supersedes: str | None = None
    superseded_by: str | None = None
    history: tuple[StateChange, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """Return the ``certificate`` member of the JSON verdict."""
        return {
            "number": self.number,
            "holder": {
                "name_th": self.name_th,
                "name_en": self.name_en,
                "juristic_number": self.juristic_number,
            },
            "products": list(self.products),
            "product_count": self.product_count,
            "issued_on": self.issued_on.isoformat(),
            "expires_on": self.expires_on.isoformat(),
            "status": self.status,
            "supersedes": self.supersedes,
            "superseded_by": self.superseded_by,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """One answer with all its findings, as of a named day and known since a named instant.

    Attributes:
        findings: one for each check, in the order of the checks.
        notices: what to know beside the answer.
        certificate: None unless the signature or the register vouches for it.
        as_of: the Bangkok day that was asked for.
        known_at: UTC instant of what is known about keys and status.
        inner: of a file, the verdict of the credential inside, where the file itself is not known.
        coverage: what is covered and what differs; None where nothing was asked or nothing vouches for it.
        days: the answers on further days that were asked about, by the day's name.
        followed_from: all that the same answer follows from again; None where it is not remembered.
        kept: what was worked out from the rest before; shared by ``known_since`` alone.
    """

    findings: tuple[Finding, ...]
    notices: tuple[Notice, ...]
    certificate: CertificateShown | None
    as_of: date
    known_at: datetime
    inner: Verdict | None = None
    coverage: CoverageReport | None = None
    days: tuple[tuple[str, Verdict], ...] = ()
    followed_from: object = field(default=None, compare=False, repr=False)
    kept: dict[str, str] = field(default_factory=dict, init=False, compare=False, repr=False)

    @property
    def answer(self) -> Answer:
        """Return the answer: any failure is NOT_VALID, else any unknown is CANNOT_TELL."""
        outcomes = {finding.outcome for finding in self.findings}
        if Outcome.FAIL in outcomes:
            return Answer.NOT_VALID
        return Answer.CANNOT_TELL if Outcome.UNKNOWN in outcomes else Answer.VALID

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return the codes of failed and unknown findings in the order of the checks."""
        counted = (Outcome.FAIL, Outcome.UNKNOWN)
        return tuple(finding.reason for finding in self.findings if finding.outcome in counted)

    @property
    def leading_reason(self) -> str:
        """Return the reason to act on: the first failure, else the first unknown, else ``ok``."""
        for outcome in (Outcome.FAIL, Outcome.UNKNOWN):
            for finding in self.findings:
                if finding.outcome is outcome:
                    return finding.reason
        return "ok"

    @property
    def decisive(self) -> Verdict:
        """Return the answer that decides: the worst of the named days, the first of equals; else itself."""
        answers = [answer for _, answer in self.days] or [self]
        return max(answers, key=lambda one: _WORSE.index(one.answer))

    def headline(self, language: Language) -> str:
        """Return the answer in words, with the day asked for."""
        return _say(f"verify.answer_{self.answer}", language, (("as_of", self.as_of),))

    def advice(self, language: Language) -> str:
        """Return what to do next."""
        return say(f"verify.advice_{self.leading_reason}", language)

    def known_since(self, known_at: datetime) -> Verdict:
        """Return the same answer, known at another instant; what was worked out is shared."""
        same = replace(self, known_at=known_at)
        object.__setattr__(same, "kept", self.kept)
        return same

    def with_inner(self, inner: Verdict) -> Verdict:
        """Return the same verdict with the verdict of the credential inside beside it."""
        return replace(self, inner=inner)

    def with_notices(self, more: Sequence[Notice]) -> Verdict:
        """Return the same verdict with further notices behind its own, and of each further day."""
        if not more:
            return self
        days = tuple((name, answer.with_notices(more)) for name, answer in self.days)
        return replace(self, notices=(*self.notices, *more), days=days)

    def to_document(self) -> dict[str, Any]:
        """Return the JSON verdict of contract section 2, with our extra members after it."""
        return {
            "verdict": self.answer.value,
            "reasons": list(self.reasons),
            "notices": [notice.code for notice in self.notices],
            "findings": [finding.to_document() for finding in self.findings],
            "certificate": self.certificate.to_document() if self.certificate else None,
            "as_of": self.as_of.isoformat(),
            "known_at": utc_text(self.known_at),
            **self.further_members(),
        }

    def further_members(self) -> dict[str, Any]:
        """Return our own members: answer, advice and notices in words, ``coverage``, ``days``, ``inner``."""
        members: dict[str, Any] = {
            "answer": {language: self.headline(language) for language in LANGUAGES},
            "advice": {language: self.advice(language) for language in LANGUAGES},
            "notice_details": [notice.to_document() for notice in self.notices],
        }
        if self.coverage is not None:
            members["coverage"] = self.coverage.to_document()
        if self.days:
            members["days"] = {name: _on_its_day(answer) for name, answer in self.days}
            members["days_verdict"] = self.decisive.answer.value
        if self.inner is not None:
            members["inner"] = self.inner.to_document()
        return members


def _on_its_day(answer: Verdict) -> dict[str, Any]:
    return {
        "verdict": answer.answer.value,
        "reasons": list(answer.reasons),
        "as_of": answer.as_of.isoformat(),
    }


def in_order(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return exactly one finding for each check, in order; a check never reached says so."""
    by_check = {finding.check: finding for finding in findings}
    return tuple(by_check.get(check) or _not_reached(check) for check in Check)


@cache
def _not_reached(check: Check) -> Finding:
    reason = {Check.LOG: "no_log", Check.COVERAGE: "not_asked"}.get(check, "not_reached")
    return Finding(check, Outcome.NOT_CHECKED, reason)


@lru_cache(maxsize=8192)
def _say(key: str, language: Language, params: tuple[tuple[str, Param], ...]) -> str:
    return say(key, language, **{name: _shown(value, language) for name, value in params})


def _shown(value: Param, language: Language) -> str | int:
    if isinstance(value, datetime):
        return format_instant(value, language)
    if isinstance(value, ChangeReason):
        return say(f"verify.because_{value}", language)
    if isinstance(value, str):
        return _printable(value)
    return format_day(value, language) if isinstance(value, date) else value


def _printable(text: str) -> str:
    """Return *text* with every sign that a terminal or a page could obey made visible."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


def _plain(value: Param) -> str | int:
    if isinstance(value, datetime):
        return utc_text(value)
    return value.isoformat() if isinstance(value, date) else value
