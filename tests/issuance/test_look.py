"""What each person sees of an application."""

from __future__ import annotations

from uuid import uuid4

import pytest

from mit.errors import NotFoundError
from mit.issuance.look import look_at
from tests.support.desk import Desk


def test_both_sides_see_the_same_content_and_their_own_actions(desk: Desk) -> None:
    standing = desk.submitted(True, False)
    mine, theirs = (
        look_at(desk.cast.somchai, standing.application_id),
        look_at(desk.cast.malee, standing.application_id),
    )
    assert mine.seen == theirs.seen
    assert mine.products == theirs.products
    assert [str(action) for action in mine.actions] == ["save", "withdraw"]
    assert [str(action) for action in theirs.actions] == ["return", "recommend", "refuse"]
    assert look_at(desk.cast.anan, standing.application_id).actions == ()
    assert theirs.holder.name_th == "บริษัท สยามเคเบิล จำกัด"
    assert theirs.products[0].assessment["deciding_formula"] == "direct"


@pytest.mark.parametrize("who", ["krit", "napha"])
def test_outsiders_see_nothing(desk: Desk, who) -> None:
    standing = desk.submitted()
    with pytest.raises(NotFoundError, match="application_not_found"):
        look_at(getattr(desk.cast, who), standing.application_id)


def test_what_does_not_exist_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        look_at(desk.cast.malee, uuid4())


def test_the_number_of_the_certificate_is_shown_once_it_exists(desk: Desk) -> None:
    standing = desk.approved(True, False)
    view = look_at(desk.cast.somchai, standing.application_id)
    assert view.certificate_number == standing.certificate_number
    assert view.actions == ()
    assert [product.decision for product in view.products] == ["certified", "refused"]


def test_looking_locks_nothing_and_writes_nothing(desk: Desk) -> None:
    standing = desk.submitted()
    first = look_at(desk.cast.malee, standing.application_id)
    assert look_at(desk.cast.malee, standing.application_id) == first
