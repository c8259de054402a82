"""What a rule set says otherwise for some products: by HS prefix, or by a group of prefixes.

The longest prefix wins, setting by setting; two entries for one prefix and one setting are refused, so
the order in which they are written says nothing.  A prefix has 2, 4 or 6 digits: every HS code of a cost
sheet has six at least, so no product falls between two prefixes because its code is short.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mit.criteria.members import Members, read_text, shown
from mit.criteria.setting import Mark, Setting, Source, read_backing, read_bilingual, read_setting
from mit.errors import Fault, InputError
from mit.values.bilingual import Bilingual

#: What concerns one product alone.  A certificate lists several: its life and the window of renewal are
#: one for all of them, and VAT and the way of showing a percentage are no matter of the goods.
OVERRIDABLE = frozenset(
    {
        "threshold_percent",
        "direct_on",
        "direct_counts",
        "direct_divided_by",
        "build_down_on",
        "tariff_shift_on",
        "tariff_shift_digits",
        "de_minimis_on",
        "de_minimis_percent",
        "unproven_counts_as",
        "domestic_needs_certificate",
        "supplier_certificate_counts",
        "asean_counts_as_domestic",
        "asean_countries",
        "minimal_operations_block",
        "minimal_operations",
    }
)
#: Most groups, and most prefixes or groups that have settings of their own.
ENTRY_LIMIT = 500
#: There is no chapter 00; the stand-in for a code that nobody gave yet lies in it.
_PREFIX = re.compile(r"(?!00)([0-9]{2}|[0-9]{4}|[0-9]{6})", re.ASCII)
_GROUP = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Group:
    """Products that a rule set names together, by the first digits of their HS codes."""

    key: str
    title: Bilingual
    hs_prefixes: tuple[str, ...]
    mark: Mark
    sources: tuple[str, ...]

    def holds(self, hs_code: str) -> bool:
        """Say whether a product of that HS code belongs to the group."""
        return hs_code.startswith(self.hs_prefixes)


@dataclass(frozen=True, slots=True)
class Override:
    """One setting for the products of one HS prefix.

    Attributes:
        group: the group by which the prefix is meant; empty where it is named itself.
        because: why it is otherwise for these products, in words.
    """

    hs_prefix: str
    group: str
    setting: Setting
    because: Bilingual

    @property
    def target(self) -> str:
        """Return what the rule set names: the key of the group, else the prefix."""
        return self.group or self.hs_prefix


def pick(overrides: Iterable[Override], hs_code: str) -> Mapping[str, Override]:
    """Return the override of each setting for a product of that HS code: the longest prefix."""
    found: dict[str, Override] = {}
    for override in overrides:
        if not hs_code.startswith(override.hs_prefix):
            continue
        rival = found.get(override.setting.name)
        if rival is None or len(rival.hs_prefix) < len(override.hs_prefix):
            found[override.setting.name] = override
    return dict(sorted(found.items()))


def by_target(overrides: Iterable[Override]) -> Mapping[str, tuple[Override, ...]]:
    """Return the overrides as they were written: by prefix or group, each setting once."""
    found: dict[str, dict[str, Override]] = {}
    for override in overrides:
        found.setdefault(override.target, {}).setdefault(override.setting.name, override)
    return {target: tuple(settings.values()) for target, settings in sorted(found.items())}


def read_groups(members: Members, sources: Mapping[str, Source], faults: list[Fault]) -> dict[str, Group]:
    """Return the groups of a rule set by their keys; none where it has no member ``groups``."""
    found: dict[str, Group] = {}
    for key, entry in _entries(members, "groups", faults):
        if not _GROUP.fullmatch(key):
            entry.note("rule_group_malformed", text=shown(key))
        entry.only(frozenset({"title", "hs_prefixes", "mark", "sources"}))
        entry.need("title", "hs_prefixes", "mark", "sources")
        mark, cited = read_backing(entry, sources)
        prefixes = entry.texts("hs_prefixes", _read_prefix)
        if entry.has("hs_prefixes") and len(set(prefixes)) < max(1, len(prefixes)):
            entry.note("rule_list", "hs_prefixes")
        found[key] = Group(key, read_bilingual(entry, "title", faults), prefixes, mark, cited)
    return found


def read_overrides(
    members: Members, groups: Mapping[str, Group], sources: Mapping[str, Source], faults: list[Fault]
) -> tuple[Override, ...]:
    """Return every override of a rule set by its prefix; none where it has no member ``overrides``."""
    if not members.has("overrides"):
        return ()
    table = Members(members.raw("overrides"), members.place("overrides"), faults)
    table.only(frozenset({"by_hs_prefix", "by_group"}))
    found: dict[tuple[str, str], Override] = {}
    for entry, group, prefixes in _targets(table, groups, faults):
        because = read_bilingual(entry, "because", faults)
        for setting, place in _settings_in(entry, sources, faults):
            for prefix in prefixes:
                if (prefix, setting.name) in found:
                    faults.append(Fault("rule_override_twice", place, {"prefix": prefix}))
                found[prefix, setting.name] = Override(prefix, group, setting, because)
    return tuple(override for _, override in sorted(found.items()))


def _targets(
    table: Members, groups: Mapping[str, Group], faults: list[Fault]
) -> Iterator[tuple[Members, str, tuple[str, ...]]]:
    """Yield each entry with the group it is for, if it is, and its prefixes."""
    for key, entry in _entries(table, "by_hs_prefix", faults):
        if not _PREFIX.fullmatch(key):
            entry.note("rule_hs_prefix", text=shown(key))
            continue
        yield entry, "", (key,)
    for key, entry in _entries(table, "by_group", faults):
        if key not in groups:
            entry.note("rule_group_unknown", text=shown(key))
            continue
        yield entry, key, groups[key].hs_prefixes


def _settings_in(
    entry: Members, sources: Mapping[str, Source], faults: list[Fault]
) -> Iterator[tuple[Setting, str]]:
    """Yield the settings of one entry with their places."""
    entry.only(frozenset({"because", "settings"}))
    entry.need("because", "settings")
    table = entry.inside("settings")
    for name in table.names():
        if name not in OVERRIDABLE:
            table.note("rule_not_overridable", shown(name), name=shown(name))
            continue
        yield read_setting(table, name, sources, faults), table.place(name)
    if entry.has("settings") and not table.names():
        entry.note("rule_override_empty", "settings")


def _entries(members: Members, name: str, faults: list[Fault]) -> Iterator[tuple[str, Members]]:
    """Yield the entries of an object by their names; nothing where it is absent."""
    table = members.inside(name)
    names = table.names()
    if len(names) > ENTRY_LIMIT:
        members.note("list_too_long", name, limit=ENTRY_LIMIT)
        return
    for key in names:
        yield key, Members(table.raw(key), table.place(shown(key)), faults)


def _read_prefix(value: object, where: str) -> str:
    text = read_text(value, where)
    if not _PREFIX.fullmatch(text):
        raise InputError("rule_hs_prefix", where=where, text=shown(text))
    return text
