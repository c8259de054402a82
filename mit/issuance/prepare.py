"""Write down what will be signed: number, status slot, claims, the exact bytes, the log's leaf.

It runs inside the approver's transaction, after the second approval row, so either everything here
and the approval exist, or nothing does:

(1) the day, the key and the issuer of today are fixed; (2) the claims are built with a stand-in
number and linted: credential, QR and paper are made with a throw-away key and read back as a
stranger would; (3) number and slot are taken from locked counters, and each cost sheet is committed
to with a fresh salt; (4) the signing input is built; (5) certificate, products with their salts and
the salted log leaf are written; (6) the job ``issue`` is written.

After the commit the number exists for ever and can be revoked, whatever happens next; the worker
signs exactly these bytes (security section 10, step 3).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from mit.credential import canonical_json
from mit.credential.claims import Claims, StatusSlot
from mit.credential.commitment import SALT_BYTES, commit
from mit.credential.public_keys import PublicKey
from mit.credential.vc import credential_signing_input
from mit.criteria.rule_set import RuleSet
from mit.errors import ConflictError, KeyUnavailableError, LintError
from mit.failpoints import reach
from mit.issuance.authority import Authority
from mit.issuance.case import Case
from mit.issuance.claims_record import write_claims
from mit.issuance.opened import content_of
from mit.issuance.rehearse import Certified, Terms, certified_in, lint_everything, stand_in
from mit.issuance.supersede import check_replaceable
from mit.lifecycle.signing_key_states import may_sign
from mit.store import certificates, jobs, signing_keys, status_slots, transparency_log
from mit.store.certificates import Certificate, CertificateProduct
from mit.store.db import OpenSession, add, add_all
from mit.store.transparency_log import LogLeaf
from mit.values.identifiers import CertificateNumber
from mit.values.thai_date import bangkok_day

#: The job that signs what was prepared; its key is the certificate number.
ISSUE_JOB = "issue"
#: The event of the leaf that is written here and appended when the certificate is issued.
ISSUE_LEAF = "issue"
_LEAF_SALT_BYTES = 32


def prepare(
    session: OpenSession,
    case: Case,
    *,
    kept: frozenset[int],
    now: datetime,
    authority: Authority,
) -> Certificate:
    """Write down the certificate for the kept products of an approved case; flush, never commit.

    Raises:
        LintError: ``lint`` with every reason not to sign; nothing may be committed then.
        KeyUnavailableError: ``no_active_key`` or ``demo_key_in_production``.
        ConflictError: ``profile_version_unknown``, ``rule_set_changed``, or what it is to replace
            cannot be replaced (any more).
        NotFoundError: ``no_issuer_in_force``.
    """
    if case.application.supersedes:
        check_replaceable(session, case.application.supersedes, case.application.organisation_id)
    certified = certified_in(case, kept)
    key = choose_key(session, bangkok_day(now), authority=authority)  # (1)
    terms = _terms(case, key, bangkok_day(now), authority)
    draft = stand_in(case, certified, terms)
    faults = lint_everything(draft, certified, terms)  # (2)
    if faults:
        raise LintError("lint", faults=faults)
    reach("prepare.after_lint")
    numbered = _numbered(session, draft, now=now, authority=authority)  # (3)
    salts = [authority.random.randbytes(SALT_BYTES) for _ in certified]
    claims = _committed(numbered, certified, salts)
    reach("prepare.after_number")
    certificate = _write_certificate(session, case, claims, key=key, now=now, authority=authority)  # (4) (5)
    _write_products(session, claims, certified, salts)
    _write_leaf(session, certificate, now=now, authority=authority)
    reach("prepare.after_rows")
    jobs.enqueue(session, ISSUE_JOB, key=certificate.number, payload={}, now=now)  # (6)
    return certificate


def choose_key(session: OpenSession, issued_on: date, *, authority: Authority) -> PublicKey:
    """Return the newest key that may sign certificates of *issued_on*.

    Raises:
        KeyUnavailableError: ``no_active_key``, or ``demo_key_in_production``.
    """
    active = [
        row
        for row in signing_keys.all_keys(session, "credential")
        if may_sign(signing_keys.key_dates(row), issued_on=issued_on)
    ]
    if not active:
        raise KeyUnavailableError("no_active_key", day=issued_on.isoformat())
    newest = active[-1]
    if newest.demo and not authority.settings.is_demo_allowed:
        raise KeyUnavailableError("demo_key_in_production", kid=newest.kid)
    return signing_keys.public_half(newest)


def _terms(case: Case, key: PublicKey, issued_on: date, authority: Authority) -> Terms:
    return Terms(
        rule_set=_rule_set(case, authority),
        issuer=authority.issuer_on(issued_on),
        issued_on=issued_on,
        sample=key.demo,
        public_url=authority.settings.public_url,
    )


def _rule_set(case: Case, authority: Authority) -> RuleSet:
    application = case.application
    if application.profile_version != authority.profile_version:
        raise ConflictError("profile_version_unknown", version=application.profile_version or "")
    rule_set = authority.rulebook.by_id(application.rule_set_id or "")
    if rule_set.sha256 != application.rule_set_sha256:
        raise ConflictError("rule_set_changed", id=rule_set.id)
    return rule_set


def _numbered(session: OpenSession, draft: Claims, *, now: datetime, authority: Authority) -> Claims:
    year = draft.number.year_be
    number = CertificateNumber(year, certificates.next_running(session, year))
    choose = authority.random.randrange
    slot = status_slots.allot_slot(session, draft.expires_on, choose=choose, now=now)
    return replace(draft, number=number, slot=StatusSlot(*slot))


def _committed(claims: Claims, certified: Sequence[Certified], salts: Sequence[bytes]) -> Claims:
    """Return the claims with a commitment to each product's cost sheet."""
    products = [
        replace(stated, commitment=commit(salt, content_of(one.product.cost_sheet, one.assessment.document)))
        for stated, one, salt in zip(claims.products, certified, salts, strict=True)
    ]
    return replace(claims, products=tuple(products))


