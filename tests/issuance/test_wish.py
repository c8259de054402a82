"""What a person asks for: reasons as text, decisions by position."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.errors import InputError
from mit.issuance.wish import (
    LONGEST_REASON,
    Opinion,
    ProductDecision,
    Seen,
    keep_all,
    read_decisions,
    read_reasons,
)
from mit.lifecycle.application_states import ApplicationAction


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", ""),
        ("  เอกสารไม่ครบ \n", "เอกสารไม่ครบ"),
        ("บรรทัดหนึ่ง\r\nบรรทัดสอง", "บรรทัดหนึ่ง\nบรรทัดสอง"),
        ("ก\tข", "ก\tข"),
        ("cafe\u0301", "café"),
    ],
)
def test_reasons_are_trimmed_and_composed(written, read) -> None:
    assert read_reasons(written) == read


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\ud800", "\ue000", "\u202e", "\u2066", "\x85"])
def test_a_sign_that_cannot_be_kept_is_refused_with_its_place(sign) -> None:
    with pytest.raises(InputError) as refusal:
        read_reasons(f"เหตุผล{sign}ที่ซ่อน", where="products[2].reason")
    assert (refusal.value.code, refusal.value.where) == ("text_unusable", "products[2].reason")


def test_a_reason_may_be_as_long_as_said_and_no_longer() -> None:
    assert len(read_reasons("ก" * LONGEST_REASON)) == LONGEST_REASON
    with pytest.raises(InputError) as refusal:
        read_reasons("ก" * (LONGEST_REASON + 1))
    assert refusal.value.params == {"limit": LONGEST_REASON}


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=60))
def test_any_text_is_kept_as_one_spelling_or_refused(text) -> None:
    try:
        read = read_reasons(text)
    except InputError as error:
        assert error.code == "text_unusable"
        return
    assert read == read_reasons(read)
    assert unicodedata.is_normalized("NFC", read)
    read.encode("utf-8")


def test_decisions_are_put_in_the_order_of_the_products() -> None:
    read = read_decisions([ProductDecision(2, keep=True), ProductDecision(1, keep=False, reason=" ไม่ผ่าน ")])
    assert [(d.position, d.keep, d.reason) for d in read] == [(1, False, "ไม่ผ่าน"), (2, True, "")]


def test_keeping_all_decides_every_product() -> None:
    assert [(d.position, d.keep) for d in keep_all(3)] == [(1, True), (2, True), (3, True)]
    assert keep_all(0) == ()


def test_an_opinion_becomes_the_act_that_follows_from_it() -> None:
    opinion = Opinion(Seen(4, "ab"), [ProductDecision(1, keep=True)], note=" ดี ")
    wish = opinion.wish(ApplicationAction.APPROVE)
    assert (wish.action, wish.seen, wish.reasons) == (ApplicationAction.APPROVE, Seen(4, "ab"), "ดี")
    assert wish.decisions == (ProductDecision(1, keep=True),)
    assert wish.decisions[0].to_document() == {"position": 1, "keep": True, "reason": ""}
