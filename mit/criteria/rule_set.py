"""A rule set: dated data, every setting with its mark and sources; read strictly from JSON.

A rule set that leaves out, misspells or doubles anything is refused: nothing is assumed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Literal, cast

from mit.criteria.members import Members, canonical_json, read_text
from mit.criteria.notice import Notice, read_notice
from mit.criteria.overrides import Group, Override, by_target, pick, read_groups, read_overrides
from mit.criteria.setting import (
    Mark,
    Setting,
    Source,
    read_backing,
    read_bilingual,
    read_setting,
    read_sources,
)
from mit.criteria.settings_of_rules import ASSUMED, SETTINGS, SUPPLIER_CERTIFICATE_COUNTS, SettingValue
from mit.errors import Fault, InputError, RulebookError
from mit.values.bilingual import Bilingual
from mit.values.thai_date import parse_iso_day

FormulaId = Literal["direct", "build_down", "tariff_shift"]
FORMULA_IDS: tuple[FormulaId, ...] = ("direct", "build_down", "tariff_shift")
_NEEDED = frozenset({"id", "title", "in_force", "sources", "settings", "cases"})
#: What a rule set may have besides; the first one that ships has none of it, and its hash stays.
_BESIDES = frozenset({"notice", "groups", "overrides"})
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of one period; both days of ``in_force`` are included, None is an open end.

    Attributes:
        document: the whole document as canonical JSON; ``sha256`` is over its UTF-8 bytes.
        settings: as they count for the product of ``for_product``, else as in ``general``.
        general: as they count for products that no override is for.
        groups: the groups of products that it names, by their keys.
        overrides: what it says otherwise for some products, by HS prefix and setting.
        notice: how long before its first day it has to be announced; None where it states none.
        applied: the overrides that count for the product of ``for_product``, by setting.
    """

    id: str
    sha256: str
    document: str = field(repr=False)
    title: Bilingual
    in_force_from: date
    in_force_until: date | None
    in_force_mark: Mark
    sources: Mapping[str, Source]
    settings: Mapping[str, Setting]
    general: Mapping[str, Setting] = field(repr=False)
    groups: Mapping[str, Group]
    overrides: tuple[Override, ...]
    notice: Notice | None
    applied: tuple[Override, ...] = ()

    def for_product(self, hs_code: str) -> RuleSet:
        """Return the rule set as it counts for a product of that HS code (digits without dots)."""
        found = pick(self.overrides, hs_code)
        if not found and not self.applied:
            return self
        otherwise = {name: override.setting for name, override in found.items()}
        return replace(self, settings={**self.general, **otherwise}, applied=tuple(found.values()))

    def in_general(self, name: str) -> Setting:
        """Return a setting as it counts where no override does, also one that the rule set does not say."""
        return self.general.get(name) or next(one for one in self.assumed_in_general if one.name == name)

    @property
    def threshold(self) -> Fraction:
        """Return the least domestic share that passes, e.g. 2/5; equal passes."""
        return self._percent("threshold_percent")

    @property
    def formulas_on(self) -> tuple[FormulaId, ...]:
        """Return the formulas that count, in the order in which they are looked at."""
        return tuple(formula for formula in FORMULA_IDS if self._value(f"{formula}_on"))

    @property
    def direct_counts(self) -> frozenset[str]:
        """Return the parts that the direct formula adds up."""
        return frozenset(cast("tuple[str, ...]", self._value("direct_counts")))

    @property
    def direct_divides_by_materials(self) -> bool:
        """Say whether the direct formula divides by all materials instead of the net price."""
        return self._value("direct_divided_by") == "materials"

    @property
    def tariff_digits(self) -> int:
        """Return how many leading digits of the HS code must change: 2, 4 or 6."""
        return cast(int, self._value("tariff_shift_digits"))

    @property
    def de_minimis(self) -> Fraction | None:
        """Return the share of the price that may stay unshifted; None where there is no such rule."""
        return self._percent("de_minimis_percent") if self._value("de_minimis_on") else None

    @property
    def roll_up_countries(self) -> frozenset[str]:
        """Return the countries whose materials count as domestic; empty where that is off."""
        if not self._value("asean_counts_as_domestic"):
            return frozenset()
        return frozenset(cast("tuple[str, ...]", self._value("asean_countries")))

    @property
    def domestic_needs_certificate(self) -> bool:
        """Say whether a domestic material without a supplier's certificate counts as unproven."""
        return cast(bool, self._value("domestic_needs_certificate"))

    @property
    def counts_certified_inputs(self) -> bool:
        """Say whether an unproven material counts as domestic where a supplier's certificate proves it."""
        setting = self.settings.get(SUPPLIER_CERTIFICATE_COUNTS)
        return setting is not None and setting.value == "full"

    @property
    def assumed(self) -> tuple[Setting, ...]:
        """Return what is read into a rule set that does not say it: the cautious value, never verified.

        It stands beside ``settings`` and ``unverified``, so that what an old rule set says, word for word,
        stays as it was.
        """
        return tuple(one for one in self.assumed_in_general if one.name not in self.settings)

    @property
    def assumed_in_general(self) -> tuple[Setting, ...]:
        """Return what is read into the rule set wherever no override says it."""
        return tuple(
            Setting(name, SETTINGS[name][1], "unknown", (), text)
            for name, text in ASSUMED.items()
            if name not in self.general
        )

    @property
    def minimal_operations(self) -> frozenset[str]:
        """Return the process codes that confer no origin; empty where nothing is blocked."""
        if not self._value("minimal_operations_block"):
            return frozenset()
        return self.minimal_codes

    @property
    def minimal_codes(self) -> frozenset[str]:
        """Return the process codes that confer no origin, whether or not they block."""
        return frozenset(cast("tuple[str, ...]", self._value("minimal_operations")))

    @property
    def vat_rate_percent(self) -> Fraction:
        """Return the VAT rate in percent, e.g. 7."""
        return Fraction(cast(str, self._value("vat_percent")))

    @property
    def validity_years(self) -> int:
        """Return for how many years a certificate is valid."""
        return cast(int, self._value("validity_years"))

    @property
    def renewal_window_days(self) -> int:
        """Return how many days before expiry a renewal may be asked for."""
        return cast(int, self._value("renewal_window_days"))

    @property
    def unverified(self) -> tuple[Setting, ...]:
        """Return the settings that no source states; they are shown as unverified."""
        return tuple(setting for setting in self.settings.values() if not setting.is_verified)

    @property
    def every_setting(self) -> tuple[Setting, ...]:
        """Return the general settings and those of every prefix and group, each as it was written."""
        written = by_target(self.overrides).values()
        return (*self.general.values(), *(override.setting for entry in written for override in entry))

    def prefixes_of(self, override: Override) -> tuple[str, ...]:
        """Return every HS prefix that the rule set means by the prefix or group of *override*."""
        group = self.groups.get(override.group)
        return group.hs_prefixes if group else (override.hs_prefix,)

    def _value(self, name: str) -> SettingValue:
        return self.settings[name].value

    def _percent(self, name: str) -> Fraction:
        return Fraction(cast(str, self._value(name))) / 100


