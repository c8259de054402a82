"""What is wrong with an answer: an error of ours, something that broke out, something that was lost."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any

from mit.lifecycle.mails import Mail
from mit.notify.messages import write_message
from mit.upkeep.send_mail import letterhead
from tests.support.hostile.fields import ELSEWHERE, Field, route_of
from tests.support.hostile.forms import SHOWN, Form, forms_of
from tests.support.hostile.sending import as_text
from tests.support.hostile.values import MARK, RECKONED
from tests.support.hostile.world import NOW, HostileWorld
from tests.web.html import Page, read_page

_ELEMENTS_NEVER = frozenset({MARK, "iframe", "object", "embed", "base", "frame", "applet"})
_ADDRESSES = ("href", "src", "action", "formaction", "data")
_COOKIES = frozenset({"mit", "lang", "session"})
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_HEADERS_OF_LETTERS = {
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type", "MIME-Version",
    "Content-Transfer-Encoding", "Content-Language",
}  # fmt: skip
#: A redirect's own body, which nobody sees.
_LEADS_ON = frozenset({301, 302, 303, 307, 308})
#: Refusals after which the form stands there again.
_REFUSED = frozenset({409, 422})


def judge(world: HostileWorld, field: Field, raw: bytes, answer: Any) -> list[str]:
    """Return what is wrong with the answer to *field* filled with *raw*; nothing where all is well."""
    wrong = list(_in_head(answer))
    if answer.status_code >= 500:
        return [*wrong, f"status {answer.status_code}"]
    if answer.mimetype == "text/csv":
        wrong += _in_cells(answer.text)
    if answer.mimetype != "text/html" or answer.status_code in _LEADS_ON:
        return wrong
    try:
        page = read_page(answer.text, beside=ELSEWHERE)
    except AssertionError as error:
        return [*wrong, f"page: {str(error)[:200]}"]
    wrong += _broken_out(page, answer.text)
    if answer.status_code in _REFUSED and field.form is not None:
        wrong += _lost(world, field, raw, page)
    return wrong


def _in_head(answer: Any) -> Iterator[str]:
    for name, value in answer.headers:
        if MARK in name.casefold() or "\r" in value or "\n" in value:
            yield f"header {name}"
        if name == "Set-Cookie" and value.partition("=")[0] not in _COOKIES:
            yield f"cookie {value[:40]}"
        if name == "Location" and not _is_own(value):
            yield f"leads to {value[:60]}"


def _is_own(address: str) -> bool:
    """Say whether an address is one of this host."""
    path = address.removeprefix("http://localhost")
    return path.startswith("/") and path[1:2] not in {"/", "\\"}


def _in_cells(text: str) -> Iterator[str]:
    for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")):
        for cell in row:
            if cell.startswith(_BEGINS_FORMULA):
                yield f"cell {cell[:40]!r}"


def _broken_out(page: Page, html: str) -> Iterator[str]:
    if RECKONED in html:
        yield "a template was reckoned out"
    for element in page.elements:
        if element.name in _ELEMENTS_NEVER:
            yield f"element <{element.name}>"
        if MARK in element.attributes:
            yield f"attribute of <{element.name}>"
        if element.name == "meta" and "http-equiv" in element.attributes:
            yield "a page leads on by itself"
        for name in _ADDRESSES:
            address = (element.attributes.get(name) or "").casefold()
            if address.startswith(("javascript:", "//", "/\\", "https://evil.example")):
                yield f"<{element.name} {name}={address[:60]}>"


def _lost(world: HostileWorld, field: Field, raw: bytes, page: Page) -> Iterator[str]:
    """Say which fields do not hold what was typed into them; what cannot be shown does not count."""
    assert field.form is not None
    again = _same_form(world, field, page)
    if again is None:
        yield "the form is gone"
        return
    typed = {name: text for name, _, text in field.others} | {field.name: as_text(field, raw)}
    for control in again.controls:
        before = field.form.control(control.name)
        if control.kind not in SHOWN or control.is_secret or control.name not in typed or before is None:
            continue
        if _as_lines(control.value) != _as_lines(typed[control.name]):
            yield f"{control.name} holds {control.value[:40]!r} ({len(control.value)})"


def _same_form(world: HostileWorld, field: Field, page: Page) -> Form | None:
    """Return the form that was sent, as it stands there again; else another that holds the field."""
    forms = forms_of(page, field.address)
    same = [form for form in forms if route_of(world.app, form.method, form.action) == field.route]
    holding = [form for form in [*same, *forms] if form.control(field.name)]
    return next(iter([*holding, *same]), None)


def _as_lines(text: str) -> str:
    """Return a text as a browser reads it in a page: one kind of line end."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def wrong_letters(world: HostileWorld, payloads: list[Any]) -> list[str]:
    """Return what is wrong with the letters that were written: another header or reader; each once."""
    wrong = []
    for payload in payloads:
        if (written := json.dumps(payload, sort_keys=True)) in world.letters_read:
            continue
        world.letters_read.add(written)
        mail = Mail.from_payload(payload)
        message = write_message(mail, head=letterhead(world.desk.authority, NOW), message_id="<a@b>", now=NOW)
        read = message_from_bytes(message.as_bytes(), policy=policy.default)
        if more := set(read.keys()) - _HEADERS_OF_LETTERS:
            wrong.append(f"letter {mail.letter}: headers {more}")
        if len(read["To"].addresses) != 1:
            wrong.append(f"letter {mail.letter}: {len(read['To'].addresses)} readers")
    return wrong
