"""What a verdict shows beside its findings: notices, and the certificate to compare with the paper.  Pure."""

from __future__ import annotations

from mit.lifecycle.certificate_states import FINAL_STATES, CertificateState, StateChange, state_on
from mit.verify.content import Content
from mit.verify.opening import Opened
from mit.verify.question import Question
from mit.verify.trust import Record, StatusKnown
from mit.verify.verdict import CertificateShown, Check, Finding, Notice, Outcome

#: The checks of which one that fails takes away what vouches for the content.
_VOUCHING = frozenset({Check.SIGNATURE, Check.KEY, Check.INTEGRITY})


def notices(
    opened: Opened, known: StatusKnown | None, findings: list[Finding], question: Question
) -> tuple[Notice, ...]:
    """Return what to know beside the answer, in the order in which it matters."""
    content, key = opened.content, opened.key
    if content is None or key is None:
        return ()
    found = []
    if any(finding.wording == "aged" for finding in findings) and known:
        found.append(Notice("stale", (("known_at", known.known_at),)))
    found += _later_notices(content, known, question)
    if question.as_of <= content.expires_on < question.today:
        found.append(Notice("since_expired", (("expires_on", content.expires_on),)))
    is_key_good = any(f.check is Check.KEY and f.outcome is Outcome.PASS for f in findings)
    if is_key_good and key.dates.compromised_from_at is not None:
        found.append(Notice("key_since_compromised"))
    if key.public.demo:
        found.append(Notice("sample"))
    return tuple(found)


def _later_notices(content: Content, known: StatusKnown | None, question: Question) -> list[Notice]:
    """Return what stopped the certificate after the asked day: its end, or a suspension that lasts."""
    if known is None or known.history is None:
        return []
    later = [c for c in known.history if question.as_of < c.on <= question.today]
    now_state = state_on(known.history, question.today, expires_on=content.expires_on)
    for change in later:
        if change.state in FINAL_STATES:
            return [Notice(f"later_{change.state}", (("since_on", change.on),))]
    if later and now_state is CertificateState.SUSPENDED:
        return [Notice("later_suspended", (("since_on", later[-1].on),))]
    return []


def shown_certificate(
    opened: Opened,
    record: Record | None,
    known: StatusKnown | None,
    findings: list[Finding],
    question: Question,
) -> CertificateShown | None:
    """Return what may be compared with the paper; None where neither signature nor register vouches."""
    content = opened.content
    if content is None or any(f.outcome is Outcome.FAIL and f.check in _VOUCHING for f in findings):
        return None
    status = _status(content, known, findings, question)
    return shown_as(status, content, record, (known.history if known else None) or ())


def shown_as(
    status: str | None, content: Content, record: Record | None, history: tuple[StateChange, ...]
) -> CertificateShown:
    """Return the certificate of *content* as it is shown with a status that was worked out before."""
    return CertificateShown(
        number=content.number,
        name_th=content.name_th,
        name_en=content.name_en,
        juristic_number=content.juristic_number,
        products=content.products,
        product_count=content.product_count,
        issued_on=content.issued_on,
        expires_on=content.expires_on,
        status=status,
        supersedes=record.supersedes if record else None,
        superseded_by=record.superseded_by if record else None,
        history=history,
    )


def _status(
    content: Content, known: StatusKnown | None, findings: list[Finding], question: Question
) -> str | None:
    """Return the status on the asked day; None where it is not known or the day is not within sight."""
    found = next((f for f in findings if f.check is Check.STATUS), None)
    if found is None or known is None:
        return None
    if found.outcome is Outcome.FAIL and found.reason != "suspended":
        return found.reason
    if question.as_of > content.expires_on:
        return CertificateState.EXPIRED.value
    if found.outcome is Outcome.PASS:
        return CertificateState.ACTIVE.value
    return found.reason if found.outcome is Outcome.FAIL else None
