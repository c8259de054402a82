"""Rows of a small register, written straight through the store, for tests below the work rooms."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from mit.store.accounts import User
from mit.store.applications import (
    Application,
    ApplicationProduct,
    AssessmentRecord,
    next_application_number,
)
from mit.store.approvals import Approval
from mit.store.certificate_history import StatusChange, record_status
from mit.store.certificates import (
    Certificate,
    CertificateProduct,
    SignedForms,
    next_running,
    store_issued,
    store_signed,
)
from mit.store.db import OpenSession, add, transaction
from mit.store.signing_keys import SigningKey, next_kid
from mit.store.status_requests import StatusRequest, Touched, settle, touched_by, write_request
from mit.store.status_slots import allot_slot
from mit.values.identifiers import CertificateNumber
from mit.values.thai_date import bangkok_day, last_valid_day, year_be
from tests.support.people import Cast

PROFILE = "test-1"
RULE_SET = {"rule_set_id": "mit-test", "rule_set_sha256": "c" * 64}


def rivals(cast: Cast) -> Cast:
    """Return the cast with Krungthep Wire and Krit in the place of Siam Cable and Somchai."""
    return replace(cast, siam_cable_id=cast.krungthep_wire_id, somchai=cast.krit)


def digest(text: str) -> str:
    """Return the SHA-256 (hex) of *text*."""
    return hashlib.sha256(text.encode()).hexdigest()


def product(name: str = "สายไฟ", *, price_satang: int = 1_250_000) -> ApplicationProduct:
    """Return a product that is in no application yet."""
    sheet = f'{{"product":"{name}"}}'
    return ApplicationProduct(
        name_th=name,
        name_en="Cable",
        hs_code="854449",
        price_ex_works_satang=price_satang,
        cost_sheet=sheet,
        cost_sheet_sha256=digest(sheet),
        coverage='{"models":["A"]}',
    )


def draft(session: OpenSession, cast: Cast, *, now: datetime) -> Application:
    """Write a draft of Siam Cable's with one product."""
    row = Application(
        number=next_application_number(session, year_be(bangkok_day(now))),
        organisation_id=cast.siam_cable_id,
        author_id=cast.somchai.user_id,
        state="draft",
        created_at=now,
        changed_at=now,
    )
    add(session, row)
    one = product()
    one.application_id, one.position = row.id, 1
    add(session, one)
    return row


def submitted(session: OpenSession, cast: Cast, *, now: datetime) -> Application:
    """Write a submitted application."""
    row = draft(session, cast, now=now)
    row.state, row.submitted_at, row.profile_version = "submitted", now, PROFILE
    row.content_digest = digest(row.number)
    session.flush()
    return row


def approval(row: Application, person_id: UUID, kind: str, *, now: datetime) -> Approval:
    """Return a person's yes to the present content of *row*."""
    return Approval(
        application_id=row.id,
        kind=kind,
        person_id=person_id,
        content_digest=row.content_digest or "",
        application_version=row.version,
        given_at=now,
    )


def approved(session: OpenSession, cast: Cast, *, now: datetime) -> Application:
    """Write an application that Malee recommended and Anan approved, its product certified."""
    row = submitted(session, cast, now=now)
    add(session, approval(row, cast.malee.user_id, "recommendation", now=now))
    add(session, approval(row, cast.anan.user_id, "approval", now=now))
    for one in session.query(ApplicationProduct).filter_by(application_id=row.id):
        one.decision, one.decided_at = "certified", now
    row.state, row.decided_at = "approved", now
    row.reviewer_id, row.approver_id = cast.malee.user_id, cast.anan.user_id
    session.flush()
    return row


def assessment(product_id: UUID, *, now: datetime, meets: bool = True) -> AssessmentRecord:
    """Return what the rule set said of a product."""
    return AssessmentRecord(
        application_product_id=product_id,
        **RULE_SET,
        input_sha256="d" * 64,
        engine_version="1",
        meets=meets,
        deciding_formula="direct" if meets else None,
        document="{}",
        document_sha256=digest("{}"),
        assessed_on=bangkok_day(now),
        assessed_at=now,
    )


def signing_key(session: OpenSession, *, now: datetime) -> SigningKey:
    """Write a demo key that is active from today on."""
    kid = next_kid(session)
    key = SigningKey(
        kid=kid,
        purpose="credential",
        algorithm="ES256",
        thumbprint=f"thumbprint-{kid}",
        public_jwk="{}",
        demo=True,
        created_at=now,
        active_from_on=bangkok_day(now),
    )
    add(session, key)
    return key


