"""``mit accounts``: the first administrator, and help for who lost the second factor."""

from __future__ import annotations

import sys

import click

from mit.accounts.passwords import SHORTEST, Passwords
from mit.accounts.people import NewUser, create_user, find_actor
from mit.accounts.second_factor import reset_second_factor
from mit.cli.entrance import Entrance
from mit.cli.register import register
from mit.errors import NotFoundError
from mit.i18n import say_both
from mit.roles.actor import Role


@click.group()
def accounts() -> None:
    """People who may sign in."""


@accounts.command("create-admin")
@click.option("--email", required=True, help="What the administrator signs in with.")
@click.option("--name", required=True, help="The person's full name.")
@click.pass_obj
def create_admin(entrance: Entrance, email: str, name: str) -> None:
    """Create an administrator; the password is asked for, or read from standard input."""
    password = _password()
    new = NewUser(email=email, name=name, password=password, roles=frozenset({Role.ADMINISTRATOR}))
    with register(entrance):
        create_user(None, new, now=entrance.clock.now(), passwords=Passwords())
    for words in say_both("accounts.admin_created", email=email.strip().lower()).values():
        click.echo(words)


@accounts.command("reset-second-factor")
@click.option("--email", required=True, help="What the person signs in with.")
@click.pass_obj
def reset(entrance: Entrance, email: str) -> None:
    """Take the second factor from somebody who lost it; they set up a new one at the next sign-in."""
    with register(entrance):
        actor = find_actor(email)
        if actor is None:
            raise NotFoundError("user_unknown", where="email", email=email)
        reset_second_factor(None, actor.user_id, now=entrance.clock.now())
    for words in say_both("accounts.second_factor_reset", email=email.strip().lower()).values():
        click.echo(words)


def _password() -> str:
    if not _is_terminal():
        return sys.stdin.readline().rstrip("\r\n")
    asked: str = click.prompt(
        f"Password (at least {SHORTEST} characters)", hide_input=True, confirmation_prompt=True
    )
    return asked


def _is_terminal() -> bool:
    return sys.stdin.isatty()
