"""The two approval rows, alive and voided."""

from __future__ import annotations

from datetime import datetime

from mit.store.approvals import Approval, live_approvals, void_approvals
from mit.store.db import add, transaction
from tests.support import register
from tests.support.people import Cast


def test_the_recommendation_comes_first(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        row = register.approved(session, cast, now=now)
        live = live_approvals(session, row.id)
    assert [(one.kind, one.person_id) for one in live] == [
        ("recommendation", cast.malee.user_id),
        ("approval", cast.anan.user_id),
    ]


def test_voiding_says_how_many_and_why(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        row = register.submitted(session, cast, now=now)
        assert void_approvals(session, row.id, reason="edited", now=now) == 0
        add(session, register.approval(row, cast.malee.user_id, "recommendation", now=now))
        add(session, register.approval(row, cast.anan.user_id, "approval", now=now))
        assert void_approvals(session, row.id, reason="edited", now=now) == 2
        assert live_approvals(session, row.id) == []
        assert {one.voided_reason for one in session.query(Approval)} == {"edited"}


def test_voiding_leaves_other_applications_alone(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        row, other = register.submitted(session, cast, now=now), register.submitted(session, cast, now=now)
        for one in (row, other):
            add(session, register.approval(one, cast.malee.user_id, "recommendation", now=now))
        void_approvals(session, row.id, reason="edited", now=now)
        assert len(live_approvals(session, other.id)) == 1


def test_one_person_may_recommend_many_applications(cast: Cast, now: datetime) -> None:
    with transaction() as session:
        for _ in range(3):
            row = register.submitted(session, cast, now=now)
            add(session, register.approval(row, cast.malee.user_id, "recommendation", now=now))
            assert len(live_approvals(session, row.id)) == 1
