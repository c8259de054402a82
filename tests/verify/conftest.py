"""A register with one issued and printed certificate, made by the work functions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from mit.store.certificate_history import StatusChange
from mit.store.certificates import Certificate, get_certificate
from mit.store.db import db, readers, reading, transaction, viewing
from mit.store.documents import read_document
from mit.values.thai_date import bangkok_day
from mit.verify.verdict import Verdict
from tests.support import register
from tests.support.desk import Desk, desk

__all__ = ["Shelf", "codes", "desk", "shelf", "shelve"]


@dataclass(slots=True)
class Shelf:
    """A desk and the certificate that was issued there."""

    desk: Desk
    number: str
    credential: str
    qr_text: str
    pdf: bytes
    issued_on: date
    expires_on: date
    statements: list[str] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """Return the instant at which the desk stands."""
        return self.desk.now

    def change(self, event_name: str, status: str, now: datetime, **more: Any) -> None:
        """Record a change of status, counted from the Bangkok day of *now*."""
        change = StatusChange(event_name, status, more.pop("on", bangkok_day(now)), **more)
        with transaction() as session:
            register.record(session, self.number, change, actor_id=None, now=now)

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """Collect every statement sent to the database within the block."""
        sent: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            sent.append(statement)

        with reading() as connection:
            engines = {db.engine, connection.engine, readers().quick}
        for engine in engines:
            event.listen(engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            for engine in engines:
                event.remove(engine, "before_cursor_execute", note)


def shelve(desk: Desk, *meets: bool) -> Shelf:
    """Issue a certificate at *desk* and return it with everything that was given out."""
    standing = desk.issued(*meets)
    with viewing() as session:
        found = session.query(Certificate).filter_by(application_id=standing.application_id).one()
        certificate = get_certificate(session, found.number)
        pdf = read_document(session, desk.authority.settings.var_dir, certificate.pdf_sha256 or "")
    return Shelf(
        desk=desk,
        number=certificate.number,
        credential=certificate.credential or "",
        qr_text=certificate.qr_text or "",
        pdf=pdf,
        issued_on=certificate.issued_on,
        expires_on=certificate.expires_on,
    )


@pytest.fixture
def shelf(desk: Desk) -> Shelf:
    """A certificate that was issued a moment ago."""
    made = shelve(desk)
    desk.now += timedelta(hours=1)
    return made


def codes(verdict: Verdict) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return answer, reasons and notices."""
    return verdict.answer.value, verdict.reasons, tuple(notice.code for notice in verdict.notices)
