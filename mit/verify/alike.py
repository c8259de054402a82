"""Certificates of the same days, the same past and the same key get the same answer: worked out once.  Pure.

Of a thousand QR codes in one batch most differ in nothing that a check looks at but their number.  What is
shared are findings and notices; the certificate is each one's own.
"""

from __future__ import annotations

from collections.abc import Hashable

from mit.verify.content import Content
from mit.verify.judge import judge_opened
from mit.verify.opening import Opened
from mit.verify.question import Question
from mit.verify.showing import shown_as
from mit.verify.trust import Record, Trust
from mit.verify.verdict import Verdict


class Alike:
    """Judges what was opened by one *trust*, each as ``judge_opened`` does."""

    def __init__(self, trust: Trust) -> None:
        self._trust = trust
        self._known: dict[Hashable, Verdict] = {}

    def judge(self, opened: Opened, question: Question) -> Verdict:
        """Return the verdict that ``judge_opened`` returns."""
        record = self._trust.records.get(opened.content.number) if opened.content else None
        content = _vouched(opened, record) if record and not self._trust.lists else None
        if record is None or content is None or question.model is not None:
            return judge_opened(opened, self._trust, question)
        days, past = (content.issued_on, content.expires_on), (record.history, record.superseded_by)
        key = (opened.key and (opened.key.public.kid, opened.key.dates), days, past, question)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = judge_opened(opened, self._trust, question)
        if known.certificate is None:
            return known
        shown = shown_as(known.certificate.status, content, record, record.history)
        return Verdict(known.findings, known.notices, shown, known.as_of, known.known_at)


def _vouched(opened: Opened, record: Record) -> Content | None:
    """Return what is judged of a presentation that is the register's own, by a key in good standing.

    None where each has to be looked at by itself: a compromised key asks for the instant of signing.
    """
    content, key = opened.content, opened.key
    if content is None or key is None or key.dates.compromised_from_at is not None:
        return None
    is_same = (record.number, record.credential_sha256) == (content.number, content.credential_sha256)
    if not is_same or record.kid != key.public.kid or record.credential is not None:
        return None
    return record.content if content.is_short and record.content else content
