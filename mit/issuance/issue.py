"""Issue what was prepared: sign it, keep the signature, log it, check our own work, commit.

Done by the worker for the job ``issue``; every step can be repeated, and a crash between any two is
repaired by the worker alone, with the same number and the same bytes:

(1) the signer checks the order against the database and signs the stored bytes (``signer.py``);
(2) compare-and-set: the signed forms are kept unless others are kept already; first commit;
(3) the leaf is appended to the log; (4) the certificate is judged as a stranger would judge it;
(5) it becomes active, with its event, its audit row and the jobs ``print`` and, for the first of
a status list, ``publish``; what it replaces is superseded; second commit.

What was revoked before it was ever shown is neither signed nor shown any more.
Only after the second commit is it shown as issued.  Left to the worker: ``print_certificate.py``.
Source: contract section 1, Order of durable steps; security section 10, steps 4 to 6.
"""

from __future__ import annotations

from datetime import datetime

from mit.errors import TamperedError
from mit.failpoints import reach
from mit.issuance.authority import Authority
from mit.issuance.certificate_case import PUBLISH_JOB, Occasion
from mit.issuance.prepare import ISSUE_LEAF
from mit.issuance.signer import sign_certificate
from mit.issuance.supersede import lock_replaced, supersede_old
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.certificate_states import CertificateState, ChangeReason, StateChange
from mit.store import audit, certificate_history, certificates, jobs, signing_keys, transparency_log
from mit.store.certificate_history import StatusChange
from mit.store.certificates import Certificate
from mit.store.db import OpenSession, transaction, viewing
from mit.verify.judge import Question, judge
from mit.verify.presentation import read_text
from mit.verify.trust import Record, Trust, TrustedKey
from mit.verify.verdict import Answer, Verdict

#: The job that prints what was issued; its key is the certificate number.
PRINT_JOB = "print"


def issue(number: str, *, now: datetime, authority: Authority) -> None:
    """Issue the prepared certificate *number*; nothing is done where it is active or was revoked.

    Raises:
        NotFoundError: there is no such certificate.
        TamperedError, FourEyesError, KeyUnavailableError: as ``signer.sign_certificate``; and
            TamperedError ``own_work`` when our own verifier does not believe what we made.
    """
    standing = _standing(number)
    if standing == "revoked":
        return
    if standing == "unsigned":
        forms = sign_certificate(number, now=now, authority=authority)  # (1)
        reach("issue.before_keep")
        with transaction() as session:
            certificates.store_signed(session, number, forms)  # (2)
            reach("issue.before_first_commit")
        # Durable now: one signature; another one made meanwhile was thrown away.  A crash here
        # leaves a signed certificate that nobody is shown, and the worker goes on with (3).
        reach("issue.after_first_commit")
    with transaction() as session:
        certificate = certificates.lock_certificate(session, number)
        if certificate.state != CertificateState.ACTIVE and certificate.status == CertificateState.ACTIVE:
            _make_active(session, certificate, Occasion(None, now, authority))
            reach("issue.before_second_commit")
    # Durable now: the certificate is active and logged.  A crash here leaves it valid, without a
    # PDF, and the job "print" in the outbox.
    reach("issue.after_second_commit")


def check_own_work(session: OpenSession, certificate: Certificate, *, now: datetime) -> None:
    """Judge credential and QR as a stranger would, on the issue day.

    Raises:
        TamperedError: ``own_work`` with the reasons.
    """
    trust = _trust(session, certificate, now=now)
    question = Question(now=now, on=certificate.issued_on)
    for text in (certificate.credential or "", certificate.qr_text or ""):
        verdict = judge(read_text(text), trust, question)
        if verdict.answer is not Answer.VALID or not _names(verdict, certificate):
            reasons = ", ".join(verdict.reasons) or "another_certificate"
            raise TamperedError("own_work", number=certificate.number, reasons=reasons)


def _standing(number: str) -> str:
    """Return ``revoked`` (before it was shown), ``unsigned`` or ``signed``."""
    with viewing() as session:
        certificate = certificates.get_certificate(session, number)
    if certificate.status != CertificateState.ACTIVE:
        return "revoked"
    return "unsigned" if certificate.signed_at is None else "signed"


def _make_active(session: OpenSession, certificate: Certificate, by: Occasion) -> None:
    number, now = certificate.number, by.now
    old = lock_replaced(session, certificate)
    log_index = transparency_log.append_leaf(session, number, ISSUE_LEAF)  # (3)
    reach("issue.after_append")
    check_own_work(session, certificate, now=now)  # (4)
    reach("issue.after_check")
    certificates.store_issued(session, number, now=now)  # (5)
    change = StatusChange(
        event="issued",
        status=str(CertificateState.ACTIVE),
        effective_on=certificate.issued_on,
        reason=str(ChangeReason.ISSUED),
    )
    certificate_history.record_status(session, number, change, actor_id=None, now=now)
    jobs.enqueue(session, PRINT_JOB, key=number, payload={}, now=now)
    jobs.enqueue(session, PUBLISH_JOB, key=f"list:{certificate.list_number}", payload={}, now=now)
    if old is not None:
        supersede_old(session, old, certificate, by)
    payload = {"credential_sha256": certificate.credential_sha256, "log_index": log_index}
    audit.record(
        session,
        AuditEvent.CERTIFICATE_ISSUED,
        subject=f"certificate:{number}",
        actor_id=None,
        now=now,
        payload=payload,
    )


def _trust(session: OpenSession, certificate: Certificate, *, now: datetime) -> Trust:
    keys = {
        row.kid: TrustedKey(signing_keys.public_half(row), signing_keys.key_dates(row))
        for row in signing_keys.all_keys(session)
    }
    record = Record(
        number=certificate.number,
        kid=certificate.kid,
        credential_sha256=certificate.credential_sha256 or "",
        pdf_sha256=None,
        signed_at=certificate.signed_at,
        history=(StateChange(certificate.issued_on, CertificateState.ACTIVE),),
    )
    return Trust(keys, now, {certificate.number: record}, is_register=True)


def _names(verdict: Verdict, certificate: Certificate) -> bool:
    shown = verdict.certificate
    return shown is not None and shown.number == certificate.number
