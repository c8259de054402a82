"""Everything that the whole-world check walks through: every certificate, leaf and counter."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from mit.store.applications import Application
from mit.store.audit import AuditEvent, AuditHead
from mit.store.certificates import Certificate
from mit.store.counters import Counter
from mit.store.transparency_log import LogLeaf


def every_certificate(session: Session) -> list[Certificate]:
    """Return every certificate, prepared ones too, by year and running number."""
    return list(session.scalars(select(Certificate).order_by(Certificate.year_be, Certificate.running)))


def every_leaf(session: Session) -> list[LogLeaf]:
    """Return every leaf of the log in the order of writing."""
    return list(session.scalars(select(LogLeaf).order_by(LogLeaf.seq)))


def every_application_number(session: Session) -> list[str]:
    """Return the number of every application, sorted."""
    return list(session.scalars(select(Application.number).order_by(Application.number)))


def application_counts(session: Session) -> dict[str, int]:
    """Return how many applications stand in each state; states without any are left out."""
    counts: dict[str, int] = {}
    for state in session.scalars(select(Application.state)):
        counts[state] = counts.get(state, 0) + 1
    return counts


def counter_values(session: Session) -> dict[str, int]:
    """Return the last number taken in every series, by its name."""
    return {counter.name: counter.value for counter in session.scalars(select(Counter))}


def audit_length(session: Session) -> int:
    """Return how many events the audit chain has, by its head."""
    head = session.get(AuditHead, 1)
    return head.seq if head else 0


def every_event(session: Session) -> list[AuditEvent]:
    """Return every audit event in the order of the chain."""
    return list(session.scalars(select(AuditEvent).order_by(AuditEvent.seq)))
