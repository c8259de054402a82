"""Read a PDF that somebody shows us: the credential inside, and what its seals are worth.

Runs in the child process of ``mit/sandbox`` alone: the libraries below have never promised to
withstand a hostile file, and whatever they raise ends there.  Nothing here trusts a seal; it says
whether a seal is intact, covers the whole file, and whose certificate it names.
"""

from __future__ import annotations

import io
import re
import zlib
from typing import Any

import pikepdf
from cryptography.hazmat.backends import openssl
from pikepdf import Dictionary, Name, Pdf, Stream
from pyhanko.pdf_utils import filters
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import CMSExtractionError
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from mit.errors import UnreadableFileError

#: Loaded here, since the child may open no file any more once it reads: ``cryptography`` would load
#: the one at the first signature, pyHanko the other at the first packed object.
LOADED_EARLY = (openssl, filters)
#: Name of the attachment that holds the credential.
CREDENTIAL_FILE = "certificate.jwt"
#: Largest credential: 200 products take about 340 KB.
_CREDENTIAL_LIMIT_BYTES = 2 * 1024 * 1024
#: Most pages and most seals that are looked at; ours have up to 20 pages and one seal.
_PAGE_LIMIT = 2_000
_SEAL_LIMIT = 8
_HEAD_BYTES = 1024
#: The trailer of an encrypted file says so in plain bytes; ours never hold this name.
_ENCRYPTION = re.compile(rb"/Encrypt\b")
#: What the libraries raise over a seal that is broken rather than hostile.
_BROKEN = (PdfError, CMSExtractionError, SignatureValidationError, ValueError, TypeError, KeyError)


def read(data: bytes) -> dict[str, object]:
    """Return what is inside a PDF: ``{"credential", "pages", "extras", "seals"}``.

    ``credential`` is the attached text or None.  ``extras`` names what an issued file never holds:
    ``scripts, fields, annotations, attachments, two_tables`` (a hybrid file, which old and new readers
    read differently), ``seals_unreadable`` (its seals cannot even be listed).  Each seal is ``{"intact",
    "covers_whole_file", "later", "signer_sha256", "claimed_at"}``: ``intact`` says that digest and
    signature fit the certificate it names (SHA-256 of its DER as hex); ``later`` is what came into the
    file after it: ``nothing``, ``proofs`` (time stamps and revocation data, which change nothing that is
    shown) or ``changes``; ``claimed_at`` is what the seal says of its own time, ISO 8601 or None.

    Raises:
        UnreadableFileError: ``pdf_not_pdf``, ``pdf_encrypted``, ``pdf_unreadable``,
            ``pdf_too_large``.
    """
    if b"%PDF-" not in data[:_HEAD_BYTES]:
        raise UnreadableFileError("pdf_not_pdf")
    if _ENCRYPTION.search(data):
        raise UnreadableFileError("pdf_encrypted")
    try:
        with Pdf.open(io.BytesIO(data)) as pdf:
            pages = len(pdf.pages)
            credential = _credential(pdf)
            extras = _extras(pdf) if pages <= _PAGE_LIMIT else []
    except pikepdf.PikepdfError as error:
        raise UnreadableFileError("pdf_unreadable") from error
    if pages > _PAGE_LIMIT:
        raise UnreadableFileError("pdf_too_large")
    seals, oddities = _seals(data)
    extras += oddities
    return {"credential": credential, "pages": pages, "extras": extras, "seals": seals}


def _credential(pdf: Pdf) -> str | None:
    """Return the attached credential as text, or None where none is attached.

    Raises:
        UnreadableFileError: ``pdf_too_large`` when it is larger than a credential can be.
    """
    specification = pdf.attachments.get(CREDENTIAL_FILE)
    if specification is None:
        return None
    try:
        stream = specification.get_file().obj
        text = _unpacked(stream).decode("ascii").strip() if isinstance(stream, Stream) else ""
    except (UnicodeDecodeError, KeyError, ValueError, zlib.error):
        return None
    return text or None


