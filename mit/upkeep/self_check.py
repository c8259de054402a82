"""Walk through the whole world and say what does not add up.

(1) the audit chain is re-computed; (2) certificate and application numbers run from 1 to the counter
without gaps; (3) every certificate was approved by two persons over its content, is believed by our
own verifier on its issue day, in QR and credential, unless somebody stopped it since then, its status
is what its history comes to, its rows say what was signed and logged (``signed_rows``), and its stored
PDF is the one it names; (4) the log's leaves have their hashes and an order without gaps, and every
certificate has its leaf; (5) dealers' letters say what was signed and recorded (``letter_rows``);
(6) no job was given up.

An empty list means that all adds up.  It reads only, and may run beside everything else.
Source: house section 4.12 (whole-world checks), security section 10.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from mit.errors import MitError
from mit.issuance.prepare import ISSUE_LEAF
from mit.lifecycle.certificate_states import CertificateState, StateChange, settled
from mit.store import approvals, audit, certificate_history, documents, inventory, jobs, signing_keys
from mit.store.certificates import Certificate
from mit.store.db import OpenSession, viewing
from mit.store.transparency_log import LogLeaf, leaf_hash
from mit.upkeep.letter_rows import changed_letters
from mit.upkeep.signed_rows import discords
from mit.verify.scan import verify_text
from mit.verify.verdict import Answer

#: What somebody decided is no trouble: a certificate may have been stopped back to its issue day.
_DECIDED = frozenset({"suspended", "revoked", "superseded", "withdrawn", "key_compromised"})


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that does not add up; its sentence is ``self_check.<code>``."""

    code: str
    subject: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class WorldReport:
    """What was walked through, and what does not add up.

    Attributes:
        certificates: how many there are, by state (prepared, active).
        applications: how many there are, by state.
        leaves: how many leaves the log has.
        audit_events: how many events the audit chain has.
    """

    certificates: dict[str, int]
    applications: dict[str, int]
    leaves: int
    audit_events: int
    troubles: tuple[Trouble, ...]


def check_world(var_dir: Path, *, now: datetime) -> WorldReport:
    """Return what the walk through everything found; stored files are looked for under *var_dir*."""
    with viewing() as session:
        certificates = inventory.every_certificate(session)
        leaves = inventory.every_leaf(session)
        troubles = [
            *_chain_troubles(session),
            *_number_troubles(session, certificates),
            *(t for each in certificates for t in _certificate_troubles(session, each, var_dir, now=now)),
            *_leaf_troubles(leaves),
            *_missing_leaves(certificates, leaves),
            *_changed_rows(session, certificates, leaves),
            *(Trouble("letter_changed", number, what) for number, what in changed_letters(session)),
            *_job_troubles(session),
        ]
        return WorldReport(
            certificates=dict(Counter(each.state for each in certificates)),
            applications=inventory.application_counts(session),
            leaves=len(leaves),
            audit_events=inventory.audit_length(session),
            troubles=tuple(troubles),
        )


def gaps(numbers: Iterable[int], last: int) -> list[int]:
    """Return what is missing, doubled or beyond *last* in numbers that should run from 1 to *last*."""
    counted = Counter(numbers)
    expected = range(1, last + 1)
    return sorted({n for n in expected if counted[n] != 1} | {n for n in counted if n not in expected})


def _chain_troubles(session: OpenSession) -> Iterator[Trouble]:
    for found in audit.verify_chain(session):
        yield Trouble("audit_chain", str(found.seq), found.what)


def _number_troubles(session: OpenSession, certificates: list[Certificate]) -> Iterator[Trouble]:
    counters = inventory.counter_values(session)
    by_year: dict[int, list[int]] = {}
    for each in certificates:
        by_year.setdefault(each.year_be, []).append(each.running)
    years = {int(name.partition(":")[2]) for name in counters if name.startswith("certificate:")}
    for year in sorted(years | by_year.keys()):
        for running in gaps(by_year.get(year, []), counters.get(f"certificate:{year}", 0)):
            yield Trouble("certificate_number", f"{year}/{running}")
    applied: dict[str, list[int]] = {}
    for number in inventory.every_application_number(session):
        _, year_text, running_text, _ = number.split("-")
        applied.setdefault(year_text, []).append(int(running_text))
    given = {
        name.partition(":")[2]: value for name, value in counters.items() if name.startswith("application:")
    }
    for year_text in sorted(given.keys() | applied.keys()):
        there, value = applied.get(year_text, []), given.get(year_text, 0)
        if gaps(there, value):
            yield Trouble("application_number", year_text, f"{len(there)} ≠ {value}")


