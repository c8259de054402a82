"""``mit audit``: walk the whole chain of the audit log and say in words where it breaks."""

from __future__ import annotations

import json
import re

import click

from mit.cli.entrance import Entrance
from mit.errors import InputError
from mit.i18n import LANGUAGES, say, say_both
from mit.upkeep.audit_trail import ChainReport, check_chain

_MARK = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{64})", re.ASCII)


@click.group()
def audit() -> None:
    """Look after the audit log."""


@audit.command()
@click.option("--expect", default="", help="NUMBER:HASH as an earlier run printed them, kept elsewhere.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")
@click.pass_context
def verify(ctx: click.Context, expect: str, as_json: bool) -> None:
    """Walk the whole chain; exit code 0 where everything adds up, 1 where it breaks."""
    expected = _read_mark(expect)
    entrance: Entrance = ctx.obj
    with entrance.app():
        report = check_chain(expected=expected)
    click.echo(json.dumps(_document(report), ensure_ascii=False) if as_json else _words(report))
    ctx.exit(0 if report.is_whole else 1)


def _read_mark(text: str) -> tuple[int, str] | None:
    if not text:
        return None
    found = _MARK.fullmatch(text)
    if found is None:
        raise InputError("audit_mark_malformed", where="--expect")
    return int(found[1]), found[2]


def _document(report: ChainReport) -> dict[str, object]:
    return {
        "whole": report.is_whole,
        "events": report.events,
        "last": f"{report.events}:{report.last_hash}",
        "breaks": [
            {"seq": one.seq, "what": one.what, "sentence": say_both(f"audit.{one.what}", seq=one.seq)}
            for one in report.breaks
        ],
    }


def _words(report: ChainReport) -> str:
    lines = []
    for language in LANGUAGES:
        lines += [say(f"audit.{one.what}", language, seq=one.seq) for one in report.breaks]
        key = "audit.whole" if report.is_whole else "audit.broken"
        lines.append(say(key, language, events=report.events, breaks=len(report.breaks)))
    return "\n".join([*lines, f"{report.events}:{report.last_hash}"])
