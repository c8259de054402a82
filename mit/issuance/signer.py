"""The signer: it signs nothing that the database itself does not order.

It is given a number and nothing else.  In a transaction of its own it reads the approvals, the
people, the content and the bytes again, believing no column that it can compute, and refuses:

1. the bytes are those whose SHA-256 was written down, and say what the claims say;
2. two live approval rows stand over one content digest, that of the application, of the
   certificate and of the content computed now from its rows and the claims' holder;
3. two different persons, each in their role when they gave it, neither of them ever the
   applicant's, and both acts are in the audit log;
4. every certified product was kept by both, meets, is what the claims cover, and its cost sheet is the
   one that they commit to;
5. the key was in use on the issue day, is not compromised, and is no demo key in production.

Source: security section 1 row 3 and 7, section 6 threats 1 and 2, section 10 step 4.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from mit.credential import canonical_json, cose, jose, qr_text, vc
from mit.credential.claims import CertifiedProduct, Claims
from mit.credential.commitment import commit
from mit.credential.coverage import parse_coverage
from mit.credential.public_keys import PublicKey
from mit.credential.signatures import Signer
from mit.errors import FourEyesError, InputError, KeyUnavailableError, TamperedError
from mit.failpoints import reach
from mit.issuance.authority import Authority
from mit.issuance.case import Act, Case, open_case
from mit.issuance.claims_record import read_claims
from mit.issuance.opened import content_of
from mit.lifecycle.application_states import ApplicationState
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.signing_key_states import may_sign
from mit.roles.actor import Role
from mit.roles.four_eyes import require_second_person, require_stranger
from mit.store import accounts, certificates, signing_keys
from mit.store.applications import ApplicationProduct, AssessmentRecord
from mit.store.approvals import Approval
from mit.store.certificates import Certificate, CertificateProduct, SignedForms
from mit.store.db import OpenSession, transaction

#: The two approval rows: kind, the role it was given in, the act in the audit log.
_ROWS = (
    ("recommendation", Role.REVIEWER, AuditEvent.APPLICATION_RECOMMENDED),
    ("approval", Role.APPROVER, AuditEvent.APPLICATION_APPROVED),
)


@dataclass(frozen=True, slots=True)
class Order:
    """What the database orders to be signed, after every check."""

    number: str
    tbs: bytes
    claims: Claims
    kid: int


def sign_certificate(number: str, *, now: datetime, authority: Authority) -> SignedForms:
    """Return credential and QR of a prepared certificate, signed; stores nothing.

    Raises:
        NotFoundError: there is no such certificate.
        TamperedError: ``signer_bytes``, ``signer_approvals``, ``signer_content``,
            ``signer_products``, ``claims_record`` or ``signing_key_row``.
        FourEyesError: ``four_eyes_same_person`` or ``four_eyes_applicant``.
        KeyUnavailableError: ``key_not_for_signing``, ``demo_key_in_production``, or the key
            cannot be opened.
    """
    order = read_order(number, authority=authority)
    reach("signer.after_checks")
    signer = authority.keyring.signer(order.kid)
    credential = jose.assemble(order.tbs, signer.sign(order.tbs))
    reach("signer.after_credential")
    return _with_qr(order, credential, signer, now=now, public_url=authority.settings.public_url)


def read_order(number: str, *, authority: Authority) -> Order:
    """Return what the database orders to be signed under *number*; see the module for the checks.

    Raises:
        NotFoundError, TamperedError, FourEyesError, KeyUnavailableError: as ``sign_certificate``.
    """
    with transaction() as session:
        certificate = certificates.lock_certificate(session, number)
        case = open_case(session, certificate.application_id)
        claims = read_claims(certificate.claims)
        key = check_key(session, certificate, authority=authority)
        check_bytes(certificate, claims, key)
        check_content(case, certificate, claims)
        check_people(session, case)
        check_acts(case)
        check_products(session, case, certificate, claims)
        return Order(number, certificate.tbs, claims, certificate.kid)


def check_bytes(certificate: Certificate, claims: Claims, key: PublicKey) -> None:
    """Refuse bytes that are not those written down, or that say something else than the claims."""
    if hashlib.sha256(certificate.tbs).hexdigest() != certificate.tbs_sha256:
        raise TamperedError("signer_bytes", number=certificate.number)
    try:
        token = jose.parse(jose.assemble(certificate.tbs, bytes(64)), typ=vc.TYP)
        facts = vc.read_credential(token.payload)
    except InputError as error:
        raise TamperedError("signer_bytes", number=certificate.number) from error
    said = (facts.number, facts.name_th, facts.name_en, facts.juristic_number, facts.products, facts.slot)
    holder, coverage = claims.holder, tuple(product.coverage for product in claims.products)
    meant = (claims.number, holder.name_th, holder.name_en, holder.juristic_number, coverage, claims.slot)
    days = (facts.issued_on, facts.expires_on) == (claims.issued_on, claims.expires_on)
    own = str(claims.number) == certificate.number and facts.sample == claims.sample == key.demo
    if said != meant or not days or not own or token.header["kid"] != key.thumbprint:
        raise TamperedError("signer_bytes", number=certificate.number)


def check_content(case: Case, certificate: Certificate, claims: Claims) -> None:
    """Refuse unless both rows, application, certificate and the content now carry one digest."""
    if case.state != ApplicationState.APPROVED:
        raise TamperedError("signer_approvals", number=certificate.number)
    rows = [case.approval(kind) for kind, _, _ in _ROWS]
    if not all(rows):
        raise TamperedError("signer_approvals", number=certificate.number)
    digests = {row.content_digest for row in rows if row}
    digests |= {case.application.content_digest or "", certificate.content_digest}
    if digests != {case.content_digest(claims.holder)}:
        raise TamperedError("signer_content", number=certificate.number)


def check_people(session: OpenSession, case: Case) -> None:
    """Refuse unless two different persons gave the rows, in their roles, strangers to the applicant."""
    rows = {row.kind: row for row in case.approvals}
    for kind, role, _ in _ROWS:
        row = rows[kind]
        require_stranger(row.person_id, acted_for_applicant=case.acted_for_applicant)
        if not accounts.held_role_at(session, row.person_id, role, row.given_at):
            raise FourEyesError("four_eyes_role", role=str(role))
    require_second_person(rows["approval"].person_id, first_persons=case.reviewers)


def check_acts(case: Case) -> None:
    """Refuse rows that the audit log does not know: the last of each act must be this row's."""
    for kind, _, event in _ROWS:
        row = case.approval(kind)
        acts = [act for act in case.acts if act.event == event]
        if row is None or not acts or not _is_act_of(row, acts[-1]):
            raise TamperedError("signer_approvals", number=case.application.number)


