"""What a person wants with an application: the action, what they saw, their decisions and reasons."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from mit.credential import canonical_json
from mit.errors import InputError
from mit.lifecycle.application_states import ApplicationAction

#: Longest reason or note, in characters.
LONGEST_REASON = 4_000
_UNUSABLE = frozenset({"Cc", "Cs", "Co", "Cn"})
#: Signs that turn the reading direction round: what is seen is then not what is stored.
_DIRECTION_SIGNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


@dataclass(frozen=True, slots=True)
class Seen:
    """What stood on the person's screen: version, and SHA-256 (hex) of what is decided on."""

    version: int
    content_digest: str = ""


@dataclass(frozen=True, slots=True)
class ProductDecision:
    """One product's fate: kept, or refused with a reason; positions count from 1."""

    position: int
    keep: bool
    reason: str = ""

    def to_document(self) -> dict[str, object]:
        """Return ``position, keep, reason``."""
        return {"position": self.position, "keep": self.keep, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Wish:
    """One act, as it was asked for; ``content_sha256`` (hex) is that of what is to be saved."""

    action: ApplicationAction
    seen: Seen
    decisions: tuple[ProductDecision, ...] = ()
    reasons: str = ""
    content_sha256: str = ""

    def sha256(self) -> str:
        """Return the SHA-256 (hex) of everything that was asked: two equal ones are two clicks."""
        document = {
            "action": str(self.action),
            "seen": [self.seen.version, self.seen.content_digest],
            "decisions": [decision.to_document() for decision in self.decisions],
            "reasons": self.reasons,
            "content_sha256": self.content_sha256,
        }
        return hashlib.sha256(canonical_json.write(document)).hexdigest()


@dataclass(frozen=True, slots=True)
class Opinion:
    """What an officer thinks of every product, over exactly what they saw."""

    seen: Seen
    decisions: Sequence[ProductDecision]
    note: str = ""

    def wish(self, action: ApplicationAction) -> Wish:
        """Return the act that follows from the opinion.

        Raises:
            InputError: ``text_too_long`` or ``text_unusable``.
        """
        return Wish(action, self.seen, read_decisions(self.decisions), read_reasons(self.note, where="note"))


def keep_all(count: int) -> tuple[ProductDecision, ...]:
    """Return the decision that keeps every one of *count* products."""
    return tuple(ProductDecision(position, keep=True) for position in range(1, count + 1))


def read_decisions(decisions: Sequence[ProductDecision]) -> tuple[ProductDecision, ...]:
    """Return *decisions* by position, their reasons as ``read_reasons`` returns them.

    Raises:
        InputError: as ``read_reasons``, with ``products[n].reason`` as its place.
    """
    read = (
        ProductDecision(d.position, d.keep, read_reasons(d.reason, where=f"products[{d.position}].reason"))
        for d in decisions
    )
    return tuple(sorted(read, key=lambda decision: decision.position))


def read_reasons(text: str, *, where: str = "reasons") -> str:
    """Return what a person wrote, in NFC, ends trimmed; may be empty and may have several lines.

    Raises:
        InputError: ``text_too_long`` or ``text_unusable``.
    """
    if len(text) > LONGEST_REASON:
        raise InputError("text_too_long", where=where, limit=LONGEST_REASON)
    trimmed = unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()
    for sign in trimmed:
        if sign in _DIRECTION_SIGNS or (unicodedata.category(sign) in _UNUSABLE and sign not in "\n\t"):
            raise InputError("text_unusable", where=where)
    return trimmed
