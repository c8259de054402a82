"""Pages: a new password for who forgot the old one, by a link in a mail."""

from __future__ import annotations

from flask import Blueprint, Response, redirect
from flask.typing import ResponseReturnValue

from mit.accounts import change_password as work
from mit.accounts.passwords import SHORTEST
from mit.errors import InputError, MitError
from mit.web import context
from mit.web.pages.entering import form_page, incomplete, missing, refused, typed
from mit.web.problems import status_of

password = Blueprint("password", __name__, url_prefix="/password")


@password.get("/forgot")
def ask_forgot() -> Response:
    """Ask for the e-mail address."""
    return form_page("account/forgot.html", email="")


@password.post("/forgot")
def forgot() -> Response:
    """Have the link sent; the answer is the same whether the address has a login."""
    fields = typed("email")
    faults = missing(fields, "email")
    if faults:
        return incomplete("account/forgot.html", faults, email=fields["email"])
    try:
        work.ask_for_reset(fields["email"], caller=context.caller(), now=context.now())
    except MitError as error:
        return refused("account/forgot.html", error, email=fields["email"])
    return form_page("account/forgot_sent.html", email=fields["email"].strip())


@password.get("/reset/<token>")
def ask_reset(token: str) -> Response:
    """Ask for the new password, if the link still works."""
    try:
        email = work.look_at_link(token)
    except InputError as error:
        return _dead_link(error)
    return form_page("account/reset.html", shortest=SHORTEST, email=email)


@password.post("/reset/<token>")
def reset(token: str) -> ResponseReturnValue:
    """Set the new password; one signs in with it afterwards, second factor and all."""
    fields = typed("password")
    try:
        email = work.look_at_link(token)
    except InputError as error:
        return _dead_link(error)
    try:
        work.reset_password(token, fields["password"], now=context.now(), passwords=context.passwords())
    except InputError as error:
        if error.code.startswith("link_"):
            return _dead_link(error)
        return refused("account/reset.html", error, shortest=SHORTEST, email=email)
    return redirect("/sign-in?notice=password_set", 303)


def _dead_link(error: InputError) -> Response:
    return form_page(
        "account/link.html", status=status_of(error), reason=error.code, again="/password/forgot"
    )
