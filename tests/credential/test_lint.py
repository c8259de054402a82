from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from mit.credential.claims import Claims, StatusSlot
from mit.credential.coverage import ValueRange
from mit.credential.lint import lint_claims, rehearse
from mit.errors import Fault
from mit.i18n import LANGUAGES, say
from mit.values.identifiers import juristic_check_digit
from tests.support.specimens import (
    ISSUED_ON,
    PUBLIC_URL,
    claims,
    juristic_number,
    natural_person,
    product,
    wild_texts,
)

GOOD = claims(2)
CITIZEN = "110170020345" + juristic_check_digit("110170020345")


def lint(of: Claims, **options: Any) -> list[Fault]:
    return lint_claims(of, **{"public_url": PUBLIC_URL, "today": ISSUED_ON, **options})


def holder(**changes: Any) -> Claims:
    return replace(GOOD, holder=replace(GOOD.holder, **changes))


def first(**changes: Any) -> Claims:
    return replace(GOOD, products=(replace(GOOD.products[0], **changes), GOOD.products[1]))


def covering(**changes: Any) -> Claims:
    return first(coverage=replace(GOOD.products[0].coverage, **changes))


@pytest.mark.parametrize(
    "of", [claims(1), claims(10), claims(200), claims(1, sample=True), natural_person(GOOD)]
)
def test_good_claims_have_no_fault(of: Claims) -> None:
    assert lint(of, shown_percents=["41.25", "100.00"]) == []


