"""``mit covers``: does a coverage speak for a model, brand, HS code or specification?  Pure and offline."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from mit.credential.coverage_answer import CoverageReport, report_coverage
from mit.credential.coverage_file import LIMIT_BYTES, read_coverage
from mit.credential.coverage_question import Coverage
from mit.errors import InputError
from mit.i18n import LANGUAGES
from mit.verify.coverage import coverage_lines

EXIT_CODES = {
    Coverage.COVERED: 0,
    Coverage.OTHER_MODEL: 1,
    Coverage.NOT_COVERED: 1,
    Coverage.CANNOT_TELL: 2,
}


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("coverage", metavar="COVERAGE.json")
@click.argument("asked", metavar='"ASKED TEXT"')
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object.")
def covers(coverage: str, asked: str, as_json: bool) -> None:
    """Say whether the coverage entries in COVERAGE.json speak for ASKED TEXT.

    Exit code 0 covered, 1 another model or not covered, 2 cannot tell (or something could not be read).
    """
    report = report_coverage(read_coverage(_bytes_of(coverage)), asked)
    if as_json:
        click.echo(json.dumps(report.to_document(), ensure_ascii=False))
    else:
        _print(report)
    click.get_current_context().exit(EXIT_CODES[report.outcome])


def _bytes_of(coverage: str) -> bytes:
    """Return what is in the file, or the JSON text itself where that was given instead."""
    if not os.path.exists(coverage) and coverage.lstrip().startswith("["):  # noqa: PTH110 - Path.exists raises
        return coverage.encode("utf-8", "surrogateescape")
    try:
        with Path(coverage).open("rb") as stream:
            return stream.read(LIMIT_BYTES + 1)
    except (OSError, ValueError) as error:
        raise InputError("coverage_file_missing", where=coverage[:100]) from error


def _print(report: CoverageReport) -> None:
    for at, language in enumerate(LANGUAGES):
        if at:
            click.echo()
        for line in coverage_lines(report, language):
            click.echo(line)
