"""The samples for other people's verifiers, all of them, and their index.

The expected verdicts stand here as words, not as what the code answers: where the two differ, either
the code broke or somebody changes what was promised.  Every file but the PDFs is made again, to the
byte, by ``make vectors``; the PDFs were made once (``make_pdfs.py``) and are kept as they are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from mit.credential import canonical_json, jose, vc
from mit.credential.claims import Claims
from mit.credential.public_keys import key_set
from mit.lifecycle.signing_key_states import KeyDates
from mit.verify import trust_file
from mit.verify.trust import Record, TrustedKey
from tests.support.specimens import ISSUED_ON, PUBLIC_URL
from tests.vectors.commitments import commitments
from tests.vectors.list_samples import bitstring, lists
from tests.vectors.make_vectors import (
    NOTICE,
    SECOND,
    TRUSTED,
    UNKNOWN,
    bad_qrs,
    credential_vectors,
    qr_vectors,
    trusted,
)
from tests.vectors.sample import (
    ALWAYS,
    BARE,
    CANNOT_TELL,
    DAY,
    FOLDER,
    FORMAT,
    GOOD_QR,
    HELD,
    KEYS,
    NOT_VALID,
    NOW,
    PDF_NUMBERS,
    REFUSED,
    SECOND_OF_TIME,
    SIGNED_AT,
    STOPPED_ON,
    TODAY,
    TRUST,
    VALID,
    WITH_RECORDS,
    Sample,
    Samples,
    certificate,
    changes,
    slug,
)


def everything() -> Samples:
    """Return every sample but the PDFs' own bytes."""
    made = Samples()
    _trust_files(made)
    _qrs(made)
    _credentials(made)
    commitments(made)
    lists(made)
    _pdfs(made)
    return made


# --- trust files


def trust_of(
    *records: Record, lists: Iterable[str] = (), dates: KeyDates = ALWAYS, at: datetime = NOW
) -> bytes:
    """Return a trust file, signed by the second key, which signs nothing else here."""
    keys = [TrustedKey(TRUSTED.public_key, dates), TrustedKey(SECOND.public_key, ALWAYS)]
    document = trust_file.trust_document(
        keys, records, lists=lists, public_url=PUBLIC_URL, now=at, is_complete=False
    )
    signed = trust_file.signing_input(document, SECOND.public_key)
    return trust_file.assemble(document, signed, SECOND.sign(signed))


def record_of(of: Claims, made: Any, **more: Any) -> Record:
    """Return what the register says of a sample."""
    known = Record(
        number=str(of.number),
        kid=1,
        credential_sha256=hashlib.sha256(made.token.encode("ascii")).hexdigest(),
        pdf_sha256=None,
        signed_at=SIGNED_AT,
        history=changes(),
    )
    return replace(known, **more)


def _clean_lists(at: datetime = NOW) -> list[str]:
    return [bitstring(purpose, [], at=at) for purpose in ("revocation", "suspension")]


def _pdf_hash(name: str) -> str:
    return hashlib.sha256((FOLDER / "pdf" / f"{name}.pdf").read_bytes()).hexdigest()


def _pdf_records() -> list[Record]:
    held = json.loads((FOLDER / HELD).read_text(encoding="utf-8"))
    found = []
    for name, steps in (("issued", ()), ("revoked", ((STOPPED_ON, "revoked"),))):
        record = record_of(*certificate(PDF_NUMBERS[name], count=2), history=changes(*steps))
        found.append(replace(record, credential_sha256=held[name], pdf_sha256=_pdf_hash(name)))
    return found


