"""Figures are seen by the holder and by the officers of the case, and by nobody else, anywhere.

Amounts and names that nobody would write by chance are put into every cost sheet of a house where
something of everything is there.  Then every address of the service is read as every kind of visitor, and
what was logged, mailed, exported, printed and stored is searched for them.
"""

from __future__ import annotations

import email
import email.policy
import logging
import subprocess
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from mit.app import create_app
from mit.roles.actor import Role
from mit.store import schema
from mit.store.db import dispose_engines
from mit.store.tables import metadata
from mit.values.clock import FrozenClock
from tests.conftest import NOW
from tests.support import desk as desk_module
from tests.support.databases import Databases
from tests.support.people import invite
from tests.support.require import program
from tests.support.signed_in import Browser, browser, signed_in
from tests.support.world import rows
from tests.web import test_applications
from tests.web.full_house import FRESH, House, open_house, settings_in

#: Sums of a sheet that meets: 2.2 of 7.7 million is imported.
PRICE, COPPER, COATING, WAGES = "7777123.45", "3141592.65", "2222333.44", "1414213.56"
PROFIT = "998877.66"
NAMES = ("คานารีทองแดง", "คานารีฉนวน", "คานารีค่าแรง", "คานารีผู้ขาย")
LINES: list[dict[str, Any]] = [
    {"kind": "material", "name": NAMES[0], "amount": COPPER, "origin": "domestic", "supplier": NAMES[3]},
    {"kind": "material", "name": NAMES[1], "amount": COATING, "origin": "imported", "hs_code": "39011000"},
    {"kind": "labour", "name": NAMES[2], "amount": WAGES},
]
#: Who may see them: the holder's people, and FTI's two officers.
MAY_SEE = {str(Role.MANUFACTURER), str(Role.REVIEWER), str(Role.APPROVER), FRESH}
RIVAL = "manufacturer of another firm"
#: Where figures are stored, on purpose: sheets, what was said of them, what officers saw, what is typed.
STORED = {"application_products", "assessments", "draft_sections", "approval_contents"}


def _spellings(amount: str) -> set[str]:
    """Return an amount as it stands in forms, on pages and in satang."""
    baht, satang = amount.split(".")
    return {amount, f"{int(baht):,}.{satang}", baht + satang, f"{int(baht):,}", f"{baht}."}


CANARIES = {
    spelled for amount in (PRICE, COPPER, COATING, WAGES, PROFIT) for spelled in _spellings(amount)
} | set(NAMES)


@dataclass(frozen=True, slots=True)
class Walked:
    """What was seen: the canaries of each address that showed any, by visitor."""

    house: House
    seen: dict[str, dict[str, set[str]]]
    refused: int
    read: int
    logged: str


def found_in(text: str) -> set[str]:
    return {canary for canary in CANARIES if canary in text}


@pytest.fixture(scope="module")
def walked(databases: Databases) -> Iterator[Walked]:
    """Put the canaries into every sheet, fill the house, and read every address as everybody."""
    good, typed = deepcopy(desk_module._GOOD), deepcopy(test_applications.SHEET)
    desk_module._GOOD |= {"price_ex_works": PRICE, "profit": PROFIT, "lines": LINES}
    test_applications.SHEET |= {"price_ex_works": PRICE, "profit": PROFIT, "lines": LINES}
    log = _Log()
    logging.getLogger().addHandler(log)
    clock = FrozenClock(NOW)
    app = create_app(settings_in(databases.workplace(), databases.empty("sqlite")), clock=clock)
    try:
        with app.app_context():
            schema.upgrade()
            house = open_house(app, clock)
            house.tokens[RIVAL] = _rival(app).token
            yield _walk(house, log)
            dispose_engines()
    finally:
        logging.getLogger().removeHandler(log)
        desk_module._GOOD |= good
        test_applications.SHEET |= typed


class _Log(logging.Handler):
    """Everything that anything logs, at any level."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record as it would be written."""
        self.lines.append(self.format(record))


def _rival(app: Flask) -> Browser:
    (krungthep,) = rows("SELECT organisation_id FROM users WHERE email = 'krit@example.com'")
    organisation_id = UUID(str(krungthep["organisation_id"]))
    return signed_in(app, invite("Rawee Maimee", Role.MANUFACTURER, organisation_id, now=NOW))


