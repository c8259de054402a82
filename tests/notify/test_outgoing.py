"""Handing messages over: folders, servers that refuse, hang up, or are not who they say they are."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mit.config import Settings
from mit.lifecycle.mails import Letter, Mail
from mit.notify import outgoing
from mit.notify.messages import write_message
from mit.notify.outgoing import Fate, Route, hand_over, knock, route_of
from tests.notify.test_messages import HEAD

NOW = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)
GOOD = {"MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", ".": "250 taken", "EHLO": "250 hello"}


class Server:
    """A mail server on this machine that answers as it is told and keeps what it was given."""

    def __init__(
        self,
        answers: dict[str, str],
        *,
        hangs_up_at: str = "",
        proof: ssl.SSLContext | None = None,
        at_once: bool = False,
    ) -> None:
        self.answers = GOOD | answers
        self._proof, self._at_once = proof, at_once
        self.hangs_up_at = hangs_up_at
        self.messages: list[str] = []
        self.commands: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._socket.close()
        self._thread.join(5)

    def _serve(self) -> None:
        try:
            connection, _ = self._socket.accept()
        except OSError:
            return
        with suppress(ConnectionError, ssl.SSLError), connection:
            if self._proof and self._at_once:
                with self._proof.wrap_socket(connection, server_side=True) as secret:
                    self._talk(secret)
            elif self._talk(connection) == "STARTTLS" and self._proof:
                with self._proof.wrap_socket(connection, server_side=True) as secret:
                    self._talk(secret, greets=False)

    def _talk(self, connection: socket.socket, *, greets: bool = True) -> str:
        """Answer until the end; return the last word, STARTTLS where the talk goes on in secret."""
        with connection.makefile("rwb") as stream:

            def say(text: str) -> None:
                stream.write(text.encode() + b"\r\n")
                stream.flush()

            if greets:
                say("220 here")
            while line := stream.readline():
                word = line.split()[0].decode("ascii", "replace").upper()
                self.commands.append(word)
                if word == "QUIT":
                    say("221 bye")
                    return word
                if word == self.hangs_up_at:
                    return word
                if word == "STARTTLS" and self._proof:
                    say("220 go on")
                    return word
                say(self.answers.get(word, "500 what"))
                if word == "DATA" and self.answers["DATA"].startswith("354"):
                    text = b""
                    while (part := stream.readline()) not in {b".\r\n", b""}:
                        text += part
                    if self.hangs_up_at == ".":
                        return word
                    self.messages.append(text.decode())
                    say(self.answers["."])
        return ""


@contextmanager
def server(
    answers: dict[str, str] | None = None,
    *,
    hangs_up_at: str = "",
    proof: ssl.SSLContext | None = None,
    at_once: bool = False,
) -> Iterator[Server]:
    made = Server(answers or {}, hangs_up_at=hangs_up_at, proof=proof, at_once=at_once)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def message() -> EmailMessage:
    mail = Mail("somchai@example.com", "th", Letter.PASSWORD_CHANGED, {"name": "สมชาย"})
    return write_message(mail, head=HEAD, message_id="<abc@mit.example>", now=NOW)


@pytest.fixture
def route(tmp_path: Path) -> Callable[..., Route]:
    def make(port: int = 0, *, security: str = "none", user: str = "") -> Route:
        host = "127.0.0.1" if port else ""
        return Route(tmp_path / "mailbox", host, port, security, user, "secret word")

    return make


def test_without_a_server_letters_lie_in_a_folder_that_nobody_else_reads(message, route, tmp_path) -> None:
    assert hand_over(message, route=route()).fate is Fate.SENT
    assert hand_over(message, route=route()).fate is Fate.SENT
    (file,) = (tmp_path / "mailbox").iterdir()
    assert file.name == "abc-mit-example.eml"
    assert file.stat().st_mode & 0o077 == 0
    assert (tmp_path / "mailbox").stat().st_mode & 0o077 == 0
    assert file.read_bytes() == message.as_bytes()


def test_a_folder_that_cannot_be_written_is_a_matter_for_later(message, route, tmp_path) -> None:
    (tmp_path / "mailbox").write_text("a file")
    assert hand_over(message, route=route()).fate is Fate.LATER


def test_a_server_that_takes_it_has_it_once(message, route) -> None:
    with server() as running:
        assert hand_over(message, route=route(running.port)).fate is Fate.SENT
    (text,) = running.messages
    assert "Message-ID: <abc@mit.example>" in text
    assert "To: " in text


@pytest.mark.parametrize(
    ("answers", "hangs_up_at", "fate"),
    [
        ({"RCPT": "550 nobody of that name"}, "", Fate.REFUSED),
        ({"RCPT": "450 try later"}, "", Fate.LATER),
        ({"MAIL": "530 sign in first"}, "", Fate.LATER),
        ({"DATA": "554 no"}, "", Fate.REFUSED),
        ({".": "552 too much"}, "", Fate.REFUSED),
        ({".": "451 not now"}, "", Fate.LATER),
        ({"EHLO": "550 no", "HELO": "550 no"}, "", Fate.LATER),
        ({}, "EHLO", Fate.LATER),
        ({}, "MAIL", Fate.UNKNOWN),
        ({}, ".", Fate.UNKNOWN),
        ({}, "QUIT", Fate.SENT),
    ],
)
def test_what_a_server_says_decides_what_becomes_of_it(message, route, answers, hangs_up_at, fate) -> None:
    with server(answers, hangs_up_at=hangs_up_at) as running:
        outcome = hand_over(message, route=route(running.port))
    assert outcome.fate is fate
    assert "secret word" not in outcome.said


def test_nobody_at_the_address_is_a_matter_for_later(message, route) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    outcome = hand_over(message, route=route(port))
    assert outcome.fate is Fate.LATER
    assert "refused" in outcome.said.lower()


def test_a_server_that_says_nothing_is_left_after_a_while(message, route, monkeypatch) -> None:
    monkeypatch.setattr(outgoing, "PATIENCE_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert hand_over(message, route=route(silent.getsockname()[1])).fate is Fate.LATER


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_without_encryption_neither_letter_nor_password_leave_the_house(message, route, security) -> None:
    with server() as running:
        outcome = hand_over(message, route=route(running.port, security=security, user="mit"))
    assert outcome.fate is Fate.LATER
    assert running.messages == []
    assert not {"AUTH", "MAIL"} & set(running.commands)


@dataclass(frozen=True, slots=True)
class Proof:
    """A certificate for 127.0.0.1 that nobody vouches for, and the file that makes it trusted."""

    context: ssl.SSLContext
    file: Path


@pytest.fixture
def proof(tmp_path: Path) -> Proof:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file, keys = tmp_path / "server.pem", tmp_path / "server.key"
    file.write_bytes(certificate.public_bytes(Encoding.PEM))
    keys.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, keys)
    return Proof(context, file)


_TLS_GREETING = {"EHLO": "250-hello\r\n250 STARTTLS"}


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_that_nobody_vouches_for_gets_nothing(message, route, proof: Proof, security: str) -> None:
    with server(_TLS_GREETING, proof=proof.context, at_once=security == "tls") as running:
        outcome = hand_over(message, route=route(running.port, security=security, user="mit"))
    assert outcome.fate is Fate.LATER
    assert "CERTIFICATE_VERIFY_FAILED" in outcome.said
    assert running.messages == []
    assert "AUTH" not in running.commands


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_that_is_vouched_for_gets_the_letter(
    message, route, proof: Proof, security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(proof.file))
    with server(_TLS_GREETING, proof=proof.context, at_once=security == "tls") as running:
        assert hand_over(message, route=route(running.port, security=security)).fate is Fate.SENT
    assert len(running.messages) == 1


def test_an_address_in_thai_needs_a_server_that_knows_such(route) -> None:
    mail = Mail("สมชาย@example.com", "th", Letter.PASSWORD_CHANGED, {"name": "สมชาย"})
    message = write_message(mail, head=HEAD, message_id="<abc@mit.example>", now=NOW)
    with server() as running:
        assert hand_over(message, route=route(running.port)).fate is Fate.REFUSED
    with server({"EHLO": "250-hello\r\n250-8BITMIME\r\n250 SMTPUTF8"}) as running:
        assert hand_over(message, route=route(running.port)).fate is Fate.SENT


def test_the_route_is_read_from_the_settings(tmp_path: Path) -> None:
    assert route_of(Settings(var_dir=tmp_path)) == Route(tmp_path / "mailbox")
    environ = {"MIT_MAIL_SERVER": "[::1]:465", "MIT_MAIL_SECURITY": "tls", "MIT_MAIL_USER": "mit"}
    route = route_of(Settings.from_environ({**environ, "MIT_MAIL_PASSWORD": "hidden"}))
    assert (route.host, route.port, route.security, route.user) == ("::1", 465, "tls", "mit")
    assert "hidden" not in repr(route)


def test_a_knock_goes_as_far_as_a_letter_would_and_sends_none(route) -> None:
    with server({"RSET": "250 ok"}) as running:
        assert knock(route(running.port), sender="mit@fti.example").fate is Fate.SENT
    assert running.messages == []
    assert running.commands == ["EHLO", "MAIL", "RSET", "QUIT"]


@pytest.mark.parametrize(
    ("answers", "hangs_up_at"),
    [({"MAIL": "550 not from this address"}, ""), ({}, "MAIL"), ({}, "EHLO")],
)
def test_a_server_that_does_not_let_us_in_says_why(route, answers: dict[str, str], hangs_up_at: str) -> None:
    with server(answers, hangs_up_at=hangs_up_at) as running:
        outcome = knock(route(running.port), sender="mit@fti.example")
    assert outcome.fate is Fate.LATER
    assert outcome.said
    assert answers.get("MAIL", "")[4:] in outcome.said


def test_a_knock_where_nobody_is_says_so(route) -> None:
    with socket.socket() as taken:  # held and not listening: no other test gets the port meanwhile
        taken.bind(("127.0.0.1", 0))
        outcome = knock(route(taken.getsockname()[1]), sender="mit@fti.example")
    assert outcome.fate is Fate.LATER
    assert "refused" in outcome.said


def test_a_knock_gives_no_password_to_a_server_that_nobody_vouches_for(route) -> None:
    with server() as running:
        outcome = knock(route(running.port, security="starttls", user="mit"), sender="mit@fti.example")
    assert outcome.fate is Fate.LATER
    assert "AUTH" not in running.commands
