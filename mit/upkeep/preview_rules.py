"""What would change if a rule set came into force: every standing product reckoned by it, nothing written.

It looks at the stored cost sheets a few at a time, so that its memory does not grow with the register,
and tells numbers of applications, names and answers: no amount leaves it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from mit.credential import canonical_json
from mit.criteria.assess import assess
from mit.criteria.chain import SupplierCertificate, frozen_chain
from mit.criteria.cost_sheet import parse_cost_sheet
from mit.criteria.rule_set import RuleSet
from mit.criteria.rulebook import checked_rule_set
from mit.errors import Fault, InputError, RulebookError
from mit.issuance.case import LARGEST_DOCUMENT
from mit.roles.actor import Actor, Role
from mit.roles.permissions import require_role
from mit.sandbox import child
from mit.sandbox.limits import Limits
from mit.store.db import viewing
from mit.store.standing_products import StandingProduct, count_standing, standing_products

#: Most flips that are listed one by one; the groups count all of them.
MOST_LISTED = 500
#: How much of cost sheets one page looks at, in characters; the command looks at everything.
PAGE_CHARACTERS = 20_000_000
#: Largest file of a rule set; the one that ships has 27 kB.
LIMITS = Limits(input_bytes=1024 * 1024)
_PORTION = 20


@dataclass(frozen=True, slots=True)
class Flip:
    """One product that would be answered otherwise.

    Attributes:
        certificate: the number of its live certificate; empty while the application is open.
        chapter: the first two digits of its HS code; empty where it has none.
        before, after: the formula by which it meets; empty where it does not.
        is_open: whether a missing fact would leave it undecided.
    """

    application: str
    certificate: str
    position: int
    name_th: str
    name_en: str
    chapter: str
    before: str
    after: str
    is_open: bool = False

    @property
    def is_lost(self) -> bool:
        """Say whether it would not meet any more."""
        return bool(self.before)


@dataclass(slots=True)
class Tally:
    """How many products were looked at, would be lost (met before) and gained (would meet)."""

    products: int = 0
    lost: int = 0
    gained: int = 0


@dataclass(slots=True)
class RulesPreview:
    """What would change.

    Attributes:
        standing: how many products stand; ``whole.products`` of them were looked at.
        by_standing: ``certificate`` and ``application``.
        by_chapter: by the first two digits of the HS code; empty where there is none.
        by_formula: by the formula that decides now; empty where none does.
        by_group: by the groups that the rule set names, a product in each that holds it; empty where
            none does.  Nothing where it names none.
        not_reckoned: how many sheets the rule set could not reckon; they count as not meeting.
    """

    rule_set: RuleSet
    standing: int
    whole: Tally = field(default_factory=Tally)
    by_standing: dict[str, Tally] = field(default_factory=dict)
    by_chapter: dict[str, Tally] = field(default_factory=dict)
    by_formula: dict[str, Tally] = field(default_factory=dict)
    by_group: dict[str, Tally] = field(default_factory=dict)
    not_reckoned: int = 0
    flips: list[Flip] = field(default_factory=list)

    @property
    def left(self) -> int:
        """Return how many products were not looked at."""
        return max(0, self.standing - self.whole.products)

    @property
    def unlisted(self) -> int:
        """Return how many flips are counted and not listed."""
        return self.whole.lost + self.whole.gained - len(self.flips)


def read_rule_set(data: bytes) -> RuleSet:
    """Return the rule set in *data*, a stranger's file, after running its own cases.

    Raises:
        UnreadableFileError: the file cannot be opened, with the reason.
        InputError: ``rule_set_refused`` with every fault and its place in the document.
    """
    document = child.run("json", data, limits=LIMITS)
    try:
        return checked_rule_set(document)
    except RulebookError as error:
        count = len(error.faults)
        faults = [Fault("rule_set_refused", "file", {"count": count}), *error.faults]
        raise InputError("rule_set_refused", faults=faults, where="file", count=count) from error


def preview_for(by: Actor, data: bytes, *, today: date) -> RulesPreview:
    """Return what the rule set in *data* would change, as far as one page waits for it.

    Raises:
        NotAllowedError: *by* is no administrator.
        InputError, UnreadableFileError: as ``read_rule_set``.
    """
    require_role(by, Role.ADMINISTRATOR)
    return preview_rules(read_rule_set(data), today=today, most_characters=PAGE_CHARACTERS)


def preview_rules(rule_set: RuleSet, *, today: date, most_characters: int | None = None) -> RulesPreview:
    """Return what *rule_set* would change on the Bangkok day *today*.

    *most_characters* of cost sheets are looked at, the last sheet whole; None looks at everything.
    """
    with viewing() as session:
        found = RulesPreview(rule_set, count_standing(session, today=today))
    read = 0
    for product in _standing(today):
        if most_characters is not None and read >= most_characters:
            break
        read += len(product.cost_sheet)
        _count(found, product)
    return found


def _standing(today: date) -> Iterator[StandingProduct]:
    """Yield every standing product; the database is asked for a portion at a time."""
    after = ("", 0)
    while True:
        with viewing() as session:
            portion = standing_products(session, today=today, after=after, most=_PORTION)
        yield from portion
        if len(portion) < _PORTION:
            return
        after = (portion[-1].application, portion[-1].position)


def _count(found: RulesPreview, product: StandingProduct) -> None:
    flip = _reckon(found, product)
    for tally in (
        found.whole,
        found.by_standing.setdefault("certificate" if product.certificate else "application", Tally()),
        found.by_chapter.setdefault(flip.chapter, Tally()),
        found.by_formula.setdefault(flip.before, Tally()),
        *(found.by_group.setdefault(key, Tally()) for key in _groups_of(found.rule_set, product)),
    ):
        tally.products += 1
        tally.lost += bool(flip.before and not flip.after)
        tally.gained += bool(flip.after and not flip.before)
    if bool(flip.before) != bool(flip.after) and len(found.flips) < MOST_LISTED:
        found.flips.append(flip)


def _groups_of(rule_set: RuleSet, product: StandingProduct) -> Sequence[str]:
    if not rule_set.groups:
        return ()
    return [key for key, group in rule_set.groups.items() if group.holds(product.hs_code or "")] or [""]


def _frozen(product: StandingProduct) -> tuple[SupplierCertificate, ...]:
    """Return what was known of the suppliers' certificates when it was assessed; it is not asked anew."""
    if not product.leaning:
        return ()
    return frozen_chain(canonical_json.read(product.leaning.encode("utf-8"), limit_bytes=LARGEST_DOCUMENT))


def _reckon(found: RulesPreview, product: StandingProduct) -> Flip:
    """Return the answer now and by the rule set, the same or not."""
    after, is_open = "", False
    try:
        text = product.cost_sheet.encode("utf-8")
        sheet = parse_cost_sheet(canonical_json.read(text, limit_bytes=LARGEST_DOCUMENT))
        answer = assess(found.rule_set, sheet, _frozen(product))
        after, is_open = answer.deciding_formula or "", answer.meets is None
    except InputError:
        found.not_reckoned += 1
    return Flip(
        application=product.application,
        certificate=product.certificate or "",
        position=product.position,
        name_th=product.name_th,
        name_en=product.name_en,
        chapter=(product.hs_code or "")[:2],
        before=product.deciding_formula or "",
        after=after,
        is_open=is_open,
    )
