"""What a signing key was used for: the last day on which anything that it signed is valid."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mit.store.certificates import Certificate


def last_expiry_signed_by(session: Session, kid: int) -> date | None:
    """Return the last valid day of the certificates prepared for the key; None where it has none."""
    return session.scalar(select(func.max(Certificate.expires_on)).where(Certificate.kid == kid))
