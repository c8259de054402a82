"""For how long what is about people is kept after it was needed: a dated setting, in days.

What carries a certificate is never forgotten: applications, approvals, certificates, the audit log,
who acted for whom.  The 90 days for where somebody came from are those that the Computer-Related
Crime Act, section 26, asks for at least (security page, section 3: read in a secondary source).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mit.values import in_force


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """How many days each kind is kept in one span of days.

    Attributes:
        sessions_days: sign-ins that are over, with network address and browser.
        attempts_days: failures to sign in, and hourly allowances.
        letters_days: to whom letters went; what filled them is forgotten when they are sent.
        unconfirmed_days: registrations whose address was never confirmed.
        invitations_days: invitations that were accepted, withdrawn, or expired.
        removed_sections_days: what was typed for a product that was taken out of an application.
        sheet_files_days: the cells of a workbook in which something was wrong, or left to be said.
        batches_days: tables of many presentations that were checked at once.
        report_contacts_days: how to reach who reported something that was closed.
        is_verified: whether the house's own rule on keeping data states it.
    """

    in_force_from: date
    in_force_until: date | None
    sessions_days: int
    attempts_days: int
    letters_days: int
    unconfirmed_days: int
    invitations_days: int
    removed_sections_days: int
    sheet_files_days: int
    batches_days: int
    report_contacts_days: int
    is_verified: bool


#: FTI's own rule on keeping data is not known.
RETENTION_RULES = (
    RetentionRules(
        date(2021, 1, 1),
        None,
        sessions_days=90,
        attempts_days=1,
        letters_days=90,
        unconfirmed_days=30,
        invitations_days=90,
        removed_sections_days=90,
        sheet_files_days=7,
        batches_days=1,
        report_contacts_days=90,
        is_verified=False,
    ),
)


def retention_rules_on(day: date) -> RetentionRules | None:
    """Return the rules in force on a Bangkok day; None where there are none."""
    return in_force.pick(RETENTION_RULES, day)
