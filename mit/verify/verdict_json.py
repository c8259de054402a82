"""A verdict as JSON, put together from parts that are spelled once.  Pure.

It is ``json.dumps`` of ``Verdict.to_document()``, letter for letter (a test holds both together).
Answers on different certificates share their findings' words, and two answers that follow from the
same facts on the same day differ in their instant alone.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

from mit.values.thai_date import utc_text
from mit.verify.verdict import Finding, Notice, Verdict

_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_NO_INSTANT = datetime.min.replace(tzinfo=UTC)


class SpelledVerdict(NamedTuple):
    """The JSON of a verdict but for its instant, as UTF-8: only ``certificate`` is one's own."""

    findings: bytes
    certificate: bytes
    as_of: bytes
    further: bytes

    def known_at(self, instant: datetime) -> bytes:
        """Return the whole JSON, known at *instant*."""
        known_at = utc_text(instant).encode("ascii")
        return b"".join((self.findings, self.certificate, self.as_of, known_at, self.further))


def verdict_json(verdict: Verdict) -> bytes:
    """Return the JSON verdict as UTF-8, without spaces."""
    return spell(verdict).known_at(verdict.known_at)


def with_member(verdict: bytes, name: str, document: object) -> bytes:
    """Return a JSON verdict with one more member behind its own."""
    return verdict[:-1] + b"," + spelled({name: document})[1:]


def spell(verdict: Verdict) -> SpelledVerdict:
    """Return the JSON verdict in parts; a letter that has no UTF-8 form becomes a question mark."""
    shown, said = verdict.certificate, around(verdict)
    certificate = spelled(shown.to_document() if shown else None)
    return SpelledVerdict(said.before, certificate, said.as_of, said.behind)


class Around(NamedTuple):
    """What is said around a certificate and an instant; ``pieces`` is ``before``, parted at its findings."""

    before: bytes
    pieces: tuple[bytes, ...]
    as_of: bytes
    behind: bytes


def around(verdict: Verdict) -> Around:
    """Return what stands before the certificate, between it and the instant, and behind."""
    return _around(verdict) if _is_singular(verdict) else _shared(*_followed(verdict))


def spelled(document: object) -> bytes:
    """Return *document* as JSON without spaces, in UTF-8."""
    return _write(document).encode("utf-8", "replace")


def _is_singular(verdict: Verdict) -> bool:
    """Say whether the words are about this presentation alone, so that nobody asks for them again."""
    if verdict.inner or verdict.days or verdict.coverage:
        return True
    return any(finding.hint for finding in verdict.findings)


def _followed(verdict: Verdict) -> tuple[tuple[Finding, ...], tuple[Notice, ...], date]:
    return verdict.findings, verdict.notices, verdict.as_of


@lru_cache(maxsize=4096)
def _shared(findings: tuple[Finding, ...], notices: tuple[Notice, ...], as_of: date) -> Around:
    return _around(Verdict(findings, notices, None, as_of, _NO_INSTANT))


def _around(verdict: Verdict) -> Around:
    codes = [notice.code for notice in verdict.notices]
    head = spelled({"verdict": verdict.answer.value, "reasons": verdict.reasons, "notices": codes})
    pieces = [head[:-1] + b',"findings":[']
    for at, finding in enumerate(verdict.findings):
        pieces += (b",", _spelled_finding(finding)) if at else (_spelled_finding(finding),)
    pieces.append(b'],"certificate":')
    as_of = f',"as_of":"{verdict.as_of.isoformat()}","known_at":"'.encode("ascii")
    return Around(b"".join(pieces), tuple(pieces), as_of, b'",' + spelled(verdict.further_members())[1:])


def _spelled_finding(finding: Finding) -> bytes:
    """Return a finding in words; one with a hint is about a single presentation and not remembered."""
    return spelled(finding.to_document()) if finding.hint else _common_finding(finding)


@lru_cache(maxsize=8192)
def _common_finding(finding: Finding) -> bytes:
    return spelled(finding.to_document())
