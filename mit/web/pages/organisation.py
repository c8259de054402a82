"""Pages: one's organisation and its factories: register, look the name up, edit, close.

What is typed comes back whole, however long, so the forms here may be larger than others: eight
texts of 10,000 letters, which a browser writes with nine signs each in Thai.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from mit.accounts import factories, invitations
from mit.accounts import organisations as work
from mit.accounts.factories import FactoryDetails, FactoryView
from mit.accounts.membership import line_of
from mit.accounts.organisation_details import FORMS, OrganisationDetails, field_names
from mit.accounts.organisations import OrganisationView
from mit.errors import MitError, NotFoundError, StaleVersionError
from mit.web import admission, context
from mit.web.pages.entering import form_page, refused
from mit.web.pages.writing import version_sent

organisation = Blueprint("organisation", __name__, url_prefix="/organisation")

#: Where people go who act for nobody yet.
NEW = "/organisation/new"
HOME = "/organisation"
LARGEST_FORM_BYTES = 1024 * 1024
_NOTICES = frozenset(
    {"registered", "saved", "joined", "name_found", "name_unknown", "name_away", "name_person"}
    | {"factory_added", "factory_saved", "factory_closed"}
)
_FACTORY_FIELDS = tuple(field.name for field in fields(FactoryDetails))


@organisation.url_value_preprocessor
def take_long_texts(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the forms of a blueprint be as large as what people type into them; set before they are read."""
    request.max_form_memory_size = request.max_content_length = LARGEST_FORM_BYTES


@organisation.get("")
def show() -> ResponseReturnValue:
    """Show one's organisation with its factories."""
    actor = context.require_actor()
    try:
        shown = work.read_own(actor)
    except NotFoundError:
        return redirect(NEW, 303)
    return form_page(
        "organisation/organisation.html",
        shown=shown,
        factories=factories.list_own(actor, with_closed=True),
        register_is_on=_register().is_on,
        notice=notice(_NOTICES),
    )


@organisation.get("/new")
def ask_new() -> ResponseReturnValue:
    """Ask what is registered, or lead whoever has an organisation to it."""
    actor = context.require_actor()
    if actor.organisation_id is not None:
        return redirect(HOME, 303)
    work.require_newcomer(actor)
    return form_page("organisation/new.html", **_new_words(OrganisationDetails()))


@organisation.post("/new")
def register() -> ResponseReturnValue:
    """Register an organisation, or only look its name up and show the form again."""
    actor = context.require_actor()
    typed = OrganisationDetails(**typed_whole(*field_names()))
    try:
        if request.form.get("act") == "look_up":
            work.require_newcomer(actor)
            _count_look_up()
            filled, outcome = work.look_up(typed, register=_register(), now=context.now())
            return form_page("organisation/new.html", **_new_words(filled, outcome))
        if typed.form == "juristic_person":
            _count_look_up()
        work.register_organisation(actor, typed, register=_register(), now=context.now())
    except MitError as error:
        return refused("organisation/new.html", error, **_new_words(typed))
    return redirect(f"{HOME}?notice=registered", 303)


@organisation.get("/edit")
def ask_edit() -> Response:
    """Show what may be changed."""
    shown = work.read_own(context.require_actor())
    kept = {name: getattr(shown, name) for name in _editable()} | {"registration_number": ""}
    return form_page(
        "organisation/edit.html", shown=shown, typed=OrganisationDetails(**kept), version=shown.version
    )


@organisation.post("/edit")
def edit() -> ResponseReturnValue:
    """Save what was changed; what a colleague saved meanwhile is shown beside it."""
    actor = context.require_actor()
    shown = work.read_own(actor)
    typed = OrganisationDetails(**typed_whole(*_editable()))
    try:
        work.edit_own(actor, typed, version=version_sent(), now=context.now())
    except MitError as error:
        words = _beside(error, _editable(), shown, typed)
        return refused("organisation/edit.html", error, shown=shown, typed=_with_fixed(typed, shown), **words)
    return redirect(f"{HOME}?notice=saved", 303)


@organisation.post("/check-name")
def check_name() -> ResponseReturnValue:
    """Ask the register of companies for the present name."""
    _count_look_up()
    outcome = work.check_name(context.require_actor(), register=_register(), now=context.now())
    return redirect(f"{HOME}?notice=name_{outcome}", 303)


