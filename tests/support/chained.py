"""Makers who lean on each other's certificates, in one line each, for tests of the chain."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from mit import worker
from mit.criteria.cost_sheet import parse_cost_sheet
from mit.issuance.apply import Draft, create_draft, submit
from mit.issuance.approve import approve
from mit.issuance.move import Standing
from mit.issuance.review import recommend
from mit.issuance.wish import Seen
from mit.roles.actor import Actor
from tests.support.desk import Desk

#: What a supplier is certified for, and the line of somebody who buys it.
WIRE = {
    "name_th": "ลวดทองแดงเปลือย",
    "name_en": "Bare copper wire",
    "hs_code": "74081110",
    "models": ["CW-250"],
}
BOUGHT: dict[str, Any] = {
    "kind": "material",
    "name": "ลวดทองแดง CW-250",
    "amount": "5200.00",
    "origin": "domestic",
    "hs_code": "74081110",
}


def leaning_document(
    certificate: str = "", *, product: dict[str, Any] | None = None, **line: Any
) -> dict[str, Any]:
    """Return a cost sheet that meets, whose first line names *certificate* as its proof."""
    bought = deepcopy(BOUGHT) | line
    if certificate:
        bought["supplier_certificate"] = certificate
    return {
        "product": {
            "name_th": "สายไฟฟ้าแรงต่ำ",
            "name_en": "Low-voltage cable",
            "hs_code": "85444932",
            "unit": "เมตร",
            "models": ["SC-1"],
        }
        | (product or {}),
        "price_ex_works": "12500.00",
        "profit": "1100.00",
        "lines": [
            bought,
            {"kind": "material", "name": "ฉนวน", "amount": "3100.00", "origin": "imported"},
            {"kind": "labour", "name": "ค่าแรง", "amount": "3100.00"},
        ],
    }


def hand_in(desk: Desk, by: Actor, document: dict[str, Any]) -> Standing:
    """Let a maker submit an application of one product."""
    whole = Draft([parse_cost_sheet(document)], "โรงงาน", "Plant", "3-72-1/42สป")
    begun = create_draft(by, whole, now=desk.tick())
    seen, authority = Seen(begun.version), desk.authority
    return submit(by, begun.application_id, seen=seen, now=desk.tick(), authority=authority)


def certify(desk: Desk, by: Actor, document: dict[str, Any]) -> str:
    """Let it be recommended, approved and issued; return the number of the certificate."""
    handed_in = hand_in(desk, by, document)
    malee, anan = desk.cast.malee, desk.cast.anan
    identity = handed_in.application_id
    recommend(malee, identity, opinion=desk.opinion(malee, handed_in), now=desk.tick())
    opinion = desk.opinion(anan, handed_in)
    done = approve(anan, identity, opinion=opinion, now=desk.tick(), authority=desk.authority)
    worker.run_once(desk.app, now=desk.tick())
    return done.certificate_number


def wire_by(desk: Desk, by: Actor) -> str:
    """Return the number of a certificate for copper wire."""
    return certify(desk, by, leaning_document(product=WIRE))
