"""The private keys under ``keys/``: make, open, sign; never print.

A file is PKCS#8 (``EncryptedPrivateKeyInfo``: PBES2 with PBKDF2-HMAC-SHA256 at 600,000 rounds and
AES-256-CBC) in PEM, mode 0600, in a folder of mode 0700; openssl and cryptography read it.  It is
written through asn1crypto because cryptography's own encryption stops at 2,048 rounds (ADR 3).
Beside it lies the public half.  Opening costs about 70 ms, so an opened key is kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from asn1crypto import algos, core, keys, pem  # type: ignore[import-untyped]  # has no stubs
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from mit.credential.public_keys import PublicKey, public_key, public_key_from_jwk
from mit.credential.signatures import KeySigner
from mit.errors import InputError, KeyUnavailableError

#: OWASP's figure for PBKDF2-HMAC-SHA256 (ADR 3).
ROUNDS = 600_000
_SALT_BYTES = 16
_OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class SealFiles:
    """The PDF seal as it is handed to ``document``: its key, in clear, and its certificates.

    Attributes:
        private_key_pem: PKCS#8, not encrypted; never written anywhere.
        certificates_pem: the seal's certificate first, then those above it.
    """

    private_key_pem: bytes = field(repr=False)
    certificates_pem: bytes


class Keyring:
    """The folder of private keys and what opens it; it has no useful repr."""

    def __init__(self, folder: Path, passphrase: str, *, rounds: int = ROUNDS) -> None:
        self._folder = folder
        self._passphrase = passphrase
        self._rounds = rounds
        self._lock = Lock()
        self._signers: dict[int, KeySigner] = {}
        self._seals: dict[int, SealFiles] = {}

    def __repr__(self) -> str:
        """Return the kind of thing this is and nothing of its content."""
        return "Keyring(•••)"

    def holds(self, kid: int) -> bool:
        """Say whether a file of the serial *kid* exists, a signing key's or a seal's."""
        return self._signing_file(kid).exists() or self._seal_file(kid).exists()

    def fingerprints(self, kid: int) -> dict[str, str]:
        """Return the SHA-256 (hex) of each file of the serial *kid* as it lies there, by file name.

        Raises:
            KeyUnavailableError: ``key_missing``: there is none.
        """
        paths = (self._signing_file(kid), self._sidecar(kid), self._seal_file(kid), self._chain_file(kid))
        found = {path.name: hashlib.sha256(_read(path)).hexdigest() for path in paths if path.exists()}
        if not found:
            raise KeyUnavailableError("key_missing", where=self._signing_file(kid).name)
        return found

    def create(self, kid: int, *, demo: bool) -> PublicKey:
        """Make a signing key on P-256 under the serial *kid* and return its public half.

        Raises:
            KeyUnavailableError: ``key_exists``, ``key_passphrase_missing`` or ``key_folder``.
        """
        private_key = ec.generate_private_key(ec.SECP256R1())
        made = public_key(kid, private_key.public_key(), demo=demo)
        self._write_private(self._signing_file(kid), private_key)
        self._write_new(self._sidecar(kid), json.dumps(made.jwk(), indent=1).encode("ascii"), 0o644)
        return made

    def signer(self, kid: int) -> KeySigner:
        """Return the signer of the serial *kid*, opened at the first call and kept.

        Raises:
            KeyUnavailableError: ``key_missing``, ``key_permissions``, ``key_passphrase_missing``,
                ``key_passphrase`` (or a damaged file) or ``key_mismatch``.
        """
        with self._lock:
            if kid not in self._signers:
                self._signers[kid] = self._open_signer(kid)
            return self._signers[kid]

    def store_seal(self, kid: int, private_key_der: bytes, certificates_pem: bytes) -> None:
        """Keep a PDF seal under the serial *kid*: its PKCS#8 key encrypted, its certificates beside.

        Raises:
            KeyUnavailableError: ``key_exists``, ``key_passphrase_missing`` or ``key_folder``.
        """
        encrypted = _encrypted_pem(private_key_der, self._demand_passphrase(), self._rounds)
        self._write_new(self._seal_file(kid), encrypted, 0o600)
        self._write_new(self._chain_file(kid), certificates_pem, 0o644)

    def seal_material(self, kid: int) -> SealFiles:
        """Return the PDF seal of the serial *kid*, opened at the first call and kept.

        Raises:
            KeyUnavailableError: as ``signer``.
        """
        with self._lock:
            if kid not in self._seals:
                private_key = self._open_private(self._seal_file(kid))
                clear = private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
                self._seals[kid] = SealFiles(clear, _read(self._chain_file(kid)))
            return self._seals[kid]

    def _signing_file(self, kid: int) -> Path:
        return self._folder / f"signing-{kid:05d}.pem"

    def _sidecar(self, kid: int) -> Path:
        return self._folder / f"signing-{kid:05d}.jwk.json"

    def _seal_file(self, kid: int) -> Path:
        return self._folder / f"seal-{kid:05d}.pem"

    def _chain_file(self, kid: int) -> Path:
        return self._folder / f"seal-{kid:05d}.chain.pem"

    def _demand_passphrase(self) -> bytes:
        if not self._passphrase:
            raise KeyUnavailableError("key_passphrase_missing", where="MIT_KEY_PASSPHRASE")
        return self._passphrase.encode("utf-8")

    def _write_private(self, path: Path, private_key: ec.EllipticCurvePrivateKey) -> None:
        clear = private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        self._write_new(path, _encrypted_pem(clear, self._demand_passphrase(), self._rounds), 0o600)

    def _open_signer(self, kid: int) -> KeySigner:
        private_key = self._open_private(self._signing_file(kid))
        try:
            told = public_key_from_jwk(json.loads(_read(self._sidecar(kid))))
        except (InputError, ValueError, RecursionError):
            raise KeyUnavailableError("key_mismatch", kid=kid) from None
        if told.kid != kid or told.key != private_key.public_key():
            raise KeyUnavailableError("key_mismatch", kid=kid)
        if not isinstance(private_key, ec.EllipticCurvePrivateKey):
            raise KeyUnavailableError("key_mismatch", kid=kid)
        return KeySigner(private_key, kid, demo=told.demo)

    def _open_private(self, path: Path) -> PrivateKeyTypes:
        encrypted = _read(path)
        if path.stat().st_mode & _OPEN_TO_OTHERS:
            raise KeyUnavailableError("key_permissions", where=path.name)
        try:
            return load_pem_private_key(encrypted, self._demand_passphrase())
        except (ValueError, TypeError):
            raise KeyUnavailableError("key_passphrase", where=path.name) from None

    def _write_new(self, path: Path, data: bytes, mode: int) -> None:
        """Write a file that did not exist, whole or not at all, and survive a power cut."""
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            _write_durably(temporary, data, mode)
            try:
                path.hardlink_to(temporary)
            finally:
                temporary.unlink()
            _sync_folder(self._folder)
        except FileExistsError:
            raise KeyUnavailableError("key_exists", where=path.name) from None
        except OSError as error:
            raise KeyUnavailableError("key_folder", reason=error.strerror or "") from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise KeyUnavailableError("key_missing", where=path.name) from None


def _write_durably(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _encrypted_pem(clear_der: bytes, passphrase: bytes, rounds: int) -> bytes:
    """Return a PKCS#8 key encrypted as RFC 8018 section 6.2 (PBES2) says, in PEM."""
    salt, vector = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(algorithms.AES256.block_size // 8)
    key = hashlib.pbkdf2_hmac("sha256", passphrase, salt, rounds, dklen=32)
    padder = PKCS7(algorithms.AES256.block_size).padder()
    padded = padder.update(clear_der) + padder.finalize()
    encryptor = Cipher(algorithms.AES256(key), modes.CBC(vector)).encryptor()
    derivation = algos.KdfAlgorithm(
        {
            "algorithm": "pbkdf2",
            "parameters": algos.Pbkdf2Params(
                {
                    "salt": algos.Pbkdf2Salt(name="specified", value=core.OctetString(salt)),
                    "iteration_count": rounds,
                    "prf": {"algorithm": "sha256"},
                }
            ),
        }
    )
    scheme = algos.EncryptionAlgorithm({"algorithm": "aes256_cbc", "parameters": vector})
    info = keys.EncryptedPrivateKeyInfo(
        {
            "encryption_algorithm": {
                "algorithm": "pbes2",
                "parameters": {"key_derivation_func": derivation, "encryption_scheme": scheme},
            },
            "encrypted_data": encryptor.update(padded) + encryptor.finalize(),
        }
    )
    armoured: bytes = pem.armor("ENCRYPTED PRIVATE KEY", info.dump())
    return armoured
