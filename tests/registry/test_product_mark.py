"""The mark is given to the holder of a certificate, while that is in force and no longer."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mit.errors import ConflictError, NotFoundError
from mit.i18n import LANGUAGES, say
from mit.registry.product_mark import MEDIA_TYPES, draw_mark, read_mark
from mit.store.certificate_history import StatusChange
from mit.store.db import transaction
from mit.values.thai_date import bangkok_day
from tests.support.desk import Desk
from tests.support.register import record

URL = "https://mit.example.org"


def drawn(desk: Desk, number: str, now: datetime, name: str = "small.svg") -> bytes:
    return draw_mark(desk.cast.somchai, number, name, public_url=URL, now=now).data


def test_the_holder_gets_both_marks_in_every_form(desk: Desk) -> None:
    standing = desk.issued()
    number, now = standing.certificate_number, desk.now
    mark = read_mark(desk.cast.somchai, number, now=now)
    assert (mark.is_in_force, mark.application_number) == (True, standing.number)
    assert not mark.terms.is_verified, "no published rules were found"
    assert all(mark.terms.text.in_language(language).count("\n") == 4 for language in LANGUAGES)
    starts = {"svg": b"<svg", "pdf": b"%PDF-", "png": b"\x89PNG"}
    assert starts.keys() == MEDIA_TYPES.keys()
    for kind in ("full", "small"):
        for form, start in starts.items():
            assert drawn(desk, number, now, f"{kind}.{form}").startswith(start)


@pytest.mark.parametrize("status", ["suspended", "revoked", "withdrawn"])
def test_it_ends_with_the_certificate(desk: Desk, status: str) -> None:
    number = desk.issued().certificate_number
    now = desk.tick()
    with transaction() as session:
        change = StatusChange(status, status, bangkok_day(now))
        record(session, number, change, actor_id=None, now=now)
    assert not read_mark(desk.cast.somchai, number, now=now).is_in_force
    with pytest.raises(ConflictError, match="mark_not_in_force"):
        drawn(desk, number, now)
    assert all(say("errors.mark_not_in_force", language, number=number) for language in LANGUAGES)


def test_it_is_given_to_the_end_of_the_last_day_in_bangkok(desk: Desk) -> None:
    number = desk.issued().certificate_number
    last = read_mark(desk.cast.somchai, number, now=desk.now).expires_on
    midnight = datetime.fromisoformat(f"{last + timedelta(days=1)}T00:00:00+07:00")
    assert drawn(desk, number, midnight - timedelta(seconds=1))
    with pytest.raises(ConflictError, match="mark_not_in_force"):
        drawn(desk, number, midnight)


def test_nobody_else_gets_it_and_no_other_file_exists(desk: Desk) -> None:
    number, now = desk.issued().certificate_number, desk.now
    with pytest.raises(NotFoundError, match="certificate_not_found"):
        draw_mark(desk.cast.krit, number, "full.svg", public_url=URL, now=now)
    with pytest.raises(NotFoundError, match="certificate_not_found"):
        drawn(desk, "MIT-2569-0009999-X", now)
    for name in ("", "full", "full.gif", "huge.svg", "full.svg.png", "../full.svg", "FULL.svg"):
        with pytest.raises(NotFoundError):
            drawn(desk, number, now, name)
