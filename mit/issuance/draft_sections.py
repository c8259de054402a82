"""The sections of an application while it is being written: look, save, add and take out products.

What is typed is kept at every save, good or not; only when it is submitted does it become the draft
that ``apply`` stores.  Saving a section is no act on the case and leaves no audit event: the row says
who saved it and when, and the submission that follows is recorded with its digest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from mit.criteria.rule_set import RuleSet
from mit.errors import ConflictError, InputError, NotFoundError, StaleVersionError
from mit.issuance import typed, weigh
from mit.issuance.apply import Draft, create_draft
from mit.issuance.move import Standing
from mit.issuance.questioned import Open, what_is_open
from mit.issuance.typed import Typed
from mit.lifecycle.application_states import ApplicationState
from mit.roles.actor import Actor, Role
from mit.roles.permissions import acts_for, require_role
from mit.store import accounts, applications, draft_sections, evidence, renewals, sheet_files
from mit.store.applications import MAX_PRODUCTS, Application
from mit.store.db import OpenSession, add, add_all, transaction, viewing
from mit.store.draft_sections import LAST_PRODUCT, DraftSection

#: Longest section, in characters, of which many are remembered: the products of a page, not cost sheets.
_SHORT = 4_000
#: In these states an application is written.
OPEN_STATES = frozenset({ApplicationState.DRAFT, ApplicationState.RETURNED})


@dataclass(frozen=True, slots=True)
class Place:
    """Which section: its name and, where it is about one, the product's number in the draft."""

    section: str
    product: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """One section as it was saved last.

    Attributes:
        kept: what was typed, or the JSON of it, which is read when it is asked for; None where the
            application was read without it.
        version: 0 where nothing was saved yet.
        fault_count: how much was wrong when it was saved.
        saved_by: the name of who saved it; empty where nobody did.
    """

    place: Place
    kept: Typed | str | None
    version: int = 0
    fault_count: int = 0
    saved_at: datetime | None = None
    saved_by: str = ""

    @property
    def content(self) -> Typed:
        """Return what was typed; do not change it.

        Raises:
            LookupError: the application was read without this cost sheet.
        """
        if self.kept is None:
            raise LookupError(f"{self.place} was not read")
        return _read(self.kept) if isinstance(self.kept, str) else self.kept

    @property
    def is_blank(self) -> bool:
        """Say whether nothing was typed yet."""
        return typed.is_blank(self.content)

    @property
    def is_done(self) -> bool:
        """Say whether it was good when it was saved."""
        return self.version > 0 and not self.fault_count

    @property
    def is_begun(self) -> bool:
        """Say whether somebody saved it since it was made empty."""
        return self.version > 1 or (self.version == 1 and self.fault_count != 1)


@dataclass(frozen=True, slots=True)
class DraftProduct:
    """One product of the draft: its number there, its place among the products, its two sections."""

    number: int
    position: int
    described: Section
    sheet: Section

    @property
    def name_th(self) -> str:
        """Return its Thai name as typed; may be empty."""
        return str(self.described.content["name_th"]).strip()

    @property
    def name_en(self) -> str:
        """Return its English name as typed; may be empty."""
        return str(self.described.content["name_en"]).strip()


