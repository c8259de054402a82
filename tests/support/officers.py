"""Change the state of certificates in one line, as the people of the cast do: for tests of the verbs."""

from __future__ import annotations

from datetime import date

from mit.issuance.certificate_case import Why
from mit.issuance.revoke import ask_change, confirm_change
from mit.issuance.suspend import suspend
from mit.lifecycle.certificate_states import CertificateAction
from mit.store.certificate_history import history_of, last_seq
from mit.store.db import viewing
from tests.support.desk import Desk

#: A reason that goes with each act.
REASON = {
    CertificateAction.SUSPEND: "under_investigation",
    CertificateAction.REVOKE: "wrong_information",
    CertificateAction.REINSTATE: "investigation_closed",
    CertificateAction.WITHDRAW: "holder_asked",
}
NOTE = "คำอธิบายสำหรับเจ้าหน้าที่เท่านั้น"


def seen(number: str) -> int:
    """Return the last entry of a certificate's history, as it stands on a screen."""
    with viewing() as session:
        return last_seq(session, number)


def why(action: CertificateAction, on: date | None = None, *, reason: str = "") -> Why:
    """Return a reason that goes with the act, with words for staff."""
    return Why(reason or REASON[action], NOTE, on)


def suspended(desk: Desk, number: str) -> int:
    """Let Anan suspend a certificate."""
    return suspend(
        desk.cast.anan,
        number,
        why=why(CertificateAction.SUSPEND),
        seen_seq=seen(number),
        now=desk.tick(),
        authority=desk.authority,
    )


def asked(desk: Desk, number: str, action: CertificateAction, on: date | None = None) -> int:
    """Let Malee ask for a change, or Somchai where it is the holder's wish."""
    asking = desk.cast.somchai if action is CertificateAction.WITHDRAW else desk.cast.malee
    return ask_change(asking, number, action, why=why(action, on), seen_seq=seen(number), now=desk.tick())


def changed(desk: Desk, number: str, action: CertificateAction, on: date | None = None) -> int:
    """Let a change be asked for and confirmed by Anan; suspending takes him alone."""
    if action is CertificateAction.SUSPEND:
        return suspended(desk, number)
    seq = asked(desk, number, action, on)
    return confirm_change(desk.cast.anan, seq, now=desk.tick(), authority=desk.authority)


def history(number: str) -> list[tuple[str, str, date, str]]:
    """Return event, status, day and reason of every entry, in the order of recording."""
    with viewing() as session:
        return [
            (entry.event, entry.status, entry.effective_on, entry.reason)
            for entry in history_of(session, number)
        ]
