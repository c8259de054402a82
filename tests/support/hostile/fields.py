"""Every field there is, found by walking the pages: forms, parameters, members, parts of addresses."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import AnyConverter, IntegerConverter, Rule, UUIDConverter

from mit.roles.access import Audience, row_of
from mit.roles.actor import Role
from tests.support.hostile.forms import Form, forms_of
from tests.support.hostile.world import HostileWorld, Visitor, asked_for
from tests.support.people import PASSWORD
from tests.web.html import Page, read_page

#: Views whose answers are no pages; what they ask is found in the links to them.
_NO_PAGES = re.compile(r"\.(pdf|png|svg|jwt|xlsx|css|js|ico|txt|json)$|/preview$|^/(status|static|metrics)")
#: Where pages of ours lead to: the sources of the rule sets.
ELSEWHERE = ("https://", "http://")
#: What a field that is empty on its page holds while another one is tried.
GOOD = {
    "email": "somebody@example.com",
    "name": "Ploy Jaidee",
    "password": PASSWORD,
    "old": PASSWORD,
    "new": "another long and good password",
    "proof": PASSWORD,
    "code": "123456",
    "tax_number": "0105562000015",
    "registration_number": "10110012325599",
    "name_th": "บริษัท บางนา จำกัด",
    "address_th": "1 ถนนบางนา กรุงเทพมหานคร 10260",
    "question": "ฉนวนมาจากที่ใด",
    "note": "ดูราคาอีกครั้ง",
    "reasons": "แก้ราคา",
    "answer": "ญี่ปุ่น",
    "suspicion": "other",
    "words": "พบที่ตลาด",
    "contact": "napha@example.com",
    "consents": "yes",
    "number": "MIT-2569-0000001-G",
}
#: What stands in the addresses beside the things of the world.
_PARTS: dict[str, list[str]] = {
    "digits": ["1"],
    "token": ["x"],
    "rule_set_id": ["mit-2563-1"],
    "name": ["letter"],
    "filename": ["css/mit.css"],
    "address": ["x" * 32],
    "batch_id": ["x" * 32],
}
_HEADERS = ("User-Agent", "Accept-Language", "Accept", "Referer", "If-None-Match", "Range", "Origin")
#: Pages that are alike for everybody are read once without and once with a session.
_READ_WHAT_IS_PUBLIC = frozenset({"nobody", "manufacturer"})
_COOKIES = ("lang", "mit", "session")
_ANY_NUMBER = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Field:
    """One place where something can be typed.

    Attributes:
        visitor: who types there.
        way: how it is sent: ``query``, ``form``, ``files``, ``json``, ``path``, ``header``, ``cookie``.
        route: method and rule of the view that takes it.
        name: of the field; ``kind`` is that of its control, or the way again.
        address: the path, with everything in its query that stays as it is.
        others: what is sent beside it.
        form: the form that it stands in.
    """

    visitor: str
    way: str
    route: str
    name: str
    kind: str
    address: str
    others: tuple[tuple[str, str, str], ...] = ()
    form: Form | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Return what makes it a field of its own: its view, and its name without running numbers."""
        return self.route, _ANY_NUMBER.sub("#", self.name)

    @property
    def is_typed(self) -> bool:
        """Say whether it is a field of a form, a parameter or a member."""
        return self.way not in {"path", "header", "cookie"}


Found = dict[tuple[str, str], list[Field]]


def find_fields(world: HostileWorld) -> Found:
    """Walk every page that each visitor may enter and return every field, with every place it stands in."""
    found: Found = defaultdict(list)
    for visitor in world.visitors.values():
        _Walk(world, visitor, found).go()
    for field in [*_members(world), *_parts(world), *_headers()]:
        found[field.key].append(field)
    return dict(found)


def pages_of(world: HostileWorld, visitor: Visitor) -> list[str]:
    """Return the address of every page that a visitor can come to; of a list's pages the first is enough."""
    walk = _Walk(world, visitor, defaultdict(list))
    walk.go()
    return walk.pages