def certificate(session: OpenSession, row: Application, kid: int, *, now: datetime) -> Certificate:
    """Return a certificate for an approved application, numbered and with a slot, not written yet."""
    issued_on = bangkok_day(now)
    expires_on = last_valid_day(issued_on)
    running = next_running(session, year_be(issued_on))
    number = str(CertificateNumber(year_be(issued_on), running))
    slot = allot_slot(session, expires_on, choose=lambda _: running, now=now)
    return Certificate(
        number=number,
        application_id=row.id,
        organisation_id=row.organisation_id,
        year_be=year_be(issued_on),
        running=running,
        content_digest=row.content_digest,
        profile_version=PROFILE,
        claims=f'{{"number":"{number}"}}',
        tbs=number.encode(),
        tbs_sha256=digest(number),
        kid=kid,
        sample=True,
        list_number=slot[0],
        slot_index=slot[1],
        holder_name_th="บริษัท สยามเคเบิล จำกัด",
        holder_name_en="Siam Cable Co., Ltd.",
        holder_juristic_number="0105536112014",
        issued_on=issued_on,
        expires_on=expires_on,
        status_since_on=issued_on,
        prepared_at=now,
    )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A certificate that was written down, and where it came from."""

    number: str
    application_id: UUID
    product_id: UUID
    kid: int


def prepared(cast: Cast, *, now: datetime) -> Prepared:
    """Write a prepared certificate with its one product, in a transaction of its own."""
    with transaction() as session:
        row = approved(session, cast, now=now)
        key = session.query(SigningKey).first() or signing_key(session, now=now)
        made = certificate(session, row, key.kid, now=now)
        one = session.query(ApplicationProduct).filter_by(application_id=row.id).one()
        said = assessment(one.id, now=now)
        add(session, made, said)
        add(session, certified_product(made, one, said))
        return Prepared(made.number, row.id, one.id, key.kid)


def certified_product(
    made: Certificate, one: ApplicationProduct, said: AssessmentRecord
) -> CertificateProduct:
    """Return the line of the certificate for its product."""
    return CertificateProduct(
        certificate_number=made.number,
        position=1,
        application_id=one.application_id,
        application_product_id=one.id,
        assessment_seq=said.seq,
        name_th=one.name_th,
        name_en=one.name_en,
        hs_code=one.hs_code,
        coverage=one.coverage,
        formula="direct",
        **RULE_SET,
        threshold="40",
    )


def forms(number: str, *, now: datetime) -> SignedForms:
    """Return what signing would add."""
    credential = f"head.{number}.signature"
    return SignedForms(credential, digest(credential), f"http://localhost/v/{number}", now)


def issued(cast: Cast, *, now: datetime) -> Prepared:
    """Write an issued certificate, with the first entry of its history."""
    made = prepared(cast, now=now)
    with transaction() as session:
        store_signed(session, made.number, forms(made.number, now=now))
        store_issued(session, made.number, now=now)
        first = StatusChange("issued", "active", bangkok_day(now), reason="issued")
        record_status(session, made.number, first, actor_id=None, now=now)
    return made


def change(event: str, status: str, on: date, *, successor: str | None = None) -> StatusChange:
    """Return a status change as the work rooms would record it."""
    return StatusChange(event, status, on, reason="criteria_not_met", successor=successor)


#: What two persons have to stand behind, by the event of the history.
TWO_PERSONS = {"revoked": "revoke", "reinstated": "reinstate", "withdrawn": "withdraw"}


def record(
    session: OpenSession, number: str, wanted: StatusChange, *, actor_id: UUID | None, now: datetime
) -> None:
    """Record a change, asked for by one person and confirmed by another where it takes two."""
    action = TWO_PERSONS.get(wanted.event)
    row = allow(session, number, action, wanted.reason, now=now) if action else None
    record_status(session, number, wanted, actor_id=actor_id, now=now)
    if row:
        settle(touched_by(session, row.seq), "done", now=now)
        session.flush()


def allow(session: OpenSession, number: str, action: str, reason: str, *, now: datetime) -> StatusRequest:
    """Let two of FTI's people (new ones where there are none) stand behind a change."""
    asking, confirming = _two_strangers(session, now)
    row = StatusRequest(
        action=action, certificate_number=number, reason=reason, asked_by_id=asking, asked_at=now
    )
    write_request(session, row, [Touched(number, 0)])
    row.confirmed_by_id, row.confirmed_at = confirming, now
    session.flush()
    return row


def _two_strangers(session: OpenSession, now: datetime) -> list[UUID]:
    people = list(session.scalars(select(User.id).where(User.organisation_id.is_(None)).limit(2)))
    for at in range(len(people), 2):
        made = User(
            email=f"stranger{at}@fti.example", name=f"Stranger {at}", password_hash="none", created_at=now
        )
        add(session, made)
        people.append(made.id)
    return people
