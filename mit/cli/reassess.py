"""``mit reassess``: re-perform a decision from its case file, without network and database."""

from __future__ import annotations

import hashlib
import json
from itertools import groupby
from pathlib import Path

import click

from mit.cli.entrance import sentence
from mit.criteria.assess import ENGINE_VERSION
from mit.errors import Fault, UnreadableFileError
from mit.i18n import LANGUAGES, Language, say, say_both
from mit.issuance.case_file import LIMITS, CaseFile, read_case_file
from mit.issuance.reassess import Check, Reassessment
from mit.issuance.reassess import reassess as reckon_again

#: How many changed places of one result are printed for people; ``--json`` gives all.
SHOWN_LIMIT = 20
_MIB = 1024 * 1024


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object.")
@click.pass_context
def reassess(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Reckon the case file FILE again; exit code 0 all the same, 1 something differs, 2 unreadable."""
    data = _bytes_of(file)
    case_file = read_case_file(data)
    found = reckon_again(case_file)
    sha256 = hashlib.sha256(data).hexdigest()
    if as_json:
        click.echo(json.dumps(_document(found, case_file, sha256), ensure_ascii=False))
    else:
        _print(found, case_file, sha256)
    ctx.exit(0 if found.is_same else 1)


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(LIMITS.input_bytes + 1)
    except (OSError, ValueError) as error:
        raise UnreadableFileError("case_file_missing", where=str(path)[:100]) from error
    if len(data) > LIMITS.input_bytes:
        raise UnreadableFileError("file_too_large", limit=LIMITS.input_bytes // _MIB)
    return data


def _document(found: Reassessment, case_file: CaseFile, sha256: str) -> dict[str, object]:
    return {
        "same": found.is_same,
        "application": found.application,
        "file_sha256": sha256,
        "content_digest": case_file.content_digest,
        "rule_set": {"id": case_file.rule_set_id, "sha256": case_file.rule_set_sha256},
        "engine_version": ENGINE_VERSION,
        "checks": [
            {
                "check": check.code,
                "product": check.product or None,
                "agrees": check.agrees,
                "stored": check.stored,
                "found": check.found,
                "changes": [[one.where, one.before, one.after] for one in check.changes],
                "errors": [{"code": fault.code, "where": fault.where} for fault in check.faults],
                "sentence": say_both(_key(check)),
            }
            for check in found.checks
        ],
    }


def _print(found: Reassessment, case_file: CaseFile, sha256: str) -> None:
    """Print what agrees and what differs, first in Thai, then in English; the fingerprints at the end."""
    differing = sum(not check.agrees for check in found.checks)
    for language in LANGUAGES:
        words: dict[str, str | int] = {"number": _shown(found.application), "checks": len(found.checks)}
        words["differ"] = differing
        click.echo(say(f"reassess.{'same' if found.is_same else 'differs'}", language, **words))
        for product, checks in groupby(sorted(found.checks, key=_product_of), key=_product_of):
            if product:
                click.echo(say("reassess.product", language, n=product))
            for check in checks:
                _print_check(check, language)
        click.echo()
    click.echo(f"SHA-256 {sha256}")
    click.echo(f"content digest {_shown(case_file.content_digest)}")
    click.echo(f"engine {ENGINE_VERSION}")


def _product_of(check: Check) -> int:
    return check.product


def _print_check(check: Check, language: Language) -> None:
    click.echo(f"  {'✓' if check.agrees else '✗'} {say(_key(check), language)}")
    if check.agrees:
        return
    if check.stored or check.found:
        sides = {"stored": _shown(check.stored), "found": _shown(check.found)}
        click.echo(f"    {say('reassess.sides', language, **sides)}")
    for one in check.changes[:SHOWN_LIMIT]:
        sides = {"stored": _shown(one.before), "found": _shown(one.after)}
        click.echo(f"    {_shown(one.where)}: {say('reassess.sides', language, **sides)}")
    if len(check.changes) > SHOWN_LIMIT:
        click.echo(f"    {say('reassess.more', language, left=len(check.changes) - SHOWN_LIMIT)}")
    for fault in check.faults[:SHOWN_LIMIT]:
        click.echo(f"    {_fault(fault, language)}")


def _fault(fault: Fault, language: Language) -> str:
    place = f"{_shown(fault.where)}: " if fault.where else ""
    return place + sentence(fault.code, language, fault.params)


def _key(check: Check) -> str:
    return f"reassess.{check.code}_{'same' if check.agrees else 'differs'}"


def _shown(text: str) -> str:
    """Return a text out of the file as a terminal may show it: short, one line, nothing that steers it."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text[:100])
