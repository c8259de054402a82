"""What the public would read about a certificate after a change: the verifier's own words, beforehand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mit.issuance.certificate_case import Why, check_change, read_why, state_of
from mit.lifecycle.certificate_states import CertificateAction, StateChange, next_state, settled
from mit.store import certificates
from mit.store.db import viewing
from mit.verify.judge import Question, judge
from mit.verify.presentation import read_number
from mit.verify.register import find, trust_by
from mit.verify.verdict import Verdict


def foresee(number: str, action: CertificateAction, why: Why, *, now: datetime) -> Verdict:
    """Return today's verdict on the certificate as it would be after the change; nothing is changed.

    Raises:
        NotFoundError: ``not_found``.
        IllegalMoveError, ConflictError, InputError: as the verbs; what cannot be done is not shown.
    """
    reason, _ = read_why(action, why)
    with viewing() as session:
        certificate = certificates.get_certificate(session, number)
        day = check_change(certificate, action, why.on, now=now)
        target = next_state(state_of(certificate), action)
    change = StateChange(day, target, str(reason))
    trust = trust_by(find(number), now, is_content_needed=True)
    record = trust.records.get(number)
    if record is not None:
        changed = replace(record, history=settled((*record.history, change)))
        trust = replace(trust, records={number: changed})
    return judge(read_number(number), trust, Question(now))
