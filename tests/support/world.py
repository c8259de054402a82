"""Whole-world checks: after any flow, everything that was ever recorded must add up.

They read the tables themselves (through SQL of their own) and judge certificates with the public
verifier; they never ask the code under test what it did.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from mit.store import audit
from mit.store.db import Base, viewing
from mit.verify.scan import verify_file, verify_number, verify_text
from mit.verify.verdict import Answer


def rows(query: str, **params: object) -> list[dict[str, Any]]:
    """Return the rows of a query of the judge's own."""
    with viewing() as session:
        return [dict(row._mapping) for row in session.execute(text(query), params)]


def contents() -> dict[str, list[str]]:
    """Return every row of every table as text, by table."""
    found = {}
    with viewing() as session:
        for table in Base.metadata.sorted_tables:
            every = session.execute(text(f"SELECT * FROM {table.name}"))
            found[table.name] = sorted(repr(tuple(row)) for row in every)
    return found


@contextmanager
def untouched() -> Iterator[None]:
    """See that what happens inside leaves every table as it was: a refusal, a look, a second click."""
    before = contents()
    yield
    after = contents()
    touched = [name for name in before if before[name] != after[name]]
    if touched:
        raise AssertionError(f"rows were written or changed in {touched}")


def assert_whole_world(now: datetime, var_dir: Path | None = None) -> None:
    """Make every check of this module."""
    assert_audit_chain()
    assert_approvals_belong()
    assert_every_act_is_recorded()
    assert_numbers_without_gaps()
    assert_log_consistent()
    assert_every_commitment_opens()
    assert_every_certificate_verifies(now, var_dir)


def assert_every_commitment_opens() -> None:
    """What each credential commits to is the stored sheet with the stored salt, hashed by hand."""
    query = (
        "SELECT c.number, c.tbs, p.position, p.commitment_salt AS salt, a.cost_sheet, s.document"
        " FROM certificate_products p JOIN certificates c ON c.number = p.certificate_number"
        " JOIN application_products a ON a.id = p.application_product_id"
        " JOIN assessments s ON s.seq = p.assessment_seq ORDER BY c.number, p.position"
    )
    salts = []
    for row in rows(query):
        payload = bytes(row["tbs"]).split(b".")[1]
        credential = json.loads(base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))
        stated = credential["credentialSubject"]["assessment"][row["position"] - 1]["mitCommitment"]
        content: dict[str, Any] = {"sheet": json.loads(row["cost_sheet"])}
        if chain := json.loads(row["document"])["trace"].get("supplier_certificates"):
            content["supplier_certificates"] = chain
        spelled = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        salts.append(bytes(row["salt"]))
        hashed = hashlib.sha256(b"MIT-cost-sheet-commitment-v1\n" + salts[-1] + spelled).hexdigest()
        assert (stated["method"], stated["value"]) == ("mit-cost-sheet-v1", hashed), row["number"]
    assert len(set(salts)) == len(salts)
    assert {len(salt) for salt in salts} <= {32}


def assert_audit_chain() -> None:
    """The hash chain is whole, and no two events stand at one place."""
    with viewing() as session:
        assert audit.verify_chain(session) == []


def assert_approvals_belong(application_id: object = None) -> None:
    """Live approval rows stand only where the state says so, over the content that was submitted."""
    query = "SELECT id, state, content_digest, author_id FROM applications"
    one = {"id": application_id} if application_id else {}
    for application in rows(f"{query} WHERE id = :id" if one else query, **one):
        live = rows(
            "SELECT kind, person_id, content_digest FROM approvals"
            " WHERE application_id = :id AND voided_at IS NULL ORDER BY kind",
            id=application["id"],
        )
        expected = {"recommended": ["recommendation"], "approved": ["approval", "recommendation"]}
        assert [row["kind"] for row in live] == expected.get(application["state"], []), application
        assert {row["content_digest"] for row in live} <= {application["content_digest"]}
        people = [row["person_id"] for row in live]
        assert len(set(people)) == len(people)
        assert application["author_id"] not in people


def assert_every_act_is_recorded() -> None:
    """Every approval row, every certificate and every state has its event in the audit log."""
    events = Counter(
        (row["event"], row["subject"]) for row in rows("SELECT event, subject FROM audit_events")
    )
    for application in rows("SELECT number, state, version FROM applications"):
        subject = f"application:{application['number']}"
        last = rows(
            "SELECT payload FROM audit_events WHERE subject = :subject"
            " AND event NOT LIKE '%:evidence:%' ORDER BY seq DESC LIMIT 1",
            subject=subject,
        )
        assert last, f"{subject} is in no audit log"
        told = json.loads(last[0]["payload"])
        assert (told["to"], told["version"]) == (application["state"], application["version"]), subject
        acts = sum(  # a file comes and goes beside the application, which stays as it is
            count for (act, about), count in events.items() if about == subject and ":evidence:" not in act
        )
        assert acts == application["version"], subject
    for certificate in rows("SELECT number, state, pdf_sha256 FROM certificates"):
        subject = f"certificate:{certificate['number']}"
        assert events["issuer:certificate:prepare", subject] == 1, subject
        assert events["issuer:certificate:issue", subject] == (certificate["state"] == "active"), subject
        assert events["issuer:certificate:print", subject] == (certificate["pdf_sha256"] is not None), subject


