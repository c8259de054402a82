"""The certificate on paper: the very bytes for the holder's people and staff, for nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from mit.errors import NotFoundError, TamperedError
from mit.registry.certificate_file import read_certificate_file
from mit.roles.actor import Actor, Role
from mit.store import certificates
from mit.store.db import viewing
from mit.values.clock import FrozenClock
from mit.values.identifiers import CertificateNumber, parse_certificate_number
from tests.support.desk import open_desk
from tests.support.people import Cast, invite
from tests.support.signed_in import browser, open_door, signed_in


@dataclass
class Issued:
    app: Flask
    cast: Cast
    number: CertificateNumber
    var_dir: Path
    now: datetime

    def read(self, actor: Actor) -> bytes:
        return read_certificate_file(actor, self.number, var_dir=self.var_dir)


@pytest.fixture
def issued(app: Flask, now: datetime) -> Issued:
    desk = open_desk(app, now)
    number = parse_certificate_number(desk.issued().certificate_number)
    return Issued(app, desk.cast, number, app.extensions["mit.settings"].var_dir, now)


def test_its_holders_people_and_staff_read_it_and_nobody_else(issued: Issued) -> None:
    administrator = invite("Prasit Dulae", Role.ADMINISTRATOR, now=issued.now)
    colleague = invite("Ploy Saengthong", Role.MANUFACTURER, issued.cast.siam_cable_id, now=issued.now)
    for actor in (issued.cast.somchai, colleague, issued.cast.malee, issued.cast.anan, administrator):
        assert issued.read(actor).startswith(b"%PDF")
    for actor in (issued.cast.krit, issued.cast.napha, Actor(issued.cast.somchai.user_id, frozenset())):
        with pytest.raises(NotFoundError, match="certificate_file_missing"):
            issued.read(actor)


def test_what_is_not_there_is_not_found(issued: Issued) -> None:
    unknown = CertificateNumber(2560, 12345)
    with pytest.raises(NotFoundError, match="certificate_not_found"):
        read_certificate_file(issued.cast.somchai, unknown, var_dir=issued.var_dir)


def test_a_file_that_was_changed_is_never_given(issued: Issued) -> None:
    with viewing() as session:
        sha256 = str(certificates.get_certificate(session, str(issued.number)).pdf_sha256)
    path = issued.var_dir / "documents" / sha256[:2] / sha256[2:4] / sha256
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(TamperedError, match="document_changed"):
        issued.read(issued.cast.somchai)


def test_the_page_gives_the_very_bytes_and_lets_nobody_keep_them(issued: Issued, clock: FrozenClock) -> None:
    app = open_door(issued.app, clock)
    path = f"/c/{issued.number}.pdf"
    answer = signed_in(app, issued.cast.somchai).get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data == issued.read(issued.cast.somchai)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert f'filename="{issued.number}.pdf"' in answer.headers["Content-Disposition"]
    assert signed_in(app, issued.cast.krit).get(path).status_code == 404
    assert signed_in(app, issued.cast.napha).get(path).status_code == 403
    assert browser(app).get(path).status_code == 403
