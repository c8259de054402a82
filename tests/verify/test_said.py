"""What was said before is said again only while nothing that it followed from has changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from mit.errors import MitError
from mit.issuance.rotate_keys import mark_compromised
from mit.store.db import db, dispose_engines
from mit.values.thai_date import first_instant
from mit.verify import said
from mit.verify.presentation import Presentation, read_number, read_text
from mit.verify.said import say
from mit.verify.scan import Question, verify_shown
from mit.verify.verdict import Answer
from tests.verify.conftest import Shelf

DAY = timedelta(days=1)
FORMS: list[Callable[[Shelf], Presentation]] = [
    lambda shelf: read_number(shelf.number),
    lambda shelf: read_text(shelf.qr_text),
    lambda shelf: read_text(shelf.credential),
]


@pytest.fixture(autouse=True)
def _fresh() -> None:
    said.forget_said()


def told(shown: Presentation, now: datetime) -> Any:
    """Say it and return the JSON, which must be that of the long way."""
    answer = say(shown, now=now)
    document = json.loads(answer.spelled.known_at(now))
    long_way = verify_shown(shown, Question(now))
    assert document == long_way.to_document()
    assert (answer.answer, answer.reason) == (long_way.answer, long_way.leading_reason)
    return document


@pytest.mark.parametrize("form", FORMS, ids=["number", "qr", "credential"])
def test_it_is_the_answer_of_the_long_way_every_time(
    shelf: Shelf, form: Callable[[Shelf], Presentation]
) -> None:
    for minutes in (0, 0, 7):
        document = told(form(shelf), shelf.now + timedelta(minutes=minutes))
        assert (document["verdict"], document["certificate"]["number"]) == ("VALID", shelf.number)


def test_a_second_answer_reads_the_row_and_nothing_else(shelf: Shelf) -> None:
    for form in FORMS[:2]:
        first = say(form(shelf), now=shelf.now)
        with shelf.counting() as sent:
            assert say(form(shelf), now=shelf.now) is first
        assert len(sent) == 1


@pytest.mark.parametrize("form", FORMS, ids=["number", "qr", "credential"])
def test_every_change_counts_in_the_very_next_answer(
    shelf: Shelf, form: Callable[[Shelf], Presentation]
) -> None:
    shown = form(shelf)
    suspended, back, revoked = (shelf.issued_on + DAY * days for days in (2, 4, 6))
    assert told(shown, first_instant(suspended))["verdict"] == "VALID"
    shelf.change("suspended", "suspended", first_instant(suspended))
    assert told(shown, first_instant(suspended))["reasons"] == ["suspended"]
    assert told(shown, first_instant(back))["reasons"] == ["suspended"]
    shelf.change("reinstated", "active", first_instant(back))
    assert told(shown, first_instant(back))["verdict"] == "VALID"
    shelf.change("revoked", "revoked", first_instant(revoked))
    assert told(shown, first_instant(revoked))["reasons"] == ["revoked"]


@pytest.mark.parametrize("form", FORMS, ids=["number", "qr", "credential"])
def test_a_compromised_key_counts_in_the_very_next_answer(
    shelf: Shelf, form: Callable[[Shelf], Presentation]
) -> None:
    assert told(form(shelf), shelf.now)["verdict"] == "VALID"
    mark_compromised(None, 1, from_at=shelf.now - DAY, reason="stolen", now=shelf.now)
    assert told(form(shelf), shelf.now + timedelta(seconds=1))["verdict"] == "NOT_VALID"


def test_the_day_turns_at_midnight_in_bangkok(shelf: Shelf) -> None:
    shown = read_number(shelf.number)
    midnight = first_instant(shelf.expires_on + DAY)
    assert told(shown, midnight - timedelta(seconds=1))["verdict"] == "VALID"
    after = told(shown, midnight)
    assert (after["reasons"], after["as_of"]) == (["expired"], str(shelf.expires_on + DAY))


def test_what_is_refused_or_unknown_is_never_kept(shelf: Shelf) -> None:
    forged = shelf.qr_text[:-9] + str((int(shelf.qr_text[-9]) + 1) % 10) + shelf.qr_text[-8:]
    for text in (forged, "unreadable", "MIT-2569-0999999-" + "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[0]):
        assert told(read_text(text), shelf.now)["verdict"] != "VALID"
    assert len(said._said) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_where_the_register_went_away_nothing_old_is_said(shelf: Shelf) -> None:
    shown = read_number(shelf.number)
    assert say(shown, now=shelf.now).answer is Answer.VALID
    dispose_engines()
    place = str(db.engine.url.database)
    with open(place, "rb") as file:  # noqa: PTH123 - the file itself is what goes away
        kept = file.read()
    with open(place, "wb") as file:  # noqa: PTH123
        file.write(b"no database")
    try:
        with pytest.raises(MitError, match="register_unreachable"):
            say(shown, now=shelf.now)
    finally:
        dispose_engines()
        with open(place, "wb") as file:  # noqa: PTH123
            file.write(kept)
    assert say(shown, now=shelf.now).answer is Answer.VALID