def assert_numbers_without_gaps() -> None:
    """Running numbers are 1…n in each year, one certificate for each approved application."""
    certificates = rows(
        "SELECT number, year_be, running, application_id, list_number, slot_index FROM certificates"
    )
    years: dict[int, list[int]] = {}
    for certificate in certificates:
        years.setdefault(certificate["year_be"], []).append(certificate["running"])
    for year, numbers in years.items():
        assert sorted(numbers) == list(range(1, len(numbers) + 1)), f"gaps in {year}"
    counted = {
        row["name"]: row["value"]
        for row in rows("SELECT name, value FROM counters WHERE name LIKE 'certificate:%'")
    }
    assert counted == {f"certificate:{year}": len(numbers) for year, numbers in years.items()}
    slots = [(row["list_number"], row["slot_index"]) for row in certificates]
    allotted = {(row["list_number"], row["slot_index"]) for row in rows("SELECT * FROM status_slots")}
    assert len(set(slots)) == len(slots)
    assert set(slots) == allotted
    approved = [row["id"] for row in rows("SELECT id FROM applications WHERE state = 'approved'")]
    assert sorted(map(str, approved)) == sorted(str(row["application_id"]) for row in certificates)
    assert_products_are_those_kept()


def assert_products_are_those_kept() -> None:
    """What is certified was kept by both persons, met the rule set, and is what was applied for."""
    kept_by: dict[tuple[str, str], set[int]] = {}
    for row in rows("SELECT application_id, kind, decisions FROM approvals WHERE voided_at IS NULL"):
        kept = {decision["position"] for decision in json.loads(row["decisions"]) if decision["keep"]}
        kept_by[str(row["application_id"]), row["kind"]] = kept
    certified: dict[str, set[int]] = {}
    for row in rows(
        "SELECT c.application_id, p.position, p.decision, p.coverage, c.coverage AS certified, a.meets"
        " FROM certificate_products c JOIN application_products p ON p.id = c.application_product_id"
        " JOIN assessments a ON a.seq = c.assessment_seq"
    ):
        assert row["meets"], "a product is certified that does not meet"
        assert row["decision"] == "certified"
        assert row["coverage"] == row["certified"]
        certified.setdefault(str(row["application_id"]), set()).add(row["position"])
    for application_id, positions in certified.items():
        assert positions == kept_by[application_id, "approval"]
        assert positions <= kept_by[application_id, "recommendation"]


def assert_log_consistent() -> None:
    """Each certificate has one issue leaf; exactly those of active ones stand in the log, no gaps."""
    leaves = rows("SELECT certificate_number, event, entry, salt, leaf_hash, log_index FROM log_leaves")
    states = {row["number"]: row["state"] for row in rows("SELECT number, state FROM certificates")}
    issues = [leaf for leaf in leaves if leaf["event"] == "issue"]
    assert sorted(leaf["certificate_number"] for leaf in issues) == sorted(states)
    for leaf in leaves:
        computed = hashlib.sha256(b"\x00" + bytes(leaf["salt"]) + leaf["entry"].encode()).hexdigest()
        assert computed == leaf["leaf_hash"]
    for leaf in issues:
        assert (leaf["log_index"] is not None) == (states[leaf["certificate_number"]] == "active")
    indexes = sorted(leaf["log_index"] for leaf in leaves if leaf["log_index"] is not None)
    assert indexes == list(range(len(indexes)))


def assert_every_certificate_verifies(now: datetime, var_dir: Path | None = None) -> None:
    """A stranger finds every active certificate valid on its issue day: number, QR, credential, file."""
    for row in rows("SELECT * FROM certificates WHERE state = 'active'"):
        issued_on = _day(row["issued_on"])
        verdicts = [
            verify_number(row["number"], now=now, on=issued_on),
            verify_text(row["credential"], now=now, on=issued_on),
            verify_text(row["qr_text"], now=now, on=issued_on),
        ]
        if row["pdf_sha256"] and var_dir:
            verdicts.append(verify_file(_file(row["pdf_sha256"], var_dir), now=now, on=issued_on))
        for verdict in verdicts:
            assert verdict.answer is Answer.VALID, (row["number"], verdict.reasons)
            assert verdict.certificate
            assert verdict.certificate.number == row["number"]
        assert row["credential"].startswith(bytes(row["tbs"]).decode("ascii") + ".")
        assert hashlib.sha256(bytes(row["tbs"])).hexdigest() == row["tbs_sha256"]
    for row in rows("SELECT number FROM certificates WHERE state = 'prepared'"):
        assert verify_number(row["number"], now=now).answer is not Answer.VALID


def _file(sha256: str, var_dir: Path) -> bytes:
    data = (var_dir / "documents" / sha256[:2] / sha256[2:4] / sha256).read_bytes()
    assert hashlib.sha256(data).hexdigest() == sha256
    return data


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
