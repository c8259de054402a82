"""What happened to a certificate and when, with today and the asked days among it.  Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from mit.lifecycle.certificate_states import FINAL_STATES, CertificateState, ChangeReason, StateChange
from mit.verify.verdict import CertificateShown

#: A suspension or an end has a reason that the public reads; the other entries speak for themselves.
_EXPLAINED = frozenset({CertificateState.SUSPENDED, CertificateState.REVOKED, CertificateState.WITHDRAWN})
#: What stands first of several things on one day: a change counts from its day on, the last day is included.
_CHANGE, _MARK, _END = range(3)


class Moment(NamedTuple):
    """One line of the timeline.

    Attributes:
        on: the Bangkok day.
        kind: ``issued, suspended, reinstated, revoked, superseded, withdrawn, last_day``, ``today`` or the
            name of an asked day.
        because: the public reason, where there is one to give.
        is_mark: True for today and the asked days, which are no event.
    """

    on: date
    kind: str
    because: ChangeReason | None = None
    is_mark: bool = False


def timeline(
    certificate: CertificateShown, *, today: date, asked: Sequence[tuple[str, date]] = ()
) -> tuple[Moment, ...]:
    """Return the certificate's moments in the order of their days, those of one day as they count."""
    placed = [*_placed_events(certificate)]
    placed += [(Moment(day, name, is_mark=True), _MARK) for name, day in (("today", today), *asked)]
    return tuple(moment for moment, _ in sorted(placed, key=lambda entry: (entry[0].on, entry[1])))


def _placed_events(certificate: CertificateShown) -> Iterator[tuple[Moment, int]]:
    history = certificate.history or (StateChange(certificate.issued_on, CertificateState.ACTIVE),)
    for at, change in enumerate(history):
        yield Moment(change.on, _kind(change, is_first=at == 0), _because(change)), _CHANGE
    last = history[-1]
    if last.state not in FINAL_STATES or last.on > certificate.expires_on:
        yield Moment(certificate.expires_on, "last_day"), _END


def _kind(change: StateChange, *, is_first: bool) -> str:
    if change.state is CertificateState.ACTIVE:
        return "issued" if is_first else "reinstated"
    return str(change.state)


def _because(change: StateChange) -> ChangeReason | None:
    is_known = change.state in _EXPLAINED and change.reason in set(ChangeReason)
    return ChangeReason(change.reason) if is_known else None
