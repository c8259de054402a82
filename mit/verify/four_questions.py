"""The questions that an officer has to settle, each answered by the checks that bear on it.  Pure.

Genuine?  In force on the day that counts?  The same maker?  Does it cover this thing?  Officers go wrong
with the model, the product and the date, not with signatures (domain section 4), so all four are asked
on every page.  Whether it is the same maker only the reader can see, unless the bidder's number was asked
about: the page shows what to compare.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mit.verify.verdict import Check, Finding, Outcome, Verdict

#: Each question with the checks that answer it, in the order in which they are asked.
QUESTIONS: tuple[tuple[str, tuple[Check, ...]], ...] = (
    ("genuine", (Check.SIGNATURE, Check.KEY, Check.INTEGRITY, Check.LOG)),
    ("in_force", (Check.IN_FORCE, Check.STATUS, Check.FRESHNESS)),
    ("maker", ()),
    ("covers", (Check.COVERAGE,)),
)
#: Which outcome of several decides.
_DECISIVE = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS)


class Settled(NamedTuple):
    """One question with its outcome and the finding that decided it, if any did."""

    question: str
    outcome: Outcome
    finding: Finding | None = None


def four_questions(verdict: Verdict, *, maker: Outcome = Outcome.NOT_CHECKED) -> tuple[Settled, ...]:
    """Return the four questions as *verdict* answers them; *maker* is what is known of the bidder."""
    return tuple(
        Settled(name, maker) if name == "maker" else _settle(name, checks, verdict.findings)
        for name, checks in QUESTIONS
    )


def _settle(name: str, checks: Sequence[Check], findings: Sequence[Finding]) -> Settled:
    asked = [finding for finding in findings if finding.check in checks]
    for outcome in _DECISIVE:
        for finding in asked:
            if finding.outcome is outcome:
                return Settled(name, outcome, finding)
    return Settled(name, Outcome.NOT_CHECKED)
