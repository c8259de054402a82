"""Print: one file for a certificate, the same however often it is printed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mit import worker
from mit.document import received_pdf
from mit.errors import ConflictError, KeyUnavailableError, NotFoundError
from mit.issuance.authority import Authority
from mit.issuance.create_seal import create_seal
from mit.issuance.issue import issue
from mit.issuance.print_certificate import paper_of, print_certificate
from mit.store import certificates, documents
from mit.store.db import viewing
from mit.verify.scan import verify_file
from mit.verify.verdict import Answer
from tests.support.desk import Desk
from tests.support.forgery import forge
from tests.support.time_stamps import Trust, trust_on_loopback
from tests.support.world import assert_whole_world, rows


def _active(desk: Desk) -> str:
    number = desk.approved().certificate_number
    issue(number, now=desk.tick(), authority=desk.authority)
    return number


def _print(desk: Desk, number: str) -> str:
    print_certificate(number, now=desk.tick(), authority=desk.authority)
    with viewing() as session:
        return certificates.get_certificate(session, number).pdf_sha256 or ""


def _file(desk: Desk, sha256: str) -> bytes:
    with viewing() as session:
        return documents.read_document(session, desk.authority.settings.var_dir, sha256)


def test_the_file_is_stored_by_its_hash_sealed_and_holds_the_credential(desk: Desk) -> None:
    number = _active(desk)
    sha256 = _print(desk, number)
    data = _file(desk, sha256)
    assert hashlib.sha256(data).hexdigest() == sha256
    found = received_pdf.read(data)
    with viewing() as session:
        assert found["credential"] == certificates.get_certificate(session, number).credential
    assert found["seals"][0]["intact"] is True
    assert found["seals"][0]["covers_whole_file"] is True
    assert verify_file(data, now=desk.now).answer is Answer.VALID
    assert_whole_world(desk.now, desk.authority.settings.var_dir)


def test_printing_again_changes_nothing(desk: Desk) -> None:
    number = _active(desk)
    first = _print(desk, number)
    assert _print(desk, number) == first
    assert len(rows("SELECT * FROM documents")) == 1
    assert len(rows("SELECT * FROM audit_events WHERE event = 'issuer:certificate:print'")) == 1


def test_a_second_printing_after_a_crash_gives_the_same_file(desk: Desk) -> None:
    number = _active(desk)
    first = _print(desk, number)
    forge("UPDATE certificates SET pdf_sha256 = NULL WHERE 1 = 1")
    assert _print(desk, number) == first


def test_nothing_is_printed_before_it_is_issued(desk: Desk) -> None:
    number = desk.approved().certificate_number
    with pytest.raises(ConflictError, match="certificate_not_active"):
        _print(desk, number)
    with pytest.raises(NotFoundError):
        _print(desk, "MIT-2569-0000077-X")


def test_without_a_seal_it_waits_and_is_printed_later(desk: Desk) -> None:
    forge("DELETE FROM signing_keys WHERE purpose = 'seal'")
    standing = desk.issued()
    with pytest.raises(KeyUnavailableError, match="seal_missing"):
        _print(desk, standing.certificate_number)
    assert rows("SELECT state, pdf_sha256 FROM certificates") == [{"state": "active", "pdf_sha256": None}]
    create_seal(None, authority=desk.authority, now=desk.now)
    desk.now += worker.jobs.delay_after(1)
    worker.run_once(desk.app, now=desk.tick())
    assert {row["state"] for row in rows("SELECT state FROM jobs")} == {"done"}
    assert_whole_world(desk.now, desk.authority.settings.var_dir)


def _stamping(desk: Desk, trust: Trust, **settings: object) -> Authority:
    """Return the authority with a seal of today, and a time-stamp service as configured."""
    create_seal(None, authority=desk.authority, now=datetime.now(UTC))
    made = replace(
        desk.authority.settings,
        seal_level="t",
        time_stamp_url=f"{trust.url}/tsa",
        time_stamp_roots=trust.folder / "root.pem",
        **settings,  # type: ignore[arg-type]
    )
    return replace(desk.authority, settings=made)


def _levels() -> list[str]:
    return [
        json.loads(row["payload"])["seal_level"]
        for row in rows("SELECT payload FROM audit_events WHERE event = 'issuer:certificate:print'")
    ]


def test_a_paper_waits_for_its_time_stamp_and_no_file_is_left_meanwhile(desk: Desk, tmp_path: Path) -> None:
    number = _active(desk)
    with trust_on_loopback(tmp_path) as trust:
        authority = _stamping(desk, trust)
        trust.manner = "away"
        with pytest.raises(KeyUnavailableError, match="time_stamp_away"):
            print_certificate(number, now=datetime.now(UTC), authority=authority)
        assert rows("SELECT pdf_sha256 FROM certificates") == [{"pdf_sha256": None}]
        assert rows("SELECT * FROM documents") == []
        trust.manner = "honest"
        print_certificate(number, now=datetime.now(UTC), authority=authority)
    with viewing() as session:
        data = _file(desk, certificates.get_certificate(session, number).pdf_sha256 or "")
    assert received_pdf.read(data)["seals"][0]["covers_whole_file"] is True
    assert verify_file(data, now=desk.now).answer is Answer.VALID
    assert _levels() == ["t"]


def test_where_the_setting_says_so_a_paper_goes_out_without_a_time_stamp(desk: Desk, tmp_path: Path) -> None:
    number = _active(desk)
    with trust_on_loopback(tmp_path) as trust:
        authority = _stamping(desk, trust, time_stamp_away="seal")
        trust.manner = "nonsense"
        with pytest.raises(KeyUnavailableError, match="time_stamp_refused"):
            print_certificate(number, now=datetime.now(UTC), authority=authority)
        trust.manner = "away"
        print_certificate(number, now=datetime.now(UTC), authority=authority)
    assert _levels() == ["b"]


def test_the_paper_shows_what_was_written_down(desk: Desk) -> None:
    number = _active(desk)
    with viewing() as session:
        certificate = certificates.get_certificate(session, number)
    paper = paper_of(certificate, public_url="https://verify.example:8443/x")
    assert paper.verify_host == "verify.example:8443"
    assert str(paper.claims.number) == number
    assert paper.qr_text == certificate.qr_text
    assert paper.credential.decode() == certificate.credential
