"""The queue as the database gives it: which cases, in which order, page by page, with what beside each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mit.lifecycle.audit_events import AuditEvent
from mit.roles.actor import Role
from mit.store import audit, case_queue
from mit.store.applications import Application, replace_products
from mit.store.case_holds import CaseHold, release_hold
from mit.store.case_questions import CaseQuestion
from mit.store.case_queue import Load, QueueRow, Wanted
from mit.store.db import OpenSession, add, transaction, viewing
from tests.support import register
from tests.support.people import Cast, email_of, invite

MINUTE = timedelta(minutes=1)
EVERY = ("draft", "submitted", "returned", "recommended", "approved", "refused", "withdrawn")


def rows(wanted: Wanted, *, offset: int = 0, limit: int = 50) -> list[QueueRow]:
    with viewing() as session:
        return case_queue.list_cases(session, wanted, offset=offset, limit=limit)


def numbers(wanted: Wanted, **page: int) -> list[str]:
    return [row.number for row in rows(wanted, **page)]


def one() -> QueueRow:
    (found,) = rows(Wanted(EVERY))
    return found


def submitted(cast: Cast, at: datetime) -> Application:
    """Write an application that was submitted at an instant."""
    with transaction() as session:
        row = register.submitted(session, cast, now=at)
        session.refresh(row)
        session.expunge(row)
    return row


def hold(row: Application, cast_member: object, at: datetime) -> None:
    with transaction() as session:
        add(session, CaseHold(application_id=row.id, person_id=cast_member.user_id, taken_at=at))  # type: ignore[attr-defined]


def refuse(session: OpenSession, row: Application, cast: Cast, at: datetime) -> None:
    """Refuse an application straight in the table."""
    found = session.get_one(Application, row.id)
    found.state, found.refused_by_id, found.decided_at = "refused", cast.malee.user_id, at
    session.flush()


# --- which, and in which order


def test_what_waits_longest_comes_first_and_of_equals_the_lower_number(cast: Cast, now: datetime) -> None:
    late, second = submitted(cast, now + MINUTE), submitted(cast, now)
    with transaction() as session:
        first = register.submitted(session, cast, now=now - timedelta(days=365))  # of last year's numbers
        first.submitted_at = now
        lower = first.number
    assert lower < second.number
    assert numbers(Wanted(("submitted",))) == [lower, second.number, late.number]


def test_what_is_decided_comes_newest_first_whenever_it_was_submitted(cast: Cast, now: datetime) -> None:
    old, new = submitted(cast, now), submitted(cast, now + MINUTE)
    with transaction() as session:
        refuse(session, old, cast, now + 9 * MINUTE)
        refuse(session, new, cast, now + 5 * MINUTE)
    assert numbers(Wanted(("refused",))) == [old.number, new.number]


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 2), min_size=1, max_size=7), st.integers(1, 4))
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_pages_hold_each_case_once_even_where_all_came_at_once(
    cast: Cast, now: datetime, minutes: list[int], size: int
) -> None:
    before = now + timedelta(days=len(rows(Wanted(EVERY), limit=10_000)))
    mine = [submitted(cast, before + minute * MINUTE) for minute in minutes]
    wanted = Wanted(EVERY, submitted_from=before)
    paged: list[str] = []
    for offset in range(0, len(mine), size):
        page = rows(wanted, offset=offset, limit=size)
        assert {row.total for row in page} == {len(mine)}
        paged += [row.number for row in page]
    assert paged == [row.number for row in sorted(mine, key=lambda row: (row.submitted_at, row.number))]
    assert rows(wanted, offset=len(mine), limit=size) == []


def test_what_was_never_submitted_is_no_case_in_any_state(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        register.draft(session, cast, now=now)
        gone = register.draft(session, cast, now=now)
        gone.state, gone.decided_at = "withdrawn", now
    assert rows(Wanted(EVERY)) == []


def test_only_the_states_that_are_asked_for_are_listed(cast: Cast, now: datetime) -> None:
    waiting, refused = submitted(cast, now), submitted(cast, now)
    with transaction() as session:
        refuse(session, refused, cast, now)
    assert numbers(Wanted(("submitted",))) == [waiting.number]
    assert numbers(Wanted(("refused", "approved"))) == [refused.number]
    assert numbers(Wanted(())) == []


def test_the_first_bound_of_the_submission_counts_and_the_last_does_not(cast: Cast, now: datetime) -> None:
    early, at, late = (submitted(cast, now + n * MINUTE).number for n in (-1, 0, 1))
    assert numbers(Wanted(EVERY, submitted_from=now)) == [at, late]
    assert numbers(Wanted(EVERY, submitted_before=now)) == [early]
    assert numbers(Wanted(EVERY, submitted_from=now, submitted_before=now + MINUTE)) == [at]


# --- what is looked for


@dataclass(frozen=True, slots=True)
class Search:
    """Words that are typed, and which of the three cases they find: cable, wire, both."""

    text: str
    found: tuple[str, ...] = field(default=())


SEARCHES = [
    Search("APP-", ("cable", "wire")),
    Search("app-25", ("cable", "wire")),
    Search("สยาม", ("cable",)),
    Search("KRUNGTHEP", ("wire",)),
    Search("siam cable co., ltd.", ("cable",)),
    Search("0105536112014", ("cable",)),
    Search("010553611201"),  # a tax number is found whole
    Search("หม้อแปลง", ("wire",)),
    Search("transFORMER", ("wire",)),
    Search("สายไฟเก่า"),  # a product that was taken out
    Search("%"),
    Search("_"),
    Search("\\"),
    Search("'; DROP TABLE applications; --"),
]


def test_words_are_looked_for_in_numbers_and_names_as_they_are(cast: Cast, now: datetime) -> None:
    cable = submitted(cast, now)
    wire = submitted(register.rivals(cast), now + MINUTE)
    with transaction() as session:
        old, product = register.product("สายไฟเก่า"), register.product("หม้อแปลงไฟฟ้า")
        product.name_en = "Power transformer"
        replace_products(session, wire.id, [old], now=now)
        add(session, register.assessment(old.id, now=now))
        replace_products(session, wire.id, [product], now=now)
    known = {cable.number: "cable", wire.number: "wire"}
    for search in SEARCHES:
        found = tuple(known[number] for number in numbers(Wanted(EVERY, text=search.text)))
        assert found == search.found, search


def test_a_case_is_found_by_who_has_it_now_and_not_by_who_had_it(cast: Cast, now: datetime) -> None:
    mine, free, past = (submitted(cast, now + n * MINUTE) for n in range(3))
    hold(mine, cast.malee, now)
    hold(past, cast.malee, now)
    with transaction() as session:
        release_hold(session, past.id, now=now + MINUTE)
    hold(past, cast.anan, now + MINUTE)
    malee, anan = email_of("Malee Srisuk"), email_of("Anan Wongthai")
    assert numbers(Wanted(EVERY, holder=malee)) == [mine.number]
    assert numbers(Wanted(EVERY, holder=anan)) == [past.number]
    assert numbers(Wanted(EVERY, holder="-")) == [free.number]
    assert numbers(Wanted(EVERY, holder=malee.upper())) == []
    shown = {row.number: (row.holder_name, row.holder_email, row.taken_at) for row in rows(Wanted(EVERY))}
    assert shown == {
        mine.number: ("Malee Srisuk", malee, now),
        free.number: (None, None, None),
        past.number: ("Anan Wongthai", anan, now + MINUTE),
    }


# --- what stands beside a case


def test_products_are_counted_without_those_that_were_taken_out(cast: Cast, now: datetime) -> None:
    row = submitted(cast, now)
    assert (one().products, one().first_product_th, one().first_product_en) == (1, "สายไฟ", "Cable")
    with transaction() as session:
        first = session.query(register.ApplicationProduct).filter_by(application_id=row.id).one()
        add(session, register.assessment(first.id, now=now))  # what was assessed is kept aside
        replace_products(session, row.id, [register.product("ก"), register.product("ข")], now=now)
    assert (one().products, one().first_product_th) == (2, "ก")
    with transaction() as session:
        replace_products(session, row.id, [], now=now)
    assert (one().products, one().first_product_th, one().first_product_en) == (0, "", "")


def test_only_questions_that_were_sent_and_not_answered_are_open(cast: Cast, now: datetime) -> None:
    row = submitted(cast, now)
    told = {"sent_at": now}
    answered = {**told, "answer": "ใช่", "answered_by_id": cast.somchai.user_id, "answered_at": now}
    with transaction() as session:
        for ending in ({}, {"dropped_at": now}, told, told, answered):
            question = CaseQuestion(
                application_id=row.id, round=1, product_position=None, place="other", words="?",
                asked_by_id=cast.malee.user_id, asked_at=now, **ending,
            )  # fmt: skip
            add(session, question)
    assert one().unanswered == 2


def test_what_is_returned_waits_since_its_return_and_not_since_a_save(cast: Cast, now: datetime) -> None:
    row = submitted(cast, now)
    assert one().since == now
    with transaction() as session:
        found = session.get_one(Application, row.id)
        found.state, found.changed_at = "returned", now + 9 * MINUTE
        session.flush()
        for event, minutes in (
            (AuditEvent.APPLICATION_RETURNED, 2),
            (AuditEvent.APPLICATION_SENT_BACK, 5),
            (AuditEvent.APPLICATION_SAVED, 9),
        ):
            subject = f"application:{row.number}"
            audit.record(session, event, subject=subject, actor_id=None, now=now + minutes * MINUTE)
        late = now + 7 * MINUTE
        audit.record(
            session, AuditEvent.APPLICATION_RETURNED, subject="application:x", actor_id=None, now=late
        )
    assert one().since == now + 5 * MINUTE


# --- how much each person has


def test_loads_count_what_waits_by_state_and_person_with_the_oldest(cast: Cast, now: datetime) -> None:
    assert loads() == []
    first, second, third = (submitted(cast, now + n * MINUTE) for n in range(3))
    wirat = invite("Wirat Songna", Role.REVIEWER, now=now)
    hold(first, cast.malee, now)
    hold(third, cast.malee, now)
    hold(second, wirat, now)
    decided = submitted(cast, now)
    hold(decided, wirat, now)
    with transaction() as session:
        refuse(session, decided, cast, now)
        recommended = session.get_one(Application, third.id)
        recommended.state, recommended.reviewer_id = "recommended", cast.malee.user_id
    with transaction() as session:
        register.draft(session, cast, now=now)
    free = submitted(cast, now + 9 * MINUTE)
    malee, other = email_of("Malee Srisuk"), email_of("Wirat Songna")
    assert {(load.state, load.email, load.cases, load.oldest_submitted_at) for load in loads()} == {
        ("recommended", malee, 1, third.submitted_at),
        ("submitted", malee, 1, first.submitted_at),
        ("submitted", other, 1, second.submitted_at),
        ("submitted", None, 1, free.submitted_at),
    }
    assert {load.name for load in loads()} == {"Malee Srisuk", "Wirat Songna", None}


def loads() -> list[Load]:
    with viewing() as session:
        return case_queue.loads(session)
