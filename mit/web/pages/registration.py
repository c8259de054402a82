"""Pages: register oneself, and bring the login to life by the link in the mail."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from mit.accounts import registration as work
from mit.accounts.passwords import SHORTEST
from mit.accounts.registration import Registration
from mit.errors import InputError, MitError
from mit.web import context
from mit.web.pages.entering import form_page, go_on, incomplete, missing, refused, typed
from mit.web.problems import status_of

registration = Blueprint("registration", __name__)


@registration.get("/register")
def ask() -> Response:
    """Show the form."""
    return form_page("account/register.html", **_words({"language": context.language()}))


@registration.post("/register")
def enter() -> Response:
    """Take a registration; the answer is the same whether the address has a login already."""
    fields = typed("name", "email", "password", "language")
    new = Registration(**fields)
    try:
        work.register(new, caller=context.caller(), now=context.now(), passwords=context.passwords())
    except MitError as error:
        return refused("account/register.html", error, **_words(fields))
    return form_page("account/register_sent.html", email=fields["email"].strip())


@registration.get("/register/confirm/<token>")
def ask_confirm(token: str) -> Response:
    """Show whose address is to be confirmed, and ask for the password that was chosen."""
    try:
        email = work.look_at_link(token)
    except InputError as error:
        return _dead_link(error)
    return form_page("account/confirm.html", email=email)


@registration.post("/register/confirm/<token>")
def confirm(token: str) -> ResponseReturnValue:
    """Bring the login to life and sign in."""
    fields = typed("password")
    try:
        email = work.look_at_link(token)
    except InputError as error:
        return _dead_link(error)
    faults = missing(fields, "password")
    if faults:
        return incomplete("account/confirm.html", faults, email=email)
    try:
        signed_in = work.confirm(
            token,
            fields["password"],
            caller=context.caller(),
            now=context.now(),
            passwords=context.passwords(),
        )
    except MitError as error:
        return refused("account/confirm.html", error, email=email)
    return go_on(signed_in)


def _dead_link(error: InputError) -> Response:
    return form_page("account/link.html", status=status_of(error), reason=error.code, again="/register")


def _words(fields: dict[str, str]) -> dict[str, Any]:
    shown = {name: fields.get(name, "") for name in ("name", "email", "language")}
    return {"typed": shown, "shortest": SHORTEST}
