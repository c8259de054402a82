"""A rule set that asks more of some products: from submission to credential, paper and case file."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from typing import Any

import pytest

from mit import worker
from mit.criteria.cost_sheet import CostSheet, parse_cost_sheet
from mit.criteria.rulebook import make_rulebook
from mit.issuance.apply import create_draft, submit
from mit.issuance.approve import approve
from mit.issuance.case_file import read_case_file
from mit.issuance.claims_record import read_claims
from mit.issuance.export_case import export_case
from mit.issuance.move import Standing
from mit.issuance.reassess import reassess
from mit.issuance.review import recommend
from mit.issuance.wish import ProductDecision, Seen
from mit.store import certificates, documents
from mit.store.db import viewing
from tests.document.printed import read_pages
from tests.support.desk import Desk, draft, sheet_document
from tests.support.sheets import cost, material, overriding, rule_document, with_case
from tests.support.world import assert_whole_world, rows


def stricter() -> dict[str, Any]:
    """Return a rule set that asks 60 % of cables; it came into force last month."""
    document = with_case(overriding({"8544": {"threshold_percent": "60"}}), "8544.49", **cable_case())
    return document | {"id": "mit-2569-2", "in_force": document["in_force"] | {"from": "2026-11-01"}}


def cable_case() -> dict[str, Any]:
    refused = {"meets": False, "shown_percent": "50.00"}
    return {"meets": False, "direct": refused, "build_down": refused}


def use(desk: Desk, document: dict[str, Any]) -> None:
    """Let the house open with one rule set more."""
    book = make_rulebook({"first.json": rule_document(), "second.json": document})
    desk.authority = replace(desk.authority, rulebook=book)
    desk.app.extensions["mit.authority"] = desk.authority


def sheets() -> list[CostSheet]:
    """Return a cable of 75 %, a transformer of 50 %, and a cable of 50 %."""
    found, cable, transformer = [], "85444932", "85043199"
    for at, (code, foreign) in enumerate([(cable, "3100.00"), (transformer, "6250.00"), (cable, "6250.00")]):
        document = sheet_document(at + 1)
        document["product"]["hs_code"] = code
        document["lines"] = [material(foreign, hs_code=code), cost("labour", "5000.00")]
        del document["profit"]
        found.append(parse_cost_sheet(document))
    return found


@pytest.fixture
def submitted(desk: Desk) -> Standing:
    use(desk, stricter())
    somchai = desk.cast.somchai
    begun = create_draft(somchai, replace(draft(), cost_sheets=sheets()), now=desk.tick())
    seen = Seen(begun.version)
    return submit(somchai, begun.application_id, seen=seen, now=desk.tick(), authority=desk.authority)


def issue(desk: Desk, standing: Standing) -> Standing:
    """Let both officers keep the first two products, and the worker issue them."""
    malee, anan = desk.cast.malee, desk.cast.anan
    decisions = [
        ProductDecision(1, keep=True),
        ProductDecision(2, keep=True),
        ProductDecision(3, keep=False, reason="ไม่ถึงร้อยละ 60"),
    ]
    case, opinion = standing.application_id, desk.opinion(malee, standing, decisions)
    recommend(malee, case, opinion=opinion, now=desk.tick())
    opinion = desk.opinion(anan, standing, decisions)
    approved = approve(anan, case, opinion=opinion, now=desk.tick(), authority=desk.authority)
    worker.run_once(desk.app, now=desk.tick())
    return approved


def test_each_product_is_judged_by_what_counts_for_it(desk: Desk, submitted: Standing) -> None:
    stored = rows(
        "SELECT meets, document FROM assessments JOIN application_products ON application_products.id = "
        "assessments.application_product_id ORDER BY position"
    )
    said = [json.loads(str(row["document"])) for row in stored]
    assert [one["meets"] for one in said] == [True, True, False]
    assert ["overrides" in one["trace"] for one in said] == [True, False, True]
    assert {one["ruleset"]["id"] for one in said} == {"mit-2569-2"}
    assert submitted.state == "submitted"


def test_credential_and_paper_state_the_share_that_was_asked_of_each(desk: Desk, submitted: Standing) -> None:
    standing = issue(desk, submitted)
    with viewing() as session:
        certificate = certificates.get_certificate(session, standing.certificate_number)
        folder = desk.authority.settings.var_dir
        printed = documents.read_document(session, folder, certificate.pdf_sha256 or "")
    claims = read_claims(certificate.claims)
    certified = [(one.coverage.hs_code, one.formula, one.threshold) for one in claims.products]
    assert certified == [("85444932", "direct", "60"), ("85043199", "direct", "40")]
    assert stated(str(certificate.credential)) == [60, 40]
    text = "\n".join(page.text for page in read_pages(printed))
    for sign, share in (("(1)", "60"), ("(2)", "40")):
        assert re.search(rf"{re.escape(sign)} สัดส่วนมูลค่าในประเทศไม่ต่ำกว่าเกณฑ์ร้อยละ {share}", text)
        assert f"at or above the threshold of {share} %" in text
    assert_whole_world(desk.now)


def stated(credential: str) -> list[int]:
    """Return the shares that a credential says were asked for, product by product."""
    payload = credential.split(".")[1]
    body = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assessed = body["credentialSubject"]["assessment"]
    return [one["assessmentCriteria"][0]["thresholdValue"]["metricValue"]["value"] for one in assessed]


def test_its_case_file_agrees_and_a_prefix_that_was_changed_does_not(desk: Desk, submitted: Standing) -> None:
    number = issue(desk, submitted).number
    data = export_case(desk.cast.anan, number, rulebook=desk.authority.rulebook, now=desk.tick())
    assert reassess(read_case_file(data)).is_same
    moved = data.replace(b'\\"8544\\":', b'\\"8545\\":')
    assert moved != data
    differing = {check.code for check in reassess(read_case_file(moved)).checks if not check.agrees}
    assert {"rule_set", "content_named"} <= differing
