"""Sign a dealer's letter that was written down: exactly those bytes, once, by the worker alone.

Every step can be repeated: (1) the order is checked against the database, believing no column that the
bytes, the certificate or the audit log contradict; (2) the bytes are signed; (3) our own verifier judges
the result; (4) compare-and-set keeps one token, with its audit event; commit.  A crash before (4) leaves
the letter unsigned and the job in the outbox; the same key over the same bytes makes the same signature.

What was ended before it was signed, and what rests on a certificate that ended meanwhile, is never signed.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import NamedTuple

from mit.credential import dealer_letter, jose
from mit.credential.dealer_letter import DealerLetter
from mit.errors import InputError, KeyUnavailableError, TamperedError
from mit.failpoints import reach
from mit.issuance.appoint import letter_subject, products_at
from mit.issuance.authority import Authority
from mit.lifecycle.audit_events import AuditEvent
from mit.lifecycle.certificate_states import FINAL_STATES
from mit.lifecycle.signing_key_states import may_sign
from mit.roles.actor import Role
from mit.store import accounts, audit, certificates, dealer_letters, signing_keys
from mit.store.certificates import Certificate
from mit.store.db import OpenSession, transaction
from mit.store.dealer_letters import DealerLetterRow
from mit.store.signing_keys import SigningKey
from mit.verify.dealer_letter import LetterRecord, judge_letter
from mit.verify.question import Question
from mit.verify.trust import TrustedKey
from mit.verify.verdict import Answer


class LetterOrder(NamedTuple):
    """What the database orders to be signed: the bytes, what they say, and with which key."""

    tbs: bytes
    letter: DealerLetter
    key: TrustedKey


def sign_dealer_letter(number: str, *, now: datetime, authority: Authority) -> None:
    """Sign the letter *number*; nothing is done where it is signed, ended, or its certificate has ended.

    Raises:
        NotFoundError: ``dealer_letter_not_found``.
        TamperedError: ``signer_letter``: the rows do not agree; ``own_work``: our verifier disagrees.
        KeyUnavailableError: ``key_not_for_signing``, ``demo_key_in_production``, or it cannot be opened.
    """
    with transaction() as session:
        order = _order(session, number, authority=authority)  # (1)
    if order is None:
        return
    reach("dealer_letter.after_checks")
    token = jose.assemble(order.tbs, authority.keyring.signer(order.key.public.kid).sign(order.tbs))  # (2)
    check_own_letter(token, order, now=now)  # (3)
    with transaction() as session:
        row = dealer_letters.lock_letter(session, number)
        is_kept = row.ended_at is None and dealer_letters.store_token(session, number, token, now=now)  # (4)
        if is_kept:
            payload = {"token_sha256": hashlib.sha256(token.encode("ascii")).hexdigest()}
            audit.record(
                session,
                AuditEvent.DEALER_LETTER_SIGNED,
                subject=letter_subject(number),
                actor_id=None,
                now=now,
                payload=payload,
            )
        reach("dealer_letter.before_keep")
    reach("dealer_letter.after_keep")


def read_order(session: OpenSession, row: DealerLetterRow) -> DealerLetter:
    """Return what a letter's bytes say, where row, certificate and audit log say the same.

    Raises:
        TamperedError: ``signer_letter``.
    """
    try:
        token = jose.parse(jose.assemble(row.tbs, bytes(64)), typ=dealer_letter.TYP)
        letter = dealer_letter.read_letter(token.payload)
    except InputError as error:
        raise TamperedError("signer_letter", number=row.number) from error
    certificate = certificates.get_certificate(session, row.certificate_number)
    is_whole = hashlib.sha256(row.tbs).hexdigest() == row.tbs_sha256
    says_same = _is_as_written(row, letter) and _is_of_certificate(session, certificate, letter)
    if not (is_whole and says_same and _is_ordered(session, row, certificate)):
        raise TamperedError("signer_letter", number=row.number)
    return letter


def check_own_letter(token: str, order: LetterOrder, *, now: datetime) -> None:
    """Judge the signed letter as a stranger would, on its first day.

    Raises:
        TamperedError: ``own_work`` with the reasons.
    """
    letter, key = order.letter, order.key
    first_day = Question(max(now, letter.issued_at), letter.from_on)
    record = LetterRecord(token, now, None)
    found = judge_letter(token, {key.public.kid: key}, first_day, record=record)
    is_good = found.own.answer is Answer.VALID or found.own.reasons == ("future_date",)
    if not is_good or found.letter != letter:
        raise TamperedError("own_work", number=str(letter.number), reasons=", ".join(found.own.reasons))


def _order(session: OpenSession, number: str, *, authority: Authority) -> LetterOrder | None:
    row = dealer_letters.lock_letter(session, number)
    certificate = certificates.get_certificate(session, row.certificate_number)
    if row.token is not None or row.ended_at is not None or certificate.status in FINAL_STATES:
        return None
    letter = read_order(session, row)
    return LetterOrder(row.tbs, letter, _key(session, row, letter, authority=authority))


def _key(
    session: OpenSession, row: DealerLetterRow, letter: DealerLetter, *, authority: Authority
) -> TrustedKey:
    """Return the key of the order, if it may sign what was issued on that day."""
    found = next((key for key in signing_keys.all_keys(session, "credential") if key.kid == row.kid), None)
    if found is None or not may_sign(signing_keys.key_dates(found), issued_on=letter.issued_on):
        raise KeyUnavailableError("key_not_for_signing", kid=row.kid)
    if found.demo and not authority.settings.is_demo_allowed:
        raise KeyUnavailableError("demo_key_in_production", kid=row.kid)
    return _trusted(found)


def _trusted(row: SigningKey) -> TrustedKey:
    return TrustedKey(signing_keys.public_half(row), signing_keys.key_dates(row))


def _is_as_written(row: DealerLetterRow, letter: DealerLetter) -> bool:
    dealer = letter.dealer
    said = (
        str(letter.number),
        str(letter.ground.number),
        (dealer.juristic_number, dealer.name_th, dealer.name_en, letter.named_by),
        ",".join(str(one.index) for one in letter.products),
        (letter.from_on, letter.until_on, letter.tender, letter.issued_at),
    )
    return said == (
        row.number,
        row.certificate_number,
        (row.dealer_juristic_number, row.dealer_name_th, row.dealer_name_en, row.named_by),
        row.places,
        (row.from_on, row.until_on, row.tender, row.issued_at),
    )


def _is_of_certificate(session: OpenSession, certificate: Certificate, letter: DealerLetter) -> bool:
    ground, maker = letter.ground, letter.maker
    said = (ground.credential_sha256, ground.issued_on, ground.expires_on)
    said_maker = (maker.name_th, maker.name_en, maker.juristic_number)
    rows = certificates.products_certified(session, certificate.number)
    covered = products_at(rows, [one.index for one in letter.products])
    return (
        said == (certificate.credential_sha256, certificate.issued_on, certificate.expires_on)
        and said_maker
        == (
            certificate.holder_name_th,
            certificate.holder_name_en,
            certificate.holder_juristic_number,
        )
        and covered == letter.products
    )


def _is_ordered(session: OpenSession, row: DealerLetterRow, certificate: Certificate) -> bool:
    """Say whether the log knows that somebody of the maker issued these very bytes."""
    acts = audit.events_about(session, letter_subject(row.number))
    issued = [act for act in acts if act.event == AuditEvent.DEALER_LETTER_ISSUED]
    if len(issued) != 1 or issued[0].actor_id != row.issued_by_id:
        return False
    is_of_maker = row.issued_by_id in accounts.acted_for(session, certificate.organisation_id)
    held = accounts.held_role_at(session, row.issued_by_id, Role.MANUFACTURER, row.issued_at)
    return is_of_maker and held and json.loads(issued[0].payload)["tbs_sha256"] == row.tbs_sha256
