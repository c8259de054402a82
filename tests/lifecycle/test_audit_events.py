"""The names of audit events keep their grammar."""

from __future__ import annotations

import re

import pytest

from mit.lifecycle.audit_events import ACTS_FOR_APPLICANT, AuditEvent

SOURCES = {
    "manufacturer", "reviewer", "approver", "issuer", "signer", "worker", "administrator",
    "visitor", "publisher", "staff",
}  # fmt: skip


@pytest.mark.parametrize("event", AuditEvent, ids=str)
def test_a_name_has_source_subject_and_action(event) -> None:
    assert re.fullmatch(r"[a-z]+:[a-z_]+:[a-z_]+", event)
    assert f"{event.source}:{event.subject}:{event.action}" == event
    assert event.source in SOURCES
    assert len(event) <= 64


def test_no_name_is_given_twice() -> None:
    assert len({event.value for event in AuditEvent}) == len(AuditEvent.__members__)


def test_every_act_of_an_applicant_makes_one_no_stranger() -> None:
    assert set(ACTS_FOR_APPLICANT) == {
        event for event in AuditEvent if event.value.startswith("manufacturer:")
    }
    assert AuditEvent.APPLICATION_SUBMITTED in ACTS_FOR_APPLICANT
    assert AuditEvent.APPLICATION_RECOMMENDED not in ACTS_FOR_APPLICANT
