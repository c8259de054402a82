"""``python -m mit``: the command line.  A command's modules are loaded only when it is called."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

from mit.cli.entrance import Entrance, report
from mit.config import Settings
from mit.errors import InputError, MitError, SettingsError
from mit.values.clock import SystemClock

if TYPE_CHECKING:  # offline commands never load it
    from flask import Flask

#: Command name → where it lives; so that ``mit verify`` loads neither the database nor Flask's parts.
COMMANDS = {
    "accounts": "mit.cli.accounts:accounts",
    "assess": "mit.cli.assess:assess",
    "audit": "mit.cli.audit:audit",
    "commitment": "mit.cli.commitment:commitment",
    "covers": "mit.cli.covers:covers",
    "db": "mit.cli.database:database",
    "demo": "mit.cli.demo:demo",
    "doctor": "mit.cli.doctor:doctor",
    "keys": "mit.cli.keys:keys",
    "reassess": "mit.cli.reassess:reassess",
    "revoke": "mit.cli.revoke:revoke",
    "rules": "mit.cli.rules:rules",
    "serve": "mit.cli.run:serve",
    "trust": "mit.cli.trust:trust",
    "verify": "mit.cli.verify:verify",
    "worker": "mit.cli.run:worker",
}


class _LazyGroup(click.Group):
    """A group whose commands are imported by name when they are first asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every command's name, sorted."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command *cmd_name*, imported now."""
        del ctx
        place = COMMANDS.get(cmd_name)
        return _load(place) if place else None


@click.command(cls=_LazyGroup)
@click.pass_context
def mit(ctx: click.Context) -> None:
    """Issue and verify Made in Thailand certificates."""
    ctx.obj = Entrance(
        settings=lambda: Settings.from_environ(os.environ),
        make_app=_make_app,
        clock=SystemClock(),
    )


def main() -> None:
    """Run the command line; an error is said in words and ends with exit code 2, as a wrong call does."""
    try:
        code = mit.main(prog_name="mit", standalone_mode=False)
    except click.Abort:
        report(InputError("call_stopped"), as_json="--json" in sys.argv)
        sys.exit(1)
    except click.ClickException as error:
        _refuse_call(error)
    except MitError as error:
        _refuse(error)
    except _database_errors():
        _refuse(SettingsError("database_unreachable"))
    sys.exit(code if isinstance(code, int) else 0)


def _refuse_call(error: click.ClickException) -> NoReturn:
    """Say what is wrong with the words of the call: by click as well, where a person reads it."""
    as_json, ctx = "--json" in sys.argv, getattr(error, "ctx", None)
    if not as_json:
        error.show()
    if as_json or not isinstance(error, click.exceptions.NoArgsIsHelpError):
        command = ctx.command_path if ctx else "mit"
        text = " ".join(error.format_message().split())
        report(InputError("call_malformed", command=command, text=text[:400]), as_json=as_json)
    sys.exit(2)


def _refuse(error: MitError) -> NoReturn:
    report(error, as_json="--json" in sys.argv)
    sys.exit(2)


def _database_errors() -> tuple[type[Exception], ...]:
    """Return what is raised when the database is away; nothing where no database was loaded."""
    if "sqlalchemy" not in sys.modules:
        return ()
    errors: tuple[type[Exception], ...] = _load("mit.upkeep.readiness:UNREACHABLE")
    return errors


def _make_app(settings: Settings) -> Flask:
    app: Flask = _load("mit.app:create_app")(settings)
    return app


def _load(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)


if __name__ == "__main__":
    main()
