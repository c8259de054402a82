"""Supersede: when a certificate that replaces another becomes active, the other one ends.

Both happen in one transaction, so that there is no instant at which both or neither count.  What is
to be replaced is looked at twice: before two persons decide for nothing (``check_replaceable``, in
the approver's transaction), and when the new certificate becomes active.
"""

from __future__ import annotations

from mit.errors import ConflictError
from mit.issuance.certificate_case import Change, Occasion, change_state, state_of
from mit.lifecycle.certificate_states import FINAL_STATES, CertificateAction, ChangeReason
from mit.store import certificates
from mit.store.certificates import Certificate
from mit.store.db import OpenSession


def check_replaceable(session: OpenSession, number: str, organisation_id: object) -> None:
    """Refuse to replace a certificate that cannot be superseded (any more) by one of the same holder.

    Raises:
        ConflictError: ``replaced_not_found``, ``replaced_has_ended`` with its state, or
            ``replaced_already`` with the number that replaces it.
    """
    old = certificates.find_certificate(session, number)
    if old is None or old.organisation_id != organisation_id:
        raise ConflictError("replaced_not_found", number=number)
    old = certificates.lock_certificate(session, number)
    state = state_of(old)
    if state in FINAL_STATES or old.state != "active":
        raise ConflictError("replaced_has_ended", number=number, certificate_state=str(state))
    successor = certificates.successor_of(session, number)
    if successor is not None:
        raise ConflictError("replaced_already", number=number, successor=successor)


def lock_replaced(session: OpenSession, certificate: Certificate) -> Certificate | None:
    """Return the certificate that *certificate* replaces, locked, if it can still be superseded.

    What was revoked or withdrawn meanwhile stays so; what expired is not superseded any more.
    """
    if certificate.supersedes is None:
        return None
    old = certificates.lock_certificate(session, certificate.supersedes)
    has_ended = state_of(old) in FINAL_STATES or certificate.issued_on > old.expires_on
    return None if has_ended else old


def supersede_old(session: OpenSession, old: Certificate, new: Certificate, by: Occasion) -> None:
    """Let *old* be superseded by *new* from the day on which *new* was issued; flush, never commit."""
    change = Change(
        reason=ChangeReason.REPLACED,
        on=max(new.issued_on, old.issued_on),
        successor=new.number,
    )
    change_state(session, old, CertificateAction.SUPERSEDE, change, by)
