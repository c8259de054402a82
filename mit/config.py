"""Settings: every environment variable, its default and its unit; the only reader of the environment.

Every name begins with ``MIT_``; an unknown one stops the start, so that a typing mistake is never
silently ignored.  ``MIT_<NAME>_FILE`` reads a secret from a file.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from mit.errors import SettingsError

Environment = Literal["development", "demo", "test", "production"]
_ENVIRONMENTS: tuple[Environment, ...] = ("development", "demo", "test", "production")
#: PAdES levels of the PDF's seal: plain, with a time stamp, with what is known of revocation too.
SealLevel = Literal["b", "t", "lt"]
_SEAL_LEVELS: tuple[SealLevel, ...] = ("b", "t", "lt")
_WHEN_AWAY = ("wait", "seal")
#: What a process serves: everything, or the public part alone.
Served = Literal["all", "verify"]
_SERVED: tuple[Served, ...] = ("all", "verify")

#: Names that only the tests and the Makefile read; listed so that the start knows them.
TEST_NAMES = frozenset({"MIT_REQUIRE", "MIT_CHROMIUM", "MIT_TEST_DATABASE_URL", "MIT_UNTP_SCHEMA"})
_SECRETS = frozenset({"secret_key", "key_passphrase", "mail_password", "limits_store"})
_MAIL_SECURITIES = ("starttls", "tls", "none")
_MAIL_SERVER = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):[1-9][0-9]{0,4}")
_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,189}")
_CHOICES: Mapping[str, Sequence[str]] = {
    "env": _ENVIRONMENTS,
    "mail_security": _MAIL_SECURITIES,
    "seal_level": _SEAL_LEVELS,
    "serve": _SERVED,
    "time_stamp_away": _WHEN_AWAY,
}
_DATABASES = ("sqlite:///", "postgresql+psycopg://")
_FAILPOINT = re.compile(r"[a-z_.]+(?::[1-9][0-9]{0,5})?")
_LAST_PORT = 65535
#: Digits that a number may have.
_DIGITS = {
    "upload_limit_bytes": 12,
    "key_lead_days": 4,
    "lookups_per_hour": 6,
    "checks_per_hour": 6,
    "batches_per_hour": 6,
    "batch_limit_bytes": 12,
    "reports_per_hour": 6,
    "verdicts_per_minute": 7,
    "proxies": 1,
    "time_stamp_timeout_seconds": 3,
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What differs between one installation and another.

    Attributes:
        env: ``development``, ``demo``, ``test`` or ``production`` (``MIT_ENV``).
        database_url: SQLAlchemy address; SQLite under ``var_dir`` by default
            (``MIT_DATABASE_URL``; PostgreSQL as ``postgresql+psycopg://…``).
        var_dir: what the service writes: database, documents (``MIT_VAR_DIR``).
        keys_dir: encrypted private keys, mode 0600 (``MIT_KEYS_DIR``).
        public_url: the address printed in the QR, without a slash at its end
            (``MIT_PUBLIC_URL``).
        trusted_hosts: host names that requests may carry, comma-separated
            (``MIT_TRUSTED_HOSTS``).
        secret_key: signs sessions and forms (``MIT_SECRET_KEY``, ``…_FILE``).
        key_passphrase: opens the files in ``keys_dir`` (``MIT_KEY_PASSPHRASE``, ``…_FILE``).
        issuer_file: JSON of the dated issuer settings; the neutral ones of the repository where
            empty (``MIT_ISSUER_FILE``).
        jobs_inline: do the jobs of the outbox right after each commit, for development and tests
            (``MIT_JOBS_INLINE``, 0 or 1).
        upload_limit_bytes: largest request body (``MIT_UPLOAD_LIMIT_BYTES``).
        key_lead_days: days between making a signing key and its first use (``MIT_KEY_LEAD_DAYS``).
        lookups_per_hour: questions to the register of companies for each account and each address
            (``MIT_LOOKUPS_PER_HOUR``).
        checks_per_hour: files that each address may have checked; who has not used them up may send one
            batch more (``MIT_CHECKS_PER_HOUR``).
        batches_per_hour: batches that each address may send (``MIT_BATCHES_PER_HOUR``).
        batch_limit_bytes: largest request body of a batch of files (``MIT_BATCH_LIMIT_BYTES``).
        reports_per_hour: suspicions that each address may report (``MIT_REPORTS_PER_HOUR``).
        verdicts_per_minute: verdicts that each address may ask for, in pages and by machine
            (``MIT_VERDICTS_PER_MINUTE``).
        limits_store: Redis in which all processes count those two together, as ``redis://…`` or
            ``rediss://…``; empty: each process counts in its memory (``MIT_LIMITS_STORE``, ``…_FILE``).
        proxies: servers of ours that a request passes before it comes here, each of which names the
            address it had it from; 0: none (``MIT_PROXIES``).
        serve: ``all``, or ``verify``: the public part alone (``MIT_SERVE``).
        mail_server: host and port of the mail server; empty: letters are written into the folder
            ``mailbox`` under ``var_dir`` (``MIT_MAIL_SERVER``).
        mail_security: ``starttls``, ``tls`` or ``none``; the server's certificate is always checked
            (``MIT_MAIL_SECURITY``).
        mail_user: name at the mail server; empty: none is asked for (``MIT_MAIL_USER``).
        mail_password: its password (``MIT_MAIL_PASSWORD``, ``…_FILE``).
        mail_from: address that letters come from (``MIT_MAIL_FROM``).
        company_register_url: the register of companies, asked with ``/<13 digits>`` behind it; empty:
            names are typed by hand (``MIT_COMPANY_REGISTER_URL``).
        seal_level: PAdES level of the PDF's seal: ``b``, ``t`` with a time stamp, ``lt`` with what is
            known of revocation too (``MIT_SEAL_LEVEL``).
        time_stamp_url: RFC 3161 service, asked by the worker for ``t`` and ``lt``
            (``MIT_TIME_STAMP_URL``).
        time_stamp_roots: PEM of the certificates that its time stamps are believed by
            (``MIT_TIME_STAMP_ROOTS``).
        time_stamp_timeout_seconds: longest wait for one answer of it, or of those who know of
            revocation (``MIT_TIME_STAMP_TIMEOUT_SECONDS``).
        time_stamp_away: ``wait``: papers wait until the service is back; ``seal``: they go out without
            a time stamp, for good (``MIT_TIME_STAMP_AWAY``).
        failpoint: ``name`` or ``name:count``; the process kills itself there, in ``test`` only
            (``MIT_FAILPOINT``).
    """

    env: Environment = "development"
    database_url: str = ""
    var_dir: Path = Path("var")
    keys_dir: Path = Path("keys")
    public_url: str = "http://localhost:8000"
    trusted_hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    secret_key: str = ""
    key_passphrase: str = ""
    issuer_file: Path | None = None
    jobs_inline: bool = False
    upload_limit_bytes: int = 20 * 1024 * 1024
    key_lead_days: int = 14
    company_register_url: str = ""
    lookups_per_hour: int = 30
    checks_per_hour: int = 120
    batches_per_hour: int = 30
    batch_limit_bytes: int = 200 * 1024 * 1024
    reports_per_hour: int = 6
    verdicts_per_minute: int = 600
    limits_store: str = ""
    proxies: int = 0
    serve: Served = "all"
    mail_server: str = ""
    mail_security: str = "starttls"
    mail_user: str = ""
    mail_password: str = ""
    mail_from: str = "mit@localhost"
    seal_level: SealLevel = "b"
    time_stamp_url: str = ""
    time_stamp_roots: Path | None = None
    time_stamp_timeout_seconds: int = 10
    time_stamp_away: str = "wait"
    failpoint: str = ""

    @property
    def is_demo_allowed(self) -> bool:
        """Say whether keys marked as demo keys may be used."""
        return self.env != "production"

    @property
    def effective_database_url(self) -> str:
        """Return the database address, with the SQLite default filled in."""
        return self.database_url or f"sqlite:///{(self.var_dir / 'mit.sqlite3').absolute()}"

    def __repr__(self) -> str:
        """Return the settings without secrets and without the database password."""
        shown = {f.name: getattr(self, f.name) for f in fields(self)}
        for name in (*_SECRETS, "database_url"):
            shown[name] = "•••" if shown[name] else ""
        return f"Settings({shown})"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Return the settings that *environ* asks for.

        Raises:
            SettingsError: ``settings_unknown``, ``settings_value`` or ``settings_production``,
                with the variable as ``where``.
        """
        known = {f"MIT_{f.name.upper()}" for f in fields(cls)}
        allowed = known | TEST_NAMES | {f"MIT_{name.upper()}_FILE" for name in _SECRETS}
        for name in sorted(environ):
            if name.startswith("MIT_") and name not in allowed:
                raise SettingsError("settings_unknown", where=name)
        values = {name: _read(environ, f"MIT_{name.upper()}") for name in (f.name for f in fields(cls))}
        given = {name: _convert(name, text) for name, text in values.items() if text}
        return _checked(cls(**given))  # type: ignore[arg-type]


def _read(environ: Mapping[str, str], name: str) -> str:
    path = environ.get(f"{name}_FILE")
    if not path or name == "MIT_ISSUER":
        return environ.get(name, "")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise SettingsError("settings_value", where=f"{name}_FILE") from error


def _convert(name: str, text: str) -> object:
    variable = f"MIT_{name.upper()}"
    if name in {"var_dir", "keys_dir", "issuer_file", "time_stamp_roots"}:
        return Path(text)
    if name == "trusted_hosts":
        return tuple(host.strip() for host in text.split(",") if host.strip())
    if name == "jobs_inline":
        return _one_of(text, {"0": False, "1": True}, variable)
    if name in _CHOICES:
        return _one_of(text, {choice: choice for choice in _CHOICES[name]}, variable)
    if name in _DIGITS:
        if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS[name]):
            raise SettingsError("settings_value", where=variable)
        return int(text)
    return text.rstrip("/") if name == "public_url" else text


def _one_of(text: str, choices: Mapping[str, object], variable: str) -> object:
    if text not in choices:
        raise SettingsError("settings_value", where=variable)
    return choices[text]


def _checked(settings: Settings) -> Settings:
    if settings.env == "production":
        _refuse_development_defaults(settings)
    if settings.failpoint and not (settings.env == "test" and _FAILPOINT.fullmatch(settings.failpoint)):
        raise SettingsError("settings_value", where="MIT_FAILPOINT")
    if not _is_web_address(settings.public_url):
        raise SettingsError("settings_value", where="MIT_PUBLIC_URL")
    if settings.company_register_url and not _is_web_address(settings.company_register_url):
        raise SettingsError("settings_value", where="MIT_COMPANY_REGISTER_URL")
    if settings.database_url and not settings.database_url.startswith(_DATABASES):
        raise SettingsError("settings_value", where="MIT_DATABASE_URL")
    _check_limits(settings)
    _check_mail(settings)
    _check_seal(settings)
    return settings


def _check_seal(settings: Settings) -> None:
    """Refuse a level that needs a service without one, and a service that nobody could believe."""
    url = settings.time_stamp_url
    if url and not _is_web_address(url):
        raise SettingsError("settings_value", where="MIT_TIME_STAMP_URL")
    if settings.seal_level != "b" and not url:
        raise SettingsError("settings_value", where="MIT_TIME_STAMP_URL")
    if settings.seal_level != "b" and settings.time_stamp_roots is None:
        raise SettingsError("settings_value", where="MIT_TIME_STAMP_ROOTS")
    if settings.time_stamp_timeout_seconds == 0:
        raise SettingsError("settings_value", where="MIT_TIME_STAMP_TIMEOUT_SECONDS")


def _check_limits(settings: Settings) -> None:
    """Refuse a limit that lets nobody in, and a store that nobody here can speak to."""
    for name in ("verdicts_per_minute", "checks_per_hour"):
        if getattr(settings, name) == 0:
            raise SettingsError("settings_value", where=f"MIT_{name.upper()}")
    if settings.limits_store and not settings.limits_store.startswith(("redis://", "rediss://")):
        raise SettingsError("settings_value", where="MIT_LIMITS_STORE")


def _check_mail(settings: Settings) -> None:
    server = settings.mail_server
    if server and not (_MAIL_SERVER.fullmatch(server) and int(server.rpartition(":")[2]) <= _LAST_PORT):
        raise SettingsError("settings_value", where="MIT_MAIL_SERVER")
    if not _MAIL_ADDRESS.fullmatch(settings.mail_from):
        raise SettingsError("settings_value", where="MIT_MAIL_FROM")
    if settings.mail_user and settings.mail_security == "none":
        raise SettingsError("settings_value", where="MIT_MAIL_SECURITY")  # the password would be readable


def _is_web_address(url: str) -> bool:
    """Say whether *url* can stand before ``/v/<digits>`` in a QR: a scheme, a host, perhaps a path."""
    try:
        parts = urlsplit(url)
        is_port_good = parts.port != 0
    except ValueError:
        return False
    is_plain = url.isascii() and url.isprintable() and not set(url) & set(" ?#@\\")
    return url.startswith(("http://", "https://")) and bool(parts.hostname) and is_port_good and is_plain


def _refuse_development_defaults(settings: Settings) -> None:
    if len(settings.secret_key) < 32:
        raise SettingsError("settings_production", where="MIT_SECRET_KEY")
    if len(settings.key_passphrase) < 20:
        raise SettingsError("settings_production", where="MIT_KEY_PASSPHRASE")
    if not settings.public_url.startswith("https://"):
        raise SettingsError("settings_production", where="MIT_PUBLIC_URL")
    if settings.company_register_url.startswith("http://"):
        raise SettingsError("settings_production", where="MIT_COMPANY_REGISTER_URL")
    if settings.jobs_inline:
        raise SettingsError("settings_production", where="MIT_JOBS_INLINE")
    if not settings.mail_server:
        raise SettingsError("settings_production", where="MIT_MAIL_SERVER")
    if settings.mail_from.endswith("@localhost"):
        raise SettingsError("settings_production", where="MIT_MAIL_FROM")


def new_secret() -> str:
    """Return a fresh secret of 256 bits as text, for installations that have none yet."""
    return secrets.token_urlsafe(32)
