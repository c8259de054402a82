"""Whoever changes a row about a certificate by hand is found: the rows are held against what was signed.

Each case is what somebody with the database's own password could do to the public's disadvantage, so
that pages say something else than the QR, the credential and the paper.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

import pytest

from mit import worker
from mit.i18n import say
from mit.issuance.incident import Common
from mit.issuance.rotate_keys import activate_key, mark_compromised, plan_key
from mit.lifecycle.certificate_states import CertificateAction
from mit.store.transparency_log import leaf_hash
from mit.upkeep.self_check import Trouble, check_world
from mit.verify.scan import verify_number
from tests.issuance.test_incident import asked as asked_for_all
from tests.issuance.test_incident import done
from tests.issuance.test_supersede import corrected
from tests.support.desk import Desk
from tests.support.forgery import forge, undone
from tests.support.officers import asked, changed, suspended
from tests.support.world import rows

A = CertificateAction


def troubles(desk: Desk) -> dict[str, str]:
    """Return what the check says, by code."""
    found = check_world(desk.authority.settings.var_dir, now=desk.now).troubles
    assert len({trouble.code for trouble in found}) == len(found), "the certificate is named once for each"
    return {trouble.code: trouble.detail for trouble in found}


@dataclass(frozen=True)
class Forgery:
    """One thing done to the tables, the code that names it, and where it is said to be."""

    name: str
    statement: str
    code: str
    detail: str


def _column(name: str, value: str) -> Forgery:
    return Forgery(name, f"UPDATE certificates SET {name} = {value}", "row_changed", name)


def _product(name: str, value: str) -> Forgery:
    changed = f"UPDATE certificate_products SET {name} = {value} WHERE position = 2"
    return Forgery(f"product's {name}", changed, "row_changed", "products/2")


def _content(name: str, statement: str, detail: str = "signer_content") -> Forgery:
    return Forgery(name, statement, "content_changed", detail)


COLUMNS = [
    _column("holder_name_th", "'บริษัท อื่น จำกัด'"),
    _column("holder_name_en", "'Another Co., Ltd.'"),
    _column("holder_juristic_number", "'0105550000015'"),
    _column("holder_juristic_number", "NULL"),
    _column("expires_on", "'2036-11-24'"),
    _column("year_be", "2570"),
    _column("running", "77"),
    _column("list_number", "2799"),
    _column("slot_index", "slot_index + 1"),
    _column("sample", "NOT sample"),
    _column("prepared_at", "'2026-11-20 00:00:00'"),
    _column("signed_at", "'2026-11-20 00:00:00'"),
    _column("signed_at", "'2027-03-01 00:00:00'"),
    _column("issued_at", "'2026-11-25 07:30:01'"),
]
PRODUCTS = [
    _product("name_th", "'รถยนต์'"),
    _product("name_en", "'Motor car'"),
    _product("brand", "'อื่น'"),
    _product("hs_code", "'870321'"),
    _product("hs_code", "NULL"),
    _product("formula", "'build_down'"),
    _product("rule_set_id", "'mit-1'"),
    _product("rule_set_sha256", f"'{'0' * 64}'"),
    _product("threshold", "'90'"),
    _product("coverage", "replace(coverage, 'SC-102', 'SC-999')"),
    _product("coverage", "'{}'"),
    _product("coverage", "'not JSON'"),
    Forgery(
        "a product taken out",
        "DELETE FROM certificate_products WHERE position = 1",
        "row_changed",
        "products",
    ),
]
CLAIMS = [
    Forgery("empty", "UPDATE certificates SET claims = '{}'", "claims_changed", "claims_record"),
    Forgery("no JSON", "UPDATE certificates SET claims = 'x'", "claims_changed", "claims_record"),
    Forgery(
        "another holder",
        "UPDATE certificates SET claims = replace(claims, 'Siam Cable', 'Another')",
        "claims_changed",
        "signer_bytes",
    ),
    Forgery(
        "another model",
        "UPDATE certificates SET claims = replace(claims, 'SC-101', 'SC-999')",
        "claims_changed",
        "signer_bytes",
    ),
    Forgery("no such key", "UPDATE certificates SET kid = 77", "claims_changed", "unreadable"),
    Forgery(
        "another key in the key's row",
        "UPDATE signing_keys SET thumbprint = 'x' WHERE kid = (SELECT kid FROM certificates)",
        "claims_changed",
        "signing_key_row",
    ),
]
CONTENT = [
    _content("cost sheet", "UPDATE application_products SET cost_sheet = '{}'"),
    _content("coverage", "UPDATE application_products SET coverage = '{}'"),
    _content("assessment", "UPDATE assessments SET document = '{}'"),
    _content("what was assessed", f"UPDATE assessments SET input_sha256 = '{'0' * 64}'"),
    _content("by another formula", "UPDATE assessments SET deciding_formula = 'build_down'"),
    _content("site", "UPDATE applications SET supersedes = (SELECT number FROM certificates)"),
    _content("digest", f"UPDATE applications SET content_digest = '{'0' * 64}'"),
    _content("state", "UPDATE applications SET state = 'refused'", "signer_approvals"),
    _content("decisions", "UPDATE approvals SET decisions = '[]'", "signer_approvals"),
    _content("decisions unreadable", "UPDATE approvals SET decisions = 'x'", "json_malformed"),
    _content(
        "a row that stands on no product",
        "UPDATE certificate_products SET application_product_id = id WHERE position = 1",
        "signer_products",
    ),
]
_LATER = "WHERE event <> 'issued'"
HISTORIES = [
    Forgery("reason", f"UPDATE certificate_events SET reason = 'holder_asked' {_LATER}", "", ""),
    Forgery("day", f"UPDATE certificate_events SET effective_on = '2026-11-25' {_LATER}", "", ""),
    Forgery("since", "UPDATE certificates SET status_since_on = '2026-11-26'", "", "status_since_on"),
    Forgery("issue day", "UPDATE certificate_events SET effective_on = '2026-11-24' WHERE seq = 1", "", ""),
    Forgery("issue", "DELETE FROM certificate_events WHERE event = 'issued'", "", "suspended"),
    Forgery("everything", "DELETE FROM certificate_events", "", "–"),
]
EVERY = {"columns": COLUMNS, "products": PRODUCTS, "claims": CLAIMS, "content": CONTENT}


@pytest.mark.parametrize("group", EVERY)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_row_that_says_something_else_than_was_signed_is_named(desk: Desk, group: str) -> None:
    number = desk.issued(True, True).certificate_number
    assert troubles(desk) == {}
    for forgery in EVERY[group]:
        with undone():
            assert forge(forgery.statement) >= 1, forgery.name
            found = check_world(desk.authority.settings.var_dir, now=desk.now).troubles
            assert Trouble(forgery.code, number, forgery.detail) in found, (forgery.name, found)
    assert troubles(desk) == {}


def test_on_both_databases_a_holder_is_not_exchanged_unseen(desk: Desk) -> None:
    desk.issued()
    forge("UPDATE certificates SET holder_name_th = 'บริษัท อื่น จำกัด', holder_name_en = 'Another'")
    assert troubles(desk) == {"row_changed": "holder_name_th, holder_name_en"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_the_certificate_that_was_changed_is_named(desk: Desk) -> None:
    first, second = (desk.issued(at=at).certificate_number for at in (1, 5))
    forge("UPDATE certificates SET holder_name_en = 'Another' WHERE number = :number", number=second)
    found = check_world(desk.authority.settings.var_dir, now=desk.now).troubles
    assert [trouble.subject for trouble in found] == [second]
    assert first not in repr(found)


@pytest.mark.parametrize("action", [A.REVOKE, A.WITHDRAW, A.SUSPEND])
def test_what_was_stopped_is_not_brought_back_by_hand(desk: Desk, action: CertificateAction) -> None:
    number = desk.issued().certificate_number
    desk.now += timedelta(days=3)
    changed(desk, number, action)
    worker.run_once(desk.app, now=desk.tick())
    assert troubles(desk) == {}
    forge("DELETE FROM certificate_events WHERE event <> 'issued'")
    forge("UPDATE certificates SET status = 'active', status_since_on = issued_on")
    assert verify_number(number, now=desk.now).answer.value == "VALID"  # so the public would be told
    assert troubles(desk) == {"history_changed": "issued"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_history_that_is_not_the_one_in_the_log_is_named(desk: Desk) -> None:
    number = desk.issued().certificate_number
    desk.now += timedelta(days=3)
    suspended(desk, number)
    for forgery in HISTORIES:
        with undone():
            assert forge(forgery.statement) >= 1, forgery.name
            found = check_world(desk.authority.settings.var_dir, now=desk.now).troubles
            named = Trouble("history_changed", number, forgery.detail or "issued, suspended")
            assert named in found, (forgery.name, found)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_leaf_about_other_bytes_is_named_even_where_its_hash_fits(desk: Desk) -> None:
    desk.issued()
    leaf = rows("SELECT entry, salt FROM log_leaves")[0]
    entry = json.dumps(json.loads(leaf["entry"]) | {"tbs_sha256": "0" * 64}, sort_keys=True)
    entry = entry.replace(", ", ",").replace(": ", ":")
    forge(
        "UPDATE log_leaves SET entry = :entry, leaf_hash = :hash",
        entry=entry,
        hash=leaf_hash(leaf["salt"], entry),
    )
    assert troubles(desk) == {"leaf_content": "issue"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_honest_life_of_a_certificate_is_no_trouble(desk: Desk) -> None:
    ends = [desk.issued(at=at * 10).certificate_number for at in range(1, 4)]
    suspended(desk, ends[0])
    changed(desk, ends[0], A.REINSTATE)
    changed(desk, ends[1], A.SUSPEND)
    desk.now += timedelta(days=2)
    changed(desk, ends[1], A.REVOKE)
    asked(desk, ends[2], A.WITHDRAW)
    prepared = desk.approved(at=50).certificate_number
    worker.run_once(desk.app, now=desk.tick())
    assert prepared
    assert troubles(desk) == {}


def test_a_correction_and_an_issue_anew_after_a_theft_leave_rows_that_agree(desk: Desk) -> None:
    replaced = desk.issued().certificate_number
    desk.now += timedelta(days=3)
    corrected(desk, replaced)
    stolen = desk.issued(at=20).certificate_number
    worker.run_once(desk.app, now=desk.tick())
    desk.now += timedelta(days=20)
    kid = plan_key(None, authority=desk.authority, now=desk.now, demo=True)
    activate_key(None, kid, now=desk.now, waive_lead_time="the other one was stolen")
    desk.now += timedelta(days=1)
    mark_compromised(None, 1, from_at=desk.now - timedelta(days=1), reason="stolen", now=desk.tick())
    assert troubles(desk) == {}
    done(desk, asked_for_all(desk, Common(kid=1), "reissue"))
    worker.run_once(desk.app, now=desk.tick())
    ended = {row["number"] for row in rows("SELECT number FROM certificates WHERE status = 'superseded'")}
    assert {replaced, stolen} <= ended
    assert troubles(desk) == {}
    forge("UPDATE organisations SET name_th = 'บริษัท ชื่อใหม่ จำกัด'")
    assert troubles(desk) == {}, "a holder that changes its name later changes no certificate"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_revoked_before_it_was_signed_has_a_history_without_an_issue(desk: Desk) -> None:
    number = desk.approved().certificate_number
    changed(desk, number, A.REVOKE)
    assert troubles(desk) == {}
    forge("DELETE FROM certificate_events")
    assert troubles(desk) == {"history_changed": "–"}


@pytest.mark.parametrize("code", ["row_changed", "claims_changed", "content_changed", "history_changed"])
def test_every_forgery_has_a_sentence_that_says_what_to_do(code: str) -> None:
    thai, english = (
        say(f"self_check.{code}", language, subject="MIT-1", detail="column") for language in ("th", "en")
    )
    assert all("MIT-1" in sentence and "column" in sentence for sentence in (thai, english))
    assert "สำเนาสำรอง" in thai
    assert "backup" in english
