"""``mit keys``: the key ceremony."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import click

from mit.cli.entrance import Entrance
from mit.cli.key_ceremony import ceremony
from mit.cli.register import register
from mit.credential.public_keys import key_set
from mit.errors import InputError
from mit.i18n import say, say_both
from mit.issuance import create_seal, list_keys, rotate_keys
from mit.issuance.authority import Authority, build_authority
from mit.values.thai_date import parse_day

#: Largest file of a seal: a key, or a chain of certificates.
_LONGEST_PEM_BYTES = 256 * 1024
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")


@click.group()
def keys() -> None:
    """Signing keys: planned, active, verify-only, retired, compromised."""


@keys.command()
@click.option("--seal", is_flag=True, help="Make or take in the X.509 seal of the PDF instead.")
@click.option("--seal-key", type=click.Path(dir_okay=False, path_type=Path), help="PEM key of the seal.")
@click.option(
    "--seal-certificates",
    type=click.Path(dir_okay=False, path_type=Path),
    help="PEM certificates, the seal's first.",
)
@click.option("--demo", is_flag=True, help="Everything it signs is marked SAMPLE; not in production.")
@_AS_JSON
@click.pass_obj
def create(
    entrance: Entrance,
    seal: bool,
    seal_key: Path | None,
    seal_certificates: Path | None,
    demo: bool,
    as_json: bool,
) -> None:
    """Make a signing key (planned), or a seal (on duty at once)."""
    now = entrance.clock.now()
    with register(entrance):
        authority = _authority(entrance)
        if seal or seal_key or seal_certificates:
            pem = _seal_files(seal_key, seal_certificates)
            kid = create_seal.create_seal(None, authority=authority, now=now, pem=pem)
            answer = "keys.seal_created"
        else:
            kid = rotate_keys.plan_key(None, authority=authority, now=now, demo=demo)
            answer = "keys.planned"
    _answer(answer, as_json, kid=kid)


@keys.command("list")
@_AS_JSON
@click.pass_obj
def list_command(entrance: Entrance, as_json: bool) -> None:
    """Show every key with its state today."""
    now = entrance.clock.now()
    with register(entrance):
        cards = list_keys.list_keys(now=now)
    if as_json:
        click.echo(json.dumps({"keys": [card.to_document() for card in cards]}, ensure_ascii=False))
        return
    for card in cards:
        click.echo(_line(card))
    if not cards:
        _answer("keys.none", as_json=False)


@keys.command()
@click.argument("kid", type=click.IntRange(1, 65535))
@click.option("--from", "from_text", default="", help="First day; the earliest one allowed if not given.")
@click.option("--waive-lead-time", default="", metavar="REASON", help="Do without the lead time.")
@_AS_JSON
@click.pass_obj
def activate(entrance: Entrance, kid: int, from_text: str, waive_lead_time: str, as_json: bool) -> None:
    """Let a planned key sign from a day on; the one before it ends on the eve."""
    from_on = _day(from_text)
    with register(entrance):
        begin = rotate_keys.activate_key(
            None,
            kid,
            now=entrance.clock.now(),
            from_on=from_on,
            waive_lead_time=waive_lead_time,
            lead_time_days=entrance.settings().key_lead_days,
        )
    _answer("keys.activated", as_json, kid=kid, day=begin.isoformat())


@keys.command()
@click.argument("kid", type=click.IntRange(1, 65535))
@click.option("--from", "from_text", default="", help="First day without it; tomorrow if not given.")
@_AS_JSON
@click.pass_obj
def end(entrance: Entrance, kid: int, from_text: str, as_json: bool) -> None:
    """Let an active key sign no more; what it signed still verifies."""
    from_on = _day(from_text)
    with register(entrance):
        begin = rotate_keys.end_signing(None, kid, now=entrance.clock.now(), from_on=from_on)
    _answer("keys.ended", as_json, kid=kid, day=begin.isoformat())


@keys.command()
@click.argument("kid", type=click.IntRange(1, 65535))
@_AS_JSON
@click.pass_obj
def retire(entrance: Entrance, kid: int, as_json: bool) -> None:
    """Take a key out of use: a year after the last certificate that it signed has expired."""
    with register(entrance):
        day = rotate_keys.retire_key(None, kid, now=entrance.clock.now())
    _answer("keys.retired", as_json, kid=kid, day=day.isoformat())


@keys.command()
@click.argument("kid", type=click.IntRange(1, 65535))
@click.option("--from", "from_text", required=True, help="Instant in UTC, e.g. 2026-11-25T03:00:00Z.")
@click.option("--reason", required=True, help="What happened; kept in the audit log.")
@_AS_JSON
@click.pass_obj
def compromise(entrance: Entrance, kid: int, from_text: str, reason: str, as_json: bool) -> None:
    """Declare, for good, that no signature counts which the key made from an instant on."""
    from_at = _instant(from_text)
    now = entrance.clock.now()
    with register(entrance):
        rotate_keys.mark_compromised(None, kid, from_at=from_at, reason=reason, now=now)
    _answer("keys.compromised", as_json, kid=kid, at=from_text)


keys.add_command(ceremony)


@keys.command()
@click.pass_obj
def export(entrance: Entrance) -> None:
    """Print the public key set (JWKS) that verifiers need today."""
    with register(entrance):
        public = list_keys.verification_keys(now=entrance.clock.now())
    click.echo(json.dumps(key_set(public), indent=2))


def _authority(entrance: Entrance) -> Authority:
    return build_authority(entrance.settings())


def _seal_files(key: Path | None, certificates: Path | None) -> tuple[bytes, bytes] | None:
    if key is None and certificates is None:
        return None
    if key is None or certificates is None:
        raise InputError("seal_needs_both", where="--seal-key")
    return _bytes(key), _bytes(certificates)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(_LONGEST_PEM_BYTES + 1)
    except OSError as error:
        raise InputError("file_unreadable", where=path.name) from error
    if len(data) > _LONGEST_PEM_BYTES:
        raise InputError("file_unreadable", where=path.name)
    return data


def _day(text: str) -> date | None:
    return parse_day(text, where="--from") if text else None


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise InputError("instant_malformed", where="--from", text=text[:40])
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InputError("instant_malformed", where="--from", text=text[:40]) from error


def _line(card: list_keys.KeyCard) -> str:
    dates = card.dates
    days = (dates.active_from_on, dates.verify_only_from_on, dates.retired_from_on)
    shown = " ".join(day.isoformat() if day else "…" for day in days)
    state = say(f"keys.state_{card.state.value}", "th")
    mark = " SAMPLE" if card.demo else ""
    return (
        f"{card.kid:5d}  {card.purpose:10s} {card.algorithm}  {card.state.value:11s} {state}  {shown}{mark}"
    )


def _answer(key: str, as_json: bool, **params: str | int) -> None:
    if as_json:
        click.echo(json.dumps(params, ensure_ascii=False))
        return
    for words in say_both(key, **params).values():
        click.echo(words)
