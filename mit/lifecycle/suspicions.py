"""What anyone may report about a certificate, and what becomes of a report: new, looked at, closed.

A report accuses nobody by itself: no state of a certificate follows from it.  What an officer then does
stands in the table of acts (``certificate_acts.py``).
"""

from __future__ import annotations

from enum import StrEnum

#: Most characters of the description, of the number that was read off a paper, and of a contact.
LONGEST_WORDS, LONGEST_NUMBER, LONGEST_CONTACT = 2_000, 60, 200


class Suspicion(StrEnum):
    """What is wrong, as whoever reports it sees it."""

    FORGED_PAPER = "forged_paper"
    WRONG_PRODUCT = "wrong_product"
    LOOK_ALIKE_SITE = "look_alike_site"
    OTHER = "other"


class ReportState(StrEnum):
    """How far FTI is with a report."""

    NEW = "new"
    LOOKED_AT = "looked_at"
    CLOSED = "closed"