def _write_certificate(
    session: OpenSession, case: Case, claims: Claims, *, key: PublicKey, now: datetime, authority: Authority
) -> Certificate:
    tbs = credential_signing_input(claims, public_url=authority.settings.public_url, key=key)
    certificate = Certificate(
        number=str(claims.number),
        application_id=case.application.id,
        organisation_id=case.application.organisation_id,
        year_be=claims.number.year_be,
        running=claims.number.running,
        content_digest=case.content_digest(),
        profile_version=case.application.profile_version,
        claims=write_claims(claims),
        tbs=tbs,
        tbs_sha256=hashlib.sha256(tbs).hexdigest(),
        kid=key.kid,
        sample=claims.sample,
        list_number=claims.slot.list_number,
        slot_index=claims.slot.index,
        holder_name_th=claims.holder.name_th,
        holder_name_en=claims.holder.name_en,
        holder_juristic_number=claims.holder.juristic_number,
        issued_on=claims.issued_on,
        expires_on=claims.expires_on,
        supersedes=case.application.supersedes,
        prepared_at=now,
        status_since_on=claims.issued_on,
    )
    add(session, certificate)
    return certificate


def _write_products(
    session: OpenSession, claims: Claims, certified: Sequence[Certified], salts: Sequence[bytes]
) -> None:
    rows = []
    of_each = zip(certified, claims.products, salts, strict=True)
    for position, (one, stated, salt) in enumerate(of_each, start=1):
        row = CertificateProduct(
            certificate_number=str(claims.number),
            position=position,
            application_id=one.product.application_id,
            application_product_id=one.product.id,
            assessment_seq=one.assessment.seq,
            name_th=stated.coverage.product_th,
            name_en=stated.coverage.product_en,
            brand=stated.coverage.brand,
            hs_code=stated.coverage.hs_code,
            coverage=one.product.coverage,
            formula=stated.formula,
            rule_set_id=stated.rule_set_id,
            rule_set_sha256=stated.rule_set_sha256,
            threshold=stated.threshold,
            commitment_salt=salt,
        )
        rows.append(row)
    add_all(session, rows)


def _write_leaf(
    session: OpenSession, certificate: Certificate, *, now: datetime, authority: Authority
) -> None:
    entry = {
        "event": ISSUE_LEAF,
        "number": certificate.number,
        "tbs_sha256": certificate.tbs_sha256,
        "content_digest": certificate.content_digest,
        "kid": certificate.kid,
        "issued_on": certificate.issued_on.isoformat(),
        "expires_on": certificate.expires_on.isoformat(),
        "profile_version": certificate.profile_version,
    }
    leaf = LogLeaf(
        certificate_number=certificate.number,
        event=ISSUE_LEAF,
        entry=canonical_json.write(entry).decode("utf-8"),
        salt=authority.random.randbytes(_LEAF_SALT_BYTES),
        profile_version=certificate.profile_version,
        written_at=now,
    )
    transparency_log.write_leaf(session, leaf)
