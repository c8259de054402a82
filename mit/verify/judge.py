"""From a presentation and what is known to one verdict: which checks are asked, in which order.

The same function answers for the register, for a trust file and for the issuer who checks his own
work before he commits.  Pure, but for the child process that opens a PDF.
"""

from __future__ import annotations

from dataclasses import replace

from mit.errors import Fault
from mit.verify import checks, opening
from mit.verify.content import Content
from mit.verify.coverage import check_coverage, coverage_of
from mit.verify.opening import Opened
from mit.verify.presentation import (
    Presentation,
    ShownCredential,
    ShownFile,
    ShownNumber,
    ShownQr,
    Unreadable,
    read_text,
)
from mit.verify.question import Question
from mit.verify.received_file import ReceivedFile, contradicts, open_received, signs_of
from mit.verify.showing import notices, shown_certificate
from mit.verify.trust import Record, StatusKnown, Trust
from mit.verify.verdict import Check, Finding, Outcome, Verdict, in_order

__all__ = ["Question", "judge", "judge_opened", "judge_received", "refusal"]

#: The reader could not do its work; that says nothing about the file.
_NOT_THE_FILES_FAULT = frozenset({"file_reader_busy", "file_too_costly"})


def judge(shown: Presentation, trust: Trust, question: Question) -> Verdict:
    """Return the verdict on what was shown, by what *trust* knows."""
    if isinstance(shown, Unreadable):
        return refusal(opening.unreadable(shown.fault), trust, question)
    if isinstance(shown, ShownNumber):
        return _judge_number(shown.number, trust, question)
    if isinstance(shown, ShownFile):
        return _judge_file(shown, trust, question)
    return _judge_signed(shown, trust, question)


def refusal(finding: Finding, trust: Trust, question: Question) -> Verdict:
    """Return the verdict of one finding, where nothing else could be checked."""
    return Verdict(in_order([finding]), (), None, question.as_of, trust.known_at)


def judge_opened(opened: Opened, trust: Trust, question: Question) -> Verdict:
    """Return the verdict on content whose signature was looked at: checks 2 to 8."""
    content = opened.content
    record = trust.records.get(content.number) if content else None
    findings = [
        opened.finding,
        checks.check_key(opened.key, content, record),
        checks.check_integrity(opened, record, trust),
    ]
    known = coverage = None
    if content is not None:
        content = _in_full(content, record)
        opened = opened._replace(content=content)
        known = trust.status_of(content.number, content.slot, content.issued_on)
        findings += _dated_findings(content, known, record, trust, question)
        coverage = coverage_of(content, question.model)
        findings.append(check_coverage(question.model, coverage))
    asked = [finding for finding in findings if finding is not None]
    certificate = shown_certificate(opened, record, known, asked, question)
    return Verdict(
        findings=in_order(asked),
        notices=notices(opened, known, asked, question),
        certificate=certificate,
        as_of=question.as_of,
        known_at=known.known_at if known else trust.known_at,
        coverage=coverage if certificate else None,
    )


def _in_full(content: Content, record: Record | None) -> Content:
    """Return what the register's credential says where a QR names that very credential by its hash."""
    if not content.is_short or record is None or record.credential_sha256 != content.credential_sha256:
        return content
    if record.content is not None:
        return record.content
    return opening.read_bound(record.credential, content) if record.credential else content


def _judge_signed(shown: ShownQr | ShownCredential, trust: Trust, question: Question) -> Verdict:
    if isinstance(shown, ShownQr):
        return judge_opened(opening.open_qr(shown, trust), trust, question)
    return judge_opened(opening.open_credential(shown, trust), trust, question)


def _judge_number(number: str, trust: Trust, question: Question) -> Verdict:
    """Answer for a bare number: only the register vouches for it, and it has to show the signature."""
    if not trust.is_register:
        return refusal(checks.unreachable(number), trust, question)
    record = trust.records.get(number)
    if record is None:
        return refusal(checks.not_found(number), trust, question)
    opened = _open_record(record, trust)
    verdict = judge_opened(opened, trust, question)
    if opened.content is not None and opened.content.number != number:
        return _with_integrity(verdict, checks.ALTERED)
    return verdict


