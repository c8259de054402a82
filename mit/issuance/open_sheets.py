"""Give the opening of a certificate to who may have it: its holder and the officers of the case.

The opening is what only they know: each cost sheet with the salt of its commitment.  Whoever is given it
checks it against the public certificate with ``mit commitment check``.
"""

from __future__ import annotations

import json
from typing import Any

from mit.credential import canonical_json
from mit.errors import NotFoundError
from mit.issuance.opened import chain_in
from mit.roles.actor import Actor
from mit.roles.permissions import may_read_application
from mit.store import certificates
from mit.store.certificates import OpenedProduct
from mit.store.db import viewing
from mit.verify.opened_sheet import KIND


def read_opening_of(actor: Actor, number: str, *, index: int = 0) -> bytes:
    """Return the opening file of a certificate: of the product at *index*, or of all where it is 0.

    Raises:
        NotFoundError: ``certificate_not_found``: there is none, or its figures are not the actor's to see;
            ``commitment_none``: it was issued before certificates committed to anything;
            ``certificate_product_not_found``.
    """
    with viewing() as session:
        row = certificates.find_certificate(session, number)
        if row is None or row.state != "active" or not may_read_application(actor, row.organisation_id):
            raise NotFoundError("certificate_not_found", where="number", number=number)
        found = certificates.opened_products(session, number)
    if not any(one.salt for one in found):
        raise NotFoundError("commitment_none", number=number)
    wanted = [one for one in found if one.salt and index in {0, one.position}]
    if not wanted:
        raise NotFoundError("certificate_product_not_found", where="product")
    document = {"type": KIND, "number": number, "products": [_product(one) for one in wanted]}
    return canonical_json.write(document)


def _product(one: OpenedProduct) -> dict[str, Any]:
    document = {
        "index": one.position,
        "product_th": one.name_th,
        "product_en": one.name_en,
        "ruleset": {"id": one.rule_set_id, "sha256": one.rule_set_sha256},
        "salt": (one.salt or b"").hex(),
        "sheet": json.loads(one.cost_sheet),
    }
    if chain := chain_in(one.assessment):
        document["supplier_certificates"] = json.loads(chain)
    return document
