"""What the database itself refuses of a dealer's letter, and what the store reads and keeps."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from mit.errors import NotFoundError
from mit.issuance.end_dealer_letter import end_dealer_letter
from mit.store import dealer_letters
from mit.store.db import add, transaction, viewing
from mit.store.dealer_letters import DealerLetterRow
from tests.support.dealers import DEALER, OTHER_DEALER, appointed, letter_of
from tests.support.desk import Desk, desk

__all__ = ["desk"]

#: A change of a good row → the name of the check that refuses it.
REFUSED: dict[str, dict[str, Any]] = {
    "no_citizen_number": {"dealer_juristic_number": "1101700207030"},
    "named_by": {"named_by": "dealer"},
    "days": {"until_on": date(2026, 11, 24)},
    "hash": {"tbs_sha256": "ab"},
    "signed": {"token": "a.b.c"},
    "ended": {"ended_at": "now"},
}


def values_of(row: DealerLetterRow) -> dict[str, Any]:
    names = DealerLetterRow.__table__.columns.keys()
    return {name: getattr(row, name) for name in names}


def test_the_database_refuses_a_row_that_cannot_be(desk: Desk) -> None:
    letter = appointed(desk, desk.active())
    with viewing() as session:
        good = values_of(session.get_one(DealerLetterRow, letter))
    good |= {"number": "DLR-2569-7K3QW-M9T2X-D", "tbs_sha256": "b" * 64}
    for name, changes in REFUSED.items():
        given = {key: desk.now if value == "now" else value for key, value in changes.items()}
        with pytest.raises(IntegrityError, match=f"{name}|CHECK"), transaction() as session:
            add(session, DealerLetterRow(**(good | given)))
    for name in ("certificate_number", "issued_by_id", "tbs_sha256"):
        own = {"certificate_number": "MIT-2569-9999999-0", "issued_by_id": None, "tbs_sha256": None}
        with pytest.raises(IntegrityError), transaction() as session:
            add(session, DealerLetterRow(**(good | {name: own[name]})))
    with transaction() as session:
        add(session, DealerLetterRow(**good))
        assert dealer_letters.find_letter(session, good["number"]) is not None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_first_token_is_kept_and_no_other(desk: Desk) -> None:
    letter = appointed(desk, desk.active())
    at = desk.tick()
    for token, is_kept in (("a.b.c", True), ("d.e.f", False), ("a.b.c", False)):
        with transaction() as session:
            kept = dealer_letters.store_token(session, letter, token, now=at + timedelta(hours=not is_kept))
            assert kept is is_kept
    facts = dealer_letters.letter_facts(letter)
    assert facts is not None
    assert (facts.token, facts.signed_at, facts.ended_at) == ("a.b.c", at, None)
    with transaction() as session:
        assert not dealer_letters.store_token(session, "DLR-2569-7K3QW-M9T2X-D", "a.b.c", now=at)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_letters_are_found_by_certificate_and_company_the_newest_first(desk: Desk) -> None:
    first, second = (desk.active(at=at) for at in (1, 11))
    mine = [letter_of(desk, first, tender=str(at)) for at in range(3)]
    others = letter_of(desk, first, dealer_number=OTHER_DEALER)
    elsewhere = letter_of(desk, second)
    appointed(desk, first, tender="not signed yet")

    def found(certificate: str, company: str, most: int = 9) -> list[str]:
        return [one.number for one in dealer_letters.letters_to(certificate, company, most=most)]

    assert found(first, DEALER) == mine[::-1]
    assert found(first, DEALER, 2) == mine[:0:-1]
    assert found(first, OTHER_DEALER) == [others]
    assert found(second, DEALER) == [elsewhere]
    assert found(second, OTHER_DEALER) == found("x", DEALER) == []
    with viewing() as session:
        assert [row.number for row in dealer_letters.letters_of(session, second)] == [elsewhere]
        every = [row.number for row in dealer_letters.every_letter(session)]
    assert every == sorted(every)
    assert {*mine, others, elsewhere} < set(every)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_what_is_neither_ended_nor_over_counts_as_standing(desk: Desk) -> None:
    number = desk.active()
    short = appointed(desk, number, until_on="2026-11-30")
    long = appointed(desk, number)

    def standing(today: date) -> int:
        with viewing() as session:
            return dealer_letters.standing_count(session, number, today=today)

    assert [standing(date(2026, 11, day)) for day in (25, 30)] == [2, 2]
    assert standing(date(2026, 12, 1)) == 1
    end_dealer_letter(desk.cast.somchai, number, long, now=desk.tick())
    assert [standing(date(2026, 11, 30)), standing(date(2026, 12, 1))] == [1, 0]
    end_dealer_letter(desk.cast.somchai, number, short, now=desk.tick())
    assert standing(date(2026, 11, 25)) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_letter_that_is_not_there_is_not_found(desk: Desk) -> None:
    assert dealer_letters.letter_facts("x") is None
    with transaction() as session:
        assert dealer_letters.find_letter(session, "x") is None
        with pytest.raises(NotFoundError, match="dealer_letter_not_found"):
            dealer_letters.lock_letter(session, "x")
