"""The certificate as it would look, before anybody signs: drawn from the real claims, good for nothing.

Every page is stamped, the number stands in for one, the QR code says in words that this is no
certificate, and no credential is inside.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from urllib.parse import urlsplit

from mit.document.certificate_pdf import CertificatePaper, draw_certificate
from mit.errors import ConflictError, InputError
from mit.i18n import say
from mit.issuance.authority import Authority
from mit.issuance.case import Case
from mit.issuance.rehearse import Terms, certified_in, stand_in
from mit.issuance.take import officers_case
from mit.roles.actor import Actor
from mit.store.db import viewing
from mit.values.thai_date import bangkok_day


def preview_certificate(
    actor: Actor, number: str, *, kept: Collection[int], now: datetime, authority: Authority
) -> bytes:
    """Return a PDF of the certificate for the products at the positions *kept*, as if issued today.

    Raises:
        NotFoundError: there is no such case, or its rule set is not known.
        InputError: ``nothing_kept``: none of the positions could be certified.
        ConflictError: ``not_assessed``: nothing was submitted, so there is nothing to certify.
    """
    with viewing() as session:
        case = officers_case(session, actor, number, locked=False)
    if not all(product.id in case.assessments for product in case.products):
        raise ConflictError("not_assessed")
    certified = certified_in(case, _certifiable(case, kept))
    if not certified:
        raise InputError("nothing_kept", where="decisions")
    claims = stand_in(case, certified, _terms(case, now, authority))
    words = " / ".join(say("document.preview_qr", language, number=number) for language in ("th", "en"))
    paper = CertificatePaper(
        claims=claims,
        qr_text=words,
        verify_host=urlsplit(authority.settings.public_url).netloc,
        credential=b"",
        is_preview=True,
    )
    return draw_certificate(paper)


def _certifiable(case: Case, kept: Collection[int]) -> frozenset[int]:
    meets = {product.position for product in case.products if case.assessments[product.id].meets}
    return frozenset(kept) & meets


def _terms(case: Case, now: datetime, authority: Authority) -> Terms:
    today = bangkok_day(now)
    return Terms(
        rule_set=authority.rulebook.by_id(case.application.rule_set_id or ""),
        issuer=authority.issuer_on(today),
        issued_on=today,
        sample=True,
        public_url=authority.settings.public_url,
    )