def _trust_files(to: Samples) -> None:
    good = Sample("", "trust", VALID, "", shown=GOOD_QR)
    stolen = replace(ALWAYS, compromised_from_at=SIGNED_AT - DAY)
    later = replace(ALWAYS, compromised_from_at=SIGNED_AT + DAY)
    own = record_of(*certificate())
    rows: list[tuple[str, bytes, str, tuple[str, ...], str]] = [
        (TRUST, trust_of(lists=_clean_lists()), VALID, (), "keys and the two lists are enough for a QR"),
        (BARE, trust_of(), CANNOT_TELL, ("no_status",), "keys alone say nothing of the status"),
        (WITH_RECORDS, trust_of(own, *_pdf_records()), VALID, (), "the register's own entry answers"),
        (
            "trust/another-credential.json",
            trust_of(replace(own, credential_sha256="0" * 64)),
            NOT_VALID,
            ("altered",),
            "the register knows another credential under this number",
        ),
        (
            "trust/superseded.json",
            trust_of(replace(own, history=changes((STOPPED_ON, "superseded")))),
            NOT_VALID,
            ("superseded",),
            "another certificate took its place",
        ),
        (
            "trust/key-stolen-before-it-signed.json",
            trust_of(own, dates=stolen),
            NOT_VALID,
            ("key_compromised",),
            "the key was compromised before the signing instant that the entry gives",
        ),
        (
            "trust/key-stolen-and-no-signing-instant.json",
            trust_of(replace(own, signed_at=None), dates=later),
            NOT_VALID,
            ("key_compromised",),
            "without a signing instant a compromised key counts for nothing",
        ),
        (
            "trust/key-not-yet-active.json",
            trust_of(own, dates=KeyDates(active_from_on=ISSUED_ON + DAY)),
            NOT_VALID,
            ("key_not_active",),
            "the key was not in use on the issue day",
        ),
        (
            "trust/a-byte-changed.json",
            trust_of(own).replace(b'"state":"active","verify', b'"state":"Active","verify', 1),
            REFUSED,
            ("trust_signature",),
            "nothing in a trust file can be changed",
        ),
        (
            "trust/spelled-another-way.json",
            trust_of(own).replace(b",", b", ", 1),
            REFUSED,
            ("trust_malformed",),
            "there is one spelling",
        ),
        (
            "trust/a-list-by-a-stranger.json",
            trust_of(lists=[bitstring("revocation", [], by=UNKNOWN)]),
            REFUSED,
            ("trust_signature",),
            "a list in it is signed by a key that it does not list",
        ),
    ]
    for name, data, verdict, reasons, why in rows:
        notices = () if verdict == REFUSED else good.notices
        to.add(
            data,
            replace(good, file=name, trust=name, verdict=verdict, reasons=reasons, why=why, notices=notices),
        )
    asked = replace(good, file=TRUST, why="knowledge of 24 hours needs no remark", now=NOW + DAY)
    aged = ("stale", "sample")
    to.ask(
        asked,
        replace(
            asked, now=NOW + DAY + SECOND_OF_TIME, notices=aged, why="a second older: VALID, and said so"
        ),
        replace(asked, now=NOW + 7 * DAY, notices=aged, why="7 days: the last moment"),
        replace(
            asked,
            now=NOW + 7 * DAY + SECOND_OF_TIME,
            verdict=CANNOT_TELL,
            reasons=("stale",),
            why="older than 7 days answers nothing",
        ),
        replace(
            asked,
            now=NOW - timedelta(minutes=6),
            verdict=CANNOT_TELL,
            reasons=("clock_wrong",),
            why="knowledge from the future: a clock is wrong",
        ),
    )


# --- what is shown


def _qrs(to: Samples) -> None:
    for row in qr_vectors()["vectors"]:
        if row["reason"] == "ok":
            to.add(row["text"], Sample(f"qr/{slug(row['what'])}.txt", "qr", VALID, row["what"]))
    for row in bad_qrs():
        verdict = {"bad_signature": NOT_VALID}.get(row["reason"], CANNOT_TELL)
        reason = row["reason"] if row["reason"] in {"bad_signature", "unknown_key"} else "unreadable"
        why = f"{row['what']} ({row['reason']})"
        name = f"qr/bad-{slug(row['what'])}.txt"
        to.add(row["text"], Sample(name, "qr", verdict, why, (reason,), notices=()))
    good = Sample(GOOD_QR, "qr", VALID, "")
    last_day = date(2027, 11, 20)
    eve = ISSUED_ON - DAY
    to.ask(
        replace(good, trust=WITH_RECORDS, on=ISSUED_ON, why="the issue day is the first"),
        replace(
            good, on=eve, verdict=NOT_VALID, reasons=("not_yet_in_force",), why="the eve of the issue day"
        ),
        replace(
            good,
            on=ISSUED_ON,
            verdict=CANNOT_TELL,
            reasons=("no_status",),
            why="bits answer their own day alone",
        ),
        replace(good, on=TODAY + DAY, verdict=CANNOT_TELL, reasons=("future_date",), why="tomorrow"),
        replace(
            good,
            on=last_day + DAY,
            verdict=NOT_VALID,
            reasons=("expired",),
            why="to come, and after the last day",
        ),
        replace(
            good,
            trust="trust/superseded.json",
            on=STOPPED_ON - DAY,
            notices=("later_superseded", "sample"),
            why="the eve of being superseded",
        ),
        replace(
            good,
            trust="trust/superseded.json",
            on=STOPPED_ON,
            verdict=NOT_VALID,
            reasons=("superseded",),
            why="the very day",
        ),
    )