REASONS = [
    ("issued yesterday", replace(GOOD, issued_on=date(2026, 11, 20)), "lint_issue_day", "issued_on"),
    (
        "expires on the anniversary",
        replace(GOOD, expires_on=date(2027, 11, 21)),
        "lint_expiry_day",
        "expires_on",
    ),
    (
        "before the epoch of the QR",
        replace(GOOD, issued_on=date(2019, 12, 31)),
        "lint_day_range",
        "issued_on",
    ),
    ("list of another year", replace(GOOD, slot=StatusSlot(2600, 1)), "lint_slot_list", "slot.list_number"),
    ("slot beyond its list", replace(GOOD, slot=StatusSlot(2700, 131_072)), "lint_slot_index", "slot.index"),
    ("no product", replace(GOOD, products=()), "lint_no_product", "products"),
    ("201 products", claims(201), "lint_too_many_products", "products"),
    ("no Thai name", holder(name_th=""), "lint_text_missing", "holder.name_th"),
    ("Latin name", holder(name_th="Siam Cable"), "lint_thai_name", "holder.name_th"),
    ("long name", holder(name_th="ก" * 201), "lint_text_too_long", "holder.name_th"),
    ("space at the end", holder(name_en="Siam "), "lint_text_spaces", "holder.name_en"),
    ("two spaces", holder(address_th="1  ถนน"), "lint_text_spaces", "holder.address_th"),
    ("line feed in the address", holder(address_th="1\nถนน"), "text_forbidden_sign", "holder.address_th"),
    ("lone surrogate", holder(name_en="Siam\ud800"), "text_forbidden_sign", "holder.name_en"),
    ("bidi override", holder(name_en="Siam\u202e"), "text_forbidden_sign", "holder.name_en"),
    ("joiner", holder(name_th="สยาม\u200dเคเบิล"), "text_invisible_sign", "holder.name_th"),
    ("stacked marks", holder(name_th="สยา่่่ม"), "text_stacked_marks", "holder.name_th"),
    ("no site", holder(site_th=""), "lint_text_missing", "holder.site_th"),
    (
        "juristic number with a wrong digit",
        holder(juristic_number="0105536112015"),
        "tax_number_check",
        "holder.juristic_number",
    ),
    (
        "juristic number with dashes",
        holder(juristic_number="0-10-5-536-11201-4"),
        "tax_number_malformed",
        "holder.juristic_number",
    ),
    (
        "juristic number that is none",
        holder(juristic_number="abc"),
        "tax_number_malformed",
        "holder.juristic_number",
    ),
    (
        "citizen number as juristic number",
        holder(juristic_number=CITIZEN),
        "lint_citizen_number",
        "holder.juristic_number",
    ),
    (
        "citizen number in the address",
        holder(address_en=f"ID {CITIZEN}"),
        "lint_citizen_number",
        "holder.address_en",
    ),
    (
        "with dashes",
        holder(site_en=f"{CITIZEN[0]}-{CITIZEN[1:5]}-{CITIZEN[5:10]}-{CITIZEN[10:12]}-{CITIZEN[12]}"),
        "lint_citizen_number",
        "holder.site_en",
    ),
    (
        "in Thai digits",
        holder(name_en=CITIZEN.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))),
        "lint_citizen_number",
        "holder.name_en",
    ),
    ("in a model", covering(models=(CITIZEN,)), "lint_citizen_number", "products[1]"),
    (
        "in a range",
        covering(ranges=(ValueRange(f"{CITIZEN}", "", "1", None),)),
        "lint_citizen_number",
        "products[1]",
    ),
    ("the share in a model", covering(models=("X 41.25%",)), "lint_share_shown", "products[1]"),
    ("the share in words", covering(product_th="สายไฟ ร้อยละ ๔๑.๒๕"), "lint_share_shown", "products[1]"),
    ("no product name", covering(product_th=""), "lint_text_missing", "products[1].product_th"),
    ("empty model", covering(models=("",)), "lint_text_missing", "products[1].models[1]"),
    ("long model", covering(models=("A" * 81,)), "lint_text_too_long", "products[1].models[1]"),
    ("a model twice", covering(models=("ST 1", "st1")), "lint_same_model", "products[1].models"),
    (
        "201 models",
        covering(models=tuple(f"M{n}" for n in range(201))),
        "lint_too_much_coverage",
        "products[1]",
    ),
    (
        "no property",
        covering(ranges=(ValueRange("", "", "1", "2"),)),
        "lint_text_missing",
        "products[1].ranges[1].property",
    ),
    (
        "reversed range",
        covering(ranges=(ValueRange("a", "", "2", "1"),)),
        "coverage_range_empty",
        "products[1].ranges[1]",
    ),
    ("HS of seven digits", covering(hs_code="8504319"), "hs_code_malformed", "products[1].hs_code"),
    ("HS with dots", covering(hs_code="8504.31.99"), "hs_code_malformed", "products[1].hs_code"),
    ("chapter 00", covering(hs_code="001234"), "hs_code_malformed", "products[1].hs_code"),
    ("no formula", first(formula=""), "lint_formula", "products[1].formula"),
    ("no rule set", first(rule_set_id=""), "lint_rule_set", "products[1].rule_set_id"),
    ("half a hash", first(rule_set_sha256="ab"), "lint_rule_set", "products[1].rule_set_sha256"),
    ("odd threshold", first(threshold="40.00"), "threshold_malformed", "products[1].threshold"),
    (
        "the same product twice",
        replace(GOOD, products=(product(1), product(1))),
        "lint_same_product",
        "products[2]",
    ),
    (
        "issuer not in force",
        replace(GOOD, issuer=replace(GOOD.issuer, in_force_until=date(2026, 11, 20))),
        "lint_issuer_period",
        "issuer",
    ),
    (
        "issuer without signatory",
        replace(GOOD, issuer=replace(GOOD.issuer, signatory_name_th="")),
        "lint_text_missing",
        "issuer.signatory_name_th",
    ),
]


@pytest.mark.parametrize(("what", "of", "code", "place"), REASONS, ids=[row[0] for row in REASONS])
def test_each_reason_not_to_sign_is_found_and_said(what: str, of: Claims, code: str, place: str) -> None:
    faults = lint(of, shown_percents=["41.25"])
    assert (code, place) in {(fault.code, fault.where) for fault in faults}
    for fault in faults:
        for language in LANGUAGES:
            assert say(f"errors.{fault.code}", language, **fault.params)


DASHED = f"{CITIZEN[0]}-{CITIZEN[1:5]}-{CITIZEN[5:10]}-{CITIZEN[10:12]}-{CITIZEN[12]}"


