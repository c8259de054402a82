"""Four eyes: no one decides on what they themselves touched or applied for."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.errors import FourEyesError
from mit.roles.four_eyes import is_second_person, is_stranger, require_second_person, require_stranger

PEOPLE = st.integers(1, 6).map(lambda number: UUID(int=number))


@settings(deadline=None, max_examples=200)
@given(PEOPLE, st.frozensets(PEOPLE))
def test_who_ever_acted_for_the_applicant_is_refused(person, history) -> None:
    assert is_stranger(person, acted_for_applicant=history) == (person not in history)
    if person in history:
        with pytest.raises(FourEyesError, match="four_eyes_applicant"):
            require_stranger(person, acted_for_applicant=history)
    else:
        require_stranger(person, acted_for_applicant=history)


@settings(deadline=None, max_examples=200)
@given(PEOPLE, st.frozensets(PEOPLE))
def test_who_reviewed_is_refused_as_second_person(person, reviewers) -> None:
    assert is_second_person(person, first_persons=reviewers) == (person not in reviewers)
    if person in reviewers:
        with pytest.raises(FourEyesError, match="four_eyes_same_person"):
            require_second_person(person, first_persons=reviewers)
    else:
        require_second_person(person, first_persons=reviewers)
