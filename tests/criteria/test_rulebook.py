"""The rulebook: what ships is sound, what is not sound stops the start with a sentence."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from mit.criteria.rulebook import (
    check_rule_set,
    checked_rule_set,
    load_rulebook,
    make_rulebook,
    read_document,
)
from mit.errors import NotFoundError, RulebookError
from mit.i18n import say
from tests.support.sheets import RULE_SET_FILE, Document, rule_document


def with_id(rule_set_id: str, first: str, last: str | None = None) -> Document:
    document = rule_document()
    document["id"] = rule_set_id
    document["in_force"] |= {"from": first, "until": last}
    return document


def test_the_rule_sets_that_ship_pass_their_own_cases() -> None:
    rulebook = load_rulebook()
    assert [rule_set.id for rule_set in rulebook.rule_sets] == ["mit-2563-1"]
    assert check_rule_set(rule_document()) == []


def test_the_main_rule_set_carries_the_worked_examples_as_its_own_cases() -> None:
    names = {case["name"].split()[0] for case in rule_document()["cases"]}
    assert {"E1", "E2", "E3", "E4", "E5", "E6", "E9", "E10", "E11", "E12", "E14"} <= names


@pytest.mark.parametrize(
    ("on", "rule_set_id"),
    [
        (date(2021, 1, 1), "first"),
        (date(2024, 12, 31), "first"),
        (date(2025, 1, 1), "second"),
        (date(2030, 1, 1), "second"),
    ],
)
def test_the_rule_set_of_the_day_is_picked(on: date, rule_set_id: str) -> None:
    rulebook = make_rulebook(
        {"b.json": with_id("second", "2025-01-01"), "a.json": with_id("first", "2021-01-01", "2024-12-31")}
    )
    assert rulebook.in_force(on).id == rule_set_id


def test_a_day_without_rules_is_said_in_words() -> None:
    with pytest.raises(NotFoundError) as caught:
        load_rulebook().in_force(date(2020, 12, 21))
    assert caught.value.code == "no_rule_set_in_force"
    assert "2020-12-21" in say("errors.no_rule_set_in_force", "en", **caught.value.params)
    assert load_rulebook().in_force(date(2020, 12, 22)).id == "mit-2563-1"


def test_a_rule_set_is_found_by_its_id() -> None:
    assert load_rulebook().by_id("mit-2563-1").id == "mit-2563-1"
    with pytest.raises(NotFoundError) as caught:
        load_rulebook().by_id("mit-9999")
    assert "mit-2563-1" in str(caught.value.params["known"])


def test_a_rulebook_without_rule_sets_stops_the_start() -> None:
    with pytest.raises(RulebookError, match="rulebook_empty"):
        make_rulebook({})


def test_every_faulty_file_is_named() -> None:
    bad, worse = rule_document(), rule_document()
    bad["settings"]["threshold_percent"]["value"] = "forty"
    worse["id"] = "X"
    with pytest.raises(RulebookError) as caught:
        make_rulebook({"bad.json": bad, "good.json": rule_document(), "worse.json": worse})
    places = [fault.where for fault in caught.value.faults]
    assert places == ["bad.json: settings.threshold_percent.value", "worse.json: id"]


def test_two_rule_sets_with_one_id_are_refused() -> None:
    with pytest.raises(RulebookError) as caught:
        make_rulebook({"a.json": rule_document(), "b.json": rule_document()})
    assert [(fault.code, fault.where) for fault in caught.value.faults] == [("rule_id_twice", "b.json: id")]


def test_a_rule_set_whose_own_case_comes_out_differently_is_refused() -> None:
    document = rule_document()
    document["settings"]["threshold_percent"]["value"] = "41"
    faults = check_rule_set(document)
    places = {fault.where for fault in faults}
    assert all(fault.code == "rule_case_differs" for fault in faults)
    assert "cases[2].expected.direct.meets" in places
    assert "cases[2].expected.meets" in places


@pytest.mark.parametrize(
    ("changed", "code", "where"),
    [
        ({"name": ""}, "text_empty", "cases[1].name"),
        ({"name": None}, "member_missing", "cases[1].name"),
        ({"sheet": None}, "member_missing", "cases[1].sheet"),
        ({"sheet": {"price_ex_works": 5}}, "amount_not_text", "cases[1].sheet.price_ex_works"),
        ({"expected": None}, "member_missing", "cases[1].expected"),
        ({"expected": []}, "object_expected", "cases[1].expected"),
        ({"expected": {"meets": True}}, "member_missing", "cases[1].expected.direct"),
        ({"note": "x"}, "member_unknown", "cases[1].note"),
    ],
)
def test_a_malformed_case_is_named(changed: Document, code: str, where: str) -> None:
    document = rule_document()
    document["cases"][0] |= changed
    assert (code, where) in [(fault.code, fault.where) for fault in check_rule_set(document)]


@pytest.mark.parametrize(
    ("result", "code", "where"),
    [
        ({"meets": True, "shown_percent": "56.01"}, "rule_case_differs", "shown_percent"),
        ({"meets": False, "shown_percent": "56.00"}, "rule_case_differs", "meets"),
        ({"meets": 1, "shown_percent": "56.00"}, "rule_case_differs", "meets"),
        ({"meets": True}, "member_missing", "shown_percent"),
        ({"meets": True, "shown_percent": "56.00", "x": 1}, "member_unknown", "x"),
    ],
)
def test_a_case_that_expects_something_else_is_named(result: Document, code: str, where: str) -> None:
    document = rule_document()
    document["cases"][0]["expected"]["direct"] = result
    found = [(fault.code, fault.where) for fault in check_rule_set(document)]
    assert (code, f"cases[1].expected.direct.{where}") in found


@pytest.mark.parametrize("cases", [[], None, {}, "cases"])
def test_a_rule_set_without_cases_of_its_own_is_refused(cases: Any) -> None:
    assert check_rule_set(rule_document() | {"cases": cases})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b"[" * 100_000,
        '{"ก": "ข"'.encode(),
    ],
)
def test_what_is_no_json_is_refused_with_the_file(data: bytes) -> None:
    with pytest.raises(RulebookError) as caught:
        read_document(data, "broken.json")
    assert (caught.value.code, caught.value.where) == ("rule_not_json", "broken.json")


def test_the_file_that_ships_reads_as_its_document() -> None:
    assert read_document(RULE_SET_FILE.read_bytes(), "x") == json.loads(RULE_SET_FILE.read_text("utf-8"))


def test_a_checked_rule_set_is_the_same_as_a_loaded_one() -> None:
    assert checked_rule_set(rule_document()) == load_rulebook().rule_sets[0]
