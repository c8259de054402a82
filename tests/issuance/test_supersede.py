"""A correction replaces a certificate: both change in one transaction, and each names the other."""

from __future__ import annotations

from datetime import timedelta

import pytest

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
from mit.lifecycle.certificate_states import CertificateAction
from mit.verify.scan import verify_number
from tests.support.desk import Desk
from tests.support.officers import changed, history, suspended
from tests.support.world import rows

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


def test_only_the_holder_corrects_its_certificates(desk: Desk) -> None:
    old = desk.issued().certificate_number
    with pytest.raises(NotFoundError):
        begin_correction(desk.cast.krit, old, now=desk.tick())
    with pytest.raises((NotFoundError, NotAllowedError)):
        begin_correction(desk.cast.anan, old, now=desk.tick())
