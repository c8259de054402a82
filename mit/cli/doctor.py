"""``mit doctor``: what is missing on this machine, in words."""

from __future__ import annotations

import json

import click

from mit.cli.entrance import Entrance, sentence
from mit.errors import MitError
from mit.i18n import LANGUAGES, Language, say
from mit.upkeep.examine import examine_installation, examine_machine
from mit.upkeep.examined import Examined, Grade

SIGNS = {Grade.GOOD: "✓", Grade.HINT: "!", Grade.LACKING: "✗"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object.")
@click.pass_obj
def doctor(entrance: Entrance, as_json: bool) -> None:
    """Say what is missing on this machine; exit code 0 nothing, 1 something, 2 the settings are wrong."""
    now = entrance.clock.now()
    found = examine_machine(entrance.settings(), now=now)
    broken: MitError | None = None
    try:
        with entrance.app() as app:
            found += examine_installation(app.extensions["mit.authority"], now=now)
    except MitError as error:
        broken = error
    lacking = sum(one.grade is Grade.LACKING for one in found) + (broken is not None)
    if as_json:
        click.echo(json.dumps(_document(found, broken, lacking), ensure_ascii=False))
    else:
        _print(found, broken, lacking)
    click.get_current_context().exit(1 if lacking else 0)


def _document(found: list[Examined], broken: MitError | None, lacking: int) -> dict[str, object]:
    document: dict[str, object] = {
        "lacking": lacking,
        "examined": [
            {
                "name": one.name,
                "grade": one.grade.value,
                "detail": {language: one.sentence(language) for language in LANGUAGES},
            }
            for one in found
        ],
    }
    if broken is not None:
        document["error"] = {
            "code": broken.code,
            "detail": {language: sentence(broken.code, language, broken.params) for language in LANGUAGES},
        }
    return document


def _print(found: list[Examined], broken: MitError | None, lacking: int) -> None:
    for at, language in enumerate(LANGUAGES):
        if at:
            click.echo()
        for one in found:
            click.echo(f"{SIGNS[one.grade]} {one.sentence(language)}")
        if broken is not None:
            place = f"{broken.where}: " if broken.where else ""
            click.echo(f"{SIGNS[Grade.LACKING]} {place}{sentence(broken.code, language, broken.params)}")
        click.echo(_summary(lacking, language))


def _summary(lacking: int, language: Language) -> str:
    return say("doctor.summary_lacking" if lacking else "doctor.summary_good", language, count=lacking)