def parse_rule_set(document: object) -> RuleSet:
    """Return the rule set in *document*; its own cases are not run here.

    Raises:
        RulebookError: ``rule_set`` with every fault and its place in the document.
    """
    faults: list[Fault] = []
    members = Members(document, "", faults)
    members.only(_NEEDED | _BESIDES)
    members.need(*sorted(_NEEDED))
    sources = read_sources(members, faults)
    span = members.inside("in_force")
    span.only(frozenset({"from", "until", "mark", "sources", "text"}))
    span.need("from", "mark", "sources", "text")
    text = _spell(document, faults)
    first_day = span.read("from", _read_day, date.min)
    settings, groups = _read_settings(members, sources, faults), read_groups(members, sources, faults)
    rule_set = RuleSet(
        id=members.read("id", _read_id, ""),
        sha256=hashlib.sha256(text).hexdigest(),
        document=text.decode("utf-8"),
        title=read_bilingual(members, "title", faults),
        in_force_from=first_day,
        in_force_until=span.read("until", _read_optional_day, None),
        in_force_mark=read_backing(span, sources)[0],
        sources=sources,
        settings=settings,
        general=settings,
        groups=groups,
        overrides=read_overrides(members, groups, sources, faults),
        notice=read_notice(members, first_day, sources, faults),
    )
    _check_whole(rule_set, faults)
    if faults:
        raise RulebookError("rule_set", faults=faults)
    return rule_set


def _check_whole(rule_set: RuleSet, faults: list[Fault]) -> None:
    until = rule_set.in_force_until
    if until is not None and until < rule_set.in_force_from:
        faults.append(Fault("rule_dates_reversed", "in_force.until"))
    if _has_no_formula(rule_set):
        faults.append(Fault("rule_no_formula_on", "settings"))
        return
    prefixes = dict.fromkeys(override.hs_prefix for override in rule_set.overrides)
    off = [prefix for prefix in prefixes if _has_no_formula(rule_set.for_product(prefix))]
    faults.extend(Fault("rule_no_formula_on", f"overrides: HS {prefix}") for prefix in off)


def _has_no_formula(rule_set: RuleSet) -> bool:
    switches = [rule_set.settings.get(f"{formula}_on") for formula in FORMULA_IDS]
    return all(switch is not None and switch.value is False for switch in switches)


def _spell(document: object, faults: list[Fault]) -> bytes:
    try:
        return canonical_json(document)
    except (TypeError, ValueError, RecursionError):
        faults.append(Fault("rule_not_json"))
        return b""


def _read_id(value: object, where: str) -> str:
    text = read_text(value, where)
    if not _ID.fullmatch(text):
        raise InputError("rule_id_malformed", where=where, text=text[:40])
    return text


def _read_day(value: object, where: str) -> date:
    return parse_iso_day(read_text(value, where), where=where)


def _read_optional_day(value: object, where: str) -> date | None:
    return _read_day(value, where)


def _read_settings(
    members: Members, sources: Mapping[str, Source], faults: list[Fault]
) -> dict[str, Setting]:
    table = members.inside("settings")
    table.only(frozenset(SETTINGS))
    table.need(*(name for name in SETTINGS if name not in ASSUMED))
    return {name: read_setting(table, name, sources, faults) for name in SETTINGS if table.has(name)}
