"""Opening a certificate: the sheet that was decided on is confirmed, anything else is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mit.credential import canonical_json
from mit.credential.commitment import commit, committed_content
from mit.credential.statement import Statement, statement_of
from mit.criteria.rulebook import Rulebook, load_rulebook
from mit.errors import InputError
from mit.verify.opened_sheet import (
    Confirmed,
    Opening,
    check_opening,
    conclude,
    read_opening,
)
from mit.verify.verdict import Outcome
from tests.support.committed import AT_THE_THRESHOLD, certified, committed_claims, opening_document, salt

CLAIMS = committed_claims()
STATED = tuple(statement_of(one) for one in CLAIMS.products)
RULES = load_rulebook()
Change = Callable[[dict[str, Any]], object]


def opening_of(document: dict[str, Any]) -> Opening:
    return read_opening(json.dumps(document).encode("utf-8"))


def reasons(
    document: dict[str, Any], stated: tuple[Statement, ...] = STATED, rules: Rulebook = RULES
) -> list[tuple[str, str]]:
    checks = check_opening(stated, opening_of(document), rules)
    return [(str(one.outcome), one.reason) for one in checks]


def first(document: dict[str, Any]) -> dict[str, Any]:
    one: dict[str, Any] = document["products"][0]
    return one


def test_what_was_decided_on_is_confirmed_product_by_product() -> None:
    checks = check_opening(STATED, opening_of(opening_document(CLAIMS)), RULES)
    assert [one.to_document() for one in checks] == [
        {
            "index": index,
            "product_th": name_th,
            "product_en": name_en,
            "outcome": "pass",
            "reason": "ok",
            "commitment": "matches",
            "ruleset": {"id": stated.rule_set_id, "sha256": stated.rule_set_sha256},
            "formula": formula,
            "threshold": threshold,
            "met": True,
        }
        for index, name_th, name_en, formula, threshold, stated in (
            (1, "โต๊ะทำงาน", "Desk", "direct", "40", STATED[0]),
            (2, "ตู้เหล็ก", "Cabinet", "tariff_shift", None, STATED[1]),
        )
    ]
    assert conclude(one.outcome for one in checks) is Confirmed.CONFIRMED


def test_the_answer_holds_no_figure_of_the_sheet() -> None:
    checks = check_opening(STATED, opening_of(opening_document(CLAIMS)), RULES)
    said = json.dumps([one.to_document() for one in checks], ensure_ascii=False)
    for figure in ("180.00", "600.00", "1000.00", "ไม้อัด", "40.00", salt(1).hex()):
        assert figure not in said


@pytest.mark.parametrize("at", range(4))
@pytest.mark.parametrize("step", [-1, 1])
def test_one_changed_satang_breaks_it(at: int, step: int) -> None:
    document = opening_document(CLAIMS)
    line = first(document)["sheet"]["lines"][at]
    satang = int(line["amount"].replace(".", "")) + step
    line["amount"] = f"{satang // 100}.{satang % 100:02d}"
    assert reasons(document) == [("fail", "commitment_differs"), ("pass", "ok")]


CHANGES: dict[str, Change] = {
    "price": lambda one: one["sheet"].update(price_ex_works="1000.01"),
    "profit": lambda one: one["sheet"].update(profit="40.01"),
    "no profit": lambda one: one["sheet"].pop("profit"),
    "VAT": lambda one: one["sheet"].update(vat_included=True),
    "origin": lambda one: one["sheet"]["lines"][3].update(origin="domestic"),
    "a line's name": lambda one: one["sheet"]["lines"][0].update(name="ไม้อัด "),
    "one sign of it": lambda one: one["sheet"]["lines"][0].update(name="ไมอัด"),
    "a line less": lambda one: one["sheet"]["lines"].pop(),
    "the order of lines": lambda one: one["sheet"]["lines"].reverse(),
    "a line more of nothing": lambda one: one["sheet"]["lines"].append(
        {"kind": "other", "name": "x", "amount": "0.00"}
    ),
    "the product": lambda one: one["sheet"]["product"].update(hs_code="94032000"),
    "a model": lambda one: one["sheet"]["product"]["models"].append("D-2"),
    "another process": lambda one: one["sheet"].update(process=["ตัด"]),
    "an unknown member": lambda one: one["sheet"].update(more="1"),
    "a number for a text": lambda one: one["sheet"].update(price_ex_works=1000),
    "a fraction": lambda one: one["sheet"].update(price_ex_works=1000.5),
    "half a letter": lambda one: one["sheet"].update(price_ex_works="\ud800"),
    "no sheet at all": lambda one: one.update(sheet={}),
    "a list for a sheet": lambda one: one.update(sheet=[]),
    "the salt's last bit": lambda one: one.update(
        salt=one["salt"][:-1] + f"{int(one['salt'][-1], 16) ^ 1:x}"
    ),
    "the other product's salt": lambda one: one.update(salt=salt(2).hex()),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_is_changed_is_not_what_was_committed_to(change: Change) -> None:
    document = opening_document(CLAIMS)
    change(first(document))
    assert reasons(document) == [("fail", "commitment_differs"), ("pass", "ok")]


@given(st.data())
def test_no_single_sign_of_the_sheet_can_be_changed(data: st.DataObject) -> None:
    text = canonical_json.write(first(opening_document(CLAIMS))["sheet"]).decode("utf-8")
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda sign: sign != text[at]))
    changed = text[:at] + other + text[at + 1 :]
    assert commit(salt(1), committed_content(changed)) != STATED[0].commitment


def test_the_spelling_of_the_file_is_nobodys_secret() -> None:
    """Whoever opens the file in an editor and saves it with spaces and another order has the same sheet."""
    document = opening_document(CLAIMS)
    document["products"].reverse()
    spaced = json.dumps(document, indent=3, ensure_ascii=True).encode("utf-8")
    checks = check_opening(STATED, read_opening(spaced), RULES)
    assert [one.reason for one in checks] == ["ok", "ok"]


def test_a_product_that_is_not_opened_stays_closed_and_counts_for_nothing() -> None:
    document = opening_document(CLAIMS)
    del document["products"][0]
    assert reasons(document) == [("not_checked", "not_opened"), ("pass", "ok")]
    checks = check_opening(STATED, opening_of(document), RULES)
    assert conclude(one.outcome for one in checks) is Confirmed.CONFIRMED


def test_two_products_cannot_change_places() -> None:
    document = opening_document(CLAIMS)
    one, other = document["products"]
    one["index"], other["index"] = 2, 1
    assert reasons(document) == [("fail", "commitment_differs")] * 2


def test_a_certificate_without_commitments_leaves_it_open() -> None:
    old = tuple(replace(one, commitment="") for one in STATED)
    assert reasons(opening_document(CLAIMS), old) == [("unknown", "no_commitment")] * 2


@pytest.mark.parametrize(
    "change",
    [{"id": "mit-2570-1"}, {"sha256": "0" * 64}, {"id": "mit-2570-1", "sha256": "0" * 64}],
    ids=str,
)
def test_an_opening_under_another_rule_set_is_refuted(change: dict[str, str]) -> None:
    document = opening_document(CLAIMS)
    first(document)["ruleset"].update(change)
    assert reasons(document)[0] == ("fail", "other_rule_set")


@pytest.mark.parametrize("is_renamed", [True, False])
def test_a_rule_set_that_this_program_lacks_leaves_it_open(*, is_renamed: bool) -> None:
    """A later one, or one of the same name with other bytes: nothing is run by rules that are not it."""
    change = {"rule_set_id": "mit-2570-1"} if is_renamed else {"rule_set_sha256": "f" * 64}
    stated = (replace(STATED[0], **change), STATED[1])
    document = opening_document(CLAIMS)
    first(document)["ruleset"] = {"id": stated[0].rule_set_id, "sha256": stated[0].rule_set_sha256}
    assert reasons(document, stated) == [("unknown", "rule_set_unknown"), ("pass", "ok")]


def test_a_committed_sheet_of_another_product_is_refuted() -> None:
    """The commitment alone does not say which product it is about; the coverage does."""
    other = replace(STATED[0], coverage=replace(STATED[0].coverage, models=("D-7",)))
    assert reasons(opening_document(CLAIMS), (other, STATED[1]))[0] == ("fail", "other_product")


@pytest.mark.parametrize(
    ("formula", "sheet_change", "reason"),
    [
        ("direct", {}, "ok"),
        ("build_down", {}, "ok"),
        ("tariff_shift", {}, "not_met"),
        ("no_such_formula", {}, "not_met"),
        ("direct", {"process": ["packing", "labelling"]}, "not_met"),
        ("direct", {"profit": "39.99"}, "not_met"),
        ("build_down", {"profit": "39.99"}, "ok"),
        ("direct", {"price_ex_works": "1000.01"}, "not_met"),
        ("direct", {"price_ex_works": "900.00"}, "not_met"),
    ],
)
def test_the_decision_is_run_again_and_not_believed(
    formula: str, sheet_change: dict[str, Any], reason: str
) -> None:
    """Sheets that were committed to, but by somebody who had decided wrongly."""
    sheet = deepcopy(AT_THE_THRESHOLD) | sheet_change
    stated = statement_of(certified(1, sheet, formula=formula))
    document = opening_document(CLAIMS, [sheet])
    ((outcome, found),) = reasons(document, (stated,))
    assert (outcome, found) == ("pass" if reason == "ok" else "fail", reason)


MALFORMED: dict[str, tuple[Change, str, str]] = {
    "no type": (lambda it: it.pop("type"), "member_missing", "type"),
    "another type": (lambda it: it.update(type="mit-opening/2"), "opening_of_another_kind", "type"),
    "no number": (lambda it: it.pop("number"), "member_missing", "number"),
    "no products": (lambda it: it.pop("products"), "member_missing", "products"),
    "products that are none": (lambda it: it.update(products={}), "list_expected", "products"),
    "a member more": (lambda it: it.update(more=1), "member_unknown", "more"),
    "a product twice": (
        lambda it: it["products"].append(it["products"][0]),
        "opening_product_twice",
        "products",
    ),
    "a product that is text": (
        lambda it: it["products"].append("x"),
        "object_expected",
        "products[3]",
    ),
    "no salt": (lambda it: first(it).pop("salt"), "member_missing", "products[1].salt"),
    "a short salt": (lambda it: first(it).update(salt="ab" * 31), "commitment_salt", "products[1].salt"),
    "a long salt": (lambda it: first(it).update(salt="ab" * 33), "commitment_salt", "products[1].salt"),
    "a salt of words": (lambda it: first(it).update(salt="เกลือ"), "commitment_salt", "products[1].salt"),
    "a salt in a list": (lambda it: first(it).update(salt=[1]), "commitment_salt", "products[1].salt"),
    "no index": (lambda it: first(it).pop("index"), "member_missing", "products[1].index"),
    "index 0": (lambda it: first(it).update(index=0), "opening_index", "products[1].index"),
    "index 201": (lambda it: first(it).update(index=201), "opening_index", "products[1].index"),
    "index in words": (lambda it: first(it).update(index="1"), "opening_index", "products[1].index"),
    "index true": (lambda it: first(it).update(index=True), "opening_index", "products[1].index"),
    "no rule set's hash": (
        lambda it: first(it)["ruleset"].pop("sha256"),
        "member_missing",
        "products[1].ruleset.sha256",
    ),
    "no sheet": (lambda it: first(it).pop("sheet"), "member_missing", "products[1].sheet"),
}


@pytest.mark.parametrize(("change", "code", "where"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_opening_is_refused_with_its_place(change: Change, code: str, where: str) -> None:
    document = opening_document(CLAIMS)
    change(document)
    with pytest.raises(InputError) as refusal:
        opening_of(document)
    assert (code, where) in [(fault.code, fault.where) for fault in refusal.value.faults]


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'"x"', b"null"])
def test_what_is_no_opening_at_all_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        read_opening(data)


def test_a_product_that_the_certificate_lacks_is_refused() -> None:
    document = opening_document(CLAIMS)
    first(document)["index"] = 3
    with pytest.raises(InputError, match="opening_product_unknown") as refusal:
        reasons(document)
    assert refusal.value.faults[0].params == {"index": 3}


@pytest.mark.parametrize(
    ("outcomes", "answer"),
    [
        ([], "cannot_tell"),
        (["not_checked"], "cannot_tell"),
        (["pass"], "confirmed"),
        (["pass", "not_checked"], "confirmed"),
        (["pass", "unknown"], "cannot_tell"),
        (["pass", "fail"], "refuted"),
        (["unknown", "fail"], "refuted"),
        (["not_checked", "fail"], "refuted"),
    ],
)
def test_a_failure_wins_over_an_open_question(outcomes: list[str], answer: str) -> None:
    assert conclude(Outcome(one) for one in outcomes) == answer