def _open_record(record: Record, trust: Trust) -> Opened:
    """Open the register's own credential; a row alone proves nothing."""
    key = trust.keys.get(record.kid)
    if record.content is not None and key is not None:
        return Opened(opening.SIGNATURE_OK, key, record.content)
    own = opening.open_own(record.credential, key) if record.credential and key else None
    if own is not None:
        return own
    shown = read_text(record.credential or "")
    if isinstance(shown, ShownCredential):
        return opening.open_credential(shown, trust)
    fault = shown.fault if isinstance(shown, Unreadable) else Fault("credential_malformed")
    return Opened(opening.unreadable(fault), key)


def _judge_file(shown: ShownFile, trust: Trust, question: Question) -> Verdict:
    """Answer for a PDF: the hash of the issued file decides, never what is drawn or sealed."""
    number = trust.files.get(shown.sha256)
    record = trust.records.get(number) if number else None
    if record and trust.is_register:
        return _with_integrity(judge_opened(_open_record(record, trust), trust, question), checks.FILE_OK)
    file = open_received(shown)
    if record is None:
        return judge_received(file, trust, question)
    if isinstance(file.inside, Unreadable):
        return refusal(opening.unreadable(file.inside.fault), trust, question)
    opened = opening.open_credential(file.inside, trust)
    is_same = opened.content is None or opened.content.number == record.number
    inner = judge_opened(opened, trust, question)
    return _with_integrity(inner, checks.FILE_OK if is_same else checks.ALTERED)


def judge_received(file: ReceivedFile, trust: Trust, question: Question) -> Verdict:
    """Return the verdict on a PDF of unknown hash, with all it shows that an issued file never does.

    Where the hash could be known it is not the issued file.  Where it could not, a file that agrees
    with itself cannot be told, and one that contradicts itself is not valid.
    """
    if isinstance(file.inside, Unreadable):
        verdict = _file_without_credential(file.inside, trust, question)
        return verdict.with_notices(signs_of(file, None, trust))
    opened = opening.open_credential(file.inside, trust)
    inner = judge_opened(opened, trust, question)
    signs = signs_of(file, opened.content, trust)
    if _is_surely_not_issued(opened, trust):
        return _not_the_issued_file(trust, question).with_inner(inner).with_notices(signs)
    finding = checks.FILE_CONTRADICTS if contradicts(signs) else checks.FILE_UNKNOWN
    return _with_integrity(inner, finding).with_inner(inner).with_notices(signs)


def _file_without_credential(inside: Unreadable, trust: Trust, question: Question) -> Verdict:
    """Answer for a PDF that holds no readable credential: every issued file holds one."""
    is_told_apart = bool(trust.files) and inside.fault.code not in _NOT_THE_FILES_FAULT
    if trust.is_register or is_told_apart:
        return _not_the_issued_file(trust, question)
    return refusal(opening.unreadable(inside.fault), trust, question)


def _not_the_issued_file(trust: Trust, question: Question) -> Verdict:
    verdict = refusal(checks.NOT_THE_ISSUED_FILE, trust, question)
    return replace(verdict, findings=in_order([checks.SEE_INSIDE, checks.NOT_THE_ISSUED_FILE]))


def _is_surely_not_issued(opened: Opened, trust: Trust) -> bool:
    """Say whether a file of unknown hash cannot be an issued one.

    The register knows every issued file.  A trust file knows those of its own records; a file with
    a good credential of another number may have been issued since.
    """
    if trust.is_register:
        return True
    if opened.finding.outcome is Outcome.FAIL:
        return bool(trust.files)
    record = trust.records.get(opened.content.number) if opened.content else None
    return record is not None and record.pdf_sha256 is not None


def _with_integrity(verdict: Verdict, finding: Finding) -> Verdict:
    """Return the verdict with another integrity finding, unless its own failed already."""
    others = [own for own in verdict.findings if own.check is not Check.INTEGRITY]
    own = verdict.findings[list(Check).index(Check.INTEGRITY)]
    kept = own if own.outcome is Outcome.FAIL else finding
    return replace(verdict, findings=in_order([*others, kept]))


def _dated_findings(
    content: Content,
    known: StatusKnown | None,
    record: Record | None,
    trust: Trust,
    question: Question,
) -> list[Finding | None]:
    on, today = question.as_of, question.today
    findings: list[Finding | None] = [checks.check_in_force(content, on, today)]
    if record is None and trust.is_register:
        return findings
    if on >= content.issued_on:
        findings.append(checks.check_status(known, on, today=today, record=record))
    findings.append(checks.check_freshness(known, question.now))
    return findings
