"""The rulebook: every rule set that ships, each held against its own cases before it is used."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mit.criteria.assess import Assessment, assess
from mit.criteria.cost_sheet import parse_cost_sheet
from mit.criteria.members import Members, read_text
from mit.criteria.rule_set import FORMULA_IDS, RuleSet, parse_rule_set
from mit.errors import Fault, InputError, NotFoundError, RulebookError
from mit.values import in_force

__all__ = ["CASE_LIMIT", "RuleSet", "Rulebook", "check_rule_set", "load_rulebook", "make_rulebook"]

CASE_LIMIT = 500
#: As ``credential/lint.py`` asks of what is signed.
_WHOLE_PERCENT = re.compile(r"[1-9][0-9]?|100", re.ASCII)
_FOLDER = Path(__file__).parent / "rulesets"


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rule sets, in the order of the day from which they are in force."""

    rule_sets: tuple[RuleSet, ...]

    def in_force(self, on: date) -> RuleSet:
        """Return the rule set in force on the Bangkok day *on*.

        Raises:
            NotFoundError: ``no_rule_set_in_force``.
        """
        found = in_force.pick(self.rule_sets, on)
        if found is None:
            raise NotFoundError("no_rule_set_in_force", day=on.isoformat())
        return found

    def by_id(self, rule_set_id: str) -> RuleSet:
        """Return the rule set with the id *rule_set_id*.

        Raises:
            NotFoundError: ``no_such_rule_set``.
        """
        for rule_set in self.rule_sets:
            if rule_set.id == rule_set_id:
                return rule_set
        known = ", ".join(rule_set.id for rule_set in self.rule_sets)
        raise NotFoundError("no_such_rule_set", id=rule_set_id[:40], known=known)


def load_rulebook(folder: Path = _FOLDER) -> Rulebook:
    """Return the rulebook of the files in ``rulesets/``; the service does not start without it.

    Raises:
        RulebookError: ``rulebook`` with every fault, its place beginning with the file's name.
    """
    documents: dict[str, object] = {}
    for path in sorted(folder.glob("*.json")):
        documents[path.name] = read_document(path.read_bytes(), path.name)
    return make_rulebook(documents)


def make_rulebook(documents: Mapping[str, object]) -> Rulebook:
    """Return the rulebook of rule-set documents by file name.

    Raises:
        RulebookError: ``rulebook`` with every fault, or ``rulebook_empty``.
    """
    if not documents:
        raise RulebookError("rulebook_empty")
    faults: list[Fault] = []
    rule_sets: list[RuleSet] = []
    for name, document in documents.items():
        try:
            rule_set = checked_rule_set(document)
        except RulebookError as error:
            faults.extend(Fault(f.code, f"{name}: {f.where}", f.params) for f in error.faults)
            continue
        if rule_set.id in {other.id for other in rule_sets}:
            faults.append(Fault("rule_id_twice", f"{name}: id", {"id": rule_set.id}))
        rule_sets.append(rule_set)
    if faults:
        raise RulebookError("rulebook", faults=faults)
    return Rulebook(tuple(sorted(rule_sets, key=lambda rule_set: rule_set.in_force_from)))


def check_rule_set(document: object) -> list[Fault]:
    """Return everything that is wrong with a rule set, its own cases included; empty when good."""
    try:
        checked_rule_set(document)
    except RulebookError as error:
        return list(error.faults)
    return []


def checked_rule_set(document: object) -> RuleSet:
    """Return the rule set in *document* after running its own cases.

    Raises:
        RulebookError: ``rule_set`` with every fault.
    """
    rule_set = parse_rule_set(document)
    faults: list[Fault] = []
    entries = Members(document, "", faults).items("cases", CASE_LIMIT)
    if not entries:
        faults.append(Fault("rule_cases_missing", "cases"))
    tried: set[str] = set()
    for entry, where in entries:
        assessment = _run_case(rule_set, entry, where, faults)
        if assessment is not None:
            tried.update(override.target for override in assessment.rule_set.applied)
    faults.extend(_unprintable(rule_set))
    if not faults:
        faults.extend(_untried(rule_set, tried))
    if faults:
        raise RulebookError("rule_set", faults=faults)
    return rule_set


def read_document(data: bytes, name: str) -> object:
    """Return the JSON in *data*; a member that stands twice is refused.

    Raises:
        RulebookError: ``rule_not_json`` with *name* as its place.
    """
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_once_each, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise RulebookError("rule_not_json", where=name) from error


def _run_case(rule_set: RuleSet, document: object, where: str, faults: list[Fault]) -> Assessment | None:
    """Return what the rule set says of one of its own cases; None where that cannot be said."""
    known = len(faults)
    case = Members(document, where, faults)
    case.only(frozenset({"name", "sheet", "expected"}))
    case.need("name", "sheet", "expected")
    case.read("name", read_text, "")
    if len(faults) > known:
        return None
    try:
        assessment = assess(rule_set, parse_cost_sheet(case.raw("sheet")))
    except InputError as error:
        faults.extend(Fault(f.code, f"{case.place('sheet')}.{f.where}", f.params) for f in error.faults)
        return None
    _compare(Members(case.raw("expected"), case.place("expected"), faults), assessment, faults)
    return assessment


def _untried(rule_set: RuleSet, tried: set[str]) -> Iterator[Fault]:
    """Yield each prefix or group with settings of its own for which no case has a product."""
    for override in {one.target: one for one in rule_set.overrides}.values():
        if override.target not in tried:
            place = "by_group" if override.group else "by_hs_prefix"
            params: dict[str, str | int] = {"target": override.target}
            yield Fault("rule_override_untried", f"overrides.{place}.{override.target}", params)


def _unprintable(rule_set: RuleSet) -> Iterator[Fault]:
    """Yield each threshold that no certificate can state: it does so in whole percent, from 1 to 100."""
    thresholds = {"settings.threshold_percent": rule_set.general["threshold_percent"]}
    for override in rule_set.overrides:
        if override.setting.name == "threshold_percent":
            thresholds[f"overrides: HS {override.hs_prefix}"] = override.setting
    for where, setting in thresholds.items():
        if not _WHOLE_PERCENT.fullmatch(str(setting.value)):
            yield Fault("rule_threshold_whole", where, {"text": str(setting.value)})


def _compare(expected: Members, assessment: Assessment, faults: list[Fault]) -> None:
    expected.only(frozenset({"meets", *FORMULA_IDS}))
    expected.need(*FORMULA_IDS)
    _expect(expected, "meets", assessment.meets)
    for formula in assessment.formulas:
        if expected.has(formula.id):
            result = Members(expected.raw(formula.id), expected.place(formula.id), faults)
            result.only(frozenset({"meets", "shown_percent"}))
            result.need("shown_percent")
            _expect(result, "meets", formula.meets)
            shown = result.read("shown_percent", read_text, "")
            if shown != formula.shown_percent:
                result.note("rule_case_differs", "shown_percent", expected=shown, found=formula.shown_percent)


def _expect(members: Members, name: str, found: object) -> None:
    expected = members.raw(name)
    if expected is not found:
        members.note("rule_case_differs", name, expected=_word(expected), found=_word(found))


def _word(value: object) -> str:
    return json.dumps(value, ensure_ascii=True)[:40]


def _once_each(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    document: dict[str, object] = {}
    for name, value in pairs:
        if name in document:
            raise ValueError(name)
        document[name] = value
    return document


def _refuse(text: str) -> object:
    raise ValueError(text)
