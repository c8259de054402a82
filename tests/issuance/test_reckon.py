"""What is remembered between typing and storing is what the stored text comes to; what is locked is short."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.credential import canonical_json
from mit.criteria.cost_sheet import parse_cost_sheet, sheet_document
from mit.errors import InputError
from mit.issuance.apply import submit
from mit.issuance.reckon import forget_reckoned, reckon, reckon_ahead, reckon_typed
from mit.issuance.wish import Seen, Wish
from mit.lifecycle.application_states import ApplicationAction
from tests.support.desk import Desk
from tests.support.sheets import cost, material, product, rule_set, sheet

_TEXTS = st.text(st.characters(exclude_categories=["C"]) | st.sampled_from(" \t\u0301\u0e33é"), max_size=12)
_NUMBERS = st.from_regex(r"\A(0|[1-9][0-9]{0,3})(\.[0-9]{1,3})?\Z")
_MORE = st.fixed_dictionaries(
    {},
    optional={
        "name": _TEXTS, "country": _TEXTS, "unit": _TEXTS, "supplier": _TEXTS, "quantity": _NUMBERS,
        "unit_price": _NUMBERS, "waste_percent": _NUMBERS, "rate": _NUMBERS,
        "currency": st.sampled_from(["usd", " THB", "JPY"]), "rate_on": st.just("2026-01-05"),
        "hs_code": st.sampled_from(["8504.40", "๘๕๐๔๔๐", "7409 11"]),
        "evidence": st.lists(_TEXTS, max_size=2),
        "supplier_tax_number": st.sampled_from(["0105556000751", "1"]),
        "origin": st.sampled_from(["domestic", "imported", "unproven"]),
    },
)  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(lines=st.lists(_MORE, max_size=3), named=_TEXTS, vat=st.booleans(), steps=st.lists(_TEXTS, max_size=2))
def test_a_sheet_comes_to_the_same_typed_and_stored(
    lines: list[dict[str, Any]], named: str, vat: bool, steps: list[str]
) -> None:
    given_lines = [material("10.00", "domestic") | more for more in lines]
    document = sheet(
        "900.00", cost("labour", "1.50"), *given_lines, product=product(brand=named or None),
        vat_included=vat, process=steps,
    )  # fmt: skip
    try:
        typed = parse_cost_sheet(document)
    except InputError:
        return
    text = canonical_json.write(sheet_document(typed)).decode("utf-8")
    reckon_typed([typed], rule_set())
    remembered = reckon(text, rule_set())
    forget_reckoned()
    assert reckon(text, rule_set()) == remembered


def test_another_rule_set_is_asked_anew() -> None:
    typed = parse_cost_sheet(sheet("100.00", material("61.00", "imported"), cost("labour", "20.00")))
    text = canonical_json.write(sheet_document(typed)).decode("utf-8")
    strict, kind = rule_set(threshold_percent="90"), rule_set(threshold_percent="10")
    reckon_typed([typed], strict)
    assert (reckon(text, strict).meets, reckon(text, kind).meets) == (False, True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_who_could_submit_it_now_is_reckoned_for(desk: Desk) -> None:
    begun, rules = desk.draft(), desk.authority.rulebook.in_force(desk.now.date())
    somchai, krit, application_id = desk.cast.somchai, desk.cast.krit, begun.application_id
    wish = Wish(ApplicationAction.SUBMIT, Seen(begun.version))
    assert len(reckon_ahead(somchai, application_id, wish, rules, on=desk.now.date())) == 1
    assert reckon_ahead(krit, application_id, wish, rules, on=desk.now.date()) == {}
    stale = Wish(ApplicationAction.SUBMIT, Seen(begun.version + 1))
    assert reckon_ahead(somchai, application_id, stale, rules, on=desk.now.date()) == {}
    later: datetime = desk.tick()
    submit(somchai, application_id, seen=wish.seen, now=later, authority=desk.authority)
    assert reckon_ahead(somchai, application_id, wish, rules, on=desk.now.date()) == {}
