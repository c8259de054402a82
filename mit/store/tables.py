"""Every table in one place: importing this module makes ``metadata`` complete."""

from __future__ import annotations

from mit.store import (
    accounts,
    applications,
    approval_contents,
    approvals,
    audit,
    case_holds,
    case_notes,
    case_questions,
    certificate_history,
    certificates,
    counters,
    documents,
    draft_sections,
    evidence,
    factories,
    invitations,
    jobs,
    mails,
    published,
    sessions,
    sign_in_delays,
    signing_keys,
    status_slots,
    transparency_log,
)
from mit.store.db import Base

ROOMS = (
    accounts,
    applications,
    approval_contents,
    approvals,
    audit,
    case_holds,
    case_notes,
    case_questions,
    certificate_history,
    certificates,
    counters,
    documents,
    draft_sections,
    evidence,
    factories,
    invitations,
    jobs,
    mails,
    published,
    sessions,
    sign_in_delays,
    signing_keys,
    status_slots,
    transparency_log,
)
metadata = Base.metadata
