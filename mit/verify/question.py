"""What is asked of the verifier beside the presentation.  Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from mit.values.thai_date import bangkok_day


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: at which instant, about which day, and for which model (None: for none).

    Attributes:
        now: UTC.
        on: the Bangkok day asked for; None for today.
        model: a model whose coverage is asked for, too.
        days: further days by name, answered beside ``on`` (``days.on_each_day``).
        public_url: our own address, to compare with one that was shown; empty where nobody can tell.
        today: the Bangkok day of ``now``.
    """

    now: datetime
    on: date | None = None
    model: str | None = None
    days: tuple[tuple[str, date], ...] = ()
    public_url: str = ""
    today: date = field(init=False)

    def __post_init__(self) -> None:
        """Work out the day of ``now`` once."""
        object.__setattr__(self, "today", bangkok_day(self.now))

    @property
    def as_of(self) -> date:
        """Return the day asked for; today where none was named."""
        return self.on or self.today

    @property
    def is_plain(self) -> bool:
        """Say whether nothing but today is asked about."""
        return self.on is None and self.model is None and not self.days

    def about(self, day: date | None) -> Question:
        """Return the same question about one day alone; about today where None."""
        return replace(self, on=day, days=())
