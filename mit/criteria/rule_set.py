"""A rule set: dated data, every setting with its mark and sources; read strictly from JSON.

A rule set that leaves out, misspells or doubles anything is refused: nothing is assumed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal, cast

from mit.criteria.members import Members, canonical_json, one_of, read_text
from mit.criteria.settings_of_rules import ASSUMED, SETTINGS, SUPPLIER_CERTIFICATE_COUNTS, SettingValue
from mit.errors import Fault, InputError, RulebookError
from mit.values.bilingual import Bilingual
from mit.values.thai_date import parse_iso_day

FormulaId = Literal["direct", "build_down", "tariff_shift"]
FORMULA_IDS: tuple[FormulaId, ...] = ("direct", "build_down", "tariff_shift")
Mark = Literal["sourced", "inferred", "recall", "unknown"]
MARKS: tuple[Mark, ...] = ("sourced", "inferred", "recall", "unknown")

_MEMBERS = frozenset({"id", "title", "in_force", "sources", "settings", "cases"})
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a setting was read; ``link`` is empty where there is no public page."""

    key: str
    title: Bilingual
    link: str


@dataclass(frozen=True, slots=True)
class Setting:
    """One value of a rule set: how far it is known, from where, and what it means in words."""

    name: str
    value: SettingValue
    mark: Mark
    sources: tuple[str, ...]
    text: Bilingual

    @property
    def is_verified(self) -> bool:
        """Say whether a source states the value; everything else is shown as unverified."""
        return self.mark == "sourced"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of one period; both days of ``in_force`` are included, None is an open end."""

    id: str
    sha256: str
    title: Bilingual
    in_force_from: date
    in_force_until: date | None
    in_force_mark: Mark
    sources: Mapping[str, Source]
    settings: Mapping[str, Setting]

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
        return tuple(
            Setting(name, SETTINGS[name][1], "unknown", (), text)
            for name, text in ASSUMED.items()
            if name not in self.settings
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
    members.only(_MEMBERS)
    members.need(*sorted(_MEMBERS))
    sources = _read_sources(members, faults)
    span = members.inside("in_force")
    span.only(frozenset({"from", "until", "mark", "sources", "text"}))
    span.need("from", "mark", "sources", "text")
    rule_set = RuleSet(
        id=members.read("id", _read_id, ""),
        sha256=_sha256(document, faults),
        title=_read_bilingual(members, "title", faults),
        in_force_from=span.read("from", _read_day, date.min),
        in_force_until=span.read("until", _read_optional_day, None),
        in_force_mark=_read_backing(span, sources)[0],
        sources=sources,
        settings=_read_settings(members, sources, faults),
    )
    _check_whole(rule_set, faults)
    if faults:
        raise RulebookError("rule_set", faults=faults)
    return rule_set


def _check_whole(rule_set: RuleSet, faults: list[Fault]) -> None:
    until = rule_set.in_force_until
    if until is not None and until < rule_set.in_force_from:
        faults.append(Fault("rule_dates_reversed", "in_force.until"))
    switches = [rule_set.settings.get(f"{formula}_on") for formula in FORMULA_IDS]
    if all(switch is not None and switch.value is False for switch in switches):
        faults.append(Fault("rule_no_formula_on", "settings"))


def _sha256(document: object, faults: list[Fault]) -> str:
    try:
        return hashlib.sha256(canonical_json(document)).hexdigest()
    except (TypeError, ValueError, RecursionError):
        faults.append(Fault("rule_not_json"))
        return ""


def _read_id(value: object, where: str) -> str:
    text = read_text(value, where)
    if not _ID.fullmatch(text):
        raise InputError("rule_id_malformed", where=where, text=text[:40])
    return text


def _read_day(value: object, where: str) -> date:
    return parse_iso_day(read_text(value, where), where=where)


def _read_optional_day(value: object, where: str) -> date | None:
    return _read_day(value, where)


def _read_bilingual(members: Members, name: str, faults: list[Fault]) -> Bilingual:
    if not members.has(name):
        return Bilingual("")
    pair = Members(members.raw(name), members.place(name), faults)
    pair.only(frozenset({"th", "en"}))
    pair.need("th", "en")
    return Bilingual(pair.read("th", read_text, ""), pair.read("en", read_text, ""))


def _read_sources(members: Members, faults: list[Fault]) -> dict[str, Source]:
    raw = members.raw("sources")
    if not isinstance(raw, Mapping):
        members.note("object_expected", "sources")
        return {}
    return {str(key): _read_source(str(key), entry, faults) for key, entry in raw.items()}


def _read_source(key: str, document: object, faults: list[Fault]) -> Source:
    members = Members(document, f"sources.{key}", faults)
    members.only(frozenset({"title", "link"}))
    members.need("title")
    return Source(key, _read_bilingual(members, "title", faults), members.read("link", read_text, ""))


def _read_settings(
    members: Members, sources: Mapping[str, Source], faults: list[Fault]
) -> dict[str, Setting]:
    table = members.inside("settings")
    table.only(frozenset(SETTINGS))
    table.need(*(name for name in SETTINGS if name not in ASSUMED))
    return {name: _read_setting(table, name, sources, faults) for name in SETTINGS if table.has(name)}


def _read_setting(table: Members, name: str, sources: Mapping[str, Source], faults: list[Fault]) -> Setting:
    members = Members(table.raw(name), table.place(name), faults)
    members.only(frozenset({"value", "mark", "sources", "text"}))
    members.need("value", "mark", "sources", "text")
    reader, stand_in = SETTINGS[name]
    value = members.read("value", reader, stand_in)
    mark, cited = _read_backing(members, sources)
    return Setting(name, value, mark, cited, _read_bilingual(members, "text", faults))


def _read_backing(members: Members, sources: Mapping[str, Source]) -> tuple[Mark, tuple[str, ...]]:
    mark = cast(Mark, members.read("mark", one_of(MARKS, "rule_mark_unknown"), "unknown"))
    cited = members.texts("sources", read_text)
    for key in cited:
        if key not in sources:
            members.note("rule_source_unknown", "sources", text=key[:40])
    if mark == "sourced" and not cited:
        members.note("rule_source_missing", "sources")
    return mark, cited
