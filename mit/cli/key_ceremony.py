"""``mit keys ceremony``: a protocol on paper that two people sign."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import click

from mit.cli.entrance import Entrance
from mit.cli.register import register
from mit.errors import InputError
from mit.i18n import say_both
from mit.issuance.authority import build_authority
from mit.issuance.key_ceremony import Attendance, Protocol, hold_ceremony

_RULE = "─" * 78
#: Hex is read aloud in groups of this many signs.
_GROUP = 4


@click.command()
@click.argument("kid", type=click.IntRange(1, 65535))
@click.option("--keeper", required=True, help="Who holds the ceremony, as they will sign.")
@click.option("--witness", required=True, help="Who stands by and signs as well; somebody else.")
@click.option("--place", required=True, help="Where it is held.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A new file to write to.")
@click.option("--json", "as_json", is_flag=True, help="The protocol as one JSON object, signed by the key.")
@click.pass_obj
def ceremony(
    entrance: Entrance,
    kid: int,
    keeper: str,
    witness: str,
    place: str,
    out: Path | None,
    as_json: bool,
) -> None:
    """Print the protocol of a ceremony on a key, for two people to sign; its hash is recorded."""
    with register(entrance):
        protocol = hold_ceremony(
            None,
            kid,
            Attendance(keeper, witness, place),
            authority=build_authority(entrance.settings()),
            now=entrance.clock.now(),
        )
    text = json.dumps(protocol.to_document(), ensure_ascii=False) if as_json else "\n".join(_page(protocol))
    if out is None:
        click.echo(text)
        return
    try:
        with out.open("x", encoding="utf-8") as stream:
            stream.write(text + "\n")
    except OSError as error:
        raise InputError("protocol_not_written", where="--out", name=out.name) from error


def _page(protocol: Protocol) -> Iterator[str]:
    """Return the lines of the protocol, Thai above English, with room for two signatures."""
    document = protocol.document
    yield from ("", *_both("keys.ceremony_title"), _RULE)
    for member in ("held_at", "place", "keeper", "witness"):
        yield from _field(member, str(document[member]))
    yield from ("", *_both("keys.ceremony_key"), _RULE)
    yield from _members(document["key"])
    yield from ("", *_both("keys.ceremony_files"), _RULE)
    for name, digest in _items(document["files"]):
        yield from (f"  {name}", f"    SHA-256  {_grouped(str(digest))}")
    yield from ("", *_both("keys.ceremony_acts"), _RULE)
    acts = document["acts"]
    for act in acts if isinstance(acts, list) else ():
        yield f"  {act['seq']:>6}  {act['at']}  {act['event']}"
        yield f"          {_grouped(act['hash'])}"
    yield from ("", *_both("keys.ceremony_hash"), _RULE, f"  {_grouped(protocol.sha256)}")
    if protocol.signature:
        yield from ("", *_both("keys.ceremony_signature"), _RULE, f"  {protocol.signature}")
    yield from ("", *_both("keys.ceremony_steps"), _RULE)
    for step in ("alone", "hashes", "passphrase", "copies", "away"):
        yield from _step(f"keys.ceremony_step_{step}")
    yield from ("", *_both("keys.ceremony_sign"), _RULE)
    for member in ("keeper", "witness"):
        yield from ("", "", f"  {'.' * 44}   {'.' * 20}", f"  ({document[member]})", *_indented(member))
    yield ""


def _members(key: object) -> Iterator[str]:
    for name, value in _items(key):
        if isinstance(value, Mapping):
            yield from _members(value)
        else:
            shown = "–" if value is None else str(value)
            yield f"  {name:22s} {_grouped(shown) if name == 'thumbprint' else shown}"


def _items(members: object) -> list[tuple[str, object]]:
    return list(members.items()) if isinstance(members, Mapping) else []


def _field(member: str, value: str) -> Iterator[str]:
    shown = _instant(value) if member == "held_at" else value
    words = " / ".join(say_both(f"keys.ceremony_{member}").values())
    yield f"  {words}: {shown}"


def _instant(text: str) -> str:
    at = datetime.fromisoformat(text)
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _step(key: str) -> Iterator[str]:
    thai, english = say_both(key).values()
    yield from (f"  [   ] {thai}", f"        {english}")


def _indented(member: str) -> Iterator[str]:
    yield "  " + " / ".join(say_both(f"keys.ceremony_{member}").values())


def _both(key: str) -> tuple[str, ...]:
    return tuple(say_both(key).values())


def _grouped(text: str) -> str:
    return " ".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))
