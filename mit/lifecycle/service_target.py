"""Within how many days FTI wants to decide an application: a dated setting.

The days are calendar days in Bangkok and count from the last submission: while the applicant has the
application back, the clock stands still.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from mit.values import in_force


@dataclass(frozen=True, slots=True)
class ServiceTarget:
    """The target of one span of days.

    Attributes:
        days: from submission to decision.
        is_verified: whether a published source states it.
    """

    in_force_from: date
    in_force_until: date | None
    days: int
    is_verified: bool

    def due_on(self, submitted_on: date) -> date:
        """Return the day by which an application submitted on a Bangkok day is to be decided."""
        return submitted_on + timedelta(days=self.days)


#: No published target of FTI for this certificate was found.
SERVICE_TARGETS = (ServiceTarget(date(2021, 1, 1), None, 30, is_verified=False),)


def service_target_on(day: date) -> ServiceTarget | None:
    """Return the target in force on a Bangkok day; None where there is none."""
    return in_force.pick(SERVICE_TARGETS, day)
