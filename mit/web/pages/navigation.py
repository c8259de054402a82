"""Where a person's roles lead: the main menu of the signed-in pages, and where one lands after signing in."""

from __future__ import annotations

from flask import request

from mit.i18n import say
from mit.roles.access import may_enter, row_of
from mit.roles.actor import Actor
from mit.web import context
from mit.web.pages.visit import NavigationItem

#: Endpoint, address and label of each room, in the order of the menu; who sees it, says the permission table.
_ROOMS = (
    ("staff.queue", "/staff", "office.nav_queue"),
    ("staff_certificates.find", "/staff/certificates", "office.nav_certificates"),
    ("staff_requests.index", "/staff/requests", "office.nav_requests"),
    ("staff_reports.index", "/staff/reports", "office.nav_reports"),
    ("applications.show_all", "/applications", "office.nav_applications"),
    ("organisation.show", "/organisation", "office.nav_organisation"),
    ("admin.overview", "/admin", "office.nav_administration"),
)
#: Where a person goes who acts for nobody yet.
_NO_ROOM = "/organisation/new"


def main_menu(actor: Actor) -> tuple[NavigationItem, ...]:
    """Return the rooms that *actor* may enter, in the reader's language, the present one marked."""
    language = context.language()
    here = max((address for _, address, _ in _ROOMS if _is_in(address)), key=len, default="")
    return tuple(
        (address, say(label, language), address == here)
        for endpoint, address, label in _ROOMS
        if (row := row_of(endpoint)) and may_enter(row, actor)
    )


def home_of(actor: Actor) -> str:
    """Return the first room that *actor* may enter; who acts for nobody yet registers an organisation."""
    return next((address for address, _, _ in main_menu(actor)), _NO_ROOM)


def _is_in(room: str) -> bool:
    return request.path == room or request.path.startswith(f"{room}/")
