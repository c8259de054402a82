"""A file is what its hash says: the issued file, not the issued file, or not known here."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image

from mit.document.qr_image import qr_matrix
from mit.document.received_pdf import read as read_pdf_here
from mit.errors import UnreadableFileError
from mit.verify.content import sha256_hex
from mit.verify.judge import Question, judge
from mit.verify.presentation import ShownFile, ShownQr, Unreadable, is_pdf, read_file
from mit.verify.trust import Trust
from mit.verify.verdict import Answer, Check, Outcome, Verdict
from tests.support import specimens
from tests.support.files import pdf_of
from tests.support.trusting import NOW, issue, listed, offline, record, register, signer

ISSUED = issue()
OTHER = issue(specimens.claims(running=54_321))
FILE = pdf_of(ISSUED)
OTHER_FILE = pdf_of(OTHER)
SLOT = ISSUED.claims.slot
LISTS = {SLOT.list_number: listed(SLOT.list_number)}

REGISTER = register(record(ISSUED, pdf=FILE))
TRUST_FILE = offline(record(ISSUED, pdf=FILE))
#: Knows the certificate but not its file.
HASH_WITHHELD = offline(record(ISSUED))
#: Knows another certificate with its file; of ours only its place in the status list.
WITHOUT_OURS = offline(record(OTHER, pdf=OTHER_FILE), lists=LISTS)


def ask(data: bytes, trust: Trust, name: str = "") -> Verdict:
    return judge(read_file(data, name=name), trust, Question(NOW))


def ask_here(data: bytes, trust: Trust) -> Verdict:
    """Ask without a child process, for many variants of one file."""
    return judge(ShownFile(sha256_hex(data), data, read_refusing), trust, Question(NOW))


def read_refusing(data: bytes) -> object:
    """Open a PDF as the child does: whatever its libraries raise is a refusal."""
    try:
        return read_pdf_here(data)
    except UnreadableFileError:
        raise
    except Exception as error:  # what the child's own broad except turns into a refusal
        raise UnreadableFileError("file_not_readable") from error


def test_the_issued_file_is_valid_by_the_register_and_is_not_even_opened() -> None:
    shown = ShownFile(sha256_hex(FILE), FILE, opened_by=lambda data: pytest.fail("opened"))
    verdict = judge(shown, REGISTER, Question(NOW))
    assert (verdict.answer, verdict.reasons) == (Answer.VALID, ())
    assert verdict.certificate is not None
    assert verdict.certificate.name_en == "Siam Transformer PCL."
    assert verdict.inner is None


def test_the_issued_file_is_valid_by_a_trust_file_that_knows_its_hash() -> None:
    verdict = ask(FILE, TRUST_FILE)
    assert (verdict.answer, verdict.reasons) == (Answer.VALID, ())
    assert "byte for byte" in verdict.findings[2].detail("en")
    assert verdict.certificate is not None
    assert verdict.certificate.number == ISSUED.number


def test_without_a_known_hash_a_genuine_file_is_at_best_cannot_tell() -> None:
    for trust in (HASH_WITHHELD, WITHOUT_OURS):
        verdict = ask(FILE, trust)
        assert (verdict.answer, verdict.reasons) == (Answer.CANNOT_TELL, ("file_unknown",))
        assert verdict.inner is not None
        assert verdict.inner.answer is Answer.VALID
        assert verdict.to_document()["inner"]["verdict"] == "VALID"


@pytest.mark.parametrize("trust", [REGISTER, TRUST_FILE], ids=["register", "trust file"])
@pytest.mark.parametrize("place", [0.0, 0.5, 1.0])
def test_a_changed_byte_is_not_the_issued_file(trust: Trust, place: float) -> None:
    changed = bytearray(FILE)
    at = int(place * (len(FILE) - 1))
    changed[at] ^= 1
    verdict = ask(bytes(changed), trust)
    assert (verdict.answer, verdict.reasons) == (Answer.NOT_VALID, ("not_the_issued_file",))
    assert verdict.certificate is None


def test_every_changed_byte_is_not_the_issued_file_and_never_valid_without_the_hash() -> None:
    for at in range(0, len(FILE), max(1, len(FILE) // 120)):
        changed = bytearray(FILE)
        changed[at] ^= 1 << (at % 8)
        data = bytes(changed)
        for trust in (REGISTER, TRUST_FILE):
            assert ask_here(data, trust).reasons == ("not_the_issued_file",), at
        for trust in (HASH_WITHHELD, WITHOUT_OURS):
            assert ask_here(data, trust).answer is not Answer.VALID, at


def test_a_lenient_control_that_believes_the_credential_inside_lets_changed_files_pass() -> None:
    """The control: whoever judges a PDF by its credential alone accepts forged pages."""
    accepted = 0
    for at in range(0, len(FILE), max(1, len(FILE) // 60)):
        changed = bytearray(FILE)
        changed[at] ^= 1
        inner = ask_here(bytes(changed), HASH_WITHHELD).inner
        accepted += inner is not None and inner.answer is Answer.VALID
    assert accepted > 0


@pytest.mark.parametrize("trust", [REGISTER, TRUST_FILE], ids=["register", "trust file"])
def test_other_pages_around_a_genuine_credential_are_not_the_issued_file(trust: Trust) -> None:
    forged = pdf_of(OTHER, credential=ISSUED.made.token)
    verdict = ask(forged, trust)
    assert verdict.reasons == ("not_the_issued_file",)
    assert verdict.inner is not None
    assert verdict.inner.answer is Answer.VALID


def test_a_forged_credential_inside_is_not_valid_whatever_is_known() -> None:
    foreign = issue(by=signer(9))
    head, payload, _ = ISSUED.made.token.split(".")
    resigned = f"{head}.{payload}.{foreign.made.token.split('.')[2]}"
    data = pdf_of(ISSUED, credential=resigned)
    assert ask(data, REGISTER).reasons == ("not_the_issued_file",)
    assert ask(data, WITHOUT_OURS).reasons == ("not_the_issued_file",)
    bare = ask(data, HASH_WITHHELD)
    assert bare.answer is Answer.NOT_VALID
    assert "bad_signature" in bare.reasons


def test_a_pdf_without_a_credential_is_not_an_issued_file() -> None:
    bare = pdf_of(ISSUED, credential="no credential")
    for trust in (REGISTER, TRUST_FILE, WITHOUT_OURS):
        assert ask(bare, trust).reasons == ("not_the_issued_file",)
    verdict = ask(bare, HASH_WITHHELD)
    assert (verdict.answer, verdict.reasons) == (Answer.CANNOT_TELL, ("unreadable",))


def test_a_reader_that_could_not_do_its_work_proves_nothing_offline() -> None:
    def busy(data: bytes) -> object:
        raise UnreadableFileError("file_reader_busy")

    shown = ShownFile(sha256_hex(OTHER_FILE), OTHER_FILE, busy)
    assert judge(shown, TRUST_FILE, Question(NOW)).reasons == ("unreadable",)
    assert judge(shown, REGISTER, Question(NOW)).reasons == ("not_the_issued_file",)


@pytest.mark.parametrize(
    "answer", [None, [], 7, "text", {}, {"credential": 5}, {"credential": "x"}, {"credential": ""}]
)
def test_a_child_that_was_taken_over_is_believed_no_further_than_its_signature(answer: object) -> None:
    shown = ShownFile(sha256_hex(OTHER_FILE), OTHER_FILE, lambda data: answer)
    assert judge(shown, HASH_WITHHELD, Question(NOW)).reasons == ("unreadable",)


def test_a_child_that_names_another_genuine_credential_changes_nothing_for_the_register() -> None:
    shown = ShownFile(sha256_hex(OTHER_FILE), OTHER_FILE, lambda data: {"credential": ISSUED.made.token})
    assert judge(shown, REGISTER, Question(NOW)).reasons == ("not_the_issued_file",)


def test_a_known_file_with_another_certificate_inside_is_altered() -> None:
    crossed = offline(replace(record(OTHER), pdf_sha256=sha256_hex(FILE)), record(ISSUED))
    assert ask(FILE, crossed).reasons == ("altered",)


def test_a_known_file_whose_credential_is_not_the_recorded_one_is_altered() -> None:
    odd = replace(record(ISSUED, pdf=FILE), credential_sha256="0" * 64)
    assert ask(FILE, offline(odd)).reasons == ("altered",)
    assert ask(FILE, register(odd)).reasons == ("altered",)


def test_a_register_without_any_file_knows_that_this_one_was_not_issued() -> None:
    verdict = ask_here(FILE, register(record(ISSUED)))
    assert verdict.reasons == ("not_the_issued_file",)
    assert verdict.inner is not None
    assert verdict.inner.answer is Answer.VALID


def test_the_certificates_own_dates_count_for_its_file_too() -> None:
    later = NOW + timedelta(days=400)
    verdict = judge(read_file(FILE), register(record(ISSUED, pdf=FILE), known_at=later), Question(later))
    assert (verdict.answer, verdict.reasons) == (Answer.NOT_VALID, ("expired",))
    assert verdict.findings[2].outcome is Outcome.PASS
    assert verdict.findings[2].check is Check.INTEGRITY


# --- what kind of file it is


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (b"%PDF-1.7", "", True),
        (b"\n\n%PDF-1.7", "", True),
        (b"x" * 2_000 + b"%PDF-1.7", "", False),
        (b"?PDF-1.7 ... startxref\n5\n%%EOF", "", True),
        (b"?PDF-1.7 ... startxref\n5\n%?EOF", "", True),
        (b"junk", "certificate.PDF", True),
        (b"junk", "certificate.jwt", False),
        (b"", "", False),
    ],
)
def test_a_damaged_pdf_is_still_seen_as_a_pdf(data: bytes, name: str, expected: bool) -> None:
    assert is_pdf(data, name=name) is expected


def test_a_credential_as_a_file_is_read_by_its_content() -> None:
    for data in (ISSUED.made.token.encode(), b"\xef\xbb\xbf" + ISSUED.made.token.encode() + b"\r\n"):
        assert ask(data, REGISTER).answer is Answer.VALID


def test_a_file_with_the_text_of_a_qr_is_read_by_its_content() -> None:
    assert ask(ISSUED.made.qr_url.encode() + b"\n", REGISTER).answer is Answer.VALID


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"\xff\xfe\xfd", b"GIF89a", b"PK\x03\x04", b"hello"])
def test_other_files_are_unreadable(data: bytes) -> None:
    assert ask(data, REGISTER).reasons == ("unreadable",)


# --- pictures


def picture(text: str, *, scale: int = 4) -> Image.Image:
    rows = qr_matrix(text)
    size = len(rows) + 8
    image = Image.new("L", (size, size), 255)
    for y, row in enumerate(rows):
        for x, is_dark in enumerate(row):
            if is_dark:
                image.putpixel((x + 4, y + 4), 0)
    return image.resize((size * scale, size * scale), Image.Resampling.NEAREST)


def as_file(image: Image.Image, kind: str = "PNG") -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind)
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_of_the_qr_is_read(kind: str) -> None:
    shown = read_file(as_file(picture(ISSUED.made.qr_url), kind))
    assert isinstance(shown, ShownQr)
    assert judge(shown, REGISTER, Question(NOW)).answer is Answer.VALID


def test_a_picture_without_a_qr_says_so() -> None:
    shown = read_file(as_file(Image.new("L", (200, 200), 255)))
    assert isinstance(shown, Unreadable)
    assert shown.fault.code == "picture_without_qr"


def test_a_picture_of_another_qr_says_so() -> None:
    shown = read_file(as_file(picture("https://example.com/menu")))
    assert isinstance(shown, Unreadable)
    assert shown.fault.code == "picture_foreign_qr"


def test_a_picture_of_two_certificates_is_not_guessed_at() -> None:
    left, right = picture(ISSUED.made.qr_url, scale=3), picture(OTHER.made.qr_url, scale=3)
    both = Image.new("L", (left.width + right.width + 60, max(left.height, right.height)), 255)
    both.paste(left, (0, 0))
    both.paste(right, (left.width + 60, 0))
    shown = read_file(as_file(both))
    assert isinstance(shown, Unreadable)
    assert shown.fault.code == "picture_many_qr"


def test_a_picture_that_lies_about_itself_is_unreadable() -> None:
    data = b"\x89PNG\r\n\x1a\n" + b"\x00" * 100
    assert ask(data, REGISTER).reasons == ("unreadable",)
