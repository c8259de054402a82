"""``mit trust``: what verifiers without network need."""

from __future__ import annotations

import contextlib
import hashlib
import json
from pathlib import Path

import click

from mit.cli.entrance import Entrance
from mit.cli.register import register
from mit.errors import InputError
from mit.i18n import say, say_both
from mit.upkeep.publish import export_trust
from mit.values.identifiers import parse_certificate_number
from mit.verify.trust_file import read_trust_file


@click.group()
def trust() -> None:
    """Keys, status lists and hashes for verifying without network."""


@trust.command()
@click.option(
    "--out", "out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write."
)
@click.option("--only", "only", multiple=True, help="Only this certificate number; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object.")
@click.argument("more", nargs=-1, metavar="[NUMBER]...")
@click.pass_obj
def export(
    entrance: Entrance, out: Path, only: tuple[str, ...], more: tuple[str, ...], as_json: bool
) -> None:
    """Write a signed trust file; with --only NUMBER… for those certificates alone."""
    if more and not only:
        raise InputError("trust_numbers_without_only", where=more[0][:40])
    numbers = [str(parse_certificate_number(text)) for text in (*only, *more)]
    with register(entrance) as app:
        data = export_trust(app.extensions["mit.authority"], now=entrance.clock.now(), only=numbers or None)
    _write(out, data)
    known = read_trust_file(data)
    facts: dict[str, str | int] = {
        "name": out.name,
        "count": len(known.trust.records),
        "thumbprint": known.signed_by.public.thumbprint,
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    if as_json:
        click.echo(
            json.dumps({**facts, "detail": say_both("verify.trust_written", **facts)}, ensure_ascii=False)
        )
        return
    click.echo(say("verify.trust_written", "th", **facts))
    click.echo(say("verify.trust_written", "en", **facts))


def _write(out: Path, data: bytes) -> None:
    """Put *data* in place in one step, so that nobody ever reads half of it."""
    fresh = out.with_name(f".{out.name}.new")
    try:
        fresh.write_bytes(data)
        fresh.replace(out)
    except OSError as error:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise InputError("trust_not_written", where="--out", name=out.name) from error
