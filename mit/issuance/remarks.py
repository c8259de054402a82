"""What the machine noticed about a case, so that the officer looks there first; it decides nothing.

Doubts about the figures come from the assessment; here are what is missing and what is there twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mit.credential.claims import Holder
from mit.issuance.look import ProductView
from mit.issuance.sheet_facts import forget_facts
from mit.verify.memory import Memory

#: Remarks that are listed for one product; more are counted.
MOST_LISTED = 30


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to look at.

    Attributes:
        kind: ``fails``, ``doubt``, ``missing`` or ``double``.
        code: its sentence is ``staff.remark_<code>``; empty where ``detail`` holds it.
        where: the place in the cost sheet.
        detail: the sentence by language, for doubts.
        is_unverified: whether it rests on a setting that no published source states.
    """

    kind: str
    code: str
    where: str = ""
    params: Mapping[str, str | int] = field(default_factory=dict)
    detail: Mapping[str, str] = field(default_factory=dict)
    is_unverified: bool = False


class _OwnRemarks(NamedTuple):
    """What was noticed about a product by itself: the first, and how many more there are."""

    first: tuple[Remark, ...]
    left: int


#: By the hash of the product's texts, its English name and whether there is evidence.
_noticed: Memory[tuple[str, str, bool], _OwnRemarks] = Memory(16 * 1024 * 1024)
#: Two lines that are alike in these are the same line twice.
_TELLING = ("kind", "name", "amount", "supplier")
#: Roughly what one remark takes, in bytes.
_WEIGHT = 500


def remarks_on_holder(holder: Holder) -> tuple[Remark, ...]:
    """Return what is missing of applicant and factory."""
    missing = {
        "holder_name_en": holder.name_en,
        "holder_address_en": holder.address_en,
        "factory_site": holder.site_th,
        "factory_number": holder.factory_number,
    }
    return tuple(Remark("missing", code) for code, text in missing.items() if not text)


def remarks_on_product(
    product: ProductView,
    *,
    others: Sequence[ProductView],
    sheet_elsewhere: str,
    has_evidence: bool,
    beside: Sequence[Remark] = (),
) -> tuple[Remark, ...]:
    """Return what was noticed about one product, what fails first.

    *sheet_elsewhere* is the number of another application with the very same cost sheet; *beside* is
    what was noticed beside other papers.
    """
    own = _own_remarks(product, has_evidence=has_evidence)
    failures = [remark for remark in own.first if remark.kind == "fails"]
    found = [*failures, *beside, *own.first[len(failures) :], *_same_models(product, others)]
    if sheet_elsewhere:
        found.append(Remark("double", "same_sheet", params={"number": sheet_elsewhere}))
    left = len(found) + own.left - MOST_LISTED
    if left > 0:
        found = [*found[:MOST_LISTED], Remark("doubt", "more", params={"left": left})]
    return tuple(found)


def _own_remarks(product: ProductView, *, has_evidence: bool) -> _OwnRemarks:
    """Return what was noticed about a product by itself; it follows from its texts and is remembered."""
    key = (product.texts_sha256, product.name_en, has_evidence)
    found = _noticed.get(key) if product.texts_sha256 else None
    if found is None:
        every = [*_failures(product), *_doubts(product), *_missing(product, has_evidence=has_evidence)]
        every += _same_lines(product)
        found = _OwnRemarks(tuple(every[:MOST_LISTED]), max(0, len(every) - MOST_LISTED))
        if product.texts_sha256:
            _noticed.keep(key, found, weight_bytes=_WEIGHT * (1 + len(found.first)))
    return found


def forget_noticed() -> None:
    """Forget what was remembered, as a new process has."""
    _noticed.clear()
    forget_facts()


def _failures(product: ProductView) -> Iterator[Remark]:
    if product.assessment is not None and product.assessment["meets"] is False:
        yield Remark("fails", "does_not_meet")
    elif product.assessment is not None and product.assessment["meets"] is None:
        yield Remark("fails", "cannot_be_decided")


def _doubts(product: ProductView) -> Iterator[Remark]:
    assessment = product.assessment or {}
    for doubt in assessment.get("doubts", ()):
        yield Remark("doubt", "", where=doubt["where"], detail=doubt["detail"])
    for named in assessment.get("trace", {}).get("supplier_certificates", ()):
        code = {"no": "chain_not_covered", "unclear": "chain_unclear"}.get(named["covers"])
        if code and named["standing"] == "active":  # how it stands now is asked anew at each look
            where = f"lines[{named['line']}].supplier_certificate"
            yield Remark("doubt", code, where, {"number": named["number"]})


def _missing(product: ProductView, *, has_evidence: bool) -> Iterator[Remark]:
    sheet = product.cost_sheet
    if not product.name_en:
        yield Remark("missing", "product_name_en", "product.name_en")
    if not (product.coverage["models"] or product.coverage["ranges"]):
        yield Remark("missing", "models", "product.models")
    if not sheet.get("process"):
        yield Remark("missing", "process", "process")
    if not has_evidence:
        yield Remark("missing", "evidence", "evidence")
    unproven = [at for at, line in _materials(sheet) if line.get("origin") == "unproven"]
    if unproven:
        yield Remark("missing", "origin_unproven", f"lines[{unproven[0]}].origin", {"count": len(unproven)})
    nameless = [
        at for at, line in _materials(sheet) if line.get("origin") == "domestic" and not line.get("supplier")
    ]
    if nameless:
        yield Remark("missing", "supplier", f"lines[{nameless[0]}].supplier", {"count": len(nameless)})


def _same_lines(product: ProductView) -> Iterator[Remark]:
    identities = [_identity(line) for line in product.cost_sheet["lines"]]
    counted = Counter(identities)
    seen: set[tuple[str, ...]] = set()
    lines = enumerate(zip(product.cost_sheet["lines"], identities, strict=True), start=1)
    for at, (line, identity) in lines if len(counted) < len(identities) else ():
        if counted[identity] > 1 and identity not in seen:
            seen.add(identity)
            params: dict[str, str | int] = {"title": str(line["name"]), "count": counted[identity]}
            yield Remark("double", "line_twice", f"lines[{at}]", params)


def _same_models(product: ProductView, others: Sequence[ProductView]) -> Iterator[Remark]:
    for other in others:
        shared = product.models & other.models
        if other.position != product.position and shared:
            params: dict[str, str | int] = {
                "position": other.position,
                "models": ", ".join(sorted(shared)[:5]),
            }
            yield Remark("double", "same_model", "product.models", params)


def _materials(sheet: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    lines = enumerate(sheet["lines"], start=1)
    return ((at, line) for at, line in lines if line["kind"] == "material")


def _identity(line: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple([str(line.get(name, "")).strip().casefold() for name in _TELLING])
