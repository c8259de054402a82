"""A small register behind the pages: one certificate in each state, made by the work functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from mit import worker
from mit.app import create_app
from mit.config import Settings
from mit.credential import qr_text
from mit.issuance.end_dealer_letter import end_dealer_letter
from mit.store import certificates, schema
from mit.store.certificate_history import StatusChange
from mit.store.db import transaction, viewing
from mit.upkeep.publish import publish_status_lists
from mit.values.clock import FrozenClock
from tests.support import register
from tests.support.dealers import OTHER_DEALER, appointed
from tests.support.desk import Desk, open_desk

ISSUED_AT = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
ISSUED_ON = date(2026, 11, 2)
CHANGED_ON = date(2026, 11, 12)
NOW = datetime(2026, 11, 21, 7, 5, tzinfo=UTC)
TODAY = date(2026, 11, 21)
EXPIRES_ON = date(2027, 11, 1)
#: When the maker ended one of the letters.
ENDED_AT = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)
#: Status → the event that leads to it.
CHANGES = {
    "suspended": "suspended",
    "revoked": "revoked",
    "withdrawn": "withdrawn",
    "superseded": "superseded",
}


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """A certificate as a stranger meets it: number, QR digits, signed credential, PDF."""

    number: str
    digits: str
    credential: str
    pdf: bytes

    def __repr__(self) -> str:
        """Return the number only; the rest is long."""
        return self.number


@dataclass(slots=True, repr=False)
class Office:
    """The application with its register; the clock may be moved and has to be put back.

    ``letters``: the number of a dealer's letter about each certificate, by the certificate's status; and
    about the active one ``ended``, ``short`` (over) and ``tender`` (for one tender, to come).
    """

    app: Flask
    clock: FrozenClock
    certificates: dict[str, Shown]
    letters: dict[str, str]

    def __repr__(self) -> str:
        """Return a short name; hypothesis prints it with each example."""
        return "office"

    @property
    def client(self) -> FlaskClient:
        """Return a fresh client, without cookies."""
        return self.app.test_client()

    def __getitem__(self, status: str) -> Shown:
        """Return the certificate whose status is *status* today."""
        return self.certificates[status]


def open_office(url: str, folder: Path) -> Office:
    """Migrate an empty database, issue one certificate for each status, change four, publish the lists."""
    clock = FrozenClock(ISSUED_AT)
    settings = Settings(
        env="test",
        database_url=url,
        var_dir=folder / "var",
        keys_dir=folder / "keys",
        secret_key="a secret that only the tests know, long enough",
        key_passphrase="a passphrase that only the tests know",
        batches_per_hour=100_000,
        checks_per_hour=100_000,
        verdicts_per_minute=1_000_000,  # its clock stands still, and all tests come from one address
    )
    app = create_app(settings, clock=clock)
    with app.app_context():
        schema.upgrade()
        desk = open_desk(app, ISSUED_AT)
        numbers = {status: issue(desk, at) for at, status in enumerate(["active", *CHANGES])}
        letters = issue_letters(desk, numbers)
        for status, event in CHANGES.items():
            change(numbers[status], event, status, numbers["active"])
        clock.set(NOW)
        publish_status_lists(desk.authority, now=NOW)
        shown = {status: look(number, app) for status, number in numbers.items()}
    return Office(app, clock, shown, letters)


def issue(desk: Desk, at: int) -> str:
    """Take an application all the way and return the number of its certificate."""
    return desk.issued(at=at * 10 + 1).certificate_number


def issue_letters(desk: Desk, numbers: dict[str, str]) -> dict[str, str]:
    """Issue a letter to a dealer about each certificate, and three more about the active one."""
    first, active = "2026-11-02", numbers["active"]
    letters = {status: appointed(desk, number, from_on=first) for status, number in numbers.items()}
    letters["ended"] = appointed(desk, active, from_on=first, dealer_number=OTHER_DEALER)
    letters["short"] = appointed(desk, active, from_on=first, until_on="2026-11-20")
    letters["tender"] = appointed(desk, active, from_on="2026-12-01", tender="ประกวดราคา <b>12/2570</b>")
    worker.run_once(desk.app, now=desk.tick())
    end_dealer_letter(desk.cast.somchai, active, letters["ended"], now=ENDED_AT)
    return letters


def change(number: str, event: str, status: str, successor: str) -> None:
    """Record a change on ``CHANGED_ON``, as the work room for it will."""
    told = StatusChange(
        event,
        status,
        CHANGED_ON,
        reason="holder_asked",
        successor=successor if status == "superseded" else None,
    )
    with transaction() as session:
        register.record(session, number, told, actor_id=None, now=NOW - timedelta(hours=1))


def look(number: str, app: Flask) -> Shown:
    """Return what was issued under *number*."""
    var_dir = app.extensions["mit.settings"].var_dir
    with viewing() as session:
        row = certificates.get_certificate(session, number)
    sha256 = str(row.pdf_sha256)
    pdf = (var_dir / "documents" / sha256[:2] / sha256[2:4] / sha256).read_bytes()
    return Shown(number, qr_text.digits_in(str(row.qr_text)), str(row.credential), pdf)
