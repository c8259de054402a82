from __future__ import annotations

import hashlib
import json
import os
import pickle
import stat
import subprocess
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import keys, pem
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from mit.credential.signatures import is_signed_by
from mit.document.seal_chain import make_test_chain, material_from_pem
from mit.errors import KeyUnavailableError
from mit.i18n import knows
from mit.store.keyring import ROUNDS, Keyring
from tests.support.require import program

PASSPHRASE = "ถูกต้อง horse battery staple"
#: Few rounds where the strength is not what is tested.
FEW = 1_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def keyring(folder: Path) -> Keyring:
    return Keyring(folder, PASSPHRASE, rounds=FEW)


def test_a_key_is_made_and_signs_after_a_restart(keyring: Keyring, folder: Path) -> None:
    made = keyring.create(1, demo=False)
    signer = Keyring(folder, PASSPHRASE).signer(1)
    assert signer.public_key == made
    assert is_signed_by(made, b"data", signer.sign(b"data"))
    assert signer.sign(b"data") == keyring.signer(1).sign(b"data")


def test_a_demo_key_stays_marked(keyring: Keyring, folder: Path) -> None:
    keyring.create(1, demo=True)
    assert Keyring(folder, PASSPHRASE).signer(1).public_key.demo


def test_files_are_private_to_their_owner(keyring: Keyring, folder: Path) -> None:
    keyring.create(1, demo=False)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "signing-00001.pem").stat().st_mode) == 0o600
    assert sorted(path.name for path in folder.iterdir()) == ["signing-00001.jwk.json", "signing-00001.pem"]


def test_files_are_private_whatever_the_umask(keyring: Keyring, folder: Path) -> None:
    before = os.umask(0)
    try:
        keyring.create(1, demo=False)
    finally:
        os.umask(before)
    assert stat.S_IMODE((folder / "signing-00001.pem").stat().st_mode) == 0o600


def test_the_file_is_encrypted_with_600_000_rounds_of_hmac_sha256(folder: Path) -> None:
    Keyring(folder, PASSPHRASE).create(1, demo=False)
    kind, _, der = pem.unarmor((folder / "signing-00001.pem").read_bytes())
    assert kind == "ENCRYPTED PRIVATE KEY"
    algorithm = keys.EncryptedPrivateKeyInfo.load(der)["encryption_algorithm"]
    assert algorithm["algorithm"].native == "pbes2"
    assert (algorithm.kdf, algorithm.kdf_hmac) == ("pbkdf2", "sha256")
    assert algorithm.kdf_iterations == ROUNDS == 600_000
    assert len(algorithm.kdf_salt) == 16
    assert (algorithm.encryption_cipher, algorithm.encryption_mode, algorithm.key_length) == (
        "aes",
        "cbc",
        32,
    )


def test_two_files_share_neither_salt_nor_vector(keyring: Keyring, folder: Path) -> None:
    keyring.create(1, demo=False)
    keyring.create(2, demo=False)
    seen = set()
    for kid in (1, 2):
        der = pem.unarmor((folder / f"signing-0000{kid}.pem").read_bytes())[2]
        algorithm = keys.EncryptedPrivateKeyInfo.load(der)["encryption_algorithm"]
        seen |= {algorithm.kdf_salt, algorithm.encryption_iv}
    assert len(seen) == 4


