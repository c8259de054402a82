"""Who makes this here? Certified products in force, by heading and words, and nothing that is not public."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta

import pytest

from mit.lifecycle.certificate_states import CertificateAction
from mit.registry.makers import MOST_MAKERS, Maker, Wanted, makers_for
from mit.values.thai_date import bangkok_day
from tests.issuance.conftest import desk as _desk
from tests.issuance.test_chain import makers as new_makers
from tests.support.chained import WIRE, certify, leaning_document, wire_by
from tests.support.desk import Desk
from tests.support.officers import changed

desk = _desk
COPPER = Wanted(3, "ลวดทองแดงนำเข้า", "74081110")


def found(desk: Desk, *wanted: Wanted, days: int = 0, besides: object = None) -> dict[int, list[str]]:
    today = bangkok_day(desk.now) + timedelta(days=days)
    made = makers_for(wanted or (COPPER,), today=today, besides=besides)  # type: ignore[arg-type]
    return {line: [one.number for one in several] for line, several in made.items()}


def test_a_maker_is_named_with_what_its_public_page_says_and_no_more(desk: Desk) -> None:
    number = wire_by(desk, desk.cast.krit)
    (named,) = makers_for([COPPER], today=bangkok_day(desk.now))[3]
    assert named == Maker(
        number, "บริษัท กรุงเทพไวร์ จำกัด", "Krungthep Wire", "ลวดทองแดงเปลือย", "Bare copper wire"
    )
    assert not [value for value in asdict(named).values() if "12500" in value or "0105" in value]


@pytest.mark.parametrize(
    ("name", "hs_code", "is_found"),
    [
        ("ลวดทองแดงนำเข้า", "74081110", True),
        ("ลวดทองแดงนำเข้า", "7408", True),
        ("ลวดทองแดงนำเข้า", "740819", True),
        ("Copper Wire, annealed", "740811", True),
        ("ลวดทองแดงนำเข้า", "740", False),
        ("ลวดทองแดงนำเข้า", "", False),
        ("ลวดทองแดงนำเข้า", "7409.11", False),
        ("ลวดทองแดงนำเข้า", "74x8", False),
        ("ลวดทองแดงนำเข้า", "85444932", False),
        ("แท่งอะลูมิเนียม", "74081110", False),
        ("", "74081110", False),
        ("'; DROP TABLE certificates; --", "74081110", False),
        ("%", "74081110", False),
        ("\x00", "74081110", False),
    ],
)
def test_heading_and_a_shared_word_have_to_agree(
    desk: Desk, name: str, hs_code: str, *, is_found: bool
) -> None:
    number = wire_by(desk, desk.cast.krit)
    assert found(desk, Wanted(1, name, hs_code)) == ({1: [number]} if is_found else {})


@pytest.mark.parametrize(
    ("days", "is_found"), [(-1, False), (0, True), (363, True), (364, True), (365, False)]
)
def test_only_on_the_days_of_the_certificate(desk: Desk, days: int, *, is_found: bool) -> None:
    wire_by(desk, desk.cast.krit)
    assert bool(found(desk, days=days)) is is_found


@pytest.mark.parametrize(
    "action", [CertificateAction.SUSPEND, CertificateAction.REVOKE, CertificateAction.WITHDRAW]
)
def test_who_is_stopped_is_not_named(desk: Desk, action: CertificateAction) -> None:
    number = wire_by(desk, desk.cast.somchai)
    assert found(desk) == {3: [number]}
    changed(desk, number, action)
    assert found(desk) == {}


def test_who_asks_is_not_told_of_themselves(desk: Desk) -> None:
    number = wire_by(desk, desk.cast.krit)
    assert found(desk, besides=desk.cast.krungthep_wire_id) == {}
    assert found(desk, besides=desk.cast.siam_cable_id) == {3: [number]}


def test_each_holder_is_named_once_the_newest_first_and_not_too_many(desk: Desk) -> None:
    numbers = [wire_by(desk, maker) for maker in new_makers(desk, MOST_MAKERS + 1)]
    twice = certify(desk, desk.cast.krit, leaning_document(product=WIRE))
    newest = certify(desk, desk.cast.krit, leaning_document(product=WIRE | {"models": ["CW-9"]}))
    assert found(desk) == {3: [newest, *reversed(numbers)][:MOST_MAKERS]}
    assert twice not in found(desk)[3]


def test_each_input_has_its_own_makers_in_one_question(desk: Desk) -> None:
    wire = wire_by(desk, desk.cast.krit)
    cable = certify(desk, desk.cast.somchai, leaning_document())
    inputs = [COPPER, Wanted(5, "สายไฟฟ้าแรงต่ำ นำเข้า", "85444932"), Wanted(7, "ไม่มี", "39011000")]
    assert found(desk, *inputs) == {3: [wire], 5: [cable]}


def test_what_is_not_issued_is_not_named(desk: Desk) -> None:
    desk.approved()
    assert found(desk, Wanted(1, "สายไฟฟ้าแรงต่ำ", "85444932")) == {}


def test_nothing_is_asked_where_nothing_has_a_code() -> None:
    """Without a database at hand: no statement is made."""
    assert makers_for([Wanted(1, "ทองแดง", "")], today=date(2026, 11, 25)) == {}
