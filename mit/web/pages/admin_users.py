"""Administrators' pages for people: look them up, give and take roles, close a login, help with telephones.

Every act asks for a fresh password or code, and none is done to oneself: the work functions say so.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from mit.accounts import directory, keeping, people
from mit.accounts.keeping import KeeperWish
from mit.accounts.second_factor import reset_second_factor
from mit.errors import ConflictError, Fault, InputError, MitError
from mit.roles.actor import Actor, Role
from mit.web import context
from mit.web.pages.admin_frame import admin_page, pages_of
from mit.web.problems import WAYS_IN, status_of

admin_users = Blueprint("admin_users", __name__, url_prefix="/admin/users")

_NOTICES = frozenset({"granted", "taken", "closed", "reset_asked", "reset_done", "keeper_named", "unchanged"})
_LONGEST_FIELD = 2000
_LONGEST_SEARCH = 200


@admin_users.get("")
def index() -> Response:
    """Show the people whose name or address contains what is looked for."""
    text = request.args.get("q", "")[:_LONGEST_SEARCH]
    actor = context.require_actor()
    _, total = directory.find_people(actor, text)
    pages = pages_of(total, directory.PAGE_SIZE)
    found, _ = directory.find_people(actor, text, page=pages.number)
    return admin_page("users.html", people=found, total=total, pages=pages, asked=text)


@admin_users.get("/<uuid:user_id>")
def show(user_id: UUID) -> Response:
    """Show one person and what can be done."""
    return _page(user_id)


@admin_users.get("/<uuid:user_id>/<any(roles,close,'second-factor'):part>")
def again(user_id: UUID, part: str) -> ResponseReturnValue:
    """Lead to the person: a form that was shown again is asked for in the other language, or anew."""
    del part
    return redirect(context.same_page(f"/admin/users/{user_id}"), 303)


@admin_users.post("/<uuid:user_id>/roles")
def grant(user_id: UUID) -> ResponseReturnValue:
    """Give a role."""
    text = request.form.get("role", "")
    if text not in set(Role):
        return _page(user_id, Fault("role_unknown", "role"), status=422)
    return _act(user_id, "granted", lambda: people.grant_role(_by(), user_id, Role(text), now=context.now()))


@admin_users.post(
    "/<uuid:user_id>/roles/<any(manufacturer,reviewer,approver,administrator,procurement_officer):role>/take"
)
def take(user_id: UUID, role: str) -> ResponseReturnValue:
    """Take a role."""
    return _act(user_id, "taken", lambda: people.take_role(_by(), user_id, Role(role), now=context.now()))


@admin_users.post("/<uuid:user_id>/close")
def close(user_id: UUID) -> ResponseReturnValue:
    """Close a login, once the box is ticked."""
    if request.form.get("sure") != "yes":
        return _page(user_id, Fault("close_unconfirmed", "sure"), status=422)

    def end() -> bool:
        people.close_user(_by(), user_id, now=context.now())
        return True

    return _act(user_id, "closed", end)


@admin_users.post("/<uuid:user_id>/second-factor")
def reset(user_id: UUID) -> ResponseReturnValue:
    """Ask that a second factor be taken away, or do it where another administrator asked."""
    try:
        is_done = reset_second_factor(_by(), user_id, now=context.now())
    except MitError as error:
        return _refused(user_id, error)
    return _back(user_id, "reset_done" if is_done else "reset_asked")


@admin_users.get("/<uuid:user_id>/keeper")
def ask_keeper(user_id: UUID) -> Response:
    """Ask why somebody is to keep an organisation that nobody keeps, and which."""
    return _keeper_page(user_id, KeeperWish(""))


@admin_users.post("/<uuid:user_id>/keeper")
def name_keeper(user_id: UUID) -> ResponseReturnValue:
    """Let somebody keep an organisation that nobody keeps."""
    sent = {name: request.form.get(name, "") for name in ("reason", "tax_number")}
    wish = KeeperWish(**sent)
    try:
        keeping.name_keeper(_by(), user_id, wish, now=context.now())
    except InputError as error:
        return _keeper_page(user_id, wish, *error.faults, status=status_of(error))
    except ConflictError as error:
        return _refused(user_id, error)
    return _back(user_id, "keeper_named")


def _keeper_page(user_id: UUID, wish: KeeperWish, *faults: Fault, status: int = 200) -> Response:
    try:
        candidate = keeping.look_at(_by(), user_id)
    except MitError as error:
        return _refused(user_id, error)
    back = (f"/admin/users/{user_id}", candidate.name)
    words = {"user_id": user_id, "candidate": candidate, "typed": wish, "back": back}
    return admin_page("keeper.html", status=status, faults=faults, **words)


def _by() -> Actor:
    return context.require_actor()


def _act(user_id: UUID, notice: str, act: Callable[[], bool]) -> ResponseReturnValue:
    try:
        is_new = act()
    except MitError as error:
        return _refused(user_id, error)
    return _back(user_id, notice if is_new else "unchanged")


def _refused(user_id: UUID, error: MitError) -> Response:
    if error.code in WAYS_IN or status_of(error) not in {403, 409, 422}:
        raise error
    return _page(user_id, *error.faults, status=status_of(error))


def _back(user_id: UUID, notice: str) -> ResponseReturnValue:
    return redirect(f"/admin/users/{user_id}?notice={notice}", 303)


def _page(user_id: UUID, *faults: Fault, status: int = 200) -> Response:
    shown = directory.read_person(_by(), user_id)
    notice = request.args.get("notice", "")
    return admin_page(
        "user.html",
        status=status,
        faults=faults,
        shown=shown,
        me=_by().user_id,
        roles=[role for role in Role if role not in shown.person.roles],
        typed=request.form.get("role", ""),
        notice=notice if notice in _NOTICES else "",
        back=("/admin/users", ""),
    )
