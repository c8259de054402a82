"""``create_app()``: the only place that knows every part."""

from __future__ import annotations

import importlib
import os
from functools import partial

from flask import Flask

from mit import failpoints
from mit.company_register.http_register import HttpCompanyRegister
from mit.company_register.port import NullCompanyRegister
from mit.config import Settings, new_secret
from mit.errors import SettingsError
from mit.issuance.authority import build_authority
from mit.store.db import db, engine_options, prepare_engine
from mit.values.clock import Clock, SystemClock
from mit.web import identity, metrics, problems, security
from mit.web.api.certificates import certificates
from mit.web.api.dealer_letters import signed_letters
from mit.web.api.health import health
from mit.web.api.openapi import description, make_api
from mit.web.api.verification import verification
from mit.web.api.well_known import well_known
from mit.web.front import Front
from mit.web.pages import frame
from mit.web.pages.account import account
from mit.web.pages.admin import admin
from mit.web.pages.admin_audit import admin_audit
from mit.web.pages.admin_users import admin_users
from mit.web.pages.application_evidence import application_evidence
from mit.web.pages.application_sections import application_sections
from mit.web.pages.application_submission import application_submission
from mit.web.pages.application_workbook import application_workbook
from mit.web.pages.applications import applications
from mit.web.pages.calculator import calculator
from mit.web.pages.casework import casework
from mit.web.pages.colleagues import colleagues
from mit.web.pages.dealer_letters import dealer_letters
from mit.web.pages.decision import decision
from mit.web.pages.mailbox import ENVIRONMENTS, mailbox
from mit.web.pages.organisation import organisation
from mit.web.pages.own_certificates import own_certificates
from mit.web.pages.own_dealers import own_dealers
from mit.web.pages.password import password
from mit.web.pages.product_mark import product_mark
from mit.web.pages.public import public
from mit.web.pages.registration import registration
from mit.web.pages.sign_in import sign_in
from mit.web.pages.staff import staff
from mit.web.pages.staff_certificates import staff_certificates
from mit.web.pages.staff_evidence import staff_evidence
from mit.web.pages.staff_requests import staff_requests


def create_app(settings: Settings | None = None, *, clock: Clock | None = None) -> Flask:
    """Return the Flask application for *settings*; those of the environment where none are given.

    Raises:
        SettingsError: the settings cannot be used.
        RulebookError: a rule set is not well-formed.
        InputError: the issuer's file is not well-formed.
    """
    settings = settings or Settings.from_environ(os.environ)
    failpoints.arm(settings.failpoint)
    app = Flask("mit")
    app.extensions["mit.settings"] = settings
    app.extensions["mit.clock"] = clock or SystemClock()
    app.extensions["mit.authority"] = build_authority(settings)
    url = settings.company_register_url
    app.extensions["mit.company_register"] = HttpCompanyRegister(url) if url else NullCompanyRegister()
    _set_up_database(app, settings)
    _set_up_web(app, settings)
    if settings.jobs_inline:
        _install_inline_jobs(app)
    return app


def _set_up_database(app: Flask, settings: Settings) -> None:
    url = settings.effective_database_url
    try:
        settings.var_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError("settings_value", where="MIT_VAR_DIR") from error
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)


def _set_up_web(app: Flask, settings: Settings) -> None:
    metrics.configure_log()
    app.wsgi_app = Front(app, security.trusted_hosts(settings))  # type: ignore[method-assign]  # Flask's own way to wrap it
    security.set_up(app, settings)
    problems.set_up(app)
    identity.set_up(app, secret_key=settings.secret_key or _own_secret(settings))
    frame.set_up(app)
    api = make_api(app)
    for described in (verification, certificates, signed_letters, well_known):
        api.register_blueprint(described)
    for blueprint in (
        public,
        dealer_letters,
        calculator,
        description,
        health,
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
        staff_requests,
        own_certificates,
        own_dealers,
    ):
        app.register_blueprint(blueprint)
    for room in (
        applications,
        application_sections,
        application_workbook,
        application_evidence,
        application_submission,
        product_mark,
    ):
        app.register_blueprint(room)
    for part in (admin, admin_users, admin_audit):
        app.register_blueprint(part)
    if settings.env in ENVIRONMENTS:
        app.register_blueprint(mailbox)


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