@pytest.mark.parametrize(
    "written",
    [
        CITIZEN,
        DASHED,
        DASHED.replace("-", " "),
        f"{CITIZEN}.",
        DASHED.replace("-", "\u2013"),
        DASHED.replace("-", "\u2011"),
        DASHED.replace("-", "\u2212"),
        DASHED.replace("-", "\u00a0"),
    ],
)
@pytest.mark.parametrize("before", ["", "9 ", "99 ", "123 ", "99/123 ", "1-", "12345678 ", "หมู่ 4 ", "x"])
@pytest.mark.parametrize("after", ["", " 9", "-9", " 123 4567", "x"])
def test_a_citizen_number_is_found_whatever_numbers_stand_beside_it(
    written: str, before: str, after: str
) -> None:
    faults = lint(holder(address_en=f"{before}{written}{after}"))
    assert ("lint_citizen_number", "holder.address_en") in {(fault.code, fault.where) for fault in faults}


@pytest.mark.parametrize(
    "harmless",
    [
        juristic_number(),  # the register's own numbers are public
        CITIZEN[:-1] + str((int(CITIZEN[-1]) + 1) % 10),  # its check digit does not fit
        CITIZEN[:-1],
        CITIZEN + "0",
        "9" + CITIZEN,
        CITIZEN.replace(CITIZEN[4], "x", 1),
        f"{CITIZEN[:6]}  {CITIZEN[6:]}".replace("  ", "/"),
    ],
)
def test_other_long_numbers_may_stand_in_an_address(harmless: str) -> None:
    assert "lint_citizen_number" not in {fault.code for fault in lint(holder(address_en=harmless))}


def test_every_reason_is_listed_at_once() -> None:
    many = replace(holder(name_th="Siam", name_en="a\x00"), slot=StatusSlot(1, 1), products=())
    codes = {fault.code for fault in lint(many, today=date(2026, 1, 1))}
    assert codes >= {
        "lint_issue_day",
        "lint_slot_list",
        "lint_thai_name",
        "text_forbidden_sign",
        "lint_no_product",
    }


def test_the_sample_mark_must_agree_with_the_key() -> None:
    assert [fault.code for fault in lint(GOOD, demo_key=True)] == ["lint_sample_mark"]
    assert [fault.code for fault in lint(claims(sample=True), demo_key=False)] == ["lint_sample_mark"]
    assert lint(GOOD, demo_key=False) == lint(claims(sample=True), demo_key=True) == []


def test_foreign_letters_in_a_long_name_may_make_the_qr_too_large() -> None:
    assert lint(holder(name_th="บริษัท É จำกัด")) == []
    assert [fault.code for fault in lint(holder(name_th="ก" * 199 + "É"))] == ["lint_qr_too_large"]


def test_a_percentage_that_is_no_measured_share_may_stand() -> None:
    assert lint(covering(product_th="น้ำส้ม 100%", models=("41.25",)), shown_percents=["41.25"]) == []
    assert lint(covering(models=("141.25%",)), shown_percents=["41.25"]) == []


def test_a_year_of_validity_longer_is_asked_for_by_the_rule_set() -> None:
    two = replace(GOOD, expires_on=date(2028, 11, 20), slot=StatusSlot(2800, 1))
    assert lint(two, validity_years=2) == []
    assert {fault.code for fault in lint(two)} == {"lint_expiry_day"}


def test_the_rehearsal_is_signed_by_a_key_that_nobody_trusts() -> None:
    one, other = rehearse(GOOD, public_url=PUBLIC_URL), rehearse(GOOD, public_url=PUBLIC_URL)
    assert one.token != other.token
    assert one.qr.number == other.qr.number == GOOD.number


@given(wild_texts, wild_texts, wild_texts)
@settings(deadline=None, max_examples=80)
def test_no_text_makes_the_lint_fail_instead_of_answer(name: str, model: str, place: str) -> None:
    wild = replace(
        covering(models=(model,)), holder=replace(GOOD.holder, name_th=name, address_th=place, name_en=model)
    )
    for fault in lint(wild, shown_percents=["1.00"]):
        assert say(f"errors.{fault.code}", "th", **fault.params)
