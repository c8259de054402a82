"""What a new rule set would change is told product by product, and not one row is changed by asking."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.criteria.rule_set import parse_rule_set
from mit.errors import InputError, NotAllowedError, UnreadableFileError
from mit.lifecycle.certificate_states import CertificateAction
from mit.roles.actor import Role
from mit.store import tables
from mit.upkeep.preview_rules import PAGE_CHARACTERS, RulesPreview, preview_for, preview_rules
from mit.values.thai_date import bangkok_day
from tests.criteria.test_overrides import OWN
from tests.support.desk import Desk
from tests.support.officers import changed
from tests.support.people import invite
from tests.support.sheets import changed_rules, overriding, rule_document, rule_set
from tests.support.world import rows


def everything() -> dict[str, list[str]]:
    """Return every row of every table."""
    return {name: sorted(map(repr, rows(f"SELECT * FROM {name}"))) for name in tables.metadata.tables}


def preview(desk: Desk, **values: object) -> RulesPreview:
    return preview_rules(rule_set(**values), today=bangkok_day(desk.now))


def told(found: RulesPreview) -> list[tuple[str, str, int, str, str]]:
    return [
        (flip.application, flip.certificate, flip.position, flip.before, flip.after) for flip in found.flips
    ]


def test_a_higher_threshold_takes_and_a_lower_one_gives_on_certificates_and_in_open_cases(
    desk: Desk,
) -> None:
    certified, waiting = desk.issued(True, False, at=1), desk.submitted(True, False, at=11)
    higher = preview(desk, threshold_percent="80")
    assert told(higher) == [
        (certified.number, certified.certificate_number, 1, "direct", ""),
        (waiting.number, "", 1, "direct", ""),
    ]
    assert (higher.whole.products, higher.whole.lost, higher.whole.gained) == (3, 2, 0)
    lower = preview(desk, threshold_percent="10")
    assert told(lower) == [(waiting.number, "", 2, "", "direct")]
    assert (lower.by_chapter["85"].gained, lower.by_formula[""].gained) == (1, 1)
    assert lower.by_standing["certificate"].products == 1  # the refused one stands nowhere


def test_the_rule_set_in_force_changes_nothing(desk: Desk) -> None:
    desk.issued(True, at=1)
    desk.recommended(True, False, at=11)
    found = preview(desk)
    assert (found.whole.products, found.whole.lost, found.whole.gained, found.flips) == (3, 0, 0, [])


def test_only_what_stands_is_looked_at(desk: Desk) -> None:
    ended, suspended = (desk.issued(at=at).certificate_number for at in (1, 11))
    changed(desk, str(ended), CertificateAction.REVOKE)
    changed(desk, str(suspended), CertificateAction.SUSPEND)
    desk.draft(at=31)
    found = preview(desk, threshold_percent="80")
    assert [flip.certificate for flip in found.flips] == [suspended]
    years_later = bangkok_day(desk.now) + timedelta(days=4000)
    assert preview_rules(rule_set(threshold_percent="80"), today=years_later).standing == 0


def test_not_one_row_changes(desk: Desk) -> None:
    desk.issued(True, False, at=1)
    desk.submitted(True, at=11)
    administrator = invite("Prasit Dulae", Role.ADMINISTRATOR, now=desk.tick())
    before = everything()
    data = json.dumps(changed_rules(validity_years=2)).encode()
    assert preview_for(administrator, data, today=bangkok_day(desk.now)).whole.products == 2
    assert preview(desk, threshold_percent="80").whole.lost == 2
    assert everything() == before


def test_an_override_is_previewed_for_its_products_alone_and_by_group(desk: Desk) -> None:
    certified, waiting = desk.issued(True, at=1), desk.submitted(True, False, at=11)
    groups = {
        "cables": (["8544", "8536"], {"threshold_percent": "80"}),
        "low": (["854449"], {"direct_on": False}),
        "steel": (["72", "73"], {"threshold_percent": "100"}),
    }
    today = bangkok_day(desk.now)
    found = preview_rules(parse_rule_set(overriding(by_group=groups)), today=today)
    assert [(flip.application, flip.position) for flip in found.flips] == [
        (certified.number, 1),
        (waiting.number, 1),
    ]
    assert {key: (one.products, one.lost, one.gained) for key, one in found.by_group.items()} == {
        "cables": (3, 2, 0),
        "low": (3, 2, 0),
    }
    elsewhere = {"steel": groups["steel"]}
    none = preview_rules(parse_rule_set(overriding(by_group=elsewhere)), today=today)
    assert (none.flips, list(none.by_group)) == ([], [""])
    assert preview(desk).by_group == {}


def test_no_rule_set_of_any_kind_changes_a_row_when_it_is_previewed(desk: Desk) -> None:
    desk.issued(True, False, at=1)
    desk.submitted(True, at=11)
    before, today = everything(), bangkok_day(desk.now)

    @settings(deadline=None, max_examples=25)
    @given(
        threshold=st.integers(0, 100),
        special=st.dictionaries(st.sampled_from(["85", "8544", "854449", "72"]), OWN, max_size=3),
        most=st.none() | st.integers(0, 5_000),
    )
    def preview_any(threshold: int, special: dict[str, Any], most: int | None) -> None:
        rules = parse_rule_set(overriding(special, threshold_percent=str(threshold)))
        found = preview_rules(rules, today=today, most_characters=most)
        assert found.standing == 2
        assert found.whole.products <= 2
        assert everything() == before

    preview_any()


def test_every_portion_is_read_once_and_a_page_stops_at_its_bound(desk: Desk) -> None:
    desk.submitted(*[True] * 23, at=1)
    desk.submitted(*[True] * 22, at=41)
    rules, today = rule_set(threshold_percent="80"), bangkok_day(desk.now)
    found = preview_rules(rules, today=today)
    assert len(set(told(found))) == found.whole.lost == found.standing == 45
    assert found.left == 0
    part = preview_rules(rules, today=today, most_characters=1)
    assert (part.whole.products, part.left) == (1, 44)
    assert PAGE_CHARACTERS > 1_000_000


def test_what_a_missing_fact_would_leave_open_is_said(desk: Desk) -> None:
    number = desk.submitted(at=1).number
    (flip,) = preview(desk, direct_on=False, build_down_on=False).flips
    assert (flip.application, flip.is_lost, flip.is_open) == (number, True, True)


def test_no_amount_leaves_it(desk: Desk) -> None:
    desk.issued(at=1)
    found = preview(desk, threshold_percent="80")
    for amount in ("12500", "5200", "3100", "1100", "75.2"):
        assert amount not in repr(found.flips)


def test_it_is_for_administrators_and_for_rule_sets_that_pass_their_own_cases(desk: Desk) -> None:
    today, good = bangkok_day(desk.now), json.dumps(rule_document()).encode()
    for actor in (desk.cast.malee, desk.cast.anan, desk.cast.somchai):
        with pytest.raises(NotAllowedError):
            preview_for(actor, good, today=today)
    administrator = invite("Prasit Dulae", Role.ADMINISTRATOR, now=desk.tick())
    with pytest.raises(InputError, match="rule_set_refused") as caught:
        preview_for(administrator, json.dumps(changed_rules(threshold_percent="99")).encode(), today=today)
    assert {fault.code for fault in caught.value.faults} == {"rule_set_refused", "rule_case_differs"}
    for data in (b"", b"{", b"[" * 100, b"\x00" * (1024 * 1024 + 1)):
        with pytest.raises(UnreadableFileError):
            preview_for(administrator, data, today=today)
