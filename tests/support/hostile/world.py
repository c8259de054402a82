"""One thing of each kind, and a visitor of each kind, in one application that can be put back as it was."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, Request
from PIL import Image
from sqlalchemy.engine import make_url
from werkzeug.datastructures import ImmutableMultiDict

from mit import worker
from mit.accounts import change_password, factories, invitations, registration
from mit.accounts.factories import FactoryDetails
from mit.accounts.people import take_role
from mit.accounts.registration import Registration
from mit.app import create_app
from mit.config import Settings
from mit.issuance import column_choices, draft_sections, evidence, sheet_upload, submission
from mit.issuance.ask import Question, ask
from mit.issuance.column_choices import Answer
from mit.issuance.evidence import Upload
from mit.issuance.look import look_at
from mit.issuance.note import write_note
from mit.issuance.review import return_with_reasons
from mit.issuance.sheet_upload import Onward
from mit.issuance.submission import Signature
from mit.roles.actor import Actor, Role
from mit.store import schema
from mit.store.db import dispose_engines
from mit.values.clock import FrozenClock
from tests.support.dealers import letter_of
from tests.support.desk import Desk, open_desk
from tests.support.own_books import own_book
from tests.support.people import CHEAP, PASSWORD, email_of, invite
from tests.support.signed_in import CALLER, Browser, browser, open_door, signed_in
from tests.support.world import rows
from tests.support.written import write_good

NOW = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)
#: Long enough ago that a decision asks for a fresh proof.
LONG_AGO = NOW - timedelta(minutes=12)


class _Noting(ImmutableMultiDict[str, str]):
    """Parameters that note the names that a view asks for."""

    asked: set[str] = set()  # noqa: RUF012 - one for all on purpose: a walk asks one thing at a time

    def get(self, key: str, *rest: Any, **more: Any) -> Any:  # type: ignore[override]
        self.asked.add(key)
        return super().get(key, *rest, **more)

    def getlist(self, key: str, *rest: Any, **more: Any) -> Any:
        self.asked.add(key)
        return super().getlist(key, *rest, **more)

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)


class _NotingRequest(Request):
    parameter_storage_class = _Noting


def asked_for() -> frozenset[str]:
    """Return the names that were asked for since the last time."""
    names = frozenset(_Noting.asked)
    _Noting.asked.clear()
    return names


@dataclass(slots=True, repr=False)
class Visitor:
    """Somebody with a browser: nobody, half signed in, or a role of the cast."""

    name: str
    client: Browser
    token: str

    def __repr__(self) -> str:
        """Return the name; there is nothing else to tell."""
        return self.name


@dataclass(slots=True, repr=False)
class HostileWorld:
    """The application with everything in it."""

    app: Flask
    desk: Desk
    visitors: dict[str, Visitor]
    numbers: list[str]
    certificate: str
    things: dict[str, str]
    paths: list[str]
    _kept: Path | None
    letters_read: set[str] = field(default_factory=set)

    def restore(self, visitor: Visitor) -> None:
        """Put the database back as it was at the start, and the visitor's cookies."""
        if self._kept is not None:
            with (
                closing(sqlite3.connect(self._kept)) as kept,
                closing(sqlite3.connect(_path_of(self.app))) as live,
            ):
                live.execute("PRAGMA synchronous = OFF")
                kept.backup(live)
        client = visitor.client
        for cookie in list(client._cookies or {}):
            del client._cookies[cookie]  # type: ignore[index]
        client.hold(visitor.token)

    def keep(self) -> None:
        """Let the database as it is now be what is put back."""
        if self._kept is not None:
            shutil.copyfile(_path_of(self.app), self._kept)

    def close(self) -> None:
        """Let go of the database."""
        with self.app.app_context():
            dispose_engines()


def open_world(url: str, folder: Path) -> HostileWorld:
    """Migrate the empty database at *url* and fill it through the work functions."""
    settings = Settings(
        env="test",
        database_url=url,
        var_dir=folder / "var",
        keys_dir=folder / "keys",
        secret_key="a secret that only the tests know, long enough",
        key_passphrase="a passphrase that only the tests know",
        upload_limit_bytes=2 * 1024 * 1024,
        verdicts_per_minute=9_999_999,  # its clock stands still, and all of it comes from one address
        checks_per_hour=9_999_999,
        batches_per_hour=9_999_999,
        reports_per_hour=9_999_999,
    )
    app = open_door(create_app(settings), FrozenClock(NOW))
    app.request_class = _NotingRequest
    with app.app_context():
        schema.upgrade()
        desk = open_desk(app, NOW)
        numbers, certificate = _applications(desk)
        things = _organisation(desk) | {"letter": letter_of(desk, certificate)}
        newcomer = _mailed(desk)
        paths = sorted(
            {path for row in rows("SELECT payload FROM jobs WHERE kind = 'mail'") if (path := _path(row))}
        )
        worker.run_once(app, now=desk.tick())
        app.extensions["mit.clock"].set(desk.tick())
        visitors = _visitors(desk, newcomer)
        kept = _keep(app, folder)
        return HostileWorld(app, desk, visitors, numbers, certificate, things, paths, kept)


