"""Seals with a time stamp: believed by pyHanko and poppler, over the whole file, or not made at all."""

from __future__ import annotations

import io
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from mit.document import received_pdf
from mit.document.certificate_pdf import draw_certificate
from mit.document.seal_chain import make_test_chain
from mit.document.seal_in_time import MOST_DIFFERENCE, TimeStampService, seal_in_time
from mit.errors import KeyUnavailableError, UnreadableFileError
from tests.document.archive_rules import broken_rules
from tests.document.papers import paper
from tests.support.require import program
from tests.support.time_stamps import Trust, trust_on_loopback

AT = datetime(2026, 11, 21, 3, 4, 5, tzinfo=UTC)
PAGES = draw_certificate(paper(2))


@pytest.fixture(scope="module")
def service_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stamps")


@pytest.fixture(scope="module")
def everybody(service_folder: Path) -> Iterator[Trust]:
    with trust_on_loopback(service_folder) as trust:
        yield trust


@pytest.fixture
def trust(everybody: Trust) -> Trust:
    everybody.manner = "honest"
    everybody.asked.clear()
    return everybody


def sealed(trust: Trust, *, name: str = "seal", long: bool = False) -> bytes:
    service = TimeStampService(f"{trust.url}/tsa", (trust.root_der,), 5, long)
    return seal_in_time(PAGES, material=trust.material(name), at=AT, now=datetime.now(UTC), service=service)


def judge(data: bytes, trust: Trust, *, long: bool) -> None:
    """Let pyHanko judge with the root alone; a long-term seal with nothing but what is in the file."""
    reader = PdfFileReader(io.BytesIO(data))
    (signature,) = reader.embedded_regular_signatures
    words = {"trust_roots": [x509.Certificate.load(trust.root_der)], "allow_fetching": False}
    context = ValidationContext(**words)  # type: ignore[arg-type]
    if long:
        evidence = DocumentSecurityStore.read_dss(reader)
        context = evidence.as_validation_context(words | {"revocation_mode": "require"})
    status = validate_pdf_signature(signature, context, ts_validation_context=context)
    assert status.bottom_line
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert status.timestamp_validity.trusted
    assert abs(status.timestamp_validity.timestamp - datetime.now(UTC)) < MOST_DIFFERENCE


