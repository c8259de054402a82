"""Whom and what we trust: keys with their dates, what is known about status, facts of the register.

Knowledge is a value.  ``scan`` makes it from the register for one question; ``trust_file`` reads
it from a signed file.  The checks cannot tell the difference, except that only the register may
say that something does not exist.  Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from mit.credential.claims import StatusSlot
from mit.credential.public_keys import PublicKey
from mit.credential.status_list import StatusBits
from mit.lifecycle.certificate_states import CertificateState, StateChange
from mit.lifecycle.signing_key_states import KeyDates
from mit.verify.content import Content


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key that we know to be the issuer's, with the dates its states follow from."""

    public: PublicKey
    dates: KeyDates


@dataclass(frozen=True, slots=True)
class Record:
    """What the register says of one certificate.

    Attributes:
        number: the printed number.
        kid: serial of the key that signed it.
        credential_sha256: of the exact bytes of the credential, hex.
        pdf_sha256: of the issued file, hex; None while it is not printed, or not told.
        signed_at: instant of signing.
        history: every change of its state, dated, as far as known at the trust's instant.
        supersedes, superseded_by: printed numbers.
        credential: the credential itself; None in a trust file.
        content: what that credential says, where its signature was checked before.
    """

    number: str
    kid: int
    credential_sha256: str
    pdf_sha256: str | None
    signed_at: datetime | None
    history: tuple[StateChange, ...]
    supersedes: str | None = None
    superseded_by: str | None = None
    credential: str | None = field(default=None, repr=False)
    content: Content | None = None


@dataclass(frozen=True, slots=True)
class ListedStatus:
    """What the two signed status lists of one number say, and the history published beside them.

    ``changes`` holds every slot that ever changed; None where no history is known.
    """

    revocation: StatusBits
    suspension: StatusBits
    changes: Mapping[int, tuple[StateChange, ...]] | None = None
    changes_known_at: datetime | None = None

    @property
    def known_at(self) -> datetime:
        """Return the older of the two signed instants."""
        return min(self.revocation.issued_at, self.suspension.issued_at)

    @property
    def expires_at(self) -> datetime:
        """Return the earlier of the two signed instants after which they are not to be used."""
        return min(self.revocation.expires_at, self.suspension.expires_at)


@dataclass(frozen=True, slots=True)
class StatusKnown:
    """What is known about one certificate's status, and since when.

    Attributes:
        known_at: UTC instant up to which it is known.
        history: dated changes that answer for any day up to then, or None.
        is_revoked, is_suspended: the bits; they answer for the day of ``known_at`` alone.
        is_register: whether the register itself answered.
        expires_at: UTC instant after which it answers nothing, where one was signed.
    """

    known_at: datetime
    history: tuple[StateChange, ...] | None = None
    is_revoked: bool = False
    is_suspended: bool = False
    is_register: bool = False
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Trust:
    """Everything a verdict may rest on.

    Attributes:
        keys: the issuer's keys by serial.
        known_at: UTC instant of this knowledge.
        records: what is known of certificates, by number.
        lists: status lists, by list number.
        is_register: True where the register itself was asked: what it lacks does not exist.
        files: number by SHA-256 (hex) of the issued file.
    """

    keys: Mapping[int, TrustedKey]
    known_at: datetime
    records: Mapping[str, Record] = field(default_factory=dict)
    lists: Mapping[int, ListedStatus] = field(default_factory=dict)
    is_register: bool = False
    files: Mapping[str, str] = field(default_factory=dict)

    def key_named(self, thumbprint: str) -> TrustedKey | None:
        """Return the key with this RFC 7638 thumbprint, or None."""
        return key_named(self.keys, thumbprint)

    def status_of(self, number: str, slot: StatusSlot, issued_on: date) -> StatusKnown | None:
        """Return what is known about the status of a certificate; the newer knowledge counts."""
        record = self.records.get(number)
        listed = self._listed(slot, issued_on)
        if record and (listed is None or listed.known_at <= self.known_at):
            return StatusKnown(self.known_at, record.history, is_register=self.is_register)
        return listed

    def _listed(self, slot: StatusSlot, issued_on: date) -> StatusKnown | None:
        listed = self.lists.get(slot.list_number)
        if listed is None:
            return None
        return StatusKnown(
            known_at=listed.known_at,
            history=_history(listed, slot.index, issued_on),
            is_revoked=listed.revocation.is_set(slot.index),
            is_suspended=listed.suspension.is_set(slot.index),
            expires_at=listed.expires_at,
        )


def key_named(keys: Mapping[int, TrustedKey], thumbprint: str) -> TrustedKey | None:
    """Return the one of *keys* with this RFC 7638 thumbprint, or None."""
    return next((key for key in keys.values() if key.public.thumbprint == thumbprint), None)


def files_of(records: Mapping[str, Record]) -> dict[str, str]:
    """Return the number by the hash of its issued file, of all records that know one."""
    return {record.pdf_sha256: number for number, record in records.items() if record.pdf_sha256}


def _history(listed: ListedStatus, index: int, issued_on: date) -> tuple[StateChange, ...] | None:
    """Return the published history of a slot; one that never changed is active from its issue on.

    A history older than the bits would miss what they already say, so it is not used.
    """
    if listed.changes is None or listed.changes_known_at is None:
        return None
    if listed.changes_known_at < listed.known_at:
        return None
    return listed.changes.get(index) or (StateChange(issued_on, CertificateState.ACTIVE),)