def _applications(desk: Desk) -> tuple[list[str], str]:
    """Make an application in each state; return their numbers and a certificate's."""
    somchai, malee = desk.cast.somchai, desk.cast.malee
    blank = draft_sections.start(somchai, now=desk.tick()).number
    draft_sections.add_product(somchai, blank, now=desk.tick())
    _ask_about_columns(desk, blank)
    ready = _written(desk)
    waiting = desk.submitted(True, False, at=11).number
    question = Question(1, "lines[2].amount", "ราคาฉนวนสูงกว่าปกติ โปรดอธิบาย")
    ask(malee, waiting, question, now=desk.tick())
    write_note(malee, waiting, "ดูราคาอีกครั้ง", now=desk.tick(), product_position=1)
    returned = _written(desk)
    opened = draft_sections.read(somchai, returned)
    signature = Signature(opened.seen(), accepted=True)
    submission.submit(somchai, returned, signature, authority=desk.authority, now=desk.tick())
    ask(malee, returned, question, now=desk.tick())
    seen = look_at(malee, opened.application_id).seen
    return_with_reasons(malee, opened.application_id, seen=seen, reasons="โปรดตอบ", now=desk.tick())
    recommended = desk.recommended(True, False, at=21).number
    issued = desk.issued(at=31)
    return [blank, ready, waiting, returned, recommended, issued.number], issued.certificate_number


def _ask_about_columns(desk: Desk, number: str) -> None:
    """Send a workbook whose headings nobody knows, so that the page that asks about them has its form."""
    somchai, now = desk.cast.somchai, desk.tick()
    seen = draft_sections.read(somchai, number).product(1).sheet
    rules = desk.authority.rulebook.in_force(now.date())
    asked = sheet_upload.upload_sheet(
        somchai, number, seen, data=own_book().to_bytes(), rule_set=rules, now=now
    )
    assert asked is Onward.COLUMNS


def _written(desk: Desk) -> str:
    somchai, now = desk.cast.somchai, desk.tick()
    number = draft_sections.start(somchai, now=now).number
    write_good(somchai, number, rules=desk.authority.rulebook.in_force(now.date()), now=desk.tick())
    file = Upload("other", 0, "ใบกำกับภาษี.png", picture())
    var_dir = desk.app.extensions["mit.settings"].var_dir
    evidence.upload(somchai, number, file, var_dir=var_dir, now=desk.tick())
    return number


def picture() -> bytes:
    """Return a small picture."""
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(stream, format="PNG")
    return stream.getvalue()


def _organisation(desk: Desk) -> dict[str, str]:
    """Give Siam Cable a factory, a colleague and an open invitation; return the parts of their addresses."""
    somchai = desk.cast.somchai
    details = FactoryDetails("10110012325504", name_th="โรงงาน 1", address_th="สมุทรปราการ")
    factory_id = factories.add(somchai, details, now=desk.tick())
    colleague = invite("Dao", Role.MANUFACTURER, desk.cast.siam_cable_id, now=desk.tick())
    invitations.invite(somchai, "new@example.com", language="th", now=desk.tick())
    known = (("H1", "kind"), ("H2", "name"), ("H3", "amount"))
    column_choices.remember(somchai, [Answer("column", *one, "") for one in known], now=desk.tick())
    heading = column_choices.list_choices(somchai)[0].choice_id
    return {"factory_id": str(factory_id), "user_id": str(colleague.user_id), "heading": str(heading)}


def _mailed(desk: Desk) -> Actor:
    """Have the letters written whose links lead to pages; return somebody who acts for nobody yet."""
    newcomer = invite("Ploy", Role.MANUFACTURER, now=desk.tick())
    invitations.invite(desk.cast.somchai, email_of("Ploy"), language="th", now=desk.tick())
    new = Registration("Wan", "wan@example.com", PASSWORD, "th")
    registration.register(new, caller=CALLER, now=desk.tick(), passwords=CHEAP)
    change_password.ask_for_reset(email_of("Napha"), caller=CALLER, now=desk.tick())
    return newcomer


def _path(row: dict[str, object]) -> str:
    """Return the address that a letter leads to; nothing where it was sent and forgotten."""
    return str(json.loads(str(row["payload"])).get("params", {}).get("path", ""))


def _visitors(desk: Desk, newcomer: Actor) -> dict[str, Visitor]:
    app, cast = desk.app, desk.cast
    administrator = invite("Prasit Dulae", Role.ADMINISTRATOR, now=desk.tick())
    roleless = invite("Noi", Role.MANUFACTURER, now=desk.tick())
    take_role(None, roleless.user_id, Role.MANUFACTURER, now=desk.tick())
    made: dict[str, Callable[[], Browser]] = {
        "manufacturer": lambda: signed_in(app, cast.somchai),
        "reviewer": lambda: signed_in(app, cast.malee),
        "approver": lambda: signed_in(app, cast.anan),
        "approver, long ago": lambda: signed_in(app, cast.anan, now=LONG_AGO),
        "administrator": lambda: signed_in(app, administrator),
        "procurement_officer": lambda: signed_in(app, cast.napha),
        "newcomer": lambda: signed_in(app, newcomer),
        "no role": lambda: signed_in(app, Actor(roleless.user_id, frozenset())),
        "nobody": lambda: browser(app),
    }
    owing = invite("Orn", Role.REVIEWER, now=desk.tick())
    made["owes a code"] = lambda: signed_in(app, owing, stage="code")
    setting_up = invite("Sak", Role.REVIEWER, now=desk.tick())
    made["owes the set-up"] = lambda: signed_in(app, setting_up, stage="set_up")
    visitors = {}
    for name, make in made.items():
        client = make()
        client.form_token()
        visitors[name] = Visitor(name, client, client.token)
    return visitors


def _path_of(app: Flask) -> str:
    return str(make_url(app.extensions["mit.settings"].database_url).database)


def _keep(app: Flask, folder: Path) -> Path | None:
    """Return a copy of the database; None where it is no file."""
    if not app.extensions["mit.settings"].database_url.startswith("sqlite"):
        return None
    kept = folder / "kept.sqlite3"
    shutil.copyfile(_path_of(app), kept)
    return kept
