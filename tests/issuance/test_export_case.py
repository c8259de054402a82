"""A case taken home at any stage agrees with itself, and tells nobody what they may not know."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from mit import worker
from mit.criteria.rule_set import parse_rule_set
from mit.errors import ConflictError
from mit.issuance.apply import resubmit
from mit.issuance.ask import Question, ask
from mit.issuance.case_file import read_case_file
from mit.issuance.export_case import export_case, export_own
from mit.issuance.move import Standing
from mit.issuance.note import write_note
from mit.issuance.reassess import reassess
from mit.issuance.review import refuse, return_with_reasons
from mit.issuance.rotate_keys import activate_key, mark_compromised, plan_key
from mit.issuance.take import take
from mit.issuance.wish import Seen
from mit.store.certificate_search import Common
from mit.upkeep.preview_rules import preview_rules
from mit.values.thai_date import bangkok_day
from tests.issuance.test_incident import asked, done
from tests.issuance.test_supersede import corrected
from tests.support.chained import hand_in, leaning_document, wire_by
from tests.support.desk import Desk
from tests.support.sheets import changed_rules
from tests.support.world import rows

SECRET = "ข้อความที่เจ้าหน้าที่เขียนถึงกัน"


def of_staff(desk: Desk, number: str) -> dict[str, Any]:
    return agreeing(export_case(desk.cast.malee, number, rulebook=desk.authority.rulebook, now=desk.tick()))


def of_applicant(desk: Desk, number: str) -> dict[str, Any]:
    return agreeing(export_own(desk.cast.somchai, number, rulebook=desk.authority.rulebook, now=desk.tick()))


def agreeing(data: bytes) -> dict[str, Any]:
    found = reassess(read_case_file(data))
    assert [check for check in found.checks if not check.agrees] == []
    document: dict[str, Any] = json.loads(data)
    return document


def returned(desk: Desk) -> Standing:
    case = desk.submitted(True, False)
    malee = desk.cast.malee
    take(malee, case.number, now=desk.tick())
    write_note(malee, case.number, SECRET, now=desk.tick())
    ask(malee, case.number, Question(1, "lines[1].amount", "โปรดอธิบาย"), now=desk.tick())
    seen = desk.seen(malee, case)
    return return_with_reasons(malee, case.application_id, seen=seen, reasons="โปรดแก้ไข", now=desk.tick())


def resubmitted(desk: Desk) -> Standing:
    case = desk.submitted(True, False)
    malee, somchai = desk.cast.malee, desk.cast.somchai
    seen = desk.seen(malee, case)
    back = return_with_reasons(malee, case.application_id, seen=seen, reasons="โปรดแก้ไข", now=desk.tick())
    return resubmit(
        somchai, back.application_id, seen=Seen(back.version), now=desk.tick(), authority=desk.authority
    )


def refused(desk: Desk) -> Standing:
    case = desk.submitted(True, False)
    seen = desk.seen(desk.cast.malee, case)
    return refuse(desk.cast.malee, case.application_id, reasons="ไม่ผ่าน", seen=seen, now=desk.tick())


STAGES: dict[str, tuple[Callable[[Desk], Standing], list[str], int]] = {
    "submitted": (lambda desk: desk.submitted(True, False), ["", ""], 0),
    "returned": (returned, ["", ""], 0),
    "submitted again": (resubmitted, ["", ""], 0),
    "recommended": (lambda desk: desk.recommended(True, False), ["", ""], 1),
    "approved": (lambda desk: desk.approved(True, False), ["certified", "refused"], 2),
    "issued": (lambda desk: desk.issued(True, False), ["certified", "refused"], 2),
    "refused": (refused, ["refused", "refused"], 0),
}


@pytest.mark.parametrize("stage", STAGES)
def test_at_every_stage_both_files_agree_and_the_applicants_tells_of_no_officer(
    desk: Desk, stage: str
) -> None:
    reach, decisions, approvals = STAGES[stage]
    number = reach(desk).number
    staff, own = of_staff(desk, number), of_applicant(desk, number)
    assert len(staff["approvals"]) == approvals
    assert own == staff | {"approvals": []}
    assert [product["decision"] for product in own["products"]] == decisions
    said = json.dumps(own, ensure_ascii=False)
    for secret in (
        "Malee",
        "Anan",
        SECRET,
        "โปรดอธิบาย",
        str(desk.cast.malee.user_id),
        str(desk.cast.anan.user_id),
    ):
        assert secret not in said


def test_a_correction_and_the_certificate_it_replaced_both_agree(desk: Desk) -> None:
    old = desk.issued(True)
    new = corrected(desk, str(old.certificate_number))
    worker.run_once(desk.app, now=desk.tick())
    first, second = of_staff(desk, old.number), of_staff(desk, new.number)
    assert (first["certificate"], second["certificate"]) == (old.certificate_number, new.certificate_number)
    assert first["rule_set_sha256"] == second["rule_set_sha256"]
    assert json.loads(second["content"])["supersedes"] == old.certificate_number


def test_what_was_issued_anew_after_an_incident_agrees_with_the_assessment_of_old(desk: Desk) -> None:
    old = desk.issued(True, False)
    desk.now += timedelta(days=20)
    kid = plan_key(None, authority=desk.authority, now=desk.tick(), demo=True)
    activate_key(None, kid, now=desk.tick(), waive_lead_time="the other one was stolen")
    desk.now += timedelta(days=1)
    mark_compromised(None, 1, from_at=desk.now - timedelta(days=30), reason="stolen", now=desk.tick())
    done(desk, asked(desk, Common(kid=1), "reissue"))
    (row,) = rows("SELECT number FROM applications WHERE supersedes IS NOT NULL")
    before, after = of_staff(desk, old.number), of_staff(desk, str(row["number"]))
    assert [product["position"] for product in after["products"]] == [1]
    assert after["products"][0]["assessment"] == before["products"][0]["assessment"]
    assert [approval["person"] for approval in after["approvals"]] == ["Malee Srisuk", "Anan Wongthai"]


def test_a_house_that_lost_the_rule_set_says_so_and_records_nothing(desk: Desk) -> None:
    number = desk.submitted().number
    other = desk.authority.rulebook.__class__(())
    for export, actor in ((export_case, desk.cast.malee), (export_own, desk.cast.somchai)):
        with pytest.raises(ConflictError, match="case_file_rule_set") as caught:
            export(actor, number, rulebook=other, now=desk.tick())
        assert caught.value.params["id"] == "mit-2563-1"
    assert rows("SELECT seq FROM audit_events WHERE event LIKE '%:case:export'") == []


def test_a_case_that_leaned_on_a_suppliers_certificate_agrees_without_asking_the_register(desk: Desk) -> None:
    wire = wire_by(desk, desk.cast.krit)
    standing = hand_in(desk, desk.cast.somchai, leaning_document(wire))
    document = of_staff(desk, standing.number)
    (product,) = document["products"]
    frozen = json.loads(product["assessment"]["document"])["trace"]["supplier_certificates"]
    assert [(one["number"], one["standing"]) for one in frozen] == [(wire, "active")]


@pytest.mark.parametrize(("counts", "gains"), [("none", False), ("full", True)])
def test_a_new_rule_set_is_previewed_with_what_was_known_of_suppliers(
    desk: Desk, counts: str, gains: bool
) -> None:
    """Unproven wire, two fifths of the price: its maker's certificate lets it pass only where that counts."""
    wire = wire_by(desk, desk.cast.krit)
    standing = hand_in(desk, desk.cast.somchai, leaning_document(wire, origin="unproven"))
    rules = parse_rule_set(changed_rules(supplier_certificate_counts=counts))
    found = preview_rules(rules, today=bangkok_day(desk.now))
    assert found.not_reckoned == 0
    assert [flip.application for flip in found.flips if flip.after and not flip.before] == (
        [standing.number] if gains else []
    )