@pytest.mark.parametrize(("name", "long"), [("seal", False), ("seal", True), ("ocsp_seal", True)])
def test_the_seal_is_believed_covers_the_whole_file_and_keeps_the_archive_rules(
    name: str, long: bool, trust: Trust, tmp_path: Path
) -> None:
    data = sealed(trust, name=name, long=long)
    judge(data, trust, long=long)
    assert data.startswith(PAGES)
    assert broken_rules(data) == []
    (facts,) = received_pdf.read(data)["seals"]  # type: ignore[misc]
    assert (facts["intact"], facts["covers_whole_file"]) == (True, True)
    path = tmp_path / "sealed.pdf"
    path.write_bytes(data)
    command = [program("poppler", "pdfsig"), "-nocert", str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." in said
    assert "Total document signed" in said


def test_a_long_term_seal_holds_lists_and_answers_and_asks_for_each_once(trust: Trust) -> None:
    data = sealed(trust, name="ocsp_seal", long=True)
    assert sorted(trust.asked) == ["/ocsp", "/root.crl", "/tsa", "/tsa"]
    with pikepdf.open(io.BytesIO(data)) as pdf:
        evidence = pdf.Root.DSS
        assert (len(evidence.OCSPs), len(evidence.CRLs)) == (1, 1)
        assert len(evidence.Certs) >= 3


def test_a_changed_byte_breaks_it(trust: Trust) -> None:
    data = bytearray(sealed(trust, long=True))
    data[len(PAGES) + 40] ^= 1
    (facts,) = received_pdf.read(bytes(data))["seals"] or [{"intact": False}]  # type: ignore[misc]
    assert facts["intact"] is False


@pytest.mark.parametrize(
    ("manner", "code"),
    [
        ("away", "time_stamp_away"),
        ("no_list", "time_stamp_away"),
        ("refuses", "time_stamp_refused"),
        ("nonsense", "time_stamp_refused"),
        ("a_page", "time_stamp_refused"),
        ("cut_short", "time_stamp_refused"),
        ("replays", "time_stamp_refused"),
        ("no_nonce", "time_stamp_refused"),
        ("other_nonce", "time_stamp_refused"),
        ("other_hash", "time_stamp_refused"),
        ("altered", "time_stamp_refused"),
    ],
)
def test_a_service_that_is_away_or_lies_gives_no_file(manner: str, code: str, trust: Trust) -> None:
    sealed(trust)  # a time stamp that can be replayed
    trust.manner = manner
    with pytest.raises(KeyUnavailableError) as caught:
        sealed(trust, long=True)
    assert caught.value.code == code


def test_nobody_at_the_address_is_a_service_that_is_away(trust: Trust) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        service = TimeStampService(f"http://127.0.0.1:{taken.getsockname()[1]}", (trust.root_der,), 5, False)
        with pytest.raises(KeyUnavailableError) as caught:
            seal_in_time(PAGES, material=trust.material(), at=AT, now=datetime.now(UTC), service=service)
    assert caught.value.code == "time_stamp_away"


def test_a_time_stamp_that_nobody_vouches_for_or_of_another_hour_is_refused(trust: Trust) -> None:
    service = TimeStampService(f"{trust.url}/tsa", (trust.root_der,), 5, False)
    late = datetime.now(UTC) + 2 * MOST_DIFFERENCE
    with pytest.raises(KeyUnavailableError, match="time_stamp_refused"):
        seal_in_time(PAGES, material=trust.material(), at=AT, now=late, service=service)
    ours = make_test_chain(datetime.now(UTC), common_name="MiT TEST Seal")
    nobody = TimeStampService(service.url, (), 5, False)
    with pytest.raises(KeyUnavailableError, match="time_stamp_refused"):
        seal_in_time(PAGES, material=ours, at=AT, now=datetime.now(UTC), service=nobody)


def test_what_is_no_pdf_cannot_be_sealed(trust: Trust) -> None:
    service = TimeStampService(f"{trust.url}/tsa", (trust.root_der,), 5, False)
    with pytest.raises(UnreadableFileError):
        seal_in_time(b"no pdf", material=trust.material(), at=AT, now=datetime.now(UTC), service=service)


def test_a_revoked_seal_seals_nothing_for_long(tmp_path: Path) -> None:
    with trust_on_loopback(tmp_path) as trust:
        trust.revoke("seal")
        with pytest.raises(KeyUnavailableError, match="time_stamp_refused"):
            sealed(trust, long=True)


def test_a_service_that_takes_too_long_is_away(trust: Trust) -> None:
    trust.manner = "slow"
    service = TimeStampService(f"{trust.url}/tsa", (trust.root_der,), 1, False)
    with pytest.raises(KeyUnavailableError) as caught:
        seal_in_time(PAGES, material=trust.material(), at=AT, now=datetime.now(UTC), service=service)
    assert caught.value.code == "time_stamp_away"
    trust.is_over.set()


@pytest.mark.parametrize(
    ("kind", "days"),
    [
        ("stamp", {"startdate": "20200101000000Z", "enddate": "20210101000000Z"}),  # it ended long ago
        ("stamp", {"startdate": "20900101000000Z", "enddate": "20910101000000Z"}),  # it has not begun
    ],
    ids=["expired", "not begun"],
)
@pytest.mark.parametrize("long", [False, True], ids=["t", "lt"])
def test_a_time_stamp_whose_own_certificate_does_not_hold_is_refused(
    tmp_path: Path, kind: str, days: dict[str, str], long: bool
) -> None:
    with trust_on_loopback(tmp_path) as trust:
        trust.stamp_with(kind, **days)
        with pytest.raises(KeyUnavailableError, match="time_stamp_refused"):
            sealed(trust, long=long)


def test_a_revoked_time_stamp_service_is_not_believed_for_long(tmp_path: Path) -> None:
    with trust_on_loopback(tmp_path) as trust:
        trust.revoke("stamp")
        with pytest.raises(KeyUnavailableError, match="time_stamp_refused"):
            sealed(trust, long=True)


@pytest.mark.parametrize(("early", "is_taken"), [(-4, True), (4, True), (-6, False), (6, False)])
def test_a_time_stamp_may_lie_five_minutes_from_our_clock(early: int, is_taken: bool, trust: Trust) -> None:
    now = datetime.now(UTC) + timedelta(minutes=early)
    service = TimeStampService(f"{trust.url}/tsa", (trust.root_der,), 5, False)
    if is_taken:
        assert seal_in_time(PAGES, material=trust.material(), at=AT, now=now, service=service).startswith(
            PAGES
        )
        return
    with pytest.raises(KeyUnavailableError, match="time_stamp_refused"):
        seal_in_time(PAGES, material=trust.material(), at=AT, now=now, service=service)
    assert timedelta(minutes=5) == MOST_DIFFERENCE
