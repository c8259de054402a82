"""Reckon the stored cost sheets of an application that is being submitted, before anything is locked."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from mit.credential import canonical_json
from mit.criteria.assess import assess
from mit.criteria.cost_sheet import CostSheet, parse_cost_sheet
from mit.criteria.rule_set import RuleSet
from mit.errors import InputError
from mit.issuance.case import LARGEST_DOCUMENT, sha256_of
from mit.issuance.chain import Chain, look_up, named_in_sheet
from mit.issuance.wish import Wish
from mit.lifecycle.application_states import ApplicationState, actions_from
from mit.roles.actor import Actor, Role
from mit.roles.permissions import acts_for
from mit.store import applications
from mit.store.applications import Application
from mit.store.db import viewing
from mit.verify.memory import Memory


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What a rule set says of one stored cost sheet; ``document`` is the canonical JSON of the assessment."""

    meets: bool
    deciding_formula: str | None
    input_sha256: str
    document: str = field(repr=False)


#: By the SHA-256 of the sheet's canonical JSON, that of the rule set, and what was known of suppliers'
#: certificates; the engine is this process's own.
#: It is the way from what was typed to what was stored within one submission, and little more.
_reckoned: Memory[tuple[str, str, Chain], Reckoned] = Memory(32 * 1024 * 1024)


def reckon(text: str, rule_set: RuleSet, chain: Chain = ()) -> Reckoned:
    """Return what *rule_set* says of the cost sheet in *text*, its canonical JSON, with these facts.

    Raises:
        InputError: the text is no such sheet, or it cannot be reckoned.
    """
    known = _reckoned.get((sha256_of(text), rule_set.sha256, chain))
    if known is not None:
        return known
    document = canonical_json.read(text.encode("utf-8"), limit_bytes=LARGEST_DOCUMENT)
    return _assessed(parse_cost_sheet(document), rule_set, chain)


def reckon_typed(sheets: Iterable[CostSheet], rule_set: RuleSet) -> None:
    """Reckon sheets that are about to be stored, and remember it by the hash of the text they will have.

    What cannot be reckoned is not remembered; ``reckon`` says why.
    """
    for sheet in sheets:
        with suppress(InputError):
            found = _assessed(sheet, rule_set, ())
            key = (found.input_sha256, rule_set.sha256, ())
            _reckoned.keep(key, found, weight_bytes=2 * len(found.document))


def forget_reckoned() -> None:
    """Forget what was remembered, as a new process has."""
    _reckoned.clear()


def _assessed(sheet: CostSheet, rule_set: RuleSet, chain: Chain) -> Reckoned:
    assessment = assess(rule_set, sheet, chain)
    document = assessment.to_document()
    return Reckoned(
        meets=assessment.meets is True,
        deciding_formula=assessment.deciding_formula,
        input_sha256=str(document["input_sha256"]),
        document=canonical_json.write(document).decode("utf-8"),
    )


def reckon_ahead(
    actor: Actor, application_id: UUID, wish: Wish, rule_set: RuleSet, *, on: date
) -> dict[tuple[str, Chain], Reckoned]:
    """Return what comes of the stored cost sheets, by text and facts, for who could submit them now.

    Up to 200 long sheets take seconds; under the lock only what reads otherwise by then is reckoned
    again.  Nothing is refused here: every reason to is found again there.
    """
    with viewing() as session:
        found = session.get(Application, application_id)
        if found is None or not _could_submit(actor, found, wish):
            return {}
        sheets = [product.cost_sheet for product in applications.products_of(session, application_id)]
        keys = [(text, look_up(session, named_in_sheet(text), on=on)) for text in sheets]
    ahead: dict[tuple[str, Chain], Reckoned] = {}
    with suppress(InputError):
        for text, chain in keys:
            ahead[text, chain] = reckon(text, rule_set, chain)
    return ahead


def _could_submit(actor: Actor, application: Application, wish: Wish) -> bool:
    can_move = wish.action in actions_from(ApplicationState(application.state), str(Role.MANUFACTURER))
    is_seen = wish.seen.version == application.version
    return can_move and is_seen and acts_for(actor, application.organisation_id)