def test_openssl_reads_the_file(folder: Path) -> None:
    openssl = program("openssl", "openssl")
    made = Keyring(folder, PASSPHRASE, rounds=FEW).create(1, demo=False)
    done = subprocess.run(
        [openssl, "pkey", "-in", str(folder / "signing-00001.pem"), "-passin", "env:PASS", "-pubout"],
        env={"PASS": PASSPHRASE},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == made.to_pem()


def refused(code: str, keyring: Keyring, kid: int = 1) -> KeyUnavailableError:
    with pytest.raises(KeyUnavailableError) as caught:
        keyring.signer(kid)
    assert caught.value.code == code
    assert knows(f"errors.{code}")
    return caught.value


@pytest.mark.parametrize("passphrase", ["wrong", "", PASSPHRASE + " ", PASSPHRASE[:-1]])
def test_a_wrong_passphrase_is_told_in_words(keyring: Keyring, folder: Path, passphrase: str) -> None:
    keyring.create(1, demo=False)
    refused("key_passphrase" if passphrase else "key_passphrase_missing", Keyring(folder, passphrase))


def test_no_key_is_made_without_a_passphrase(folder: Path) -> None:
    with pytest.raises(KeyUnavailableError) as caught:
        Keyring(folder, "").create(1, demo=False)
    assert caught.value.code == "key_passphrase_missing"
    assert not folder.exists()


def test_a_missing_file_is_told_in_words(keyring: Keyring) -> None:
    refused("key_missing", keyring)


def test_a_file_that_others_can_read_is_not_used(keyring: Keyring, folder: Path) -> None:
    keyring.create(1, demo=False)
    for mode in (0o640, 0o604, 0o660, 0o644):
        (folder / "signing-00001.pem").chmod(mode)
        refused("key_permissions", Keyring(folder, PASSPHRASE))
    (folder / "signing-00001.pem").chmod(0o400)
    assert Keyring(folder, PASSPHRASE).signer(1)


@pytest.mark.parametrize(
    "damage", [b"", b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"]
)
def test_a_damaged_file_is_told_in_words(keyring: Keyring, folder: Path, damage: bytes) -> None:
    keyring.create(1, demo=False)
    (folder / "signing-00001.pem").write_bytes(damage)
    refused("key_passphrase", Keyring(folder, PASSPHRASE))


def test_a_private_and_a_public_file_must_belong_together(keyring: Keyring, folder: Path) -> None:
    keyring.create(1, demo=False)
    keyring.create(2, demo=False)
    sidecar = folder / "signing-00001.jwk.json"
    good = sidecar.read_text()
    for bad in (
        (folder / "signing-00002.jwk.json").read_text(),
        "{",
        "[]",
        good.replace('"mit_kid": 1', '"mit_kid": 2'),
    ):
        sidecar.write_text(bad)
        refused("key_mismatch", Keyring(folder, PASSPHRASE))
    sidecar.unlink()
    refused("key_missing", Keyring(folder, PASSPHRASE))


def test_a_key_is_never_overwritten(keyring: Keyring, folder: Path) -> None:
    made = keyring.create(1, demo=False)
    before = (folder / "signing-00001.pem").read_bytes()
    with pytest.raises(KeyUnavailableError) as caught:
        keyring.create(1, demo=False)
    assert caught.value.code == "key_exists"
    assert (folder / "signing-00001.pem").read_bytes() == before
    assert Keyring(folder, PASSPHRASE).signer(1).public_key == made
    assert not list(folder.glob(".*")), "nothing half-written is left behind"


def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(KeyUnavailableError) as caught:
        Keyring(tmp_path / "file" / "keys", PASSPHRASE, rounds=FEW).create(1, demo=False)
    assert caught.value.code == "key_folder"
    assert knows("errors.key_folder")


def test_it_says_which_serials_lie_in_the_folder(keyring: Keyring) -> None:
    assert not keyring.holds(1)
    keyring.create(1, demo=False)
    keyring.store_seal(2, *seal())
    assert [keyring.holds(kid) for kid in (1, 2, 3)] == [True, True, False]


def seal() -> tuple[bytes, bytes]:
    material = make_test_chain(datetime(2026, 11, 21, tzinfo=UTC), common_name="Test seal")
    return material.private_key_der(), material.certificates_pem()


def test_a_seal_comes_back_with_its_certificates(keyring: Keyring, folder: Path) -> None:
    private_key_der, certificates_pem = seal()
    keyring.store_seal(2, private_key_der, certificates_pem)
    files = Keyring(folder, PASSPHRASE).seal_material(2)
    material = material_from_pem(files.private_key_pem, files.certificates_pem)
    assert material.private_key_der() == private_key_der
    assert material.certificates_pem() == certificates_pem
    assert stat.S_IMODE((folder / "seal-00002.pem").stat().st_mode) == 0o600
    assert "PRIVATE" not in repr(files)
    with pytest.raises(KeyUnavailableError):
        Keyring(folder, "wrong").seal_material(2)


def secrets_of(folder: Path) -> list[str]:
    """Return the private number and the passphrase in the forms in which they could be shown."""
    key: Any = load_pem_private_key((folder / "signing-00001.pem").read_bytes(), PASSPHRASE.encode())
    secret = key.private_numbers().private_value
    return [str(secret), f"{secret:x}", PASSPHRASE, hashlib.sha256(PASSPHRASE.encode()).hexdigest()]


def test_nothing_of_key_and_passphrase_is_shown_anywhere(keyring: Keyring, folder: Path) -> None:
    keyring.create(1, demo=False)
    signer = keyring.signer(1)
    shown = [repr(keyring), str(keyring), repr(signer), json.dumps(signer.public_key.jwk())]
    (folder / "signing-00001.pem").chmod(0o644)
    shown += ["".join(traceback.format_exception(refused("key_permissions", Keyring(folder, PASSPHRASE))))]
    (folder / "signing-00001.pem").chmod(0o600)
    shown += ["".join(traceback.format_exception(refused("key_passphrase", Keyring(folder, "wrong"))))]
    for secret in secrets_of(folder):
        assert not any(secret in text for text in shown)
    with pytest.raises(TypeError):
        pickle.dumps(keyring)


def test_many_threads_open_a_key_once(keyring: Keyring, folder: Path) -> None:
    keyring.create(1, demo=False)
    fresh = Keyring(folder, PASSPHRASE)
    with ThreadPoolExecutor(8) as pool:
        signers = list(pool.map(lambda _: fresh.signer(1), range(16)))
    assert all(signer is signers[0] for signer in signers)
