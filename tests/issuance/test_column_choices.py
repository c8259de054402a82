"""What an organisation's words mean: remembered for it alone, replaced, counted, on both databases."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import pytest
from flask import Flask

from mit.criteria.headings import plain
from mit.errors import InputError, NotAllowedError, NotFoundError
from mit.issuance.column_choices import Answer, chosen_of, forget, list_choices, remember
from mit.lifecycle.audit_events import AuditEvent
from mit.store.audit import verify_chain
from mit.store.db import viewing
from mit.store.heading_choices import LONGEST_HEADING, MOST_CHOICES
from tests.support.databases import KINDS
from tests.support.parallel import at_once
from tests.support.people import Cast
from tests.support.world import rows

pytestmark = pytest.mark.parametrize("database_url", KINDS, indirect=True)
#: A row of headings that is enough.
ENOUGH = (("หมวด", "kind"), ("ของ", "name"), ("เงิน", "amount"))


def answers(*more: tuple[str, str], place: str = "column") -> list[Answer]:
    return [Answer(place, words, member, words) for words, member in (*ENOUGH, *more)]


def chosen(cast: Cast) -> dict[str, str]:
    with viewing() as session:
        return dict(chosen_of(session, cast.siam_cable_id).columns)


def events() -> list[str]:
    found = rows("SELECT event, payload FROM audit_events WHERE event LIKE '%:heading:%' ORDER BY seq")
    return [row["event"] for row in found]


def test_answers_are_remembered_by_their_plain_words(app: Flask, cast: Cast, now: datetime) -> None:
    remember(cast.somchai, answers(("Bin No.", "-"), (" LINE  Total (THB)", "unit_price")), now=now)
    assert chosen(cast) == {
        "หมวด": "kind",
        "ของ": "name",
        "เงิน": "amount",
        "binno": "",
        plain("line total (thb)"): "unit_price",
    }
    shown = {one.words: one.member for one in list_choices(cast.somchai)}
    assert shown["Bin No."] == "" and shown[" LINE  Total (THB)"] == "unit_price"
    assert list_choices(cast.krit) == []
    with viewing() as session:
        assert chosen_of(session, uuid4()).columns == {}
        assert verify_chain(session) == []


def test_what_our_words_say_anyway_takes_no_room(app: Flask, cast: Cast, now: datetime) -> None:
    given = (("ชนิด", "kind"), ("Name", "name"), ("เงิน", "amount"))
    remember(cast.somchai, [Answer("column", words, member, "") for words, member in given], now=now)
    assert chosen(cast) == {"เงิน": "amount"}


def test_a_new_answer_takes_the_place_of_the_old_and_the_same_is_no_act(
    app: Flask, cast: Cast, now: datetime
) -> None:
    remember(cast.somchai, answers(("Bin", "-")), now=now)
    remember(cast.somchai, answers(("Bin", "-")), now=now)
    remember(cast.somchai, answers(("BIN", "supplier")), now=now)
    assert chosen(cast)["bin"] == "supplier"
    assert events() == [AuditEvent.HEADINGS_CHOSEN] * 2
    payload = rows("SELECT payload FROM audit_events WHERE event LIKE '%:heading:%'")
    assert all("Bin" not in row["payload"] and "หมวด" not in row["payload"] for row in payload), (
        "words stay out of the log"
    )


def test_labels_and_columns_of_the_same_word_are_two_things(app: Flask, cast: Cast, now: datetime) -> None:
    both = [
        *answers(("Code", "hs_code")),
        Answer("field", "Code", "product.brand", "f"),
        Answer("field", "Our no.", "-", "g"),
    ]
    remember(cast.somchai, both, now=now)
    with viewing() as session:
        found = chosen_of(session, cast.siam_cable_id)
    assert (found.columns["code"], found.fields["code"], found.fields["ourno"]) == (
        "hs_code",
        "product.brand",
        "",
    )


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ((("x", ""),), "column_unanswered"),
        ((("x", "gold"),), "column_member_unknown"),
        ((("x", "product.brand"),), "column_member_unknown"),
        ((("x", "amount"),), "column_twice"),
    ],
)
def test_what_cannot_be_is_refused_whole(
    app: Flask, cast: Cast, now: datetime, more: tuple[tuple[str, str], ...], code: str
) -> None:
    with pytest.raises(InputError) as caught:
        remember(cast.somchai, answers(*more), now=now)
    assert [(fault.code, fault.where) for fault in caught.value.faults] == [(code, "x")]
    assert (chosen(cast), events()) == ({}, [])


def test_the_same_member_twice_above_the_table_is_no_fault(app: Flask, cast: Cast, now: datetime) -> None:
    """Models may stand in several rows."""
    remember(
        cast.somchai,
        [*answers(), *(Answer("field", words, "product.models", "") for words in ("Type A", "Type B"))],
        now=now,
    )
    with viewing() as session:
        assert len(chosen_of(session, cast.siam_cable_id).fields) == 2


def test_very_long_words_are_cut_and_there_is_an_end_to_how_many(
    app: Flask, cast: Cast, now: datetime
) -> None:
    remember(cast.somchai, answers(("ก" * 1_000, "-")), now=now)
    assert "ก" * LONGEST_HEADING in chosen(cast)
    with pytest.raises(InputError) as caught:
        remember(cast.somchai, answers(*((f"w{at}", "-") for at in range(MOST_CHOICES))), now=now)
    assert caught.value.code == "columns_too_many"
    assert len(chosen(cast)) == 4


def test_a_choice_is_forgotten_by_its_own_people_and_once(app: Flask, cast: Cast, now: datetime) -> None:
    remember(cast.somchai, answers(), now=now)
    (first, *_) = list_choices(cast.somchai)
    with pytest.raises(NotFoundError):
        forget(cast.krit, first.choice_id, now=now)
    forget(cast.somchai, first.choice_id, now=now)
    with pytest.raises(NotFoundError):
        forget(cast.somchai, first.choice_id, now=now)
    assert len(chosen(cast)) == 2
    assert events() == [AuditEvent.HEADINGS_CHOSEN, AuditEvent.HEADING_FORGOTTEN]


def test_officers_have_no_headings(app: Flask, cast: Cast, now: datetime) -> None:
    for act in (
        lambda: remember(cast.malee, answers(), now=now),
        lambda: list_choices(cast.malee),
        lambda: forget(cast.anan, uuid4(), now=now),
    ):
        with pytest.raises((NotAllowedError, NotFoundError)):
            act()


def test_two_colleagues_who_answer_at_once_leave_one_answer(app: Flask, cast: Cast, now: datetime) -> None:
    def say(member: str) -> None:
        remember(cast.somchai, answers(("Bin", member)), now=now)

    assert at_once(app, [lambda: say("supplier"), lambda: say("evidence"), lambda: say("-")]) == [None] * 3
    assert chosen(cast)["bin"] in {"supplier", "evidence", ""}
    assert len(list_choices(cast.somchai)) == 4
