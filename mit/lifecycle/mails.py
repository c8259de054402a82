"""What is said by mail: one name for each letter, and the shape in which it waits in the outbox.

A letter is a job of the kind ``mail``, written in the transaction of the act that it tells of, and
sent by the worker.  It holds no address of ours: ``path`` is completed by who sends it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

#: The kind of job that sends one letter.
MAIL_JOB = "mail"


class Letter(StrEnum):
    """One name for each letter; its words are ``mail.<name>_subject`` and ``mail.<name>_body``.

    What fills it is said here, beside ``name``, the reader's own, which every letter has.
    """

    CONFIRM_EMAIL = "confirm_email"  # path, hours
    ALREADY_REGISTERED = "already_registered"  # path (to set a new password by)
    RESET_PASSWORD = "reset_password"  # noqa: S105 - path, minutes
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    SIGN_IN_DELAYED = "sign_in_delayed"  # failures
    SECOND_FACTOR_SET = "second_factor_set"
    SECOND_FACTOR_RESET = "second_factor_reset"
    RECOVERY_CODE_USED = "recovery_code_used"  # left
    INVITATION = "invitation"  # path, organisation, days
    KEEPER_NAMED = "keeper_named"  # path, number (of the organisation), email (of the keeper)
    COLLEAGUE_KEEPS = "colleague_keeps"  # path, number, email
    APPLICATION_RECEIVED = "application_received"  # path, number
    APPLICATION_RETURNED = "application_returned"  # path, number
    APPLICATION_APPROVED = "application_approved"  # path, number, certificate
    APPLICATION_REFUSED = "application_refused"  # path, number
    CERTIFICATE_READY = "certificate_ready"  # path, number, certificate
    CERTIFICATE_SUSPENDED = "certificate_suspended"  # path, certificate, day, reason
    CERTIFICATE_REINSTATED = "certificate_reinstated"  # path, certificate, day, reason
    CERTIFICATE_REVOKED = "certificate_revoked"  # path, certificate, day, reason
    CERTIFICATE_WITHDRAWN = "certificate_withdrawn"  # path, certificate, day, reason
    CERTIFICATE_SUPERSEDED = "certificate_superseded"  # path, certificate, day, successor
    DEALER_LETTER_ISSUED = "dealer_letter_issued"  # path, certificate, letter, dealer, day, by
    DEALER_LETTER_ENDED = "dealer_letter_ended"  # path, certificate, letter, dealer, day, by
    SUPPLIER_CERTIFICATE_ENDED = (
        "supplier_certificate_ended"  # path, certificate, day, standing, count, numbers
    )
    CERTIFICATES_REVOKED = "certificates_revoked"  # path, count, numbers, reason
    SUSPICION_REPORTED = "suspicion_reported"  # path, receipt


@dataclass(frozen=True, slots=True)
class Mail:
    """One letter to one person.

    Attributes:
        to: the e-mail address.
        language: the reader's: ``th`` or ``en``.
        letter: which one.
        params: what fills its sentences; secrets (a link's token) make the row of the job one, too,
            until the letter is sent or given up: then they are forgotten.
    """

    to: str
    language: str
    letter: Letter
    params: Mapping[str, str | int] = field(default_factory=dict, repr=False)

    def to_payload(self) -> dict[str, Any]:
        """Return the payload of its job: ``to, language, letter, params``."""
        return {
            "to": self.to,
            "language": self.language,
            "letter": str(self.letter),
            "params": dict(self.params),
        }

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Mail:
        """Return the letter that a job's payload holds."""
        letter = Letter(payload["letter"])
        return cls(payload["to"], payload["language"], letter, dict(payload["params"]))