def _certificate_troubles(
    session: OpenSession, certificate: Certificate, var_dir: Path, *, now: datetime
) -> Iterator[Trouble]:
    yield from _approval_troubles(session, certificate)
    yield from _history_troubles(session, certificate)
    if certificate.state != CertificateState.ACTIVE:
        if certificate.status != CertificateState.REVOKED:  # what was revoked first is never issued
            yield Trouble("not_issued", certificate.number)
        return
    for text in (certificate.qr_text, certificate.credential):
        reasons = _reasons(text or "", certificate.issued_on, now)
        if not _DECIDED.issuperset(reasons):
            yield Trouble("does_not_verify", certificate.number, ", ".join(reasons))
    if certificate.pdf_sha256 is None:
        yield Trouble("not_printed", certificate.number)
        return
    try:
        documents.read_document(session, var_dir, certificate.pdf_sha256)
    except MitError as error:
        yield Trouble("file", certificate.number, error.code)


def _reasons(text: str, issued_on: date, now: datetime) -> tuple[str, ...]:
    """Return why our own verifier does not believe a text; none where it does."""
    try:
        verdict = verify_text(text, on=issued_on, now=now)
    except MitError as error:  # a row that the verifier reads was changed, its key's for one
        return (error.code,)
    return () if verdict.answer is Answer.VALID else verdict.reasons


def _history_troubles(session: OpenSession, certificate: Certificate) -> Iterator[Trouble]:
    """Find where the present status is not what the dated history comes to."""
    entries = certificate_history.history_of(session, certificate.number)
    history = settled(StateChange(entry.effective_on, CertificateState(entry.status)) for entry in entries)
    if history and history[-1].state != certificate.status:
        yield Trouble("status_history", certificate.number, str(history[-1].state))


def _approval_troubles(session: OpenSession, certificate: Certificate) -> Iterator[Trouble]:
    rows = approvals.live_approvals(session, certificate.application_id)
    kinds, people = {row.kind for row in rows}, {row.person_id for row in rows}
    is_same = all(row.content_digest == certificate.content_digest for row in rows)
    if kinds != set(approvals.KINDS) or len(people) != len(approvals.KINDS) or not is_same:
        yield Trouble("four_eyes", certificate.number)


def _leaf_troubles(leaves: list[LogLeaf]) -> Iterator[Trouble]:
    for leaf in leaves:
        if leaf.leaf_hash != leaf_hash(leaf.salt, leaf.entry):
            yield Trouble("leaf_hash", str(leaf.seq))
    appended = [leaf.log_index + 1 for leaf in leaves if leaf.log_index is not None]
    for position in gaps(appended, len(appended)):
        yield Trouble("leaf_order", str(position - 1))


def _missing_leaves(certificates: list[Certificate], leaves: list[LogLeaf]) -> Iterator[Trouble]:
    issued = Counter(leaf.certificate_number for leaf in leaves if leaf.event == ISSUE_LEAF)
    appended = {leaf.certificate_number for leaf in leaves if leaf.log_index is not None}
    for each in certificates:
        is_active = each.state == CertificateState.ACTIVE
        if issued[each.number] != 1 or (is_active and each.number not in appended):
            yield Trouble("leaf_missing", each.number)


def _changed_rows(
    session: OpenSession, certificates: list[Certificate], leaves: list[LogLeaf]
) -> Iterator[Trouble]:
    """Find rows that somebody changed, so that they say something else than was signed or logged."""
    keys = {row.kid: row for row in signing_keys.all_keys(session)}
    own: dict[str, list[LogLeaf]] = {}
    for leaf in leaves:
        own.setdefault(leaf.certificate_number, []).append(leaf)
    for each in certificates:
        for code, detail in discords(session, each, own.get(each.number, []), keys):
            yield Trouble(code, each.number, detail)


def _job_troubles(session: OpenSession) -> Iterator[Trouble]:
    for job in jobs.dead_jobs(session):
        yield Trouble("job_given_up", f"{job.kind} {job.key}", job.last_error)
