"""Seal with a time that somebody else vouches for: PAdES B-T, and B-LT (ETSI EN 319 142-1), by pyHanko.

The time stamp (RFC 3161) goes into the signature.  For B-LT the certificates and what is known of
their revocation (OCSP, CRL) are fetched first and written into the file *before* it is sealed, in the
same addition: so the seal stays the last thing in the file and covers all of it, and whoever judges
"one seal over the whole file" need not know of permitted changes.

What comes out was judged as a stranger's file would be; if anything is amiss nothing comes out.
Unlike a plain seal two of these over one file differ, for the time stamp does.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp
from asn1crypto import x509  # type: ignore[import-untyped]  # has no stubs
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import HTTPTimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    InsufficientRevinfoError,
    PathError,
    ValidationError,
)
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend

from mit.document.pades import SteadyWriter, write_seal
from mit.document.seal_chain import SealMaterial
from mit.document.seal_cms import DIGEST, PlainSigner, seal_cms
from mit.errors import KeyUnavailableError, UnreadableFileError

#: A time stamp that lies further from our own clock is not believed.
MOST_DIFFERENCE = timedelta(minutes=5)
_SLACK_BYTES = 128
#: What the libraries raise over answers that are malformed or cannot be believed; ``AttributeError``
#: is what pyHanko 0.38 makes of an answer to another question.
_UNBELIEVABLE = (
    ValidationError,
    PathError,
    SignatureValidationError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
)


@dataclass(frozen=True, slots=True)
class TimeStampService:
    """Where time stamps come from.

    Attributes:
        url: address that takes RFC 3161 questions by HTTP.
        roots: certificates that its time stamps are believed by, as DER.
        timeout_seconds: for each question, those about revocation included.
        is_long_term: also write down what is known of the certificates' revocation (B-LT).
    """

    url: str
    roots: tuple[bytes, ...]
    timeout_seconds: int
    is_long_term: bool


def seal_in_time(
    pdf: bytes, *, material: SealMaterial, at: datetime, now: datetime, service: TimeStampService
) -> bytes:
    """Return *pdf* with a seal over all of it, dated *at* (aware), and a time stamp of *now*.

    Raises:
        KeyUnavailableError: ``time_stamp_away`` where the service, or those who know of revocation, do
            not answer; ``time_stamp_refused`` where what they say cannot be believed.
        UnreadableFileError: ``pdf_unreadable``.
    """
    room_bytes = seal_cms(material).room_bytes + _SLACK_BYTES
    try:
        sealed = asyncio.run(_seal(pdf, material, at, service, room_bytes))
        asyncio.run(_judge(sealed, material, now, service))
    except (TimestampRequestError, aiohttp.ClientError, TimeoutError, InsufficientRevinfoError) as error:
        raise KeyUnavailableError(_reason(error)) from error
    except PdfError as error:
        raise UnreadableFileError("pdf_unreadable", where="pdf") from error
    except _UNBELIEVABLE as error:
        raise KeyUnavailableError("time_stamp_refused") from error
    return sealed


def _reason(error: Exception) -> str:
    """Return whether nobody answered, or somebody did and cannot be believed."""
    said = isinstance(error, TimestampRequestError) and not isinstance(
        error.__cause__, aiohttp.ClientError | TimeoutError | OSError
    )
    return "time_stamp_refused" if said else "time_stamp_away"


async def _seal(
    pdf: bytes, material: SealMaterial, at: datetime, service: TimeStampService, room_bytes: int
) -> bytes:
    """Return *pdf* sealed; *room_bytes* is what the signature takes without its time stamp."""
    writer = SteadyWriter(io.BytesIO(pdf))
    async with aiohttp.ClientSession() as session:
        stamper = HTTPTimeStamper(service.url, timeout=service.timeout_seconds, session=session)
        # One question in advance: how long an answer is, and by which certificates.
        example = await stamper.async_dummy_response(DIGEST)
        if service.is_long_term:
            await _write_evidence(writer, stamper, material, service, session)
        steps, digest = write_seal(writer, at, room_bytes + len(example.dump()))
        signer = PlainSigner(material)
        signed = await signer.async_sign(digest, DIGEST, use_pades=True, timestamper=stamper)
        return steps.finish(signed.dump())


async def _write_evidence(
    writer: IncrementalPdfFileWriter,
    stamper: HTTPTimeStamper,
    material: SealMaterial,
    service: TimeStampService,
    session: aiohttp.ClientSession,
) -> None:
    """Fetch what is known of the revocation of every certificate, and put all of it into the file."""
    fetchers = AIOHttpFetcherBackend(session, per_request_timeout=service.timeout_seconds)
    context = ValidationContext(
        trust_roots=list(_roots(material, service)),
        other_certs=_certificates(material.certificates_der()),
        allow_fetching=True,
        fetcher_backend=fetchers,
        revocation_mode="require",
    )
    own = CertificateValidator(_certificates(material.certificates_der())[0], validation_context=context)
    paths = [await own.async_validate_usage(set())]  # type: ignore[no-untyped-call]  # pyHanko's
    paths += [path async for path in stamper.validation_paths(context)]  # type: ignore[no-untyped-call]
    DocumentSecurityStore.supply_dss_in_writer(writer, None, paths=paths, validation_context=context)


async def _judge(sealed: bytes, material: SealMaterial, now: datetime, service: TimeStampService) -> None:
    """Judge a sealed file with nothing but the file and the roots.

    Raises:
        ValueError: something about the seal or its time cannot be believed.
    """
    reader = PdfFileReader(io.BytesIO(sealed))
    (signature,) = reader.embedded_regular_signatures
    known: dict[str, object] = {"trust_roots": list(_roots(material, service)), "allow_fetching": False}
    if service.is_long_term:
        evidence = DocumentSecurityStore.read_dss(reader)
        context = evidence.as_validation_context(known | {"revocation_mode": "require"})
    else:
        context = ValidationContext(**known)  # type: ignore[arg-type]  # the same words for both
    status = await async_validate_pdf_signature(signature, context, ts_validation_context=context)
    stamp = status.timestamp_validity
    is_whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    if not (status.bottom_line and is_whole and stamp and stamp.intact and stamp.valid and stamp.trusted):
        raise ValueError("the seal or its time stamp is not believed")
    if abs(stamp.timestamp - now) > MOST_DIFFERENCE:
        raise ValueError(f"the time stamp says {stamp.timestamp}")


def _roots(material: SealMaterial, service: TimeStampService) -> Iterable[x509.Certificate]:
    """Yield what our own seal ends in, and what time stamps are believed by."""
    yield _certificates(material.certificates_der())[-1]
    yield from _certificates(service.roots)


def _certificates(ders: Iterable[bytes]) -> list[x509.Certificate]:
    return [x509.Certificate.load(der) for der in ders]
