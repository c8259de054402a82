"""What the contract says of every act on an application: the model that the walks are held against.

It is written from the contract, not from the code: it knows states, people and what each has seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from mit.issuance.move import Standing
from mit.issuance.wish import ProductDecision, Seen

#: From where each action leads where, as the contract has it; the model's own copy.
LEADS: dict[tuple[str, str], str] = {
    ("draft", "save"): "draft",
    ("returned", "save"): "returned",
    ("submitted", "save"): "draft",
    ("recommended", "save"): "draft",
    ("draft", "submit"): "submitted",
    ("returned", "resubmit"): "submitted",
    ("submitted", "return"): "returned",
    ("submitted", "recommend"): "recommended",
    ("submitted", "refuse"): "refused",
    ("recommended", "return"): "returned",
    ("recommended", "approve"): "approved",
    ("recommended", "refuse"): "refused",
    ("draft", "withdraw"): "withdrawn",
    ("submitted", "withdraw"): "withdrawn",
    ("returned", "withdraw"): "withdrawn",
    ("recommended", "withdraw"): "withdrawn",
}
MAKERS_ACTS = frozenset({"save", "submit", "resubmit", "withdraw"})
OPINIONS = frozenset({"recommend", "approve"})


class ViolationError(AssertionError):
    """The work functions did something else than the model said."""


@dataclass(slots=True)
class Told:
    """What the model knows of one application."""

    application_id: UUID
    version: int
    meets: tuple[bool, ...]
    state: str = "draft"
    is_content_as_submitted: bool = False
    recommended: frozenset[int] = frozenset()
    reviewers: set[str] = field(default_factory=set)
    last_wish: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """One act with everything it was asked with; ``call`` does it."""

    who: str
    action: str
    told: Told
    seen: Seen
    decisions: tuple[ProductDecision, ...]
    reasons: str
    shape: tuple[bool, ...]

    @property
    def wish(self) -> tuple[object, ...]:
        """Return all that makes two acts the same wish."""
        given = {"save": self.shape, "return": self.reasons, "refuse": self.reasons}.get(self.action)
        return self.who, self.action, self.seen, self.decisions, given

    @property
    def is_repeated(self) -> bool:
        """Say whether this very wish was the last act on the application."""
        return self.wish == self.told.last_wish


def is_allowed(act: Act) -> bool:
    """Say what the contract says of an act."""
    told, who = act.told, act.who
    if act.is_repeated:
        return True
    if (told.state, act.action) not in LEADS or act.seen.version != told.version:
        return False
    if act.action in MAKERS_ACTS:
        has_products = act.action not in {"submit", "resubmit"} or bool(told.meets)
        return who in {"somchai", "nok"} and has_products
    if not _is_officer_for(who, told) or (act.action in {"return", "refuse"} and not act.reasons):
        return False
    return act.action not in OPINIONS or _is_opinion_good(act)


def _is_officer_for(who: str, told: Told) -> bool:
    if told.state == "submitted":
        return who in {"malee", "wichai", "prasit"}
    return who in {"anan", "suda", "prasit"} and who not in told.reviewers


def _is_opinion_good(act: Act) -> bool:
    told = act.told
    decided = [decision.position for decision in act.decisions]
    complete = decided == list(range(1, len(told.meets) + 1))
    reasoned = all(decision.keep or decision.reason for decision in act.decisions)
    if not complete or not reasoned:
        return False
    kept = kept_in(act)
    if act.action == "approve" and not kept:
        return True  # refusing everything is a refusal, whatever the content is now
    as_seen = act.seen.content_digest != "0" * 64 and told.is_content_as_submitted
    good = all(told.meets[position - 1] for position in kept)
    agreed = act.action == "recommend" or kept <= told.recommended
    return bool(kept) and as_seen and good and agreed


def kept_in(act: Act) -> frozenset[int]:
    """Return the positions that an act keeps."""
    return frozenset(decision.position for decision in act.decisions if decision.keep)


def follow(act: Act, standing: Standing) -> None:
    """Let the model follow an act that was done."""
    told = act.told
    if act.is_repeated:
        return
    told.last_wish = act.wish
    is_refusal = act.action == "approve" and not kept_in(act)
    if told.state == "submitted" and act.action not in MAKERS_ACTS:
        told.reviewers.add(act.who)
    told.state = "refused" if is_refusal else LEADS[told.state, act.action]
    told.version += 1
    if act.action == "save":
        told.meets = act.shape
    told.is_content_as_submitted = told.is_content_as_submitted and act.action != "save"
    if act.action in {"submit", "resubmit"}:
        told.is_content_as_submitted = True
    told.recommended = kept_in(act) if act.action == "recommend" else told.recommended
    if (str(standing.state), standing.version) != (told.state, told.version):
        raise ViolationError(f"{act.action} led to {standing}, the model says {told}")
    if bool(standing.certificate_number) != (told.state == "approved"):
        raise ViolationError(f"{standing.certificate_number!r} while {told.state}")