class _Walk:
    """One visitor's way through everything that is linked."""

    def __init__(self, world: HostileWorld, visitor: Visitor, found: Found) -> None:
        self._world, self._visitor, self._found = world, visitor, found
        self._waiting: deque[str] = deque([*_seeds(world, visitor), *world.paths])
        self._seen: set[tuple[str, tuple[str, ...]]] = set()
        self.pages: list[str] = []

    def go(self) -> None:
        """Ask for every address once with every set of parameters."""
        self._world.restore(self._visitor)
        while self._waiting:
            self._look(self._waiting.popleft())

    def _look(self, address: str) -> None:
        parts = urlsplit(address)
        names = tuple(sorted(name for name, _ in parse_qsl(parts.query)))
        if (parts.path, names) in self._seen or _NO_PAGES.search(parts.path):
            return
        if _is_for_anyone(self._world.app, address) and self._visitor.name not in _READ_WHAT_IS_PUBLIC:
            return
        self._seen.add((parts.path, names))
        asked_for()
        answer = self._visitor.client.get(address)
        for field in _asked(self._world.app, self._visitor, address):
            self._found[field.key].append(field)
        if answer.status_code in {301, 302, 303, 307, 308}:
            self._waiting.append(str(answer.headers["Location"]))
        elif answer.mimetype == "text/html":
            self.pages.append(address)
            self._read(read_page(answer.text, beside=ELSEWHERE), address)

    def _read(self, page: Page, address: str) -> None:
        for form in forms_of(page, address):
            for field in _of_form(self._world.app, self._visitor, form):
                self._found[field.key].append(field)
        for link in page.all("a"):
            target = urldefrag(urljoin(address, link.attributes.get("href") or ""))[0]
            if target.startswith("/"):
                if "lang=" not in target:  # every page once; its other language has the same fields
                    self._waiting.append(target)
                for field in _of_link(self._world.app, self._visitor, target):
                    self._found[field.key].append(field)


def route_of(app: Flask, method: str, address: str) -> str | None:
    """Return method and rule of the view at *address*; None where there is none."""
    try:
        rule, _ = app.url_map.bind("localhost").match(urlsplit(address).path, method=method, return_rule=True)
    except HTTPException:
        return None
    return f"{method} {rule.rule}"


def _is_for_anyone(app: Flask, address: str) -> bool:
    try:
        endpoint, _ = app.url_map.bind("localhost").match(urlsplit(address).path)
    except HTTPException:
        return False
    row = row_of(endpoint)
    return row is not None and row.is_public


def _of_form(app: Flask, visitor: Visitor, form: Form) -> Iterator[Field]:
    route = route_of(app, form.method, form.action)
    assert route, f"a form goes nowhere: {form.method} {form.action}"
    way = "query" if form.method == "GET" else "files" if form.has_files else "form"
    sent = [
        (control.name, control.kind, control.value or GOOD.get(control.name, ""))
        for control in form.controls
        if control.kind != "button" or control.name == form.pressed
    ]
    for control in form.controls:
        others = tuple(one for one in sent if one[0] != control.name)
        yield Field(visitor.name, way, route, control.name, control.kind, form.action, others, form)


def _of_link(app: Flask, visitor: Visitor, target: str) -> Iterator[Field]:
    parts = urlsplit(target)
    route = route_of(app, "GET", target)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    for name, _ in pairs if route else []:
        others = tuple((other, "link", text) for other, text in pairs if other != name)
        yield Field(visitor.name, "query", str(route), name, "link", parts.path, others)


def _asked(app: Flask, visitor: Visitor, address: str) -> Iterator[Field]:
    """Return the parameters that the view at *address* has just asked for."""
    parts, route = urlsplit(address), route_of(app, "GET", address)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    for name in sorted(asked_for() if route else ()):
        others = tuple((other, "asked", text) for other, text in pairs if other != name)
        yield Field(visitor.name, "query", str(route), name, "asked", parts.path, others)


