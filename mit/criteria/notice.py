"""How long before its first day a rule set has to be announced, and when it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from mit.criteria.members import Members, read_text
from mit.criteria.setting import Mark, Source, read_backing, read_bilingual
from mit.criteria.settings_of_rules import read_whole
from mit.errors import Fault
from mit.values.bilingual import Bilingual
from mit.values.thai_date import parse_iso_day

#: Longest period of notice, in days.
_LONGEST_DAYS = 3660


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice of one rule set.

    Attributes:
        days: how many days have to lie between the announcement and the first day, at least.
        given_days: how many lie between them.
    """

    days: int
    announced_on: date
    given_days: int
    mark: Mark
    sources: tuple[str, ...]
    text: Bilingual

    @property
    def is_verified(self) -> bool:
        """Say whether a source states it."""
        return self.mark == "sourced"


def read_notice(
    members: Members, first_day: date, sources: Mapping[str, Source], faults: list[Fault]
) -> Notice | None:
    """Return the notice of a rule set; None where it states none.

    A rule set whose first day comes sooner after its announcement than it demands itself is refused.
    """
    if not members.has("notice"):
        return None
    entry = Members(members.raw("notice"), members.place("notice"), faults)
    entry.only(frozenset({"days", "announced_on", "mark", "sources", "text"}))
    entry.need("days", "announced_on", "mark", "sources", "text")
    days = entry.read("days", read_whole(0, _LONGEST_DAYS), 0)
    announced_on = entry.read("announced_on", _read_day, first_day)
    given_days = (first_day - announced_on).days
    if entry.has("announced_on") and first_day > date.min and given_days < days:
        entry.note("rule_notice_short", "announced_on", days=days, given=given_days)
    mark, cited = read_backing(entry, sources)
    return Notice(days, announced_on, given_days, mark, cited, read_bilingual(entry, "text", faults))


def _read_day(value: object, where: str) -> date:
    return parse_iso_day(read_text(value, where), where=where)
