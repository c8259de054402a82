"""Administrators' pages for reading: how the service stands, rules, settings, keys, letters, permissions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, current_app, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.routing import Rule

from mit.criteria.overrides import by_target
from mit.errors import Fault, InputError
from mit.issuance.renewal_window import window_of
from mit.lifecycle.dealer_letter_terms import DEALER_LETTER_TERMS
from mit.lifecycle.retention_rules import RETENTION_RULES
from mit.lifecycle.service_target import SERVICE_TARGETS
from mit.roles.access import Access, Audience, row_of
from mit.upkeep.overview import MAIL_STATES, PAGE_SIZE, ask_self_check, list_letters, read_overview
from mit.upkeep.preview_rules import RulesPreview, preview_for
from mit.values.in_force import pick
from mit.web import context, guards
from mit.web.pages.admin_frame import admin_page, one_of, pages_of

admin = Blueprint("admin", __name__, url_prefix="/admin")

#: Most faults of a file that are listed.
_MOST_FAULTS = 50
_UNASKED = frozenset({"HEAD", "OPTIONS"})


@admin.get("")
def overview() -> Response:
    """Show how the service stands."""
    shown = read_overview(context.require_actor(), now=context.now())
    is_asked = request.args.get("notice") == "asked"
    return admin_page("overview.html", shown=shown, is_asked=is_asked)


@admin.post("/self-check")
def check() -> ResponseReturnValue:
    """Ask the worker for a look at everything."""
    ask_self_check(context.require_actor(), now=context.now())
    return redirect("/admin?notice=asked", 303)


@admin.get("/rule-sets")
def rule_sets() -> Response:
    """Show every rule set with its days."""
    known = context.authority().rulebook.rule_sets
    return admin_page("rule_sets.html", rule_sets=known, present=pick(known, context.today()))


@admin.get("/rule-sets/<rule_set_id>")
def rule_set(rule_set_id: str) -> Response:
    """Show every figure of one rule set with its sources and its mark."""
    shown = context.authority().rulebook.by_id(rule_set_id)
    overrides = by_target(shown.overrides)
    return admin_page("rule_set.html", shown=shown, overrides=overrides, back=("/admin/rule-sets", ""))


@admin.get("/rule-sets/preview")
def ask_preview() -> Response:
    """Ask for the file of a rule set that is not in force yet."""
    return _preview_page()


@admin.post("/rule-sets/preview")
def preview_rules() -> Response:
    """Show what the rule set in the file would change; nothing is written."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise InputError("file_missing", where="file")
        with guards.reading_a_file():
            found = preview_for(context.require_actor(), file.read(), today=context.today())
    except InputError as error:
        return _preview_page(status=422, faults=error.faults)
    return _preview_page(found=found)


@admin.get("/settings")
def settings() -> Response:
    """Show the dated settings: in whose name certificates are issued, and FTI's own target."""
    profiles = context.authority().issuer_profiles
    return admin_page(
        "settings.html",
        profiles=profiles,
        present=pick(profiles, context.today()),
        targets=SERVICE_TARGETS,
        dealer_terms=DEALER_LETTER_TERMS,
        windows=[window_of(rule_set) for rule_set in context.authority().rulebook.rule_sets],
        retention=RETENTION_RULES,
        is_own_file=context.settings().issuer_file is not None,
    )


@admin.get("/keys")
def keys() -> Response:
    """Show the keys' states and days; nothing else of them."""
    return admin_page("keys.html", keys=read_overview(context.require_actor(), now=context.now()).keys)


@admin.get("/mails")
def mails() -> Response:
    """Show the letters: to whom, which, when, and what became of them."""
    state = one_of("state", MAIL_STATES)
    actor = context.require_actor()
    _, total = list_letters(actor, state=state)
    pages = pages_of(total, PAGE_SIZE)
    shown, _ = list_letters(actor, state=state, page=pages.number)
    return admin_page("mails.html", mails=shown, total=total, pages=pages, state=state, states=MAIL_STATES)


@admin.get("/permissions")
def permissions() -> Response:
    """Show THE table: who may open what."""
    lines = [_line(rule) for rule in current_app.url_map.iter_rules()]
    lines.sort(key=lambda line: (str(line["address"]), str(line["methods"])))
    return admin_page("permissions.html", lines=lines, audiences=list(Audience))


def _preview_page(
    *, status: int = 200, faults: Sequence[Fault] = (), found: RulesPreview | None = None
) -> Response:
    """Return the page; what is wrong inside the file is listed below, where the summary cannot lead."""
    shown = [Fault(one.code, "file", one.params) for one in faults[:1]]
    return admin_page(
        "rules_preview.html",
        status=status,
        faults=shown,
        inside=faults[1 : 1 + _MOST_FAULTS],
        found=found,
        back=("/admin/rule-sets", ""),
    )


def _line(rule: Rule) -> dict[str, Any]:
    row = row_of(rule.endpoint)
    return {
        "address": rule.rule,
        "methods": ", ".join(sorted((rule.methods or set()) - _UNASKED)),
        "who": _who(row),
        "about": row.about if row else "",
        "is_fresh": bool(row and row.fresh),
    }


def _who(row: Access | None) -> list[str]:
    return [str(one) for one in Audience if row and one in row.who]
