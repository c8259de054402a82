"""What the database refuses whoever asks: the workflow, the written bytes, the chains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from mit.roles.actor import Role
from mit.store import audit
from mit.store.accounts import join_organisation
from mit.store.applications import Application, ApplicationProduct
from mit.store.approvals import void_approvals
from mit.store.certificates import Certificate, CertificateProduct, store_printed
from mit.store.db import OpenSession, add, transaction
from mit.store.documents import Document
from mit.store.transparency_log import LogLeaf, write_leaf
from tests.support import register
from tests.support.people import Cast, invite


def refused(statement: str, **values: object) -> str:
    """Run one statement in a transaction of its own and return the words of its refusal."""
    with pytest.raises(IntegrityError) as caught, transaction() as session:
        session.execute(text(statement), values)
    return str(caught.value.orig)


def is_refused(statement: str) -> bool:
    """Say whether the database refuses the statement; what it does not is rolled back."""
    with transaction() as session:
        try:
            session.execute(text(statement))
        except IntegrityError:
            return True
        finally:
            session.rollback()
    return False


def run(statement: str, **values: object) -> None:
    with transaction() as session:
        session.execute(text(statement), values)


@dataclass(frozen=True)
class Whole:
    """One certificate with everything that hangs on it."""

    number: str
    cast: Cast


@pytest.fixture
def whole(cast: Cast, now: datetime) -> Whole:
    made = register.issued(cast, now=now)
    with transaction() as session:
        leaf = LogLeaf(
            certificate_number=made.number, event="issue", entry="{}", salt=b"s" * 32,
            profile_version="1", written_at=now,
        )  # fmt: skip
        write_leaf(session, leaf)
        add(session, Document(sha256="a" * 64, media_type="application/pdf", size_bytes=1, stored_at=now))
        store_printed(session, made.number, "a" * 64)
        audit.record(session, "a:b:c", subject="x", actor_id=None, now=now, payload={})
    return Whole(made.number, cast)


NEVER_CHANGED = [
    ("audit_events", "event = 'x'"),
    ("audit_events", "payload = '{}'"),
    ("audit_events", "hash = hash || ''"),
    ("certificate_events", "status = 'active'"),
    ("certificate_events", "effective_on = '2020-01-01'"),
    ("certificate_products", "formula = 'build_down'"),
    ("certificate_products", "coverage = '{}'"),
    ("assessments", "document = '[]'"),
    ("documents", "size_bytes = 2"),
    ("status_slots", "slot_index = 5"),
    ("log_leaves", "entry = '[]'"),
    ("log_leaves", "leaf_hash = 'f'"),
    ("approvals", "note = 'changed my mind'"),
    ("approvals", "person_id = application_id"),
    ("affiliations", "user_id = organisation_id"),
    ("role_grants", "role = 'approver', user_id = user_id"),
    ("signing_keys", "demo = NOT demo"),
    ("signing_keys", "public_jwk = '[]'"),
    ("audit_head", "seq = seq"),
    ("audit_head", "seq = seq + 2"),
    ("counters", "value = value"),
    ("counters", "value = value - 1"),
    ("counters", "value = value + 2"),
    ("counters", "name = name || 'x', value = value + 1"),
    ("certificates", "number = 'MIT-2569-0000009-X'"),
    ("certificates", "running = running + 1"),
    ("certificates", "content_digest = tbs_sha256"),
    ("certificates", "claims = '{}'"),
    ("certificates", "tbs_sha256 = content_digest"),
    ("certificates", "sample = NOT sample"),
    ("certificates", "holder_name_th = 'คนอื่น'"),
    ("certificates", "holder_juristic_number = NULL"),
    ("certificates", "expires_on = '2099-01-01'"),
    ("certificates", "slot_index = slot_index + 1"),
    ("certificates", "profile_version = 'other'"),
    ("certificates", "credential = 'another one'"),
    ("certificates", "credential = NULL"),
    ("certificates", "qr_text = 'another'"),
    ("certificates", "pdf_sha256 = NULL"),
    ("certificates", "signed_at = issued_at, issued_at = NULL"),
    ("certificates", "state = 'prepared', issued_at = NULL"),
    ("applications", "state = 'draft', approver_id = NULL, decided_at = NULL"),
    ("applications", "content_digest = NULL"),
    ("applications", "version = version + 1"),
    ("applications", "number = 'APP'"),
    ("applications", "author_id = id"),
    ("application_products", "cost_sheet = '{}'"),
    ("application_products", "price_ex_works_satang = 1"),
    ("application_products", "removed_at = decided_at"),
]  # fmt: skip


def test_what_was_written_down_cannot_be_changed(whole: Whole) -> None:
    taken = [case for case in NEVER_CHANGED if not is_refused(f"UPDATE {case[0]} SET {case[1]}")]
    assert not taken


KEPT = [
    "audit_events", "audit_head", "certificate_events", "certificate_products", "certificates", "assessments",
    "documents", "status_slots", "log_leaves", "approvals", "affiliations", "role_grants", "signing_keys",
    "counters", "applications", "application_products", "users", "organisations",
]  # fmt: skip


def test_no_row_of_the_record_can_be_deleted(whole: Whole) -> None:
    assert not [table for table in KEPT if not is_refused(f"DELETE FROM {table}")]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_no_table_of_the_record_can_be_emptied_at_once(whole: Whole) -> None:
    assert not [table for table in KEPT if not is_refused(f"TRUNCATE {table} CASCADE")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_replacing_a_row_on_sqlite_does_not_get_round_the_guards(whole: Whole) -> None:
    words = refused("INSERT OR REPLACE INTO audit_events SELECT * FROM audit_events WHERE seq = 1")
    assert "never" in words


def test_a_guard_says_what_it_refuses(whole: Whole) -> None:
    assert "never changed" in refused("UPDATE certificates SET claims = '{}'")


def test_a_leaf_gets_its_index_once(whole: Whole) -> None:
    run("UPDATE log_leaves SET log_index = 0")
    assert refused("UPDATE log_leaves SET log_index = 1")
    assert refused("UPDATE log_leaves SET log_index = NULL")


def test_a_counter_begins_at_one(app: Flask) -> None:
    assert refused("INSERT INTO counters (name, value) VALUES ('x', 7)")


def test_a_key_once_compromised_stays_so(whole: Whole, now: datetime) -> None:
    run("UPDATE signing_keys SET compromised_from_at = created_at")
    assert refused("UPDATE signing_keys SET compromised_from_at = NULL")
    assert refused("UPDATE signing_keys SET compromised_from_at = '2999-01-01 00:00:00.000000'")
    run("UPDATE signing_keys SET compromised_from_at = '2026-01-01 00:00:00.000000'")
    assert refused("UPDATE signing_keys SET compromised_from_at = created_at")


@pytest.mark.parametrize("status", ["revoked", "withdrawn"])
def test_no_way_leads_back_from_a_final_status(whole: Whole, status: str) -> None:
    run("UPDATE certificates SET status = :status", status=status)
    assert refused("UPDATE certificates SET status = 'active'")
    assert refused("UPDATE certificates SET status = 'suspended'")


def test_a_suspended_certificate_can_be_reinstated(whole: Whole) -> None:
    run("UPDATE certificates SET status = 'suspended'")
    run("UPDATE certificates SET status = 'active'")


# --- who may approve what


def test_two_yeses_of_one_kind_are_refused(cast: Cast, now: datetime) -> None:
    with pytest.raises(IntegrityError), transaction() as session:
        row = register.submitted(session, cast, now=now)
        for person in (cast.malee, cast.anan):
            add(session, register.approval(row, person.user_id, "recommendation", now=now))


def test_one_person_cannot_give_both(cast: Cast, now: datetime) -> None:
    with pytest.raises(IntegrityError), transaction() as session:
        row = register.submitted(session, cast, now=now)
        for kind in ("recommendation", "approval"):
            add(session, register.approval(row, cast.malee.user_id, kind, now=now))


def test_an_approval_needs_a_recommendation_first(cast: Cast, now: datetime) -> None:
    with pytest.raises(IntegrityError, match="recommended"), transaction() as session:
        row = register.submitted(session, cast, now=now)
        add(session, register.approval(row, cast.anan.user_id, "approval", now=now))


def test_an_approval_names_the_present_content(cast: Cast, now: datetime) -> None:
    with pytest.raises(IntegrityError, match="content"), transaction() as session:
        row = register.submitted(session, cast, now=now)
        wrong = register.approval(row, cast.malee.user_id, "recommendation", now=now)
        wrong.content_digest = "f" * 64
        add(session, wrong)


def test_nobody_approves_for_an_organisation_they_ever_acted_for(cast: Cast, now: datetime) -> None:
    former = invite("Former Clerk", Role.MANUFACTURER, cast.siam_cable_id, now=now)
    with pytest.raises(IntegrityError, match="applicant"), transaction() as session:
        join_organisation(session, former.user_id, None, now=now + timedelta(days=1))
        row = register.submitted(session, cast, now=now)
        add(session, register.approval(row, former.user_id, "recommendation", now=now))


def test_an_approval_over_content_that_was_recommended_before_an_edit_is_refused(
    cast: Cast, now: datetime
) -> None:
    with transaction() as session:
        row = register.submitted(session, cast, now=now)
        add(session, register.approval(row, cast.malee.user_id, "recommendation", now=now))
        row.content_digest = "e" * 64  # an edit that forgot to void
        session.flush()
        with pytest.raises(IntegrityError, match="recommended"):
            add(session, register.approval(row, cast.anan.user_id, "approval", now=now))
        session.rollback()


def test_voided_rows_leave_room_for_new_ones(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        row = register.submitted(session, cast, now=now)
        add(session, register.approval(row, cast.malee.user_id, "recommendation", now=now))
        assert void_approvals(session, row.id, reason="edited", now=now) == 1
        add(session, register.approval(row, cast.malee.user_id, "recommendation", now=now))


def test_a_voided_row_stays_voided(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        row = register.submitted(session, cast, now=now)
        add(session, register.approval(row, cast.malee.user_id, "recommendation", now=now))
        void_approvals(session, row.id, reason="edited", now=now)
    assert refused("UPDATE approvals SET voided_at = NULL, voided_reason = NULL")


# --- no certificate without two persons

Damage = Callable[[OpenSession, Application, datetime], object]


def void_one(session: OpenSession, row: Application, now: datetime) -> None:
    session.execute(
        text("UPDATE approvals SET voided_at = given_at, voided_reason = 'x' WHERE kind = 'approval'")
    )


def void_both(session: OpenSession, row: Application, now: datetime) -> None:
    void_approvals(session, row.id, reason="x", now=now)


@pytest.mark.parametrize("damage", [void_one, void_both])
def test_no_certificate_without_two_live_approvals(cast: Cast, now: datetime, damage: Damage) -> None:
    with pytest.raises(IntegrityError, match="two persons"), transaction() as session:
        row = register.approved(session, cast, now=now)
        key = register.signing_key(session, now=now)
        damage(session, row, now)
        add(session, register.certificate(session, row, key.kid, now=now))


def test_no_certificate_over_other_content(cast: Cast, now: datetime) -> None:
    with pytest.raises(IntegrityError, match="two persons"), transaction() as session:
        row = register.approved(session, cast, now=now)
        made = register.certificate(session, row, register.signing_key(session, now=now).kid, now=now)
        made.content_digest = "f" * 64
        add(session, made)


def test_no_certificate_over_content_that_was_edited_after_both_approvals(cast: Cast, now: datetime) -> None:
    with pytest.raises(IntegrityError, match="two persons"), transaction() as session:
        row = register.submitted(session, cast, now=now)
        for kind, person in (("recommendation", cast.malee), ("approval", cast.anan)):
            add(session, register.approval(row, person.user_id, kind, now=now))
        row.content_digest = "e" * 64  # an edit that forgot to void
        row.state, row.decided_at = "approved", now
        row.reviewer_id, row.approver_id = cast.malee.user_id, cast.anan.user_id
        made = register.certificate(session, row, register.signing_key(session, now=now).kid, now=now)
        add(session, made)


def test_no_certificate_for_another_organisation(cast: Cast, now: datetime) -> None:
    with pytest.raises(IntegrityError, match="two persons"), transaction() as session:
        row = register.approved(session, cast, now=now)
        made = register.certificate(session, row, register.signing_key(session, now=now).kid, now=now)
        made.organisation_id = cast.krungthep_wire_id
        add(session, made)


@pytest.mark.parametrize("state", ["submitted", "draft"])
def test_no_certificate_for_an_application_in_another_state(cast: Cast, now: datetime, state: str) -> None:
    with pytest.raises(IntegrityError, match="two persons"), transaction() as session:
        row = register.submitted(session, cast, now=now)
        for kind, person in (("recommendation", cast.malee), ("approval", cast.anan)):
            add(session, register.approval(row, person.user_id, kind, now=now))
        row.state = state
        made = register.certificate(session, row, register.signing_key(session, now=now).kid, now=now)
        add(session, made)


def test_an_application_yields_at_most_one_certificate(cast: Cast, now: datetime) -> None:
    made = register.prepared(cast, now=now)
    with pytest.raises(IntegrityError), transaction() as session:
        row = session.get_one(Application, made.application_id)
        add(session, register.certificate(session, row, made.kid, now=now))


# --- each product with its own passing assessment


@pytest.fixture
def with_certificate(cast: Cast, now: datetime) -> register.Prepared:
    with transaction() as session:
        row = register.approved(session, cast, now=now)
        made = register.certificate(session, row, register.signing_key(session, now=now).kid, now=now)
        add(session, made)
        one = session.query(ApplicationProduct).one()
        return register.Prepared(made.number, row.id, one.id, made.kid)


def test_a_product_that_did_not_pass_cannot_be_certified(
    with_certificate: register.Prepared, now: datetime
) -> None:
    with pytest.raises(IntegrityError), transaction() as session:
        one = session.get_one(ApplicationProduct, with_certificate.product_id)
        said = register.assessment(one.id, now=now, meets=False)
        add(session, said)
        made = session.get_one(Certificate, with_certificate.number)
        add(session, register.certified_product(made, one, said))


def test_a_product_cannot_lean_on_the_assessment_of_another(
    with_certificate: register.Prepared, cast: Cast, now: datetime
) -> None:
    with pytest.raises(IntegrityError), transaction() as session:
        other = register.draft(session, cast, now=now)
        foreign = session.query(ApplicationProduct).filter_by(application_id=other.id).one()
        said = register.assessment(foreign.id, now=now)
        add(session, said)
        one = session.get_one(ApplicationProduct, with_certificate.product_id)
        made = session.get_one(Certificate, with_certificate.number)
        add(session, register.certified_product(made, one, said))


def test_a_product_of_another_application_cannot_be_certified(
    with_certificate: register.Prepared, cast: Cast, now: datetime
) -> None:
    with pytest.raises(IntegrityError), transaction() as session:
        other = register.draft(session, cast, now=now)
        foreign = session.query(ApplicationProduct).filter_by(application_id=other.id).one()
        foreign.decision, foreign.decided_at = "certified", now
        said = register.assessment(foreign.id, now=now)
        add(session, said)
        line = register.certified_product(
            session.get_one(Certificate, with_certificate.number), foreign, said
        )
        line.application_id = with_certificate.application_id
        add(session, line)


def test_a_refused_product_cannot_be_certified(with_certificate: register.Prepared, now: datetime) -> None:
    with pytest.raises(IntegrityError), transaction() as session:
        one = session.get_one(ApplicationProduct, with_certificate.product_id)
        one.decision = "refused"
        said = register.assessment(one.id, now=now)
        add(session, said)
        made = session.get_one(Certificate, with_certificate.number)
        add(session, register.certified_product(made, one, said))


@pytest.mark.parametrize("lie", [{"decision": "refused"}, {"assessment_meets": False}])
def test_a_line_of_a_certificate_cannot_say_that_it_failed(
    with_certificate: register.Prepared, now: datetime, lie: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError), transaction() as session:
        one = session.get_one(ApplicationProduct, with_certificate.product_id)
        said = register.assessment(one.id, now=now)
        add(session, said)
        line = register.certified_product(session.get_one(Certificate, with_certificate.number), one, said)
        for name, value in lie.items():
            setattr(line, name, value)
        add(session, line)


def test_a_product_stands_on_one_certificate_once(cast: Cast, now: datetime) -> None:
    made = register.prepared(cast, now=now)
    with pytest.raises(IntegrityError), transaction() as session:
        one = session.get_one(ApplicationProduct, made.product_id)
        said = register.assessment(one.id, now=now)
        add(session, said)
        line = register.certified_product(session.get_one(Certificate, made.number), one, said)
        line.position = 2
        add(session, line)
    with transaction() as session:
        assert session.query(CertificateProduct).count() == 1


def test_an_affiliation_ends_after_it_began(cast: Cast, now: datetime) -> None:
    early = now - timedelta(days=1)
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(
            text("UPDATE affiliations SET ended_at = :at").bindparams(at=early.replace(tzinfo=None))
        )


def test_the_guards_stand_while_the_chain_is_written(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        audit.record(session, "a:b:c", subject="x", actor_id=None, now=now, payload={})
        assert audit.verify_chain(session) == []
