"""What the machine noticed about a case, so that the officer looks there first; it decides nothing.

Doubts about the figures come from the assessment; here are what is missing and what is there twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mit.credential.claims import Holder
from mit.issuance.look import ProductView

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
    """

    kind: str
    code: str
    where: str = ""
    params: Mapping[str, str | int] = field(default_factory=dict)
    detail: Mapping[str, str] = field(default_factory=dict)


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
    product: ProductView, *, others: Sequence[ProductView], sheet_elsewhere: str, has_evidence: bool
) -> tuple[Remark, ...]:
    """Return what was noticed about one product, what fails first.

    *sheet_elsewhere* is the number of another application with the very same cost sheet.
    """
    found = [*_failures(product), *_doubts(product), *_missing(product, has_evidence=has_evidence)]
    found += _doubles(product, others)
    if sheet_elsewhere:
        found.append(Remark("double", "same_sheet", params={"number": sheet_elsewhere}))
    if len(found) > MOST_LISTED:
        left = len(found) - MOST_LISTED
        found = [*found[:MOST_LISTED], Remark("doubt", "more", params={"left": left})]
    return tuple(found)


def _failures(product: ProductView) -> Iterator[Remark]:
    if product.assessment is not None and product.assessment["meets"] is False:
        yield Remark("fails", "does_not_meet")
    elif product.assessment is not None and product.assessment["meets"] is None:
        yield Remark("fails", "cannot_be_decided")


def _doubts(product: ProductView) -> Iterator[Remark]:
    for doubt in (product.assessment or {}).get("doubts", ()):
        yield Remark("doubt", "", where=doubt["where"], detail=doubt["detail"])


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


def _doubles(product: ProductView, others: Sequence[ProductView]) -> Iterator[Remark]:
    counted = Counter(_identity(line) for line in product.cost_sheet["lines"])
    seen: set[tuple[str, ...]] = set()
    for at, line in enumerate(product.cost_sheet["lines"], start=1):
        identity = _identity(line)
        if counted[identity] > 1 and identity not in seen:
            seen.add(identity)
            params: dict[str, str | int] = {"title": str(line["name"]), "count": counted[identity]}
            yield Remark("double", "line_twice", f"lines[{at}]", params)
    models = set(product.coverage["models"])
    for other in others:
        shared = models & set(other.coverage["models"])
        if other.position != product.position and shared:
            params = {"position": other.position, "models": ", ".join(sorted(shared)[:5])}
            yield Remark("double", "same_model", "product.models", params)


def _materials(sheet: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    lines = enumerate(sheet["lines"], start=1)
    return ((at, line) for at, line in lines if line["kind"] == "material")


def _identity(line: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        str(line.get(name, "")).strip().casefold() for name in ("kind", "name", "amount", "supplier")
    )
