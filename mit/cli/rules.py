"""``mit rules``: check a rule set by its own cases; see what it would change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from mit.cli.entrance import Entrance
from mit.cli.register import register
from mit.criteria.explain import say_override
from mit.criteria.overrides import by_target
from mit.criteria.rulebook import RuleSet, checked_rule_set, read_document
from mit.i18n import LANGUAGES, Language, say
from mit.upkeep.preview_rules import Flip, RulesPreview, Tally, preview_rules, read_rule_set
from mit.values.thai_date import bangkok_day, format_day


@click.group()
def rules() -> None:
    """Look after rule sets."""


@rules.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object.")
def check(file: Path, as_json: bool) -> None:
    """Check the rule set in FILE and run its own cases; exit code 0 good, 2 not."""
    rule_set = checked_rule_set(read_document(file.read_bytes(), file.name))
    if as_json:
        click.echo(json.dumps(_checked(rule_set), ensure_ascii=False))
        return
    for language in LANGUAGES:
        click.echo(say("criteria.rule_set_good", language, id=rule_set.id, sha256=rule_set.sha256))
        for line in (_notice(rule_set, language), *_overrides(rule_set, language)):
            click.echo(f"  {line}")
        for setting in rule_set.unverified:
            text = setting.text.in_language(language)
            click.echo(f"  {say('criteria.unverified_setting', language, text=text)}")


def _checked(rule_set: RuleSet) -> dict[str, object]:
    notice = rule_set.notice
    return {
        "id": rule_set.id,
        "sha256": rule_set.sha256,
        "unverified": sum(not setting.is_verified for setting in rule_set.every_setting),
        "notice": {"days": notice.days, "given_days": notice.given_days} if notice else None,
        "overrides": [
            {
                "group": one.group or None,
                "hs_prefixes": list(rule_set.prefixes_of(one)),
                "setting": one.setting.name,
                "value": one.setting.value,
            }
            for entry in by_target(rule_set.overrides).values()
            for one in entry
        ],
    }


def _notice(rule_set: RuleSet, language: Language) -> str:
    notice = rule_set.notice
    if notice is None:
        return say("criteria.notice_unknown", language)
    day, first = (format_day(one, language) for one in (notice.announced_on, rule_set.in_force_from))
    counts = {"days": notice.days, "given": notice.given_days}
    return say("criteria.notice", language, announced=day, first=first, **counts)


def _overrides(rule_set: RuleSet, language: Language) -> Iterator[str]:
    for entry in by_target(rule_set.overrides).values():
        for one in entry:
            yield say_override(rule_set, one, language, prefixes=rule_set.prefixes_of(one))


@rules.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object.")
@click.pass_obj
def preview(entrance: Entrance, file: Path, as_json: bool) -> None:
    """Say what the rule set in FILE would change for all that stands; nothing is written; exit code 0."""
    rule_set = read_rule_set(file.read_bytes())
    with register(entrance):
        found = preview_rules(rule_set, today=bangkok_day(entrance.clock.now()))
    if as_json:
        click.echo(json.dumps(_document(found), ensure_ascii=False))
        return
    for language in LANGUAGES:
        _print(found, language)


def _document(found: RulesPreview) -> dict[str, object]:
    return {
        "rule_set": {"id": found.rule_set.id, "sha256": found.rule_set.sha256},
        "standing": found.standing,
        **_tally(found.whole),
        "not_reckoned": found.not_reckoned,
        "by_standing": {name: _tally(one) for name, one in sorted(found.by_standing.items())},
        "by_chapter": {name: _tally(one) for name, one in sorted(found.by_chapter.items())},
        "by_formula": {name: _tally(one) for name, one in sorted(found.by_formula.items())},
        "by_group": {name: _tally(one) for name, one in sorted(found.by_group.items())},
        "flips": [_flip(one) for one in found.flips],
        "unlisted": found.unlisted,
    }


def _tally(one: Tally) -> dict[str, int]:
    return {"products": one.products, "lost": one.lost, "gained": one.gained}


def _flip(one: Flip) -> dict[str, object]:
    return {
        "application": one.application,
        "certificate": one.certificate or None,
        "product": one.position,
        "name": {"th": one.name_th, "en": one.name_en},
        "chapter": one.chapter or None,
        "meets_before": one.is_lost,
        "meets_after": None if one.is_open else not one.is_lost,
        "formula_before": one.before or None,
        "formula_after": one.after or None,
    }


def _print(found: RulesPreview, language: Language) -> None:
    """Print the sums, the groups in which something changes, and each product that would flip."""
    whole = found.whole
    counts = {"products": whole.products, "lost": whole.lost, "gained": whole.gained}
    click.echo(say("criteria.preview_sum", language, id=found.rule_set.id, **counts))
    click.echo(f"  {_notice(found.rule_set, language)}")
    if found.not_reckoned:
        click.echo(say("criteria.preview_not_reckoned", language, count=found.not_reckoned))
    for line in _groups(found, language):
        click.echo(f"  {line}")
    for flip in found.flips:
        key = "criteria.preview_lost" if flip.is_lost else "criteria.preview_gained"
        title = flip.name_en if language == "en" and flip.name_en else flip.name_th
        place = flip.certificate or flip.application
        click.echo(f"  {place} · {flip.position} · {title}: {say(key, language)}")
    if found.unlisted:
        click.echo("  " + say("criteria.preview_unlisted", language, count=found.unlisted))
    click.echo()


def _groups(found: RulesPreview, language: Language) -> Iterator[str]:
    """Yield a line for each chapter, formula and group in which something would change."""
    by_kind = {
        "chapter": found.by_chapter,
        "formula": {_formula_name(name, language): one for name, one in found.by_formula.items()},
        "group": {_group_name(found.rule_set, name, language): one for name, one in found.by_group.items()},
    }
    for kind, groups in by_kind.items():
        for name, one in sorted(groups.items()):
            if one.lost or one.gained:
                counts = {"products": one.products, "lost": one.lost, "gained": one.gained}
                yield say(f"criteria.preview_by_{kind}", language, name=name or "–", **counts)


def _formula_name(formula: str, language: Language) -> str:
    return say(f"staff.formula_{formula}", language) if formula else ""


def _group_name(rule_set: RuleSet, key: str, language: Language) -> str:
    """Return how a group is called; several may be called alike, so its key stands beside."""
    return f"{rule_set.groups[key].title.in_language(language)} ({key})" if key else ""