def _walk(house: House, log: _Log) -> Walked:
    seen: dict[str, dict[str, set[str]]] = {}
    refused = read = 0
    for person, token in house.tokens.items():
        visitor = browser(house.app)
        if token:
            visitor.hold(token)
        for _, address in house.doors():
            with visitor.get(address) as answer:
                read += 1
                refused += answer.status_code in {302, 303, 401, 403, 404}
                text = readable(answer.data, answer.mimetype) + str(answer.headers)
            if canaries := found_in(text):
                seen.setdefault(person, {})[address] = canaries
    return Walked(house, seen, refused, read, "\n".join(log.lines))


def readable(data: bytes, mimetype: str) -> str:
    """Return the text of an answer; of a PDF what is printed on it, and the files inside it."""
    if mimetype != "application/pdf":
        return data.decode("utf-8", "replace")
    return pdf_text(data) + data.decode("latin-1")


@cache
def pdf_text(data: bytes) -> str:
    told = subprocess.run(
        [program("poppler", "pdftotext"), "-", "-"], input=data, capture_output=True, check=True
    )
    return told.stdout.decode("utf-8", "replace")


def test_the_walk_is_not_blind(walked: Walked) -> None:
    """The control: holder and officers do see what was planted, all of it, on pages and in the opening."""
    assert walked.read > 1000
    assert walked.refused > 300
    for person in (str(Role.MANUFACTURER), str(Role.REVIEWER), str(Role.APPROVER)):
        met = set().union(*walked.seen[person].values())
        assert set(NAMES) <= met, person
        assert {PRICE, COPPER, COATING, WAGES, PROFIT} <= met, person
        assert any(address.endswith("/opening.json") for address in walked.seen[person]), person


def test_nobody_but_the_holder_and_the_officers_sees_a_figure_at_any_address(walked: Walked) -> None:
    assert {person: sorted(seen) for person, seen in walked.seen.items() if person not in MAY_SEE} == {}


def test_what_is_public_shows_no_figure_even_to_those_who_may_see_them(walked: Walked) -> None:
    """Certificate, credential, verdicts, lists, keys, log, register, metrics."""
    public = ("/c/", "/v/", "/verify", "/api/", "/status/", "/log/", "/.well-known/", "/metrics", "/healthz")
    leaks = {
        (person, address)
        for person, seen in walked.seen.items()
        for address in seen
        if address.startswith(public)
    }
    assert leaks == set()


def test_no_figure_is_logged(walked: Walked) -> None:
    assert found_in(walked.logged) == set()


def test_no_figure_is_mailed(walked: Walked) -> None:
    box = Path(walked.house.app.extensions["mit.settings"].var_dir) / "mailbox"
    letters = sorted(box.glob("*.eml"))
    assert len(letters) > 3
    for path in letters:
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
        assert found_in("\n".join([*parts, str(message["subject"]), str(message["to"])])) == set()


def test_figures_are_stored_where_sheets_are_and_in_no_other_table(walked: Walked) -> None:
    """Also not in the audit log, the transparency log, certificates, claims, jobs and letters."""
    holding = set()
    for table in metadata.tables:
        for row in rows(f"SELECT * FROM {table}"):
            text = "\n".join(
                bytes(value).decode("utf-8", "replace")
                if isinstance(value, bytes | memoryview)
                else str(value)
                for value in row.values()
            )
            if found_in(text):
                holding.add(table)
                break
    assert {"application_products", "assessments"} <= holding, "the control"
    assert holding <= STORED


def test_no_file_that_is_kept_holds_a_figure(walked: Walked) -> None:
    """Papers, receipts, pictures of evidence, whatever stands in the service's folder."""
    settings = walked.house.app.extensions["mit.settings"]
    papers = 0
    for path in sorted(Path(settings.var_dir).rglob("*")):
        if not path.is_file() or path.suffix in {".db", ".sqlite"} or "sqlite" in path.name:
            continue
        data = path.read_bytes()
        papers += data.startswith(b"%PDF")
        is_pdf = data.startswith(b"%PDF")
        assert found_in(readable(data, "application/pdf" if is_pdf else "text/plain")) == set(), path.name
    assert papers > 1
