"""The names of everything that the audit log records: ``source:subject:action``.

*Source* is in whose part it was done (a person's role, or the part of the machine), *subject* is
the kind of thing, *action* is what was done to it.  A name is never changed once it was recorded.
"""

from __future__ import annotations

from enum import StrEnum


class AuditEvent(StrEnum):
    """One name for each thing that is recorded."""

    APPLICATION_CREATED = "manufacturer:application:create"
    APPLICATION_SAVED = "manufacturer:application:save"
    APPLICATION_SUBMITTED = "manufacturer:application:submit"
    APPLICATION_RESUBMITTED = "manufacturer:application:resubmit"
    APPLICATION_WITHDRAWN = "manufacturer:application:withdraw"
    EVIDENCE_ADDED = "manufacturer:evidence:add"
    EVIDENCE_REMOVED = "manufacturer:evidence:remove"
    APPLICATION_RETURNED = "reviewer:application:return"
    APPLICATION_RECOMMENDED = "reviewer:application:recommend"
    APPLICATION_REFUSED = "reviewer:application:refuse"
    APPLICATION_SENT_BACK = "approver:application:return"
    APPLICATION_APPROVED = "approver:application:approve"
    APPLICATION_DECLINED = "approver:application:refuse"
    CASE_TAKEN = "staff:case:take"
    CASE_RELEASED = "staff:case:release"
    CASE_NOTED = "staff:case:note"
    CASE_EXPORTED = "staff:case:export"
    OWN_CASE_EXPORTED = "manufacturer:case:export"
    QUESTION_ASKED = "staff:question:ask"
    QUESTION_DROPPED = "staff:question:drop"
    QUESTION_ANSWERED = "manufacturer:question:answer"

    CERTIFICATE_PREPARED = "issuer:certificate:prepare"
    CERTIFICATE_ISSUED = "issuer:certificate:issue"
    CERTIFICATE_PRINTED = "issuer:certificate:print"
    CERTIFICATE_SUSPENDED = "approver:certificate:suspend"
    CERTIFICATE_REINSTATED = "approver:certificate:reinstate"
    CERTIFICATE_REVOKED = "approver:certificate:revoke"
    CERTIFICATE_SUPERSEDED = "issuer:certificate:supersede"
    CERTIFICATE_WITHDRAWN = "approver:certificate:withdraw"
    WITHDRAWAL_ASKED = "manufacturer:certificate:ask_withdraw"
    WITHDRAWAL_DROPPED = "manufacturer:certificate:drop_withdraw"
    CORRECTION_BEGUN = "manufacturer:certificate:correct"
    CHANGE_ASKED = "staff:certificate:ask_change"
    CHANGE_DROPPED = "staff:certificate:drop_change"
    DEALER_LETTER_ISSUED = "manufacturer:dealer_letter:issue"
    DEALER_LETTER_SIGNED = "signer:dealer_letter:sign"
    DEALER_LETTER_ENDED = "manufacturer:dealer_letter:end"
    LEANERS_TOLD = "worker:certificate:tell_leaners"
    INCIDENT_ASKED = "staff:incident:ask"
    INCIDENT_CONFIRMED = "approver:incident:confirm"
    INCIDENT_DROPPED = "staff:incident:drop"
    INCIDENT_PORTION_DONE = "worker:incident:do_portion"
    INCIDENT_FINISHED = "worker:incident:finish"
    REISSUE_PREPARED = "issuer:certificate:reissue"
    SIGNING_REFUSED = "signer:certificate:refuse"
    JOB_GIVEN_UP = "worker:job:give_up"
    JOB_REVIVED = "administrator:job:revive"

    SIGNING_KEY_PLANNED = "administrator:signing_key:plan"
    SIGNING_KEY_ACTIVATED = "administrator:signing_key:activate"
    SIGNING_KEY_VERIFY_ONLY = "administrator:signing_key:end_signing"
    SIGNING_KEY_RETIRED = "administrator:signing_key:retire"
    SIGNING_KEY_COMPROMISED = "administrator:signing_key:compromise"
    SIGNING_KEY_WITNESSED = "administrator:signing_key:witness"
    SEAL_CREATED = "administrator:seal:create"

    ORGANISATION_REGISTERED = "manufacturer:organisation:register"
    ORGANISATION_EDITED = "manufacturer:organisation:edit"
    FACTORY_ADDED = "manufacturer:factory:add"
    FACTORY_EDITED = "manufacturer:factory:edit"
    FACTORY_CLOSED = "manufacturer:factory:close"
    HEADINGS_CHOSEN = "manufacturer:heading:choose"
    HEADING_FORGOTTEN = "manufacturer:heading:forget"
    INVITATION_SENT = "manufacturer:invitation:send"
    INVITATION_WITHDRAWN = "manufacturer:invitation:withdraw"
    INVITATION_ACCEPTED = "manufacturer:invitation:accept"
    COLLEAGUE_REMOVED = "manufacturer:colleague:remove"
    KEEPER_GIVEN = "manufacturer:keeper:give"
    KEEPER_TAKEN = "manufacturer:keeper:take"
    KEEPER_NAMED = "administrator:keeper:name"
    ORGANISATION_CREATED = "administrator:organisation:create"
    ORGANISATION_CHANGED = "administrator:organisation:change"
    USER_CREATED = "administrator:user:create"
    USER_CLOSED = "administrator:user:close"
    PASSWORD_SET = "administrator:password:set"  # noqa: S105 - the name of an event
    ROLE_GRANTED = "administrator:role:grant"
    ROLE_TAKEN = "administrator:role:take"
    SIGNED_IN = "visitor:session:sign_in"
    SIGN_IN_FAILED = "visitor:session:fail"
    SIGN_IN_DELAYED = "visitor:session:delay"
    SIGNED_OUT = "visitor:session:sign_out"
    SESSION_ENDED = "visitor:session:end"
    USER_REGISTERED = "visitor:user:register"
    EMAIL_CONFIRMED = "visitor:email:confirm"
    RESET_ASKED = "visitor:password:ask_reset"
    PASSWORD_RESET = "visitor:password:reset"  # noqa: S105 - the name of an event
    PASSWORD_CHANGED = "visitor:password:change"  # noqa: S105 - the name of an event
    SECOND_FACTOR_SET = "visitor:second_factor:set"
    SECOND_FACTOR_REJECTED = "visitor:second_factor:fail"
    PROVED_ONCE = "visitor:session:prove_once"
    RECOVERY_CODE_USED = "visitor:recovery_code:use"
    RECOVERY_CODES_RENEWED = "visitor:recovery_code:renew"
    SECOND_FACTOR_RESET_ASKED = "administrator:second_factor:ask_reset"
    SECOND_FACTOR_RESET = "administrator:second_factor:reset"
    USER_CHANGED = "visitor:user:change"
    SUSPICION_REPORTED = "visitor:report:make"
    REPORT_TAKEN = "staff:report:take"
    REPORT_CLOSED = "staff:report:close"

    STATUS_LIST_PUBLISHED = "publisher:status_list:publish"
    TRUST_EXPORTED = "publisher:trust:export"
    AUDIT_EXPORTED = "administrator:audit:export"
    SELF_CHECK_ASKED = "administrator:service:ask_check"
    SELF_CHECKED = "worker:service:check"
    FORGOTTEN = "worker:service:forget"

    @property
    def source(self) -> str:
        """Return in whose part it was done."""
        return self.value.split(":")[0]

    @property
    def subject(self) -> str:
        """Return the kind of thing it was done to."""
        return self.value.split(":")[1]

    @property
    def action(self) -> str:
        """Return what was done."""
        return self.value.split(":")[2]


#: Events whose actor acted for the organisation that applies: such a person is no stranger to it.
ACTS_FOR_APPLICANT = tuple(event for event in AuditEvent if event.source == "manufacturer")
