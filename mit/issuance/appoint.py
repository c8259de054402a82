"""Issue a letter: the maker lets a dealer offer products of its certificate, from one day to another.

Steps: (1) the register of companies is asked for the dealer's name, outside of any transaction; (2) the
certificate is locked: it has to be in force, and the actor's own; (3) a letter that says the same and
stands already is returned instead; (4) number, exact bytes, job, letters to the keepers and audit event
are written; commit.  From then on the letter exists, and is shown as soon as the worker has signed
those bytes (``sign_dealer_letter.py``); no process that serves the web opens a key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from mit.company_register.port import Answer, Away, Company, CompanyRegister, Unknown
from mit.credential import canonical_json, dealer_letter
from mit.credential.coverage import parse_coverage
from mit.credential.dealer_letter import DealerLetter, LetterGround, LetterProduct, Party
from mit.credential.public_keys import PublicKey, issuer_did
from mit.errors import ConflictError, InputError, NotFoundError
from mit.failpoints import reach
from mit.issuance.authority import Authority
from mit.issuance.certificate_case import locked
from mit.issuance.dealer_letter_typed import (
    TypedLetter,
    WantedLetter,
    named,
    read_dealer_number,
    read_typed,
)
from mit.issuance.letters import tell_keepers
from mit.issuance.prepare import choose_key
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.dealer_letter_terms import MOST_LETTERS
from mit.lifecycle.mails import Letter
from mit.roles.actor import Actor, Role
from mit.roles.permissions import acts_for, require_role
from mit.store import accounts, audit, certificates, dealer_letters, jobs
from mit.store.certificates import Certificate, CertificateProduct
from mit.store.db import OpenSession, add, transaction
from mit.store.dealer_letters import DealerLetterRow
from mit.values.identifiers import parse_certificate_number
from mit.values.letter_number import draw_letter_number
from mit.values.thai_date import bangkok_day, year_be

#: The job that signs what was written down; its key is the letter's number.
SIGN_LETTER_JOB = "sign_dealer_letter"


def look_up_dealer(
    typed: TypedLetter, *, register: CompanyRegister, now: datetime
) -> tuple[TypedLetter, str]:
    """Return what was typed with the dealer's name as the register has it, and what became of asking it.

    The second is ``found``, ``unknown`` or ``away``.

    Raises:
        InputError: as ``read_dealer_number``.
    """
    answer = register.find(read_dealer_number(typed.dealer_number), now=now)
    outcome = "found" if isinstance(answer, Company) else "unknown" if isinstance(answer, Unknown) else "away"
    return named(typed, answer), outcome


def appoint(
    actor: Actor,
    number: str,
    typed: TypedLetter,
    *,
    register: CompanyRegister,
    now: datetime,
    authority: Authority,
) -> str:
    """Issue a letter about the certificate *number*; return the number of the letter.

    A second click finds what the first did.

    Raises:
        NotAllowedError: ``role_needed``.
        NotFoundError: ``certificate_not_found``: there is none, or it is somebody else's.
        InputError: every wrong field, as ``read_typed``.
        ConflictError: ``letter_certificate_not_in_force``, or ``letters_too_many``.
        KeyUnavailableError: ``no_active_key`` or ``demo_key_in_production``.
    """
    require_role(actor, Role.MANUFACTURER)
    answer = _ask(typed, register, now=now)  # (1)
    now = now.replace(microsecond=0)
    with transaction() as session:
        certificate = lock_own_certificate(session, actor, number)  # (2)
        products = certificates.products_certified(session, number)
        places = [row.position for row in products]
        wanted = read_typed(typed, answer, certificate, places, today=bangkok_day(now))
        _require_in_force(certificate, now=now)
        standing = _same(session, certificate, wanted, now=now)
        if standing:
            return standing  # (3)
        if dealer_letters.standing_count(session, number, today=bangkok_day(now)) >= MOST_LETTERS:
            raise ConflictError("letters_too_many", count=MOST_LETTERS)
        key = choose_key(session, bangkok_day(now), authority=authority)
        letter = _written_out(certificate, products, wanted, key, now=now, authority=authority)
        row = _write(session, actor, certificate, letter, key)  # (4)
        reach("dealer_letter.before_commit")
    return row


def lock_own_certificate(session: OpenSession, actor: Actor, number: str) -> Certificate:
    """Return an issued certificate of the actor's own organisation, locked.

    Raises:
        NotFoundError: ``certificate_not_found``.
    """
    certificate = locked(session, number)
    acts = acts_for(actor, certificate.organisation_id)
    if certificate.state != "active" or not acts:
        raise NotFoundError("certificate_not_found", number=number)
    return certificate


def letter_subject(number: str) -> str:
    """Return the name of a letter in the audit log."""
    return f"dealer_letter:{number}"


def products_at(products: Sequence[CertificateProduct], places: Sequence[int]) -> tuple[LetterProduct, ...]:
    """Return what the certificate covers at *places*."""
    return tuple(
        LetterProduct(row.position, parse_coverage(canonical_json.read(row.coverage.encode("utf-8"))))
        for row in products
        if row.position in places
    )


def _ask(typed: TypedLetter, register: CompanyRegister, *, now: datetime) -> Answer:
    """Ask the register for the dealer; a wrong number is refused later, together with all the rest."""
    try:
        number = read_dealer_number(typed.dealer_number)
    except InputError:
        return Away("not_asked")
    return register.find(number, now=now)


def _require_in_force(certificate: Certificate, *, now: datetime) -> None:
    today = bangkok_day(now)
    if certificate.status != "active" or not certificate.issued_on <= today <= certificate.expires_on:
        raise ConflictError("letter_certificate_not_in_force", number=certificate.number)


def _same(session: OpenSession, certificate: Certificate, wanted: WantedLetter, *, now: datetime) -> str:
    """Return the number of a letter that stands and says the same; empty where there is none."""
    party, days = wanted.dealer, (wanted.from_on, wanted.until_on)
    meant = (party.juristic_number, party.name_th, party.name_en, _places_text(wanted.places))
    for row in dealer_letters.letters_of(session, certificate.number):
        said = (row.dealer_juristic_number, row.dealer_name_th, row.dealer_name_en, row.places)
        is_same = said == meant and (row.from_on, row.until_on) == days and row.tender == wanted.tender
        if is_same and row.ended_at is None and row.until_on >= bangkok_day(now):
            return row.number
    return ""


def _written_out(
    certificate: Certificate,
    products: Sequence[CertificateProduct],
    wanted: WantedLetter,
    key: PublicKey,
    *,
    now: datetime,
    authority: Authority,
) -> DealerLetter:
    return DealerLetter(
        number=draw_letter_number(year_be(bangkok_day(now)), choose=authority.random.randrange),
        ground=LetterGround(
            number=parse_certificate_number(certificate.number),
            credential_sha256=certificate.credential_sha256 or "",
            issued_on=certificate.issued_on,
            expires_on=certificate.expires_on,
        ),
        maker=Party(
            certificate.holder_name_th, certificate.holder_name_en, certificate.holder_juristic_number
        ),
        dealer=wanted.dealer,
        named_by=wanted.named_by,
        products=products_at(products, wanted.places),
        from_on=wanted.from_on,
        until_on=wanted.until_on,
        tender=wanted.tender,
        issued_at=now,
        issuer=issuer_did(authority.settings.public_url),
        sample=key.demo,
    )


def _write(
    session: OpenSession, actor: Actor, certificate: Certificate, letter: DealerLetter, key: PublicKey
) -> str:
    tbs = dealer_letter.letter_signing_input(letter, key=key)
    row = DealerLetterRow(
        number=str(letter.number),
        certificate_number=certificate.number,
        dealer_juristic_number=letter.dealer.juristic_number,
        dealer_name_th=letter.dealer.name_th,
        dealer_name_en=letter.dealer.name_en,
        named_by=letter.named_by,
        places=_places_text([one.index for one in letter.products]),
        from_on=letter.from_on,
        until_on=letter.until_on,
        tender=letter.tender,
        tbs=tbs,
        tbs_sha256=hashlib.sha256(tbs).hexdigest(),
        kid=key.kid,
        issued_at=letter.issued_at,
        issued_by_id=actor.user_id,
    )
    add(session, row)
    number, now = row.number, letter.issued_at
    jobs.enqueue(session, SIGN_LETTER_JOB, key=number, payload={}, now=now)
    tell_keepers(
        session,
        certificate,
        Letter.DEALER_LETTER_ISSUED,
        params=told_of(session, row, actor, letter.until_on),
        now=now,
    )
    audit.record(
        session,
        AuditEvent.DEALER_LETTER_ISSUED,
        subject=letter_subject(number),
        actor_id=actor.user_id,
        now=now,
        payload={
            "certificate": certificate.number,
            "dealer": row.dealer_juristic_number,
            "tbs_sha256": row.tbs_sha256,
            "until_on": letter.until_on.isoformat(),
        },
    )
    return number


def told_of(session: OpenSession, row: DealerLetterRow, actor: Actor, day: date) -> dict[str, str | date]:
    """Return what fills a letter to the keepers about a dealer's letter."""
    by = accounts.get_user(session, actor.user_id).name
    return {"letter": row.number, "dealer": row.dealer_name_th, "by": by, "day": day}


def _places_text(places: Sequence[int]) -> str:
    return ",".join(str(place) for place in places)
