from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from mit.credential.claims import Claims, StatusSlot
from mit.credential.coverage import ValueRange
from mit.credential.lint import _reading_faults, lint_claims, rehearse
from mit.credential.signatures import throwaway_signer
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
    ("slot before its list", replace(GOOD, slot=StatusSlot(2700, -1)), "lint_slot_index", "slot.index"),
    ("list of the next year", replace(GOOD, slot=StatusSlot(2800, 1)), "lint_slot_list", "slot.list_number"),
    ("space in front of a brand", covering(brand=" สยาม"), "lint_text_spaces", "products[1].brand"),
    ("long brand", covering(brand="A" * 201), "lint_text_too_long", "products[1].brand"),
    ("bidi in a brand", covering(brand="A\u202e"), "text_forbidden_sign", "products[1].brand"),
    ("long English product", covering(product_en="A" * 201), "lint_text_too_long", "products[1].product_en"),
    ("long address", holder(address_en="A" * 401), "lint_text_too_long", "holder.address_en"),
    ("long site", holder(site_th="ก" * 201), "lint_text_too_long", "holder.site_th"),
    ("long factory number", holder(factory_number="1" * 201), "lint_text_too_long", "holder.factory_number"),
    (
        "unit with two spaces",
        covering(ranges=(ValueRange("a", "m  m", "1", None),)),
        "lint_text_spaces",
        "products[1].ranges[1].unit",
    ),
    (
        "21 ranges",
        covering(ranges=tuple(ValueRange(f"p{n}", "", "1", None) for n in range(21))),
        "lint_too_much_coverage",
        "products[1]",
    ),
    (
        "a fault in the second range",
        covering(ranges=(ValueRange("a", "", "1", "2"), ValueRange("b", "", None, None))),
        "coverage_range",
        "products[1].ranges[2]",
    ),
    ("hash in capitals", first(rule_set_sha256="A" * 64), "lint_rule_set", "products[1].rule_set_sha256"),
    ("long hash", first(rule_set_sha256="a" * 65), "lint_rule_set", "products[1].rule_set_sha256"),
    ("rule set with a space", first(rule_set_id="mit 1"), "lint_rule_set", "products[1].rule_set_id"),
    ("formula in capitals", first(formula="DIRECT"), "lint_formula", "products[1].formula"),
    ("threshold above all", first(threshold="101"), "threshold_malformed", "products[1].threshold"),
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


@pytest.mark.parametrize(
    "of",
    [
        replace(GOOD, slot=StatusSlot(2700, 0)),
        replace(GOOD, slot=StatusSlot(2799, 131_071)),
        holder(name_th="ก" * 200),
        holder(address_th="ก" * 400, address_en="A" * 400),
        holder(name_en="", address_en="", site_en="", factory_number="", address_th=""),
        covering(brand="", product_en=""),
        covering(models=("A" * 80,)),
        covering(models=tuple(f"M{n}" for n in range(200))),
        covering(ranges=tuple(ValueRange(f"p{n}", "", "1", None) for n in range(20))),
        covering(hs_code="010121"),
        covering(hs_code="85043199000"),
        first(threshold="1"),
        first(threshold="100"),
        first(formula="tariff_shift"),
    ],
)
def test_what_just_fits_is_signed(of: Claims) -> None:
    assert lint(of) == []


OTHER_THAN_MEANT = [
    ("number", replace(GOOD, number=claims(running=54321).number), "lint_not_read_back"),
    ("Thai name", holder(name_th="บริษัท อื่น จำกัด"), "lint_not_read_back"),
    ("no juristic number", holder(juristic_number=None), "lint_not_read_back"),
    ("first day", replace(GOOD, issued_on=date(2026, 11, 20)), "lint_not_read_back"),
    ("last day", replace(GOOD, expires_on=date(2027, 11, 19)), "lint_not_read_back"),
    ("slot", replace(GOOD, slot=StatusSlot(2700, 5)), "lint_not_read_back"),
    ("a product less", replace(GOOD, products=GOOD.products[:1]), "lint_not_read_back"),
    ("a model", covering(models=("other",)), "lint_not_read_back"),
    ("the order of products", replace(GOOD, products=GOOD.products[::-1]), "lint_not_read_back"),
    ("the mark of a sample", replace(GOOD, sample=True), "lint_sample_mark"),
]


@pytest.mark.parametrize(
    ("what", "meant", "code"), OTHER_THAN_MEANT, ids=[row[0] for row in OTHER_THAN_MEANT]
)
def test_a_credential_that_states_anything_else_than_meant_is_not_signed(
    what: str, meant: Claims, code: str
) -> None:
    signer = throwaway_signer()
    made = rehearse(GOOD, public_url=PUBLIC_URL, signer=signer)
    assert list(_reading_faults(made, GOOD, signer)) == []
    assert [(f.code, f.where) for f in _reading_faults(made, meant, signer)] == [(code, "credential")]


def test_a_rehearsal_whose_signature_or_qr_is_another_s_is_not_signed() -> None:
    signer, other = throwaway_signer(), throwaway_signer()
    made = rehearse(GOOD, public_url=PUBLIC_URL, signer=signer)
    twin = rehearse(GOOD, public_url=PUBLIC_URL, signer=other)
    wrong = [
        made,  # and asked of another key
        replace(twin, token=made.token),
        replace(twin, qr_url=made.qr_url, qr=made.qr),
        replace(twin, qr=replace(twin.qr, count=3)),
        replace(twin, qr=replace(twin.qr, credential_sha256=bytes(32))),
    ]
    for one in wrong:
        found = [(fault.code, fault.where) for fault in _reading_faults(one, GOOD, other)]
        assert found == [("lint_not_read_back", "qr")]


@pytest.mark.parametrize(
    "text",
    ["41.25%", "41.25 %", "41.25 Percent", "41.25 per cent", "41.25 เปอร์เซ็นต์", "ร้อยละ41.25", "% 41.25",
     "percent 41.25", "(41.25%)", "ร้อยละ ๔๑.๒๕", "４１.２５％", "x41.25%", "7 41.25%"],
)  # fmt: skip
def test_the_measured_share_is_found_in_every_way_of_writing_it(text: str) -> None:
    for where in (covering(product_en=text), covering(brand=text), holder(site_en=text)):
        assert "lint_share_shown" in {fault.code for fault in lint(where, shown_percents=["41.25", "9.00"])}


@pytest.mark.parametrize(
    "text",
    ["41.25", "41.25 kV", "41.255%", "141.25%", "1.41.25%", "41.2%", "41%", "percentage", "% of 41.25"],
)
def test_the_same_digits_without_a_percent_sign_or_within_another_number_are_no_share(text: str) -> None:
    assert lint(covering(product_en=text), shown_percents=["41.25"]) == []


def test_no_share_is_looked_for_where_none_is_told() -> None:
    assert lint(covering(product_en="41.25%")) == []


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
