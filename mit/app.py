"""``create_app()``: the public part, and behind it by name everything else.

A process serves everything, or with ``MIT_SERVE=verify`` the public part alone: verdicts, records,
the API, keys, lists, health.  What people sign in for, draw papers by or reckon with stands in
``mit/back_office.py`` and is never loaded there.
"""

from __future__ import annotations

import importlib
import os

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from mit import failpoints
from mit.config import Settings
from mit.credential.issuer import read_issuer_profiles
from mit.errors import SettingsError
from mit.store.db import db, engine_options, prepare_engine
from mit.values.clock import Clock, SystemClock
from mit.web import counting, guards, limits, metrics, problems, security, static_files
from mit.web.api.certificates import certificates
from mit.web.api.dealer_letters import signed_letters
from mit.web.api.health import health
from mit.web.api.openapi import description, make_api
from mit.web.api.verification import verification
from mit.web.api.well_known import well_known
from mit.web.front import Front
from mit.web.pages import frame
from mit.web.pages.dealer_letters import dealer_letters
from mit.web.pages.offline import offline
from mit.web.pages.private_scan import private_scan
from mit.web.pages.public import public
from mit.web.pages.scanning import scanning

#: The entrances that are loaded besides, by what is to be served.
BESIDES = {"all": ("mit.back_office",), "verify": ()}


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
    app.extensions["mit.issuer_profiles"] = read_issuer_profiles(settings.issuer_file)
    _set_up_database(app, settings)
    _set_up_public(app, settings)
    for entrance in BESIDES[settings.serve]:
        importlib.import_module(entrance).set_up(app, settings)
    return app


def serve_app() -> Flask:
    """Return the application as a web process serves it: what it counts is written beside the requests."""
    app = create_app()
    counting.Writer(app).begin()
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


def _set_up_public(app: Flask, settings: Settings) -> None:
    metrics.configure_log()
    limits.set_up(app, settings)
    front = Front(app, security.trusted_hosts(settings))
    app.wsgi_app = _behind(settings.proxies, front)  # type: ignore[method-assign]  # Flask's own way to wrap it
    security.set_up(app, settings)
    static_files.set_up(app)
    problems.set_up(app)
    guards.set_up(app)
    frame.set_up(app)
    api = make_api(app)
    for described in (verification, certificates, signed_letters, well_known):
        api.register_blueprint(described)
    for blueprint in (public, dealer_letters, private_scan, offline, scanning, description, health):
        app.register_blueprint(blueprint)


def _behind(proxies: int, front: Front) -> Front | ProxyFix:
    """Return *front*, told by so many proxies of ours who asks and how; what others claim is left aside."""
    return ProxyFix(front, x_for=proxies, x_proto=proxies, x_host=0) if proxies else front
