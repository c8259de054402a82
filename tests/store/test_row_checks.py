"""What the tables themselves refuse: states, numbers and pairs that cannot be."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.exc import IntegrityError

from mit.store.applications import ApplicationProduct
from mit.store.certificates import Certificate
from mit.store.db import add, transaction
from mit.store.documents import Document
from tests.support import register
from tests.support.people import Cast

WRONG_STATES = {
    "unknown state": {"state": "lost"},
    "submitted without content": {"state": "submitted", "content_digest": None},
    "submitted without a day": {"state": "submitted", "submitted_at": None},
    "submitted without a profile": {"state": "submitted", "profile_version": None},
    "recommended by nobody": {"state": "recommended"},
    "a reviewer before the recommendation": {"state": "submitted", "reviewer_id": "malee"},
    "a reviewer of a returned one": {"state": "returned", "reviewer_id": "malee"},
    "approved by nobody": {"state": "approved", "reviewer_id": "malee", "decided_at": True},
    "an approver before the approval": {
        "state": "recommended", "reviewer_id": "malee", "approver_id": "anan",
    },
    "approved by its reviewer": {
        "state": "approved", "reviewer_id": "malee", "approver_id": "malee", "decided_at": True,
    },
    "recommended by its author": {"state": "recommended", "reviewer_id": "somchai"},
    "approved by its author": {
        "state": "approved", "reviewer_id": "malee", "approver_id": "somchai", "decided_at": True,
    },
    "refused by nobody": {"state": "refused", "decided_at": True},
    "withdrawn on no day": {"state": "withdrawn"},
    "decided and still open": {"state": "submitted", "decided_at": True},
    "a version below one": {"version": 0},
    "a digest of another length": {"content_digest": "abc"},
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG_STATES.values(), ids=WRONG_STATES.keys())
def test_the_table_refuses_a_state_that_cannot_be(
    cast: Cast, now: datetime, wrong: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError), transaction() as session:
        row = register.submitted(session, cast, now=now)
        for name, value in wrong.items():
            actor = getattr(cast, str(value), None) if name.endswith("_id") else None
            setattr(row, name, actor.user_id if actor else now if value is True else value)
        session.flush()


RIGHT_STATES = {
    "returned": {"state": "returned"},
    "recommended": {"state": "recommended", "reviewer_id": "malee"},
    "approved": {"state": "approved", "reviewer_id": "malee", "approver_id": "anan", "decided_at": True},
    "refused by the reviewer": {"state": "refused", "refused_by_id": "malee", "decided_at": True},
    "refused by the approver": {
        "state": "refused", "reviewer_id": "malee", "refused_by_id": "anan", "decided_at": True,
    },
    "withdrawn": {"state": "withdrawn", "decided_at": True},
}  # fmt: skip


@pytest.mark.parametrize("right", RIGHT_STATES.values(), ids=RIGHT_STATES.keys())
def test_the_table_takes_every_state_of_the_workflow(
    cast: Cast, now: datetime, right: dict[str, object]
) -> None:
    with transaction() as session:
        row = register.submitted(session, cast, now=now)
        for name, value in right.items():
            actor = getattr(cast, str(value), None) if name.endswith("_id") else None
            setattr(row, name, actor.user_id if actor else now if value is True else value)
        session.flush()


@pytest.mark.parametrize(
    "wrong",
    [
        {"position": 0},
        {"position": 201},
        {"price_ex_works_satang": 0},
        {"decision": "maybe"},
        {"decision": "certified"},
        {"cost_sheet_sha256": "short"},
    ],
    ids=str,
)
def test_the_table_refuses_a_product_that_cannot_be(
    cast: Cast, now: datetime, wrong: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError), transaction() as session:
        row = register.draft(session, cast, now=now)
        one = session.query(ApplicationProduct).filter_by(application_id=row.id).one()
        for name, value in wrong.items():
            setattr(one, name, value)
        session.flush()


# --- the states of a certificate, as the table says them

WRONG_CERTIFICATES = {
    "unknown state": {"state": "lost"},
    "active but unsigned": {"state": "active", "issued_at": True},
    "issued but not active": {"issued_at": True},
    "signed at no time": {"credential": "x", "credential_sha256": "a" * 64, "qr_text": "x"},
    "signed without a QR text": {"credential": "x", "credential_sha256": "a" * 64, "signed_at": True},
    "printed before it was issued": {"pdf_sha256": "a" * 64},
    "unknown status": {"status": "expired"},
    "superseded by nothing": {"status": "superseded"},
    "superseding itself": {"supersedes": "itself"},
    "expired before it began": {"expires_on": "the day"},
    "a citizen number": {"holder_juristic_number": "1101700203451"},
    "a citizen number that begins with 8": {"holder_juristic_number": "8101700203451"},
    "a short number": {"holder_juristic_number": "0105"},
    "a year that is not Buddhist": {"year_be": 2026},
    "number nought": {"running": 0},
    "an unknown key": {"kid": 77},
    "a slot of nobody": {"slot_index": 4711},
}


@pytest.mark.parametrize("wrong", WRONG_CERTIFICATES.values(), ids=WRONG_CERTIFICATES.keys())
def test_the_table_refuses_a_certificate_that_cannot_be(
    cast: Cast, now: datetime, wrong: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError), transaction() as session:
        row = register.approved(session, cast, now=now)
        add(session, Document(sha256="a" * 64, media_type="x", size_bytes=1, stored_at=now))
        made = register.certificate(session, row, register.signing_key(session, now=now).kid, now=now)
        for name, value in wrong.items():
            known = {"itself": made.number, "the day": made.issued_on}
            setattr(made, name, now if value is True else known.get(str(value), value))
        add(session, made)


@pytest.mark.parametrize("number", ["0105536112014", "9101700203451", None])
def test_the_table_takes_numbers_that_are_no_citizen_s(cast: Cast, now: datetime, number: str | None) -> None:
    with transaction() as session:
        row = register.approved(session, cast, now=now)
        made = register.certificate(session, row, register.signing_key(session, now=now).kid, now=now)
        made.holder_juristic_number = number
        add(session, made)


UNIQUE = ["tbs_sha256", "slot", "running", "supersedes", "credential_sha256"]


@pytest.mark.parametrize("column", UNIQUE)
def test_no_two_certificates_share_what_is_one_s_own(cast: Cast, now: datetime, column: str) -> None:
    first = register.issued(cast, now=now)
    second = register.issued(cast, now=now)
    with pytest.raises(IntegrityError), transaction() as session:
        row = register.approved(session, cast, now=now)
        made = register.certificate(session, row, first.kid, now=now)
        one, two = session.get_one(Certificate, first.number), session.get_one(Certificate, second.number)
        if column == "slot":
            made.slot_index = one.slot_index
        elif column == "supersedes":
            made.supersedes = one.number
            add(session, made)
            other = register.certificate(
                session, register.approved(session, cast, now=now), first.kid, now=now
            )
            other.supersedes = one.number
            made = other
        elif column == "credential_sha256":
            made.credential, made.qr_text, made.signed_at = "x", "x", now
            made.credential_sha256 = two.credential_sha256
        else:
            setattr(made, column, getattr(one, column))
        add(session, made)
