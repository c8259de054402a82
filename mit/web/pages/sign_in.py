"""Pages: sign in, give the second factor, prove it again, sign out."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from mit.accounts import sessions as work
from mit.accounts.sign_in import enter_code as enter_code_now
from mit.accounts.sign_in import prove_again
from mit.accounts.sign_in import sign_in as sign_in_now
from mit.errors import MitError, NotAllowedError
from mit.web import context, sessions
from mit.web.pages.entering import (
    HOME,
    PAGES_OF_STAGES,
    form_page,
    go_on,
    incomplete,
    missing,
    refused,
    typed,
)
from mit.web.targets import asked_target, with_next

sign_in = Blueprint("sign_in", __name__)

_NOTICES = frozenset({"signed_out", "password_set", "ended"})


@sign_in.get("/sign-in")
def ask() -> ResponseReturnValue:
    """Show the form, or lead on who is signed in already."""
    live = context.live()
    if live is not None:
        page = PAGES_OF_STAGES.get(live.stage)
        return redirect(with_next(page, asked_target()) if page else asked_target() or HOME, 303)
    notice = request.args.get("notice", "")
    return form_page("account/sign_in.html", email="", notice=notice if notice in _NOTICES else "")


@sign_in.post("/sign-in")
def enter() -> ResponseReturnValue:
    """Compare e-mail address and password."""
    fields = typed("email", "password")
    faults = missing(fields, "email", "password")
    if faults:
        return incomplete("account/sign_in.html", faults, email=fields["email"], notice="")
    try:
        signed_in = sign_in_now(
            fields["email"],
            fields["password"],
            caller=context.caller(),
            now=context.now(),
            passwords=context.passwords(),
        )
    except MitError as error:
        return refused("account/sign_in.html", error, email=fields["email"], notice="")
    return go_on(signed_in)


@sign_in.post("/sign-out")
def leave() -> ResponseReturnValue:
    """End this session."""
    live = context.live()
    if live is not None:
        work.sign_out(live, now=context.now())
    sessions.current().leave()
    return redirect("/sign-in?notice=signed_out", 303)


@sign_in.get("/sign-in/code")
def ask_code() -> ResponseReturnValue:
    """Ask for the second factor."""
    page = _elsewhere()
    return page or form_page("account/code.html")


@sign_in.post("/sign-in/code")
def enter_code() -> ResponseReturnValue:
    """Take a code or a recovery code."""
    page = _elsewhere()
    if page:
        return page
    fields = typed("code")
    faults = missing(fields, "code")
    if faults:
        return incomplete("account/code.html", faults)
    live = context.live()
    try:
        if live is None:
            raise NotAllowedError("sign_in_needed")
        signed_in = enter_code_now(live, fields["code"], now=context.now())
    except MitError as error:
        return refused("account/code.html", error)
    return go_on(signed_in)


@sign_in.get("/sign-in/again")
def ask_again() -> ResponseReturnValue:
    """Ask who is signed in to prove it again."""
    return form_page("account/again.html", email=context.require_live().email)


@sign_in.post("/sign-in/again")
def enter_again() -> ResponseReturnValue:
    """Take a password or a code as a fresh proof."""
    live = context.require_live()
    fields = typed("proof")
    faults = missing(fields, "proof")
    if faults:
        return incomplete("account/again.html", faults, email=live.email)
    try:
        proved = prove_again(live, fields["proof"], now=context.now(), passwords=context.passwords())
    except MitError as error:
        return refused("account/again.html", error, email=live.email)
    return go_on(proved)


def _elsewhere() -> ResponseReturnValue | None:
    """Lead to the set-up who has no second factor yet."""
    live = context.live()
    if live is not None and live.stage == "set_up":
        return redirect(with_next(PAGES_OF_STAGES["set_up"], asked_target()), 303)
    return None
