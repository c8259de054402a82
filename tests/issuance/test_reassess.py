"""A case file gives the same assessment again, and every change in it is found; it needs no database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mit.errors import ConflictError, NotFoundError, UnreadableFileError
from mit.issuance.case_file import read_case_file
from mit.issuance.export_case import export_case, export_own
from mit.issuance.reassess import reassess
from mit.roles.actor import Actor
from tests.support.desk import Desk
from tests.support.world import rows
from tests.vectors import make_case

FROZEN = Path(__file__).parents[1] / "vectors" / "case" / "case.json"


def differing(document: dict[str, Any]) -> set[str]:
    data = json.dumps(document).encode()
    return {check.code for check in reassess(read_case_file(data)).checks if not check.agrees}


def frozen() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(FROZEN.read_bytes())
    return document


def spell(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def test_the_frozen_case_agrees_in_every_check() -> None:
    found = reassess(read_case_file(FROZEN.read_bytes()))
    assert found.is_same
    assert {check.product for check in found.checks} == {0, 1, 2}
    assert sum(check.code == "approval" for check in found.checks) == 2


def test_the_frozen_case_is_made_again_to_the_byte() -> None:
    assert make_case.case_file() == FROZEN.read_bytes(), (
        "an assessment reads otherwise than those that were taken home: where its rule set and its sheet are "
        "the same, ENGINE_VERSION has to be another; then write the vectors again"
    )


def test_whoever_has_the_file_checks_its_hashes_with_any_tool() -> None:
    case = frozen()
    pairs = [(case["content"], case["content_digest"]), (case["rule_set"], case["rule_set_sha256"])]
    for product in case["products"]:
        said = product["assessment"]
        pairs.append((product["cost_sheet"], product["cost_sheet_sha256"]))
        pairs.append((said["document"], said["document_sha256"]))
    assert all(hashlib.sha256(text.encode()).hexdigest() == stored for text, stored in pairs)


def lower_a_satang(case: dict[str, Any], *, hashes_too: bool) -> None:
    product = case["products"][0]
    product["cost_sheet"] = product["cost_sheet"].replace('"5200.00"', '"5199.99"')
    if hashes_too:
        product["cost_sheet_sha256"] = hashlib.sha256(product["cost_sheet"].encode()).hexdigest()


def lower_the_threshold(case: dict[str, Any], *, hashes_too: bool) -> None:
    rules = json.loads(case["rule_set"])
    rules["settings"]["threshold_percent"]["value"] = "39"
    case["rule_set"] = spell(rules)
    if hashes_too:
        sha256 = hashlib.sha256(case["rule_set"].encode()).hexdigest()
        case["rule_set_sha256"] = sha256
        for product in case["products"]:
            product["assessment"]["rule_set_sha256"] = sha256


def let_it_pass(case: dict[str, Any], *, hashes_too: bool) -> None:
    said = case["products"][1]["assessment"]
    document = json.loads(said["document"])
    assert document["meets"] is False
    document["meets"] = said["meets"] = True
    said["document"] = spell(document)
    if hashes_too:
        said["document_sha256"] = hashlib.sha256(said["document"].encode()).hexdigest()


@pytest.mark.parametrize(
    ("change", "hash_check", "other_checks"),
    [
        (lower_a_satang, "sheet", {"content_named", "input", "figures", "result"}),
        (lower_the_threshold, "rule_set", {"content_named"}),
        (let_it_pass, "document", {"content_named", "answer", "figures", "result"}),
    ],
)
def test_a_change_is_found_also_where_its_hash_was_changed_with_it(
    change: Callable[..., None], hash_check: str, other_checks: set[str]
) -> None:
    clumsy, clever = frozen(), frozen()
    change(clumsy, hashes_too=False)
    change(clever, hashes_too=True)
    assert {hash_check} | other_checks <= differing(clumsy)
    assert other_checks <= differing(clever)
    assert hash_check not in differing(clever)


def test_a_changed_result_is_named_place_by_place() -> None:
    case = frozen()
    let_it_pass(case, hashes_too=True)
    found = reassess(read_case_file(json.dumps(case).encode()))
    (result,) = (check for check in found.checks if check.code == "result" and not check.agrees)
    assert [(one.where, one.before, one.after) for one in result.changes] == [("meets", "True", "False")]


def test_a_rule_set_that_fails_its_own_cases_reckons_nothing() -> None:
    case = frozen()
    rules = json.loads(case["rule_set"])
    rules["settings"]["threshold_percent"]["value"] = "99"
    case["rule_set"] = spell(rules)
    found = differing(case)
    assert {"rule_set", "rule_cases"} <= found
    assert "result" not in found


def rename(case: dict[str, Any]) -> None:
    case["products"][0]["name_en"] = "Gold bar"


def certify_the_refused(case: dict[str, Any]) -> None:
    case["products"][1]["decision"] = "certified"


def soften_the_reason(case: dict[str, Any]) -> None:
    case["products"][1]["decision_reason"] = "ขอถอนเอง"


def move_before_the_rules(case: dict[str, Any]) -> None:
    for product in case["products"]:
        product["assessment"]["assessed_at"] = "2020-12-21T16:59:59Z"  # the day before they began, in Bangkok


def leave_the_day_out(case: dict[str, Any]) -> None:
    case["products"][0]["assessment"]["assessed_at"] = ""


def name_other_rules(case: dict[str, Any]) -> None:
    case["rule_set_id"] = "mit-2564-1"
    content = json.loads(case["content"])
    content["rule_set"]["id"] = "mit-2564-1"
    case["content"] = spell(content)
    case["content_digest"] = hashlib.sha256(case["content"].encode()).hexdigest()
    for approval in case["approvals"]:
        approval["content_digest"] = case["content_digest"]


def widen_the_coverage(case: dict[str, Any]) -> None:
    content = json.loads(case["content"])
    content["products"][0]["coverage"] = content["products"][0]["coverage"].replace(
        '"models":[', '"models":["X-9",'
    )
    case["content"] = spell(content)
    case["content_digest"] = hashlib.sha256(case["content"].encode()).hexdigest()
    for approval in case["approvals"]:
        approval["content_digest"] = case["content_digest"]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (rename, {"named"}),
        (widen_the_coverage, {"named"}),
        (certify_the_refused, {"decisions"}),
        (soften_the_reason, {"decisions"}),
        (move_before_the_rules, {"in_force"}),
        (leave_the_day_out, {"in_force"}),
        (name_other_rules, {"rule_set_id"}),
    ],
)
def test_what_no_hash_holds_is_compared_with_what_it_follows_from(
    change: Callable[[dict[str, Any]], None], found: set[str]
) -> None:
    case = frozen()
    change(case)
    assert differing(case) == found


def test_the_first_day_of_the_rules_is_a_day_in_bangkok() -> None:
    case = frozen()
    for product in case["products"]:
        product["assessment"]["assessed_at"] = "2020-12-21T17:00:00Z"
    assert differing(case) == set()


@pytest.mark.parametrize("stored", ["[" * 100_000, " [0", "9" * 5_000, "", '"', "null"])
def test_a_result_of_any_spelling_is_only_a_difference(stored: str) -> None:
    case_file = read_case_file(FROZEN.read_bytes())
    said = replace(case_file.products[0].assessment, document=stored)
    product = replace(case_file.products[0], assessment=said)
    found = reassess(replace(case_file, products=(product, *case_file.products[1:])))
    differs = {check.code for check in found.checks if not check.agrees}
    assert differs == {"document", "content_named", "figures", "result"}


def test_where_only_the_words_differ_the_figures_agree() -> None:
    case = frozen()
    said = case["products"][0]["assessment"]
    document = json.loads(said["document"])
    document["explanation"]["en"][0] += " (as we said it in those days)"
    said["document"] = spell(document)
    assert differing(case) == {"document", "content_named", "result"}


@pytest.mark.parametrize("positions", [(), (0, 1), (-1, 2), (1, 1), (2, 1)])
def test_products_are_counted_upwards_and_there_is_one_at_least(positions: tuple[int, ...]) -> None:
    case = frozen()
    case["products"] = [
        product | {"position": at} for product, at in zip(case["products"], positions, strict=False)
    ]
    with pytest.raises(UnreadableFileError, match="case_file_malformed"):
        read_case_file(json.dumps(case).encode())


def test_approvals_over_another_content_are_found() -> None:
    case = frozen()
    case["approvals"][1]["content_digest"] = "0" * 64
    assert differing(case) == {"approval"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"{}", "case_file_unknown"),
        (b"[1]", "case_file_unknown"),
        (b"\xff", "json_not_utf8"),
        (b'{"format": "mit-case-file/1", "format": ""}', "json_member_twice"),
        (b'{"format": "mit-case-file/1", "products": {}}', "case_file_malformed"),
        (b'{"format": "mit-case-file/1", "content": "' + b"[" * 200 + b'"}', "json_broken"),
        (b'{"format": "", "content": "' + b"[" * 200 + b"]" * 200 + b'"}', "json_too_deep"),
        (b'{"format": "", "content": " \\n' + b"[" * 200 + b"]" * 200 + b'"}', "json_too_deep"),
        (b'{"format": "", "content": "[' + b"0," * 1_000_001 + b'0]"}', "file_too_many_cells"),
    ],
)
def test_what_is_no_case_file_is_refused_in_bounds(data: bytes, code: str) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        read_case_file(data)
    assert caught.value.code == code


@pytest.mark.parametrize("path", [("state",), ("products", 0, "position"), ("approvals", 0, "note")])
def test_every_member_is_needed_has_its_type_and_no_other_stands_beside(path: tuple[Any, ...]) -> None:
    *holders, name = path
    for spoil in (lambda holder: holder.pop(name), lambda holder: holder.update({name: True, "more": ""})):
        case = frozen()
        holder: Any = case
        for step in holders:
            holder = holder[step]
        spoil(holder)
        with pytest.raises(UnreadableFileError, match="case_file_malformed"):
            read_case_file(json.dumps(case).encode())


def exports() -> list[dict[str, object]]:
    events = rows("SELECT event, subject, payload FROM audit_events ORDER BY seq")
    return [row for row in events if str(row["event"]).endswith("export")]


def exported(desk: Desk, actor: Actor, number: str) -> dict[str, Any]:
    data = export_case(actor, number, rulebook=desk.authority.rulebook, now=desk.tick())
    assert reassess(read_case_file(data)).is_same
    document: dict[str, Any] = json.loads(data)
    return document


def test_an_officer_takes_a_case_home_with_both_approvals_and_it_agrees(desk: Desk) -> None:
    waiting, issued = desk.submitted(True, False), desk.issued(True, False, at=5)
    assert exported(desk, desk.cast.malee, waiting.number)["approvals"] == []
    case = exported(desk, desk.cast.anan, issued.number)
    assert case["certificate"] == issued.certificate_number
    assert [row["kind"] for row in case["approvals"]] == ["recommendation", "approval"]
    assert [product["decision"] for product in case["products"]] == ["certified", "refused"]


def test_the_same_case_gives_the_same_bytes_and_each_export_is_recorded(desk: Desk) -> None:
    number = desk.submitted().number
    book = desk.authority.rulebook
    first, second = (export_case(desk.cast.malee, number, rulebook=book, now=desk.tick()) for _ in range(2))
    own = export_own(desk.cast.somchai, number, rulebook=book, now=desk.tick())
    assert first == second == own
    events = exports()
    assert [row["event"] for row in events] == [
        "staff:case:export",
        "staff:case:export",
        "manufacturer:case:export",
    ]
    assert {row["subject"] for row in events} == {f"case:{number}"}
    assert all(hashlib.sha256(first).hexdigest() in str(row["payload"]) for row in events)


def test_an_applicant_has_their_own_and_learns_nothing_of_who_approved_it(desk: Desk) -> None:
    number = desk.issued().number
    book = desk.authority.rulebook
    data = export_own(desk.cast.somchai, number, rulebook=book, now=desk.tick())
    assert reassess(read_case_file(data)).is_same
    assert json.loads(data)["approvals"] == []
    for name in ("Malee", "Anan"):
        assert name.encode() not in data


def test_nobody_else_gets_a_case_file_and_nothing_is_recorded(desk: Desk) -> None:
    number, cast, book = desk.submitted().number, desk.cast, desk.authority.rulebook
    for stranger in (cast.somchai, cast.napha):
        with pytest.raises(NotFoundError):
            export_case(stranger, number, rulebook=book, now=desk.tick())
    with pytest.raises(NotFoundError):
        export_own(cast.krit, number, rulebook=book, now=desk.tick())
    begun = desk.draft(at=7).number
    with pytest.raises(NotFoundError):
        export_case(cast.malee, begun, rulebook=book, now=desk.tick())
    with pytest.raises(ConflictError, match="case_file_unassessed"):
        export_own(cast.somchai, begun, rulebook=book, now=desk.tick())
    assert exports() == []
