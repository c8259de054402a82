"""The last day on which anything that a key signed is valid."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask

from mit.store.db import transaction, viewing
from mit.store.key_use import last_expiry_signed_by
from mit.values.thai_date import bangkok_day, last_valid_day
from tests.support import register
from tests.support.people import Cast


def test_a_key_that_signed_nothing_binds_nobody(app: Flask, now: datetime) -> None:
    with transaction() as session:
        kid = register.signing_key(session, now=now).kid
    with viewing() as session:
        assert last_expiry_signed_by(session, kid) is None
        assert last_expiry_signed_by(session, kid + 1) is None


def test_the_last_of_all_its_certificates_counts_prepared_ones_too(cast: Cast, now: datetime) -> None:
    later = now + timedelta(days=40)
    made = register.issued(cast, now=now)
    with viewing() as session:
        assert last_expiry_signed_by(session, made.kid) == last_valid_day(bangkok_day(now))
    assert register.prepared(cast, now=later).kid == made.kid
    register.issued(cast, now=now)
    with viewing() as session:
        assert last_expiry_signed_by(session, made.kid) == last_valid_day(bangkok_day(later))


def test_what_another_key_signed_does_not_count(cast: Cast, now: datetime) -> None:
    made = register.issued(cast, now=now)
    with transaction() as session:
        other = register.signing_key(session, now=now).kid
    with viewing() as session:
        assert last_expiry_signed_by(session, other) is None
        assert last_expiry_signed_by(session, made.kid) is not None
