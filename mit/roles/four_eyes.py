"""Four eyes: no one approves what they themselves touched, or what they once applied for.

Two approval rows stand over one content digest: the reviewer's recommendation and the approver's
approval.  Two different persons at FTI, neither of whom has ever acted for the applicant.
Source: contract section 1, Four eyes; security section 6, threats 1 and 2.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from mit.errors import FourEyesError


def is_stranger(user_id: UUID, *, acted_for_applicant: Collection[UUID]) -> bool:
    """Say whether the person never acted for the applicant, by the whole recorded history."""
    return user_id not in acted_for_applicant


def is_second_person(user_id: UUID, *, first_persons: Collection[UUID]) -> bool:
    """Say whether the person is none of those whose eyes were the first."""
    return user_id not in first_persons


def require_stranger(user_id: UUID, *, acted_for_applicant: Collection[UUID]) -> None:
    """Refuse a person who ever acted for the applicant.

    Raises:
        FourEyesError: ``four_eyes_applicant``.
    """
    if not is_stranger(user_id, acted_for_applicant=acted_for_applicant):
        raise FourEyesError("four_eyes_applicant")


def require_second_person(user_id: UUID, *, first_persons: Collection[UUID]) -> None:
    """Refuse the person whose eyes were the first.

    Raises:
        FourEyesError: ``four_eyes_same_person``.
    """
    if not is_second_person(user_id, first_persons=first_persons):
        raise FourEyesError("four_eyes_same_person")