@dataclass(frozen=True, slots=True)
class WrittenApplication:
    """An application as it is being written.

    Attributes:
        version: that of the application itself, for submitting.
        opened: what may be changed; everything, unless an officer asked about single fields.
        renews: the number of the certificate that it renews; empty where it renews none.
        lacks_evidence: whether evidence has to be sent anew and none is there yet.
    """

    application_id: UUID
    organisation_id: UUID
    number: str
    state: ApplicationState
    version: int
    reasons: str
    factory: Section
    declaration: Section
    products: tuple[DraftProduct, ...]
    opened: Open
    renews: str = ""
    lacks_evidence: bool = False

    @property
    def is_open(self) -> bool:
        """Say whether it is being written."""
        return self.state in OPEN_STATES

    def product(self, number: int) -> DraftProduct:
        """Return one product by its number in the draft.

        Raises:
            NotFoundError: ``product_not_found``.
        """
        found = next((product for product in self.products if product.number == number), None)
        if found is None:
            raise NotFoundError("product_not_found", where="product")
        return found

    def section(self, place: Place) -> Section:
        """Return one section.

        Raises:
            NotFoundError: ``product_not_found``.
        """
        if not place.product:
            return self.factory if place.section == "factory" else self.declaration
        product = self.product(place.product)
        return product.described if place.section == "product" else product.sheet

    def seen(self) -> str:
        """Return the SHA-256 (hex) of which versions stand here: what a submission refers to."""
        sections = [self.factory, *(s for p in self.products for s in (p.described, p.sheet))]
        told = [[s.place.section, s.place.product, s.version] for s in sections]
        return sha256(json.dumps(told).encode("ascii")).hexdigest()


def start(actor: Actor, *, now: datetime) -> Standing:
    """Begin an application with nothing in it.

    Raises:
        NotAllowedError: as ``apply.create_draft``.
    """
    return create_draft(actor, Draft(), now=now)


def read(actor: Actor, number: str, *, sheets: Collection[int] | None = None) -> WrittenApplication:
    """Return an application of the actor's own organisation as it is being written.

    Where *sheets* are named, of the cost sheets only what was typed for these products is read.

    Raises:
        NotFoundError: ``application_not_found``: there is none, or it is somebody else's.
    """
    with viewing() as session:
        return gather(session, find_own(session, actor, number), sheets=sheets)


def save(actor: Actor, number: str, section: Section, *, rule_set: RuleSet, now: datetime) -> Section:
    """Keep *section* as typed, good or not, if nobody saved since its ``version``.

    What no question is about stays as it was, where only questioned fields are open.

    Raises:
        NotFoundError: ``application_not_found`` or ``product_not_found``.
        StaleVersionError: ``section_stale``: somebody saved in between; nothing was changed.
        ConflictError: ``application_not_open``.
    """
    place = section.place
    with transaction() as session:
        application = lock_own(session, actor, number)
        rows = _present(session, application, now)
        written = _written(session, application, rows.values(), (place.product,))
        before = written.section(place)
        require_version(before, section.version)
        opened = written.opened
        wanted = typed.as_typed(place.section, section.content, keep_empty=not opened.is_all)
        content = opened.keep_closed(place.section, place.product, before.content, wanted)
        count = len(_weigh(written, place, content, rule_set).faults)
        if place.section == "sheet":
            sheet_files.forget_file(session, application.id, place.product)
        row = rows.get(place)
        if row is None:
            row = _new_row(application, place, actor, now)
            session.add(row)
        else:
            row.version += 1
        row.content, row.fault_count = json.dumps(content), count
        row.saved_at, row.saved_by_id, row.removed_at = now, actor.user_id, None
        session.flush()
        version = row.version
    return replace(section, kept=content, version=version, fault_count=count, saved_at=now)


def require_version(section: Section, version: int) -> None:
    """Refuse what was made from another *version* of a section than stands there now.

    Raises:
        StaleVersionError: ``section_stale``.
    """
    if section.version != version:
        raise StaleVersionError("section_stale", where=section.place.section)


def weigh_section(written: WrittenApplication, section: Section, *, rule_set: RuleSet) -> weigh.Weighed:
    """Say what is wrong with a section as it stands in *section*; a sheet without faults is assessed."""
    return _weigh(written, section.place, section.content, rule_set)