@organisation.get("/factories/new")
def ask_factory() -> Response:
    """Ask about a factory; the organisation's address stands there already."""
    shown = work.read_own(context.require_actor())
    typed = FactoryDetails(address_th=shown.address_th, address_en=shown.address_en)
    return form_page("organisation/factory.html", typed=typed, factory=None)


@organisation.post("/factories/new")
def add_factory() -> ResponseReturnValue:
    """Add a factory."""
    typed = FactoryDetails(**typed_whole(*_FACTORY_FIELDS))
    try:
        factories.add(context.require_actor(), typed, now=context.now())
    except MitError as error:
        return refused("organisation/factory.html", error, typed=typed, factory=None)
    return redirect(f"{HOME}?notice=factory_added", 303)


@organisation.get("/factories/<uuid:factory_id>")
def show_factory(factory_id: UUID) -> Response:
    """Show a factory; an open one can be changed."""
    factory = factories.read_own(context.require_actor(), factory_id)
    return form_page("organisation/factory.html", typed=factory, factory=factory, version=factory.version)


@organisation.post("/factories/<uuid:factory_id>")
def save_factory(factory_id: UUID) -> ResponseReturnValue:
    """Save what was changed of a factory; what a colleague saved meanwhile is shown beside it."""
    actor = context.require_actor()
    factory = factories.read_own(actor, factory_id)
    typed = FactoryDetails(**typed_whole(*_FACTORY_FIELDS))
    try:
        factories.edit(actor, factory_id, typed, version=version_sent(), now=context.now())
    except MitError as error:
        words = _beside(error, _FACTORY_FIELDS, factory, typed)
        return refused("organisation/factory.html", error, typed=typed, factory=factory, **words)
    return redirect(f"{HOME}?notice=factory_saved", 303)


@organisation.post("/factories/<uuid:factory_id>/close")
def close_factory(factory_id: UUID) -> ResponseReturnValue:
    """Close a factory."""
    factories.close(context.require_actor(), factory_id, now=context.now())
    return redirect(f"{HOME}?notice=factory_closed", 303)


def typed_whole(*names: str) -> dict[str, str]:
    """Return the fields of the form that was sent, by name, nothing cut off; empty where one is missing."""
    return {name: request.form.get(name, "") for name in names}


def notice(known: Sequence[str] | frozenset[str]) -> str:
    """Return what just happened, as the address says it; empty where it says nothing known."""
    named = request.args.get("notice", "")
    return named if named in known else ""


def _register() -> Any:
    return context.extension("mit.company_register")


def _count_look_up() -> None:
    """Count a question to the register of companies, where there is one to ask."""
    if _register().is_on:
        admission.count_look_up()


def _beside(
    error: MitError,
    names: Sequence[str],
    shown: OrganisationView | FactoryView,
    typed: OrganisationDetails | FactoryDetails,
) -> dict[str, Any]:
    """Return the version that the form goes on from, and what differs where a colleague saved meanwhile.

    The version moves on only once what the colleague saved was shown.
    """
    if not isinstance(error, StaleVersionError):
        return {"version": version_sent()}
    differing = [
        (name, getattr(shown, name))
        for name in names
        if _signs(getattr(shown, name)) != _signs(getattr(typed, name)) and not _is_kept(name, shown, typed)
    ]
    return {"version": shown.version, "differing": differing}


def _signs(text: str) -> str:
    """Return what counts of a text for people who compare: not its line ends, nor how a number is grouped."""
    return line_of(text).replace("-", "")


def _is_kept(
    name: str, shown: OrganisationView | FactoryView, typed: OrganisationDetails | FactoryDetails
) -> bool:
    """Say whether a field was not asked for: a name from the register, a number that is not shown."""
    if not isinstance(shown, OrganisationView):
        return False
    is_number = name == "registration_number" and not typed.registration_number.strip()
    return is_number or (name == "name_th" and shown.name_source == "dbd")


def _editable() -> tuple[str, ...]:
    return tuple(name for name in field_names() if name not in {"form", "tax_number"})


def _with_fixed(typed: OrganisationDetails, shown: OrganisationView) -> dict[str, str]:
    return {name: getattr(typed, name) for name in _editable()} | {"form": shown.form}


def _new_words(typed: OrganisationDetails, outcome: str = "") -> dict[str, Any]:
    actor = context.require_actor()
    return {
        "typed": typed,
        "forms": FORMS,
        "outcome": outcome,
        "register_is_on": _register().is_on,
        "waiting": invitations.waiting(actor, now=context.now()) if actor.organisation_id is None else (),
    }
