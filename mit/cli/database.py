"""``mit db``: create, migrate and check the database."""

from __future__ import annotations

import json

import click

from mit.cli.entrance import Entrance
from mit.i18n import say_both
from mit.upkeep import schema

_EMPTY = "–"


@click.group()
def database() -> None:
    """Create, migrate and check the database."""


@database.command()
@click.argument("revision", default="head")
@click.pass_obj
def upgrade(entrance: Entrance, revision: str) -> None:
    """Bring the database up to REVISION (the newest by default), all or nothing."""
    with entrance.app():
        before, after = schema.migrate(revision)
    _say("database.moved", before=before or _EMPTY, after=after or _EMPTY)


@database.command()
@click.argument("revision")
@click.confirmation_option(prompt="Tables and their rows will be dropped. Go on?")
@click.pass_obj
def downgrade(entrance: Entrance, revision: str) -> None:
    """Take the database back to REVISION; "base" empties it."""
    with entrance.app():
        before, after = schema.take_back(revision)
    _say("database.moved", before=before or _EMPTY, after=after or _EMPTY)


@database.command()
@click.pass_obj
def current(entrance: Entrance) -> None:
    """Print the revision that the database stands at."""
    with entrance.app():
        click.echo(schema.read_state().current or _EMPTY)


@database.command()
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> None:
    """Say whether the database is as this version needs it; exit 1 where it is not."""
    entrance: Entrance = ctx.obj
    with entrance.app():
        state = schema.read_state()
    if as_json:
        answer = {
            "as_needed": state.is_as_needed,
            "current": state.current,
            "newest": state.newest,
            "differences": list(state.differences),
        }
        click.echo(json.dumps(answer, ensure_ascii=False))
    elif state.is_as_needed:
        _say("database.as_needed", revision=state.current or _EMPTY)
    else:
        _say("database.differs", current=state.current or _EMPTY, newest=state.newest or _EMPTY)
        for difference in state.differences if state.current else ():
            click.echo(f"  {difference}")
    ctx.exit(0 if state.is_as_needed else 1)


@database.command()
@click.argument("words")
@click.pass_obj
def revision(entrance: Entrance, words: str) -> None:
    """Write the next migration, called WORDS, from what differs; for developers."""
    with entrance.app():
        click.echo(schema.write_step(words))


def _say(key: str, **params: str) -> None:
    for words in say_both(key, **params).values():
        click.echo(words)