def add_product(actor: Actor, number: str, *, now: datetime) -> int:
    """Add a product with nothing in it and return its number in the draft.

    Raises:
        NotFoundError, ConflictError: as ``save``.
        InputError: ``too_many_products``.
    """
    with transaction() as session:
        application = lock_own(session, actor, number)
        rows = _present(session, application, now)
        written = _written(session, application, rows.values(), ())
        _require_whole(written)
        if len(written.products) >= MAX_PRODUCTS:
            raise InputError("too_many_products", where="products", limit=MAX_PRODUCTS)
        product = max((place.product for place in rows), default=0) + 1
        if product > LAST_PRODUCT:
            raise InputError("too_many_products", where="products", limit=MAX_PRODUCTS)
        for name in ("product", "sheet"):
            add(session, _new_row(application, Place(name, product), actor, now))
    return product


def remove_product(actor: Actor, number: str, product: int, *, now: datetime) -> None:
    """Take a product out of the draft; what was typed for it is kept aside.

    Raises:
        NotFoundError, ConflictError: as ``save``.
    """
    with transaction() as session:
        application = lock_own(session, actor, number)
        rows = _present(session, application, now)
        written = _written(session, application, rows.values(), ())
        _require_whole(written)
        written.product(product)
        for name in ("product", "sheet"):
            row = rows.get(Place(name, product))
            if row is not None:
                row.removed_at = now
        sheet_files.forget_file(session, application.id, product)


def find_own(session: OpenSession, actor: Actor, number: str) -> Application:
    """Return the application with this number, if it is of the actor's own organisation.

    Raises:
        NotAllowedError: ``role_needed``.
        NotFoundError: ``application_not_found``.
    """
    require_role(actor, Role.MANUFACTURER)
    found = draft_sections.find_application(session, number)
    if found is None or not acts_for(actor, found.organisation_id):
        raise NotFoundError("application_not_found", where="number")
    return found


def lock_own(session: OpenSession, actor: Actor, number: str) -> Application:
    """Return the same under lock, if it is being written.

    Raises:
        NotAllowedError, NotFoundError: as ``find_own``.
        ConflictError: ``application_not_open``.
    """
    found = find_own(session, actor, number)
    locked = applications.lock_application(session, found.id)
    if ApplicationState(locked.state) not in OPEN_STATES:
        raise ConflictError("application_not_open", where="number")
    return locked


def gather(
    session: OpenSession, application: Application, *, sheets: Collection[int] | None = None
) -> WrittenApplication:
    """Return *application* as it is being written, by its sections or else by its stored products.

    Where *sheets* are named, of the cost sheets only what was typed for these products is read.
    """
    return _written(session, application, draft_sections.sections_of(session, application.id), sheets)


def _written(
    session: OpenSession,
    application: Application,
    rows: Collection[DraftSection],
    sheets: Collection[int] | None,
) -> WrittenApplication:
    if rows:
        contents = draft_sections.contents_of(session, application.id, sheets=sheets)
        found = _from_rows(session, rows, contents)
    else:
        found = _from_products(session, application, sheets)
    renews = renewals.renewed_certificate(session, application.id)
    numbers = sorted({place.product for place in found if place.product})
    products = tuple(
        DraftProduct(
            number,
            position,
            _or_blank(found, Place("product", number)),
            _or_blank(found, Place("sheet", number)),
        )
        for position, number in enumerate(numbers, start=1)
    )
    return WrittenApplication(
        application_id=application.id,
        organisation_id=application.organisation_id,
        number=application.number,
        state=ApplicationState(application.state),
        version=application.version,
        reasons=application.reasons,
        factory=_or_blank(found, Place("factory")),
        declaration=_or_blank(found, Place("declaration")),
        products=products,
        opened=what_is_open(session, application, numbers),
        renews=renews,
        lacks_evidence=bool(renews) and not evidence.is_any_present(session, application.id),
    )


def write_sections(
    session: OpenSession, application: Application, sections: Sequence[Section], *, by: UUID, now: datetime
) -> None:
    """Write sections of an application that has none yet, each as it is."""
    rows = []
    for section in sections:
        row = _row(application, section.place, by, now)
        row.content = section.kept if isinstance(section.kept, str) else json.dumps(section.content)
        row.fault_count = section.fault_count
        rows.append(row)
    add_all(session, rows)


