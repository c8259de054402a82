"""Prepare: what is written down, and every reason for which nothing is."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random

import pytest

from mit.credential.claims import SLOTS_IN_A_LIST
from mit.credential.coverage import CoverageEntry
from mit.criteria.rulebook import Rulebook
from mit.errors import ConflictError, Fault, KeyUnavailableError, LintError, MitError, NotFoundError
from mit.issuance import rehearse
from mit.issuance.approve import approve
from mit.issuance.authority import Authority
from mit.issuance.claims_record import read_claims
from mit.issuance.move import Standing
from mit.issuance.rotate_keys import activate_key, mark_compromised, plan_key
from mit.issuance.wish import Opinion
from mit.store import certificates
from mit.store.certificates import Certificate
from mit.store.db import viewing
from tests.support.desk import Desk
from tests.support.forgery import forge
from tests.support.world import assert_whole_world, rows


def _approve(desk: Desk, standing: Standing, **changes: object) -> Standing:
    opinion: Opinion = desk.opinion(desk.cast.anan, standing)
    authority: Authority = replace(desk.authority, **changes)
    return approve(
        desk.cast.anan, standing.application_id, opinion=opinion, now=desk.tick(), authority=authority
    )


def _certificate(number: str) -> Certificate:
    with viewing() as session:
        return certificates.get_certificate(session, number)


def test_everything_that_will_be_signed_is_written_down(desk: Desk) -> None:
    certificate = _certificate(desk.approved(True, False, True).certificate_number)
    claims = read_claims(certificate.claims)
    rule_set = desk.authority.rulebook.in_force(date(2026, 11, 25))
    assert str(claims.number) == certificate.number
    assert [product.coverage.models for product in claims.products] == [("SC-101",), ("SC-103",)]
    assert {product.rule_set_sha256 for product in claims.products} == {rule_set.sha256}
    assert {product.threshold for product in claims.products} == {"40"}
    assert (claims.issued_on, claims.expires_on) == (date(2026, 11, 25), date(2027, 11, 24))
    assert claims.slot.list_number == 2700
    assert 0 <= claims.slot.index < SLOTS_IN_A_LIST
    assert claims.holder.juristic_number == "0105536112014"
    assert claims.sample is certificate.sample is True
    assert claims.issuer == desk.authority.issuer_on(date(2026, 11, 25))
    assert certificate.profile_version == desk.authority.profile_version
    assert (certificate.state, certificate.credential, certificate.signed_at) == ("prepared", None, None)
    assert rows("SELECT kind, key, state FROM jobs WHERE kind <> 'mail'") == [
        {"kind": "issue", "key": certificate.number, "state": "waiting"}
    ]
    assert_whole_world(desk.now)


def test_the_leaf_is_salted_and_not_yet_in_the_log(desk: Desk) -> None:
    certificate = _certificate(desk.approved().certificate_number)
    (leaf,) = rows("SELECT * FROM log_leaves")
    assert len(bytes(leaf["salt"])) == 32
    assert leaf["log_index"] is None
    assert json.loads(leaf["entry"]) == {
        "content_digest": certificate.content_digest,
        "event": "issue",
        "expires_on": "2027-11-24",
        "issued_on": "2026-11-25",
        "kid": 1,
        "number": certificate.number,
        "profile_version": "mit-1",
        "tbs_sha256": certificate.tbs_sha256,
    }


def test_chance_comes_from_the_authority(desk: Desk) -> None:
    standing = _approve(desk, desk.recommended(), random=Random(7))
    expected = Random(7).randrange(SLOTS_IN_A_LIST)
    assert _certificate(standing.certificate_number).slot_index == expected


@pytest.mark.parametrize(
    ("instant", "issued_on", "year_be", "expires_on"),
    [
        ("2026-12-31T16:59:59", date(2026, 12, 31), 2569, date(2027, 12, 30)),
        ("2026-12-31T17:00:00", date(2027, 1, 1), 2570, date(2027, 12, 31)),
        ("2028-02-28T17:00:00", date(2028, 2, 29), 2571, date(2029, 2, 28)),
    ],
)
def test_the_issue_day_is_the_day_in_bangkok(desk: Desk, instant, issued_on, year_be, expires_on) -> None:
    standing = desk.recommended()
    desk.now = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    opinion = desk.opinion(desk.cast.anan, standing)
    done = approve(
        desk.cast.anan,
        standing.application_id,
        opinion=opinion,
        now=desk.now,
        authority=desk.authority,
    )
    certificate = _certificate(done.certificate_number)
    assert (certificate.issued_on, certificate.expires_on) == (issued_on, expires_on)
    assert certificate.number.startswith(f"MIT-{year_be}-0000001-")


def test_numbers_begin_anew_each_year_and_have_no_gaps(desk: Desk) -> None:
    for at in range(2):
        desk.approved(at=at + 1)
    desk.now = datetime(2027, 1, 2, tzinfo=UTC)
    desk.approved(at=3)
    assert rows("SELECT year_be, running FROM certificates ORDER BY year_be, running") == [
        {"year_be": 2569, "running": 1},
        {"year_be": 2569, "running": 2},
        {"year_be": 2570, "running": 1},
    ]
    assert_whole_world(desk.now)


def test_a_refused_rehearsal_takes_no_number_and_decides_nothing(desk: Desk, monkeypatch) -> None:
    standing = desk.recommended()
    reasons = [Fault("lint_text_missing", "holder.site_th"), Fault("lint_qr_too_large", "holder.name_th")]
    monkeypatch.setattr(rehearse, "_paper_faults", lambda claims, public_url: reasons)
    with pytest.raises(LintError) as refusal:
        _approve(desk, standing)
    assert list(refusal.value.faults) == reasons
    assert rows("SELECT * FROM certificates") == []
    assert rows("SELECT * FROM counters WHERE name LIKE 'certificate%' OR name LIKE 'status%'") == []
    assert rows("SELECT state FROM applications") == [{"state": "recommended"}]
    assert_whole_world(desk.now)
    monkeypatch.undo()
    assert _approve(desk, standing).certificate_number.startswith("MIT-2569-0000001-")


def test_the_lint_lists_every_reason_at_once(desk: Desk) -> None:
    standing = desk.recommended(True, True)
    bad = replace(
        desk.authority.issuer_profiles[0],
        name_en="FTI \u200b",
        telephone="0 2345  1000",
    )
    with pytest.raises(LintError) as refusal:
        _approve(desk, standing, issuer_profiles=(bad,))
    assert {(fault.code, fault.where) for fault in refusal.value.faults} >= {
        ("text_invisible_sign", "issuer.name_en"),
        ("lint_text_spaces", "issuer.telephone"),
    }


def test_the_paper_is_drawn_before_anything_is_signed(desk: Desk, monkeypatch) -> None:
    drawn = []

    def draw(paper: object) -> bytes:
        drawn.append(paper)
        return b""

    monkeypatch.setattr(rehearse, "draw_certificate", draw)
    desk.approved()
    assert [paper.claims.number.running for paper in drawn] == [9_999_999]


@pytest.mark.parametrize(
    ("breakage", "error", "code"),
    [
        ("no key", KeyUnavailableError, "no_active_key"),
        ("compromised", KeyUnavailableError, "no_active_key"),
        ("production", KeyUnavailableError, "demo_key_in_production"),
        ("profile", ConflictError, "profile_version_unknown"),
        ("no rule set", NotFoundError, "no_such_rule_set"),
        ("rule set", ConflictError, "rule_set_changed"),
        ("no issuer", NotFoundError, "no_issuer_in_force"),
    ],
)
def test_what_is_missing_stops_the_approval_and_nothing_is_decided(desk: Desk, breakage, error, code) -> None:
    standing = desk.recommended()
    changes: dict[str, object] = {}
    rule_sets = desk.authority.rulebook.rule_sets
    if breakage == "no key":
        forge("UPDATE signing_keys SET active_from_on = NULL WHERE purpose = 'credential'")
    elif breakage == "compromised":
        mark_compromised(None, 1, from_at=desk.now, reason="แฟ้มรั่ว", now=desk.now)
    elif breakage == "production":
        changes = {"settings": replace(desk.authority.settings, env="production")}
    elif breakage == "profile":
        changes = {"profile_version": "mit-2"}
    elif breakage == "no rule set":
        changes = {"rulebook": Rulebook(())}
    elif breakage == "rule set":
        changes = {"rulebook": Rulebook(tuple(replace(one, sha256="0" * 64) for one in rule_sets))}
    else:
        changes = {"issuer_profiles": ()}
    with pytest.raises(MitError) as refusal:
        _approve(desk, standing, **changes)
    assert isinstance(refusal.value, error)
    assert refusal.value.code == code
    assert rows("SELECT state FROM applications") == [{"state": "recommended"}]
    assert_whole_world(desk.now)


def test_the_newest_key_signs(desk: Desk) -> None:
    kid = plan_key(None, authority=desk.authority, now=desk.tick(), demo=True)
    activate_key(None, kid, now=desk.tick())
    assert _certificate(desk.approved(at=1).certificate_number).kid == 1
    desk.now = datetime(2026, 12, 24, tzinfo=UTC)
    assert _certificate(desk.approved(at=2).certificate_number).kid == kid


def test_a_natural_person_stands_on_it_without_a_number(desk: Desk) -> None:
    forge("UPDATE organisations SET tax_number = '3100600445635' WHERE name_en = 'Siam Cable Co., Ltd.'")
    certificate = _certificate(desk.approved().certificate_number)
    assert certificate.holder_juristic_number is None
    assert "3100600445635" not in certificate.claims
    assert b"3100600445635" not in certificate.tbs


def test_each_certified_product_names_its_own_passing_assessment(desk: Desk) -> None:
    desk.approved(True, False, True, True)
    found = rows(
        "SELECT p.position, a.application_product_id AS assessed, c.application_product_id AS certified"
        " FROM certificate_products c JOIN assessments a ON a.seq = c.assessment_seq"
        " JOIN application_products p ON p.id = c.application_product_id ORDER BY p.position"
    )
    assert [row["position"] for row in found] == [1, 3, 4]
    assert all(row["assessed"] == row["certified"] for row in found)


def test_coverage_stands_on_it_as_it_was_applied_for(desk: Desk) -> None:
    claims = read_claims(_certificate(desk.approved().certificate_number).claims)
    assert claims.products[0].coverage == CoverageEntry(
        product_th="สายไฟฟ้าแรงต่ำ แบบที่ 1",
        product_en="Low-voltage cable",
        brand="สยาม",
        models=("SC-101",),
        hs_code="85444932",
    )
