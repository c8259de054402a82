"""A certification authority, a time-stamp service and answers about revocation, of openssl, on loopback.

The seal's certificate, that of the time stamps and the issuing authority name an address here where
their revocation list lies; ``manner`` says how the service behaves.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from mit.document.seal_chain import SealMaterial, material_from_pem
from tests.support.require import program

_CONFIG = """
[ca]
default_ca = own
[own]
database = {folder}/index.txt
crlnumber = {folder}/crlnumber
new_certs_dir = {folder}
serial = {folder}/serial
default_md = sha256
default_days = 30
default_crl_days = 2
policy = any
unique_subject = no
copy_extensions = none
[any]
commonName = supplied
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[seal]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,nonRepudiation
crlDistributionPoints = URI:{url}/root.crl
authorityKeyIdentifier = keyid
[ocsp_seal]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,nonRepudiation
authorityInfoAccess = OCSP;URI:{url}/ocsp
authorityKeyIdentifier = keyid
[stamp]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
crlDistributionPoints = URI:{url}/root.crl
authorityKeyIdentifier = keyid
[req]
distinguished_name = empty
[empty]
[tsa]
default_tsa = stamps
[stamps]
serial = {folder}/stamp_serial
crypto_device = builtin
signer_cert = {folder}/{stamper}.pem
signer_key = {folder}/{stamper}.key
certs = {folder}/root.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
"""


@dataclass
class Trust:
    """What a test needs: where the service is, whom to believe, what seals, and how the service behaves.

    ``manner`` is ``honest``; ``away``, ``slow``, ``no_list``: nobody answers; ``refuses``, ``nonsense``,
    ``a_page``, ``cut_short``, ``replays``: what comes is no time stamp of this file; ``no_nonce``,
    ``other_hash``, ``other_nonce``: it answers another question; ``altered``: a byte was changed.
    """

    folder: Path
    url: str
    manner: str = "honest"
    asked: list[str] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)
    earlier: bytes = b""

    @property
    def root_der(self) -> bytes:
        """Return the certificate that everything here ends in."""
        root = x509.load_pem_x509_certificate((self.folder / "root.pem").read_bytes())
        return root.public_bytes(serialization.Encoding.DER)

    def material(self, name: str = "seal") -> SealMaterial:
        """Return the seal whose certificate names a revocation list, or OCSP for ``ocsp_seal``."""
        chain = (self.folder / f"{name}.pem").read_bytes() + (self.folder / "root.pem").read_bytes()
        return material_from_pem((self.folder / f"{name}.key").read_bytes(), chain)

    def stamp_with(self, name: str, **days: str) -> None:
        """Let time stamps be signed by a certificate of another kind (a section), or of other days."""
        _openssl(self.folder, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "other.key")
        request = ("req", "-new", "-config", "own.cnf", "-key", "other.key", "-subj", f"/CN=MiT TEST {name}")
        _openssl(self.folder, *request, "-out", "other.csr")
        span = [word for option, day in days.items() for word in (f"-{option}", day)]
        signing = ("ca", "-batch", "-notext", "-config", "own.cnf", *_AS_ROOT, "-extensions", name, *span)
        _openssl(self.folder, *signing, "-in", "other.csr", "-out", "other.pem")
        config = _CONFIG.format(folder=self.folder, url=self.url, stamper="other")
        (self.folder / "own.cnf").write_text(config, encoding="ascii")

    def revoke(self, name: str) -> None:
        """Revoke a certificate, and publish that."""
        _openssl(self.folder, "ca", "-config", "own.cnf", *_AS_ROOT, "-revoke", f"{name}.pem")
        _publish_list(self.folder)


_AS_ROOT = ("-keyfile", "root.key", "-cert", "root.pem")
#: Answers that are no time stamp: nonsense, "rejected" (PKIStatus 2), and a page of somebody's portal.
_ANSWERS = {
    "nonsense": b"not a time stamp",
    "refuses": bytes.fromhex("30053003020102"),
    "a_page": b"<!doctype html><title>Sign in</title>",
}


def _asked_otherwise(question: bytes, **changes: object) -> bytes:
    asked = tsp.TimeStampReq.load(question)
    for name, value in changes.items():
        asked[name] = value
    return bytes(asked.dump(force=True))


def _of_another_file(question: bytes) -> bytes:
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(32)}
    return _asked_otherwise(question, message_imprint=imprint)


_OTHER_QUESTIONS: dict[str, Callable[[bytes], bytes]] = {
    "no_nonce": partial(_asked_otherwise, nonce=None),
    "other_nonce": partial(_asked_otherwise, nonce=77),
    "other_hash": _of_another_file,
}


@contextmanager
def trust_on_loopback(folder: Path) -> Iterator[Trust]:
    """Make the authority's files under *folder* and serve them and the time stamps."""
    trust = Trust(folder, "")
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"trust": trust}))
    trust.url = f"http://127.0.0.1:{server.server_port}"
    _make_authority(trust)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield trust
    finally:
        trust.is_over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _make_authority(trust: Trust) -> None:
    folder = trust.folder
    config = _CONFIG.format(folder=folder, url=trust.url, stamper="stamp")
    (folder / "own.cnf").write_text(config, encoding="ascii")
    for name, text in (
        ("index.txt", ""),
        ("crlnumber", "01\n"),
        ("serial", "10\n"),
        ("stamp_serial", "01\n"),
    ):
        (folder / name).write_text(text, encoding="ascii")
    for name in ("root", "seal", "ocsp_seal", "stamp"):
        _openssl(folder, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key")
        request = (
            "req",
            "-new",
            "-config",
            "own.cnf",
            "-key",
            f"{name}.key",
            "-subj",
            f"/CN=MiT TEST {name}",
        )
        _openssl(folder, *request, "-out", f"{name}.csr")
    own = ("-selfsign", "-keyfile", "root.key")
    for name in ("root", "seal", "ocsp_seal", "stamp"):
        by = own if name == "root" else _AS_ROOT
        signing = ("ca", "-batch", "-notext", "-config", "own.cnf", *by, "-extensions", name)
        _openssl(folder, *signing, "-in", f"{name}.csr", "-out", f"{name}.pem")
    _publish_list(folder)


def _publish_list(folder: Path) -> None:
    _openssl(folder, "ca", "-config", "own.cnf", *_AS_ROOT, "-gencrl", "-out", "root.crl.pem")
    _openssl(folder, "crl", "-in", "root.crl.pem", "-outform", "DER", "-out", "root.crl")


def _stamped(trust: Trust, question: bytes) -> bytes:
    (trust.folder / "question.tsq").write_bytes(question)
    reply = ("ts", "-reply", "-config", "own.cnf", "-queryfile", "question.tsq", "-out", "answer.tsr")
    _openssl(trust.folder, *reply)
    return (trust.folder / "answer.tsr").read_bytes()


def _about_revocation(trust: Trust, question: bytes) -> bytes:
    (trust.folder / "question.ocsp").write_bytes(question)
    _openssl(
        trust.folder,
        *("ocsp", "-index", "index.txt", "-rsigner", "root.pem", "-rkey", "root.key", "-CA", "root.pem"),
        *("-reqin", "question.ocsp", "-respout", "answer.ocsp", "-ndays", "2"),
    )
    return (trust.folder / "answer.ocsp").read_bytes()


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run([program("openssl", "openssl"), *arguments], cwd=folder, check=True, capture_output=True)


class _Handler(BaseHTTPRequestHandler):
    """Answers in the manner of the moment."""

    trust: ClassVar[Trust]

    def do_GET(self) -> None:
        self.trust.asked.append(self.path)
        if self.trust.manner == "no_list":
            self.send_error(503)
        else:
            self._answer((self.trust.folder / "root.crl").read_bytes(), "application/pkix-crl")

    def do_POST(self) -> None:
        question = self.rfile.read(int(self.headers["Content-Length"]))
        self.trust.asked.append(self.path)
        if self.path == "/ocsp":
            self._answer(_about_revocation(self.trust, question), "application/ocsp-response")
        elif self.trust.manner == "away":
            self.send_error(503)
        else:
            self._answer(self._stamp(question), "application/timestamp-reply")

    def _stamp(self, question: bytes) -> bytes:
        manner = self.trust.manner
        if manner in _ANSWERS:
            return _ANSWERS[manner]
        if manner in _OTHER_QUESTIONS:
            return _stamped(self.trust, _OTHER_QUESTIONS[manner](question))
        if manner == "slow":
            self.trust.is_over.wait(30)
        if manner in {"cut_short", "altered"}:
            answer = bytearray(_stamped(self.trust, question))
            answer[-1] ^= manner == "altered"
            return bytes(answer[: len(answer) // 2] if manner == "cut_short" else answer)
        if self.trust.manner != "replays" or not self.trust.earlier:
            self.trust.earlier = _stamped(self.trust, question)
        return self.trust.earlier

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
