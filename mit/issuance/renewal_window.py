"""The window of renewal, as the rule sets give it."""

from __future__ import annotations

from datetime import date

from mit.criteria.rulebook import Rulebook, RuleSet
from mit.lifecycle.renewal import RenewalWindow
from mit.values import in_force


def window_of(rule_set: RuleSet) -> RenewalWindow:
    """Return the window that a rule set gives, in force as long as it is."""
    return RenewalWindow(
        in_force_from=rule_set.in_force_from,
        in_force_until=rule_set.in_force_until,
        days=rule_set.renewal_window_days,
        is_verified=rule_set.settings["renewal_window_days"].is_verified,
    )


def window_on(rulebook: Rulebook, day: date) -> RenewalWindow | None:
    """Return the window of the rule set in force on a Bangkok day; None where none is in force."""
    return in_force.pick((window_of(rule_set) for rule_set in rulebook.rule_sets), day)
