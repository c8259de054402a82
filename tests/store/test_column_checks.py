"""What the tables of people, drafts, files and letters refuse: unknown words, spans turned round, doubles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DataError, IntegrityError

from mit.store.accounts import Affiliation, Organisation, RoleGrant, User
from mit.store.allowances import Allowance
from mit.store.applications import Application
from mit.store.approvals import Approval
from mit.store.case_holds import CaseHold
from mit.store.case_notes import CaseNote
from mit.store.db import Base, OpenSession, add, transaction
from mit.store.documents import Document
from mit.store.draft_sections import LAST_PRODUCT, DraftSection
from mit.store.evidence import MAX_FILES, Evidence
from mit.store.factories import Factory
from mit.store.invitations import Invitation
from mit.store.jobs import JobRow
from mit.store.mails import MailRow
from mit.store.sessions import SessionRow
from mit.store.sign_in_delays import SignInDelay
from tests.support import register
from tests.support.people import Cast

HASH, OTHER_HASH = "a" * 64, "b" * 64
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class World:
    """What a row may refer to."""

    cast: Cast
    now: datetime
    application: Application
    document: Document


@dataclass(frozen=True, slots=True)
class Sort:
    """One table: a row that it takes, what makes it refuse one, and what two rows may not share.

    Attributes:
        row: the columns of a good row.
        wrong: changes of one good row, each of which is refused.
        right: changes of a good row that are taken, at the edges of what is.
        alike: changes of a second row beside a good one that are refused.
        beside: changes of a second row beside a good one that are taken.
    """

    table: type[Base]
    row: Callable[[World], Mapping[str, Any]]
    wrong: tuple[Mapping[str, Any], ...] = ()
    right: tuple[Mapping[str, Any], ...] = ()
    alike: tuple[Mapping[str, Any], ...] = ()
    beside: tuple[Mapping[str, Any], ...] = field(default=())


SORTS = [
    Sort(
        Organisation,
        lambda w: {"kind": "agency", "tax_number": "0994000000022", "name_th": "อบต.", "created_at": w.now},
        wrong=(
            {"kind": "bank"}, {"kind": ""}, {"form": "foundation"}, {"name_source": "guessed"},
            {"tax_number": "099400000002"}, {"tax_number": "09940000000222"},
        ),
        right=({"form": "community_enterprise"}, {"name_source": "dbd"}, {"kind": "manufacturer"}),
        alike=({},),
        beside=({"tax_number": "0994000000030"},),
    ),
    Sort(
        User,
        lambda w: {"email": "ploy@example.com", "name": "Ploy", "password_hash": "x", "created_at": w.now},
        wrong=({"email": "Ploy@example.com"},),
        right=({"email": "ploy.d+1@example.com"},),
        alike=({}, {"email": "dao@example.com", "fs_uniquifier": "same"}),
        beside=({"email": "dao@example.com"},),
    ),
    Sort(
        RoleGrant,
        lambda w: {"user_id": w.cast.napha.user_id, "role": "reviewer", "granted_at": w.now},
        wrong=({"role": "king"}, {"role": "Reviewer"}, {"role": ""}),
        right=({"role": "administrator"}, {"role": "procurement_officer", "revoked_at": True}),
        alike=({},),
        beside=({"role": "approver"}, {"revoked_at": True}),
    ),
    Sort(
        Affiliation,
        lambda w: {
            "user_id": w.cast.malee.user_id, "organisation_id": w.cast.siam_cable_id, "began_at": w.now,
        },
        wrong=({"ended_at": -1},),
        right=({"ended_at": True}, {"ended_at": 1}),
        alike=({}, {"organisation": "krungthep_wire_id"}),
        beside=({"ended_at": 1},),
    ),
    Sort(
        SessionRow,
        lambda w: {
            "token_sha256": HASH, "user_id": w.cast.malee.user_id, "stage": "full", "address": "",
            "browser": "", "began_at": w.now, "seen_at": w.now, "proved_at": w.now, "ends_at": w.now + DAY,
            "idle_minutes": 30,
        },
        wrong=({"stage": "half"}, {"token_sha256": "a" * 63}, {"idle_minutes": 0}, {"idle_minutes": -5}),
        right=({"stage": "code"}, {"stage": "set_up"}, {"idle_minutes": 1}),
        alike=({}, {"ended_at": True}),
        beside=({"token_sha256": OTHER_HASH},),
    ),
    Sort(
        Invitation,
        lambda w: {
            "organisation_id": w.cast.siam_cable_id, "email": "dao@example.com", "token_sha256": HASH,
            "invited_by_id": w.cast.somchai.user_id, "created_at": w.now, "expires_at": w.now + DAY,
        },
        wrong=(
            {"email": "Dao@example.com"}, {"token_sha256": "short"}, {"expires_at": True}, {"expires_at": -1},
            {"accepted_at": True}, {"accepted_by": "napha"},
            {"accepted_at": True, "accepted_by": "napha", "withdrawn_at": True},
        ),
        right=({"accepted_at": True, "accepted_by": "napha"}, {"withdrawn_at": True}),
        alike=({}, {"token_sha256": OTHER_HASH}, {"email": "nan@example.com"}),
        beside=(
            {"token_sha256": OTHER_HASH, "email": "nan@example.com"},
            {"token_sha256": OTHER_HASH, "withdrawn_at": True},
            {"token_sha256": OTHER_HASH, "organisation": "krungthep_wire_id"},
        ),
    ),
    Sort(
        Factory,
        lambda w: {
            "organisation_id": w.cast.siam_cable_id, "registration_number": "10110012325504", "name_th": "ก",
            "name_en": "", "address_th": "ข", "address_en": "", "created_at": w.now,
        },
        wrong=({"registration_number": ""},),
        alike=({},),
        beside=({"registration_number": "3"}, {"closed_at": 1}, {"organisation": "krungthep_wire_id"}),
    ),
    Sort(
        DraftSection,
        lambda w: {
            "application_id": w.application.id, "section": "sheet", "product": 1, "content": "{}",
            "saved_at": w.now, "saved_by_id": w.cast.somchai.user_id,
        },
        wrong=(
            {"section": "holder"}, {"section": "factory"}, {"section": "declaration"}, {"product": 0},
            {"product": -1}, {"product": LAST_PRODUCT + 1}, {"version": 0}, {"fault_count": -1},
        ),
        right=({"section": "factory", "product": 0}, {"product": LAST_PRODUCT}, {"section": "product"}),
        alike=({}, {"removed_at": True}),
        beside=({"product": 2}, {"section": "product"}),
    ),
    Sort(
        Evidence,
        lambda w: {
            "application_id": w.application.id, "number": 1, "kind": "origin", "file_name": "a.png",
            "media_type": "image/png", "size_bytes": 1, "sha256": w.document.sha256,
            "uploaded_by_id": w.cast.somchai.user_id, "uploaded_at": w.now,
        },
        wrong=(
            {"kind": "poem"}, {"number": 0}, {"number": MAX_FILES + 1}, {"product": -1},
            {"product": LAST_PRODUCT + 1}, {"size_bytes": 0}, {"sha256": OTHER_HASH},
        ),
        right=({"number": MAX_FILES}, {"product": LAST_PRODUCT}, {"kind": "other"}),
        alike=({}, {"removed_at": True}),
        beside=({"number": 2},),
    ),
    Sort(
        Approval,
        lambda w: {
            "application_id": w.application.id, "kind": "recommendation", "person_id": w.cast.malee.user_id,
            "content_digest": w.application.content_digest, "application_version": 1, "given_at": w.now,
        },
        wrong=(
            {"kind": "blessing"}, {"content_digest": "short"}, {"voided_at": True},
            {"voided_reason": "edited"},
        ),
        right=({"voided_at": True, "voided_reason": "edited"},),
        alike=({}, {"person": "anan"}),
        beside=({"voided_at": True, "voided_reason": "edited"},),
    ),
    Sort(
        CaseHold,
        lambda w: {"application_id": w.application.id, "person_id": w.cast.malee.user_id, "taken_at": w.now},
        wrong=({"released_at": -1},),
        right=({"released_at": True}, {"released_at": 1}),
        alike=({}, {"person": "anan"}),
        beside=({"released_at": 1},),
    ),
    Sort(
        CaseNote,
        lambda w: {
            "application_id": w.application.id, "words": "x", "author_id": w.cast.malee.user_id,
            "written_at": w.now,
        },
        wrong=({"words": ""}, {"product_position": 0}, {"product_position": 201}),
        right=({"product_position": 1}, {"product_position": 200}),
        beside=({},),
    ),
    Sort(
        JobRow,
        lambda w: {"kind": "issue", "key": "1", "payload": "{}", "due_at": w.now, "asked_at": w.now},
        wrong=(
            {"state": "lost"}, {"state": "done"}, {"state": "dead"}, {"finished_at": True}, {"attempts": -1},
        ),
        right=({"state": "done", "finished_at": True}, {"state": "dead", "finished_at": True}),
        alike=({}, {"state": "done", "finished_at": True}),
        beside=({"key": "2"}, {"kind": "print"}),
    ),
    Sort(
        MailRow,
        lambda w: {
            "key": "k", "to_address": "a@x.example", "language": "th", "letter": "invitation", "about": "x",
            "queued_at": w.now,
        },
        wrong=(
            {"language": "de"}, {"sent_at": True}, {"text_sha256": HASH},
            {"sent_at": True, "text_sha256": HASH, "given_up_at": True}, {"attempts": 0, "doubtful": 1},
            {"doubtful": -1}, {"began_at": True, "given_up_at": True},
            {"began_at": True, "sent_at": True, "text_sha256": HASH},
        ),
        right=({"sent_at": True, "text_sha256": HASH}, {"given_up_at": True}, {"attempts": 2, "doubtful": 2}),
        alike=({},),
        beside=({"key": "l"},),
    ),
    Sort(SignInDelay, lambda w: {"key": "k", "failures": 0, "failed_at": w.now}, wrong=({"failures": -1},)),
    Sort(Allowance, lambda w: {"key": "k", "spent": 0, "began_at": w.now}, wrong=({"spent": -1},)),
]  # fmt: skip
PEOPLE = {"person": "person_id", "accepted_by": "accepted_by_id"}


@pytest.fixture
def world(cast: Cast, now: datetime) -> World:
    with transaction() as session:
        row = register.submitted(session, cast, now=now)
        document = Document(sha256=HASH, media_type="image/png", size_bytes=1, stored_at=now)
        add(session, document)
        session.refresh(row)
        session.expunge(row)
        session.expunge(document)
    return World(cast, now, row, document)


def made(sort: Sort, world: World, changes: Mapping[str, Any]) -> Base:
    """Return a row of a table with some columns changed; days count from now, True is now."""
    row: Base = sort.table(**sort.row(world))
    for name, value in changes.items():
        if name == "organisation":
            row.organisation_id = getattr(world.cast, value)  # type: ignore[attr-defined]
        elif name in PEOPLE:
            setattr(row, PEOPLE[name], getattr(world.cast, value).user_id)
        elif name.endswith("_at"):
            setattr(row, name, world.now + (0 if value is True else value) * DAY)
        else:
            setattr(row, name, value)
    return row


def takes(session: OpenSession, *rows: Base) -> bool:
    """Say whether the database takes the rows; nothing of it stays."""
    nested = session.begin_nested()
    try:
        add(session, *rows)
    except (IntegrityError, DataError):
        return False
    finally:
        nested.rollback()
        session.expire_all()
    return True


@pytest.mark.parametrize("sort", SORTS, ids=lambda sort: sort.table.__tablename__)
def test_a_table_takes_what_can_be_and_refuses_what_cannot(world: World, sort: Sort) -> None:
    with transaction() as session:
        assert takes(session, made(sort, world, {}))
        for changes in sort.right:
            assert takes(session, made(sort, world, changes)), changes
        for changes in sort.wrong:
            assert not takes(session, made(sort, world, changes)), changes
        for changes in sort.beside:
            assert takes(session, made(sort, world, {}), made(sort, world, changes)), changes
        for changes in sort.alike:
            same = {"fs_uniquifier": "same"} if changes.get("fs_uniquifier") else {}
            assert not takes(session, made(sort, world, same), made(sort, world, changes)), changes