def _credentials(to: Samples) -> None:
    for row in credential_vectors()["vectors"]:
        if row["what"] == "a status list":
            continue
        reason = row["reason"]
        if reason == "ok":
            to.add(
                row["token"], Sample(f"credential/{slug(row['what'])}.jwt", "credential", VALID, row["what"])
            )
            continue
        verdict = NOT_VALID if reason == "bad_signature" else CANNOT_TELL
        said = reason if reason in {"bad_signature", "unknown_key"} else "unreadable"
        why = f"{row['what']} ({reason})"
        name = f"credential/bad-{slug(row['what'])}.jwt"
        to.add(row["token"], Sample(name, "credential", verdict, why, (said,), notices=()))
    _, made = certificate()
    own = "credential/one-product.jwt"
    to.add(made.token, Sample(own, "credential", VALID, "the register's own entry", trust=WITH_RECORDS))
    to.ask(
        Sample(
            own, "credential", NOT_VALID, "not the credential of this number", ("altered",),
            trust="trust/another-credential.json",
        ),
        Sample(own, "credential", NOT_VALID, "superseded", ("superseded",), trust="trust/superseded.json"),
    )  # fmt: skip
    to.add(
        _as_issued_first(),
        Sample(
            "credential/as-issued-first.jwt",
            "credential",
            VALID,
            "the first shape, one type more",
        ),
    )
    to.add(
        bitstring("revocation", []),
        Sample(
            "credential/bad-a-status-list.jwt", "credential", CANNOT_TELL,
            "a status list is signed alike and is no certificate", ("unreadable",), notices=(),
        ),
    )  # fmt: skip


def _as_issued_first() -> str:
    """Return a credential whose products have the type that was left out later."""
    document = vc.credential_document(certificate()[0], public_url=PUBLIC_URL)
    for assessment in document["credentialSubject"]["assessment"]:
        assessment["assessedProduct"][0]["type"] = ["ProductVerification"]
    header = jose.header(TRUSTED.public_key, typ=vc.TYP, iss=document["issuer"]["id"], cty="vc")
    signed = jose.signing_input(header, canonical_json.write(document))
    return jose.assemble(signed, TRUSTED.sign(signed))


def _pdfs(to: Samples) -> None:
    of = Sample("pdf/issued.pdf", "pdf", VALID, "the issued file, by its hash", trust=WITH_RECORDS)
    never = replace(of, verdict=NOT_VALID, reasons=("not_the_issued_file",), notices=())
    to.ask(
        of,
        replace(of, file="pdf/revoked.pdf", verdict=NOT_VALID, reasons=("revoked",), why="revoked since"),
        replace(
            of,
            file="pdf/not-in-the-trust-file.pdf",
            trust=TRUST,
            verdict=CANNOT_TELL,
            reasons=("file_unknown",),
            why="seal, credential and QR agree, but nobody vouches for the drawing",
        ),
        replace(
            never,
            file="pdf/bad-a-byte-changed.pdf",
            why="one byte of the drawing is another",
            notices=("file_seal_broken",),
        ),
        replace(
            never,
            file="pdf/bad-something-behind.pdf",
            why="a second revision behind the seal",
            notices=("file_seal_broken",),
        ),
        replace(
            never,
            file="pdf/bad-no-credential-inside.pdf",
            why="any PDF with the right words on it",
            notices=("file_without_seal",),
        ),
    )  # fmt: skip


def index_document(made: Samples) -> dict[str, Any]:
    """Return the machine-readable index."""
    return {
        "format": FORMAT,
        "notice": NOTICE,
        "public_url": PUBLIC_URL,
        "keys": KEYS,
        "vectors": [sample.to_document() for sample in made.index],
    }


def keys_document() -> dict[str, Any]:
    """Return the key set that the samples' verifier trusts."""
    return {"notice": NOTICE, **key_set(trusted())}
