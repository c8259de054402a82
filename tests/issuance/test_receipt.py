"""The receipt says what was submitted, not what was written since, and only to its own people."""

from __future__ import annotations

import pytest

from mit.errors import NotFoundError
from mit.issuance.apply import save_draft
from mit.issuance.look import look_at
from mit.issuance.receipt import read_receipt
from mit.issuance.review import return_with_reasons
from mit.issuance.wish import Seen
from tests.document.printed import read_pages
from tests.support.desk import Desk, draft


def receipt(desk: Desk, number: str) -> str:
    pdf = read_receipt(desk.cast.somchai, number, authority=desk.authority)
    return "\n".join(page.text for page in read_pages(pdf))


def test_it_keeps_to_the_submission_when_the_draft_goes_on(desk: Desk) -> None:
    somchai, standing = desk.cast.somchai, desk.submitted(True, True)
    before = receipt(desk, standing.number)
    assert "แบบที่ 1" in before
    assert "แบบที่ 2" in before
    assert standing.content_digest[:32] in before
    seen = look_at(desk.cast.malee, standing.application_id).seen
    return_with_reasons(
        desk.cast.malee, standing.application_id, seen=seen, reasons="แก้ราคา", now=desk.tick()
    )
    version = look_at(somchai, standing.application_id).seen.version
    save_draft(somchai, standing.application_id, draft=draft(at=9), seen=Seen(version), now=desk.tick())
    assert receipt(desk, standing.number) == before


def test_it_is_for_its_own_people_and_only_after_a_submission(desk: Desk) -> None:
    submitted, begun = desk.submitted(), desk.draft(at=5)
    with pytest.raises(NotFoundError, match="application_not_found"):
        read_receipt(desk.cast.krit, submitted.number, authority=desk.authority)
    with pytest.raises(NotFoundError, match="receipt_missing"):
        read_receipt(desk.cast.somchai, begun.number, authority=desk.authority)
