"""One setting of a rule set with its mark and its sources, read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from mit.criteria.members import Members, one_of, read_text
from mit.criteria.settings_of_rules import SETTINGS, SettingValue
from mit.errors import Fault
from mit.values.bilingual import Bilingual

Mark = Literal["sourced", "inferred", "recall", "unknown"]
MARKS: tuple[Mark, ...] = ("sourced", "inferred", "recall", "unknown")


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


def read_bilingual(members: Members, name: str, faults: list[Fault]) -> Bilingual:
    """Return a text in both languages; empty where it is absent or wrong."""
    if not members.has(name):
        return Bilingual("")
    pair = Members(members.raw(name), members.place(name), faults)
    pair.only(frozenset({"th", "en"}))
    pair.need("th", "en")
    return Bilingual(pair.read("th", read_text, ""), pair.read("en", read_text, ""))


def read_sources(members: Members, faults: list[Fault]) -> dict[str, Source]:
    """Return the sources of a rule set by their keys."""
    raw = members.raw("sources")
    if not isinstance(raw, Mapping):
        members.note("object_expected", "sources")
        return {}
    return {str(key): _read_source(str(key), entry, faults) for key, entry in raw.items()}


def read_setting(table: Members, name: str, sources: Mapping[str, Source], faults: list[Fault]) -> Setting:
    """Return the setting *name* of *table*; where it is wrong, a value stands in for it."""
    members = Members(table.raw(name), table.place(name), faults)
    members.only(frozenset({"value", "mark", "sources", "text"}))
    members.need("value", "mark", "sources", "text")
    reader, stand_in = SETTINGS[name]
    value = members.read("value", reader, stand_in)
    mark, cited = read_backing(members, sources)
    return Setting(name, value, mark, cited, read_bilingual(members, "text", faults))


def read_backing(members: Members, sources: Mapping[str, Source]) -> tuple[Mark, tuple[str, ...]]:
    """Return how far something is known, and the keys of its sources; *sourced* needs one at least."""
    mark = cast(Mark, members.read("mark", one_of(MARKS, "rule_mark_unknown"), "unknown"))
    cited = members.texts("sources", read_text)
    for key in cited:
        if key not in sources:
            members.note("rule_source_unknown", "sources", text=key[:40])
    if mark == "sourced" and not cited:
        members.note("rule_source_missing", "sources")
    return mark, cited


def _read_source(key: str, document: object, faults: list[Fault]) -> Source:
    members = Members(document, f"sources.{key}", faults)
    members.only(frozenset({"title", "link"}))
    members.need("title")
    return Source(key, read_bilingual(members, "title", faults), members.read("link", read_text, ""))