def check_products(session: OpenSession, case: Case, certificate: Certificate, claims: Claims) -> None:
    """Refuse unless exactly the products that both kept are certified, each meeting and as covered."""
    kept = case.kept_positions("approval")
    if not kept <= case.kept_positions("recommendation"):
        raise TamperedError("signer_products", number=certificate.number)
    products = [product for product in case.products if product.position in kept]
    rows = certificates.products_certified(session, certificate.number)
    if [row.application_product_id for row in rows] != [product.id for product in products]:
        raise TamperedError("signer_products", number=certificate.number)
    covered = tuple(
        parse_coverage(canonical_json.read(product.coverage.encode("utf-8"))) for product in products
    )
    stated_of_each = zip(products, rows, claims.products, strict=False)  # an odd count is refused below
    meeting = all(
        (found := case.assessments.get(product.id))
        and found.meets
        and found.seq == row.assessment_seq
        and _is_committed_to(product, found, row, stated)
        for product, row, stated in stated_of_each
    )
    if not meeting or covered != tuple(product.coverage for product in claims.products):
        raise TamperedError("signer_products", number=certificate.number)


def _is_committed_to(
    product: ApplicationProduct, said: AssessmentRecord, row: CertificateProduct, stated: CertifiedProduct
) -> bool:
    """Say whether the claims commit to this very sheet; what was prepared before commits to none."""
    salt = row.commitment_salt
    if not stated.commitment or salt is None:
        return not stated.commitment and salt is None
    return commit(salt, content_of(product.cost_sheet, said.document)) == stated.commitment


def check_key(session: OpenSession, certificate: Certificate, *, authority: Authority) -> PublicKey:
    """Return the public half of the certificate's key, if it may sign certificates of that day."""
    row = next((row for row in signing_keys.all_keys(session) if row.kid == certificate.kid), None)
    if row is None or not may_sign(signing_keys.key_dates(row), issued_on=certificate.issued_on):
        raise KeyUnavailableError("key_not_for_signing", kid=certificate.kid)
    if row.demo and not authority.settings.is_demo_allowed:
        raise KeyUnavailableError("demo_key_in_production", kid=row.kid)
    return signing_keys.public_half(row)


def _is_act_of(row: Approval, act: Act) -> bool:
    told = (act.payload.get("content_digest"), act.payload.get("decisions"))
    decisions = canonical_json.read(row.decisions.encode("utf-8"))
    return act.person_id == row.person_id and told == (row.content_digest, decisions)


def _with_qr(order: Order, credential: str, signer: Signer, *, now: datetime, public_url: str) -> SignedForms:
    digest = hashlib.sha256(credential.encode("ascii"))
    short = qr_text.qr_claims(order.claims, digest.digest(), public_url=public_url)
    payload = qr_text.encode_claims(short)
    qr_tbs = cose.to_be_signed(order.kid, payload)
    envelope = cose.assemble(order.kid, payload, signer.sign(qr_tbs))
    reach("signer.after_qr")
    return SignedForms(
        credential=credential,
        credential_sha256=digest.hexdigest(),
        qr_text=qr_text.qr_url(public_url, envelope),
        signed_at=now,
        qr_tbs=qr_tbs,
    )