def _members(world: HostileWorld) -> Iterator[Field]:
    """Return the parameters and members that the description of the API names."""
    nobody = world.visitors["nobody"]
    document: dict[str, Any] = nobody.client.get("/api/v1/openapi.json").get_json()
    for path, methods in document["paths"].items():
        address = path.replace("{number}", world.certificate)
        for method in methods.keys() & {"get", "post"}:
            about, route = methods[method], f"{method.upper()} {path}"
            for parameter in about.get("parameters", []):
                yield Field("nobody", "query", route, parameter["name"], "query", address)
            for kind, body in about.get("requestBody", {}).get("content", {}).items():
                yield from _of_body(document, body["schema"], kind, route, address)


def _of_body(
    document: dict[str, Any], schema: dict[str, Any], kind: str, route: str, address: str
) -> Iterator[Field]:
    way = "json" if kind == "application/json" else "files"
    name_of_schema = schema["$ref"].rpartition("/")[2]
    names = list(document["components"]["schemas"][name_of_schema]["properties"])
    good = {
        "presentation": "MIT-2569-0000001-G",
        "presentations": "MIT-2569-0000001-G",
        "file": "file",
        "on": "2026-11-25",
        "model": "SC-131",
    }
    for name in names:
        others = tuple(
            (other, "file" if other == "file" else "member", good[other]) for other in names if other != name
        )
        yield Field("nobody", way, route, name, "file" if name == "file" else "member", address, others)


def _parts(world: HostileWorld) -> Iterator[Field]:
    """Return each part of an address that takes words, for whoever may go there."""
    for rule in world.app.url_map.iter_rules():
        for visitor in world.visitors.values():
            if not _may_enter(rule, visitor.name) or not _words_in(rule):
                continue
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                for name in _words_in(rule):
                    address = next(_addresses(world, rule, {name: ["PART"]}))
                    yield Field(visitor.name, "path", f"{method} {rule.rule}", name, "path", address)
            break


def _headers() -> Iterator[Field]:
    places = (("nobody", "GET", "/"), ("manufacturer", "GET", "/account"), ("nobody", "POST", "/sign-in"))
    for visitor, method, path in places:
        for name in _HEADERS:
            yield Field(visitor, "header", f"{method} {path}", name, "header", path)
        for name in _COOKIES:
            yield Field(visitor, "cookie", f"{method} {path}", name, "cookie", path)


def _words_in(rule: Rule) -> list[str]:
    """Return the parts of an address that take any words."""
    fixed = (AnyConverter, IntegerConverter, UUIDConverter)
    return [name for name, converter in rule._converters.items() if not isinstance(converter, fixed)]


def _seeds(world: HostileWorld, visitor: Visitor) -> Iterator[str]:
    for rule in world.app.url_map.iter_rules():
        if "GET" in (rule.methods or set()) and _may_enter(rule, visitor.name):
            yield from _addresses(world, rule, {})


def _addresses(world: HostileWorld, rule: Rule, given: dict[str, list[str]]) -> Iterator[str]:
    """Return the addresses of a rule, one for each thing of the world that it may name."""
    is_of_application = rule.rule.startswith(("/applications/<number>", "/staff/"))
    values = _PARTS | {name: [value] for name, value in world.things.items()}
    values |= {"number": world.numbers if is_of_application else [world.certificate]} | given
    names = sorted(rule.arguments - set(rule.defaults or {}))
    for chosen in product(*(values.get(name) or [_any_of(rule, name)] for name in names)):
        built = rule.build(dict(zip(names, chosen, strict=True)), append_unknown=False)
        if built is not None:
            yield built[1]


def _any_of(rule: Rule, name: str) -> Any:
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return 1


def _may_enter(rule: Rule, visitor: str) -> bool:
    row = row_of(rule.endpoint)
    if row is None:
        return False
    role = visitor.partition(",")[0]
    if Audience.ANYONE in row.who:
        return True
    if visitor.startswith("owes"):
        return Audience.HALF_SIGNED_IN in row.who
    if role in set(Role):
        return Audience.SIGNED_IN in row.who or Audience(role) in row.who
    also = {"newcomer": {Audience.SIGNED_IN, Audience.MANUFACTURER}, "no role": {Audience.SIGNED_IN}}
    return bool(also.get(visitor, set()) & row.who)