def _unpacked(stream: Any) -> bytes:
    """Return the content of an attachment, never unpacking more than a credential can hold."""
    raw = bytes(stream.read_raw_bytes())
    filters = stream.get("/Filter")
    if filters is not None and filters not in (Name.FlateDecode, [Name.FlateDecode]):
        raise ValueError("unknown filter")
    unpacker = zlib.decompressobj()
    content = raw if filters is None else unpacker.decompress(raw, _CREDENTIAL_LIMIT_BYTES + 1)
    if len(content) > _CREDENTIAL_LIMIT_BYTES:
        raise UnreadableFileError("pdf_too_large")
    return content


def _extras(pdf: Pdf) -> list[str]:
    """Return the names of what is in the file and never in one of ours."""
    root: Any = pdf.Root
    names, form = root.get("/Names", Dictionary()), root.get("/AcroForm", Dictionary())
    found = {
        "scripts": any(key in root for key in ("/OpenAction", "/AA")) or "/JavaScript" in names,
        "fields": any(_is_foreign_field(field) for field in form.get("/Fields", [])),
        "annotations": any(_is_foreign(note) for page in pdf.pages for note in page.get("/Annots", [])),
        "attachments": bool(set(pdf.attachments) - {CREDENTIAL_FILE}),
    }
    return [name for name, is_there in found.items() if is_there]


def _is_foreign_field(field: Any) -> bool:
    return bool(field.get("/FT") != Name.Sig)


def _is_foreign(annotation: Any) -> bool:
    """Say whether an annotation is something else than the place of a seal."""
    return bool(annotation.get("/Subtype") != Name.Widget or annotation.get("/FT") != Name.Sig)


def _seals(data: bytes) -> tuple[list[dict[str, object]], list[str]]:
    """Return the facts of every seal, and what is odd about the file; none where they cannot be listed."""
    try:
        reader = PdfFileReader(io.BytesIO(data))
        found = list(reader.embedded_regular_signatures)
        is_hybrid = bool(reader.xrefs.hybrid_xrefs_present)
    except _BROKEN:
        return [], ["seals_unreadable"]
    return [_seal(signature, data) for signature in found[:_SEAL_LIMIT]], ["two_tables"] if is_hybrid else []


def _seal(signature: EmbeddedPdfSignature, data: bytes) -> dict[str, object]:
    facts: dict[str, object] = {
        "intact": False,
        "covers_whole_file": False,
        "later": "changes",
        "signer_sha256": "",
        "claimed_at": None,
    }
    try:
        certificate = signature.signer_cert
        facts["signer_sha256"] = certificate.sha256.hex()
        at = signature.self_reported_timestamp
        facts["claimed_at"] = at.isoformat() if at else None
        fits, valid = validate_sig_integrity(
            signature.signer_info, certificate, "data", signature.compute_digest()
        )
        facts["intact"] = bool(fits and valid)
        facts["covers_whole_file"] = _covers(signature, data)
        facts["later"] = "nothing" if facts["covers_whole_file"] else _later(signature)
    except _BROKEN:
        facts["intact"] = False
    return facts


def _later(signature: EmbeddedPdfSignature) -> str:
    """Say what came into the file after a seal that does not cover all of it."""
    if signature.evaluate_signature_coverage() is not SignatureCoverageLevel.ENTIRE_REVISION:
        return "changes"
    if signature.signed_revision + 1 >= signature.reader.xrefs.total_revisions:
        return "changes"  # bytes that belong to no revision
    signature.compute_integrity_info()  # type: ignore[no-untyped-call]  # pyHanko leaves it untyped
    found = signature.diff_result
    level = getattr(found, "modification_level", ModificationLevel.OTHER)
    return "proofs" if level <= ModificationLevel.LTA_UPDATES else "changes"


def _covers(signature: EmbeddedPdfSignature, data: bytes) -> bool:
    """Say whether the seal covers every byte but its own hex digits, and those are in the gap."""
    parts = [int(part) for part in signature.byte_range]
    if len(parts) != 4 or parts[0] != 0:
        return False
    _, first_length, second_start, second_length = parts
    gap = data[first_length:second_start]
    if second_start + second_length != len(data) or gap[:1] != b"<" or gap[-1:] != b">":
        return False
    return bytes.fromhex(gap[1:-1].decode("ascii")) == bytes(signature.pkcs7_content)
