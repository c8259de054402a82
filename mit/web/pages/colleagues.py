"""Pages: who acts for one's organisation, invitations, and the link of an invitation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect
from flask.typing import ResponseReturnValue

from mit.accounts import colleagues as work
from mit.accounts import invitations
from mit.errors import ConflictError, InputError, MitError
from mit.web import context
from mit.web.pages.entering import form_page, refused
from mit.web.pages.organisation import HOME, NEW, notice, take_long_texts, typed_whole
from mit.web.problems import status_of
from mit.web.targets import with_next

colleagues = Blueprint("colleagues", __name__)
colleagues.url_value_preprocessor(take_long_texts)

PEOPLE = "/organisation/people"
_NOTICES = frozenset({"invited", "withdrawn", "removed", "keeper_given", "keeper_taken"})


@colleagues.get(PEOPLE)
def show() -> Response:
    """Show everybody who acts for one's organisation, and who was invited."""
    return form_page("organisation/people.html", **_words(""))


@colleagues.post(f"{PEOPLE}/invite")
def invite() -> ResponseReturnValue:
    """Invite somebody by e-mail."""
    email = typed_whole("email")["email"]
    try:
        invitations.invite(context.require_actor(), email, language=context.language(), now=context.now())
    except MitError as error:
        return _again(error, email)
    return redirect(f"{PEOPLE}?notice=invited", 303)


@colleagues.post(f"{PEOPLE}/invitations/<uuid:invitation_id>/withdraw")
def withdraw(invitation_id: UUID) -> ResponseReturnValue:
    """Take an invitation back."""
    invitations.withdraw(context.require_actor(), invitation_id, now=context.now())
    return redirect(f"{PEOPLE}?notice=withdrawn", 303)


@colleagues.post(f"{PEOPLE}/<uuid:user_id>/keeper")
def give_keeper(user_id: UUID) -> ResponseReturnValue:
    """Let a colleague keep the organisation, too."""
    return _set_keeper(user_id, is_keeper=True)


@colleagues.post(f"{PEOPLE}/<uuid:user_id>/keeper/end")
def take_keeper(user_id: UUID) -> ResponseReturnValue:
    """Let a colleague keep it no more."""
    return _set_keeper(user_id, is_keeper=False)


@colleagues.post(f"{PEOPLE}/<uuid:user_id>/remove")
def remove(user_id: UUID) -> ResponseReturnValue:
    """Let a colleague act for the organisation no more, or leave it oneself."""
    actor = context.require_actor()
    try:
        work.remove(actor, user_id, now=context.now())
    except ConflictError as error:
        return _again(error, "")
    return redirect(NEW if user_id == actor.user_id else f"{PEOPLE}?notice=removed", 303)


@colleagues.get("/invitations/<token>")
def ask_accept(token: str) -> Response:
    """Show what a link invites to, and what is lacking to accept it."""
    return _invitation(token)


@colleagues.post("/invitations/<token>/accept")
def accept(token: str) -> ResponseReturnValue:
    """Accept an invitation by its link."""
    try:
        invitations.accept(context.require_actor(), token, now=context.now())
    except MitError as error:
        return _invitation(token, error)
    return redirect(f"{HOME}?notice=joined", 303)


@colleagues.post("/organisation/invitations/<uuid:invitation_id>/accept")
def accept_waiting(invitation_id: UUID) -> ResponseReturnValue:
    """Accept an invitation to one's own address."""
    invitations.accept_waiting(context.require_actor(), invitation_id, now=context.now())
    return redirect(f"{HOME}?notice=joined", 303)


def _set_keeper(user_id: UUID, *, is_keeper: bool) -> ResponseReturnValue:
    try:
        work.set_keeper(context.require_actor(), user_id, is_keeper=is_keeper, now=context.now())
    except ConflictError as error:
        return _again(error, "")
    return redirect(f"{PEOPLE}?notice=keeper_{'given' if is_keeper else 'taken'}", 303)


def _again(error: MitError, email: str) -> Response:
    """Return the page of people with what is wrong, where there is such a page for this person.

    Raises:
        MitError: *error* itself where one may not do this at all.
    """
    if not isinstance(error, InputError | ConflictError):
        raise error
    return refused("organisation/people.html", error, **_words(email))


def _invitation(token: str, error: MitError | None = None) -> Response:
    try:
        shown = invitations.look_at(token, now=context.now())
    except InputError as dead:
        return form_page("organisation/invitation_dead.html", status=status_of(dead), reason=dead.code)
    live = context.live()
    here = f"/invitations/{token}"
    words_of_page: dict[str, Any] = {
        "shown": shown,
        "here": here,
        "me": live.email if live and live.stage == "full" else "",
        "sign_in": with_next("/sign-in", here),
    }
    if error is not None:
        return refused("organisation/invitation.html", error, **words_of_page)
    return form_page("organisation/invitation.html", **words_of_page)


def _words(email: str) -> dict[str, Any]:
    people = work.list_people(context.require_actor(), now=context.now())
    return {"people": people, "email": email, "notice": notice(_NOTICES)}
