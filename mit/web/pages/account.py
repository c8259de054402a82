"""Pages: one's own account: name and language, password, second factor, where one is signed in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from mit.accounts import change_password as password_work
from mit.accounts import profile, second_factor
from mit.accounts import sessions as session_work
from mit.accounts.change_password import Change
from mit.accounts.passwords import SHORTEST
from mit.accounts.profile import Profile
from mit.accounts.sessions import Live
from mit.errors import InputError, MitError, NotAllowedError
from mit.web import context, sessions
from mit.web.pages.entering import HOME, form_page, incomplete, missing, refused, typed
from mit.web.pages.navigation import home_of
from mit.web.targets import asked_target

account = Blueprint("account", __name__, url_prefix="/account")

_NOTICES = frozenset({"saved", "password_changed", "session_ended", "others_ended"})


@account.get("/home")
def home() -> ResponseReturnValue:
    """Lead to the room of the person's roles."""
    return redirect(home_of(context.require_actor()), 303)


@account.get("")
def show() -> Response:
    """Show everything at a glance."""
    live = context.require_live()
    return form_page("account/account.html", **_words(live, profile.read(live)))


@account.post("")
def save() -> ResponseReturnValue:
    """Save name, telephone and language."""
    live = context.require_live()
    new = Profile(**typed("name", "telephone", "language"))
    try:
        profile.change(live, new, now=context.now())
    except InputError as error:
        return refused("account/account.html", error, **_words(live, new))
    return redirect("/account?notice=saved", 303)


@account.post("/sessions/<uuid:session_id>/end")
def end_session(session_id: UUID) -> ResponseReturnValue:
    """End one of one's own sessions; the present one as signing out does."""
    live = context.require_live()
    session_work.end_mine(live, session_id, now=context.now())
    if session_id == live.session_id:
        sessions.current().leave()
        return redirect("/sign-in?notice=ended", 303)
    return redirect("/account?notice=session_ended", 303)


@account.post("/sessions/end-others")
def end_others() -> ResponseReturnValue:
    """End every session of one's own but this."""
    session_work.end_others(context.require_live(), now=context.now())
    return redirect("/account?notice=others_ended", 303)


@account.get("/password")
def ask_password() -> Response:
    """Ask for the old and the new password."""
    return form_page("account/password.html", shortest=SHORTEST, email=context.require_live().email)


@account.post("/password")
def change_password() -> ResponseReturnValue:
    """Change the password; every other session ends."""
    live = context.require_live()
    fields = typed("old", "new")
    faults = missing(fields, "old", "new")
    if faults:
        return incomplete("account/password.html", faults, shortest=SHORTEST, email=live.email)
    try:
        renewed = password_work.change_password(
            live,
            Change(fields["old"], fields["new"]),
            caller=context.caller(),
            now=context.now(),
            passwords=context.passwords(),
        )
    except MitError as error:
        return refused("account/password.html", error, shortest=SHORTEST, email=live.email)
    sessions.current().take(renewed)
    return redirect("/account?notice=password_changed", 303)


@account.get("/second-factor")
def ask_second_factor() -> Response:
    """Show the new secret, or that one is set up."""
    live = _half_or_more()
    if live.has_second_factor:
        return form_page("account/second_factor.html", left=second_factor.codes_left(live))
    return form_page("account/second_factor_new.html", secret=_secret(live))


@account.post("/second-factor")
def set_second_factor() -> ResponseReturnValue:
    """Take the first code of the new secret and show the recovery codes, this once."""
    live = _half_or_more()
    fields = typed("code")
    faults = missing(fields, "code")
    if faults:
        return incomplete("account/second_factor_new.html", faults, secret=_secret(live))
    try:
        done = second_factor.set_up(live, fields["code"], now=context.now())
    except MitError as error:
        return refused("account/second_factor_new.html", error, secret=_secret(live))
    sessions.current().take(done.signed_in)
    return _show_codes(done.recovery_codes)


@account.post("/second-factor/recovery-codes")
def renew_recovery_codes() -> Response:
    """Make new recovery codes and show them, this once."""
    return _show_codes(second_factor.renew_recovery_codes(context.require_live(), now=context.now()))


def _show_codes(codes: object) -> Response:
    return form_page("account/recovery_codes.html", codes=codes, onward=asked_target() or HOME)


def _secret(live: Live) -> second_factor.NewSecret:
    return second_factor.offer_secret(live, now=context.now())


def _half_or_more() -> Live:
    """Return the session of whoever may set up the second factor: not one that owes a code.

    Raises:
        NotAllowedError: ``sign_in_needed`` or ``code_needed``.
    """
    live = context.live()
    if live is None:
        raise NotAllowedError("sign_in_needed")
    if live.stage == "code":
        raise NotAllowedError("code_needed")
    return live


def _words(live: Live, shown: Profile) -> dict[str, Any]:
    notice = request.args.get("notice", "")
    return {
        "live": live,
        "typed": shown,
        "mine": session_work.list_mine(live, now=context.now()),
        "notice": notice if notice in _NOTICES else "",
    }
