"""Everything behind the public part: signing in, applying, deciding, administering, and the papers.

What is public but writes or needs a worker, batches and reports, stands here, too.  ``create_app`` loads
it by name, unless the process serves the public part alone.
"""

from __future__ import annotations

import importlib
import os
from functools import partial

from flask import Flask

from mit.company_register.http_register import HttpCompanyRegister
from mit.company_register.port import NullCompanyRegister
from mit.config import Settings, new_secret
from mit.errors import SettingsError
from mit.issuance.authority import build_authority
from mit.web import identity
from mit.web.api.batches import batches
from mit.web.pages.account import account
from mit.web.pages.admin import admin
from mit.web.pages.admin_audit import admin_audit
from mit.web.pages.admin_users import admin_users
from mit.web.pages.application_evidence import application_evidence
from mit.web.pages.application_sections import application_sections
from mit.web.pages.application_submission import application_submission
from mit.web.pages.application_workbook import application_workbook
from mit.web.pages.applications import applications
from mit.web.pages.batch import batch
from mit.web.pages.calculator import calculator
from mit.web.pages.casework import casework
from mit.web.pages.colleagues import colleagues
from mit.web.pages.decision import decision
from mit.web.pages.letter_sheet import letter_sheet
from mit.web.pages.mailbox import ENVIRONMENTS, mailbox
from mit.web.pages.organisation import organisation
from mit.web.pages.own_certificates import own_certificates
from mit.web.pages.own_dealers import own_dealers
from mit.web.pages.papers import papers
from mit.web.pages.password import password
from mit.web.pages.product_mark import product_mark
from mit.web.pages.registration import registration
from mit.web.pages.reporting import reporting
from mit.web.pages.sign_in import sign_in
from mit.web.pages.staff import staff
from mit.web.pages.staff_certificates import staff_certificates
from mit.web.pages.staff_evidence import staff_evidence
from mit.web.pages.staff_reports import staff_reports
from mit.web.pages.staff_requests import staff_requests

#: The pages of each room, in the order of the permission table.
PAGES = (
    papers,
    letter_sheet,
    batch,
    reporting,
    calculator,
    sign_in,
    registration,
    password,
    account,
    organisation,
    colleagues,
    staff,
    staff_evidence,
    casework,
    decision,
    staff_certificates,
    staff_reports,
    staff_requests,
    own_certificates,
    own_dealers,
    applications,
    application_sections,
    application_workbook,
    application_evidence,
    application_submission,
    product_mark,
    admin,
    admin_users,
    admin_audit,
)


def set_up(app: Flask, settings: Settings) -> None:
    """Hang on *app* what the public part does without.

    Raises:
        SettingsError: the settings cannot be used.
        RulebookError: a rule set is not well-formed.
        InputError: the issuer's file is not well-formed.
    """
    app.extensions["mit.authority"] = build_authority(settings)
    url = settings.company_register_url
    app.extensions["mit.company_register"] = HttpCompanyRegister(url) if url else NullCompanyRegister()
    identity.set_up(app, secret_key=settings.secret_key or _own_secret(settings))
    app.extensions["mit.api"].register_blueprint(batches)
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
    if settings.env in ENVIRONMENTS:
        app.register_blueprint(mailbox)
    if settings.jobs_inline:
        _install_inline_jobs(app)


def _own_secret(settings: Settings) -> str:
    """Return the secret of an installation that was given none (production never is): made once, kept."""
    path = settings.var_dir / "secret_key"
    try:
        with open(path, "x", encoding="ascii", opener=partial(os.open, mode=0o600)) as stream:
            stream.write(new_secret())
    except FileExistsError:
        pass
    except OSError as error:
        raise SettingsError("settings_value", where="MIT_VAR_DIR") from error
    return path.read_text(encoding="ascii")


def _install_inline_jobs(app: Flask) -> None:
    """Load the worker here alone: it needs the printing rooms, which web processes do without."""
    importlib.import_module("mit.worker").install_inline(app, app.extensions["mit.clock"])
