"""Hold the rows about a certificate against the bytes that were signed and the leaves that were logged.

Pages, searches and lists read columns, because they are quick to ask.  A column that somebody changed
in the database by hand would be believed there, although QR, credential and paper say something else:

(1) the claims that were written down are those in the signed bytes; (2) the columns and the rows of
the products say what the claims say; (3) the application still holds the content that two persons
approved, and the audit log has both acts; (4) the dated history is the one whose leaves are in the log.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from mit.credential import canonical_json
from mit.credential.claims import CertifiedProduct, Claims
from mit.credential.coverage import CoverageEntry, parse_coverage
from mit.errors import InputError, MitError
from mit.issuance import certificate_case
from mit.issuance.case import read_case
from mit.issuance.claims_record import read_claims
from mit.issuance.prepare import ISSUE_LEAF
from mit.issuance.signer import check_acts, check_bytes, check_content, check_products
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.certificate_states import CertificateState
from mit.store import audit, certificate_history, certificates, signing_keys
from mit.store.certificate_history import CertificateEvent
from mit.store.certificates import Certificate, CertificateProduct
from mit.store.db import OpenSession
from mit.store.signing_keys import SigningKey
from mit.store.transparency_log import LogLeaf


class Discord(NamedTuple):
    """What is not as it was signed or logged; its sentence is ``self_check.<code>``."""

    code: str
    detail: str


#: What reading a row may end with that somebody wrote by hand.
_UNREADABLE = (MitError, LookupError, TypeError, ValueError)
#: How far the clocks of the machines that prepare and that sign may lie apart.
_CLOCKS_APART = timedelta(minutes=5)


class _Entry(NamedTuple):
    """One change of state, as the history and the leaf of the log both tell it."""

    event: str
    status: str
    effective_on: str
    reason: str


def discords(
    session: OpenSession, certificate: Certificate, leaves: Sequence[LogLeaf], keys: Mapping[int, SigningKey]
) -> Iterator[Discord]:
    """Return what does not agree about one certificate.

    *leaves* are its own, in the order of writing; *keys* are all that sign credentials, by serial.
    """
    yield from _of_history(session, certificate, leaves)
    try:
        claims = read_claims(certificate.claims)
        check_bytes(certificate, claims, signing_keys.public_half(keys[certificate.kid]))  # (1)
    except _UNREADABLE as error:
        yield Discord("claims_changed", _code(error))
        return
    products = certificates.products_certified(session, certificate.number)
    changed = [*_changed_columns(certificate, claims), *_changed_products(products, claims)]  # (2)
    changed += _changed_instants(session, certificate)
    if changed:
        yield Discord("row_changed", ", ".join(changed))
    yield from _of_content(session, certificate, claims)


def _changed_columns(certificate: Certificate, claims: Claims) -> list[str]:
    holder, slot = claims.holder, claims.slot
    signed = {
        "year_be": claims.number.year_be,
        "running": claims.number.running,
        "holder_name_th": holder.name_th,
        "holder_name_en": holder.name_en,
        "holder_juristic_number": holder.juristic_number,
        "issued_on": claims.issued_on,
        "expires_on": claims.expires_on,
        "list_number": slot.list_number,
        "slot_index": slot.index,
        "sample": claims.sample,
    }
    return [name for name, value in signed.items() if getattr(certificate, name) != value]


def _changed_instants(session: OpenSession, certificate: Certificate) -> list[str]:
    """Return the instants that are not those of the audit log; whether a stolen key counts hangs on them."""
    acts = audit.events_about(session, certificate_case.subject_of(certificate.number))
    at = {row.event: row.at for row in acts}
    prepared = at.get(AuditEvent.CERTIFICATE_PREPARED, certificate.prepared_at)
    issued = at.get(AuditEvent.CERTIFICATE_ISSUED, certificate.issued_at)
    signed, changed = certificate.signed_at, []
    if prepared != certificate.prepared_at:
        changed.append("prepared_at")
    if signed and not prepared - _CLOCKS_APART <= signed <= (issued or signed) + _CLOCKS_APART:
        changed.append("signed_at")
    if issued != certificate.issued_at:
        changed.append("issued_at")
    return changed


def _changed_products(rows: list[CertificateProduct], claims: Claims) -> list[str]:
    if len(rows) != len(claims.products):
        return ["products"]
    pairs = zip(rows, claims.products, strict=True)
    return [f"products/{row.position}" for row, stated in pairs if not _is_as_stated(row, stated)]


def _is_as_stated(row: CertificateProduct, stated: CertifiedProduct) -> bool:
    coverage = stated.coverage
    said = (row.name_th, row.name_en, row.brand, row.hs_code, row.formula, row.rule_set_id, row.threshold)
    meant = (
        coverage.product_th,
        coverage.product_en,
        coverage.brand,
        coverage.hs_code,
        stated.formula,
        stated.rule_set_id,
        stated.threshold,
    )
    is_same_rule_set = row.rule_set_sha256 == stated.rule_set_sha256
    return said == meant and is_same_rule_set and _covers(row.coverage, coverage)


def _covers(text: str, coverage: CoverageEntry) -> bool:
    try:
        return parse_coverage(canonical_json.read(text.encode("utf-8"))) == coverage
    except InputError:
        return False


def _of_content(session: OpenSession, certificate: Certificate, claims: Claims) -> Iterator[Discord]:
    """Ask again what the signer asked before it signed (3)."""
    try:
        case = read_case(session, certificate.application_id)
        check_content(case, certificate, claims)
        check_acts(case)
        check_products(session, case, certificate, claims)
    except _UNREADABLE as error:
        yield Discord("content_changed", _code(error))


def _of_history(
    session: OpenSession, certificate: Certificate, leaves: Sequence[LogLeaf]
) -> Iterator[Discord]:
    """Compare the dated history with the leaves of the log, change by change (4)."""
    history = certificate_history.history_of(session, certificate.number)
    recorded = [_recorded(entry) for entry in history]
    if recorded != _expected(certificate, leaves):
        yield Discord("history_changed", ", ".join(entry.event for entry in recorded) or "–")
    elif history and history[-1].effective_on != certificate.status_since_on:
        yield Discord("history_changed", "status_since_on")
    issue = [leaf for leaf in leaves if leaf.event == ISSUE_LEAF]
    if any(_read(leaf).get("tbs_sha256") != certificate.tbs_sha256 for leaf in issue):
        yield Discord("leaf_content", ISSUE_LEAF)


def _expected(certificate: Certificate, leaves: Sequence[LogLeaf]) -> list[_Entry]:
    """Return the history that follows from the issue and from the leaves of all changes since."""
    first, is_issued = certificate.issued_on, certificate.state == CertificateState.ACTIVE
    issued = [_Entry("issued", "active", first.isoformat(), "issued")] if is_issued else []
    changes = [_read(leaf) for leaf in leaves if leaf.event != ISSUE_LEAF]
    return issued + [_Entry(*(str(told.get(name, "")) for name in _Entry._fields)) for told in changes]


def _recorded(entry: CertificateEvent) -> _Entry:
    on: date = entry.effective_on
    return _Entry(entry.event, entry.status, on.isoformat(), entry.reason)


def _read(leaf: LogLeaf) -> dict[str, object]:
    """Return what a leaf says; nothing where it cannot be read."""
    try:
        return dict(canonical_json.read(leaf.entry.encode("utf-8")))
    except (InputError, TypeError, ValueError):
        return {}


def _code(error: Exception) -> str:
    return error.code if isinstance(error, MitError) else "unreadable"
