"""From a draft to a certificate that a stranger verifies, and every way that ends before it."""

from __future__ import annotations

from datetime import date

import pytest

from mit import worker
from mit.credential import vc
from mit.errors import InputError
from mit.issuance.apply import resubmit, save_draft, withdraw
from mit.issuance.approve import approve
from mit.issuance.look import look_at
from mit.issuance.review import recommend, refuse, return_with_reasons
from mit.issuance.wish import Opinion, ProductDecision, Seen
from mit.store import certificates, jobs
from mit.store.db import transaction, viewing
from mit.verify.scan import verify_number, verify_text
from mit.verify.verdict import Answer
from tests.support.desk import Desk, draft
from tests.support.world import assert_whole_world, rows


def test_an_application_becomes_a_certificate_that_verifies(desk: Desk) -> None:
    standing = desk.issued(True, False, True)
    with viewing() as session:
        certificate = certificates.get_certificate(session, standing.certificate_number)
        products = certificates.products_certified(session, certificate.number)
    assert str(standing.state) == "approved"
    assert certificate.state == "active"
    assert [product.position for product in products] == [1, 2]
    assert certificate.issued_on == date(2026, 11, 25)
    assert certificate.expires_on == date(2027, 11, 24)
    assert certificate.sample is True
    verdict = verify_text(certificate.qr_text or "", now=desk.now)
    assert verdict.answer is Answer.VALID
    assert "sample" in {notice.code for notice in verdict.notices}
    assert_whole_world(desk.now, desk.authority.settings.var_dir)


def test_the_measured_share_stands_nowhere_in_what_is_signed(desk: Desk) -> None:
    standing = desk.issued()
    view = look_at(desk.cast.anan, standing.application_id)
    shown = [formula["shown_percent"] for formula in view.products[0].assessment["formulas"]]
    with viewing() as session:
        certificate = certificates.get_certificate(session, standing.certificate_number)
    payload = certificate.claims
    assert shown[0] == "75.20"
    assert not [percent for percent in shown if f'"{percent}' in payload or f"{percent}%" in payload]
    assert '"threshold":"40"' in payload


def test_what_was_returned_is_corrected_and_certified_in_the_second_round(desk: Desk) -> None:
    somchai, malee = desk.cast.somchai, desk.cast.malee
    standing = desk.submitted(False)
    seen = desk.seen(malee, standing)
    standing = return_with_reasons(
        malee, standing.application_id, reasons="ฉนวนควรเป็นของในประเทศ", seen=seen, now=desk.tick()
    )
    assert look_at(somchai, standing.application_id).reasons == "ฉนวนควรเป็นของในประเทศ"
    standing = save_draft(
        somchai, standing.application_id, draft=draft(True), seen=Seen(standing.version), now=desk.tick()
    )
    standing = resubmit(
        somchai,
        standing.application_id,
        seen=Seen(standing.version),
        now=desk.tick(),
        authority=desk.authority,
    )
    standing = recommend(
        malee, standing.application_id, opinion=desk.opinion(malee, standing), now=desk.tick()
    )
    standing = approve(
        desk.cast.anan,
        standing.application_id,
        opinion=desk.opinion(desk.cast.anan, standing),
        now=desk.tick(),
        authority=desk.authority,
    )
    worker.run_once(desk.app, now=desk.tick())
    assert verify_number(standing.certificate_number, now=desk.now).answer is Answer.VALID
    assert len(rows("SELECT * FROM assessments")) == 2
    assert_whole_world(desk.now, desk.authority.settings.var_dir)


def test_an_application_with_nothing_left_is_refused_without_a_number(desk: Desk) -> None:
    standing = desk.recommended(True, False)
    decisions = [ProductDecision(n, keep=False, reason="เอกสารไม่ครบ") for n in (1, 2)]
    opinion = Opinion(desk.seen(desk.cast.anan, standing), decisions)
    standing = approve(
        desk.cast.anan,
        standing.application_id,
        opinion=opinion,
        now=desk.tick(),
        authority=desk.authority,
    )
    assert str(standing.state) == "refused"
    assert standing.certificate_number == ""
    view = look_at(desk.cast.somchai, standing.application_id)
    assert view.reasons == "1. เอกสารไม่ครบ\n2. เอกสารไม่ครบ"
    assert [product.decision for product in view.products] == ["refused", "refused"]
    assert rows("SELECT * FROM certificates") == []
    assert_whole_world(desk.now)


def test_the_reviewer_refuses_what_cannot_be_certified(desk: Desk) -> None:
    standing = desk.submitted(False)
    seen = desk.seen(desk.cast.malee, standing)
    standing = refuse(
        desk.cast.malee, standing.application_id, reasons="ไม่ผ่านเกณฑ์", seen=seen, now=desk.tick()
    )
    assert str(standing.state) == "refused"
    assert_whole_world(desk.now)


def test_the_manufacturer_withdraws_what_is_recommended(desk: Desk) -> None:
    standing = desk.recommended()
    standing = withdraw(
        desk.cast.somchai, standing.application_id, seen=Seen(standing.version), now=desk.tick()
    )
    assert str(standing.state) == "withdrawn"
    assert_whole_world(desk.now)


def test_several_applications_get_numbers_in_the_order_of_approval(desk: Desk) -> None:
    first, second, third = desk.recommended(at=1), desk.recommended(at=2), desk.recommended(at=3)
    numbers = []
    for standing in (third, first, second):
        opinion = desk.opinion(desk.cast.anan, standing)
        done = approve(
            desk.cast.anan,
            standing.application_id,
            opinion=opinion,
            now=desk.tick(),
            authority=desk.authority,
        )
        numbers.append(done.certificate_number[:16])
    assert numbers == ["MIT-2569-0000001", "MIT-2569-0000002", "MIT-2569-0000003"]
    worker.run_once(desk.app, now=desk.tick())
    assert_whole_world(desk.now, desk.authority.settings.var_dir)


def test_a_stuck_certificate_blocks_nobody(desk: Desk) -> None:
    stuck, other = desk.approved(at=1), desk.approved(at=2)
    with transaction() as session:  # somebody else holds the first job and died
        held = jobs.take(session, desk.now)
    assert held
    assert held.key == stuck.certificate_number
    worker.run_once(desk.app, now=desk.tick())
    assert verify_number(other.certificate_number, now=desk.now).answer is Answer.VALID
    assert verify_number(stuck.certificate_number, now=desk.now).answer is not Answer.VALID
    indexes = rows("SELECT certificate_number, log_index FROM log_leaves WHERE log_index IS NOT NULL")
    assert indexes == [{"certificate_number": other.certificate_number, "log_index": 0}]
    desk.now += jobs.LEASE
    worker.run_once(desk.app, now=desk.tick())
    assert verify_number(stuck.certificate_number, now=desk.now).answer is Answer.VALID
    assert_whole_world(desk.now, desk.authority.settings.var_dir)


def test_two_hundred_products_make_one_certificate(desk: Desk) -> None:
    standing = desk.issued(*[True] * 200)
    with viewing() as session:
        certificate = certificates.get_certificate(session, standing.certificate_number)
    token = (certificate.credential or "").split(".")[1]
    assert len(token) > 100_000
    assert verify_number(certificate.number, now=desk.now).answer is Answer.VALID
    assert vc.TYP == "vc+jwt"


def test_a_201st_product_is_refused(desk: Desk) -> None:
    with pytest.raises(InputError, match="too_many_products"):
        desk.draft(*[True] * 201)
