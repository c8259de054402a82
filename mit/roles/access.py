"""Who may open which page: THE permission table, one row for each endpoint of the service.

``web/guards.py`` asks it before every view; an endpoint that has no row is refused.  A row says who
may come in at all; whether the object in the address is one's own is said by the work functions,
which answer for a foreign one as if it did not exist.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mit.roles.actor import Actor, Role
from mit.roles.permissions import holds_role


class Audience(StrEnum):
    """For whom a page is.

    ``half_signed_in`` has proved the password and owes the second factor: such a person is not an
    actor yet and may do nothing but give or set up that factor, or leave.
    """

    ANYONE = "anyone"
    HALF_SIGNED_IN = "half_signed_in"
    SIGNED_IN = "signed_in"
    MANUFACTURER = "manufacturer"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"
    PROCUREMENT_OFFICER = "procurement_officer"


@dataclass(frozen=True, slots=True)
class Access:
    """One row of the table.

    Attributes:
        endpoint: the name of the view, as the URL map has it.
        who: who may come in.
        about: the kind of thing in the address whose owner counts; empty where there is none.
        fresh: the person must have proved who they are within the last minutes.
        with_token: a change needs the token of a form of ours; machines, the public check of a file and
            the calculation, which act for nobody, do without.
    """

    endpoint: str
    who: frozenset[Audience]
    about: str = ""
    fresh: bool = False
    with_token: bool = True

    @property
    def is_public(self) -> bool:
        """Say whether everybody may come in, so that nobody needs to say who they are."""
        return Audience.ANYONE in self.who


def _rows(
    who: Iterable[Audience], *endpoints: str, about: str = "", fresh: bool = False, with_token: bool = True
) -> tuple[Access, ...]:
    audience = frozenset(who)
    return tuple(Access(endpoint, audience, about, fresh, with_token) for endpoint in endpoints)


_ANYONE = (Audience.ANYONE,)
_SIGNED_IN = (Audience.SIGNED_IN,)
_HALF = (Audience.HALF_SIGNED_IN,)
_HALF_OR_MORE = (Audience.HALF_SIGNED_IN, Audience.SIGNED_IN)

#: Pages and files that anyone reads; nobody is asked who they are.
_PUBLIC = (
    *_rows(_ANYONE, "static", "public.start", "public.scan", "public.verify", "public.record"),
    *_rows(_ANYONE, "public.verify_file", with_token=False),
    *_rows(_ANYONE, "batch.ask", "batch.show", "batch.as_csv", "batch.as_workbook"),
    *_rows(_ANYONE, "batch.send", with_token=False),
    *_rows(_ANYONE, "reporting.ask", "reporting.send"),
    *_rows(_ANYONE, "public.favicon", "public.robots", "papers.cost_sheet_form"),
    *_rows(_ANYONE, "private_scan.ask", "scanning.ask"),
    *_rows(_ANYONE, "offline.ask", "offline.part", "offline.worker", "offline.manifest"),
    *_rows(_ANYONE, "dealer_letters.show", "letter_sheet.sheet"),
    *_rows(_ANYONE, "calculator.ask"),
    *_rows(_ANYONE, "calculator.answer", "calculator.answer_alone", with_token=False),
)
#: What machines ask; an address here never changes anything.
_MACHINES = (
    *_rows(_ANYONE, "verification.verdict_by_number", "certificates.credential"),
    *_rows(_ANYONE, "verification.verdict_on_presentation", with_token=False),
    *_rows(_ANYONE, "batches.begin_batch", with_token=False),
    *_rows(_ANYONE, "batches.batch_results"),
    *_rows(_ANYONE, "signed_letters.signed_letter", "signed_letters.verdict_on_letter"),
    *_rows(_ANYONE, "well_known.key_set", "well_known.did", "well_known.terms"),
    *_rows(_ANYONE, "well_known.bundle"),
    *_rows(_ANYONE, "well_known.status_list", "well_known.token_list", "well_known.status_history"),
    *_rows(_ANYONE, "description.document", "description.docs"),
    *_rows(_ANYONE, "health.alive", "health.ready", "health.figures"),
)
#: Signing in, registering, and one's own account.
_ACCOUNT = (
    *_rows(_ANYONE, "sign_in.ask", "sign_in.enter"),
    *_rows(_HALF, "sign_in.ask_code", "sign_in.enter_code"),
    *_rows(_SIGNED_IN, "sign_in.ask_again", "sign_in.enter_again"),
    *_rows(_HALF_OR_MORE, "sign_in.leave"),
    *_rows(_ANYONE, "registration.ask", "registration.enter"),
    *_rows(_ANYONE, "registration.ask_confirm", "registration.confirm"),
    *_rows(_ANYONE, "password.ask_forgot", "password.forgot"),
    *_rows(_ANYONE, "password.ask_reset", "password.reset"),
    *_rows(_SIGNED_IN, "account.home", "account.show", "account.save"),
    *_rows(_SIGNED_IN, "account.end_others"),
    *_rows(_SIGNED_IN, "account.end_session", about="session"),
    *_rows(_SIGNED_IN, "account.ask_password", "account.change_password"),
    *_rows(_HALF_OR_MORE, "account.ask_second_factor", "account.set_second_factor"),
    *_rows(_SIGNED_IN, "account.renew_recovery_codes", fresh=True),
)
_MANUFACTURER = (Audience.MANUFACTURER,)
#: One's organisation, its factories and people; who acts for none yet may register or accept.
_ORGANISATION = (
    *_rows(_SIGNED_IN, "organisation.ask_new", "organisation.register"),
    *_rows(_MANUFACTURER, "organisation.show", "organisation.check_name"),
    *_rows(_MANUFACTURER, "organisation.ask_edit", "organisation.edit"),
    *_rows(_MANUFACTURER, "organisation.ask_factory", "organisation.add_factory"),
    *_rows(_MANUFACTURER, "organisation.show_factory", "organisation.save_factory", about="factory"),
    *_rows(_MANUFACTURER, "organisation.close_factory", about="factory"),
    *_rows(_MANUFACTURER, "colleagues.show", "colleagues.invite"),
    *_rows(_MANUFACTURER, "colleagues.withdraw", about="invitation"),
    *_rows(_MANUFACTURER, "colleagues.give_keeper", "colleagues.take_keeper", about="colleague"),
    *_rows(_MANUFACTURER, "colleagues.remove", about="colleague"),
    *_rows(_ANYONE, "colleagues.ask_accept"),
    *_rows(_SIGNED_IN, "colleagues.accept"),
    *_rows(_SIGNED_IN, "colleagues.accept_waiting", about="invitation to oneself"),
)
#: Papers of a certificate that its holder and staff may have.
_PAPERS = (
    *_rows(
        (Audience.MANUFACTURER, Audience.REVIEWER, Audience.APPROVER, Audience.ADMINISTRATOR),
        "papers.certificate_pdf",
        about="certificate",
    ),
)

#: The officers' way: every case is read by every officer; who may decide it, the work functions ask.
_OFFICERS = (Audience.REVIEWER, Audience.APPROVER)
_STAFF = (
    *_rows(_OFFICERS, "staff.queue"),
    *_rows(_OFFICERS, "staff.case", "staff.file", "staff.preview", "staff.case_file"),
    *_rows(_OFFICERS, "staff_evidence.look", "staff_evidence.page"),
    *_rows(_OFFICERS, "casework.take", "casework.release"),
    *_rows(_OFFICERS, "casework.note", "casework.ask", "casework.drop"),
    *_rows(_OFFICERS, "decision.ask_return", "decision.return_case"),
    *_rows(_OFFICERS, "decision.ask_refuse", "decision.refuse"),
    *_rows((Audience.REVIEWER,), "decision.ask_recommend", "decision.recommend"),
    # An approval asks for a fresh proof in its own form, so that nothing typed is lost.
    *_rows((Audience.APPROVER,), "decision.ask_approve", "decision.approve"),
    *_rows(_OFFICERS, "staff_certificates.find", "staff_certificates.show", "staff_certificates.opening"),
    # Which role may do what to a certificate, and with whom, stands in the table of acts.
    *_rows(_OFFICERS, "staff_certificates.ask", "staff_certificates.change", "staff_certificates.preview"),
    *_rows(_OFFICERS, "staff_requests.index", "staff_requests.show", "staff_requests.drop"),
    *_rows((Audience.APPROVER,), "staff_requests.confirm"),
    *_rows(_OFFICERS, "staff_requests.ask_for_incident", "staff_requests.ask_incident_now"),
    *_rows(_OFFICERS, "staff_reports.index", "staff_reports.show"),
    *_rows(_OFFICERS, "staff_reports.look", "staff_reports.close"),
)

#: A manufacturer's own applications.
_MANUFACTURER = (Audience.MANUFACTURER,)
_APPLICATIONS = (
    *_rows(_MANUFACTURER, "applications.show_all", "applications.begin"),
    *_rows(_MANUFACTURER, "application_workbook.show_headings"),
    *_rows(_MANUFACTURER, "application_workbook.forget_heading", about="heading"),
    *_rows(_MANUFACTURER, "calculator.begin_application"),
    *_rows(
        _MANUFACTURER,
        "applications.show",
        "applications.copy",
        "applications.receipt",
        "applications.receipt_paper",
        "applications.case_file",
        "applications.ask_withdraw",
        "applications.withdraw",
        "application_sections.ask_factory",
        "application_sections.save_factory",
        "application_sections.show_products",
        "application_sections.add_product",
        "application_sections.remove_product",
        "application_sections.ask_product",
        "application_sections.save_product",
        "application_sections.ask_sheet",
        "application_sections.save_sheet",
        "application_sections.weigh_sheet",
        "application_sections.upload_sheet",
        "application_workbook.give_sheet",
        "application_workbook.show_cells",
        "application_workbook.give_marked_copy",
        "application_workbook.ask",
        "application_workbook.answer",
        "application_evidence.show_all",
        "application_evidence.upload",
        "application_evidence.remove",
        "application_evidence.show",
        "application_evidence.look",
        "application_evidence.page",
        "application_submission.company",
        "application_submission.check",
        "application_submission.ask_declaration",
        "application_submission.submit",
        "application_submission.ask_questions",
        "application_submission.answer",
        about="application",
    ),
    *_rows(_MANUFACTURER, "applications.qr_svg", "applications.qr_png", about="certificate"),
    *_rows(_MANUFACTURER, "applications.renew_certificate", about="certificate"),
    *_rows(_MANUFACTURER, "product_mark.show", "product_mark.give", about="certificate"),
    *_rows(
        _MANUFACTURER,
        "own_certificates.ask_withdraw",
        "own_certificates.withdraw",
        "own_certificates.keep",
        "own_certificates.correct",
        "own_certificates.opening",
        about="certificate",
    ),
    # A letter to a dealer asks for a fresh proof in its own form; ending one never waits for any.
    *_rows(_MANUFACTURER, "own_dealers.show", "own_dealers.ask", "own_dealers.issue", about="certificate"),
    *_rows(_MANUFACTURER, "own_dealers.ask_end", "own_dealers.end", about="dealer letter"),
)

#: Administration, and the mailbox of a demo.
_ADMINISTRATOR = (Audience.ADMINISTRATOR,)
_ADMINISTRATION = (
    *_rows(_ADMINISTRATOR, "admin.overview", "admin.check", "admin.rule_sets", "admin.rule_set"),
    *_rows(_ADMINISTRATOR, "admin.ask_preview", "admin.preview_rules"),
    *_rows(_ADMINISTRATOR, "admin.settings", "admin.keys", "admin.mails", "admin.permissions"),
    *_rows(_ADMINISTRATOR, "admin_users.index", "admin_users.show", "admin_users.again"),
    *_rows(_ADMINISTRATOR, "admin_users.grant", "admin_users.take", fresh=True),
    *_rows(_ADMINISTRATOR, "admin_users.close", "admin_users.reset", fresh=True),
    *_rows(_ADMINISTRATOR, "admin_users.ask_keeper", "admin_users.name_keeper", fresh=True),
    *_rows(_ADMINISTRATOR, "admin_audit.search", "admin_audit.export", "admin_audit.again"),
    *_rows(_ADMINISTRATOR, "admin_audit.chain"),
    *_rows(_ANYONE, "mailbox.index", "mailbox.show"),
)

#: Every endpoint of the service, once.
TABLE: tuple[Access, ...] = (
    *_PUBLIC,
    *_MACHINES,
    *_ACCOUNT,
    *_ORGANISATION,
    *_PAPERS,
    *_STAFF,
    *_APPLICATIONS,
    *_ADMINISTRATION,
)
_BY_ENDPOINT = {row.endpoint: row for row in TABLE}


def row_of(endpoint: str) -> Access | None:
    """Return the row of an endpoint; None where the table does not know it: then nobody may."""
    return _BY_ENDPOINT.get(endpoint)


def may_enter(row: Access, actor: Actor) -> bool:
    """Say whether a signed-in person may come in by *row*."""
    if row.who & {Audience.ANYONE, Audience.SIGNED_IN}:
        return True
    return any(str(role) in row.who and holds_role(actor, role) for role in Role)
