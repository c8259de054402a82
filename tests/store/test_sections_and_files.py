"""Sections as typed, files and sessions: what is read, in which order, and what is left out."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from mit.store import draft_sections, evidence, sessions
from mit.store.applications import Application, replace_products
from mit.store.db import add, transaction, viewing
from mit.store.documents import Document
from mit.store.draft_sections import DraftSection
from mit.store.evidence import MAX_FILES, Evidence
from mit.store.sessions import SessionRow
from tests.support import register
from tests.support.people import Cast

HASH = "a" * 64
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def application_id(cast: Cast, now: datetime) -> UUID:
    with transaction() as session:
        return register.draft(session, cast, now=now).id


def section(application_id: UUID, cast: Cast, now: datetime, name: str, product: int = 0) -> DraftSection:
    return DraftSection(
        application_id=application_id, section=name, product=product, content=json.dumps({"of": product}),
        saved_at=now, saved_by_id=cast.somchai.user_id,
    )  # fmt: skip


# --- sections


def test_sections_come_by_product_and_name_those_taken_out_too(
    application_id: UUID, cast: Cast, now: datetime
) -> None:
    wanted = [
        ("declaration", 0),
        ("factory", 0),
        ("product", 2),
        ("sheet", 2),
        ("product", 10),
        ("sheet", 10),
    ]
    with transaction() as session:
        for name, product in reversed(wanted):
            add(session, section(application_id, cast, now, name, product))
        session.query(DraftSection).filter_by(product=2).update({"removed_at": now})
    with viewing() as session:
        found = draft_sections.sections_of(session, application_id)
        assert [(row.section, row.product) for row in found] == wanted
        assert draft_sections.last_product(found) == 10
        assert draft_sections.sections_of(session, uuid4()) == []
    assert draft_sections.last_product([]) == 0


def test_of_cost_sheets_only_those_that_are_named_are_read(
    application_id: UUID, cast: Cast, now: datetime
) -> None:
    with transaction() as session:
        for name, product in (("factory", 0), ("product", 1), ("sheet", 1), ("product", 2), ("sheet", 2)):
            add(session, section(application_id, cast, now, name, product))
    with viewing() as session:
        names = {
            row.id: (row.section, row.product) for row in draft_sections.sections_of(session, application_id)
        }
        every = draft_sections.contents_of(session, application_id)
        some = draft_sections.contents_of(session, application_id, sheets=[2, 9])
        none = draft_sections.contents_of(session, application_id, sheets=())
    assert len(every) == 5
    assert sorted(names[key] for key in some) == [
        ("factory", 0),
        ("product", 1),
        ("product", 2),
        ("sheet", 2),
    ]
    assert sorted(names[key] for key in none) == [("factory", 0), ("product", 1), ("product", 2)]
    assert {json.loads(content)["of"] for content in some.values()} == {0, 1, 2}


def test_a_product_is_called_as_it_was_typed_last_and_else_as_it_is_stored(
    application_id: UUID, cast: Cast, now: datetime
) -> None:
    def names() -> list[tuple[str, str]]:
        with viewing() as session:
            return draft_sections.names_of(session, application_id)

    with transaction() as session:
        replace_products(session, application_id, [register.product("ข"), register.product("ก")], now=now)
    assert names() == [("ข", "Cable"), ("ก", "Cable")]
    with transaction() as session:
        for product, typed in ((3, {"name_th": "สาม"}), (1, {"name_th": "หนึ่ง", "name_en": "One"}), (2, {})):
            row = section(application_id, cast, now, "product", product)
            row.content = json.dumps(typed)
            add(session, row)
    assert names() == [("หนึ่ง", "One"), ("", ""), ("สาม", "")]
    with transaction() as session:
        session.query(DraftSection).filter_by(product=2).update({"removed_at": now})
    assert names() == [("หนึ่ง", "One"), ("สาม", "")]


def test_applications_of_ones_own_come_newest_first(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        made = [register.draft(session, cast, now=at).number for at in (now, now + DAY, now + DAY)]
    with viewing() as session:
        found = [row.number for row in draft_sections.applications_of(session, cast.siam_cable_id)]
        assert found == [made[2], made[1], made[0]]
        assert draft_sections.applications_of(session, cast.krungthep_wire_id) == []


@pytest.mark.parametrize("number", ["", "\x00", "\ud800", "ก", "APP-2569-0000099-X", "a" * 10_000])
def test_a_number_that_nobody_has_names_no_application(application_id: UUID, number: str) -> None:
    with viewing() as session:
        assert draft_sections.find_application(session, number) is None
        own = session.get_one(Application, application_id).number
        assert draft_sections.find_application(session, own) is not None
        assert draft_sections.find_application(session, own.lower()) is None


# --- files


def test_a_files_number_is_never_given_again(application_id: UUID, cast: Cast, now: datetime) -> None:
    def file(number: int) -> Evidence:
        return Evidence(
            application_id=application_id, number=number, kind="origin", file_name="a.png", size_bytes=1,
            media_type="image/png", sha256=HASH, uploaded_by_id=cast.somchai.user_id, uploaded_at=now,
        )  # fmt: skip

    with transaction() as session:
        assert evidence.next_number(session, application_id) == 1
        assert not evidence.is_any_present(session, application_id)
        add(session, Document(sha256=HASH, media_type="image/png", size_bytes=1, stored_at=now))
        add(session, file(5), file(1))
        assert evidence.is_any_present(session, application_id)
        session.query(Evidence).update({"removed_at": now})
        assert not evidence.is_any_present(session, application_id)
        assert evidence.next_number(session, application_id) == 6
        assert evidence.next_number(session, uuid4()) == 1
    with viewing() as session:
        assert [row.number for row in evidence.evidence_of(session, application_id)] == [1, 5]
        for number in (0, -1, 2, MAX_FILES, MAX_FILES + 1, 2**80):
            assert evidence.find_evidence(session, application_id, number) is None, number
        found = evidence.find_evidence(session, application_id, 5)
        assert found is not None
        assert found.removed_at == now
        assert evidence.find_evidence(session, uuid4(), 5) is None


# --- sessions


def begun(cast: Cast, now: datetime, token: str, **changes: object) -> UUID:
    with transaction() as session:
        row = SessionRow(
            token_sha256=token * 64, user_id=cast.malee.user_id, stage="full", address="", browser="",
            began_at=now, seen_at=now, proved_at=now, ends_at=now + DAY, idle_minutes=30,
            pending_secret="secret",
        )  # fmt: skip
        for name, value in changes.items():
            setattr(row, name, value)
        add(session, row)
        return row.id


def test_sessions_that_somebody_ended_are_neither_found_nor_listed(cast: Cast, now: datetime) -> None:
    first = begun(cast, now, "a")
    used = begun(cast, now, "b", seen_at=now + MINUTE)
    over = begun(cast, now, "c", ended_at=now)
    other = begun(cast, now, "d", user_id=cast.anan.user_id)
    with transaction() as session:
        assert [row.id for row in sessions.live_sessions(session, cast.malee.user_id)] == [used, first]
        assert sessions.find_session(session, "c" * 64) is None
        assert sessions.find_session(session, "a") is None
        assert sessions.lock_session(session, over) is None
        assert sessions.lock_session(session, uuid4()) is None
        sessions.note_seen(session, first, now=now + DAY)
        assert [row.id for row in sessions.live_sessions(session, cast.malee.user_id)] == [first, used]
        assert sessions.end_sessions(session, cast.malee.user_id, now=now, spared=used) == 1
        assert sessions.end_sessions(session, cast.malee.user_id, now=now, spared=used) == 0
        kept = sessions.lock_session(session, used)
        assert kept is not None
        assert kept.pending_secret == "secret"
    with viewing() as session:
        ended = session.get_one(SessionRow, first)
        assert (ended.ended_at, ended.pending_secret) == (now, "")  # a secret that waits is forgotten
        assert [row.id for row in sessions.live_sessions(session, cast.anan.user_id)] == [other]
    with transaction() as session:
        assert sessions.end_sessions(session, cast.malee.user_id, now=now) == 1
        assert sessions.live_sessions(session, cast.malee.user_id) == []
