"""``mit assess``: judge a cost sheet."""

from __future__ import annotations

import json
from pathlib import Path

import click

from mit.cli.entrance import Entrance
from mit.criteria.assess import Assessment
from mit.criteria.assess import assess as assess_sheet
from mit.criteria.rulebook import RuleSet, checked_rule_set, load_rulebook, read_document
from mit.errors import InputError, UnreadableFileError
from mit.i18n import LANGUAGES, say
from mit.issuance.read_sheet import ReadSheet, read_cost_sheet
from mit.values.thai_date import bangkok_day, parse_day

#: How many notices and doubts are printed for people; ``--json`` gives all.
SHOWN_LIMIT = 20
_FILE_LIMIT_BYTES = 64 * 1024 * 1024
_ANSWERS = {True: "meets", False: "fails", None: "open"}


@click.command()
@click.argument("sheet")
@click.option(
    "--ruleset", default="", help="Id or file of the rule set; the one in force on the day by default."
)
@click.option("--on", "day", default="", help="Day of the rule set, e.g. 2026-11-25; today by default.")
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object.")
@click.pass_obj
def assess(entrance: Entrance, sheet: str, ruleset: str, day: str, as_json: bool) -> None:
    """Judge the cost sheet SHEET (.json or .xlsx); exit code 0 meets, 1 does not, 2 unreadable."""
    rule_set = _pick(entrance, ruleset, day)
    read = read_cost_sheet(_bytes_of(sheet), name=Path(sheet).name)
    try:
        assessment = assess_sheet(rule_set, read.sheet)
    except InputError as error:
        raise read.name_cells(error) from error
    if as_json:
        click.echo(json.dumps(_document(assessment, read), ensure_ascii=False))
    else:
        _print(assessment, read)
    click.get_current_context().exit(0 if assessment.meets else 1)


def _pick(entrance: Entrance, ruleset: str, day: str) -> RuleSet:
    if ruleset and Path(ruleset).is_file():
        return checked_rule_set(read_document(Path(ruleset).read_bytes(), Path(ruleset).name))
    rulebook = load_rulebook()
    on = parse_day(day, where="--on") if day else bangkok_day(entrance.clock.now())
    if ruleset:
        return rulebook.by_id(ruleset)
    return rulebook.in_force(on)


def _bytes_of(sheet: str) -> bytes:
    """Return what is in the file, or the JSON text itself where that was given instead."""
    if sheet.lstrip().startswith("{"):
        return sheet.encode("utf-8", "surrogateescape")
    path = Path(sheet)
    try:
        with path.open("rb") as stream:
            data = stream.read(_FILE_LIMIT_BYTES + 1)
    except (OSError, ValueError) as error:
        raise UnreadableFileError("sheet_file_missing", where=sheet[:100]) from error
    if len(data) > _FILE_LIMIT_BYTES:
        raise UnreadableFileError("file_too_large", limit=_FILE_LIMIT_BYTES // (1024 * 1024))
    return data


def _document(assessment: Assessment, read: ReadSheet) -> dict[str, object]:
    return assessment.to_document() | {"notices": [notice.to_document() for notice in read.notices]}


def _print(assessment: Assessment, read: ReadSheet) -> None:
    """Print the answer, its reasons and what to look at, first in Thai, then in English."""
    for language in LANGUAGES:
        click.echo(say(f"criteria.verdict_{_ANSWERS[assessment.meets]}", language))
        for sentence in assessment.explanation[language]:
            click.echo(f"  • {sentence}")
        remarks = [
            (doubt.where, say(f"criteria.doubt_{doubt.code}", language, **doubt.params))
            for doubt in assessment.doubts
        ] + [
            (notice.where, say(f"criteria.notice_{notice.code}", language, **notice.params))
            for notice in read.notices
        ]
        for where, sentence in remarks[:SHOWN_LIMIT]:
            click.echo(f"  ! {read.places.get(where, where)}: {sentence}")
        if len(remarks) > SHOWN_LIMIT:
            click.echo(f"  {say('criteria.more_remarks', language, left=len(remarks) - SHOWN_LIMIT)}")
        click.echo()
