"""The walk through the world finds a dealer's letter that somebody changed in the database by hand."""

from __future__ import annotations

import pytest

from mit.i18n import LANGUAGES, say
from mit.issuance.end_dealer_letter import end_dealer_letter
from mit.upkeep.self_check import Trouble, check_world
from tests.support.dealers import appointed, letter_of
from tests.support.desk import Desk, desk
from tests.support.forgery import forge

__all__ = ["desk"]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

CHANGES = {
    "row": (
        "until_on = '2027-06-01'",
        "dealer_name_en = 'x'",
        "tbs = x'41'",
        "issued_by_id = (SELECT id FROM users WHERE name LIKE 'Krit%')",
        "places = '2'",
        "issued_at = '2026-11-24 00:00:00'",
    ),
    "token": ("token = 'x'", "token = (SELECT token FROM dealer_letters WHERE tender = 'kept')"),
    "end": ("ended_at = NULL, ended_by_id = NULL", "ended_at = '2026-12-01 00:00:00'"),
}


def letter_troubles(desk: Desk) -> list[Trouble]:
    report = check_world(desk.authority.settings.var_dir, now=desk.now)
    return [one for one in report.troubles if one.code == "letter_changed"]


@pytest.mark.parametrize(("what", "change"), [(what, one) for what, all_ in CHANGES.items() for one in all_])
def test_each_change_is_found_and_said(desk: Desk, what: str, change: str) -> None:
    number = desk.active()
    letter = letter_of(desk, number)
    letter_of(desk, number, tender="kept")
    appointed(desk, number, tender="not signed yet")
    end_dealer_letter(desk.cast.somchai, number, letter, now=desk.tick())
    assert letter_troubles(desk) == []
    assert forge(f"UPDATE dealer_letters SET {change} WHERE number = '{letter}'") == 1
    (found,) = letter_troubles(desk)
    assert (found.subject, found.detail) == (letter, what)
    for language in LANGUAGES:
        assert letter in say("self_check.letter_changed", language, subject=letter, detail=what)