def _present(session: OpenSession, application: Application, now: datetime) -> dict[Place, DraftSection]:
    """Return the rows by place; those of an application that was stored without any are written first."""
    rows = draft_sections.sections_of(session, application.id)
    if not rows:
        stored = _from_products(session, application, None)
        write_sections(session, application, tuple(stored.values()), by=application.author_id, now=now)
        rows = draft_sections.sections_of(session, application.id)
    return {Place(row.section, row.product): row for row in rows}


def _new_row(application: Application, place: Place, actor: Actor, now: datetime) -> DraftSection:
    row = _row(application, place, actor.user_id, now)
    content = typed.as_typed(place.section, {})
    row.content, row.fault_count = json.dumps(content), 1
    return row


def _row(application: Application, place: Place, by: UUID, now: datetime) -> DraftSection:
    return DraftSection(
        application_id=application.id,
        section=place.section,
        product=place.product,
        version=1,
        saved_at=now,
        saved_by_id=by,
    )


def _from_rows(
    session: OpenSession, rows: Iterable[DraftSection], contents: Mapping[UUID, str]
) -> dict[Place, Section]:
    names: dict[UUID, str] = {}
    found: dict[Place, Section] = {}
    for row in rows:
        if row.removed_at is not None:
            continue
        if row.saved_by_id not in names:
            names[row.saved_by_id] = accounts.get_user(session, row.saved_by_id).name
        place = Place(row.section, row.product)
        kept, by = contents.get(row.id), names[row.saved_by_id]
        found[place] = Section(place, kept, row.version, row.fault_count, row.saved_at, by)
    return found


def _from_products(
    session: OpenSession, application: Application, sheets: Collection[int] | None
) -> dict[Place, Section]:
    """Return the sections of an application that was stored without any: by the command line or a machine."""
    found: dict[Place, Section] = {}
    site = {name: getattr(application, name) for name in typed.FACTORY_FIELDS}
    if any(site.values()):
        found[Place("factory")] = Section(Place("factory"), typed.as_typed("factory", site), 1)
    for product in applications.products_of(session, application.id):
        document = json.loads(product.cost_sheet)
        at, is_read = product.position, sheets is None or product.position in sheets
        for place, content in (
            (Place("product", at), typed.typed_product(document["product"])),
            (Place("sheet", at), typed.typed_sheet(document) if is_read else None),
        ):
            found[place] = Section(place, content, 1)
    return found


def _read(text: str) -> Typed:
    """Return a stored section; what a page shows is asked for again and again."""
    return _read_short(text) if len(text) < _SHORT else _read_long(text)


@lru_cache(maxsize=8)
def _read_long(text: str) -> Typed:
    content: Typed = json.loads(text)
    return content


@lru_cache(maxsize=512)
def _read_short(text: str) -> Typed:
    content: Typed = json.loads(text)
    return content


def _or_blank(found: Mapping[Place, Section], place: Place) -> Section:
    return found.get(place) or Section(place, typed.as_typed(place.section, {}))


def _weigh(written: WrittenApplication, place: Place, content: Typed, rule_set: RuleSet) -> weigh.Weighed:
    if place.section == "sheet":
        return weigh.weigh_sheet(rule_set, written.product(place.product).described.content, content)
    return _WEIGHERS[place.section](content)


def _require_whole(written: WrittenApplication) -> None:
    """Refuse to change the products while only questioned fields are open.

    Raises:
        ConflictError: ``only_questioned_open``.
    """
    if not written.opened.is_all:
        raise ConflictError("only_questioned_open", where="products")


_WEIGHERS: Mapping[str, Callable[[Typed], weigh.Weighed]] = {
    "factory": weigh.weigh_factory,
    "product": weigh.weigh_product,
    "declaration": weigh.weigh_declaration,
}
