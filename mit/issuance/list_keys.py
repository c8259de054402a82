"""Every key with its state on a day, and the public halves that verifiers need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from mit.credential.public_keys import PublicKey
from mit.lifecycle.signing_key_states import KeyDates, KeyState, state_on
from mit.store import signing_keys
from mit.store.db import viewing
from mit.values.thai_date import bangkok_day, utc_text


@dataclass(frozen=True, slots=True)
class KeyCard:
    """One key as it is listed: its public half's name, what it is for, and its state on a day."""

    kid: int
    purpose: str
    algorithm: str
    thumbprint: str
    demo: bool
    state: KeyState
    dates: KeyDates

    def to_document(self) -> dict[str, object]:
        """Return the card as JSON members; days as ISO, the instant in UTC."""
        dates = self.dates
        at = dates.compromised_from_at
        return {
            "kid": self.kid,
            "purpose": self.purpose,
            "algorithm": self.algorithm,
            "thumbprint": self.thumbprint,
            "demo": self.demo,
            "state": self.state.value,
            "active_from_on": _iso(dates.active_from_on),
            "verify_only_from_on": _iso(dates.verify_only_from_on),
            "retired_from_on": _iso(dates.retired_from_on),
            "compromised_from_at": utc_text(at) if at else None,
        }


def list_keys(*, now: datetime) -> list[KeyCard]:
    """Return every key of every purpose by serial, with its state today (Bangkok)."""
    today = bangkok_day(now)
    with viewing() as session:
        rows = [row for purpose in signing_keys.PURPOSES for row in signing_keys.all_keys(session, purpose)]
        cards = [_card(row, today) for row in rows]
    return sorted(cards, key=lambda card: card.kid)


def verification_keys(*, now: datetime) -> list[PublicKey]:
    """Return the public halves that verifiers need today: all but the retired ones, by serial."""
    today = bangkok_day(now)
    with viewing() as session:
        return [
            signing_keys.public_half(row)
            for row in signing_keys.all_keys(session)
            if state_on(signing_keys.key_dates(row), today) is not KeyState.RETIRED
        ]


def _card(row: signing_keys.SigningKey, today: date) -> KeyCard:
    dates = signing_keys.key_dates(row)
    return KeyCard(
        kid=row.kid,
        purpose=row.purpose,
        algorithm=row.algorithm,
        thumbprint=row.thumbprint,
        demo=row.demo,
        state=state_on(dates, today),
        dates=dates,
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
