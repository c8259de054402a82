"""Where an application stands: what happened, who has the ball, and since when."""

from __future__ import annotations

import pytest

from mit.errors import NotFoundError
from mit.issuance import draft_sections
from mit.issuance.copy_application import copy_application
from mit.issuance.declaration import declaration_on
from mit.issuance.review import return_with_reasons
from mit.issuance.submission import withdraw
from mit.issuance.timeline import list_own, progress
from mit.registry.certificate_qr import read_qr_png, read_qr_svg
from mit.values.thai_date import bangkok_day
from tests.support.desk import Desk
from tests.support.written import begun


def test_the_ball_goes_round(desk: Desk) -> None:
    somchai, malee = desk.cast.somchai, desk.cast.malee
    number = begun(somchai, now=desk.tick()).number
    assert progress(somchai, number).ball == "applicant"
    standing = desk.submitted()
    shown = progress(somchai, standing.number)
    assert (shown.ball, shown.since, shown.ahead) == (
        "reviewer",
        desk.now,
        ("recommended", "approved", "issued"),
    )
    seen = desk.seen(malee, standing)
    return_with_reasons(malee, standing.application_id, seen=seen, reasons="แก้", now=desk.tick())
    shown = progress(somchai, standing.number)
    assert [step.name for step in shown.steps] == ["created", "submitted", "returned"]
    assert (shown.ball, shown.since) == ("applicant", desk.now)
    assert [step.by for step in shown.steps] == ["Somchai Jaidee", "Somchai Jaidee", ""]


def test_an_approved_application_is_with_the_issuer_until_the_certificate_is_there(desk: Desk) -> None:
    somchai = desk.cast.somchai
    assert progress(somchai, desk.recommended(at=1).number).ball == "approver"
    assert progress(somchai, desk.approved(at=2).number).ball == "issuer"
    shown = progress(somchai, desk.issued(at=3).number)
    assert (shown.ball, shown.is_issued, shown.has_paper, shown.ahead) == ("nobody", True, True, ())
    assert shown.steps[-1].name == "issued"


def test_the_qr_code_is_for_its_holder_and_staff(desk: Desk) -> None:
    number = desk.issued().certificate_number
    for actor in (desk.cast.somchai, desk.cast.malee):
        assert read_qr_svg(actor, number).startswith(b"<svg")
        assert read_qr_png(actor, number).startswith(b"\x89PNG")
    for actor, asked in ((desk.cast.krit, number), (desk.cast.somchai, "MIT-2569-0000009-X")):
        with pytest.raises(NotFoundError, match="certificate_not_found"):
            read_qr_svg(actor, asked)


def test_the_list_holds_ones_own_alone_the_newest_first(desk: Desk) -> None:
    first, second = desk.draft(True, True).number, begun(desk.cast.somchai, now=desk.tick()).number
    begun(desk.cast.krit, now=desk.tick())
    listed = list_own(desk.cast.somchai)
    assert [one.number for one in listed] == [second, first]
    assert [one.products for one in listed] == [0, 2]
    assert listed[1].name_th == "สายไฟฟ้าแรงต่ำ แบบที่ 1"
    assert list_own(desk.cast.malee) == ()
    with pytest.raises(NotFoundError, match="application_not_found"):
        progress(desk.cast.krit, first)


def test_a_copy_says_the_same_and_is_ones_own(desk: Desk) -> None:
    number = desk.submitted(True, True).number
    made = copy_application(desk.cast.somchai, number, now=desk.tick()).number
    before, after = (draft_sections.read(desk.cast.somchai, each) for each in (number, made))
    assert after.factory.content == before.factory.content
    assert [p.sheet.content for p in after.products] == [p.sheet.content for p in before.products]
    assert after.state == "draft"
    with pytest.raises(NotFoundError, match="application_not_found"):
        copy_application(desk.cast.krit, number, now=desk.tick())


def test_a_foreign_application_cannot_be_withdrawn(desk: Desk) -> None:
    standing = desk.submitted()
    with pytest.raises(NotFoundError, match="application_not_found"):
        withdraw(desk.cast.krit, standing.number, version=standing.version, reasons="", now=desk.now)
    done = withdraw(desk.cast.somchai, standing.number, version=standing.version, reasons="", now=desk.tick())
    assert done.state == "withdrawn"
    assert progress(desk.cast.somchai, standing.number).ball == "nobody"


def test_the_declaration_says_that_no_form_backs_it(desk: Desk) -> None:
    words = declaration_on(bangkok_day(desk.now))
    assert not words.is_verified
    assert words.text.th
    assert words.text.en
    assert len(words.sha256) == 64
