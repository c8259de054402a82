"""Hand a message over: to a mail server, or into a folder where there is none.

What came of it is a result: sent; refused for good; not now; or nobody knows, because the
connection broke after the text had gone.  The server's certificate is always checked.
"""

from __future__ import annotations

import os
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum
from pathlib import Path

from mit.config import Settings

#: How long each step of the talk with the server may take.
PATIENCE_SECONDS = 10.0
_LONGEST_SAID = 500
#: Answers from here on mean no.
_REFUSED_FROM = 400


class Fate(StrEnum):
    """What became of a message."""

    SENT = "sent"
    REFUSED = "refused"  # for good: asking again would not help
    LATER = "later"  # surely not sent; another time it may be
    UNKNOWN = "unknown"  # it may have arrived


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message, and what the server said of it."""

    fate: Fate
    said: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """The way that messages take: a server (``security``: starttls, tls, none), or a folder."""

    folder: Path
    host: str = ""
    port: int = 0
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)


def route_of(settings: Settings) -> Route:
    """Return the way that an installation's messages take."""
    folder = settings.var_dir / "mailbox"
    if not settings.mail_server:
        return Route(folder)
    host, _, port = settings.mail_server.rpartition(":")
    return Route(
        folder=folder,
        host=host.strip("[]"),
        port=int(port),
        security=settings.mail_security,
        user=settings.mail_user,
        password=settings.mail_password,
    )


def hand_over(message: EmailMessage, *, route: Route) -> Outcome:
    """Hand *message* over on *route*; never raises for what a server or a disk does."""
    return _to_server(message, route) if route.host else _to_folder(message, route.folder)


def knock(route: Route, *, sender: str) -> Outcome:
    """Say whether the server lets us in as far as a letter would: connect, encrypt, sign in; send nothing."""
    try:
        server = _connect(route, name=sender.rpartition("@")[2])
    except (OSError, smtplib.SMTPException) as error:
        return Outcome(Fate.LATER, _said(error))
    try:
        _enter(server, route)
        code, said = server.mail(sender)
        server.rset()
    except (OSError, smtplib.SMTPException) as error:
        return Outcome(Fate.LATER, _said(error))
    finally:
        _leave(server)
    if code < _REFUSED_FROM:
        return Outcome(Fate.SENT)
    return Outcome(Fate.LATER, said.decode("utf-8", "replace")[:_LONGEST_SAID])


def file_name(message_id: str) -> str:
    """Return the name of a message's file in a folder: the same for the same Message-ID."""
    return "".join(sign if sign.isalnum() else "-" for sign in message_id.strip("<>")) + ".eml"


def _to_folder(message: EmailMessage, folder: Path) -> Outcome:
    """Write the file whole or not at all; the same message again takes its own place."""
    path = folder / file_name(str(message["Message-ID"]))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(message.as_bytes())
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as error:
        return Outcome(Fate.LATER, _said(error))
    return Outcome(Fate.SENT)


def _to_server(message: EmailMessage, route: Route) -> Outcome:
    try:
        server = _connect(route, name=str(message["From"].addresses[0].domain))
    except (OSError, smtplib.SMTPException) as error:
        return Outcome(Fate.LATER, _said(error))
    try:
        return _send(server, message, route)
    finally:
        _leave(server)


def _leave(server: smtplib.SMTP) -> None:
    with suppress(OSError, smtplib.SMTPException):
        server.quit()
    server.close()


def _enter(server: smtplib.SMTP, route: Route) -> None:
    """Encrypt and sign in, as the route says."""
    if route.security == "starttls":
        server.starttls(context=ssl.create_default_context())
    if route.user:
        server.login(route.user, route.password)
    server.ehlo_or_helo_if_needed()


def _connect(route: Route, *, name: str) -> smtplib.SMTP:
    """Return the connection; *name* is how we introduce ourselves."""
    if route.security == "tls":
        checked = ssl.create_default_context()
        return smtplib.SMTP_SSL(route.host, route.port, name, timeout=PATIENCE_SECONDS, context=checked)
    return smtplib.SMTP(route.host, route.port, name, timeout=PATIENCE_SECONDS)


def _send(server: smtplib.SMTP, message: EmailMessage, route: Route) -> Outcome:
    try:
        _enter(server, route)
    except (OSError, smtplib.SMTPException) as error:
        return Outcome(Fate.LATER, _said(error))
    try:
        server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        return Outcome(Fate.REFUSED if min(codes) >= 500 else Fate.LATER, _said(error))
    except smtplib.SMTPSenderRefused as error:
        return Outcome(Fate.LATER, _said(error))  # our own address or login: it can be mended
    except smtplib.SMTPDataError as error:
        return Outcome(Fate.REFUSED if error.smtp_code >= 500 else Fate.LATER, _said(error))
    except smtplib.SMTPNotSupportedError as error:
        return Outcome(Fate.REFUSED, _said(error))
    except (OSError, smtplib.SMTPException) as error:
        return Outcome(Fate.UNKNOWN, _said(error))
    return Outcome(Fate.SENT)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:_LONGEST_SAID]
