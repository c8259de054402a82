"""Certificates of the same days, the same past and the same key get the same answer: worked out once.  Pure.

Of a thousand QR codes in one batch most differ in nothing that a check looks at but their number.  What is
shared are findings and notices; the certificate is each one's own.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from typing import NamedTuple

from mit.lifecycle.certificate_states import StateChange
from mit.verify.content import Content
from mit.verify.judge import judge_opened
from mit.verify.opening import Opened
from mit.verify.question import Question
from mit.verify.showing import shown_as
from mit.verify.trust import Record, Trust
from mit.verify.verdict import Verdict

#: What an answer hangs on beside the question: the key's serial, the days, the past, the successor.
_Circumstances = tuple[int, date, date, tuple[StateChange, ...], str | None]


class Reference(NamedTuple):
    """A certificate by its number, and what is told of it that can change."""

    number: str
    status: str | None
    supersedes: str | None
    superseded_by: str | None


class Judged(NamedTuple):
    """What came of one presentation.

    Attributes:
        answer: the verdict; where *content* is given, that of another which is alike but for its certificate.
        content, record: what was signed and what the register says, where the answer is shared.
    """

    answer: Verdict
    content: Content | None = None
    record: Record | None = None

    @property
    def verdict(self) -> Verdict:
        """Return the whole verdict on this presentation."""
        answer, content, record = self
        if answer.certificate is None or content is None or record is None:
            return answer
        shown = shown_as(answer.certificate.status, content, record, record.history)
        return Verdict(answer.findings, answer.notices, shown, answer.as_of, answer.known_at)

    @property
    def reference(self) -> Reference | None:
        """Return which certificate the verdict shows; None where it shows none."""
        shown, record = self.answer.certificate, self.record
        if shown is None:
            return None
        if record is None:
            return Reference(shown.number, shown.status, shown.supersedes, shown.superseded_by)
        return Reference(record.number, shown.status, record.supersedes, record.superseded_by)


class Alike:
    """Judges what was opened by one *trust*, each as ``judge_opened`` does."""

    def __init__(self, trust: Trust) -> None:
        self._trust = trust
        self._question: Question | None = None
        self._known: dict[Hashable, Verdict] = {}

    def judge(self, opened: Opened, question: Question) -> Judged:
        """Return what ``judge_opened`` returns, shared with those that are alike."""
        record = self._trust.records.get(opened.content.number) if opened.content else None
        content = _vouched(opened, record) if record and not self._trust.lists else None
        if record is None or content is None or opened.key is None or question.model is not None:
            return Judged(judge_opened(opened, self._trust, question))
        if question is not self._question:
            self._question, self._known = question, {}
        days = content.issued_on, content.expires_on
        key: _Circumstances = (opened.key.public.kid, *days, record.history, record.superseded_by)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = judge_opened(opened, self._trust, question)
        return Judged(known, content, record)


def _vouched(opened: Opened, record: Record) -> Content | None:
    """Return what is judged of a presentation that is the register's own, by a key in good standing.

    None where each has to be looked at by itself: a compromised key asks for the instant of signing.
    """
    content, key = opened.content, opened.key
    if content is None or key is None or key.dates.compromised_from_at is not None:
        return None
    if record.number != content.number or record.credential_sha256 != content.credential_sha256:
        return None
    if record.kid != key.public.kid or record.credential is not None:
        return None
    return record.content if content.is_short and record.content else content
