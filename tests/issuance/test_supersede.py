"""A correction replaces a certificate: both change in one transaction, and each names the other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from mit import worker
from mit.errors import ConflictError, NotAllowedError, NotFoundError
from mit.issuance.apply import save_draft, submit
from mit.issuance.approve import approve
from mit.issuance.correct import begin_correction
from mit.issuance.draft_sections import read
from mit.issuance.move import Standing
from mit.issuance.review import recommend
from mit.issuance.submission import draft_of
from mit.issuance.wish import Seen
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.certificate_states import CertificateAction
from mit.store.db import transaction
from mit.verify.scan import verify_number
from tests.support.desk import Desk
from tests.support.officers import changed, history, suspended
from tests.support.world import rows, untouched

DAY = timedelta(days=1)


def decided(desk: Desk, begun: Standing) -> Standing:
    """Let a draft be submitted, recommended and approved as it is."""
    cast, said = desk.cast, draft_of(read(desk.cast.somchai, begun.number))
    saved = save_draft(
        cast.somchai, begun.application_id, draft=said, seen=Seen(begun.version), now=desk.tick()
    )
    seen = Seen(saved.version)
    submit(cast.somchai, begun.application_id, seen=seen, now=desk.tick(), authority=desk.authority)
    recommend(cast.malee, begun.application_id, opinion=desk.opinion(cast.malee, begun), now=desk.tick())
    opinion = desk.opinion(cast.anan, begun)
    return approve(
        cast.anan, begun.application_id, opinion=opinion, now=desk.tick(), authority=desk.authority
    )


def corrected(desk: Desk, old: str) -> Standing:
    return decided(desk, begin_correction(desk.cast.somchai, old, now=desk.tick()))


@pytest.mark.parametrize("was_suspended", [False, True])
def test_the_new_one_becomes_active_and_the_old_one_ends_at_once(desk: Desk, was_suspended: bool) -> None:
    old = desk.issued().certificate_number
    desk.now += 3 * DAY
    if was_suspended:
        suspended(desk, old)
    new = corrected(desk, old).certificate_number
    assert verify_number(old, now=desk.now).reasons == (("suspended",) if was_suspended else ())
    worker.run_once(desk.app, now=desk.tick())
    first, second = verify_number(old, now=desk.now), verify_number(new, now=desk.now)
    assert (first.reasons, second.reasons) == (("superseded",), ())
    assert first.certificate and first.certificate.superseded_by == new
    assert second.certificate and second.certificate.supersedes == old
    assert new in first.findings[4].detail("th") and new in first.findings[4].detail("en")
    assert verify_number(old, now=desk.now, on=first.as_of - 2 * DAY).reasons == ()
    assert history(old)[-1][0] == "superseded"
    (mail,) = rows("SELECT * FROM mails WHERE letter = 'certificate_superseded'")
    assert mail["about"] == f"certificate:{old}"


@pytest.mark.parametrize("end", [CertificateAction.REVOKE, CertificateAction.WITHDRAW])
def test_what_ended_meanwhile_is_not_replaced(desk: Desk, end: CertificateAction) -> None:
    old = desk.issued().certificate_number
    begun = begin_correction(desk.cast.somchai, old, now=desk.tick())
    changed(desk, old, end)
    with pytest.raises(ConflictError, match="replaced_has_ended"):
        decided(desk, begun)
    with pytest.raises(ConflictError, match="replaced_has_ended"):
        begin_correction(desk.cast.somchai, old, now=desk.tick())


def test_what_was_revoked_between_approval_and_issue_stays_revoked(desk: Desk) -> None:
    old = desk.issued().certificate_number
    new = corrected(desk, old).certificate_number
    changed(desk, old, CertificateAction.REVOKE)
    worker.run_once(desk.app, now=desk.tick())
    assert verify_number(old, now=desk.now).reasons == ("revoked",)
    assert verify_number(new, now=desk.now).reasons == ()


def test_a_certificate_is_replaced_once(desk: Desk) -> None:
    old = desk.issued().certificate_number
    first, second = (begin_correction(desk.cast.somchai, old, now=desk.tick()) for _ in range(2))
    decided(desk, first)
    with pytest.raises(ConflictError, match="replaced_already"):
        decided(desk, second)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_correction_that_cannot_be_recorded_was_never_begun(desk: Desk) -> None:
    old = desk.issued().certificate_number
    with transaction() as session:
        refuse = "BEGIN SELECT RAISE(ABORT, 'the log is full'); END"
        when = f"WHEN NEW.event = '{AuditEvent.CORRECTION_BEGUN}'"
        session.execute(text(f"CREATE TRIGGER full_log BEFORE INSERT ON audit_events {when} {refuse}"))
    with untouched(), pytest.raises(IntegrityError, match="the log is full"):
        begin_correction(desk.cast.somchai, old, now=desk.tick())
    with transaction() as session:
        session.execute(text("DROP TRIGGER full_log"))
    begun = begin_correction(desk.cast.somchai, old, now=desk.tick())
    (row,) = rows("SELECT supersedes, version, state FROM applications WHERE number = :n", n=begun.number)
    assert (row["supersedes"], row["version"], row["state"]) == (old, 1, "draft")
    events = rows("SELECT event, subject, payload FROM audit_events ORDER BY seq DESC LIMIT 2")
    assert [(event["event"], event["subject"]) for event in events] == [
        ("manufacturer:certificate:correct", f"certificate:{old}"),
        ("manufacturer:application:create", f"application:{begun.number}"),
    ]
    assert begun.number in events[0]["payload"]


def test_only_the_holder_corrects_its_certificates(desk: Desk) -> None:
    old = desk.issued().certificate_number
    cast = desk.cast
    with untouched():
        for actor in (cast.krit, cast.anan, cast.malee, cast.napha):
            with pytest.raises((NotFoundError, NotAllowedError)):
                begin_correction(actor, old, now=desk.tick())
        for number in ("MIT-2569-0000009-X", "", "\x00"):
            with pytest.raises(NotFoundError, match="certificate_not_found"):
                begin_correction(cast.somchai, number, now=desk.tick())
