"""What a supplier's certificate counts for by the rule set, from the typed sheet to the opened one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from mit.credential import canonical_json, jose, vc
from mit.credential.statement import read_statements
from mit.criteria.assess import assess
from mit.criteria.cost_sheet import parse_cost_sheet, sheet_document
from mit.criteria.rule_set import RuleSet
from mit.criteria.rulebook import Rulebook
from mit.issuance.apply import Draft, create_draft, submit
from mit.issuance.chain import notes_on
from mit.issuance.look import look_at
from mit.issuance.open_sheets import read_opening_of
from mit.issuance.reckon import reckon
from mit.issuance.weigh import Weighed, with_chain
from mit.issuance.wish import Seen
from mit.lifecycle.certificate_states import CertificateAction
from mit.store import certificates
from mit.store.db import viewing
from mit.values.thai_date import bangkok_day
from mit.verify.opened_sheet import check_opening, read_opening
from tests.support.chained import certify, hand_in, leaning_document, wire_by
from tests.support.desk import Desk
from tests.support.forgery import forge
from tests.support.officers import changed
from tests.support.sheets import rule_set


def ruled(desk: Desk, counts: str, *, needs: bool = False) -> Desk:
    """Return the desk under a rule set of the same day that counts suppliers' certificates so."""
    under = rule_set(supplier_certificate_counts=counts, domestic_needs_certificate=needs)
    desk.authority = replace(desk.authority, rulebook=Rulebook((under,)))
    desk.app.extensions["mit.authority"] = desk.authority
    return desk


def unproven(certificate: str) -> dict[str, Any]:
    """Return a sheet that fails unless its first line counts as domestic."""
    document = leaning_document(certificate, origin="unproven")
    document["lines"][2]["amount"] = "500.00"
    document["profit"] = "300.00"
    document["price_ex_works"] = "9100.00"
    return document


def test_the_sheet_itself_says_no(desk: Desk) -> None:
    assert not reckon_of(desk, unproven(""))


def reckon_of(desk: Desk, document: dict[str, Any]) -> bool:
    text = canonical_json.write(sheet_document(parse_cost_sheet(document))).decode("utf-8")
    return reckon(text, desk.authority.rulebook.rule_sets[0]).meets


@pytest.mark.parametrize(("counts", "meets"), [("none", False), ("full", True)])
def test_the_rule_set_says_what_a_proven_line_counts_for(desk: Desk, counts: str, *, meets: bool) -> None:
    wire = wire_by(desk, desk.cast.krit)
    under = ruled(desk, counts)
    handed_in = hand_in(under, under.cast.somchai, unproven(wire))
    (product,) = look_at(under.cast.malee, handed_in.application_id).products
    assert product.meets is meets
    assert (product.assessment or {})["trace"]["lines"]["why"][0] == ("certified" if meets else "unproven")


@pytest.mark.parametrize("action", [CertificateAction.SUSPEND, CertificateAction.REVOKE])
def test_a_lapsed_certificate_never_proves_whatever_the_policy(desk: Desk, action: CertificateAction) -> None:
    wire = wire_by(desk, desk.cast.somchai)
    changed(desk, wire, action)
    under = ruled(desk, "full")
    handed_in = hand_in(under, under.cast.krit, unproven(wire))
    (product,) = look_at(under.cast.malee, handed_in.application_id).products
    assert product.meets is False


@pytest.mark.parametrize(
    "line", [{"hs_code": "39011000"}, {"name": "ตัวนำ"}, {"name": "ตัวนำ", "hs_code": ""}], ids=str
)
def test_nor_does_one_of_which_it_cannot_be_told_that_it_covers(desk: Desk, line: dict[str, str]) -> None:
    wire = wire_by(desk, desk.cast.krit)
    under = ruled(desk, "full")
    document = unproven(wire)
    document["lines"][0] |= line
    if not document["lines"][0]["hs_code"]:
        del document["lines"][0]["hs_code"]
    handed_in = hand_in(under, under.cast.somchai, document)
    (product,) = look_at(under.cast.malee, handed_in.application_id).products
    assert product.meets is not True


def test_a_certificate_that_rests_on_another_is_opened_and_decided_again_by_what_was_known(
    desk: Desk,
) -> None:
    wire = wire_by(desk, desk.cast.krit)
    under = ruled(desk, "full")
    number = certify(under, under.cast.somchai, unproven(wire))
    document = json.loads(read_opening_of(under.cast.somchai, number))
    with viewing() as session:
        token = certificates.get_certificate(session, number).credential or ""
    stated = read_statements(jose.parse(token, typ=vc.TYP).payload)

    def reason(opening: dict[str, Any]) -> str:
        checked = check_opening(stated, read_opening(json.dumps(opening).encode()), under.authority.rulebook)
        return checked[0].reason

    assert reason(document) == "ok"
    one = document["products"][0]
    without = document | {"products": [{k: v for k, v in one.items() if k != "supplier_certificates"}]}
    assert reason(without) == "commitment_differs"
    forge("UPDATE certificates SET status = 'revoked' WHERE number = :number", number=wire)
    assert reason(document) == "ok", "what was decided then stands, whatever became of the wire"


@pytest.mark.parametrize(("counts", "share"), [("none", "8.79"), ("full", "65.93")])
def test_what_is_typed_is_weighed_with_the_facts_of_the_moment(desk: Desk, counts: str, share: str) -> None:
    wire = wire_by(desk, desk.cast.krit)
    rules: RuleSet = rule_set(supplier_certificate_counts=counts)
    document = unproven(wire)
    read = parse_cost_sheet(document)
    weighed = Weighed(sheet=read, assessment=assess(rules, read))
    chain, _ = notes_on(desk.cast.somchai, document["lines"], on=bangkok_day(desk.now))
    found = with_chain(weighed, chain).assessment
    assert found is not None
    assert found.formulas[0].shown_percent == share
    assert with_chain(weighed, ()) is weighed
    assert with_chain(Weighed(), chain) == Weighed()


def test_two_sheets_alike_but_for_what_was_known_are_assessed_apart(desk: Desk) -> None:
    """The memory of a submission does not carry yesterday's facts into today's."""
    wire = wire_by(desk, desk.cast.somchai)
    under = ruled(desk, "full")
    first = hand_in(under, under.cast.krit, unproven(wire))
    changed(under, wire, CertificateAction.REVOKE)
    second = hand_in(under, under.cast.krit, unproven(wire))
    meets = [look_at(under.cast.malee, one.application_id).products[0].meets for one in (first, second)]
    assert meets == [True, False]


def test_what_ends_between_typing_and_submitting_does_not_count(desk: Desk) -> None:
    wire = wire_by(desk, desk.cast.somchai)
    under, krit = ruled(desk, "full"), desk.cast.krit
    whole = Draft([parse_cost_sheet(unproven(wire))], "โรงงาน", "Plant", "3-72-1/42สป")
    begun = create_draft(krit, whole, now=under.tick())
    changed(under, wire, CertificateAction.REVOKE)
    done = submit(
        krit, begun.application_id, seen=Seen(begun.version), now=under.tick(), authority=under.authority
    )
    assert look_at(under.cast.malee, done.application_id).products[0].meets is False
