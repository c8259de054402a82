"""The forms of a page, as a browser would send them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from tests.web.html import Element, Page

#: Fields in which what was typed can be seen again.
SHOWN = frozenset({"text", "email", "tel", "search", "textarea", "number", "url"})
_TOKEN = "csrf_token"


@dataclass(frozen=True, slots=True)
class Control:
    """One field: its name, its kind, and what it would send if nobody touched it.

    ``is_secret`` is said of one-time codes; passwords are a kind of their own.
    """

    name: str
    kind: str
    value: str
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """One form: where it goes, how, and what is in it; the token of our forms left out.

    ``pressed`` is the name of its first button: what Enter in a field presses.
    """

    action: str
    method: str
    has_files: bool
    pressed: str
    controls: tuple[Control, ...]

    def control(self, name: str) -> Control | None:
        """Return the field called *name*."""
        return next((one for one in self.controls if one.name == name), None)


def forms_of(page: Page, address: str) -> list[Form]:
    """Return the forms of the page at *address*."""
    return [_form(element, address) for element in page.all("form")]


def _form(element: Element, address: str) -> Form:
    found: dict[str, Control] = {}
    buttons = [below for below in _all_below(element) if _is_submit(below)]
    for below in _all_below(element):
        control = _control(below)
        if control is None or control.name == _TOKEN:
            continue
        is_chosen = "checked" in below.attributes
        if control.name not in found or is_chosen:
            found[control.name] = control
    action = urljoin(address, element.attributes.get("action") or address)
    return Form(
        action,
        (element.attributes.get("method") or "get").upper(),
        element.attributes.get("enctype") == "multipart/form-data",
        (buttons[0].attributes.get("name") or "") if buttons else "",
        tuple(found.values()),
    )


def _is_submit(element: Element) -> bool:
    return element.name == "button" and (element.attributes.get("type") or "submit") == "submit"


def _all_below(element: Element) -> Iterator[Element]:
    for child in element.children:
        yield child
        yield from _all_below(child)


def _control(element: Element) -> Control | None:
    name = element.attributes.get("name")
    if not name:
        return None
    if element.name == "textarea":
        return Control(name, "textarea", "".join(element.texts).removeprefix("\n"))
    if element.name == "select":
        return Control(name, "select", _chosen(element))
    if element.name == "button":
        return Control(name, "button", element.attributes.get("value") or "")
    if element.name == "input":
        kind = element.attributes.get("type") or "text"
        is_secret = element.attributes.get("autocomplete") == "one-time-code"
        return Control(name, kind, element.attributes.get("value") or "", is_secret)
    return None


def _chosen(element: Element) -> str:
    options = [one for one in _all_below(element) if one.name == "option"]
    chosen = [one for one in options if "selected" in one.attributes] or [
        one for one in options if one.attributes.get("value")
    ]
    return (chosen[0].attributes.get("value") or "") if chosen else ""
